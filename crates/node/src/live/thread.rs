//! The thread of an atom: it runs the guest, and does what is demanded when the guest has stopped.

use super::atom::{Atom, Demand, Failure, Verdict};
use super::node::{Shared, spawn};
use super::rest::Next;
use super::threads::{Meter, run_atom};
use crate::guest::Guest;
use sojourn_abi::{AtomState, Code};
use sojourn_engine::{HANDLE, Outcome, Trap};
use sojourn_host::state::Contents;
use sojourn_image::{Image, Memory};
use sojourn_kernel::Input;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;
use std::time::Instant;

/// How an atom's thread ends.
enum End {
    /// It waits for a message, and needs no thread for that.
    Rests,
    /// The guest ended by itself.
    Exited(i32),
    /// By a trap.
    Trapped(Trap),
    /// It was stopped for good.
    Stopped,
    /// It is elsewhere, or somebody else speaks for it: no trace stays.
    Gone,
    /// Something failed that should not.
    Failed(String),
}

/// Runs an atom on a thread of its own. `build` makes its guest there; `first` is called just before its first step.
///
/// # Errors
/// There is no thread for it.
pub(crate) fn launch(
    shared: &Arc<Shared>,
    atom: Arc<Atom>,
    build: impl FnOnce(&Atom) -> Result<Box<dyn Guest>, Failure> + Send + 'static,
    first: impl FnOnce(Result<(), Failure>) + Send + 'static,
) -> Result<(), Failure> {
    let shared = Arc::clone(shared);
    let body = move || {
        atom.state().meter = Some(Meter::begin());
        let guest = match build(&atom) {
            Ok(guest) => guest,
            Err(failure) => return first(Err(failure)),
        };
        Driver { shared: &shared, atom: &atom }.begin(guest, first);
    };
    run_atom(body).map_err(|error| (Code::NoRoom, format!("there is no thread for the atom: {error}")))
}

struct Driver<'a> {
    shared: &'a Arc<Shared>,
    atom: &'a Arc<Atom>,
}

