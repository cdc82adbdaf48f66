//! A run: a guest on a thread of its own.
//!
//! ```text
//! at the gate ──(50 ms, or any method that waits for the guest)──> running ──> ended
//!      └── stop_at(k): the guest is made anew in the counter flavour, if it does not count yet
//! ```

use crate::error::Error;
use crate::guest::{Guest, Plan};
use crate::limit::{GATE, THREAD_STACK_BYTES};
use crate::module::{Module, lock};
use crate::options::{ResumeOptions, StartOptions};
use crate::ports::{Output, Waker};
use crate::world::{Served, World, fresh, restored};
use sojourn_engine::{Limits, Outcome, Stopper, Trap};
use sojourn_image::Image;
use std::net::SocketAddr;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How a run ended.
#[derive(Clone, Debug)]
pub enum Ending {
    /// With this status; 0 when the export returned.
    Exited(i32),
    /// By a trap.
    Trapped(Trap),
    /// It was stopped, and goes on from this image.
    Stopped(Arc<Image>),
}

/// A guest that runs, or has run, on a thread of its own. All methods may be called from any thread.
///
/// A run that is dropped while its guest runs stops it, and nobody gets the image.
pub struct Run {
    shared: Arc<Shared>,
    stdout: Option<Arc<Output>>,
    stderr: Option<Arc<Output>>,
}

/// What a guest writes to one of its streams.
#[derive(Clone)]
pub struct RunOutput {
    shared: Arc<Shared>,
    output: Arc<Output>,
}

struct Shared {
    state: Mutex<State>,
    changed: Condvar,
    waker: Waker,
    served: Option<Served>,
}

struct State {
    plan: Plan,
    phase: Phase,
    gate_open: bool,
    stopper: Arc<dyn Stopper>,
    /// Stops that failed while the guest went on: how many, and why the last one did.
    refusals: (u64, Option<Error>),
    /// Nobody wants the image.
    abandoned: bool,
    polls: Option<u64>,
}

enum Phase {
    Gate(Box<dyn Guest>),
    Running,
    Ended(Result<Ending, Error>),
}

/// Starts a module: compiles, instantiates, and lets it run on a thread of its own.
///
/// # Errors
/// `Error::MissingImport`, `MissingExport`, `World`, `Engine`.
pub fn start(module: &Module, options: &StartOptions) -> Result<Run, Error> {
    let world = fresh(options)?;
    let plan = Plan::start(module.clone(), options.engine, options.entry.clone(), Limits::default());
    begin(plan, world, options.stop_at)
}

/// Lets an image go on.
///
/// # Errors
/// `Error::MissingModule`, `WrongModule`, `InvalidImage`, `MissingMount`, `Engine`.
pub fn resume(image: Arc<Image>, options: &ResumeOptions) -> Result<Run, Error> {
    let module = match &options.module {
        Some(module) => {
            image.check_module(module.wasm())?;
            module.clone()
        }
        None => Module::of_image(&image)?,
    };
    let world = restored(&image, options)?;
    let plan = Plan::resume(module, options.engine, image, Limits::default());
    begin(plan, world, options.stop_at)
}

fn begin(plan: Plan, world: World, stop_at: Option<u64>) -> Result<Run, Error> {
    crate::store::keep(&plan.module.hash(), plan.module.wasm());
    let mut guest = plan.build(world.wasi, stop_at.is_some())?;
    if let Some(poll) = stop_at {
        guest.stop_at(poll)?;
    }
    let state = State {
        plan,
        stopper: guest.stopper(),
        phase: Phase::Gate(guest),
        gate_open: stop_at.is_some(),
        refusals: (0, None),
        abandoned: false,
        polls: None,
    };
    let shared = Arc::new(Shared {
        state: Mutex::new(state),
        changed: Condvar::new(),
        waker: world.waker,
        served: world.served,
    });
    let (stdout, stderr) = (world.stdout.map(Arc::new), world.stderr.map(Arc::new));
    let driven = Arc::clone(&shared);
    thread::Builder::new()
        .name("guest".into())
        .stack_size(THREAD_STACK_BYTES)
        .spawn(move || driven.drive())
        .map_err(|error| Error::Engine(format!("there is no thread for the guest: {error}")))?;
    Ok(Run { shared, stdout, stderr })
}

