//! What an engine must do, and capture and restore over any engine that does it.
//!
//! An engine runs an *instrumented* module (see `sojourn_instrument`), whose reserved exports are the only
//! way in which the state of a computation is read and written. Their names are in `sojourn_instrument::names`.
//!
//! `conformance/` beside `src/` holds the tests that every adapter passes; adapters include it by path.
#![no_std]
extern crate alloc;

mod arrival;
mod capture;
mod compile;
mod computation;
mod engine;
mod error;
mod host;
mod instance;
mod limit;
mod outcome;
mod restore;
mod state;
mod types;
mod window;

pub use arrival::Arrival;
pub use capture::{capture, registers};
pub use compile::Compile;
pub use computation::Computation;
pub use engine::Engine;
pub use error::EngineError;
pub use host::{Host, Import, Provided, Reply};
pub use instance::{Instance, Stopper};
pub use limit::{Extent, Limits, Meter};
pub use outcome::{Outcome, Trap};
pub use restore::Target;
pub use sojourn_image::Value;
pub use sojourn_instrument::{Flavour, Spot, initialized_bytes, names, spots};
pub use state::StateError;
pub use types::{FunctionType, ValueType, type_of};
pub use window::Window;

/// What is called, without arguments, each time something has come for a computation that is at rest: its image has no
/// frames.
pub const HANDLE: &str = "handle";
