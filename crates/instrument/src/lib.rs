//! Wasm to Wasm: a module that can be stopped at any point, and the module that goes on from there.
#![no_std]
extern crate alloc;

pub mod names;

use alloc::string::String;
use alloc::vec::Vec;
use sojourn_image::{Frame, Point, Slot};

/// How the guest is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// A word in shared memory, read atomically: any thread sets it.
    Atomic,
    /// A counter in a global: for engines without threads, and to stop at exactly the k-th poll.
    Counter,
}

/// A value type that can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// Vector.
    V128,
    /// Nullable function reference.
    FuncRef,
    /// Nullable reference to something of the host's.
    ExternRef,
}

/// A place where a frame can be saved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Site {
    /// Function index in the original module.
    pub function: u32,
    /// Byte offset in the original module.
    pub offset: u32,
    /// `Poll`, `HostCall`, or `InProgress` for a call (whose frames also come as `Returned`).
    pub point: Point,
    /// What is saved there, in the order in which the frame memory holds it.
    pub values: Vec<(Slot, Type)>,
}

/// A memory of the original module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryInfo {
    /// Bytes in a page.
    pub page_bytes: u64,
    /// Pages at the start.
    pub minimum_pages: u64,
}

/// A table of the original module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableInfo {
    /// Whether its elements are function references (host references otherwise).
    pub functions: bool,
    /// Whether it can differ from what instantiation gives.
    pub mutable: bool,
}

/// A global of the original module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GlobalInfo {
    /// Its type; `None` for one that cannot be saved and is not mutable.
    pub ty: Option<Type>,
    /// Whether it is mutable.
    pub mutable: bool,
}

/// Facts about a module that capture and restore go by; the same for both flavours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Info {
    /// Memories, by index.
    pub memories: Vec<MemoryInfo>,
    /// Tables, by index.
    pub tables: Vec<TableInfo>,
    /// Globals, by index.
    pub globals: Vec<GlobalInfo>,
    /// Function index in each slot of the table `names::REFS`, ascending.
    pub referable: Vec<u32>,
    /// Passive data segments that the module may drop.
    pub droppable_data: Vec<u32>,
    /// Passive element segments that the module may drop.
    pub droppable_elements: Vec<u32>,
    /// The start function.
    pub start: Option<u32>,
    /// Exported functions: name, function index.
    pub exports: Vec<(String, u32)>,
    /// Function names of the name section: function index, name; ascending.
    pub function_names: Vec<(u32, String)>,
    /// Number of functions, imports included.
    pub function_count: u32,
    /// Imported functions: module, name.
    pub imported_functions: Vec<(String, String)>,
    /// Sites; a frame in the frame memory names its site by the index here.
    pub sites: Vec<Site>,
    /// Why the module cannot move, when `Options::allow_pinned` let it through.
    pub pinned: Option<String>,
}

/// What the pass made.
#[derive(Clone, Debug)]
pub struct Instrumented {
    /// The module.
    pub wasm: Vec<u8>,
    /// Facts about the original.
    pub info: Info,
}

/// How to instrument.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How the guest is asked to stop.
    pub flavour: Flavour,
    /// Let a module through that cannot move, to run where it is.
    pub allow_pinned: bool,
}

/// A module was not taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// Not a valid module.
    Invalid {
        /// Byte offset.
        offset: usize,
        /// What is wrong.
        message: String,
    },
    /// Valid, but it cannot move.
    Refused {
        /// The function, by name if it has one, else `function N`; empty when it is about the module.
        function: String,
        /// Byte offset.
        offset: usize,
        /// Why.
        reason: String,
    },
    /// Frames that do not fit the module.
    Frames(String),
}

/// The module that goes on, and what must be in place before its export `names::RESUME` is called.
#[derive(Clone, Debug)]
pub struct Continuation {
    /// The module.
    pub wasm: Vec<u8>,
    /// Bytes for the frame memory, from address 0 on. `names::TOP` is to be 0.
    pub frames: Vec<u8>,
    /// Function references for `names::SAVED_FUNCREFS`, as function indices.
    pub funcrefs: Vec<Option<u32>>,
    /// Host references for `names::SAVED_EXTERNREFS`.
    pub externrefs: Vec<Option<u32>>,
    /// Counter flavour: polls that the continuation repeats and that must not count.
    pub repeated_polls: u32,
}

/// The pass: a module with the same behaviour that can be stopped at its sites.
///
/// # Errors
/// `Error::Invalid` for what is not a valid module, `Error::Refused` for what cannot move.
pub fn instrument(wasm: &[u8], options: Options) -> Result<Instrumented, Error> {
    let _ = (wasm, options);
    Err(Error::Frames(String::new()))
}

/// Reads the frames that an unwound instance left, outermost first. `frames` is the used part of the frame
/// memory; the saved references come from their tables, functions as indices in the original module.
///
/// # Errors
/// `Error::Frames` when the bytes do not fit the sites.
pub fn read_frames(
    info: &Info,
    frames: &[u8],
    funcrefs: &[Option<u32>],
    externrefs: &[Option<u32>],
) -> Result<Vec<Frame>, Error> {
    let _ = (info, frames, funcrefs, externrefs);
    Err(Error::Frames(String::new()))
}

/// The module that goes on from these frames (outermost first).
///
/// # Errors
/// `Error::Frames` when they do not fit the module.
pub fn continuation(wasm: &[u8], info: &Info, flavour: Flavour, frames: &[Frame]) -> Result<Continuation, Error> {
    let _ = (wasm, info, flavour, frames);
    Err(Error::Frames(String::new()))
}
