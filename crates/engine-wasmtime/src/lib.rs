//! Wasmtime behind the engine traits.
//!
//! The stack a guest may use is the adapter's setting ([`Settings::stack_bytes`]); whoever calls a guest must
//! do so on a thread that has more than that, because Wasmtime runs guests on the thread's own stack.

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
mod window;

pub use config::{DEFAULT_STACK_BYTES, Settings};
pub use engine::Wasmtime;
pub use instance::WasmtimeInstance;
