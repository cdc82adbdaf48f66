//! What waits in a kernel, to be compared with its limits.

use crate::kernel::Kernel;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::Lane;

/// What waits for one peer, or came early from it, in both lanes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// Name of the peer.
    pub peer: String,
    /// Messages under way or waiting.
    pub messages: usize,
    /// Their bytes.
    pub bytes: u64,
    /// Bytes of messages that came before their turn.
    pub early_bytes: u64,
}

impl Kernel {
    /// What waits, by peer.
    #[must_use]
    pub fn loads(&self) -> Vec<Load> {
        let loads = self.peers.iter().map(|(name, peer)| {
            let lanes = [peer.lane(Lane::Control), peer.lane(Lane::Bulk)];
            Load {
                peer: name.clone(),
                messages: lanes.iter().map(|lane| lane.sender.waiting()).sum(),
                bytes: lanes.iter().map(|lane| lane.sender.bytes()).sum(),
                early_bytes: lanes.iter().map(|lane| lane.receiver.early_bytes()).sum(),
            }
        });
        loads.collect()
    }
}
