//! The output of an atom: the end of a stream of numbered bytes, which travels with it.
//!
//! ```text
//! gone | start ......... held ......... end
//!        what readers get   waits until the atom is owned here
//! ```
//!
//! Who reads asks for bytes from a number on. Somebody who reads (in the last seconds) is waited for when the ring is
//! full; without a reader the oldest bytes go.

use super::wake::Wake;
use crate::module::lock;
use sojourn_abi::Output;
use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long somebody who has read is waited for.
pub(crate) const LEASE: Duration = Duration::from_secs(5);

/// One stream.
pub(crate) struct Ring {
    state: Mutex<State>,
    changed: Condvar,
    room: usize,
    wake: Arc<Wake>,
}

struct State {
    start: u64,
    bytes: VecDeque<u8>,
    reader: Option<(u64, Instant)>,
    /// Nothing from this number on is shown yet.
    gate: Option<u64>,
    /// Nothing will be read here any more: the atom ended (all can be read), or has left (`left`).
    ended: bool,
    left: bool,
    /// It is on its way elsewhere, where nobody would know of somebody who begins to read now.
    closed_to_new: bool,
}

/// What a reader gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Piece {
    /// Bytes from a number on; perhaps none, when none came in time.
    Bytes {
        /// Number of the first one.
        from: u64,
        /// The bytes.
        bytes: Vec<u8>,
        /// Whether nothing follows.
        end: bool,
    },
    /// The atom is not here any more.
    Left,
    /// It stands still to be moved, and nobody read before: whoever begins to read does so where it goes on.
    Moving,
}

impl Ring {
    pub(crate) fn new(room: usize, wake: Arc<Wake>) -> Self {
        Self::restore(&Output { start: 0, bytes: Vec::new(), read: None }, room, wake, false)
    }

    /// A ring that came with an atom; what is written from here on is held if `held`.
    pub(crate) fn restore(output: &Output, room: usize, wake: Arc<Wake>, held: bool) -> Self {
        let end = output.start.saturating_add(output.bytes.len() as u64);
        let state = State {
            start: output.start,
            bytes: output.bytes.iter().copied().collect(),
            reader: output.read.map(|at| (at, Instant::now() + LEASE)),
            gate: held.then_some(end),
            ended: false,
            left: false,
            closed_to_new: false,
        };
        Self { state: Mutex::new(state), changed: Condvar::new(), room, wake }
    }

    /// What travels.
    pub(crate) fn save(&self) -> Output {
        let mut state = lock(&self.state);
        let read = state.reader();
        Output { start: state.start, bytes: state.bytes.make_contiguous().to_vec(), read }
    }

    /// Bytes written since the atom began.
    pub(crate) fn total(&self) -> u64 {
        lock(&self.state).end()
    }

    /// Takes what it can without waiting: how many bytes; 0 when somebody must read first.
    pub(crate) fn write(&self, bytes: &[u8]) -> usize {
        let mut state = lock(&self.state);
        let taken = state.available(self.room).min(bytes.len());
        if taken == 0 {
            return 0;
        }
        state.bytes.extend(&bytes[..taken]);
        let over = state.bytes.len().saturating_sub(self.room);
        state.bytes.drain(..over);
        state.start += over as u64;
        self.changed.notify_all();
        taken
    }

    /// Bytes that `write` would take now, and otherwise when to ask again.
    pub(crate) fn available(&self) -> (usize, Option<Instant>) {
        let mut state = lock(&self.state);
        let available = state.available(self.room);
        // While it is held, only the gate makes room; `open` wakes whoever waits.
        let expires = state.reader.filter(|_| state.gate.is_none());
        (available, expires.map(|(_, until)| until))
    }

