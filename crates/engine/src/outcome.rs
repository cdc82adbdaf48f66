//! How a run of a guest ends.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use sojourn_image::Value;

/// Why a computation ended by itself without results.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trap {
    /// What happened, in the engine's words.
    pub message: String,
    /// Function indices of the guest's stack where the engine tells them, innermost first.
    pub functions: Vec<u32>,
}

impl fmt::Display for Trap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// What came of running a guest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It returned these results.
    Finished(Vec<Value>),
    /// It unwound at a point; its frames are in the frame memory.
    Stopped,
    /// It ended through the host's `Reply::Exit`.
    Exited(i32),
    /// It trapped.
    Trapped(Trap),
}
