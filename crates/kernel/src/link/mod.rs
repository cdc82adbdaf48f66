//! One lane between two processes: number, acknowledge, resend, reorder, bounded.

mod receive;
mod rtt;
mod send;

pub use receive::Receiver;
pub use rtt::Rtt;
pub use send::Sender;

use crate::limit::{Limits, Times};
use sojourn_abi::Lane;

/// Both directions of a lane.
#[derive(Debug)]
pub struct Link {
    /// What goes.
    pub sender: Sender,
    /// What comes.
    pub receiver: Receiver,
}

impl Link {
    /// For a lane of a new session.
    pub fn new(lane: Lane, limits: &Limits, times: &Times) -> Self {
        let window = match lane {
            Lane::Control => limits.control_bytes,
            Lane::Bulk => limits.bulk_bytes,
        };
        Self {
            sender: Sender::new(window, limits.messages, Rtt::new(times)),
            receiver: Receiver::new(window, limits.messages, times.acknowledge_ns),
        }
    }
}
