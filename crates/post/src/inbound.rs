//! What one atom has from another.

use crate::limit;
use alloc::collections::BTreeMap;
use minicbor::{Decode, Encode};
use sojourn_abi::{Event, Post};

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
    /// When it was looked at last, as the mailbox counts.
    #[n(3)]
    pub(crate) looked: u64,
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

/// Whether the numbers of a post can be a sender's.
pub(crate) fn makes_sense(post: &Post) -> bool {
    post.run <= limit::NUMBER && (1..=post.number).contains(&post.first) && post.number <= limit::NUMBER
}

impl Inbound {
    /// From the first message that came of a sender.
    pub(crate) const fn new(run: u64, first: u64) -> Self {
        Self { run, next: first, early: BTreeMap::new(), looked: 0 }
    }

    /// Number expected next.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// Takes note of what the sender says about itself; messages that wait in vain then.
    pub(crate) fn note(&mut self, run: u64, first: u64) -> BTreeMap<u64, Event> {
        if run > self.run {
            self.run = run;
            self.next = first;
            return core::mem::take(&mut self.early);
        }
        if run == self.run && first > self.next {
            // The sender was told that all before have come: by an earlier life of this mailbox.
            self.next = first;
            let kept = self.early.split_off(&first);
            return core::mem::replace(&mut self.early, kept);
        }
        BTreeMap::new()
    }

    /// Looks at a number.
    pub(crate) fn look(&self, run: u64, number: u64, window: usize) -> Take {
        match number {
            _ if run < self.run => Take::Old,
            number if number < self.next => Take::Old,
            number if number == self.next => Take::Next,
            number if number - self.next > window as u64 => Take::TooFar,
            _ => Take::Early,
        }
    }

    /// Whether a message waits here already.
    pub(crate) fn has(&self, run: u64, number: u64) -> bool {
        self.run == run && self.early.contains_key(&number)
    }

    /// The next one has come.
    pub(crate) fn advance(&mut self) {
        self.next += 1;
    }
}
