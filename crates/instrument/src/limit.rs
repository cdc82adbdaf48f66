//! Limits of the pass, each with its reason.

/// Values that the sites of one module may save in all; more is a hostile module, not a program.
pub(crate) const SAVED_VALUES: usize = 20_000_000;

/// Parameters of one spill helper; a site that saves more calls several (WebAssembly allows 1,000).
pub(crate) const SPILL_PARAMETERS: usize = 100;

/// Instructions a function may take without meeting a point before its calls become points (about 1 ms).
pub(crate) const COST_WITHOUT_POINT: u64 = 1 << 20;

/// Pages of frame memory: 1 GiB, more than any native stack.
pub(crate) const FRAME_PAGES: u64 = 16_384;

/// Bytes of a loop from which on it gets a function of its own. Less compiles in some milliseconds when it is needed; a
/// call with all locals as arguments is felt where the loop is small (decision 26).
pub(crate) const OUTLINED_LOOP_BYTES: usize = 8192;

/// Locals of a function whose loops may: they are parameters then (WebAssembly allows 1,000).
pub(crate) const OUTLINED_LOCALS: usize = 500;
