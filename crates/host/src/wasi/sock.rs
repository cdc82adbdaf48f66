//! `sock_*`: a guest is given listeners and accepts connections; it opens none itself.

use super::fd::flag;
use super::{Call, Outcome, Stop, rights};
use crate::Errno;
use crate::ports::{Awaited, ConnectionId, Shut};
use crate::state::{Descriptor, What};

/// Bits of `riflags`.
mod receive_flag {
    pub const PEEK: u16 = 1;
    pub const WAIT_ALL: u16 = 2;
    pub const ALL: u16 = PEEK | WAIT_ALL;
}

/// Bits of `sdflags`.
mod shut_flag {
    pub const READ: u32 = 1;
    pub const WRITE: u32 = 2;
    pub const ALL: u32 = READ | WRITE;
}

/// A descriptor as a connection.
fn connection(descriptor: &Descriptor) -> Result<ConnectionId, Errno> {
    match descriptor.what {
        What::Connection(id) => Ok(id),
        What::Listener(_) => Err(Errno::NotConnected),
        What::Stream(_) | What::File(_) | What::Channel(_) => Err(Errno::NotSocket),
    }
}

/// A descriptor as a listener.
fn listener(descriptor: &Descriptor) -> Result<u32, Errno> {
    match descriptor.what {
        What::Listener(place) => Ok(place),
        What::Connection(_) => Err(Errno::Invalid),
        What::Stream(_) | What::File(_) | What::Channel(_) => Err(Errno::NotSocket),
    }
}

/// The flags given are those of the connection.
pub(super) fn accept(call: &mut Call<'_>) -> Outcome {
    call.writable(2, 4)?;
    let (fd, flags) = (call.u32(0), call.u16(1)?);
    if flags & !flag::NONBLOCK != 0 {
        return Err(Errno::Invalid.into());
    }
    let descriptor = call.wasi.descriptor(fd)?;
    let place = listener(descriptor)?;
    let waits = descriptor.need(rights::SOCK_ACCEPT)?.flags & flag::NONBLOCK == 0;
    let inheriting = descriptor.inheriting;
    let number = call.wasi.state.free_descriptor().ok_or(Errno::TooManyOpen)?;
    let id = loop {
        match call.wasi.ports.sockets.accept(place) {
            Err(Errno::Again) if waits => call.wasi.wait_for_socket(Awaited::Accept(place))?,
            other => break other?,
        }
    };
    call.wasi.state.descriptors.insert(number, Descriptor::connection(id, inheriting, flags));
    call.put_u32(2, number)
}

pub(super) fn recv(call: &mut Call<'_>) -> Outcome {
    let buffers = call.buffers(1)?;
    call.writable(4, 4)?;
    call.writable(5, 2)?;
    let flags = call.u16(3)?;
    if flags & !receive_flag::ALL != 0 {
        return Err(Errno::Invalid.into());
    }
    let descriptor = call.wasi.descriptor(call.u32(0))?;
    let id = connection(descriptor)?;
    let waits = descriptor.need(rights::FD_READ)?.flags & flag::NONBLOCK == 0;
    let how = super::connection::Receive {
        waits,
        peek: flags & receive_flag::PEEK != 0,
        all: flags & receive_flag::WAIT_ALL != 0,
    };
    let count = call.wasi.receive(id, &mut call.memory, &buffers, how)?;
    call.put_size(4, count)?;
    // The only flag is that of a datagram which was cut.
    call.memory.write(call.u32(5), &0_u16.to_le_bytes())
}

/// WASI has no flags for this.
pub(super) fn send(call: &mut Call<'_>) -> Outcome {
    let buffers = call.buffers(1)?;
    call.writable(4, 4)?;
    let descriptor = call.wasi.descriptor(call.u32(0))?;
    let id = connection(descriptor)?;
    let waits = descriptor.need(rights::FD_WRITE)?.flags & flag::NONBLOCK == 0;
    if call.u32(3) != 0 {
        return Err(Errno::Invalid.into());
    }
    let count = call.wasi.send(id, &call.memory, &buffers, waits)?;
    call.put_size(4, count)
}

pub(super) fn shutdown(call: &mut Call<'_>) -> Outcome {
    let how = call.u32(1);
    if how == 0 || how & !shut_flag::ALL != 0 {
        return Err(Errno::Invalid.into());
    }
    let descriptor = call.wasi.descriptor(call.u32(0))?;
    let id = connection(descriptor)?;
    descriptor.need(rights::SOCK_SHUTDOWN)?;
    let how = Shut { read: how & shut_flag::READ != 0, write: how & shut_flag::WRITE != 0 };
    call.wasi.ports.sockets.shutdown(id, how).map_err(Stop::Errno)
}
