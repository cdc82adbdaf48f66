//! The calls of a file system in memory, with the errors of their POSIX namesakes.

use super::{Kind, MemoryNode, MemoryTree};
use crate::Errno;
use crate::limit;
use crate::tree::{At, Entry, FileType, Node, Open, Stat, Times, Tree};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

impl Tree for MemoryTree {
    fn enter(&mut self, dir: Node, name: &[u8]) -> Result<Node, Errno> {
        let number = self.find(dir, name)?;
        self.entries(number)?;
        self.hold(number);
        Ok(number)
    }

    fn open(&mut self, dir: Node, name: &[u8], how: Open) -> Result<Node, Errno> {
        let number = match self.find(dir, name) {
            Ok(_) if how.create && how.exclusive => return Err(Errno::Exists),
            Ok(number) => self.open_existing(number, how)?,
            Err(Errno::NoEntry) if how.create && !how.directory => {
                self.add(dir, name, Kind::File(Vec::new()))?
            }
            Err(errno) => return Err(errno),
        };
        self.hold(number);
        Ok(number)
    }

    fn close(&mut self, node: Node) {
        if let Some(count) = self.live.opens.get_mut(&node) {
            *count -= 1;
            if *count == 0 {
                self.live.opens.remove(&node);
                self.drop_unused(node);
            }
        }
    }

    fn stat(&mut self, node: Node) -> Result<Stat, Errno> {
        Ok(self.node(node)?.stat(node))
    }

    fn stat_at(&mut self, dir: Node, name: &[u8]) -> Result<Stat, Errno> {
        let number = self.find(dir, name)?;
        self.stat(number)
    }

    fn read(&mut self, node: Node, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        let now_ns = self.live.now_ns;
        let node = self.node_mut(node)?;
        node.accessed_ns = now_ns;
        let Kind::File(bytes) = &node.kind else { return Err(Errno::IsDirectory) };
        let from = usize::try_from(offset).unwrap_or(usize::MAX).min(bytes.len());
        let count = into.len().min(bytes.len() - from);
        into[..count].copy_from_slice(&bytes[from..from + count]);
        Ok(count)
    }

    fn write(&mut self, node: Node, at: At, from: &[u8]) -> Result<usize, Errno> {
        let size = self.node(node)?.size();
        let start = match at {
            At::Offset(offset) => offset,
            At::End => size,
        };
        let end = start.checked_add(from.len() as u64).ok_or(Errno::FileTooBig)?;
        if end > size && !from.is_empty() {
            self.resize(node, end)?;
        }
        let now_ns = self.live.now_ns;
        let node = self.node_mut(node)?;
        node.modified(now_ns);
        let Kind::File(bytes) = &mut node.kind else { return Err(Errno::IsDirectory) };
        if !from.is_empty() {
            let start = usize::try_from(start).map_err(|_| Errno::FileTooBig)?;
            bytes[start..start + from.len()].copy_from_slice(from);
        }
        Ok(from.len())
    }

    fn resize(&mut self, node: Node, size: u64) -> Result<(), Errno> {
        let old = self.node(node)?.size();
        self.node(node)?.file()?;
        if size > old {
            self.take_bytes(size - old)?;
        } else {
            self.give_bytes(old - size);
        }
        let now_ns = self.live.now_ns;
        let node = self.node_mut(node)?;
        node.modified(now_ns);
        let size = usize::try_from(size).map_err(|_| Errno::FileTooBig)?;
        node.file_mut()?.resize(size, 0);
        Ok(())
    }

    fn sync(&mut self, node: Node, _data_only: bool) -> Result<(), Errno> {
        self.node(node).map(|_| ())
    }

    fn set_times(&mut self, node: Node, times: Times) -> Result<(), Errno> {
        let now_ns = self.live.now_ns;
        let node = self.node_mut(node)?;
        node.accessed_ns = times.accessed_ns.unwrap_or(node.accessed_ns);
        node.modified_ns = times.modified_ns.unwrap_or(node.modified_ns);
        node.changed_ns = now_ns;
        Ok(())
    }

    fn set_times_at(&mut self, dir: Node, name: &[u8], times: Times) -> Result<(), Errno> {
        let number = self.find(dir, name)?;
        self.set_times(number, times)
    }

    fn list(&mut self, node: Node) -> Result<Vec<Entry>, Errno> {
        let entry = |(name, inode): (&Vec<u8>, &Node)| {
            let kind = self.kind(*inode).unwrap_or(FileType::Unknown);
            Entry { name: name.clone(), inode: *inode, kind }
        };
        Ok(self.entries(node)?.iter().map(entry).collect())
    }

    fn read_link(&mut self, dir: Node, name: &[u8]) -> Result<Vec<u8>, Errno> {
        match &self.node(self.find(dir, name)?)?.kind {
            Kind::Symlink(target) => Ok(target.clone()),
            _ => Err(Errno::Invalid),
        }
    }

