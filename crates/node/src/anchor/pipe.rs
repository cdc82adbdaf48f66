//! One connection at one end: what comes in, what goes out, and how it ends.
//!
//! ```text
//! state     close          reset told to it   reset by this end   all told
//! open      closed         gone               resetting           -
//! closed    closed         gone               resetting           gone, when what was written was taken
//! resetting resetting      gone               resetting           gone, when the other end was told
//! gone      gone           gone               gone                gone
//! ```

use super::Violation;
use super::inflow::Inflow;
use super::outflow::{Outflow, Piece};
use super::relay::{Claimed, Word};

/// A connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Pipe {
    pub inflow: Inflow,
    pub outflow: Outflow,
    pub state: State,
    /// Whether the other end was told that this one closed it.
    pub close_told: bool,
}

/// How far a connection is from its end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Open,
    /// The guest closed it: nobody reads any more, and what it wrote goes out.
    Closed,
    /// It broke at this end, and the other one is told after what had come before.
    Resetting,
    /// It is gone.
    Gone,
}

impl Pipe {
    /// This end reads no more and writes no more; what was written still goes out.
    pub(super) fn close(&mut self) {
        if self.state == State::Open {
            self.state = State::Closed;
            self.inflow.deafen();
            self.outflow.finish();
        }
    }

    /// The other end has closed it, after all that it wrote: what is on its way there is of no use.
    pub(super) fn closed_by_other(&mut self) {
        if !self.inflow.is_ended() {
            self.reset_by_other();
        } else if self.state != State::Gone {
            self.state = State::Closed;
            self.close_told = true;
            self.outflow.drop_all();
        }
    }

    /// It broke at this end.
    pub(super) fn reset(&mut self) {
        if self.state == State::Closed && self.close_told {
            self.state = State::Gone;
        } else if self.state != State::Gone {
            self.state = State::Resetting;
        }
    }

    /// The other end says that it is gone. What came before can still be read.
    pub(super) fn reset_by_other(&mut self) {
        self.state = State::Gone;
        self.outflow.drop_all();
    }

    /// A word about it that tells of bytes.
    pub(super) fn hear(&mut self, word: &Word) -> Result<(), Violation> {
        match word {
            _ if self.state == State::Gone => Ok(()),
            Word::Data { offset, bytes, .. } => self.inflow.data(*offset, bytes),
            Word::End { offset, .. } => self.inflow.end_at(*offset),
            Word::Taken { .. } if self.outflow.is_done() => Ok(()),
            Word::Taken { offset, .. } => self.outflow.take(*offset),
            _ => Ok(()),
        }
    }

    /// What this end says next.
    pub(super) fn next(&mut self, connection: u32) -> Option<Word> {
        if self.state == State::Gone {
            return None;
        }
        if let Some(offset) = self.inflow.tell() {
            return Some(Word::Taken { connection, offset });
        }
        if let Some(piece) = self.outflow.next() {
            return Some(match piece {
                Piece::Data(offset, bytes) => Word::Data { connection, offset, bytes },
                Piece::End(offset) => Word::End { connection, offset },
            });
        }
        match self.state {
            State::Closed if !self.close_told => {
                self.close_told = true;
                Some(Word::Close { connection })
            }
            State::Resetting => {
                self.state = State::Gone;
                Some(Word::Reset { connection })
            }
            _ => None,
        }
    }

    /// What an atom's end has of it.
    pub(super) fn claim(&self, connection: u32) -> Claimed {
        Claimed {
            connection,
            received: self.inflow.received(),
            taken: self.inflow.read_to(),
            written: self.outflow.written(),
        }
    }

    /// Says everything again that was not taken.
    pub(super) fn start_over(&mut self) {
        let from = self.outflow.taken();
        self.outflow.send_from(from).expect("what was not taken can be sent");
        self.close_told = false;
    }

    /// What the anchor has, against what the atom's end claims to have: where they cannot be of one connection,
    /// somebody is back from the past, and it breaks. Returns what the other end is told at once.
    pub(super) fn go_on(&mut self, claimed: Claimed) -> Result<Option<u64>, Violation> {
        if claimed.written < self.inflow.received() || claimed.taken > claimed.received {
            return Err(Violation);
        }
        self.outflow.send_from(claimed.received)?;
        self.outflow.take(claimed.taken)?;
        Ok(self.inflow.tell_again())
    }
}
