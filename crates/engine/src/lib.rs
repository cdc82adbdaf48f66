//! What an engine must do, and capture and restore over any engine that does it.
//!
//! An engine runs an *instrumented* module (see `sojourn_instrument`), whose reserved exports are the only
//! way in which the state of a computation is read and written. Their names are in `sojourn_instrument::names`.
#![no_std]
extern crate alloc;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use sojourn_image::Value;

/// Value types that cross the border between guest and host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
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

/// Signature of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionType {
    /// Parameters, in order.
    pub parameters: Vec<ValueType>,
    /// Results, in order.
    pub results: Vec<ValueType>,
}

/// What the host gives for an import.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provided {
    /// A host function, by a number that `Host::call` gets back.
    Function(u32),
    /// A global with this value.
    Global(Value),
    /// A fresh memory of the type the module asks for.
    Memory,
    /// A fresh table of the type the module asks for.
    Table,
}

/// An import of the module, as asked of the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import<'a> {
    /// Module part of the name.
    pub module: &'a str,
    /// Field part of the name.
    pub name: &'a str,
    /// Its signature when it is a function; `None` for any other kind.
    pub function: Option<FunctionType>,
}

/// How a host call ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It is done; the results are written.
    Return,
    /// It could not end because a stop was asked for; nothing happened, and it will be issued again.
    Suspend,
    /// The guest ends with this status.
    Exit(i32),
    /// The guest traps with this message.
    Trap(String),
}

/// All that a guest can ask of the world.
pub trait Host: Send + 'static {
    /// What is offered for an import; `None` refuses the module.
    fn provide(&self, import: &Import<'_>) -> Option<Provided>;

    /// A call of host function `function` with the guest's first memory (empty if it has none).
    fn call(&mut self, function: u32, memory: &mut [u8], arguments: &[Value], results: &mut [Value])
    -> Reply;
}

/// Asks a running instance to stop, from any thread; costs nothing until then.
pub trait Stopper: Send + Sync {
    /// The next point that the guest meets unwinds it.
    fn request(&self);
}

/// Why a computation ended by itself without results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What happened, in the engine's words.
    pub message: String,
    /// Function indices of the guest's stack where the engine tells them, innermost first.
    pub functions: Vec<u32>,
}

/// What came of running a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned these results.
    Finished(Vec<Value>),
    /// It unwound at a point; its frames are in the frame memory.
    Stopped,
    /// It ended through the host's `Reply::Exit`.
    Exited(i32),
    /// It trapped.
    Trapped(Trap),
}

/// An engine: compiles modules and makes instances of them.
pub trait Engine: Clone + Send + Sync + 'static {
    /// Compiled code.
    type Module: Clone + Send + Sync + 'static;
    /// A running instance over some host.
    type Instance<H: Host>: Instance<Host = H>;

    /// Short name, as users write it.
    const NAME: &'static str;

    /// Flavour of the pass that this engine runs best.
    fn flavour(&self) -> sojourn_instrument::Flavour;

    /// Name, version, target and settings: whatever compiled code depends on.
    fn fingerprint(&self) -> String;

    /// Compiles a module.
    fn compile(&self, wasm: &[u8]) -> Result<Self::Module, EngineError>;

    /// Compiled code as bytes for a cache on disk, where the engine can.
    fn serialize(&self, module: &Self::Module) -> Option<Vec<u8>>;

    /// Compiled code from bytes.
    ///
    /// # Safety
    /// The bytes must come from `serialize` of an engine with the same fingerprint, unchanged.
    unsafe fn deserialize(&self, bytes: &[u8]) -> Result<Self::Module, EngineError>;

    /// Makes an instance; a start function of the guest does not run (the pass exports it instead).
    fn instantiate<H: Host>(&self, module: &Self::Module, host: H)
    -> Result<Self::Instance<H>, EngineError>;

    /// Links a continuation module to the instance: its imports are the instance's reserved exports,
    /// all under the module name `sojourn`. Its exports are then found by `Instance::call`.
    fn link<H: Host>(
        &self,
        instance: &mut Self::Instance<H>,
        continuation: &Self::Module,
    ) -> Result<(), EngineError>;
}

/// A running instance. Names are export names.
pub trait Instance: Send {
    /// The host it runs over.
    type Host: Host;

    /// Calls an export until it ends, stops, exits or traps.
    fn call(&mut self, export: &str, arguments: &[Value]) -> Result<Outcome, EngineError>;
    /// Asks it to stop, from any thread.
    fn stopper(&self) -> Arc<dyn Stopper>;
    /// Takes a stop request back, once it has unwound or ended; the next call runs freely.
    fn clear_stop(&mut self);
    /// Counter flavour: stop at exactly this poll of the next call (1 is the first it meets).
    fn stop_at(&mut self, poll: u64) -> Result<(), EngineError>;
    /// Counter flavour: polls met since the last `stop_at` or `clear_stop`.
    fn polls(&mut self) -> Result<u64, EngineError>;

    /// Value of an exported global. Function references are slots of the table `names::REFS`.
    fn global(&mut self, name: &str) -> Result<Value, EngineError>;
    /// Sets a mutable exported global.
    fn set_global(&mut self, name: &str, value: Value) -> Result<(), EngineError>;
    /// An exported memory, whole.
    fn memory(&mut self, name: &str) -> Result<&mut [u8], EngineError>;
    /// Grows a memory to this many bytes (a multiple of its page size).
    fn grow_memory(&mut self, name: &str, bytes: u64) -> Result<(), EngineError>;
    /// Number of elements of an exported table.
    fn table_size(&mut self, name: &str) -> Result<u64, EngineError>;
    /// Elements of an exported table from `start` on, as many as `values` holds.
    fn table_read(&mut self, name: &str, start: u64, values: &mut [Value]) -> Result<(), EngineError>;
    /// Sets elements of an exported table from `start` on.
    fn table_write(&mut self, name: &str, start: u64, values: &[Value]) -> Result<(), EngineError>;
    /// Grows a table to this many elements, with nulls.
    fn grow_table(&mut self, name: &str, size: u64) -> Result<(), EngineError>;
    /// The host it runs over.
    fn host(&mut self) -> &mut Self::Host;
}

/// What went wrong in or around an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EngineError {
    /// The engine refuses the module.
    Compile(String),
    /// The module asks for something that the host does not offer.
    MissingImport {
        /// Module part of the name.
        module: String,
        /// Field part of the name.
        name: String,
    },
    /// No such export, or of another kind.
    Export(String),
    /// The engine could not do it: memory, limits.
    Resource(String),
}

