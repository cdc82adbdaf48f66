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
use crate::state::{FileRecord, Mount, State, What};
use crate::tree::{FileType, Node};
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;

/// Contents of files without a name, by device and number of the file.
type Orphans = BTreeMap<(u64, u64), Vec<u8>>;

impl Wasi {
    /// The state as it stands now. Standard input that was given for the guest moves into it.
    pub(super) fn save(&mut self) -> Result<State, Error> {
        let unread = self.ports.console.take_unread();
        self.state.stdin.give_back(&unread);
        let mut state = self.state.clone();
        state.clocks = self.origins.stop(&self.state.clocks, &mut *self.ports.clock);
        self.save_files(&mut state)?;
        Ok(state)
    }

    fn save_files(&mut self, state: &mut State) -> Result<(), Error> {
        let hidden = u32::try_from(state.mounts.len()).unwrap_or(u32::MAX);
        let mut orphans = Orphans::new();
        let mut tree = MemoryTree::new();
        let mut places: BTreeMap<(u64, u64), Node> = BTreeMap::new();
        for descriptor in state.descriptors.values_mut() {
            let What::File(record) = &mut descriptor.what else { continue };
            let Some(root) = self.roots[record.mount as usize] else { continue };
            if let Some(key) =
                self.orphan(root, record, &mut orphans).map_err(|errno| self.unsaved(record, errno))?
            {
                let node = *places.entry(key).or_insert_with(|| tree.add_nameless(orphans.remove(&key)));
                (record.mount, record.node) = (hidden, node);
            } else {
                record.node = 0;
            }
        }
        if !places.is_empty() {
            state.mounts.push(Mount::memory(String::new(), tree));
        }
        Ok(())
    }

    /// Which file without a name this is, if it is one; its contents are then among the orphans.
    fn orphan(
        &mut self,
        root: Node,
        record: &FileRecord,
        orphans: &mut Orphans,
    ) -> Result<Option<(u64, u64)>, Errno> {
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
        orphans.insert(key, self.contents(record.node, open.size)?);
        Ok(Some(key))
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
