//! Mailboxes of atoms, as plain data that moves with them: no input or output, no clock.
//!
//! ```text
//! guest send -> Mailbox::address -> Post ---- same node ----> Mailbox::accept -> guest receive
//!                     | retain until a receipt                      ^ drops what came twice, waits for what lacks
//!                     `------------ other node: Posts, Posted ------'
//! ```
//!
//! Posts of a pair of atoms are numbered. The sender keeps each until the receiver has it, and sends it again when the
//! receiver has moved or a node was lost; the receiver takes each once and in order. Both sides of this travel in images.
//!
//! | file | what it is |
//! |---|---|
//! | `outbound` | what one atom has on its way to another |
//! | `inbound` | what one atom has from another |
//! | `mailbox` | all pairs of an atom, and what waits for its guest |
//! | `send` | what the atom says to others |
//! | `take` | what others say to it |
//! | `local` | the short way within a node |
//! | `channel` | messages that a program reads as files |
//! | `calls` | futures, calls to be answered, callbacks |
//! | `ends` | whom it watches, and who watches it |
//! | `office` | what a node does with a post or a receipt, as a table |
//! | `codec` | a mailbox as bytes |
//! | `limit` | every bound |
#![no_std]
extern crate alloc;

mod calls;
mod channel;
mod codec;
pub mod ends;
mod inbound;
pub mod limit;
mod local;
mod mailbox;
pub mod office;
mod outbound;
mod send;
mod take;

pub use calls::{Callback, Calls, FutureState, Registration};
pub use channel::CHANNEL;
pub use inbound::{Inbound, Take};
pub use limit::Limits;
pub use mailbox::Mailbox;
pub use outbound::{Outbound, size as message_size};
pub use take::Accepted;
