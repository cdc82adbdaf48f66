//! Guests stopped from another thread, at a moment that no one chose, and finished elsewhere in another flavour.

use sojourn_conformance::engines::{on_large_stack, wasmi, wasmtime};
use sojourn_conformance::guest_host::GuestHost;
use sojourn_conformance::program::through;
use sojourn_conformance::sweep::{Seen, ending};
use sojourn_conformance::travel::{Companion, Place, Prepared, Run};
use sojourn_engine::{Host, Import, Outcome, Provided, Reply, Value};
use sojourn_instrument::Flavour;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

const PROGRAM: &str = include_str!("../programs/spinner.wat");

/// Tells another thread when the guest emits for the n-th time; may wait until it has been answered.
struct Telling {
    host: GuestHost,
    moment: Option<Moment>,
}

struct Moment {
    emitted: usize,
    tell: SyncSender<()>,
    answer: Option<Receiver<()>>,
}

impl Host for Telling {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        self.host.provide(import)
    }

    fn call(
        &mut self,
        function: u32,
        memory: &mut [u8],
        arguments: &[Value],
        results: &mut [Value],
    ) -> Reply {
        let reply = self.host.call(function, memory, arguments, results);
        if self.moment.as_ref().is_some_and(|moment| moment.emitted == self.host.output.len())
            && let Some(moment) = self.moment.take()
        {
            moment.tell.send(()).expect("the other thread listens");
            moment.answer.iter().for_each(|answer| answer.recv().expect("the other thread answers"));
        }
        reply
    }
}

impl Companion for Telling {
    fn pack(&mut self) -> Vec<u8> {
        self.host.pack()
    }

    fn unpack(bytes: &[u8]) -> Self {
        Telling { host: GuestHost::unpack(bytes), moment: None }
    }

    fn deeds(&self) -> String {
        self.host.deeds()
    }
}

fn all_places() -> Vec<Box<dyn Place<Telling>>> {
    let wasm = wat::parse_str(PROGRAM).expect("it is well formed");
    let made = |flavour| through(&wasm, flavour).expect("the pass takes it");
    let (atomic, counter) = (made(Flavour::Atomic), made(Flavour::Counter));
    let taken = "the engine takes it";
    vec![
        Box::new(Prepared::new(wasmtime(), &wasm, &atomic, Flavour::Atomic).expect(taken)),
        Box::new(Prepared::new(wasmi(), &wasm, &counter, Flavour::Counter).expect(taken)),
    ]
}

fn whole(place: &dyn Place<Telling>) -> Seen {
    let mut run =
        place.start("run", &[], Telling { host: GuestHost::default(), moment: None }).expect("it starts");
    let outcome = run.go();
    Seen { ending: ending(&outcome), remains: run.remains() }
}

/// Runs until another thread has asked for a stop. `wait` holds the guest until it has.
fn stopped(place: &dyn Place<Telling>, emitted: usize, wait: bool) -> (Box<dyn Run>, Outcome) {
    let (tell, told) = sync_channel(1);
    let (answer, answered) = sync_channel(1);
    let moment = Moment { emitted, tell, answer: wait.then_some(answered) };
    let mut run = place
        .start("run", &[], Telling { host: GuestHost::default(), moment: Some(moment) })
        .expect("it starts");
    let stopper = run.stopper();
    let other = thread::spawn(move || {
        told.recv().expect("the guest gets there");
        stopper.request();
        // Nobody listens when the guest does not wait.
        let _ = answer.send(());
    });
    let outcome = run.go();
    other.join().expect("the other thread ends");
    (run, outcome)
}

#[test]
fn a_stop_that_the_guest_waits_for_always_stops_it() {
    on_large_stack(|| {
        let places = all_places();
        let want = whole(&*places[0]);
        for from in &places {
            for to in &places {
                for emitted in [1, 2, 17, 30] {
                    let (mut run, outcome) = stopped(&**from, emitted, true);
                    assert_eq!(outcome, Outcome::Stopped, "{} at {emitted}", from.name());
                    let image = run.image().expect("it can be read");
                    let mut rest = to.resume(&image).expect("it fits");
                    let outcome = rest.go();
                    let have = Seen { ending: ending(&outcome), remains: rest.remains() };
                    assert_eq!(want, have, "{} at {emitted} to {}", from.name(), to.name());
                }
            }
        }
    });
}

#[test]
fn a_stop_at_any_moment_loses_nothing() {
    on_large_stack(|| {
        let places = all_places();
        let want = whole(&*places[0]);
        for round in 0..20 {
            let from = &places[round % 2];
            let (mut run, mut outcome) = stopped(&**from, 1 + round, false);
            if outcome == Outcome::Stopped {
                let image = run.image().expect("it can be read");
                run = places[round / 2 % 2].resume(&image).expect("it fits");
                outcome = run.go();
            }
            let have = Seen { ending: ending(&outcome), remains: run.remains() };
            assert_eq!(want, have, "round {round} from {}", from.name());
        }
    });
}
