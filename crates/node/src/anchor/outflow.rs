//! The writing half of a connection: bytes that were written and that the other end has not taken yet.
//!
//! Byte `n` of a stream has the number `n`, and the end of a stream of `n` bytes the number `n` as well: it is sent,
//! taken and sent again as a byte is.
//!
//! ```text
//! state     write     finish    end taken
//! open      open      ending    -
//! ending    refused   ending    done
//! done      refused   done      done
//! ```

use super::Violation;
use super::limit::{PIECE_BYTES, PIPE_BYTES};
use std::collections::VecDeque;

/// A writing half.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Outflow {
    /// Number of the first byte that was not taken.
    base: u64,
    /// Bytes from there on.
    bytes: VecDeque<u8>,
    /// Number of what is sent next.
    sent: u64,
    state: State,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Open,
    Ending,
    Done,
}

/// What is sent next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    Data(u64, Vec<u8>),
    End(u64),
}

impl Outflow {
    /// One that was saved: all of it is still to be sent.
    pub(super) fn restored(base: u64, bytes: Vec<u8>, finished: bool) -> Self {
        let state = if finished { State::Ending } else { State::Open };
        Self { base, bytes: bytes.into(), sent: base, state }
    }

    /// What is to be saved of one whose end was not taken.
    pub(super) fn saved(&self) -> (u64, Vec<u8>, bool) {
        (self.base, self.bytes.iter().copied().collect(), self.is_finished())
    }

    /// Number after the last byte.
    fn end(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    /// Number after all that was written, the end too.
    pub(super) fn written(&self) -> u64 {
        self.end() + u64::from(self.is_finished())
    }

    /// Number after all that was taken.
    pub(super) fn taken(&self) -> u64 {
        self.base + u64::from(self.is_done())
    }

    /// Bytes that were not taken.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn is_finished(&self) -> bool {
        self.state != State::Open
    }

    /// Whether everything was taken, and the end.
    pub(super) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// How many bytes it takes now.
    pub(super) fn room(&self) -> usize {
        if self.is_finished() { 0 } else { PIPE_BYTES.saturating_sub(self.bytes.len()) }
    }

    /// Takes as many bytes as there is room for.
    pub(super) fn write(&mut self, bytes: &[u8]) -> usize {
        let count = self.room().min(bytes.len());
        self.bytes.extend(&bytes[..count]);
        count
    }

    /// No more comes.
    pub(super) fn finish(&mut self) {
        if self.state == State::Open {
            self.state = State::Ending;
        }
    }

    /// Nobody wants what was not taken.
    pub(super) fn drop_all(&mut self) {
        *self = Self { base: self.base, sent: self.base + 1, state: State::Done, ..Self::default() };
    }

    /// The next piece.
    pub(super) fn next(&mut self) -> Option<Piece> {
        let offset = self.sent;
        if offset < self.end() {
            let from = usize::try_from(offset - self.base).ok()?;
            let bytes: Vec<u8> = self.range(from, PIECE_BYTES);
            self.sent += bytes.len() as u64;
            return Some(Piece::Data(offset, bytes));
        }
        let ends = self.state == State::Ending && offset == self.end();
        ends.then(|| {
            self.sent += 1;
            Piece::End(offset)
        })
    }

    /// Up to `count` bytes from this place on.
    fn range(&self, from: usize, count: usize) -> Vec<u8> {
        let (first, second) = self.bytes.as_slices();
        let (first, second) = match from.checked_sub(first.len()) {
            None => (&first[from..], second),
            Some(from) => (&second[from..], &[][..]),
        };
        let first = &first[..first.len().min(count)];
        let second = &second[..second.len().min(count - first.len())];
        [first, second].concat()
    }

    /// The other end has taken all before this number. It may know it from before a cut: then that is not sent
    /// again.
    pub(super) fn take(&mut self, before: u64) -> Result<(), Violation> {
        if before > self.written() {
            return Err(Violation);
        }
        self.sent = self.sent.max(before);
        let bytes = before.min(self.end()).saturating_sub(self.base);
        self.bytes.drain(..usize::try_from(bytes).map_err(|_| Violation)?);
        self.base += bytes;
        if self.state == State::Ending && before > self.end() {
            self.state = State::Done;
        }
        Ok(())
    }

    /// Sends again from this number on, which the other end has to have received all before; an error when that
    /// cannot be.
    pub(super) fn send_from(&mut self, number: u64) -> Result<(), Violation> {
        if number < self.taken() || number > self.written() {
            return Err(Violation);
        }
        self.sent = number;
        Ok(())
    }
}
