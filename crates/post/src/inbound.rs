//! What one atom has from another.

use alloc::collections::BTreeMap;
use minicbor::{Decode, Encode};
use sojourn_abi::Event;

/// Which numbers have come, and messages before which one lacks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Inbound {
    /// Run of the sender.
    #[n(0)]
    pub(crate) run: u64,
    /// Number expected next: all below have come.
    #[n(1)]
    pub(crate) next: u64,
    /// Messages beyond it.
    #[n(2)]
    pub(crate) early: BTreeMap<u64, Event>,
}

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Take {
    /// It is the next one.
    Next,
    /// It has come before, or its sender has begun anew since.
    Old,
    /// One before it lacks.
    Early,
    /// Too far ahead of what lacks.
    TooFar,
}

impl Inbound {
    /// From the first message that came of a sender.
    pub(crate) fn new(run: u64, first: u64) -> Self {
        Self { run, next: first.max(1), early: BTreeMap::new() }
    }

    /// Number expected next.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Takes note of what the sender says about itself, and looks at a number.
    pub(crate) fn look(&mut self, run: u64, first: u64, number: u64, window: usize) -> Take {
        if run < self.run {
            return Take::Old;
        }
        if run > self.run {
            *self = Self::new(run, first);
        }
        if first > self.next {
            // The sender was told that all before have come: by an earlier life of this mailbox.
            self.next = first;
            self.early = self.early.split_off(&first);
        }
        match number {
            number if number < self.next => Take::Old,
            number if number == self.next => Take::Next,
            number if number - self.next > window as u64 => Take::TooFar,
            _ => Take::Early,
        }
    }

    /// The next one has come.
    pub(crate) fn advance(&mut self) {
        self.next += 1;
    }

    /// A message that waited and is the next one now.
    pub(crate) fn ready(&mut self) -> Option<Event> {
        self.early.remove(&self.next)
    }
}
