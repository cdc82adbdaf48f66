//! Writing a world down.
//!
//! A host file travels as its path. One that has no name any more (removed while open, as temporary files are)
//! has nothing to be opened by elsewhere: its contents travel, in a memory mount that no path leads to.

use super::Wasi;
use super::setup::{at_path, text};
use crate::Errno;
use crate::error::Error;
use crate::limit;
use crate::memory::MemoryTree;
use crate::state::{Descriptor, FileRecord, Mount, Origins};
use crate::tree::{FileType, Node};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// What tells one file of this machine from another: its device, and its number there.
type Identity = (u64, u64);

/// Files without a name that were met.
#[derive(Default)]
struct Orphans {
    tree: MemoryTree,
    nodes: BTreeMap<Identity, Node>,
}

impl Wasi {
    /// The state as it stands now. Standard input that was given for the guest moves into it.
    pub(super) fn save(&mut self) -> Result<Vec<u8>, Error> {
        let unread = self.ports.console.take_unread();
        self.state.stdin.give_back(&unread);
        self.state.clocks = self.origins.stop(&self.state.clocks, &mut *self.ports.clock);
        self.origins = Origins::now(&mut *self.ports.clock);
        let mut orphans = Orphans::default();
        let descriptors = self.saved_descriptors(&mut orphans)?;
        let here = core::mem::replace(&mut self.state.descriptors, descriptors);
        let mounts = self.state.mounts.len();
        if !orphans.nodes.is_empty() {
            self.state.mounts.push(Mount::memory(String::new(), orphans.tree));
        }
        let bytes = self.state.to_bytes();
        self.state.mounts.truncate(mounts);
        self.state.descriptors = here;
        Ok(bytes)
    }

    /// The descriptors as they are to be found elsewhere.
    fn saved_descriptors(&mut self, orphans: &mut Orphans) -> Result<BTreeMap<u32, Descriptor>, Error> {
        let hidden = u32::try_from(self.state.mounts.len()).unwrap_or(u32::MAX);
        let mut descriptors = self.state.descriptors.clone();
        for record in descriptors.values_mut().filter_map(Descriptor::file_mut) {
            let Some(root) = self.roots[record.mount as usize] else { continue };
            let orphan = self.orphan(root, record, orphans).map_err(|errno| self.unsaved(record, errno))?;
            match orphan {
                Some(node) => (record.mount, record.node) = (hidden, node),
                None => record.node = 0,
            }
        }
        Ok(descriptors)
    }

    /// Which of the files without a name this is, if it is one.
    fn orphan(
        &mut self,
        root: Node,
        record: &FileRecord,
        orphans: &mut Orphans,
    ) -> Result<Option<Node>, Errno> {
        let files = &mut *self.ports.files;
        let open = files.stat(record.node)?;
        let key = (open.device, open.inode);
        match at_path(files, root, &record.path, |files, dir, name| files.stat_at(dir, name)) {
            Ok(named) if (named.device, named.inode) == key => return Ok(None),
            Ok(_) | Err(Errno::NoEntry | Errno::NotDirectory) => {}
            Err(errno) => return Err(errno),
        }
        if record.kind != FileType::Regular || (record.write && open.links > 0) {
            return Err(Errno::Stale);
        }
        if open.size > limit::ORPHAN_BYTES {
            return Err(Errno::FileTooBig);
        }
        if let Some(node) = orphans.nodes.get(&key) {
            return Ok(Some(*node));
        }
        let node = orphans.tree.add_nameless(self.contents(record.node, open.size)?);
        orphans.nodes.insert(key, node);
        Ok(Some(node))
    }

    fn contents(&mut self, node: Node, size: u64) -> Result<Vec<u8>, Errno> {
        let mut bytes = vec![0; usize::try_from(size).map_err(|_| Errno::FileTooBig)?];
        let mut filled = 0;
        while filled < bytes.len() {
            match self.ports.files.read(node, filled as u64, &mut bytes[filled..])? {
                0 => break,
                count => filled += count,
            }
        }
        bytes.truncate(filled);
        Ok(bytes)
    }

    fn unsaved(&self, record: &FileRecord, errno: Errno) -> Error {
        let guest = self.state.mounts[record.mount as usize].guest.clone();
        Error::Unsaved { guest, file: text(&record.path), errno }
    }
}
