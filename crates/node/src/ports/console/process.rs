//! This process's own standard streams, read and written so that nothing waits.
//!
//! The descriptors stay in blocking mode: they may be shared with other processes, which must not notice us. So
//! each call asks `poll(2)` first, and writes to anything but a regular file no more than a pipe takes at once
//! when it says that it takes something.

use crate::ports::errno::errno;
use crate::ports::poll::{asked, poll};
use rustix::fs::{FileType, fstat};
use sojourn_host::Errno;
use std::io::{self, IsTerminal};
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::sync::Arc;

/// Bytes that a pipe which can be written takes without waiting (`PIPE_BUF` on Linux).
const PIPE_BYTES: usize = 4096;

/// A standard stream of this process.
#[derive(Debug)]
pub(super) struct ProcessStream {
    stream: Standard,
    terminal: bool,
    /// Bytes to write at once.
    at_once: usize,
}

#[derive(Debug)]
enum Standard {
    Stdin(io::Stdin),
    Stdout(io::Stdout),
    Stderr(io::Stderr),
    Other(Arc<OwnedFd>),
}

impl ProcessStream {
    pub(super) fn stdin() -> Self {
        Self::new(Standard::Stdin(io::stdin()))
    }

    pub(super) fn stdout() -> Self {
        Self::new(Standard::Stdout(io::stdout()))
    }

    pub(super) fn stderr() -> Self {
        Self::new(Standard::Stderr(io::stderr()))
    }

    /// Another descriptor in the place of a standard one.
    pub(super) fn descriptor(fd: Arc<OwnedFd>) -> Self {
        Self::new(Standard::Other(fd))
    }

    fn new(stream: Standard) -> Self {
        let mut this = Self { stream, terminal: false, at_once: PIPE_BYTES };
        this.terminal = this.fd().is_terminal();
        if fstat(this.fd()).is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile) {
            this.at_once = usize::MAX;
        }
        this
    }

    pub(super) fn fd(&self) -> BorrowedFd<'_> {
        match &self.stream {
            Standard::Stdin(stream) => stream.as_fd(),
            Standard::Stdout(stream) => stream.as_fd(),
            Standard::Stderr(stream) => stream.as_fd(),
            Standard::Other(stream) => stream.as_fd(),
        }
    }

    pub(super) const fn is_terminal(&self) -> bool {
        self.terminal
    }

    pub(super) fn read(&self, into: &mut [u8]) -> Result<usize, Errno> {
        if self.polled(libc::POLLIN) == 0 {
            return Err(Errno::Again);
        }
        rustix::io::read(self.fd(), into).map_err(retried)
    }

    pub(super) fn write(&self, bytes: &[u8]) -> Result<usize, Errno> {
        let part = &bytes[..bytes.len().min(self.at_once)];
        if self.at_once == PIPE_BYTES && self.polled(libc::POLLOUT) == 0 {
            return Err(Errno::Again);
        }
        rustix::io::write(self.fd(), part).map_err(retried)
    }

    /// Bytes that can be read as far as known, and whether the other side is gone.
    pub(super) fn readable(&self) -> (bool, u64, bool) {
        let events = self.polled(libc::POLLIN);
        let bytes = rustix::io::ioctl_fionread(self.fd()).unwrap_or(1);
        (events != 0, bytes, events & libc::POLLHUP != 0 && bytes == 0)
    }

    /// Whether it can be written, and whether the other side is gone.
    pub(super) fn writable(&self) -> (bool, bool) {
        let events = self.polled(libc::POLLOUT);
        (events != 0, events & (libc::POLLHUP | libc::POLLERR) != 0)
    }

    /// Which of these events, or errors, there are now.
    fn polled(&self, events: libc::c_short) -> libc::c_short {
        let mut asked = [asked(self.fd(), events)];
        poll(&mut asked, 0);
        asked[0].revents
    }
}

/// An interruption is a reason to ask again.
fn retried(host: rustix::io::Errno) -> Errno {
    if host == rustix::io::Errno::INTR { Errno::Again } else { errno(host) }
}
