//! `fd_*`.

pub(super) mod file;
pub(super) mod prestat;
pub(super) mod read;
pub(super) mod readdir;
pub(super) mod seek;
pub(super) mod stat;
pub(super) mod write;

use super::{Call, Outcome, Wasi, rights};
use crate::Errno;
use crate::state::{Descriptor, FileRecord, What};
use crate::tree::{FileType, Node};

/// Bits of `fdflags`.
pub(super) mod flag {
    pub const APPEND: u16 = 1;
    pub const DSYNC: u16 = 2;
    pub const NONBLOCK: u16 = 4;
    pub const RSYNC: u16 = 8;
    pub const SYNC: u16 = 16;
    pub const ALL: u16 = APPEND | DSYNC | NONBLOCK | RSYNC | SYNC;
}

impl Descriptor {
    /// Whether a right is there. Reading and writing are what POSIX calls open modes, and are answered so.
    pub(super) const fn need(&self, right: u64) -> Result<&Self, Errno> {
        match self.rights & right {
            some if some == right => Ok(self),
            _ if right & (rights::FD_READ | rights::FD_WRITE) != 0 => Err(Errno::BadDescriptor),
            _ => Err(Errno::NotCapable),
        }
    }

    pub(super) const fn file(&self) -> Option<&FileRecord> {
        match &self.what {
            What::File(record) => Some(record),
            _ => None,
        }
    }

    pub(super) const fn file_mut(&mut self) -> Option<&mut FileRecord> {
        match &mut self.what {
            What::File(record) => Some(record),
            _ => None,
        }
    }
}

/// An open file that can be read and written at offsets.
#[derive(Clone, Copy, Debug)]
pub(super) struct File {
    pub mount: u32,
    pub node: Node,
    pub offset: u64,
    pub flags: u16,
}

impl Wasi {
    /// A descriptor as a file with contents; `otherwise` is for one that is a stream, socket or channel.
    pub(super) fn file(&self, fd: u32, right: u64, otherwise: Errno) -> Result<File, Errno> {
        let descriptor = self.descriptor(fd)?;
        match &descriptor.what {
            What::Stream(_) | What::Listener(_) | What::Connection(_) | What::Channel(_) => Err(otherwise),
            What::File(record) if record.kind == FileType::Directory => Err(Errno::BadDescriptor),
            What::File(record) => {
                descriptor.need(right)?;
                let (mount, node, offset) = (record.mount, record.node, record.offset);
                Ok(File { mount, node, offset, flags: descriptor.flags })
            }
        }
    }

    /// `ReadOnly` where the guest may change nothing.
    pub(super) fn changeable(&self, mount: u32) -> Result<(), Errno> {
        if self.state.mounts[mount as usize].read_only { Err(Errno::ReadOnly) } else { Ok(()) }
    }

    fn set_offset(&mut self, fd: u32, offset: u64) {
        if let Some(record) = self.state.descriptors.get_mut(&fd).and_then(Descriptor::file_mut) {
            record.offset = offset;
        }
    }

    /// Lets go of what a descriptor that is no more was open on.
    pub(crate) fn release(&mut self, descriptor: Descriptor) {
        match descriptor.what {
            What::Stream(_) | What::Channel(_) => {}
            What::File(record) => self.tree(record.mount).close(record.node),
            What::Listener(place) => self.ports.sockets.close_listener(place),
            What::Connection(id) => self.ports.sockets.close(id),
        }
    }
}

pub(super) fn close(call: &mut Call<'_>) -> Outcome {
    let closed = call.wasi.state.descriptors.remove(&call.u32(0));
    call.wasi.release(closed.ok_or(Errno::BadDescriptor)?);
    Ok(())
}

/// `to` becomes what `from` was; both must be open.
pub(super) fn renumber(call: &mut Call<'_>) -> Outcome {
    let (from, to) = (call.u32(0), call.u32(1));
    call.wasi.descriptor(from)?;
    call.wasi.descriptor(to)?;
    if from == to {
        return Ok(());
    }
    let descriptors = &mut call.wasi.state.descriptors;
    let moved = descriptors.remove(&from).ok_or(Errno::BadDescriptor)?;
    if let Some(replaced) = descriptors.insert(to, moved) {
        call.wasi.release(replaced);
    }
    Ok(())
}