impl Run {
    /// Asks it to stop, waits until it has, and gives its image; how it ended when it was faster.
    ///
    /// # Errors
    /// `Error::World` when the guest has something open that cannot travel: then it goes on.
    pub fn stop(&self) -> Result<Ending, Error> {
        let state = lock(&self.shared.state);
        let before = state.refusals.0;
        state.stopper.request();
        self.shared.waker.stop();
        let state = self.shared.ended(state, |state| state.refusals.0 != before);
        match &state.phase {
            Phase::Ended(ending) => ending.clone(),
            _ => Err(state.refusals.1.clone().unwrap_or(Error::TooLate)),
        }
    }

    /// Waits until it has ended.
    ///
    /// # Errors
    /// `Error::Engine` when the engine could not do its part.
    pub fn wait(&self) -> Result<Ending, Error> {
        let state = self.shared.ended(lock(&self.shared.state), |_| false);
        match &state.phase {
            Phase::Ended(ending) => ending.clone(),
            _ => Err(Error::TooLate),
        }
    }

    /// Waits until it has ended, but no longer than this; `None` when it still runs then.
    #[must_use]
    pub fn wait_for(&self, time: Duration) -> Option<Result<Ending, Error>> {
        let mut state = lock(&self.shared.state);
        self.shared.open(&mut state);
        let running = |state: &mut State| !matches!(state.phase, Phase::Ended(_));
        let waited = self.shared.changed.wait_timeout_while(state, time, running);
        let (state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        match &state.phase {
            Phase::Ended(ending) => Some(ending.clone()),
            _ => None,
        }
    }

    /// Stops at exactly this poll (1 is the first), waits until it has, and gives its image; how it ended when
    /// it has fewer polls.
    ///
    /// # Errors
    /// `Error::TooLate` when the guest has begun: it begins by itself 50 ms after `start` or `resume`.
    pub fn stop_at(&self, poll: u64) -> Result<Ending, Error> {
        let mut state = lock(&self.shared.state);
        if state.gate_open {
            return Err(Error::TooLate);
        }
        let Phase::Gate(guest) = std::mem::replace(&mut state.phase, Phase::Running) else {
            return Err(Error::TooLate);
        };
        match recount(&state.plan, guest, poll) {
            Ok(mut guest) => {
                state.stopper = guest.stopper();
                state.phase = Phase::Gate(guest);
            }
            Err(error) => {
                self.shared.waker.end_output();
                state.phase = Phase::Ended(Err(error));
            }
        }
        drop(state);
        self.wait()
    }

    /// What the guest writes to standard output, where it is captured.
    #[must_use]
    pub fn stdout(&self) -> Option<RunOutput> {
        self.output(self.stdout.as_ref())
    }

    /// What the guest writes to standard error, where it is captured.
    #[must_use]
    pub fn stderr(&self) -> Option<RunOutput> {
        self.output(self.stderr.as_ref())
    }

    fn output(&self, output: Option<&Arc<Output>>) -> Option<RunOutput> {
        Some(RunOutput { shared: Arc::clone(&self.shared), output: Arc::clone(output?) })
    }

    /// Where it can be reached, in the order of its listeners.
    #[must_use]
    pub fn listening(&self) -> Vec<SocketAddr> {
        self.shared.served.as_ref().map(|served| served.addresses().to_vec()).unwrap_or_default()
    }

    /// Polls that it met, once it has ended, where it counted them: with `stop_at`, and on wasmi.
    #[must_use]
    pub fn polls(&self) -> Option<u64> {
        lock(&self.shared.state).polls
    }

    /// How it ended, if it has.
    #[must_use]
    pub fn ending(&self) -> Option<Result<Ending, Error>> {
        match &lock(&self.shared.state).phase {
            Phase::Ended(ending) => Some(ending.clone()),
            _ => None,
        }
    }

    /// The module that runs.
    #[must_use]
    pub fn module(&self) -> Module {
        lock(&self.shared.state).plan.module.clone()
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let mut state = lock(&self.shared.state);
        state.abandoned = true;
        state.stopper.request();
        self.shared.waker.stop();
        self.shared.open(&mut state);
    }
}

impl RunOutput {
    /// Up to `max` bytes (at least 1); waits until there are some. Empty at the end: the guest ended, or was
    /// stopped and all that it wrote before is read.
    #[must_use]
    pub fn read(&self, max: usize) -> Vec<u8> {
        self.shared.open(&mut lock(&self.shared.state));
        self.output.read(max)
    }

