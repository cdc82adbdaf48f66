//! One socket of an anchor: bytes from it and to it, as far as nobody waits.

use super::socket_end::SocketEnd;
use std::io::{self, ErrorKind, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::os::fd::AsRawFd;

/// A socket that was accepted.
#[derive(Debug)]
pub(super) struct Socket {
    pub stream: TcpStream,
    /// Whether it was told that no more is written to it.
    shut: bool,
    /// Which events the anchor's thread waits for now.
    pub asked: libc::c_short,
}

/// What there is to wait for at the socket of a connection.
pub(super) fn interest(number: u32, end: &SocketEnd) -> libc::c_short {
    let read = if end.room(number) > 0 { libc::POLLIN } else { 0 };
    let write = if end.front(number).is_empty() { 0 } else { libc::POLLOUT };
    read | write
}

impl Socket {
    /// One that never waits, and sends each write at once: what is written was gathered already.
    pub(super) fn new(stream: TcpStream) -> io::Result<Self> {
        stream.set_nonblocking(true)?;
        stream.set_nodelay(true)?;
        Ok(Self { stream, shut: false, asked: 0 })
    }

    /// Takes what it has, as far as there is room, by way of `bytes`.
    pub(super) fn read(&mut self, number: u32, end: &mut SocketEnd, bytes: &mut [u8]) {
        loop {
            let room = end.room(number).min(bytes.len());
            if room == 0 {
                return;
            }
            match self.stream.read(&mut bytes[..room]) {
                Ok(0) => return end.ended(number),
                Ok(count) => {
                    end.gave(number, &bytes[..count]);
                    // Less than there was room for: that was all.
                    if count < room {
                        return;
                    }
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return end.broke(number),
            }
        }
    }

    /// Gives it what there is, as far as it takes it, and the end after that.
    pub(super) fn write(&mut self, number: u32, end: &mut SocketEnd) {
        while !end.front(number).is_empty() {
            match self.stream.write(end.front(number)) {
                Ok(count) => end.took(number, count),
                Err(error) if error.kind() == ErrorKind::WouldBlock => return,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => return end.broke(number),
            }
        }
        if end.is_written(number) && !self.shut {
            self.shut = true;
            // A peer that is gone already needs no end.
            let _ = self.stream.shutdown(Shutdown::Write);
        }
    }

    /// When it is closed, the peer is to see an error and not an end: it must not take a part for the whole.
    pub(super) fn abort(&self) {
        let linger = libc::linger { l_onoff: 1, l_linger: 0 };
        let length = libc::socklen_t::try_from(size_of::<libc::linger>()).unwrap_or(0);
        // SAFETY: the pointer and the length are of a value that lives across the call, and the descriptor is open.
        let _ = unsafe {
            libc::setsockopt(
                self.stream.as_raw_fd(),
                libc::SOL_SOCKET,
                libc::SO_LINGER,
                (&raw const linger).cast(),
                length,
            )
        };
    }
}
