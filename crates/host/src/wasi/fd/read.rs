//! `fd_read`, `fd_pread`.

use super::{File, flag};
use crate::Errno;
use crate::ports::{Stream, Woken};
use crate::state::What;
use crate::wasi::connection::Receive;
use crate::wasi::{Call, Guest, Outcome, Stop, Stretch, Wasi, rights};

pub(in crate::wasi) fn read(call: &mut Call<'_>) -> Outcome {
    let fd = call.u32(0);
    let buffers = call.buffers(1)?;
    call.writable(3, 4)?;
    let descriptor = call.wasi.descriptor(fd)?.need(rights::FD_READ)?;
    let waits = descriptor.flags & flag::NONBLOCK == 0;
    let count = match descriptor.what {
        What::Stream(_) => {
            let first = buffers.into_iter().find(|buffer| buffer.len() > 0);
            first.map_or(Ok(0), |buffer| call.wasi.read_stdin(&mut call.memory, &buffer, waits))?
        }
        What::Connection(id) => {
            let how = Receive { waits, peek: false, all: false };
            call.wasi.receive(id, &mut call.memory, &buffers, how)?
        }
        What::Channel(index) => call.wasi.read_channel(index, &mut call.memory, &buffers, waits)?,
        What::Listener(_) => return Err(Errno::NotConnected.into()),
        What::File(_) => {
            let file = call.wasi.file(fd, rights::FD_READ, Errno::BadDescriptor)?;
            let count = call.wasi.read_at(file, file.offset, &mut call.memory, &buffers)?;
            call.wasi.set_offset(fd, file.offset + count as u64);
            count
        }
    };
    call.put_size(3, count)
}

pub(in crate::wasi) fn pread(call: &mut Call<'_>) -> Outcome {
    let buffers = call.buffers(1)?;
    call.writable(4, 4)?;
    let file = call.wasi.file(call.u32(0), rights::FD_READ | rights::FD_SEEK, Errno::SeekPipe)?;
    let count = call.wasi.read_at(file, call.u64(3), &mut call.memory, &buffers)?;
    call.put_size(4, count)
}

impl Wasi {
    /// Reads a file into the buffers, as far as it goes.
    fn read_at(
        &mut self,
        file: File,
        offset: u64,
        memory: &mut Guest<'_>,
        buffers: &[Stretch],
    ) -> Result<usize, Errno> {
        let tree = self.tree(file.mount);
        let mut total = 0;
        for buffer in buffers {
            let from = offset.checked_add(total as u64).ok_or(Errno::Invalid)?;
            let count = match tree.read(file.node, from, memory.bytes_mut(*buffer)) {
                Err(errno) if total == 0 => return Err(errno),
                other => other.unwrap_or(0),
            };
            total += count;
            if count < buffer.len() {
                break;
            }
        }
        Ok(total)
    }

    /// Reads standard input: what moved here with the guest, then the console. It waits while there is
    /// nothing; a stop leaves everything unread.
    fn read_stdin(&mut self, memory: &mut Guest<'_>, buffer: &Stretch, waits: bool) -> Result<usize, Stop> {
        let into = memory.bytes_mut(*buffer);
        let unread = self.state.stdin.unread();
        if !unread.is_empty() {
            let count = unread.len().min(into.len());
            into[..count].copy_from_slice(&unread[..count]);
            self.state.stdin.take(count);
            return Ok(count);
        }
        loop {
            match self.ports.console.read(into) {
                Err(Errno::Again) if waits => {}
                other => return Ok(other?),
            }
            if self.ports.console.wait(&[Stream::Stdin], &mut || false, None) == Woken::Stop {
                return Err(Stop::Suspend);
            }
        }
    }
}