    /// Bytes from a number on, at most `most`; waits for some until `deadline`.
    pub(crate) fn read(&self, from: u64, most: usize, deadline: Instant) -> Piece {
        let mut state = lock(&self.state);
        loop {
            if state.left {
                return Piece::Left;
            }
            if state.closed_to_new {
                return Piece::Moving;
            }
            let from = from.max(state.start);
            let shown = state.shown();
            state.reader = Some((from.min(shown), Instant::now() + LEASE));
            // What was before this place has been read: there may be room now.
            self.wake.notify();
            let end = state.ended && shown == state.end();
            let rest = deadline.saturating_duration_since(Instant::now());
            if from < shown || end || rest.is_zero() {
                return state.piece(from, most, end);
            }
            let waited = self.changed.wait_timeout(state, rest.min(LEASE / 2));
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// What is saved next goes elsewhere: from now on nobody begins to read here.
    pub(crate) fn seal(&self) {
        let mut state = lock(&self.state);
        state.closed_to_new = state.reader().is_none();
    }

    /// It stays here after all.
    pub(crate) fn unseal(&self) {
        lock(&self.state).closed_to_new = false;
    }

    /// Shows all.
    pub(crate) fn open(&self) {
        let mut state = lock(&self.state);
        state.gate = None;
        // Nobody could read while it was held, however long that took: its reader's lease begins now.
        if let Some((_, until)) = &mut state.reader {
            *until = Instant::now() + LEASE;
        }
        drop(state);
        self.changed.notify_all();
        self.wake.notify();
    }

    /// Nothing more will be written.
    pub(crate) fn end(&self) {
        lock(&self.state).ended = true;
        self.changed.notify_all();
    }

    /// The atom is elsewhere: who reads must ask there.
    pub(crate) fn leave(&self) {
        lock(&self.state).left = true;
        self.changed.notify_all();
    }
}

impl State {
    fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    fn shown(&self) -> u64 {
        self.gate.map_or(self.end(), |gate| gate.min(self.end()))
    }

    /// Where somebody who reads is.
    fn reader(&mut self) -> Option<u64> {
        if self.gate.is_none() && self.reader.is_some_and(|(_, until)| until <= Instant::now()) {
            self.reader = None;
        }
        self.reader.map(|(at, _)| at)
    }

    /// Bytes that can be taken: up to the ring's size beyond what must not be lost.
    fn available(&mut self, room: usize) -> usize {
        let kept_from = [self.reader(), self.gate].into_iter().flatten().min();
        let kept = kept_from.map_or(0, |from| self.end().saturating_sub(from.max(self.start)));
        room.saturating_sub(usize::try_from(kept).unwrap_or(usize::MAX))
    }

    fn piece(&self, from: u64, most: usize, end: bool) -> Piece {
        let skip = usize::try_from(from - self.start).unwrap_or(usize::MAX).min(self.bytes.len());
        let shown = usize::try_from(self.shown().saturating_sub(from)).unwrap_or(usize::MAX);
        let bytes: Vec<u8> = self.bytes.range(skip..).take(shown.min(most)).copied().collect();
        let end = end && from + bytes.len() as u64 >= self.shown();
        Piece::Bytes { from, bytes, end }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(ring: &Ring, from: u64) -> Piece {
        ring.read(from, 100, Instant::now())
    }

    fn piece(from: u64, bytes: &[u8]) -> Piece {
        Piece::Bytes { from, bytes: bytes.to_vec(), end: false }
    }

    #[test]
    fn whoever_begins_to_read_while_it_leaves_misses_nothing() {
        let wake = Arc::new(Wake::default());
        let ring = Ring::new(4, Arc::clone(&wake));
        assert_eq!(ring.write(b"abcd"), 4);
        ring.seal();
        // What was read here would be gone there: nobody knows of the reader.
        assert_eq!(read(&ring, 0), Piece::Moving);
        let there = Ring::restore(&ring.save(), 4, Arc::clone(&wake), false);
        ring.leave();
        assert_eq!(read(&ring, 0), Piece::Left);
        assert_eq!(read(&there, 0), piece(0, b"abcd"));
        assert_eq!(there.write(b"efgh"), 0, "it waits for its reader");
    }

    #[test]
    fn whoever_read_before_reads_on_and_is_known_there() {
        let wake = Arc::new(Wake::default());
        let ring = Ring::new(4, Arc::clone(&wake));
        assert_eq!((ring.write(b"ab"), read(&ring, 0)), (2, piece(0, b"ab")));
        ring.seal();
        assert_eq!(read(&ring, 2), piece(2, b""));
        let there = Ring::restore(&ring.save(), 4, wake, false);
        assert_eq!((there.write(b"cdef"), there.write(b"ghij")), (4, 0), "it waits for its reader");
    }

    #[test]
    fn a_move_that_fails_lets_everybody_read() {
        let ring = Ring::new(4, Arc::new(Wake::default()));
        ring.write(b"ab");
        ring.seal();
        ring.unseal();
        assert_eq!(read(&ring, 0), piece(0, b"ab"));
    }
}
