//! Reactive atoms: they run when a message comes, and are no more than their state in between.
//!
//! ```text
//! message ──> awoken: a thread, an instance, its pages ──handle──> more messages? a moment's wait? ──> rests
//! ```

use super::atom::Atom;
use super::node::Shared;
use super::thread::launch;
use super::wake::Woke;
use crate::error::Error;
use crate::guest::{Guest, Plan};
use crate::module::lock;
use sojourn_abi::{AtomState, Code};
use sojourn_engine::HANDLE;
use sojourn_host::Wasi;
use sojourn_image::Image;
use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long an atom waits for its next message before it rests.
const MOMENT: Duration = Duration::from_millis(2);
/// Most reactive atoms that are awake at once; others wait for one of them to rest.
const AWAKE: usize = 2048;
/// Bytes that are kept or left out together.
const PAGE: usize = 4096;

/// An atom at rest: its guest without an instance.
pub(crate) struct Resting {
    registers: Image,
    sizes: Vec<u64>,
    /// Memory and page number of each page that differs from a fresh instance's.
    pages: Vec<(u32, u32)>,
    /// Those pages, one after the other, compressed.
    packed: Vec<u8>,
    /// How many bytes they are.
    bytes: usize,
    world: Wasi,
}

/// What an atom's thread is to do.
pub(crate) enum Next {
    /// Run the guest.
    Run(Box<dyn Guest>),
    /// Do what is demanded of it.
    Stop(Box<dyn Guest>),
    /// Nothing: it rests.
    Rests,
}

/// Reactive atoms that are awake, and those that are to be.
#[derive(Default)]
pub(crate) struct Awake(Mutex<Waking>);

#[derive(Default)]
struct Waking {
    awake: usize,
    queue: VecDeque<Arc<Atom>>,
}

impl Awake {
    /// Whether one more may be; otherwise it waits for its turn.
    fn enter(&self, atom: &Arc<Atom>) -> bool {
        let mut waking = lock(&self.0);
        if waking.awake < AWAKE {
            waking.awake += 1;
            return true;
        }
        waking.queue.push_back(Arc::clone(atom));
        false
    }

    /// One rests; the next one that waits has its turn.
    fn leave(&self) -> Option<Arc<Atom>> {
        let mut waking = lock(&self.0);
        let next = waking.queue.pop_front();
        if next.is_none() {
            waking.awake = waking.awake.saturating_sub(1);
        }
        next
    }
}

impl Resting {
    /// Bytes of its pages.
    pub(crate) fn bytes(&self) -> u64 {
        self.packed.len() as u64
    }

    /// Takes a guest that is in no call apart.
    fn of(mut guest: Box<dyn Guest>) -> Result<Self, Error> {
        let registers = guest.registers()?;
        let (mut sizes, mut pages, mut bytes) = (Vec::new(), Vec::new(), Vec::new());
        for memory in 0..guest.memories() {
            let zero_from = guest.initialized_bytes(memory);
            let whole = guest.memory(memory)?;
            sizes.push(whole.len() as u64);
            for (number, page) in (0..).zip(whole.chunks(PAGE)) {
                if u64::from(number) * PAGE as u64 >= zero_from && crate::pages::is_zero(page) {
                    continue;
                }
                pages.push((memory, number));
                bytes.extend_from_slice(page);
            }
        }
        let mut packed = vec![0; lz4_flex::block::get_maximum_output_size(bytes.len())];
        let length = lz4_flex::block::compress_into(&bytes, &mut packed)
            .map_err(|error| Error::Engine(format!("its pages cannot be compressed: {error}")))?;
        packed.truncate(length);
        packed.shrink_to_fit();
        Ok(Self { registers, sizes, pages, packed, bytes: bytes.len(), world: guest.into_world() })
    }

