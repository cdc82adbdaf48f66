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
    /// What the receiver said of its room.
    #[cbor(skip)]
    room: Room,
}

/// What a receiver said of its room. Not part of bytes: whoever comes to a new place sends all again.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Room {
    #[default]
    Unknown,
    None,
    Again,
}

impl Outbound {
    /// A pair whose first message gets the number after this one.
    pub(crate) const fn after(floor: u64) -> Self {
        Self { next: floor + 1, unconfirmed: VecDeque::new(), bytes: 0, room: Room::Unknown }
    }

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

    /// A message got the next number, and is kept; its bytes.
    pub(crate) fn keep(&mut self, event: Event) -> usize {
        let bytes = size(&event);
        self.bytes += bytes;
        self.unconfirmed.push_back(event);
        self.next += 1;
        bytes
    }

    /// A message got the next number, and the receiver has it already.
    pub(crate) fn pass(&mut self) {
        self.next += 1;
    }

    /// Takes `pass` back, as long as nothing was kept since.
    pub(crate) fn take_back(&mut self) {
        if self.unconfirmed.is_empty() && self.next > 1 {
            self.next -= 1;
        }
    }

    /// The receiver has all below `next`; how many of those that were kept go, and their bytes.
    pub(crate) fn confirm(&mut self, next: u64) -> (usize, usize) {
        let (mut count, mut bytes) = (0, 0);
        while self.first() < next.min(self.next)
            && let Some(event) = self.unconfirmed.pop_front()
        {
            bytes += size(&event);
            count += 1;
        }
        self.bytes -= bytes;
        (count, bytes)
    }

    /// The receiver says whether it has no room.
    pub(crate) fn hear(&mut self, busy: bool) {
        self.room = match (self.room, busy) {
            (_, true) => Room::None,
            (Room::None | Room::Again, false) => Room::Again,
            (Room::Unknown, false) => Room::Unknown,
        };
    }

    /// Whether there is room again; asked once.
    pub(crate) fn take_again(&mut self) -> bool {
        let again = self.room == Room::Again;
        if again {
            self.room = Room::Unknown;
        }
        again && !self.unconfirmed.is_empty()
    }

    /// Counts bytes, which are not part of those of a mailbox.
    pub(crate) fn count(&mut self) {
        self.bytes = self.unconfirmed.iter().map(size).sum();
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

/// Bytes that a message takes, as bounds count them.
#[must_use]
pub fn size(event: &Event) -> usize {
    64 + event.source.len()
        + event.ty.len()
        + event.subject.len()
        + event.content_type.len()
        + event.data.len()
}
