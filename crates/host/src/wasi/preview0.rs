//! `wasi_unstable`: where preview 0 lays things out otherwise. The rest is as in preview 1.

use super::fd::seek::{Whence, seek_from};
use super::path::stat::path_filestat;
use super::poll::{Layout, oneoff_with};
use super::{Call, Outcome};
use crate::Errno;
use crate::tree::Stat;

/// A clock subscription had user data of its own before the clock's id.
const SUBSCRIPTION: Layout = Layout { bytes: 56, clock: 24 };

/// The three origins had another order.
pub(super) fn fd_seek(call: &mut Call<'_>) -> Outcome {
    let whence = match call.u32(2) {
        0 => Whence::Current,
        1 => Whence::End,
        2 => Whence::Set,
        _ => return Err(Errno::Invalid.into()),
    };
    seek_from(call, whence)
}

pub(super) fn fd_filestat_get(call: &mut Call<'_>) -> Outcome {
    let stat = call.wasi.filestat(call.u32(0))?;
    call.memory.write(call.u32(1), &filestat(&stat))
}

pub(super) fn path_filestat_get(call: &mut Call<'_>) -> Outcome {
    let stat = path_filestat(call)?;
    call.memory.write(call.u32(4), &filestat(&stat))
}

pub(super) fn poll_oneoff(call: &mut Call<'_>) -> Outcome {
    oneoff_with(call, &SUBSCRIPTION)
}

/// `filestat`: device u64 at 0, inode u64 at 8, type u8 at 16, links u32 at 20, then size, accessed, modified,
/// changed, 8 bytes each.
fn filestat(stat: &Stat) -> [u8; 56] {
    let links = u32::try_from(stat.links).unwrap_or(u32::MAX);
    let mut bytes = [0; 56];
    bytes[..8].copy_from_slice(&stat.device.to_le_bytes());
    bytes[8..16].copy_from_slice(&stat.inode.to_le_bytes());
    bytes[16] = stat.kind as u8;
    bytes[20..24].copy_from_slice(&links.to_le_bytes());
    let fields = [stat.size, stat.accessed_ns, stat.modified_ns, stat.changed_ns];
    for (place, field) in bytes[24..].chunks_exact_mut(8).zip(fields) {
        place.copy_from_slice(&field.to_le_bytes());
    }
    bytes
}
