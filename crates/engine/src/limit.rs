//! How much memory and how many table elements an instance may have, and the meter that adapters ask before
//! anything grows.
//!
//! What the guest has counts as a sum over its memories (or tables). What the pass added must be able to grow when
//! the guest has all that it may have, or a full guest could not be stopped: it is recognised by its size and its
//! maximum, which no memory of the guest's shares; where one does, the pass's counts too, and the sum gets room.

use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;

/// What an instance may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of all the guest's memories together.
    pub memory_bytes: u64,
    /// Elements of all the guest's tables together.
    pub table_elements: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { memory_bytes: 1 << 30, table_elements: 1_000_000 }
    }
}

/// Room for memories of the pass's that cannot be told from the guest's.
const ADDED_BYTES: u64 = 64 << 20;
/// Room for tables of the pass's that cannot be told from the guest's.
const ADDED_ELEMENTS: u64 = 1 << 16;

/// Size and maximum of a memory in bytes, or of a table in elements.
pub type Extent = (u64, Option<u64>);

/// Counts what one instance has.
#[derive(Clone, Debug)]
pub struct Meter {
    memories: Account,
    tables: Account,
}

impl Meter {
    /// Nothing so far.
    #[must_use]
    pub fn new(limits: Limits) -> Self {
        Self {
            memories: Account::new(limits.memory_bytes, ADDED_BYTES),
            tables: Account::new(limits.table_elements, ADDED_ELEMENTS),
        }
    }

    /// Whether a memory may grow, sizes in bytes; if so it counts as grown.
    pub fn memory(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool {
        self.memories.grow(current, desired, maximum)
    }

    /// Whether a table may grow, sizes in elements; if so it counts as grown.
    pub fn table(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool {
        self.tables.grow(current, desired, maximum)
    }

    /// Tells the memories that the pass added, and the maxima of the guest's own.
    pub fn added_memories(&mut self, added: &[Extent], guests: &[Option<u64>]) {
        self.memories.set_apart(added, guests);
    }

    /// Tells the tables that the pass added, and the maxima of the guest's own.
    pub fn added_tables(&mut self, added: &[Extent], guests: &[Option<u64>]) {
        self.tables.set_apart(added, guests);
    }

    /// Why something could not be made or grow, if a limit ever was the reason.
    #[must_use]
    pub fn refusal(&self) -> Option<String> {
        let (memories, tables) = (&self.memories, &self.tables);
        match (memories.refused, tables.refused) {
            (true, _) => Some(format!("it asks for more memory than its limit of {} bytes", memories.limit)),
            (_, true) => Some(format!("it asks for more table elements than its limit of {}", tables.limit)),
            _ => None,
        }
    }
}

/// One kind of what is counted.
#[derive(Clone, Debug)]
struct Account {
    limit: u64,
    /// What may be had beyond the limit, because what the pass added counts too.
    room: u64,
    used: u64,
    /// What the pass added and what does not count.
    apart: Vec<Extent>,
    refused: bool,
}

impl Account {
    fn new(limit: u64, room: u64) -> Self {
        Self { limit, room, used: 0, apart: Vec::new(), refused: false }
    }

    fn grow(&mut self, current: u64, desired: u64, maximum: Option<u64>) -> bool {
        if let Some(known) = self.apart.iter_mut().find(|known| **known == (current, maximum)) {
            known.0 = desired;
            return true;
        }
        let used = self.used.saturating_add(desired.saturating_sub(current));
        if used > self.limit.saturating_add(self.room) {
            self.refused = true;
            return false;
        }
        self.used = used;
        true
    }

    fn set_apart(&mut self, added: &[Extent], guests: &[Option<u64>]) {
        if added.iter().any(|(_, maximum)| guests.contains(maximum)) {
            return;
        }
        self.used = self.used.saturating_sub(added.iter().map(|(size, _)| size).sum());
        self.apart = added.to_vec();
        self.room = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { memory_bytes: 1000, table_elements: 10 };

    #[test]
    fn the_guests_memories_count_as_a_sum() {
        let mut meter = Meter::new(LIMITS);
        assert!(meter.memory(0, 400, Some(900)) && meter.memory(0, 100, None));
        meter.added_memories(&[(100, None)], &[Some(900)]);
        assert!(meter.memory(0, 600, Some(700)));
        assert!(!meter.memory(400, 401, Some(900)));
        assert!(meter.memory(400, 400, Some(900)));
        assert!(meter.refusal().unwrap().contains("1000 bytes"));
    }

    #[test]
    fn what_the_pass_added_grows_beyond() {
        let mut meter = Meter::new(LIMITS);
        assert!(meter.memory(0, 1000, Some(2000)) && meter.memory(0, 100, Some(9000)));
        meter.added_memories(&[(100, Some(9000))], &[Some(2000)]);
        assert!(meter.memory(100, 5000, Some(9000)) && meter.memory(5000, 9000, Some(9000)));
        assert!(!meter.memory(100, 5000, Some(9000)), "that was another memory's size");
    }

    #[test]
    fn what_cannot_be_told_apart_counts() {
        let mut meter = Meter::new(LIMITS);
        assert!(meter.table(0, 10, None) && meter.table(0, 5, None));
        meter.added_tables(&[(5, None)], &[None]);
        assert!(meter.table(5, ADDED_ELEMENTS, None));
        assert!(!meter.table(10, 1000, None));
        assert!(meter.refusal().unwrap().contains("limit of 10"));
    }
}
