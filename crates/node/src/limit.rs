//! Every bound of this room, with what happens at it.

use std::time::Duration;

/// Native stack of the thread that a guest runs on; taken from the system as it is touched.
pub const THREAD_STACK_BYTES: usize = 160 << 20;
/// Part of it that the guest may use; deeper recursion traps.
pub const GUEST_STACK_BYTES: usize = 128 << 20;
/// How long a run that was just started waits for `stop_at` before it begins.
pub const GATE: Duration = Duration::from_millis(50);
/// Modules kept ready in memory; the one used longest ago goes first.
pub const READY_MODULES: usize = 16;
/// Spots whose code is kept in memory for one module and engine (some ten KiB each); the one used longest ago goes
/// first.
pub const READY_SPOTS: usize = 1024;
/// Stacks remembered of a module, so that others can compile ahead what goes on from there; the one met longest ago
/// goes first.
pub const STACKS: usize = 8;
/// Frames of a stack that is remembered; a deeper one is hardly met again.
pub const STACK_FRAMES: usize = 128;
/// Bytes of a spot's module from which on its code is kept on disk; less compiles in about a millisecond.
pub const KEPT_SPOT_BYTES: usize = 1 << 10;
/// How often a guest goes on in one instance, after stops that led nowhere; then the instance is made anew, because
/// an engine keeps each continuation (a few KiB) as long as the instance.
pub const CONTINUATIONS: u32 = 64;
/// Bounds of a port: it speaks for thousands of connections. Words and answers that have not been taken, and calls that
/// wait for an answer, are as many each; beyond it senders are told that it is busy, and so is whoever calls.
pub const PORT: sojourn_post::Limits = sojourn_post::Limits {
    messages: 1 << 16,
    bytes: 64 << 20,
    window: 1024,
    pairs: 1 << 16,
    calls: 1 << 17,
    message_bytes: 4 << 20,
    // It has no files.
    channel_messages: 0,
    channel_bytes: 0,
};
/// Bytes of compiled code kept on disk; the oldest go first.
pub const CODE_BYTES: u64 = 2 << 30;