impl Driver<'_> {
    fn begin(&mut self, mut guest: Box<dyn Guest>, first: impl FnOnce(Result<(), Failure>)) {
        self.look(&mut *guest);
        self.atom.set_stopper(&guest.stopper());
        first(Ok(()));
        let end = catch_unwind(AssertUnwindSafe(|| self.run(guest)));
        // Whoever comes back has left already, and once an atom rests its seat may be that of the next thread.
        let failed = |_| {
            self.atom.seat.leave();
            End::Failed("its thread failed; please report what it said".into())
        };
        let end = end.unwrap_or_else(failed);
        self.end(&end);
    }

    /// What others may see of the guest while it runs.
    fn look(&self, guest: &mut dyn Guest) {
        let windows = (0..guest.memories()).map(|index| guest.window(index)).collect();
        let bytes = (0..guest.memories()).map(|index| guest.memory_bytes(index)).sum();
        let initialized = (0..guest.memories()).map(|index| guest.initialized_bytes(index)).collect();
        let mounts = &guest.world().inspect().mounts;
        let pinned = mounts.iter().filter(|mount| matches!(mount.contents, Contents::Host { .. }));
        let pinned = pinned.map(|mount| mount.guest.clone()).collect();
        let mut state = self.atom.state();
        state.pinned = pinned;
        (state.windows, state.initialized, state.memory_bytes) = (windows, initialized, bytes);
    }

    fn run(&mut self, mut guest: Box<dyn Guest>) -> End {
        loop {
            match self.shared.next(self.atom, guest) {
                Next::Run(next) => guest = next,
                Next::Rests => return End::Rests,
                Next::Stop(stopped) => {
                    let demand = self.atom.take_demand();
                    match self.stopped(stopped, demand) {
                        Ok(next) => guest = next,
                        Err(end) => return end,
                    }
                    continue;
                }
            }
            self.atom.seat.enter();
            let outcome = guest.run();
            self.atom.seat.leave();
            let demand = self.atom.take_demand();
            match outcome {
                Ok(Outcome::Stopped) => match self.stopped(guest, demand) {
                    Ok(next) => guest = next,
                    Err(end) => return end,
                },
                Ok(Outcome::Finished(_)) if self.atom.life.reactive => {
                    guest.begin(HANDLE);
                    // Whoever wants it to stop is heard before the next message.
                    self.atom.put_back(demand);
                }
                ended => {
                    refuse(demand, (Code::Ended, format!("{} ended by itself meanwhile", self.atom.id)));
                    return match ended {
                        Ok(Outcome::Exited(status)) => End::Exited(status),
                        Ok(Outcome::Trapped(trap)) => End::Trapped(trap),
                        Ok(_) => End::Exited(0),
                        Err(error) => End::Failed(error.to_string()),
                    };
                }
            }
        }
    }

    /// The guest has unwound: does what is demanded, and lets it go on unless that was its end.
    fn stopped(&mut self, mut guest: Box<dyn Guest>, demand: Option<Demand>) -> Result<Box<dyn Guest>, End> {
        if matches!(demand, Some(Demand::Vanish)) {
            return Err(End::Gone);
        }
        let registers = guest.registers().map_err(|error| End::Failed(error.to_string()))?;
        let saved = guest.world().state();
        let with_host = |bytes| {
            let mut image = registers.clone();
            image.host = bytes;
            image
        };
        match (demand, saved) {
            (None, _) => {}
            (Some(demand), Err(error)) => refuse(Some(demand), (Code::Pinned, error.to_string())),
            (Some(Demand::Image(reply)), Ok(host)) => {
                let image = whole(&mut *guest, with_host(host), self.atom);
                // Whoever asked may have gone.
                let _ = reply.send(Ok(Arc::new(image)));
            }
            (Some(Demand::End(reply)), Ok(host)) => {
                let image = whole(&mut *guest, with_host(host), self.atom);
                let _ = reply.send(Ok(Some(Arc::new(image))));
                return Err(End::Stopped);
            }
            (Some(Demand::Seal(mut seal, verdict)), Ok(host)) => {
                self.atom.state().phase = AtomState::Frozen;
                let image = with_host(host);
                match seal.seal(&mut *guest, &image) {
                    Err(failure) => seal.failed(failure),
                    Ok(()) => self.await_verdict(&mut *guest, image, &verdict)?,
                }
                self.atom.state().phase = AtomState::Running;
                let epoch = self.atom.state().epoch;
                self.shared.relays.open(self.shared, &self.atom.id, epoch);
            }
            (Some(Demand::Vanish), Ok(_)) => return Err(End::Gone),
        }
        let guest = guest.go_on(&registers).map_err(|error| End::Failed(error.to_string()))?;
        Ok(self.anew(guest))
    }

    /// A guest that goes on may be another one.
    fn anew(&self, mut guest: Box<dyn Guest>) -> Box<dyn Guest> {
        self.look(&mut *guest);
        self.atom.set_stopper(&guest.stopper());
        self.atom.changed();
        guest
    }

    fn await_verdict(
        &self,
        guest: &mut dyn Guest,
        image: Image,
        verdict: &Receiver<Verdict>,
    ) -> Result<(), End> {
        match verdict.recv() {
            Ok(Verdict::GoOn) => Ok(()),
            Ok(Verdict::Lose(reply)) => {
                let _ = reply.send(Arc::new(whole(guest, image, self.atom)));
                Err(End::Gone)
            }
            Ok(Verdict::Leave) | Err(_) => Err(End::Gone),
        }
    }

    fn end(&self, end: &End) {
        if matches!(end, End::Rests) {
            return;
        }
        let processor_ns = self.atom.processor_ns();
        let failure = match end {
            End::Exited(0) | End::Stopped | End::Gone | End::Rests => None,
            End::Exited(status) => Some(format!("it ended with status {status}")),
            End::Trapped(trap) => Some(explain(self.atom, trap)),
            End::Failed(text) => Some(text.clone()),
        };
        let mut state = self.atom.state();
        state.meter = None;
        state.processor_ns = processor_ns - state.processor_before_ns;
        state.windows = Vec::new();
        drop(state);
        if failure.as_ref().is_some_and(|failure| self.shared.supervise(self.atom, failure)) {
            return;
        }
        let mut state = self.atom.state();
        state.ended_at = Some(Instant::now());
        match end {
            End::Exited(status) => state.status = Some(*status),
            End::Trapped(_) | End::Failed(_) => state.reason = failure,
            End::Stopped => state.reason = Some(why_stopped(self.atom)),
            End::Gone | End::Rests => {}
        }
        state.phase = if matches!(end, End::Stopped) { AtomState::Stopped } else { AtomState::Ended };
        let late = state.take_late_demand();
        drop(state);
        refuse(late, (Code::NotRunning, format!("{} does not run any more", self.atom.id)));
        if matches!(end, End::Gone) {
            self.atom.stdout.leave();
            self.atom.stderr.leave();
        } else {
            self.shared.finish(self.atom);
        }
        self.atom.changed();
    }
}

