//! A node of a file system in memory: contents, names' count, times.

use crate::limit;
use crate::state::{Decoded, Decoder, Encoded, Encoder, Field, record, wrong};
use crate::tree::{FileType, Node, Stat};
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// A file, directory or symbolic link.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MemoryNode {
    pub(crate) kind: Kind,
    /// Names that lead here.
    pub(crate) links: u32,
    pub(crate) accessed_ns: u64,
    pub(crate) modified_ns: u64,
    pub(crate) changed_ns: u64,
}

record!(MemoryNode { kind, links, accessed_ns, modified_ns, changed_ns });

/// Contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    File(Vec<u8>),
    Directory { parent: Node, entries: BTreeMap<Vec<u8>, Node> },
    Symlink(Vec<u8>),
}

impl Kind {
    pub(crate) const fn file_type(&self) -> FileType {
        match self {
            Self::File(_) => FileType::Regular,
            Self::Directory { .. } => FileType::Directory,
            Self::Symlink(_) => FileType::Symlink,
        }
    }
}

impl MemoryNode {
    /// One with one name.
    pub(crate) const fn new(kind: Kind, now_ns: u64) -> Self {
        Self { kind, links: 1, accessed_ns: now_ns, modified_ns: now_ns, changed_ns: now_ns }
    }

    pub(crate) const fn modified(&mut self, now_ns: u64) {
        self.modified_ns = now_ns;
        self.changed_ns = now_ns;
    }

    pub(crate) fn size(&self) -> u64 {
        match &self.kind {
            Kind::File(bytes) | Kind::Symlink(bytes) => bytes.len() as u64,
            Kind::Directory { entries, .. } => entries.len() as u64,
        }
    }

    /// What it counts of its tree's room, without its names.
    pub(crate) fn bytes(&self) -> u64 {
        let contents = match &self.kind {
            Kind::File(bytes) | Kind::Symlink(bytes) => bytes.len(),
            Kind::Directory { entries, .. } => entries.keys().map(Vec::len).sum(),
        };
        contents as u64 + limit::MEMORY_NODE_BYTES
    }

    pub(crate) fn stat(&self, inode: Node) -> Stat {
        Stat {
            device: 0,
            inode,
            kind: self.kind.file_type(),
            links: self.links.into(),
            size: self.size(),
            accessed_ns: self.accessed_ns,
            modified_ns: self.modified_ns,
            changed_ns: self.changed_ns,
        }
    }
}

impl Field for Kind {
    fn put(&self, e: &mut Encoder) -> Encoded {
        match self {
            Self::File(bytes) => e.array(2)?.u8(0)?.bytes(bytes)?.ok(),
            Self::Directory { parent, entries } => {
                e.array(3)?.u8(1)?.u64(*parent)?;
                entries.put(e)
            }
            Self::Symlink(target) => e.array(2)?.u8(2)?.bytes(target)?.ok(),
        }
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        let length = d.array()?;
        match (length, d.u8()?) {
            (Some(2), 0) => Field::get(d).map(Self::File),
            (Some(3), 1) => Ok(Self::Directory { parent: d.u64()?, entries: Field::get(d)? }),
            (Some(2), 2) => Field::get(d).map(Self::Symlink),
            _ => Err(wrong("unknown kind of file")),
        }
    }
}
