//! What one atom has on its way to another.

use alloc::collections::VecDeque;
use minicbor::{Decode, Encode};
use sojourn_abi::Event;

/// Numbers, and messages that the receiver is not known to have.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Outbound {
    /// Number of the next message.
    #[n(0)]
    pub(crate) next: u64,
    /// Messages without a receipt, the oldest first; their numbers end just below `next`.
    #[n(1)]
    pub(crate) unconfirmed: VecDeque<Event>,
    /// Bytes of them.
    #[cbor(skip)]
    pub(crate) bytes: usize,
}

impl Default for Outbound {
    fn default() -> Self {
        Self { next: 1, unconfirmed: VecDeque::new(), bytes: 0 }
    }
}

impl Outbound {
    /// Lowest number that is kept.
    #[must_use]
    pub fn first(&self) -> u64 {
        self.next - self.unconfirmed.len() as u64
    }

    /// Number of the next message.
    #[must_use]
    pub const fn next(&self) -> u64 {
        self.next
    }

    /// How many messages have no receipt.
    #[must_use]
    pub fn unconfirmed(&self) -> usize {
        self.unconfirmed.len()
    }

    /// A message got the next number, and is kept.
    pub(crate) fn keep(&mut self, event: Event) {
        self.bytes += size(&event);
        self.unconfirmed.push_back(event);
        self.next += 1;
    }

    /// A message got the next number, and the receiver has it already.
    pub(crate) fn pass(&mut self) {
        self.next += 1;
    }

    /// The receiver has all below `next`; how many of those that were kept go.
    pub(crate) fn confirm(&mut self, next: u64) -> usize {
        let mut gone = 0;
        while self.first() < next.min(self.next)
            && let Some(event) = self.unconfirmed.pop_front()
        {
            self.bytes -= size(&event);
            gone += 1;
        }
        gone
    }

    /// Begins to count anew: what is kept gets numbers from 1 on.
    pub(crate) fn renumber(&mut self) {
        self.next = 1 + self.unconfirmed.len() as u64;
    }

    /// Messages that are kept, with their numbers.
    pub fn kept(&self) -> impl Iterator<Item = (u64, &Event)> {
        (self.first()..).zip(&self.unconfirmed)
    }
}

/// Bytes that a message takes.
pub(crate) fn size(event: &Event) -> usize {
    64 + event.source.len()
        + event.ty.len()
        + event.subject.len()
        + event.content_type.len()
        + event.data.len()
}
