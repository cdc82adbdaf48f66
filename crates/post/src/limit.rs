//! Every bound.

/// Highest number that anything is counted to: beyond it no count overflows by adding a few.
pub const NUMBER: u64 = 1 << 62;

/// Bounds of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most messages that wait for the guest.
    pub messages: usize,
    /// Most bytes of them.
    pub bytes: usize,
    /// Most messages on their way to one receiver, and most that wait for one that lacks.
    pub window: usize,
    /// Most pairs that an atom is in, in each direction.
    pub pairs: usize,
    /// Most futures, and most calls to be answered.
    pub calls: usize,
    /// Most bytes of a message.
    pub message_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            messages: 4096,
            bytes: 16 << 20,
            window: 1024,
            pairs: 65_536,
            calls: 65_536,
            message_bytes: 4 << 20,
        }
    }
}
