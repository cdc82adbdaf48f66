//! `fd_readdir`.
//!
//! A cookie is the number of an entry in the list that was taken when the guest began to read (cookie 0), with
//! `.` and `..` first. The list belongs to the descriptor and moves with it: entries removed or added meanwhile
//! shift nothing, here or elsewhere.

use crate::Errno;
use crate::state::Listed;
use crate::tree::{Entry, FileType};
use crate::wasi::{Call, Outcome, Wasi, rights};
use alloc::vec::Vec;

/// Bytes of a `dirent`: next u64 at 0, inode u64 at 8, length of the name u32 at 16, type u8 at 20.
const DIRENT_BYTES: usize = 24;

pub(in crate::wasi) fn readdir(call: &mut Call<'_>) -> Outcome {
    let (fd, cookie) = (call.u32(0), call.u64(3));
    let buffer = call.memory.stretch(call.u32(1), call.u32(2))?;
    call.writable(4, 4)?;
    let listing = call.wasi.listing(fd, cookie)?;
    let into = call.memory.bytes_mut(buffer);
    let mut filled = 0;
    for (next, entry) in (1_u64..).zip(listing).skip(usize::try_from(cookie).unwrap_or(usize::MAX)) {
        filled += put(&mut into[filled..], &dirent(next, entry));
        filled += put(&mut into[filled..], &entry.name);
        if filled == into.len() {
            break;
        }
    }
    call.put_size(4, filled)
}

/// As much as fits: the guest asks again with a larger buffer for an entry that is cut.
fn put(into: &mut [u8], bytes: &[u8]) -> usize {
    let count = into.len().min(bytes.len());
    into[..count].copy_from_slice(&bytes[..count]);
    count
}

fn dirent(next: u64, entry: &Listed) -> [u8; DIRENT_BYTES] {
    let length = u32::try_from(entry.name.len()).unwrap_or(u32::MAX);
    let mut bytes = [0; DIRENT_BYTES];
    bytes[..8].copy_from_slice(&next.to_le_bytes());
    bytes[8..16].copy_from_slice(&entry.inode.to_le_bytes());
    bytes[16..20].copy_from_slice(&length.to_le_bytes());
    bytes[20] = entry.kind as u8;
    bytes
}

impl Wasi {
    /// A directory's entries, taken anew at cookie 0.
    fn listing(&mut self, fd: u32, cookie: u64) -> Result<&[Listed], Errno> {
        let descriptor = self.descriptor(fd)?;
        let record = descriptor.file().filter(|record| record.kind == FileType::Directory);
        let record = record.ok_or(Errno::NotDirectory)?;
        descriptor.need(rights::FD_READDIR)?;
        let (mount, node) = (record.mount, record.node);
        if cookie == 0 || record.listing.is_none() {
            let tree = self.tree(mount);
            let inode = tree.stat(node)?.inode;
            let entries = tree.list(node)?;
            let record = self.descriptor_mut(fd)?.file_mut().ok_or(Errno::NotDirectory)?;
            record.listing = Some(listed(inode, entries));
        }
        let record = self.descriptor(fd)?.file().ok_or(Errno::NotDirectory)?;
        Ok(record.listing.as_deref().unwrap_or_default())
    }
}

fn listed(inode: u64, entries: Vec<Entry>) -> Vec<Listed> {
    let dots =
        [b".".as_slice(), b".."].map(|name| Listed { name: name.to_vec(), inode, kind: FileType::Directory });
    let rest = entries.into_iter().map(|Entry { name, inode, kind }| Listed { name, inode, kind });
    dots.into_iter().chain(rest).collect()
}
