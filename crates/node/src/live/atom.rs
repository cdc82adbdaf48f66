//! An atom at this node: what others see of it, and how they ask its thread to stop.
//!
//! ```text
//! starting -> running -> leaving -> frozen -> (gone to another node)
//!                 ^ ------ | --------- |        a move that failed
//! held -> running                                it came here
//! running -> ended | stopped                     kept as a record, its output still read
//! ```

use super::desk::Desk;
use super::keys::{self, Keys};
use super::rest::Resting;
use super::ring::Ring;
use super::schedule::Seat;
use super::supervise::Restarts;
use super::threads::Meter;
use super::wake::Wake;
use crate::module::{Module, lock};
use crate::options::EngineName;
use sojourn_abi::{Alias, AtomRow, AtomState, Baggage, Code, Life};
use sojourn_engine::{HANDLE, Stopper, Window};
use sojourn_image::Image;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What a reactive atom calls once, if it has it.
const INITIALIZE: &str = "_initialize";
/// Bytes of standard output that are kept.
pub(crate) const STDOUT_ROOM: usize = 256 << 10;
/// Bytes of standard error that are kept.
pub(crate) const STDERR_ROOM: usize = 64 << 10;

/// Why something could not be done: a code, and a line for people.
pub(crate) type Failure = (Code, String);

/// An atom.
pub(crate) struct Atom {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) module: Module,
    pub(crate) engine: EngineName,
    pub(crate) started_at_ns: u64,
    pub(crate) images_every_ms: u64,
    /// What its start allowed it, on any node.
    pub(crate) memory_limit_bytes: Option<u64>,
    pub(crate) stdout: Arc<Ring>,
    pub(crate) stderr: Arc<Ring>,
    pub(crate) wake: Arc<Wake>,
    pub(crate) seat: Arc<Seat>,
    /// Where its messages come and go.
    pub(crate) desk: Arc<Desk>,
    /// How it lives.
    pub(crate) life: Life,
    /// Its keys and values.
    pub(crate) keys: Mutex<Keys>,
    state: Mutex<State>,
    changed: Condvar,
}

/// What changes about an atom.
pub(crate) struct State {
    pub(crate) phase: AtomState,
    pub(crate) epoch: u64,
    pub(crate) moves: u32,
    /// Processor time used at other nodes.
    pub(crate) processor_before_ns: u64,
    /// Of the thread of its guest, while there is one.
    pub(crate) meter: Option<Meter>,
    pub(crate) processor_ns: u64,
    pub(crate) windows: Vec<Option<Arc<dyn Window>>>,
    /// Of each memory: from where on a fresh instance has zeros only.
    pub(crate) initialized: Vec<u64>,
    pub(crate) memory_bytes: u64,
    /// Directories of this machine that it has, by its own paths: they keep it here.
    pub(crate) pinned: Vec<String>,
    pub(crate) status: Option<i32>,
    pub(crate) reason: Option<String>,
    pub(crate) ended_at: Option<Instant>,
    pub(crate) imaged_at: Instant,
    pub(crate) aliases: Vec<Alias>,
    /// It does not move before.
    pub(crate) stays_until: Option<Instant>,
    /// How long its last move kept it from running, and what that sent.
    pub(crate) last_pause_ns: u64,
    pub(crate) last_move_bytes: u64,
    /// What is left of its guest while it rests.
    pub(crate) resting: Option<Resting>,
    /// It is to be awoken as soon as it rests.
    pub(crate) awaken_wanted: bool,
    pub(crate) restarts: Restarts,
    /// Its first call is still to come.
    pub(crate) begins: bool,
    stopper: Option<Arc<dyn Stopper>>,
    demand: Option<Demand>,
}

/// Why an atom's thread is asked to stop its guest.
pub(crate) enum Demand {
    /// For an image; it goes on afterwards.
    Image(Sender<Result<Arc<Image>, Failure>>),
    /// For a move: its last pages are sent, and it waits for the verdict.
    Seal(Box<dyn Seal>, Receiver<Verdict>),
    /// For good: its image, then its end.
    End(Sender<Result<Option<Arc<Image>>, Failure>>),
    /// For good, without an image: somebody else speaks for it.
    Vanish,
}

/// What a move does with an atom that has stopped.
pub(crate) trait Seal: Send {
    /// Sends what is left.
    fn seal(&mut self, guest: &mut dyn crate::guest::Guest, registers: &Image) -> Result<(), Failure>;
    /// It could not be stopped.
    fn failed(&mut self, failure: Failure);
}

