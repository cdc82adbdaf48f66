//! Facts about a module that capture and restore go by.

use alloc::string::String;
use alloc::vec::Vec;
use sojourn_image::{Point, Slot};

use crate::graph::Graph;

/// A value type that can be saved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Type {
    /// 32-bit integer.
    I32,
    /// 32-bit float.
    F32,
    /// 64-bit integer.
    I64,
    /// 64-bit float.
    F64,
    /// Vector.
    V128,
    /// Nullable function reference.
    FuncRef,
    /// Nullable reference to something of the host's.
    ExternRef,
}

/// All types that can be saved, in their order in a frame.
pub const TYPES: [Type; 7] =
    [Type::I32, Type::F32, Type::I64, Type::F64, Type::V128, Type::FuncRef, Type::ExternRef];

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
    /// Those of `values` that the call itself gives: they mean nothing while it is in progress.
    pub given: Vec<Slot>,
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
    /// For each site a number for the types that its call gives; equal types have equal numbers.
    pub(crate) awaited: Vec<u32>,
    /// For each function the number of its results' types.
    pub(crate) returned: Vec<u32>,
    pub(crate) graph: Graph,
    pub(crate) references: bool,
    pub(crate) typed_references: bool,
}