    /// The guest as it was.
    fn awaken(self, shared: &Arc<Shared>, atom: &Atom) -> Result<Box<dyn Guest>, Error> {
        let limits = shared.limits(atom.memory_limit_bytes);
        let plan = Plan::arrival(atom.module.clone(), atom.engine);
        let placeholder = Wasi::new(sojourn_host::Setup::default(), shared.no_ports())?;
        let mut guest = plan.prepare(placeholder, limits)?;
        let mut bytes = vec![0; self.bytes];
        lz4_flex::block::decompress_into(&self.packed, &mut bytes)
            .map_err(|error| Error::InvalidImage(format!("pages of an atom at rest: {error}")))?;
        for ((memory, number), page) in self.pages.iter().zip(bytes.chunks(PAGE)) {
            let size = self.sizes.get(*memory as usize).copied().unwrap_or_default();
            guest.write(*memory, size, u64::from(*number) * PAGE as u64, page)?;
        }
        guest.finish(&self.registers, &self.sizes, self.world)
    }
}

impl Shared {
    /// What an atom's thread is to do with a guest that does not run.
    pub(crate) fn next(self: &Arc<Self>, atom: &Arc<Atom>, mut guest: Box<dyn Guest>) -> Next {
        if !atom.life.reactive || guest.is_going_on() || atom.begins() {
            return Next::Run(guest);
        }
        loop {
            atom.wake.listen();
            if atom.is_demanded() {
                guest.begin(HANDLE);
                return Next::Stop(guest);
            }
            if atom.desk.has_news() {
                guest.begin(HANDLE);
                return Next::Run(guest);
            }
            let woke = atom.wake.wait(Some(Instant::now() + MOMENT));
            if woke == Woke::Timeout && atom.state().phase == AtomState::Running && atom.desk.rest() {
                return self.rest(atom, guest);
            }
        }
    }

    /// Lets an atom rest.
    fn rest(self: &Arc<Self>, atom: &Arc<Atom>, guest: Box<dyn Guest>) -> Next {
        let processor_ns = atom.processor_ns();
        let resting = match Resting::of(guest) {
            Ok(resting) => resting,
            Err(error) => {
                self.cannot_awaken(atom, format!("it cannot rest: {error}"));
                return Next::Rests;
            }
        };
        let wanted = {
            let mut state = atom.state();
            state.windows = Vec::new();
            state.meter = None;
            state.processor_ns = processor_ns - state.processor_before_ns;
            state.resting = Some(resting);
            std::mem::take(&mut state.awaken_wanted) || state.is_demanded()
        };
        if let Some(next) = self.awake.leave() {
            self.wake_up(&next);
        }
        if wanted {
            self.awaken(atom);
        }
        Next::Rests
    }

    /// There is something to do for an atom at rest.
    pub(crate) fn awaken(self: &Arc<Self>, atom: &Arc<Atom>) {
        {
            let mut state = atom.state();
            if state.resting.is_none() {
                state.awaken_wanted = true;
                return;
            }
        }
        if self.awake.enter(atom) {
            self.wake_up(atom);
        }
    }

    fn wake_up(self: &Arc<Self>, atom: &Arc<Atom>) {
        let Some(resting) = atom.state().resting.take() else { return };
        let shared = Arc::clone(self);
        let build = move |atom: &Atom| {
            resting.awaken(&shared, atom).map_err(|error| (Code::Internal, error.to_string()))
        };
        let (shared, failed) = (Arc::clone(self), Arc::clone(atom));
        let first = move |built: Result<(), (Code, String)>| {
            if let Err((_, text)) = built {
                shared.cannot_awaken(&failed, text);
            }
        };
        if let Err((_, text)) = launch(self, Arc::clone(atom), build, first) {
            self.cannot_awaken(atom, text);
        }
    }

    /// An atom at rest is lost: its last image is what is left.
    fn cannot_awaken(self: &Arc<Self>, atom: &Arc<Atom>, text: String) {
        {
            let mut state = atom.state();
            state.phase = AtomState::Ended;
            state.ended_at = Some(Instant::now());
            state.reason = Some(text);
        }
        self.finish(atom);
    }
}