/// How a move went on for an atom that stands still.
pub(crate) enum Verdict {
    /// It failed: go on here.
    GoOn,
    /// It is elsewhere.
    Leave,
    /// It was given away, and whoever got it is gone: its image is the last there is.
    Lose(Sender<Arc<Image>>),
}

impl Atom {
    /// An atom that starts or comes.
    pub(crate) fn new(id: &str, parts: Parts, phase: AtomState, epoch: u64) -> Arc<Self> {
        let state = State {
            phase,
            epoch,
            moves: parts.baggage.moves,
            processor_before_ns: parts.baggage.processor_ns,
            meter: None,
            processor_ns: 0,
            windows: Vec::new(),
            initialized: Vec::new(),
            memory_bytes: 0,
            pinned: Vec::new(),
            status: None,
            reason: None,
            ended_at: None,
            imaged_at: Instant::now(),
            aliases: parts.baggage.aliases.clone().unwrap_or_default(),
            stays_until: None,
            last_pause_ns: 0,
            last_move_bytes: 0,
            resting: None,
            awaken_wanted: false,
            restarts: Restarts::default(),
            begins: false,
            stopper: None,
            demand: None,
        };
        let held = phase == AtomState::Held;
        let ring = |output, room| Arc::new(Ring::restore(output, room, Arc::clone(&parts.wake), held));
        Arc::new(Self {
            id: id.into(),
            name: parts.baggage.name.clone(),
            module: parts.module,
            engine: parts.engine,
            started_at_ns: parts.baggage.started_at_ns,
            images_every_ms: parts.baggage.images_every_ms,
            memory_limit_bytes: parts.baggage.memory_limit_bytes,
            stdout: ring(&parts.baggage.stdout, STDOUT_ROOM),
            stderr: ring(&parts.baggage.stderr, STDERR_ROOM),
            wake: parts.wake,
            seat: parts.seat,
            desk: parts.desk,
            life: parts.baggage.life.clone().unwrap_or_default(),
            keys: Mutex::new(keys::of(&parts.baggage).unwrap_or_default()),
            state: Mutex::new(state),
            changed: Condvar::new(),
        })
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    pub(crate) fn changed(&self) {
        self.changed.notify_all();
    }

    /// Whom to ask to stop: the guest that runs now. Asked at once when somebody has a demand already.
    pub(crate) fn set_stopper(&self, stopper: &Arc<dyn Stopper>) {
        self.seat.set_stopper(Arc::clone(stopper));
        let mut state = self.state();
        state.stopper = Some(Arc::clone(stopper));
        if state.demand.is_some() {
            stopper.request();
        }
    }

    /// Asks the atom's thread to stop its guest. One thing at a time: waits a little for another demand.
    pub(crate) fn demand(&self, demand: Demand) -> Result<(), Failure> {
        let deadline = Instant::now() + Duration::from_secs(30);
        let waiting = |state: &mut State| state.demand.is_some() && state.alive();
        let rest = deadline.saturating_duration_since(Instant::now());
        let waited = self.changed.wait_timeout_while(self.state(), rest, waiting);
        let (mut state, _) = waited.unwrap_or_else(PoisonError::into_inner);
        if !state.alive() {
            return Err((Code::NotRunning, format!("{} does not run any more", self.id)));
        }
        if state.demand.is_some() {
            return Err((Code::Busy, format!("{} does not stop for something else", self.id)));
        }
        state.demand = Some(demand);
        if let Some(stopper) = &state.stopper {
            stopper.request();
        }
        drop(state);
        self.wake.stop();
        self.desk.notify();
        Ok(())
    }

    /// Whether somebody wants it to stop.
    pub(crate) fn is_demanded(&self) -> bool {
        self.state().demand.is_some()
    }

    /// The export that it begins with. A reactive one that has nothing to do first waits for its first message.
    pub(crate) fn first_call(&self) -> &'static str {
        let exports = |name| self.module.info().exports.iter().any(|(known, _)| known == name);
        if !self.life.reactive {
            return "_start";
        }
        if exports(INITIALIZE) {
            self.state().begins = true;
            return INITIALIZE;
        }
        HANDLE
    }

    /// Whether its first call is to be made now; once.
    pub(crate) fn begins(&self) -> bool {
        std::mem::take(&mut self.state().begins)
    }

    /// Puts a demand back that is to be met a little later.
    pub(crate) fn put_back(&self, demand: Option<Demand>) {
        if let Some(demand) = demand {
            self.state().demand = Some(demand);
            self.wake.stop();
        }
    }

