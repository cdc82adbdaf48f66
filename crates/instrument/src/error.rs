//! Why a module or its frames were not taken.

use alloc::string::String;
use core::fmt;

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

impl Error {
    pub(crate) fn frames(message: impl Into<String>) -> Self {
        Self::Frames(message.into())
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Invalid { offset, message } => {
                write!(f, "not a valid WebAssembly module: {message} (at byte {offset})")
            }
            Self::Refused { function, offset, reason } if function.is_empty() => {
                write!(f, "this module cannot move: {reason} (at byte {offset})")
            }
            Self::Refused { function, offset, reason } => {
                write!(f, "this module cannot move: {function} at byte {offset}: {reason}")
            }
            Self::Frames(message) => write!(f, "the frames do not fit the module: {message}"),
        }
    }
}

impl core::error::Error for Error {}

impl From<wasmparser::Error> for Error {
    fn from(error: wasmparser::Error) -> Self {
        Self::Invalid { offset: error.offset(), message: error.message().into() }
    }
}
