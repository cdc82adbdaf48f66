//! Reserved export names of an instrumented module, and the layout of what they name.
//!
//! A continuation module imports them under the module name `sojourn`, by the same names.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

/// Module name that a continuation imports from.
pub const MODULE: &str = "sojourn";
/// Atomic flavour: shared memory of one page; the i32 at address 0 asks for a stop when it is not zero.
pub const CONTROL: &str = "sojourn:control";
/// Counter flavour: mutable i64 global, one less at each poll; a poll that finds it not above the limit stops.
pub const COUNTER: &str = "sojourn:counter";
/// Counter flavour: mutable i64 global, 0 at first; the largest i64 makes the next poll stop.
pub const LIMIT: &str = "sojourn:limit";
/// Memory that frames are written to, innermost first, from address 0 on.
pub const FRAMES: &str = "sojourn:frames";
/// Mutable i32 global: bytes of frame memory in use.
pub const TOP: &str = "sojourn:top";
/// Mutable i32 global: 1 while the stack unwinds.
pub const UNWINDING: &str = "sojourn:unwinding";
/// Mutable i32 global: a host call sets it to 1 when it could not end (`Reply::Suspend`).
pub const PENDING: &str = "sojourn:pending";
/// Table of every function that a reference can name; a function reference is a slot of it.
pub const REFS: &str = "sojourn:refs";
/// Table of funcref that saved function references go through; its length is in use from 0 on.
pub const SAVED_FUNCREFS: &str = "sojourn:saved-funcrefs";
/// Mutable i32 global: how many saved function references there are.
pub const SAVED_FUNCREF_COUNT: &str = "sojourn:saved-funcref-count";
/// Table of externref that saved host references go through.
pub const SAVED_EXTERNREFS: &str = "sojourn:saved-externrefs";
/// Mutable i32 global: how many saved host references there are.
pub const SAVED_EXTERNREF_COUNT: &str = "sojourn:saved-externref-count";
/// The guest's start function, `[] -> []`.
pub const START: &str = "sojourn:start";
/// Called like an export of an instance that was told to enter a point: goes on, and returns what the outermost frame
/// returns.
pub const RESUME: &str = "sojourn:resume";
/// Export of a point's module: goes on with the frame at the cursor, and returns what its function returns.
pub const POINT: &str = "sojourn:point";
/// Table of funcref that points' modules import: the points linked to an instance, by slot. A frame names the next
/// inner one's point by its slot.
pub const POINTS: &str = "sojourn:points";
/// Mutable i32 global that points' modules import: bytes of frame memory that have been taken up again.
pub const CURSOR: &str = "sojourn:cursor";

/// A memory of the guest's, by its index in the original module.
#[must_use]
pub fn memory(index: u32) -> String {
    format!("sojourn:m{index}")
}

/// A table of the guest's.
#[must_use]
pub fn table(index: u32) -> String {
    format!("sojourn:t{index}")
}

/// A mutable global of the guest's.
#[must_use]
pub fn global(index: u32) -> String {
    format!("sojourn:g{index}")
}

/// A function of the guest's.
#[must_use]
pub fn function(index: u32) -> String {
    format!("sojourn:f{index}")
}

/// Traps when passive data segment `index` has been dropped, does nothing otherwise.
#[must_use]
pub fn data_probe(index: u32) -> String {
    format!("sojourn:data{index}?")
}

/// Drops passive data segment `index`.
#[must_use]
pub fn data_drop(index: u32) -> String {
    format!("sojourn:data{index}!")
}

/// Traps when passive element segment `index` has been dropped, does nothing otherwise.
#[must_use]
pub fn element_probe(index: u32) -> String {
    format!("sojourn:elem{index}?")
}

/// Drops passive element segment `index`.
#[must_use]
pub fn element_drop(index: u32) -> String {
    format!("sojourn:elem{index}!")
}

/// A reference to a function, taken where the function is.
#[must_use]
pub fn reference(function: u32) -> String {
    format!("sojourn:ref{function}")
}

/// A function that saves values of certain types.
#[must_use]
pub fn spill(counts: &[u16], begins: bool, apart: bool) -> String {
    let counts: Vec<String> = counts.iter().map(u16::to_string).collect();
    format!("sojourn:s{}{}{}", counts.join("."), if begins { "b" } else { "" }, if apart { "a" } else { "" })
}

/// What a function does from a loop on, for loops that have a function of their own.
#[must_use]
pub fn from_loop(function: u32, offset: u32) -> String {
    format!("sojourn:l{function}@{offset}")
}

/// A tag of the guest's.
#[must_use]
pub fn tag(index: u32) -> String {
    format!("sojourn:tag{index}")
}

/// `memory.init` of a data segment into a memory, for continuations: destination, source, length.
#[must_use]
pub fn memory_init(segment: u32, memory: u32) -> String {
    format!("sojourn:data{segment}>m{memory}")
}

/// `table.init` of an element segment into a table, for continuations: destination, source, length.
#[must_use]
pub fn table_init(segment: u32, table: u32) -> String {
    format!("sojourn:elem{segment}>t{table}")
}
