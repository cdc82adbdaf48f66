//! Why the state of a computation could not be taken or put back.

use crate::EngineError;
use alloc::string::String;
use core::fmt;
use sojourn_instrument::Error;

/// Why the state of a computation could not be taken or put back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StateError {
    /// The engine could not do its part.
    Engine(EngineError),
    /// The image does not fit the module.
    Image(String),
    /// An instance that has unwound left something that does not fit its module.
    Guest(String),
}

impl fmt::Display for StateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Engine(error) => error.fmt(f),
            Self::Image(reason) => write!(f, "the image does not fit its module: {reason}"),
            Self::Guest(reason) => write!(f, "the stopped guest cannot be read: {reason}"),
        }
    }
}

impl core::error::Error for StateError {}

impl From<EngineError> for StateError {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

/// What the pass says of frames that it does not take, without its own preamble.
pub(crate) fn reason(error: Error) -> String {
    match error {
        Error::Frames(reason) | Error::Refused { reason, .. } => reason,
        Error::Invalid { message, .. } => message,
    }
}
