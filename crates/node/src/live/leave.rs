//! An atom leaves: pages while it runs, the rest when it stands still.
//!
//! ```text
//! Copy  -> first round: what differs from a fresh instance; then what was written meanwhile,
//!          until that fits the downtime or rounds do not pay                -> Converged
//! Halt  -> the guest stops; what was written since, registers, host, output -> Sealed
//! GoOn  -> it goes on here        Leave -> it is forgotten        Lose -> its image is kept
//! ```

use super::atom::{Atom, Demand, Failure, Seal, Verdict};
use super::desk::Gate;
use super::node::Shared;
use super::pieces::{MESSAGE_BYTES, Packer, ranges};
use crate::guest::Guest;
use crate::module::lock;
use crate::pages::{PAGE_BYTES, Pages, Tracker};
use sojourn_abi::{AtomState, Baggage, Code, Contents, Facts, Message, MoveRow, MoveState};
use sojourn_engine::Window;
use sojourn_image::Image;
use sojourn_kernel::Input;
use std::io;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Instant;

/// Bytes of state and baggage that go in one message: a lane takes four times as many.
const FINAL_BYTES: usize = 4 << 20;
/// A round must leave less than this part of the one before, or rounds do not pay.
const PAYS: (u64, u64) = (3, 4);

/// An atom on its way to somebody.
pub(crate) struct Departure {
    pub(crate) id: u64,
    atom: Arc<Atom>,
    target: String,
    epoch: u64,
    /// Nobody wants it there any more.
    given_up: AtomicBool,
    bytes: AtomicU64,
    copies: Mutex<Vec<Option<MemoryCopy>>>,
    verdict: Mutex<Option<Sender<Verdict>>>,
    /// What the target asks for.
    contents: Mutex<Option<Contents>>,
}

/// How far the copy of one memory is.
struct MemoryCopy {
    tracker: Tracker,
    /// To be sent now.
    left: Pages,
}

impl Shared {
    /// A move of an atom that is here; its number.
    pub(crate) fn begin_move(self: &Arc<Self>, atom: &Arc<Atom>, target: &str, cause: &str) -> u64 {
        let epoch = atom.state().epoch;
        let row = MoveRow {
            id: 0,
            atom: atom.id.clone(),
            source: self.settings.name.clone(),
            target: target.into(),
            epoch,
            cause: cause.into(),
            state: MoveState::Offered,
            code: None,
            text: None,
            rounds: 0,
            bytes: 0,
            pending_bytes: 0,
            started_at_ns: super::realtime_ns(),
            total_ns: 0,
            paused_ns: 0,
            downtime_ns: 0,
        };
        let id = self.moves.begin(row);
        let facts = facts(atom, cause);
        self.tell(Input::Move { id, atom: atom.id.clone(), target: target.into(), facts });
        id
    }

    /// The target takes it: sends pages while it runs.
    pub(crate) fn copy(self: &Arc<Self>, id: &str, epoch: u64, target: String) {
        self.crash_point("source:accepted");
        let Some(atom) = self.atom(id) else { return };
        let Some(number) = self.moves.under_way(id) else { return };
        let departure = Arc::new(Departure {
            id: number,
            atom: Arc::clone(&atom),
            target,
            epoch,
            given_up: AtomicBool::new(false),
            bytes: AtomicU64::new(0),
            copies: Mutex::default(),
            verdict: Mutex::default(),
            contents: Mutex::default(),
        });
        atom.state().phase = AtomState::Leaving;
        lock(&self.departures).insert(id.into(), Arc::clone(&departure));
        self.beside("copy", move |shared| {
            // Whoever gave up has told the kernel.
            if departure.rounds(shared).is_ok() {
                shared.crash_point("source:copied");
                shared.tell(Input::Converged { atom: departure.atom.id.clone() });
            }
        });
    }

    /// The rest is to follow: stops the guest.
    pub(crate) fn halt(self: &Arc<Self>, id: &str) {
        let Some(departure) = lock(&self.departures).get(id).cloned() else { return };
        let (verdict, awaited) = channel();
        *lock(&departure.verdict) = Some(verdict);
        let seal = LastPages { shared: Arc::clone(self), departure: Arc::clone(&departure) };
        self.beside("halt", move |shared| {
            departure.atom.await_wandering();
            let demanded = departure.atom.demand(Demand::Seal(Box::new(seal), awaited));
            if let Err((code, text)) = demanded {
                shared.tell(Input::Cancel { atom: departure.atom.id.clone(), code, text });
            }
        });
    }

    /// The move failed: the atom goes on here.
    pub(crate) fn go_on(self: &Arc<Self>, id: &str) {
        let Some(departure) = lock(&self.departures).remove(id) else { return };
        departure.given_up.store(true, SeqCst);
        {
            let mut state = departure.atom.state();
            if state.phase == AtomState::Leaving {
                state.phase = AtomState::Running;
            }
        }
        departure.atom.stdout.unseal();
        departure.atom.stderr.unseal();
        if departure.atom.desk.inner().gate == Gate::Sealed {
            self.open_desk(&departure.atom.desk);
        }
        departure.judge(Verdict::GoOn);
        departure.forget_contents(self);
        lock(&departure.copies).clear();
    }