    /// As `read`, but waits no longer than this; `None` when nothing came.
    #[must_use]
    pub fn read_for(&self, max: usize, time: Duration) -> Option<Vec<u8>> {
        self.shared.open(&mut lock(&self.shared.state));
        self.output.read_for(max, time)
    }
}

/// The guest, counting polls and about to stop at one.
fn recount(plan: &Plan, guest: Box<dyn Guest>, poll: u64) -> Result<Box<dyn Guest>, Error> {
    let mut guest = if guest.counts() { guest } else { plan.build(guest.into_world(), true)? };
    guest.stop_at(poll)?;
    Ok(guest)
}

impl Shared {
    fn open(&self, state: &mut State) {
        state.gate_open = true;
        self.changed.notify_all();
    }

    /// Opens the gate, and waits until the run has ended or `or` says so.
    fn ended<'a>(
        &self,
        mut state: MutexGuard<'a, State>,
        or: impl Fn(&State) -> bool,
    ) -> MutexGuard<'a, State> {
        self.open(&mut state);
        let waiting = |state: &mut State| !matches!(state.phase, Phase::Ended(_)) && !or(state);
        self.changed.wait_while(state, waiting).unwrap_or_else(PoisonError::into_inner)
    }

    /// The guest's thread.
    fn drive(&self) {
        let Some(guest) = self.pass_gate() else { return };
        let ending = catch_unwind(AssertUnwindSafe(|| self.run(guest))).unwrap_or_else(|_| {
            Err(Error::Engine("the guest's thread failed; please report what it said".into()))
        });
        self.waker.end_output();
        if let Some(served) = &self.served {
            served.end(matches!(ending, Ok(Ending::Stopped(_))));
        }
        lock(&self.state).phase = Phase::Ended(ending);
        self.changed.notify_all();
    }

    fn pass_gate(&self) -> Option<Box<dyn Guest>> {
        let state = lock(&self.state);
        let waited = self.changed.wait_timeout_while(state, GATE, |state| !state.gate_open);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        state.gate_open = true;
        match std::mem::replace(&mut state.phase, Phase::Running) {
            Phase::Gate(guest) => Some(guest),
            ended => {
                state.phase = ended;
                None
            }
        }
    }

    /// Runs the guest to its end; a stop that fails does not end it.
    fn run(&self, mut guest: Box<dyn Guest>) -> Result<Ending, Error> {
        loop {
            let outcome = guest.run()?;
            lock(&self.state).polls = if guest.counts() { guest.polls() } else { None };
            match outcome {
                Outcome::Finished(_) => return Ok(Ending::Exited(0)),
                Outcome::Exited(status) => return Ok(Ending::Exited(status)),
                Outcome::Trapped(trap) => return Ok(Ending::Trapped(trap)),
                Outcome::Stopped => {}
            }
            match guest.world().state() {
                Ok(bytes) => {
                    let mut image = guest.capture()?;
                    image.host = bytes;
                    return Ok(Ending::Stopped(Arc::new(image)));
                }
                Err(error) => guest = self.go_on(guest, error.into())?,
            }
        }
    }

    /// The guest's world cannot travel now: the guest goes on here, and whoever wanted to stop it hears why.
    fn go_on(&self, mut guest: Box<dyn Guest>, why: Error) -> Result<Box<dyn Guest>, Error> {
        let mut state = lock(&self.state);
        if state.abandoned {
            return Err(why);
        }
        let registers = guest.registers()?;
        let mut guest = guest.go_on(&registers)?;
        state.stopper = guest.stopper();
        state.refusals = (state.refusals.0 + 1, Some(why));
        self.waker.clear();
        self.changed.notify_all();
        Ok(guest)
    }
}
