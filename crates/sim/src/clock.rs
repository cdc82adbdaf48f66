//! Virtual time: what is to happen, in the order of its time, and of its making where times are equal.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

/// Nanoseconds of a microsecond.
pub const US: u64 = 1_000;
/// Nanoseconds of a millisecond.
pub const MS: u64 = 1_000_000;
/// Nanoseconds of a second.
pub const SECOND: u64 = 1_000_000_000;

struct Entry<E> {
    at_ns: u64,
    order: u64,
    event: E,
}

impl<E> PartialEq for Entry<E> {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl<E> Eq for Entry<E> {}

impl<E> PartialOrd for Entry<E> {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl<E> Ord for Entry<E> {
    /// The earliest is the greatest, as the heap wants it.
    fn cmp(&self, other: &Self) -> Ordering {
        (other.at_ns, other.order).cmp(&(self.at_ns, self.order))
    }
}

/// A clock that jumps from one event to the next.
pub struct Clock<E> {
    now_ns: u64,
    made: u64,
    events: BinaryHeap<Entry<E>>,
}

impl<E> Clock<E> {
    /// A clock at 0.
    #[must_use]
    pub fn new() -> Self {
        Self { now_ns: 0, made: 0, events: BinaryHeap::new() }
    }

    /// The time.
    #[must_use]
    pub fn now_ns(&self) -> u64 {
        self.now_ns
    }

    /// Lets something happen at a time; now, when that has passed.
    pub fn at(&mut self, at_ns: u64, event: E) {
        self.made += 1;
        self.events.push(Entry { at_ns: at_ns.max(self.now_ns), order: self.made, event });
    }

    /// Lets something happen after a while.
    pub fn after(&mut self, delay_ns: u64, event: E) {
        self.at(self.now_ns + delay_ns, event);
    }

    /// Goes to the next event, unless it is later than `until_ns`; then only to that time.
    pub fn next(&mut self, until_ns: u64) -> Option<E> {
        if self.events.peek().is_none_or(|entry| entry.at_ns > until_ns) {
            self.now_ns = self.now_ns.max(until_ns);
            return None;
        }
        let entry = self.events.pop()?;
        self.now_ns = entry.at_ns;
        Some(entry.event)
    }
}

impl<E> Default for Clock<E> {
    fn default() -> Self {
        Self::new()
    }
}