    /// The target has it.
    pub(crate) fn leave(self: &Arc<Self>, id: &str) {
        if let Some(departure) = lock(&self.departures).remove(id) {
            departure.judge(Verdict::Leave);
            departure.forget_contents(self);
        }
        if let Some(atom) = lock(&self.atoms).remove(id) {
            atom.stdout.leave();
            atom.stderr.leave();
            self.desk_left(&atom.desk);
        }
        self.relays.left(id);
    }

    /// The target has ended, after it was told to speak for it: what is here is the last image.
    pub(crate) fn lose(self: &Arc<Self>, id: &str, epoch: u64) {
        let Some(departure) = lock(&self.departures).remove(id) else { return };
        let (reply, image) = channel();
        departure.judge(Verdict::Lose(reply));
        departure.forget_contents(self);
        lock(&self.atoms).remove(id);
        let atom = Arc::clone(&departure.atom);
        self.desk_left(&atom.desk);
        self.beside("lose", move |shared| {
            if let Ok(image) = image.recv() {
                shared.keep_image(&atom, &image, epoch, "left behind by a move").map_or_else(
                    |(_, text)| eprintln!("error: the last image of {} is not kept: {text}", atom.id),
                    drop,
                );
            }
        });
    }
}

impl Departure {
    fn judge(&self, verdict: Verdict) {
        if let Some(judge) = lock(&self.verdict).take() {
            // The thread is gone when the guest ended meanwhile.
            let _ = judge.send(verdict);
        }
    }

    /// State and baggage as they go in one message: the target asks for what is too large for that.
    fn fit_for_a_message(&self, shared: &Shared, image: Vec<u8>, baggage: Vec<u8>) -> (Vec<u8>, Vec<u8>) {
        if image.len() + baggage.len() <= FINAL_BYTES {
            return (image, baggage);
        }
        let (image, baggage) = (shared.contents.put(image), shared.contents.put(baggage));
        let contents = Contents { image, baggage };
        *lock(&self.contents) = Some(contents.clone());
        (Vec::new(), sojourn_abi::encode(&Baggage { contents: Some(contents), ..Baggage::default() }))
    }

    /// Nobody will ask for its state any more.
    fn forget_contents(&self, shared: &Shared) {
        if let Some(contents) = lock(&self.contents).take() {
            for hash in [contents.image, contents.baggage] {
                shared.contents.forget(&hash);
            }
        }
    }

    fn wanted(&self) -> bool {
        !self.given_up.load(SeqCst)
    }

    /// Sends pages while the guest runs.
    fn rounds(&self, shared: &Shared) -> Result<(), ()> {
        let (windows, zero_from) = {
            let state = self.atom.state();
            (state.windows.clone(), state.initialized.clone())
        };
        let mut copies: Vec<Option<MemoryCopy>> = (windows.into_iter().zip(zero_from))
            .map(|(window, zero_from)| window.map(|window| MemoryCopy::new(window, zero_from)))
            .collect();
        let began = Instant::now();
        let mut before = u64::MAX;
        for round in 1..=shared.settings.max_rounds {
            for copy in copies.iter_mut().flatten() {
                // What cannot be looked at is sent when the guest stands still.
                copy.look(round == 1).map_err(|_| ()).unwrap_or_default();
            }
            let bytes = copies.iter().flatten().map(MemoryCopy::left_bytes).sum();
            if round > 1 && self.fits(shared, bytes, before, began) {
                copies.iter_mut().flatten().for_each(MemoryCopy::put_back);
                break;
            }
            before = bytes;
            shared.moves.change(self.id, |row| (row.rounds, row.pending_bytes) = (round, bytes));
            for (index, copy) in (0..).zip(&mut copies) {
                if let Some(copy) = copy {
                    self.send(shared, index, copy)?;
                }
            }
        }
        *lock(&self.copies) = copies;
        Ok(())
    }

    /// Whether what is left may be sent while the guest stands still.
    fn fits(&self, shared: &Shared, bytes: u64, before: u64, began: Instant) -> bool {
        let sent = u128::from(self.bytes.load(SeqCst).max(1));
        // What is left takes as long as its part of what was sent.
        let rest_ns = began.elapsed().as_nanos() * u128::from(bytes) / sent;
        rest_ns <= shared.settings.downtime.as_nanos() || bytes / PAYS.0 * PAYS.1 >= before
    }

    /// Sends what is left of a memory.
    fn send(&self, shared: &Shared, memory: u32, copy: &mut MemoryCopy) -> Result<(), ()> {
        let mut packer = Packer::new();
        let mut buffer = vec![0; MESSAGE_BYTES];
        // What the guest has grown by itself lies beyond what the window knows of.
        let size = copy.tracker.len();
        for range in ranges(&std::mem::take(&mut copy.left), size) {
            let room = &mut buffer[..usize::try_from(range.end - range.start).unwrap_or(MESSAGE_BYTES)];
            let read = copy.tracker.read(range.start, room);
            if let Some(pieces) = packer.add(range.start, &room[..read]) {
                self.transmit(shared, memory, size, pieces)?;
            }
        }
        self.transmit(shared, memory, size, packer.rest())
    }

