//! wasmi behind the engine traits.
//!
//! wasmi has no shared memory, so it runs the counter flavour. A stop from another thread is noticed between
//! slices of fuel ([`Settings::interruptible`]).

mod config;
mod convert;
mod engine;
mod host_call;
mod instance;
mod limit;
mod points;
mod references;
mod stop;
mod trap;

pub use config::{SLICE_FUEL, Settings};
pub use engine::Wasmi;
pub use instance::WasmiInstance;