/// An image with everything but connections, which no image brings back.
pub(super) fn whole(guest: &mut dyn Guest, image: Image, atom: &Atom) -> Image {
    whole_with(guest, image, atom, atom.desk.save())
}

/// The same, with a mailbox that has been packed.
pub(super) fn whole_with(guest: &mut dyn Guest, mut image: Image, atom: &Atom, mailbox: Vec<u8>) -> Image {
    for index in 0..guest.memories() {
        if let Ok(memory) = guest.memory(index) {
            image.memories.push(Memory::capture(index, memory));
        }
    }
    image.mailbox = sojourn_abi::encode(&atom.baggage(Vec::new(), None, mailbox));
    image
}

/// Why an atom was stopped for good.
fn why_stopped(atom: &Atom) -> String {
    match atom.desk.inner().mailbox.doomed_by() {
        Some(other) => format!("it is linked to {other}, which failed"),
        None => "it was stopped".into(),
    }
}

/// Tells whoever demanded something that it will not be.
fn refuse(demand: Option<Demand>, failure: Failure) {
    match demand {
        None | Some(Demand::Vanish) => {}
        Some(Demand::Image(reply)) => drop(reply.send(Err(failure))),
        Some(Demand::End(reply)) if failure.0 == Code::Ended => drop(reply.send(Ok(None))),
        Some(Demand::End(reply)) => drop(reply.send(Err(failure))),
        Some(Demand::Seal(mut seal, _)) => seal.failed(failure),
    }
}

/// A trap in one line, with the names of the guest's functions.
fn explain(atom: &Atom, trap: &Trap) -> String {
    let name = |function: &u32| {
        atom.module.function_name(*function).map_or_else(|| format!("function {function}"), str::to_string)
    };
    match trap.functions.iter().take(8).map(name).collect::<Vec<_>>() {
        stack if stack.is_empty() => trap.message.clone(),
        stack => format!("{} in {}", trap.message, stack.join(" < ")),
    }
}

impl Shared {
    /// An atom has come to its end: its output ends, and whoever watches it hears of it.
    pub(crate) fn finish(self: &Arc<Self>, atom: &Arc<Atom>) {
        atom.stdout.end();
        atom.stderr.end();
        self.tell_watchers(atom);
        self.ended(atom);
        // What it said last comes before the word that it has ended.
        self.flush_all();
        // From here on another atom may have its name.
        self.tell(Input::Ended { atom: atom.id.clone() });
    }

    /// Something to be done beside the rest.
    pub(crate) fn beside(self: &Arc<Self>, name: &str, body: impl FnOnce(&Arc<Self>) + Send + 'static) {
        let shared = Arc::clone(self);
        spawn(name, move || body(&shared));
    }
}
