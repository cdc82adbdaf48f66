//! The records of an image: values, frames, and where a computation was entered.

use alloc::string::String;
use alloc::vec::Vec;

/// A WebAssembly value. Floats are bits, so that NaN payloads survive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Value {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// 32-bit float, as bits.
    F32(u32),
    /// 64-bit float, as bits.
    F64(u64),
    /// Vector, little-endian lanes.
    V128(u128),
    /// A function by its index in the original module, or null.
    FuncRef(Option<u32>),
    /// A handle of the host's, or null.
    ExternRef(Option<u32>),
}

/// What a saved value of a frame was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// A parameter or local, by its index in the original function.
    Local(u32),
    /// An operand, by its height on the function's operand stack (0 is the bottom).
    Stack(u32),
}

/// At which kind of point a frame stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Point {
    /// At a poll: a loop header, or the entry of a function in a cycle of tail calls.
    Poll,
    /// In a call whose callee is the next inner frame.
    InProgress,
    /// Just after a call: its results are among the values.
    Returned,
    /// In a host call that will be issued again; the values are its arguments.
    HostCall,
}

/// One frame: where a function stands, and what it needs to go on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    /// Function index in the original module.
    pub function: u32,
    /// Byte offset of the site in the original module (0 for a host call).
    pub offset: u32,
    /// Kind of point.
    pub point: Point,
    /// Live values, each with what it was, in the order of their slots.
    pub values: Vec<(Slot, Value)>,
}

/// What the outermost frame was called as.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Entry {
    /// The module's start function, with the export that is to follow.
    Start {
        /// Export called when the start function has ended.
        then: String,
    },
    /// An export.
    Export {
        /// Its name.
        name: String,
    },
}