    fn make_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        self.add(dir, name, Kind::Directory { parent: dir, entries: BTreeMap::new() }).map(|_| ())
    }

    fn remove_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        if name == b"." {
            return Err(Errno::Invalid);
        }
        let number = self.find(dir, name)?;
        if !self.entries(number)?.is_empty() {
            return Err(Errno::NotEmpty);
        }
        self.remove_name(dir, name)
    }

    fn remove_file(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        let number = self.find(dir, name)?;
        if self.kind(number) == Some(FileType::Directory) {
            return Err(Errno::IsDirectory);
        }
        self.remove_name(dir, name)
    }

    fn link(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno> {
        let number = self.find(from, from_name)?;
        self.check_new(to, to_name)?;
        if self.kind(number) == Some(FileType::Directory) {
            return Err(Errno::Permission);
        }
        if self.node(number)?.links >= limit::LINKS {
            return Err(Errno::TooManyLinks);
        }
        self.take_bytes(to_name.len() as u64)?;
        self.entries_mut(to)?.insert(to_name.to_vec(), number);
        let now_ns = self.live.now_ns;
        let node = self.node_mut(number)?;
        node.links += 1;
        node.changed_ns = now_ns;
        Ok(())
    }

    fn rename(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno> {
        if from_name == b"." || to_name == b"." {
            return Err(Errno::Busy);
        }
        let number = self.find(from, from_name)?;
        if self.is_within(to, number) {
            return Err(Errno::Invalid);
        }
        match self.find(to, to_name) {
            Ok(there) if there == number => return Ok(()),
            Ok(there) if self.is_within(from, there) => return Err(Errno::NotEmpty),
            Ok(there) => self.check_replace(number, there)?,
            Err(Errno::NoEntry) => self.check_new(to, to_name)?,
            Err(errno) => return Err(errno),
        }
        self.take_bytes((to_name.len() as u64).saturating_sub(from_name.len() as u64))?;
        self.move_name(number, (from, from_name), (to, to_name))
    }

    fn symlink(&mut self, target: &[u8], dir: Node, name: &[u8]) -> Result<(), Errno> {
        self.add(dir, name, Kind::Symlink(target.to_vec())).map(|_| ())
    }
}

impl MemoryTree {
    fn open_existing(&mut self, number: Node, how: Open) -> Result<Node, Errno> {
        match self.node(number)?.kind.file_type() {
            FileType::Symlink => return Err(Errno::Loop),
            FileType::Directory if how.write || how.truncate || how.create => return Err(Errno::IsDirectory),
            FileType::Regular if how.directory => return Err(Errno::NotDirectory),
            FileType::Regular if how.truncate => self.resize(number, 0)?,
            _ => {}
        }
        Ok(number)
    }

    /// Whether one thing may take another's name.
    fn check_replace(&self, number: Node, there: Node) -> Result<(), Errno> {
        match (self.entries(number).is_ok(), self.entries(there)) {
            (true, Err(_)) => Err(Errno::NotDirectory),
            (false, Ok(_)) => Err(Errno::IsDirectory),
            (true, Ok(entries)) if !entries.is_empty() => Err(Errno::NotEmpty),
            _ => Ok(()),
        }
    }

    /// Whether `dir` is `ancestor` or somewhere under it. A directory without a name is under nothing: whatever it
    /// calls its parent was not checked.
    fn is_within(&self, mut dir: Node, ancestor: Node) -> bool {
        loop {
            if dir == ancestor {
                return true;
            }
            match self.nodes.get(&dir) {
                Some(MemoryNode { kind: Kind::Directory { parent, .. }, links: 1.., .. })
                    if *parent != dir =>
                {
                    dir = *parent;
                }
                _ => return false,
            }
        }
    }

    fn move_name(&mut self, number: Node, from: (Node, &[u8]), to: (Node, &[u8])) -> Result<(), Errno> {
        if self.entries(to.0)?.contains_key(to.1) {
            self.remove_name(to.0, to.1)?;
        }
        self.entries_mut(from.0)?.remove(from.1);
        self.entries_mut(to.0)?.insert(to.1.to_vec(), number);
        let now_ns = self.live.now_ns;
        let node = self.node_mut(number)?;
        node.changed_ns = now_ns;
        if let Kind::Directory { parent, .. } = &mut node.kind {
            *parent = to.0;
        }
        Ok(())
    }
}

impl MemoryNode {
    fn file(&self) -> Result<&Vec<u8>, Errno> {
        match &self.kind {
            Kind::File(bytes) => Ok(bytes),
            _ => Err(Errno::IsDirectory),
        }
    }

    fn file_mut(&mut self) -> Result<&mut Vec<u8>, Errno> {
        match &mut self.kind {
            Kind::File(bytes) => Ok(bytes),
            _ => Err(Errno::IsDirectory),
        }
    }
}
