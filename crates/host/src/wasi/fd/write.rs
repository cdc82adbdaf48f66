//! `fd_write`, `fd_pwrite`.

use super::{File, flag};
use crate::Errno;
use crate::ports::{Stream, Woken};
use crate::state::What;
use crate::tree::At;
use crate::wasi::{Call, Guest, Outcome, Stop, Stretch, Wasi, rights};

pub(in crate::wasi) fn write(call: &mut Call<'_>) -> Outcome {
    let fd = call.u32(0);
    let buffers = call.buffers(1)?;
    call.writable(3, 4)?;
    let descriptor = call.wasi.descriptor(fd)?.need(rights::FD_WRITE)?;
    let waits = descriptor.flags & flag::NONBLOCK == 0;
    let count = match descriptor.what {
        What::Stream(stream) => call.wasi.write_stream(stream, &call.memory, &buffers, waits)?,
        What::Connection(id) => call.wasi.send(id, &call.memory, &buffers, waits)?,
        What::Channel(index) => call.wasi.write_channel(index, &call.memory, &buffers, waits)?,
        What::Listener(_) => return Err(Errno::NotConnected.into()),
        What::File(_) => call.wasi.write_file(fd, &call.memory, &buffers)?,
    };
    call.put_size(3, count)
}

pub(in crate::wasi) fn pwrite(call: &mut Call<'_>) -> Outcome {
    let buffers = call.buffers(1)?;
    call.writable(4, 4)?;
    let file = call.wasi.file(call.u32(0), rights::FD_WRITE | rights::FD_SEEK, Errno::SeekPipe)?;
    let count = call.wasi.write_at(file, At::Offset(call.u64(3)), &call.memory, &buffers)?;
    call.put_size(4, count)
}

impl Wasi {
    /// Writes at the descriptor's offset, or at the end where it appends, and moves the offset on.
    fn write_file(&mut self, fd: u32, memory: &Guest<'_>, buffers: &[Stretch]) -> Result<usize, Errno> {
        let file = self.file(fd, rights::FD_WRITE, Errno::BadDescriptor)?;
        let append = file.flags & flag::APPEND != 0;
        let at = if append { At::End } else { At::Offset(file.offset) };
        let count = self.write_at(file, at, memory, buffers)?;
        let end =
            if append { self.tree(file.mount).stat(file.node)?.size } else { file.offset + count as u64 };
        self.set_offset(fd, end);
        Ok(count)
    }

    /// Writes the buffers to a file, as far as it takes them.
    fn write_at(
        &mut self,
        file: File,
        at: At,
        memory: &Guest<'_>,
        buffers: &[Stretch],
    ) -> Result<usize, Errno> {
        let tree = self.tree(file.mount);
        let mut total = 0;
        for buffer in buffers.iter().filter(|buffer| buffer.len() > 0) {
            let at = match at {
                At::Offset(offset) => At::Offset(offset.checked_add(total as u64).ok_or(Errno::FileTooBig)?),
                At::End => At::End,
            };
            let count = match tree.write(file.node, at, memory.bytes(*buffer)) {
                Err(errno) if total == 0 => return Err(errno),
                other => other.unwrap_or(0),
            };
            total += count;
            if count < buffer.len() {
                break;
            }
        }
        if file.flags & (flag::DSYNC | flag::SYNC) != 0 {
            tree.sync(file.node, file.flags & flag::SYNC == 0)?;
        }
        Ok(total)
    }

    /// Writes the buffers to a standard stream and waits while it takes nothing. A stop in the middle gives a
    /// short count, so that nothing is written twice; one before anything was written leaves all as it was.
    fn write_stream(
        &mut self,
        stream: Stream,
        memory: &Guest<'_>,
        buffers: &[Stretch],
        waits: bool,
    ) -> Result<usize, Stop> {
        let mut total = 0;
        for buffer in buffers {
            let mut left = *buffer;
            while left.len() > 0 {
                match self.ports.console.write(stream, memory.bytes(left)) {
                    Ok(count) => {
                        total += count;
                        left = left.after(count);
                    }
                    Err(Errno::Again) if waits => {
                        if self.ports.console.wait(&[stream], &mut || false, None) == Woken::Stop {
                            return if total > 0 { Ok(total) } else { Err(Stop::Suspend) };
                        }
                    }
                    Err(errno) => return if total > 0 { Ok(total) } else { Err(errno.into()) },
                }
            }
        }
        Ok(total)
    }
}
