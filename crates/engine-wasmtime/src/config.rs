//! Settings of the adapter, and Wasmtime's configuration made from them.

use sojourn_engine::EngineError;
use wasmtime::{Config, Engine, OptLevel};

/// Native stack that a guest may use when nothing else is asked for; fits any thread.
pub const DEFAULT_STACK_BYTES: usize = 512 << 10;

/// Address space set aside for a 32-bit memory: all that it can ever have, so that it never moves.
pub(crate) const RESERVED_BYTES: u64 = 1 << 32;

/// How the adapter runs guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Native stack that a guest may use; the calling thread must have at least 256 KiB more.
    pub stack_bytes: usize,
    /// Lets a module of the counter flavour be stopped from another thread, at the price of Wasmtime's epoch
    /// checks (about a sixth of the run time). The atomic flavour does not need it.
    pub interruptible_counter: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { stack_bytes: DEFAULT_STACK_BYTES, interruptible_counter: false }
    }
}

impl Settings {
    /// Wasmtime with these settings: everything that the pass takes or lets through, at full speed.
    pub(crate) fn engine(self) -> Result<Engine, EngineError> {
        let mut config = Config::new();
        config
            .cranelift_opt_level(OptLevel::Speed)
            .max_wasm_stack(self.stack_bytes)
            // Never allocated: nothing here is async. Wasmtime wants it to be no smaller.
            .async_stack_size(self.stack_bytes)
            .epoch_interruption(self.interruptible_counter)
            .memory_reservation(RESERVED_BYTES)
            .shared_memory(true)
            .wasm_threads(true)
            .wasm_multi_memory(true)
            .wasm_memory64(true)
            .wasm_tail_call(true)
            .wasm_simd(true)
            .wasm_relaxed_simd(true)
            .wasm_reference_types(true)
            .wasm_function_references(true)
            .wasm_extended_const(true)
            .wasm_exceptions(true)
            .wasm_gc(true);
        Engine::new(&config).map_err(|error| EngineError::Resource(format!("{error:#}")))
    }
}
