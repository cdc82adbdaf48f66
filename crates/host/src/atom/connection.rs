//! Connections that survive a move. Their descriptors are WASI's, too.

use super::call::{Call, Deadline, Out32, Outcome, Room, Text, count, str};
use crate::Errno;
use crate::limit;
use crate::ports::{Awaited, ConnectionId};
use crate::state::{Descriptor, Opening, What};
use crate::wasi::{Stretch, rights};
use alloc::string::String;
use sojourn_abi::Code;

/// Why a connection or listener cannot be opened.
const fn refused(errno: Errno) -> Code {
    match errno {
        Errno::NotSupported => Code::NotInRealm,
        Errno::Invalid | Errno::AddressInUse | Errno::Access => Code::Address,
        Errno::TooManyOpen => Code::NoRoom,
        _ => Code::Unreachable,
    }
}

/// Why a connection that was open does nothing more.
const fn broken(errno: Errno) -> Code {
    match errno {
        Errno::BadDescriptor | Errno::Invalid => Code::BadDescriptor,
        _ => Code::Reset,
    }
}

/// A connection that is being opened is part of the guest's state until it stands: a call that was stopped, and one
/// that gave way to a callback, is made again, and goes on with it.
pub(super) fn connect(call: &mut Call<'_>, address: Text, deadline: Deadline, fd: Out32) -> Outcome {
    let address: String = call.read(address)?.into();
    call.world.callbacks_first()?;
    let number = call.world.state.free_descriptor().ok_or(Code::NoRoom)?;
    let id = match call.under_way(&address) {
        Some(id) => id,
        None => call.begin(&address)?,
    };
    loop {
        let there = call.world.ports.sockets.readiness(Awaited::Write(id));
        if there.ready {
            call.forget(id);
            if there.hangup {
                call.world.ports.sockets.close(id);
                return Err(Code::Unreachable.into());
            }
            let opened = Descriptor::connection(id, rights::CONNECTION, 0);
            call.world.state.descriptors.insert(number, opened);
            call.put32(fd, number);
            return Ok(());
        }
        if let Err(stop) = call.world.pause_for_socket(Awaited::Write(id), deadline) {
            if stop == Code::TimedOut.into() {
                call.forget(id);
                call.world.ports.sockets.close(id);
            }
            return Err(stop);
        }
    }
}

pub(super) fn listen(call: &mut Call<'_>, address: Text, fd: Out32) -> Outcome {
    let address = str(&call.memory, address)?;
    if !call.world.ports.post.granted(true, address) {
        return Err(Code::NotGranted.into());
    }
    let number = call.world.state.free_descriptor().ok_or(Code::NoRoom)?;
    let place = call.world.ports.sockets.listen(address).map_err(refused)?;
    if place >= limit::LISTENERS {
        call.world.ports.sockets.close_listener(place);
        return Err(Code::NoRoom.into());
    }
    // It is none of those that a guest starts with, and looks for.
    let listener = Descriptor { preopen: None, ..Descriptor::listener(place) };
    call.world.state.descriptors.insert(number, listener);
    call.put32(fd, number);
    Ok(())
}

pub(super) fn accept(call: &mut Call<'_>, listener: u32, deadline: Deadline, fd: Out32) -> Outcome {
    call.world.callbacks_first()?;
    let (place, inheriting) = call.listener(listener)?;
    let number = call.world.state.free_descriptor().ok_or(Code::NoRoom)?;
    loop {
        match call.world.ports.sockets.accept(place) {
            Err(Errno::Again) => call.world.pause_for_socket(Awaited::Accept(place), deadline)?,
            accepted => {
                let id = accepted.map_err(broken)?;
                call.world.state.descriptors.insert(number, Descriptor::connection(id, inheriting, 0));
                call.put32(fd, number);
                return Ok(());
            }
        }
    }
}

pub(super) fn read(call: &mut Call<'_>, fd: u32, into: Room, deadline: Deadline, length: Out32) -> Outcome {
    call.world.callbacks_first()?;
    let id = call.connection(fd, rights::FD_READ)?;
    loop {
        let Call { world, memory, .. } = call;
        if into.stretch.len() == 0 {
            call.put32(length, 0);
            return Ok(());
        }
        match world.ports.sockets.receive(id, memory.bytes_mut(into.stretch), false) {
            Err(Errno::Again) => world.pause_for_socket(Awaited::Read(id), deadline)?,
            received => {
                call.put32(length, count(received.map_err(broken)?));
                return Ok(());
            }
        }
    }
}

pub(super) fn write(
    call: &mut Call<'_>,
    fd: u32,
    bytes: Stretch,
    deadline: Deadline,
    length: Out32,
) -> Outcome {
    call.world.callbacks_first()?;
    let id = call.connection(fd, rights::FD_WRITE)?;
    loop {
        match call.world.ports.sockets.send(id, call.memory.bytes(bytes)) {
            Err(Errno::Again) => call.world.pause_for_socket(Awaited::Write(id), deadline)?,
            sent => {
                call.put32(length, count(sent.map_err(broken)?));
                return Ok(());
            }
        }
    }
}

pub(super) fn close(call: &mut Call<'_>, fd: u32) -> Outcome {
    let descriptor = call.world.descriptor(fd).map_err(broken)?;
    if !matches!(descriptor.what, What::Connection(_) | What::Listener(_)) {
        return Err(Code::BadDescriptor.into());
    }
    if let Some(closed) = call.world.state.descriptors.remove(&fd) {
        call.world.release(closed);
    }
    Ok(())
}

impl Call<'_> {
    fn connection(&self, fd: u32, right: u64) -> Result<ConnectionId, Code> {
        match self.world.descriptor(fd) {
            Ok(Descriptor { what: What::Connection(id), rights, .. }) if rights & right == right => Ok(*id),
            _ => Err(Code::BadDescriptor),
        }
    }

    /// A listener's place, and what its connections may.
    fn listener(&self, fd: u32) -> Result<(u32, u64), Code> {
        match self.world.descriptor(fd) {
            Ok(Descriptor { what: What::Listener(place), rights, inheriting, .. })
                if rights & rights::SOCK_ACCEPT != 0 =>
            {
                Ok((*place, *inheriting))
            }
            _ => Err(Code::BadDescriptor),
        }
    }

    // ------------------------------------------------------------ connections that are being opened

    fn under_way(&self, address: &str) -> Option<ConnectionId> {
        let opening = &self.world.state.under_way.opening;
        opening
            .iter()
            .find(|opening| opening.address == address)
            .map(|opening| ConnectionId(opening.connection))
    }

    fn begin(&mut self, address: &str) -> Result<ConnectionId, Code> {
        if !self.world.ports.post.granted(false, address) {
            return Err(Code::NotGranted);
        }
        if self.world.state.under_way.opening.len() >= limit::OPENING {
            return Err(Code::NoRoom);
        }
        let id = self.world.ports.sockets.connect(address).map_err(refused)?;
        let opening = Opening { address: address.into(), connection: id.0 };
        self.world.state.under_way.opening.push(opening);
        Ok(id)
    }

    fn forget(&mut self, id: ConnectionId) {
        self.world.state.under_way.opening.retain(|opening| opening.connection != id.0);
    }
}
