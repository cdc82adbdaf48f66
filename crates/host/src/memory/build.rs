//! Filling a tree before a guest runs, and looking into it afterwards.

use super::{Kind, MemoryTree, ROOT};
use crate::Errno;
use crate::tree::{At, Node, Open, Tree};
use alloc::vec::Vec;

impl MemoryTree {
    /// Writes a file, over what was there; makes the directories on its way.
    ///
    /// # Errors
    /// `NoSpace`, `NotDirectory` on its way, `IsDirectory`, `Invalid` for an empty path or one with `..`.
    pub fn add_file(&mut self, path: &str, contents: &[u8]) -> Result<(), Errno> {
        let (dir, name) = self.place(path)?;
        let how = Open { write: true, create: true, truncate: true, ..Open::default() };
        let node = self.open(dir, name, how)?;
        let written = self.write(node, At::Offset(0), contents);
        self.close(node);
        written.map(|_| ())
    }

    /// Makes a directory, and those on its way.
    ///
    /// # Errors
    /// As `add_file`.
    pub fn add_directory(&mut self, path: &str) -> Result<(), Errno> {
        let (dir, name) = self.place(path)?;
        self.descend(dir, name).map(|_| ())
    }

    /// Contents of a file; symbolic links are not followed.
    #[must_use]
    pub fn file(&self, path: &str) -> Option<&[u8]> {
        match &self.nodes.get(&self.find_path(path.as_bytes())?)?.kind {
            Kind::File(bytes) => Some(bytes),
            _ => None,
        }
    }

    /// The node at a path without links.
    pub(crate) fn find_path(&self, path: &[u8]) -> Option<Node> {
        names(path).try_fold(ROOT, |dir, name| self.find(dir, name).ok())
    }

    /// Paths of all files, sorted, with their sizes in bytes.
    #[must_use]
    pub fn files(&self) -> Vec<(Vec<u8>, u64)> {
        let mut all = Vec::new();
        let mut ways: Vec<(Vec<u8>, Node)> = Vec::from([(Vec::new(), ROOT)]);
        while let Some((path, number)) = ways.pop() {
            match self.nodes.get(&number).map(|node| (&node.kind, node.size())) {
                Some((Kind::Directory { entries, .. }, _)) => {
                    ways.extend(entries.iter().map(|(name, number)| (joined(&path, name), *number)));
                }
                Some((_, size)) => all.push((path, size)),
                None => {}
            }
        }
        all.sort();
        all
    }

    /// The directory of a path, made where it is missing, and the last name.
    fn place<'p>(&mut self, path: &'p str) -> Result<(Node, &'p [u8]), Errno> {
        let mut names = names(path.as_bytes());
        let last = names.next_back().ok_or(Errno::Invalid)?;
        if path.split('/').any(|name| name == ".." || name == ".") {
            return Err(Errno::Invalid);
        }
        let dir = names.try_fold(ROOT, |dir, name| self.descend(dir, name))?;
        Ok((dir, last))
    }

    fn descend(&mut self, dir: Node, name: &[u8]) -> Result<Node, Errno> {
        match self.make_directory(dir, name) {
            Ok(()) | Err(Errno::Exists) => {}
            Err(errno) => return Err(errno),
        }
        let node = self.find(dir, name)?;
        self.entries(node).map(|_| node)
    }
}

fn names(path: &[u8]) -> impl DoubleEndedIterator<Item = &[u8]> {
    path.split(|byte| *byte == b'/').filter(|name| !name.is_empty())
}

pub(crate) fn joined(path: &[u8], name: &[u8]) -> Vec<u8> {
    let mut all = path.to_vec();
    if !all.is_empty() {
        all.push(b'/');
    }
    all.extend_from_slice(name);
    all
}
