//! What Wasmtime reports when a call does not return.

use sojourn_engine::{Outcome, Trap};
use std::fmt;
use wasmtime::{Error, Module, WasmBacktrace};

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

impl std::error::Error for Ending {}

/// What a failed call means.
pub(crate) fn outcome(error: &Error, main: &Module) -> Outcome {
    match error.downcast_ref::<Ending>() {
        Some(Ending::Exit(status)) => Outcome::Exited(*status),
        Some(Ending::Trap(message)) => Outcome::Trapped(trap(message.clone(), error, main)),
        None => Outcome::Trapped(trap(message(error), error, main)),
    }
}

/// The trap without the backtrace that Wasmtime puts around it.
fn message(error: &Error) -> String {
    match error.downcast_ref::<wasmtime::Trap>() {
        Some(trap) => trap.to_string(),
        None => error.root_cause().to_string(),
    }
}

/// Frames of the continuation are left out: their indices mean nothing to the reader.
fn trap(message: String, error: &Error, main: &Module) -> Trap {
    let frames = error.downcast_ref::<WasmBacktrace>().map_or(&[][..], WasmBacktrace::frames);
    let functions = frames
        .iter()
        .filter(|frame| Module::same(frame.module(), main))
        .map(wasmtime::FrameInfo::func_index)
        .collect();
    Trap { message, functions }
}
