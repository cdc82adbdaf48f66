//! The host's ports on this machine: its clocks, its randomness, its directories, standard streams.
//!
//! ```text
//! SystemClock, SystemEntropy, HostFiles   the machine's
//! Streams::open(input, output)            standard streams: this process's own, or bytes and buffers
//! Waker                                   ends a guest's wait from any thread when it is to stop
//! Output                                  what a guest wrote, read as it comes
//! ```

mod clock;
mod console;
mod entropy;
mod errno;
mod files;
pub(crate) mod poll;
mod signals;
pub(crate) mod wake;

pub use clock::SystemClock;
pub use console::{Input, Output, OutputTo, StreamConsole, Streams};
pub use entropy::SystemEntropy;
pub use files::HostFiles;
pub use signals::{EndingSignals, ending_signals};
pub use wake::Waker;

use sojourn_host::ports::{Alone, Console, NoSockets, Ports};

/// This machine's clocks, randomness and directories, with these streams; no sockets.
#[must_use]
pub fn system(console: StreamConsole) -> Ports {
    machine(Box::new(console))
}

/// This machine's clocks, randomness and directories, with a console of any kind; no sockets.
#[must_use]
pub fn machine(console: Box<dyn Console>) -> Ports {
    Ports {
        clock: Box::new(SystemClock::new()),
        entropy: Box::new(SystemEntropy),
        files: Box::new(HostFiles::new()),
        console,
        sockets: Box::new(NoSockets),
        post: Box::new(Alone),
        keys: Box::new(Alone),
    }
}
