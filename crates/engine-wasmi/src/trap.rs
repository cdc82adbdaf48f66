//! What wasmi reports when a call does not return.

use sojourn_engine::{Outcome, Trap};
use std::fmt;
use wasmi::Error;
use wasmi::errors::{ErrorKind, HostError, InstantiationError};

/// How a host call ends a guest.
#[derive(Debug)]
pub(crate) enum Ending {
    /// With a status.
    Exit(i32),
    /// With a trap of the host's.
    Trap(String),
}

impl fmt::Display for Ending {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Exit(status) => write!(f, "exit with status {status}"),
            Self::Trap(message) => f.write_str(message),
        }
    }
}

impl HostError for Ending {}

/// What a failed call means. wasmi keeps no backtrace.
pub(crate) fn outcome(error: &Error) -> Outcome {
    match error.downcast_ref::<Ending>() {
        Some(Ending::Exit(status)) => Outcome::Exited(*status),
        _ => Outcome::Trapped(Trap { message: error.to_string(), functions: Vec::new() }),
    }
}

/// Whether the guest trapped, as opposed to the engine refusing it.
pub(crate) fn is_trap(error: &Error) -> bool {
    match error.kind() {
        ErrorKind::TrapCode(_)
        | ErrorKind::Memory(_)
        | ErrorKind::Table(_)
        | ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. }) => true,
        _ => error.downcast_ref::<Ending>().is_some(),
    }
}
