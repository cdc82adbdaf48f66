//! The records of an image: values, frames, tables, and where a computation was entered.

use alloc::string::String;
use alloc::vec::Vec;

use crate::chunk::Memory;
use crate::error::Error;
use crate::hash::ModuleHash;

/// A computation that stands still. Indices are those of the original module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    /// The module, as its author wrote it.
    pub module_hash: ModuleHash,
    /// What the module needs of an engine, as far as it is known.
    pub features: Features,
    /// What the outermost frame was called as.
    pub entry: Entry,
    /// The stack, outermost first.
    pub frames: Vec<Frame>,
    /// Mutable globals: index and value, by ascending index.
    pub globals: Vec<(u32, Value)>,
    /// Tables that can differ from what instantiation gives, by ascending index.
    pub tables: Vec<Table>,
    /// Passive data segments that have been dropped, ascending.
    pub dropped_data: Vec<u32>,
    /// Passive element segments that have been dropped, ascending.
    pub dropped_elements: Vec<u32>,
    /// Memories, by ascending index.
    pub memories: Vec<Memory>,
    /// State of the host: CBOR, its shape is the host's own.
    pub host: Vec<u8>,
    /// Messages that wait; empty so far.
    pub mailbox: Vec<u8>,
    /// The module itself, so that the image needs nothing else.
    pub module: Option<Vec<u8>>,
}

impl Image {
    /// An image of this module with nothing in it yet.
    #[must_use]
    pub fn new(module_hash: ModuleHash, entry: Entry) -> Self {
        Self {
            module_hash,
            features: Features::default(),
            entry,
            frames: Vec::new(),
            globals: Vec::new(),
            tables: Vec::new(),
            dropped_data: Vec::new(),
            dropped_elements: Vec::new(),
            memories: Vec::new(),
            host: Vec::new(),
            mailbox: Vec::new(),
            module: None,
        }
    }

    /// Checks that `wasm` is the module that this image is of.
    ///
    /// # Errors
    /// `WrongModule` when it is another.
    pub fn check_module(&self, wasm: &[u8]) -> Result<(), Error> {
        let (expected, found) = (self.module_hash, ModuleHash::of(wasm));
        if expected == found { Ok(()) } else { Err(Error::WrongModule { expected, found }) }
    }
}

/// Proposals beyond WebAssembly 1.0 that a module needs of an engine, one bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Features(u64);

impl Features {
    /// Their names; the place in this list is the bit.
    pub const NAMES: [&str; 10] = [
        "sign-extension",
        "saturating-float-to-int",
        "multi-value",
        "bulk-memory",
        "reference-types",
        "simd",
        "multi-memory",
        "memory64",
        "tail-call",
        "extended-const",
    ];

    /// From bits; `None` when one of them has no name.
    #[must_use]
    pub fn from_bits(bits: u64) -> Option<Self> {
        (bits >> Self::NAMES.len() == 0).then_some(Self(bits))
    }

    /// As bits.
    #[must_use]
    pub fn bits(self) -> u64 {
        self.0
    }

    /// These and the one of this name; `None` when there is no such name.
    #[must_use]
    pub fn with(self, name: &str) -> Option<Self> {
        Self::NAMES.iter().position(|known| *known == name).map(|bit| Self(self.0 | 1 << bit))
    }

    /// Names of those that are needed.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        Self::NAMES
            .into_iter()
            .enumerate()
            .filter(move |(bit, _)| self.0 >> bit & 1 == 1)
            .map(|(_, name)| name)
    }
}

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

impl Value {
    /// What a reference names; `None` for a value that is no reference.
    #[must_use]
    pub fn reference(&self) -> Option<Option<u32>> {
        match self {
            Self::FuncRef(named) | Self::ExternRef(named) => Some(*named),
            _ => None,
        }
    }
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

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Index in the original module.
    pub index: u32,
    /// Its elements: all `FuncRef`, or all `ExternRef`.
    pub elements: Vec<Value>,
}
