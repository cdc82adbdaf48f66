//! Small programs stopped at every poll, made bytes, and finished on each engine.

use sojourn_conformance::engines::{in_parallel, places};
use sojourn_conformance::guest_host::GuestHost;
use sojourn_conformance::program::{Needs, PROGRAMS, Program};
use sojourn_conformance::random::Random;
use sojourn_conformance::sweep::{Task, difference};
use sojourn_conformance::travel::Place;

/// Runs with at most so many polls are stopped at each of them.
const EVERY_POLL: u64 = 600;
/// Stops of a longer run.
const SAMPLES: usize = 500;

const TASK: Task<'_, GuestHost> = Task { export: "run", arguments: &[], host: &GuestHost::default };

#[test]
fn every_stop_of_every_program() {
    let wrong: Vec<String> = in_parallel(PROGRAMS, sweep).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} stops went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn sweep(program: &Program) -> Vec<String> {
    let named = |reason: String| format!("{}: {reason}", program.name);
    let places = match places::<GuestHost>(&program.wasm(), program.needs == Needs::Nothing) {
        Ok(places) => places,
        Err(reason) => return vec![named(reason)],
    };
    let places: Vec<&dyn Place<GuestHost>> = places.iter().map(|place| &**place).collect();
    let whole = TASK.whole(places[0]);
    let mut wrong = Vec::new();
    for place in &places {
        let other = TASK.whole(*place);
        wrong.extend(difference(&whole.seen, &other.seen));
        if other.polls != whole.polls {
            wrong.push(format!(
                "{} polls on {}, {} on {}",
                whole.polls,
                places[0].name(),
                other.polls,
                place.name()
            ));
        }
    }
    println!("{}: {} polls, {}", program.name, whole.polls, whole.seen.ending);
    for poll in polls(whole.polls) {
        for from in &places {
            wrong.extend(TASK.stop_once(&whole, *from, &places, poll));
        }
    }
    wrong.into_iter().map(named).collect()
}

/// Every poll of a short run; as many as a short run has of a long one, spread at random.
fn polls(count: u64) -> Vec<u64> {
    if count <= EVERY_POLL {
        return (1..=count).collect();
    }
    let mut random = Random::seeded();
    (0..SAMPLES).map(|_| 1 + random.below(count)).collect()
}
