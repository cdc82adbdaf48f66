//! What a node does, as logic: no input or output, no clock, no engine.
//!
//! ```text
//! kernel.handle(input, now)          something happened
//! while let Some(output) = kernel.poll()   what is to be done about it
//! kernel.next_timeout()              when to call kernel.tick(now) at the latest
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `frame` | frames: encoded, authenticated |
//! | `link` | one lane between two processes: number, acknowledge, resend, reorder, bounded |
//! | `session` | two processes that know each other: hello, lanes, silence |
//! | `directory` | who speaks for which atom, by epoch |
//! | `migrate/source`, `migrate/target` | the two halves of a move, as tables |
//! | `kernel` | puts them together |
#![no_std]
extern crate alloc;

mod input;
mod output;

pub use input::Input;
pub use output::Output;
