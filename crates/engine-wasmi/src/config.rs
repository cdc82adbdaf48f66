//! Settings of the adapter, and wasmi's configuration made from them.

use wasmi::{CompilationMode, Config, Engine};

/// Fuel between two looks at the stop flag: about the number of instructions, so well below a millisecond.
pub const SLICE_FUEL: u64 = 100_000;
/// Frames that a guest may nest.
const MAX_FRAMES: usize = 1 << 20;
/// Values of those frames; taken as they are needed.
const MAX_STACK_BYTES: usize = 512 << 20;

/// How the adapter runs guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Lets another thread stop a guest, by metering fuel.
    pub interruptible: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { interruptible: true }
    }
}

impl Settings {
    /// wasmi with these settings: everything that it has.
    pub(crate) fn engine(self) -> Engine {
        let mut config = Config::default();
        config
            .set_max_recursion_depth(MAX_FRAMES)
            .set_max_stack_height(MAX_STACK_BYTES)
            .consume_fuel(self.interruptible)
            // Translating a function when it is first called costs fuel too: a large one more than a slice has, and
            // out of fuel there, wasmi does not let the call be resumed.
            .compilation_mode(CompilationMode::Eager)
            .wasm_multi_memory(true)
            .wasm_memory64(true)
            .wasm_tail_call(true)
            .wasm_extended_const(true)
            .wasm_simd(true)
            .wasm_relaxed_simd(true);
        Engine::new(&config)
    }
}
