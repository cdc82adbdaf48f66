//! What is mounted where.

use super::{Decoded, Decoder, Encoded, Encoder, Field, record};
use crate::memory::MemoryTree;
use alloc::string::String;
use minicbor::data::Type;

/// A tree of files that the guest sees under a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Where the guest sees it.
    pub guest: String,
    /// What is there.
    pub contents: Contents,
    /// Whether the guest may change nothing.
    pub read_only: bool,
}

record!(Mount { guest, contents, read_only });

impl Mount {
    /// A file system in memory, which moves with the guest.
    #[must_use]
    pub const fn memory(guest: String, tree: MemoryTree) -> Self {
        Self { guest, contents: Contents::Memory(tree), read_only: false }
    }

    /// A directory of the host, which must be there wherever the guest goes on.
    #[must_use]
    pub const fn host(guest: String, path: String) -> Self {
        Self { guest, contents: Contents::Host { path }, read_only: false }
    }

    /// The same, but the guest may change nothing.
    #[must_use]
    pub fn read_only(self) -> Self {
        Self { read_only: true, ..self }
    }
}

/// Contents of a mount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Files in memory, which move with the guest.
    Memory(MemoryTree),
    /// A directory of the host.
    Host {
        /// Its path there.
        path: String,
    },
}

impl Field for Contents {
    fn put(&self, e: &mut Encoder) -> Encoded {
        match self {
            Self::Memory(tree) => tree.put(e),
            Self::Host { path } => path.put(e),
        }
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        if d.datatype()? == Type::String {
            return Ok(Self::Host { path: Field::get(d)? });
        }
        Ok(Self::Memory(Field::get(d)?))
    }
}
