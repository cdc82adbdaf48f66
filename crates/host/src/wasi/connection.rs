//! Reading and writing connections.

use super::{Guest, Stop, Stretch, Wasi};
use crate::Errno;
use crate::limit;
use crate::ports::{Awaited, ConnectionId, Sockets, Woken};
use alloc::vec::Vec;

/// How a connection is read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Receive {
    /// Whether it waits while there is nothing.
    pub waits: bool,
    /// The bytes stay.
    pub peek: bool,
    /// It waits until the buffers are full.
    pub all: bool,
}

/// What is left of the buffers when so many bytes are in them.
fn after(buffers: &[Stretch], mut filled: usize) -> Vec<Stretch> {
    let rest = |buffer: &Stretch| {
        let part = buffer.after(filled.min(buffer.len()));
        filled -= buffer.len() - part.len();
        part
    };
    buffers.iter().map(rest).collect()
}

impl Wasi {
    /// Waits until a socket is ready; a stop suspends the call.
    pub(super) fn wait_for_socket(&mut self, awaited: Awaited) -> Result<(), Stop> {
        match self.wait_while(|sockets| !sockets.readiness(awaited).ready) {
            Woken::Stop => Err(Stop::Suspend),
            Woken::Ready | Woken::Timeout => Ok(()),
        }
    }

    fn wait_while(&mut self, mut waiting: impl FnMut(&mut dyn Sockets) -> bool) -> Woken {
        let sockets = &mut *self.ports.sockets;
        self.ports.console.wait(&[], &mut || !waiting(sockets), None)
    }

    /// Reads into the buffers. While there is nothing, it waits, and a stop leaves everything unread. Where all
    /// is asked for, nothing is taken before all is there; only what no port can hold at once is taken in parts,
    /// and a stop between two of them gives a short count.
    pub(super) fn receive(
        &mut self,
        id: ConnectionId,
        memory: &mut Guest<'_>,
        buffers: &[Stretch],
        how: Receive,
    ) -> Result<usize, Stop> {
        let wanted: usize = buffers.iter().copied().map(Stretch::len).sum();
        let mut total = 0;
        while total < wanted {
            let least = if how.all && how.waits { (wanted - total).min(limit::WAIT_ALL_BYTES) } else { 1 };
            let lacks = |sockets: &mut dyn Sockets| {
                let there = sockets.readiness(Awaited::Read(id));
                !there.ready || (!there.hangup && there.bytes < least as u64)
            };
            if how.waits && lacks(&mut *self.ports.sockets) {
                if self.wait_while(lacks) == Woken::Stop {
                    return if total > 0 { Ok(total) } else { Err(Stop::Suspend) };
                }
                continue;
            }
            match self.receive_now(id, memory, &after(buffers, total), how.peek) {
                Ok(count) if count == 0 || how.peek || !how.all => return Ok(total + count),
                Ok(count) => total += count,
                Err(Errno::Again) if how.waits => {}
                Err(errno) => return if total > 0 { Ok(total) } else { Err(errno.into()) },
            }
        }
        Ok(total)
    }

    /// Fills the buffers as far as it goes without waiting; only the first one where the bytes stay.
    fn receive_now(
        &mut self,
        id: ConnectionId,
        memory: &mut Guest<'_>,
        buffers: &[Stretch],
        peek: bool,
    ) -> Result<usize, Errno> {
        let mut total = 0;
        for buffer in buffers.iter().filter(|buffer| buffer.len() > 0) {
            let count = match self.ports.sockets.receive(id, memory.bytes_mut(*buffer), peek) {
                Err(errno) if total == 0 => return Err(errno),
                other => other.unwrap_or(0),
            };
            total += count;
            if peek || count < buffer.len() {
                break;
            }
        }
        Ok(total)
    }

    /// Writes the buffers, and waits while nothing is taken. A stop in the middle gives a short count, so that
    /// nothing is written twice; one before anything was written leaves all as it was.
    pub(super) fn send(
        &mut self,
        id: ConnectionId,
        memory: &Guest<'_>,
        buffers: &[Stretch],
        waits: bool,
    ) -> Result<usize, Stop> {
        let mut total = 0;
        for buffer in buffers {
            let mut left = *buffer;
            while left.len() > 0 {
                match self.ports.sockets.send(id, memory.bytes(left)) {
                    Ok(count) => {
                        total += count;
                        left = left.after(count);
                    }
                    Err(Errno::Again) if waits => match self.wait_for_socket(Awaited::Write(id)) {
                        Err(_) if total > 0 => return Ok(total),
                        other => other?,
                    },
                    Err(errno) => return if total > 0 { Ok(total) } else { Err(errno.into()) },
                }
            }
        }
        Ok(total)
    }
}
