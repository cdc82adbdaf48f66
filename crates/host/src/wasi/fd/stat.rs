//! `fd_fdstat_*`, `fd_filestat_get`, `fd_filestat_set_times`.

use super::flag;
use crate::Errno;
use crate::ports::Stream;
use crate::state::What;
use crate::tree::{FileType, Stat, Times};
use crate::wasi::{Call, Outcome, Wasi, rights};

/// `fdstat`: type u8 at 0, flags u16 at 2, rights u64 at 8, inheriting u64 at 16.
pub(in crate::wasi) fn fdstat_get(call: &mut Call<'_>) -> Outcome {
    let descriptor = call.wasi.descriptor(call.u32(0))?;
    let kind = match &descriptor.what {
        What::Stream(stream) => call.wasi.stream_type(*stream),
        What::File(record) => record.kind,
        What::Listener(_) | What::Connection(_) => FileType::StreamSocket,
        What::Channel(_) => FileType::Unknown,
    };
    let mut bytes = [0; 24];
    bytes[0] = kind as u8;
    bytes[2..4].copy_from_slice(&descriptor.flags.to_le_bytes());
    bytes[8..16].copy_from_slice(&descriptor.rights.to_le_bytes());
    bytes[16..].copy_from_slice(&descriptor.inheriting.to_le_bytes());
    call.memory.write(call.u32(1), &bytes)
}

pub(in crate::wasi) fn fdstat_set_flags(call: &mut Call<'_>) -> Outcome {
    let flags = call.u16(1)?;
    if flags & !flag::ALL != 0 {
        return Err(Errno::Invalid.into());
    }
    let descriptor = call.wasi.descriptor_mut(call.u32(0))?;
    descriptor.need(rights::FD_FDSTAT_SET_FLAGS)?;
    descriptor.flags = flags;
    Ok(())
}

/// Rights only shrink.
pub(in crate::wasi) fn fdstat_set_rights(call: &mut Call<'_>) -> Outcome {
    let (rights, inheriting) = (call.u64(1), call.u64(2));
    let descriptor = call.wasi.descriptor_mut(call.u32(0))?;
    if rights & !descriptor.rights != 0 || inheriting & !descriptor.inheriting != 0 {
        return Err(Errno::NotCapable.into());
    }
    (descriptor.rights, descriptor.inheriting) = (rights, inheriting);
    Ok(())
}

pub(in crate::wasi) fn filestat_get(call: &mut Call<'_>) -> Outcome {
    let stat = call.wasi.filestat(call.u32(0))?;
    call.memory.write(call.u32(1), &filestat(&stat))
}

pub(in crate::wasi) fn set_times(call: &mut Call<'_>) -> Outcome {
    let times = call.wasi.times(call.u64(1), call.u64(2), call.u16(3)?)?;
    let descriptor = call.wasi.descriptor(call.u32(0))?.need(rights::FD_FILESTAT_SET_TIMES)?;
    let record = descriptor.file().ok_or(Errno::BadDescriptor)?;
    let (mount, node) = (record.mount, record.node);
    call.wasi.changeable(mount)?;
    Ok(call.wasi.tree(mount).set_times(node, times)?)
}

/// `filestat`: device, inode, type u8, links, size, accessed, modified, changed, 8 bytes each.
pub(in crate::wasi) fn filestat(stat: &Stat) -> [u8; 64] {
    let fields = [
        stat.device,
        stat.inode,
        stat.kind as u64,
        stat.links,
        stat.size,
        stat.accessed_ns,
        stat.modified_ns,
        stat.changed_ns,
    ];
    let mut bytes = [0; 64];
    for (place, field) in bytes.chunks_exact_mut(8).zip(fields) {
        place.copy_from_slice(&field.to_le_bytes());
    }
    bytes
}

/// What is said of something that is in no file system.
pub(in crate::wasi) const fn nowhere(kind: FileType) -> Stat {
    Stat { device: 0, inode: 0, kind, links: 1, size: 0, accessed_ns: 0, modified_ns: 0, changed_ns: 0 }
}

/// Bits of `fstflags`.
mod time_flag {
    pub const ACCESSED: u16 = 1;
    pub const ACCESSED_NOW: u16 = 2;
    pub const MODIFIED: u16 = 4;
    pub const MODIFIED_NOW: u16 = 8;
    pub const ALL: u16 = ACCESSED | ACCESSED_NOW | MODIFIED | MODIFIED_NOW;
}

impl Wasi {
    fn stream_type(&self, stream: Stream) -> FileType {
        if self.ports.console.is_terminal(stream) { FileType::CharacterDevice } else { FileType::Unknown }
    }

    /// Facts about what a descriptor is open on.
    pub(in crate::wasi) fn filestat(&mut self, fd: u32) -> Result<Stat, Errno> {
        let descriptor = self.descriptor(fd)?.need(rights::FD_FILESTAT_GET)?;
        match &descriptor.what {
            What::Stream(stream) => Ok(nowhere(self.stream_type(*stream))),
            What::Listener(_) | What::Connection(_) => Ok(nowhere(FileType::StreamSocket)),
            What::Channel(_) => Ok(nowhere(FileType::Unknown)),
            What::File(record) => {
                let (mount, node) = (record.mount, record.node);
                Ok(Stat { device: mount.into(), ..self.tree(mount).stat(node)? })
            }
        }
    }

    /// What `fstflags` ask for.
    pub(in crate::wasi) fn times(
        &mut self,
        accessed_ns: u64,
        modified_ns: u64,
        flags: u16,
    ) -> Result<Times, Errno> {
        let now_ns = self.now_realtime_ns();
        let choose = |given: u16, now: u16, time_ns: u64| match (flags & given != 0, flags & now != 0) {
            (true, true) => Err(Errno::Invalid),
            (true, false) => Ok(Some(time_ns)),
            (false, true) => Ok(Some(now_ns)),
            (false, false) => Ok(None),
        };
        if flags & !time_flag::ALL != 0 {
            return Err(Errno::Invalid);
        }
        Ok(Times {
            accessed_ns: choose(time_flag::ACCESSED, time_flag::ACCESSED_NOW, accessed_ns)?,
            modified_ns: choose(time_flag::MODIFIED, time_flag::MODIFIED_NOW, modified_ns)?,
        })
    }
}
