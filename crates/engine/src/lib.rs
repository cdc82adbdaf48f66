//! What an engine must do, and capture and restore over any engine that does it.
//!
//! An engine runs an *instrumented* module (see `sojourn_instrument`), whose reserved exports are the only
//! way in which the state of a computation is read and written. Their names are in `sojourn_instrument::names`.
//!
//! `conformance/` beside `src/` holds the tests that every adapter passes; adapters include it by path.
#![no_std]
extern crate alloc;

mod capture;
mod computation;
mod engine;
mod error;
mod host;
mod instance;
mod outcome;
mod restore;
mod state;
mod types;

pub use capture::capture;
pub use computation::Computation;
pub use engine::Engine;
pub use error::EngineError;
pub use host::{Host, Import, Provided, Reply};
pub use instance::{Instance, Stopper};
pub use outcome::{Outcome, Trap};
pub use restore::Target;
pub use sojourn_image::Value;
pub use sojourn_instrument::{Flavour, names};
pub use state::StateError;
pub use types::{FunctionType, ValueType, type_of};