    /// Waits so long, or until it is stopped for good.
    pub(crate) fn wait_for_end(&self, most: Duration) {
        let ended = |state: &mut State| state.alive();
        drop(self.changed.wait_timeout_while(self.state(), most, ended));
    }

    /// Waits until it may move, if it asked to stay.
    pub(crate) fn await_wandering(&self) {
        let mut state = self.state();
        while let Some(rest) =
            state.stays_until.and_then(|until| until.checked_duration_since(Instant::now()))
            && !rest.is_zero()
            && state.alive()
        {
            state = self.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Does something that takes long for its guest, without holding a worker.
    pub(crate) fn while_waiting<T>(&self, work: impl FnOnce() -> T) -> T {
        self.seat.leave();
        let done = work();
        self.seat.enter();
        done
    }

    /// What is asked of the guest, which has stopped or ended.
    pub(crate) fn take_demand(&self) -> Option<Demand> {
        let demand = self.state().demand.take();
        self.wake.clear();
        self.changed();
        demand
    }

    /// What goes with it when it moves, or into its image: `mailbox` is its desk's.
    pub(crate) fn baggage(&self, connections: Vec<u8>, anchor: Option<String>, mailbox: Vec<u8>) -> Baggage {
        let processor_ns = self.processor_ns();
        let state = self.state();
        Baggage {
            name: self.name.clone(),
            started_at_ns: self.started_at_ns,
            moves: state.moves,
            processor_ns,
            images_every_ms: self.images_every_ms,
            stdout: self.stdout.save(),
            stderr: self.stderr.save(),
            connections,
            anchor,
            memory_limit_bytes: self.memory_limit_bytes,
            mailbox: Some(mailbox),
            aliases: Some(state.aliases.clone()),
            life: Some(self.life.clone()),
            keys: lock(&self.keys).encode(self.desk.covered().as_ref()),
            contents: None,
        }
    }

    /// Processor time used here and before.
    pub(crate) fn processor_ns(&self) -> u64 {
        let state = self.state();
        let here = state.meter.and_then(Meter::used_ns).unwrap_or(state.processor_ns);
        state.processor_before_ns + here
    }

    /// As people see it.
    pub(crate) fn row(&self, node: &str, connections: u32) -> AtomRow {
        let processor_ns = self.processor_ns();
        let state = self.state();
        AtomRow {
            atom: self.id.clone(),
            name: self.name.clone(),
            node: node.into(),
            epoch: state.epoch,
            state: state.phase,
            engine: self.engine.as_str().into(),
            module: self.module.hash().0,
            memory_bytes: state.grown_bytes(),
            processor_ns,
            started_at_ns: self.started_at_ns,
            moves: state.moves,
            stdout_bytes: self.stdout.total(),
            stderr_bytes: self.stderr.total(),
            connections,
            status: state.status,
            reason: state.reason.clone(),
            waiting: u32::try_from(self.desk.waiting()).ok(),
            reactive: Some(self.life.reactive),
            resting: Some(state.resting.is_some()),
        }
    }
}

impl State {
    /// Whether somebody wants it to stop.
    pub(crate) const fn is_demanded(&self) -> bool {
        self.demand.is_some()
    }

    /// Whether a guest is behind it.
    pub(crate) fn alive(&self) -> bool {
        !matches!(self.phase, AtomState::Ended | AtomState::Stopped)
    }

    /// Bytes of its memories, as far as is known.
    pub(crate) fn grown_bytes(&self) -> u64 {
        let grown: u64 = self.windows.iter().flatten().map(|window| window.len()).sum();
        self.memory_bytes.max(grown)
    }

    /// What it takes of the room for atoms, while it does: at rest no more than its pages, packed.
    pub(crate) fn uses(&self) -> Option<u64> {
        self.alive().then(|| self.resting.as_ref().map_or_else(|| self.grown_bytes(), Resting::bytes))
    }

    /// What came too late to be done.
    pub(crate) fn take_late_demand(&mut self) -> Option<Demand> {
        self.demand.take()
    }
}

/// What an atom is made of.
pub(crate) struct Parts {
    pub(crate) module: Module,
    pub(crate) engine: EngineName,
    pub(crate) baggage: Baggage,
    pub(crate) wake: Arc<Wake>,
    pub(crate) seat: Arc<Seat>,
    pub(crate) desk: Arc<Desk>,
}
