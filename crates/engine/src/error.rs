//! What went wrong in or around an engine.

use crate::Trap;
use alloc::string::String;
use core::fmt;

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
    /// Instantiation trapped: a segment out of bounds, or the start function of a module without the pass.
    Instantiate(Trap),
}

impl fmt::Display for EngineError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Compile(message) => write!(f, "the engine refuses the module: {message}"),
            Self::MissingImport { module, name } => {
                write!(f, "the module imports {module}.{name}, which nothing here provides")
            }
            Self::Export(message) => f.write_str(message),
            Self::Resource(message) => write!(f, "the engine could not do it: {message}"),
            Self::Instantiate(trap) => write!(f, "the module trapped while it was instantiated: {trap}"),
        }
    }
}

impl core::error::Error for EngineError {}
