//! What a node does, as logic: no input or output, no clock, no engine.
//!
//! ```text
//! kernel.handle(input, now)                something happened
//! while let Some(output) = kernel.poll()   what is to be done about it
//! kernel.next_timeout()                    when to call kernel.tick(now) at the latest
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `frame` | frames: encoded, authenticated |
//! | `link` | one lane between two processes: number, acknowledge, resend, reorder, bounded |
//! | `session` | two processes that know each other: hello, lanes, silence |
//! | `directory` | who speaks for which atom, by epoch |
//! | `migrate/source`, `migrate/target` | the two halves of a move, as tables |
//! | `gate` | what may be seen of an atom's output before it is owned |
//! | `limit` | every bound and time |
//! | `load` | what waits in a kernel |
//! | `kernel` | puts them together, in `members` (sessions), `traffic` (frames), `places`, `leaving` and `coming` (moves) |
//!
//! # Who may speak for an atom
//!
//! Each owner has an epoch, and the newest wins. An offer has an epoch of its own: the source's, and one more for each
//! offer that failed before; the new owner has the next. So nothing that is said about one attempt is ever taken for
//! another's, whatever the two lanes do to the order.
//!
//! The source stops speaking when it sends `Release`, the target begins when it gets it. In between nobody does, and
//! neither side's clock matters. When the target ends in between, the atom is lost and its image at the source is what
//! is left. When the source ends, nobody is left who could say whether it had released the atom, or had gone on with it
//! and been heard: what the target holds is dropped, and the atom's last image is what is left.
#![no_std]
extern crate alloc;

mod coming;
mod directory;
mod frame;
mod gate;
mod input;
mod kernel;
mod leaving;
mod limit;
mod link;
mod load;
mod members;
pub mod migrate;
mod output;
mod places;
mod session;
mod traffic;
#[cfg(test)]
mod transitions;

pub use directory::Place;
pub use frame::{MAC, Opened, Seal};
pub use gate::Gate;
pub use input::Input;
pub use kernel::{Counters, Kernel};
pub use limit::{Limits, Settings, Times};
pub use load::Load;
pub use output::Output;
