//! Every bound.

/// Highest number that anything is counted to: beyond it no count overflows by adding a few.
pub const NUMBER: u64 = 1 << 62;
/// Lives of a mailbox that are told apart in numbers of futures and messages.
pub(crate) const LIVES: u64 = 1 << 29;
/// Messages without a receipt, over all pairs: so many times the bytes of one mailbox.
pub(crate) const KEPT: usize = 4;
/// Answers that the guest has not taken: so many times the bytes of one mailbox.
pub(crate) const ANSWERS: usize = 4;
/// One of so many senders is forgotten when there are too many: those that have been quiet for longest.
pub(crate) const FORGOTTEN: usize = 16;
/// Most messages that a journal gives back.
pub const REPLAYED: usize = 1 << 20;

/// Channels of one atom.
pub const CHANNELS: usize = 64;

/// Bounds of a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most messages that wait for the guest; one always finds room.
    pub messages: usize,
    /// Most bytes of them.
    pub bytes: usize,
    /// Most messages on their way to one receiver, and most that wait for one that lacks.
    pub window: usize,
    /// Most pairs that an atom is in, in each direction: beyond it those that were quiet for longest are forgotten.
    pub pairs: usize,
    /// Most futures, and most calls to be answered.
    pub calls: usize,
    /// Most bytes of a message.
    pub message_bytes: usize,
    /// Most messages of one channel that were not read; one always finds room.
    pub channel_messages: usize,
    /// Most bytes of them.
    pub channel_bytes: usize,
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
            channel_messages: 1024,
            channel_bytes: 4 << 20,
        }
    }
}