    /// Sends pages of a memory that stands still.
    fn send_slice(&self, shared: &Shared, memory: u32, bytes: &[u8], zero_from: u64) -> Result<(), ()> {
        let mut packer = Packer::new();
        let size = bytes.len() as u64;
        for (number, chunk) in (0..).zip(bytes.chunks(64 << 10)) {
            let offset = number * (64 << 10);
            if offset >= zero_from && chunk.iter().all(|byte| *byte == 0) {
                continue;
            }
            if let Some(pieces) = packer.add(offset, chunk) {
                self.transmit(shared, memory, size, pieces)?;
            }
        }
        self.transmit(shared, memory, size, packer.rest())
    }

    fn transmit(
        &self,
        shared: &Shared,
        memory: u32,
        size: u64,
        pieces: Vec<sojourn_abi::Piece>,
    ) -> Result<(), ()> {
        if pieces.is_empty() {
            return Ok(());
        }
        let bytes: usize = pieces.iter().map(|piece| piece.stored.len() + 16).sum();
        let message = Message::Pages { atom: self.atom.id.clone(), epoch: self.epoch, memory, size, pieces };
        shared.send_bulk(&self.target, message, bytes, &|| self.wanted())?;
        self.bytes.fetch_add(bytes as u64, SeqCst);
        shared.moves.change(self.id, |row| {
            row.bytes += bytes as u64;
            row.pending_bytes = row.pending_bytes.saturating_sub(bytes as u64);
        });
        Ok(())
    }
}

impl MemoryCopy {
    fn new(window: Arc<dyn Window>, zero_from: u64) -> Self {
        Self { tracker: Tracker::new(window).zero_from(zero_from), left: Pages::new() }
    }

    /// Finds what was written since the last look; at the first one, what differs from a fresh instance.
    fn look(&mut self, first: bool) -> io::Result<()> {
        let more = if first { self.tracker.first()? } else { self.tracker.take()? };
        self.left = more;
        Ok(())
    }

    /// What is left is looked at again later.
    fn put_back(&mut self) {
        self.tracker.put_back(std::mem::take(&mut self.left));
    }

    fn left_bytes(&self) -> u64 {
        self.left.iter().map(|range| (range.end - range.start) * PAGE_BYTES as u64).sum()
    }
}

/// What is done on the atom's thread once its guest stands still.
struct LastPages {
    shared: Arc<Shared>,
    departure: Arc<Departure>,
}

impl Seal for LastPages {
    fn seal(&mut self, guest: &mut dyn Guest, registers: &Image) -> Result<(), Failure> {
        let (shared, departure) = (&self.shared, &self.departure);
        shared.moves.stopped(departure.id);
        shared.crash_point("source:stopped");
        let mut copies = std::mem::take(&mut *lock(&departure.copies));
        let mut sizes = Vec::new();
        let given_up = || (Code::Aborted, format!("the move of {} was given up", departure.atom.id));
        for index in 0..guest.memories() {
            let looked = copies.get_mut(index as usize).and_then(Option::as_mut);
            let sent = if let Some(copy) = looked.and_then(|copy| copy.look(false).is_ok().then_some(copy)) {
                departure.send(shared, index, copy)
            } else {
                // What was sent before may be there still: then zeros are sent too.
                let sent = copies.get(index as usize).is_some_and(Option::is_some);
                let zero_from = if sent { u64::MAX } else { guest.initialized_bytes(index) };
                let memory = guest.memory(index).map_err(|error| (Code::Internal, error.to_string()))?;
                departure.send_slice(shared, index, memory, zero_from)
            };
            sent.map_err(|()| given_up())?;
            sizes.push(guest.memory_bytes(index));
        }
        let image = registers
            .encode()
            .map_err(|error| (Code::Internal, format!("its state cannot be written: {error}")))?;
        let baggage = sojourn_abi::encode(&shared.baggage(&departure.atom));
        let bytes = (image.len() + baggage.len()) as u64;
        shared.moves.change(departure.id, |row| row.bytes += bytes);
        let (image, baggage) = departure.fit_for_a_message(shared, image, baggage);
        shared.tell(Input::Sealed { atom: departure.atom.id.clone(), image, sizes, baggage });
        Ok(())
    }

    fn failed(&mut self, (code, text): Failure) {
        self.shared.tell(Input::Cancel { atom: self.departure.atom.id.clone(), code, text });
    }
}

/// What the target is told of an atom.
fn facts(atom: &Atom, cause: &str) -> Facts {
    let state = atom.state();
    Facts {
        name: atom.name.clone(),
        module: atom.module.hash().0,
        module_bytes: atom.module.wasm().len() as u64,
        engine: atom.engine.as_str().into(),
        memory_bytes: state.grown_bytes(),
        mounts: state.pinned.clone(),
        points: super::ahead::told(&atom.module),
        cause: cause.into(),
        images_every_ms: atom.images_every_ms,
        memory_limit_bytes: atom.memory_limit_bytes,
    }
}
