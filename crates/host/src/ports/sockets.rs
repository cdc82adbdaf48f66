//! Listeners that a guest was given, and connections that it accepted.
//!
//! A guest's descriptors hold only numbers: of a listener its place in the list that the guest was given, of a
//! connection an id that stays the same wherever the guest goes. Bytes are the port's, so that a machine can
//! keep them in the way in which connections survive a move.

use super::Readiness;
use crate::Errno;

/// A connection, as long as the guest has it open.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConnectionId(pub u32);

/// Which way a connection is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shut {
    /// The guest reads no more.
    pub read: bool,
    /// The guest writes no more: the peer reads the end after what was written.
    pub write: bool,
}

/// What of a socket is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaited {
    /// A connection to accept.
    Accept(u32),
    /// Bytes to read, the end, or an error.
    Read(ConnectionId),
    /// Room to write, or an error.
    Write(ConnectionId),
}

/// Listeners by their place, and connections by their ids. Nothing here waits: that is done at the console, which
/// whoever fills this port wakes when something changed.
pub trait Sockets: Send {
    /// A guest that was saved goes on with exactly these connections. Those that are not known here are reset
    /// from now on, and no other connection gets their ids; known ones that are not among them are closed.
    fn go_on(&mut self, open: &[ConnectionId]);

    /// The next connection of a listener.
    ///
    /// # Errors
    /// `Errno::Again` when there is none yet, `Errno::Invalid` when nothing listens here under that number.
    fn accept(&mut self, listener: u32) -> Result<ConnectionId, Errno>;

    /// Reads: bytes read (0 at the end). With `peek` they stay.
    ///
    /// # Errors
    /// `Errno::Again` when nothing is there yet, `Errno::ConnectionReset` when nothing more will come in order.
    fn receive(&mut self, connection: ConnectionId, into: &mut [u8], peek: bool) -> Result<usize, Errno>;

    /// Writes: bytes taken, at least 1 unless `bytes` is empty.
    ///
    /// # Errors
    /// `Errno::Again` when nothing can be taken yet, `Errno::Pipe` after the guest said that it writes no more,
    /// `Errno::ConnectionReset`.
    fn send(&mut self, connection: ConnectionId, bytes: &[u8]) -> Result<usize, Errno>;

    /// Closes one way, or both.
    ///
    /// # Errors
    /// `Errno::NotConnected` when it was reset.
    fn shutdown(&mut self, connection: ConnectionId, how: Shut) -> Result<(), Errno>;

    /// Begins to open a connection to `host:port`. It can be written to when it stands; reading and writing fail
    /// when it cannot be opened.
    ///
    /// # Errors
    /// `Errno::NotSupported` where nothing can be opened, `Errno::Invalid` for what is no address,
    /// `Errno::TooManyOpen`.
    fn connect(&mut self, address: &str) -> Result<ConnectionId, Errno> {
        let _ = address;
        Err(Errno::NotSupported)
    }

    /// Listens on `host:port`; its place.
    ///
    /// # Errors
    /// `Errno::NotSupported` where nothing can be opened, `Errno::Invalid` for what is no address,
    /// `Errno::AddressInUse`, `Errno::TooManyOpen`.
    fn listen(&mut self, address: &str) -> Result<u32, Errno> {
        let _ = address;
        Err(Errno::NotSupported)
    }

    /// The guest has closed it: what was written still goes out.
    fn close(&mut self, connection: ConnectionId);

    /// The guest has closed a listener.
    fn close_listener(&mut self, listener: u32);

    /// What can be done without waiting. `bytes`: connections to accept, bytes to read, or room to write; `hangup`:
    /// the peer closed and all was read, or the connection was reset.
    fn readiness(&mut self, awaited: Awaited) -> Readiness;
}

/// For guests that get no listeners: connections of a saved one are reset, its listeners closed.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoSockets;

impl Sockets for NoSockets {
    fn go_on(&mut self, _: &[ConnectionId]) {}

    fn accept(&mut self, _: u32) -> Result<ConnectionId, Errno> {
        Err(Errno::Invalid)
    }

    fn receive(&mut self, _: ConnectionId, _: &mut [u8], _: bool) -> Result<usize, Errno> {
        Err(Errno::ConnectionReset)
    }

    fn send(&mut self, _: ConnectionId, _: &[u8]) -> Result<usize, Errno> {
        Err(Errno::ConnectionReset)
    }

    fn shutdown(&mut self, _: ConnectionId, _: Shut) -> Result<(), Errno> {
        Err(Errno::NotConnected)
    }

    fn close(&mut self, _: ConnectionId) {}

    fn close_listener(&mut self, _: u32) {}

    fn readiness(&mut self, _: Awaited) -> Readiness {
        Readiness { ready: true, bytes: 0, hangup: true }
    }
}
