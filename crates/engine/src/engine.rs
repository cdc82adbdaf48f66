//! The seam to an engine: compile, instantiate, link.

use crate::{EngineError, Host, Instance, Limits};
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_instrument::Spot;

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
    ///
    /// # Errors
    /// `EngineError::Compile` when the engine does not take it.
    fn compile(&self, wasm: &[u8]) -> Result<Self::Module, EngineError>;

    /// Compiled code as bytes for a cache on disk, where the engine can.
    fn serialize(&self, module: &Self::Module) -> Option<Vec<u8>>;

    /// Compiled code from bytes.
    ///
    /// # Safety
    /// The bytes must come from `serialize` of an engine with the same fingerprint, unchanged.
    ///
    /// # Errors
    /// `EngineError::Compile` when they are of another engine, or the engine cannot.
    unsafe fn deserialize(&self, bytes: &[u8]) -> Result<Self::Module, EngineError>;

    /// Makes an instance within the default limits.
    ///
    /// # Errors
    /// As `instantiate_within`.
    fn instantiate<H: Host>(&self, module: &Self::Module, host: H) -> Result<Self::Instance<H>, EngineError> {
        self.instantiate_within(module, host, Limits::default())
    }

    /// Makes an instance. The pass exports the guest's start function instead of letting it run here; that
    /// of a module without the pass does run. What would grow beyond a limit fails to grow.
    ///
    /// # Errors
    /// `EngineError::MissingImport`, `Resource` (also when it begins beyond its limits), and `Instantiate` when
    /// it traps.
    fn instantiate_within<H: Host>(
        &self,
        module: &Self::Module,
        host: H,
        limits: Limits,
    ) -> Result<Self::Instance<H>, EngineError>;

    /// Links the module of a spot to the instance and gives its slot. Its imports are the instance's reserved exports,
    /// `names::POINTS` and `names::CURSOR`, all under the module name `sojourn`. A spot that is linked already keeps
    /// its slot, and `module` is not looked at.
    ///
    /// # Errors
    /// `EngineError::Export` when it asks for an export that is not there or has another type.
    fn link<H: Host>(
        &self,
        instance: &mut Self::Instance<H>,
        spot: &Spot,
        module: &Self::Module,
    ) -> Result<u32, EngineError>;
}
