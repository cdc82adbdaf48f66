//! The doors to the world: every effect of a guest goes through one of these traits.

mod post;
mod sockets;

pub use post::{Alone, Here, Keys, Post, Spawn, Stored};
pub use sockets::{Awaited, ConnectionId, NoSockets, Shut, Sockets};

use crate::Errno;
use crate::tree::{Node, Tree};
use alloc::boxed::Box;
use alloc::vec::Vec;

/// Time as the machine has it; the guest sees it through `state::Clocks`.
pub trait Clock: Send {
    /// Nanoseconds since 1970-01-01 00:00 UTC.
    fn realtime_ns(&mut self) -> u64;
    /// Nanoseconds since some moment; never goes back.
    fn monotonic_ns(&mut self) -> u64;
    /// Nanoseconds of processor time used; never goes back.
    fn processor_ns(&mut self) -> u64;
    /// Lets others run.
    fn yield_now(&mut self) {}
}

/// Randomness that nobody can predict.
pub trait Entropy: Send {
    /// Fills the bytes.
    ///
    /// # Errors
    /// Whatever keeps the machine from having any.
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Errno>;
}

/// Directories of the host. No name that a call gets holds a `/` or is `..`, and no call follows a symbolic
/// link in the name that it gets: walking paths is done by the host calls, so that nothing can get out.
pub trait Files: Tree {
    /// Opens a host directory to mount it.
    ///
    /// # Errors
    /// Not there, not a directory, not allowed.
    fn root(&mut self, path: &str) -> Result<Node, Errno>;
}

/// A standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stream {
    /// Standard input.
    Stdin,
    /// Standard output.
    Stdout,
    /// Standard error.
    Stderr,
}

impl Stream {
    /// All of them, in the order of their descriptors.
    pub const ALL: [Self; 3] = [Self::Stdin, Self::Stdout, Self::Stderr];
}

/// What can be had of a stream without waiting.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// Whether a read or write would not wait.
    pub ready: bool,
    /// Bytes that can be read or written, as far as known; at least 1 when ready and not at the end.
    pub bytes: u64,
    /// Whether the other side is gone.
    pub hangup: bool,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Woken {
    /// One of the streams may be ready.
    Ready,
    /// The time is over.
    Timeout,
    /// A stop was asked for; every further wait answers this at once until the request is taken back.
    Stop,
}

/// The standard streams, and the only place where a guest waits: for them, for sockets, for time.
pub trait Console: Send {
    /// Reads standard input without waiting: bytes read (0 at the end), or `Errno::Again`.
    ///
    /// # Errors
    /// `Errno::Again` when nothing is there yet; whatever else the stream says.
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Errno>;

    /// Writes without waiting: bytes taken (at least 1 unless `bytes` is empty), or `Errno::Again`.
    ///
    /// # Errors
    /// `Errno::Again` when nothing can be taken yet, `Errno::Pipe` when the reader is gone.
    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno>;

    /// What can be had of a stream without waiting (reading stdin, writing the others).
    fn readiness(&mut self, stream: Stream) -> Readiness;

    /// Waits until one of the streams or sockets is ready, `timeout_ns` are over (`None`: no bound), or a stop is
    /// asked for. It may come back as `Ready` too early.
    ///
    /// `sockets` tells whether one of those that are waited for is ready. It is to be asked before each sleep,
    /// after everything from which a socket could end that sleep was made ready, so that nothing is missed.
    fn wait(
        &mut self,
        streams: &[Stream],
        sockets: &mut dyn FnMut() -> bool,
        timeout_ns: Option<u64>,
    ) -> Woken;

    /// Whether a person sits at it.
    fn is_terminal(&self, stream: Stream) -> bool;

    /// Takes out input that was given for this guest but not read, because it moves with the guest.
    fn take_unread(&mut self) -> Vec<u8>;
}

/// One of each.
pub struct Ports {
    /// Time.
    pub clock: Box<dyn Clock>,
    /// Randomness.
    pub entropy: Box<dyn Entropy>,
    /// Host directories.
    pub files: Box<dyn Files>,
    /// Standard streams.
    pub console: Box<dyn Console>,
    /// Listeners and connections; `NoSockets` where a guest gets none.
    pub sockets: Box<dyn Sockets>,
    /// Messages, names, other atoms; `Alone` for a program that runs alone.
    pub post: Box<dyn Post>,
    /// The atom's own store; `Alone` for a program that runs alone.
    pub keys: Box<dyn Keys>,
}
