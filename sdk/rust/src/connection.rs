//! TCP connections that survive a move of the atom. What it may connect to and listen on is granted when it starts.

use crate::error::{Result, check};
use crate::raw;
use crate::wait::{deadline, wait};
use std::io::{Read, Write};
use std::time::Duration;

/// A TCP connection; closed when dropped, and what was written still goes out.
#[derive(Debug)]
pub struct Connection {
    fd: u32,
    timeout: Option<Duration>,
}

impl Connection {
    /// Connects to `host:port`, within a time.
    ///
    /// # Errors
    /// `NotGranted`, `Address`; definite. `Unreachable`, `TimedOut`.
    pub fn open(address: &str, timeout: impl Into<Option<Duration>>) -> Result<Self> {
        let deadline = deadline(timeout.into());
        let mut fd = 0;
        // SAFETY: address and number stand until the call returns.
        wait(|| unsafe { raw::connect(address.as_ptr(), address.len(), deadline, &raw mut fd) })?;
        Ok(Self { fd, timeout: None })
    }

    /// How long each read and write may wait from now on; in the beginning for ever.
    pub fn set_timeout(&mut self, timeout: impl Into<Option<Duration>>) {
        self.timeout = timeout.into();
    }

    /// Its descriptor, also WASI's.
    #[must_use]
    pub const fn descriptor(&self) -> u32 {
        self.fd
    }
}

impl Read for Connection {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let deadline = deadline(self.timeout);
        let mut length = 0;
        // SAFETY: room and number stand until the call returns.
        wait(|| unsafe { raw::read(self.fd, into.as_mut_ptr(), into.len(), deadline, &raw mut length) })?;
        Ok(length as usize)
    }
}

impl Write for Connection {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let deadline = deadline(self.timeout);
        let mut length = 0;
        // SAFETY: bytes and number stand until the call returns.
        wait(|| unsafe { raw::write(self.fd, bytes.as_ptr(), bytes.len(), deadline, &raw mut length) })?;
        Ok(length as usize)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // SAFETY: a number. One that is closed already is closed.
        unsafe { raw::close(self.fd) };
    }
}

/// Listens for TCP connections; closed when dropped.
#[derive(Debug)]
pub struct Listener {
    fd: u32,
}

impl Listener {
    /// Listens on `host:port`; port 0: any.
    ///
    /// # Errors
    /// `NotGranted`, `Address`. Definite.
    pub fn open(address: &str) -> Result<Self> {
        let mut fd = 0;
        // SAFETY: address and number stand until the call returns.
        check(unsafe { raw::listen(address.as_ptr(), address.len(), &raw mut fd) })?;
        Ok(Self { fd })
    }

    /// Takes the next connection.
    ///
    /// # Errors
    /// `TimedOut`.
    pub fn accept(&self, timeout: impl Into<Option<Duration>>) -> Result<Connection> {
        let deadline = deadline(timeout.into());
        let mut fd = 0;
        // SAFETY: the number stands until the call returns.
        wait(|| unsafe { raw::accept(self.fd, deadline, &raw mut fd) })?;
        Ok(Connection { fd, timeout: None })
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        // SAFETY: a number. One that is closed already is closed.
        unsafe { raw::close(self.fd) };
    }
}
