//! Other contents for the mounts of a saved guest, before it goes on.

use super::{Contents, Descriptor, FileRecord, Mount, State, What};
use crate::Errno;
use crate::error::Error;
use crate::memory::MemoryTree;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

impl State {
    /// Puts these mounts in place of those that the guest sees under the same paths.
    ///
    /// # Errors
    /// `Error::UnknownMount` for a path under which the guest has none, `Error::MissingFile` for a file that
    /// is open and not in what is put there, if that is in memory (host directories are asked later).
    pub fn replace_mounts(&mut self, mounts: Vec<Mount>) -> Result<(), Error> {
        mounts.into_iter().try_for_each(|mount| self.replace_mount(mount))
    }

    fn replace_mount(&mut self, mount: Mount) -> Result<(), Error> {
        let place = (0..).zip(&mut self.mounts).find(|(_, old)| old.guest == mount.guest);
        let Some((index, old)) = place else {
            let known = self.mounts.iter().map(|mount| mount.guest.clone()).filter(|guest| !guest.is_empty());
            return Err(Error::UnknownMount { guest: mount.guest, known: known.collect() });
        };
        let records = self.descriptors.values_mut().filter_map(record);
        for record in records.filter(|record| record.mount == index) {
            if let Contents::Memory(tree) = &mount.contents {
                record.node = find(tree, record).map_err(|errno| missing(&mount.guest, record, errno))?;
            }
        }
        *old = mount;
        Ok(())
    }
}

const fn record(descriptor: &mut Descriptor) -> Option<&mut FileRecord> {
    match &mut descriptor.what {
        What::File(record) => Some(record),
        _ => None,
    }
}

fn find(tree: &MemoryTree, record: &FileRecord) -> Result<u64, Errno> {
    let node = tree.find_path(&record.path).ok_or(Errno::NoEntry)?;
    if tree.kind(node) == Some(record.kind) { Ok(node) } else { Err(Errno::Stale) }
}

fn missing(guest: &str, record: &FileRecord, errno: Errno) -> Error {
    let file = String::from_utf8_lossy(&record.path).into_owned();
    Error::MissingFile { guest: guest.to_string(), host: "the memory given".to_string(), file, errno }
}
