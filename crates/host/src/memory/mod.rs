//! A file system in memory, which moves with the guest.
//!
//! A table of nodes by number, as an i-node table on a disk: a directory maps names to numbers, a file may have
//! several names, and one that has none any more stays as long as somebody has it open.

mod build;
mod check;
mod node;
#[cfg(test)]
mod tests;
mod tree;

pub(crate) use build::joined;
use node::{Kind, MemoryNode};

use crate::Errno;
use crate::limit;
use crate::state::record;
use crate::tree::{FileType, Node};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// The number of the topmost directory.
pub const ROOT: Node = 1;

/// A file system in memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemoryTree {
    nodes: BTreeMap<Node, MemoryNode>,
    /// The number of the next node.
    next: Node,
    /// Bytes that it may hold, names and records counted too.
    limit_bytes: u64,
    live: Live,
}

record!(Stored { nodes, next, limit_bytes });

/// What is written down of a tree.
struct Stored {
    nodes: BTreeMap<Node, MemoryNode>,
    next: Node,
    limit_bytes: u64,
}

/// What a tree knows only while it is in use.
#[derive(Clone, Debug, Default)]
struct Live {
    /// Real time, for the times of files.
    now_ns: u64,
    /// Bytes held.
    used_bytes: u64,
    /// How often each node is open.
    opens: BTreeMap<Node, u32>,
}

/// Not part of the value of a tree.
impl PartialEq for Live {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}
impl Eq for Live {}

impl Default for MemoryTree {
    fn default() -> Self {
        Self::new()
    }
}

impl MemoryTree {
    /// An empty one, which may grow to `limit::MEMORY_MOUNT_BYTES`.
    #[must_use]
    pub fn new() -> Self {
        Self::with_limit(limit::MEMORY_MOUNT_BYTES)
    }

    /// An empty one, which may grow to this many bytes.
    #[must_use]
    pub fn with_limit(limit_bytes: u64) -> Self {
        let root = MemoryNode::new(Kind::Directory { parent: ROOT, entries: BTreeMap::new() }, 0);
        Self { nodes: BTreeMap::from([(ROOT, root)]), next: ROOT + 1, limit_bytes, live: Live::default() }
    }

    /// Tells it the time.
    pub(crate) const fn set_now(&mut self, now_ns: u64) {
        self.live.now_ns = now_ns;
    }

    /// What a node is.
    pub(crate) fn kind(&self, node: Node) -> Option<FileType> {
        self.nodes.get(&node).map(|node| node.kind.file_type())
    }

    /// One more user of a node.
    pub(crate) fn hold(&mut self, node: Node) {
        *self.live.opens.entry(node).or_insert(0) += 1;
    }

    /// A file without a name, for those who have it open.
    pub(crate) fn add_nameless(&mut self, contents: Vec<u8>) -> Node {
        let number = self.next;
        self.next += 1;
        let file = MemoryNode::new(Kind::File(contents), self.live.now_ns);
        self.nodes.insert(number, MemoryNode { links: 0, ..file });
        number
    }

    /// Forgets nodes that have no name and that nobody has open.
    pub(crate) fn sweep(&mut self) {
        let opens = &self.live.opens;
        self.nodes.retain(|number, node| node.links > 0 || opens.contains_key(number));
        self.live.used_bytes = self.nodes.values().map(MemoryNode::bytes).sum();
    }

    fn node(&self, number: Node) -> Result<&MemoryNode, Errno> {
        self.nodes.get(&number).ok_or(Errno::Stale)
    }

    fn node_mut(&mut self, number: Node) -> Result<&mut MemoryNode, Errno> {
        self.nodes.get_mut(&number).ok_or(Errno::Stale)
    }

    fn entries(&self, dir: Node) -> Result<&BTreeMap<Vec<u8>, Node>, Errno> {
        match &self.node(dir)?.kind {
            Kind::Directory { entries, .. } => Ok(entries),
            _ => Err(Errno::NotDirectory),
        }
    }

    /// The entries to change, whose directory's times change too.
    fn entries_mut(&mut self, dir: Node) -> Result<&mut BTreeMap<Vec<u8>, Node>, Errno> {
        let now_ns = self.live.now_ns;
        let node = self.node_mut(dir)?;
        node.modified(now_ns);
        match &mut node.kind {
            Kind::Directory { entries, .. } => Ok(entries),
            _ => Err(Errno::NotDirectory),
        }
    }

    /// The number behind a name; `.` is the directory itself.
    fn find(&self, dir: Node, name: &[u8]) -> Result<Node, Errno> {
        let entries = self.entries(dir)?;
        if name == b"." { Ok(dir) } else { entries.get(name).copied().ok_or(Errno::NoEntry) }
    }

    /// Takes room, or `NoSpace`.
    fn take_bytes(&mut self, bytes: u64) -> Result<(), Errno> {
        let used = self.live.used_bytes.checked_add(bytes).ok_or(Errno::NoSpace)?;
        if used > self.limit_bytes {
            return Err(Errno::NoSpace);
        }
        self.live.used_bytes = used;
        Ok(())
    }

    fn give_bytes(&mut self, bytes: u64) {
        self.live.used_bytes = self.live.used_bytes.saturating_sub(bytes);
    }

    /// Adds a node under a name that is free.
    fn add(&mut self, dir: Node, name: &[u8], kind: Kind) -> Result<Node, Errno> {
        self.check_new(dir, name)?;
        let node = MemoryNode::new(kind, self.live.now_ns);
        self.take_bytes(node.bytes() + name.len() as u64)?;
        let number = self.next;
        self.next += 1;
        self.nodes.insert(number, node);
        self.entries_mut(dir)?.insert(name.to_vec(), number);
        Ok(number)
    }

    /// Whether a name can be added to a directory.
    fn check_new(&self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        if name.len() > limit::NAME_BYTES {
            return Err(Errno::NameTooLong);
        }
        match self.find(dir, name) {
            Ok(_) => Err(Errno::Exists),
            Err(Errno::NoEntry) if self.node(dir)?.links == 0 => Err(Errno::NoEntry),
            Err(Errno::NoEntry) => Ok(()),
            Err(other) => Err(other),
        }
    }

    /// Takes a name out; its node goes when it was the last and nobody has it open.
    fn remove_name(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        let number = self.entries_mut(dir)?.remove(name).ok_or(Errno::NoEntry)?;
        self.give_bytes(name.len() as u64);
        let now_ns = self.live.now_ns;
        let node = self.node_mut(number)?;
        node.links -= 1;
        node.changed_ns = now_ns;
        self.drop_unused(number);
        Ok(())
    }

    fn drop_unused(&mut self, number: Node) {
        let unused = self.nodes.get(&number).is_some_and(|node| node.links == 0);
        if unused && !self.live.opens.contains_key(&number) {
            let bytes = self.nodes.remove(&number).map_or(0, |node| node.bytes());
            self.give_bytes(bytes);
        }
    }
}
