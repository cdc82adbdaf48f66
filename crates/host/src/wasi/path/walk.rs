//! From a path to a place: a directory that is open, and one name in it.
//!
//! Each component is opened from the directory before it and never through a symbolic link: links are read and
//! walked here, and `..` goes back to a directory that is open already. So nothing leads out of the directory
//! that the guest started from, also while somebody else renames things under way, and trees in memory and on
//! disks have the same rules.

use super::Follow;
use crate::Errno;
use crate::limit;
use crate::memory::joined;
use crate::tree::{FileType, Node, Tree};
use crate::wasi::Wasi;
use alloc::vec::Vec;

/// Where a path leads.
pub(in crate::wasi) struct Place {
    /// Index of the mount.
    pub mount: u32,
    /// The directory.
    pub dir: Node,
    /// The name in it; `.` is the directory itself.
    pub name: Vec<u8>,
    /// Whether the path ended with a slash: it must be a directory.
    pub slash: bool,
    /// The whole path from the mount on, without links.
    pub path: Vec<u8>,
}

impl Wasi {
    /// Walks `path` from the directory `fd` and acts at the place where it leads. `follow` says when a
    /// symbolic link at the end is followed.
    pub(in crate::wasi) fn at<T>(
        &mut self,
        fd: u32,
        right: u64,
        path: &[u8],
        follow: Follow,
        act: impl FnOnce(&mut Self, &Place) -> Result<T, Errno>,
    ) -> Result<T, Errno> {
        let descriptor = self.descriptor(fd)?;
        let record = descriptor.file().filter(|record| record.kind == FileType::Directory);
        let record = record.ok_or(Errno::NotDirectory)?;
        descriptor.need(right)?;
        let (mount, base, base_path) = (record.mount, record.node, record.path.clone());
        let mut walk = Walk::new(self.tree(mount), base, path)?;
        let place = walk.run(follow).map(|(name, slash)| Place {
            mount,
            dir: walk.dir(),
            path: walk.path(base_path, &name),
            name,
            slash,
        });
        let ways = walk.into_ways();
        let done = place.and_then(|place| act(self, &place));
        let tree = self.tree(mount);
        for node in ways {
            tree.close(node);
        }
        done
    }
}

/// A walk under way.
struct Walk<'a> {
    tree: &'a mut dyn Tree,
    base: Node,
    /// Directories gone into from the base on, and their names.
    ways: Vec<(Node, Vec<u8>)>,
    /// Components to come, the next one last.
    left: Vec<Vec<u8>>,
    /// Whether what is at the end must be a directory.
    slash: bool,
    /// Symbolic links followed.
    links: usize,
}

impl<'a> Walk<'a> {
    fn new(tree: &'a mut dyn Tree, base: Node, path: &[u8]) -> Result<Self, Errno> {
        let mut walk = Self { tree, base, ways: Vec::new(), left: Vec::new(), slash: false, links: 0 };
        if path.is_empty() {
            return Err(Errno::NoEntry);
        }
        walk.push(path)?;
        Ok(walk)
    }

    /// Puts a path before the components to come. An absolute one leads out.
    fn push(&mut self, path: &[u8]) -> Result<(), Errno> {
        if path.starts_with(b"/") {
            return Err(Errno::Permission);
        }
        if self.left.is_empty() {
            self.slash |= path.ends_with(b"/");
        }
        let names = path.split(|byte| *byte == b'/').rev().filter(|name| !name.is_empty() && *name != b".");
        for name in names {
            if name.len() > limit::NAME_BYTES {
                return Err(Errno::NameTooLong);
            }
            self.left.push(name.to_vec());
        }
        Ok(())
    }

    /// Walks; gives the last name, and whether it must be a directory.
    fn run(&mut self, follow: Follow) -> Result<(Vec<u8>, bool), Errno> {
        while let Some(name) = self.left.pop() {
            if name == b".." {
                let (node, _) = self.ways.pop().ok_or(Errno::Permission)?;
                self.tree.close(node);
            } else if !self.left.is_empty() {
                self.go_into(name)?;
            } else {
                let follows = follow == Follow::Always || (follow == Follow::Slash && self.slash);
                if !(follows && self.follow_link(&name)?) {
                    return Ok((name, self.slash));
                }
            }
        }
        Ok((b".".to_vec(), false))
    }

    fn go_into(&mut self, name: Vec<u8>) -> Result<(), Errno> {
        match self.tree.enter(self.dir(), &name) {
            Ok(node) => self.ways.push((node, name)),
            Err(Errno::NotDirectory | Errno::Loop) if self.follow_link(&name)? => {}
            Err(errno) => return Err(errno),
        }
        Ok(())
    }

    /// Puts a symbolic link's target before what is to come; `false` if it is none.
    fn follow_link(&mut self, name: &[u8]) -> Result<bool, Errno> {
        let target = match self.tree.read_link(self.dir(), name) {
            Err(Errno::Invalid | Errno::NoEntry) => return Ok(false),
            other => other?,
        };
        self.links += 1;
        if self.links > limit::LINKS_FOLLOWED {
            return Err(Errno::Loop);
        }
        if target.is_empty() {
            return Err(Errno::NoEntry);
        }
        self.push(&target)?;
        Ok(true)
    }

    fn dir(&self) -> Node {
        self.ways.last().map_or(self.base, |(node, _)| *node)
    }

    fn path(&self, base: Vec<u8>, name: &[u8]) -> Vec<u8> {
        let names = self.ways.iter().map(|(_, name)| name.as_slice());
        let dir = names.fold(base, |path, name| joined(&path, name));
        if name == b"." { dir } else { joined(&dir, name) }
    }

    fn into_ways(self) -> Vec<Node> {
        self.ways.into_iter().map(|(node, _)| node).collect()
    }
}
