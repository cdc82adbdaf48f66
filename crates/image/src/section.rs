//! The sections of an image, in the order in which they are stored.

use core::fmt;

use crate::limit;

/// A part of an image. Errors name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Section {
    /// Magic, version, and the directory of the sections. Not in the directory itself.
    Header,
    /// Hash of the module, features, and where it was entered.
    Origin,
    /// The stack.
    Frames,
    /// Mutable globals.
    Globals,
    /// Tables.
    Tables,
    /// Dropped data and element segments.
    Segments,
    /// Sizes of the memories, and the list of their chunks with a hash each.
    Memories,
    /// State of the host, opaque here.
    Host,
    /// Messages that wait, opaque here.
    Mailbox,
    /// The module itself, where the image carries it.
    Module,
    /// Contents of the chunks.
    Chunks,
}

/// Section, identifier in the directory, name, most bytes.
type Row = (Section, u32, &'static str, u64);

const TABLE: [Row; 11] = [
    (Section::Header, 0, "header", 0),
    (Section::Origin, 1, "origin", limit::STRUCTURED_BYTES),
    (Section::Frames, 2, "frames", limit::STRUCTURED_BYTES),
    (Section::Globals, 3, "globals", limit::STRUCTURED_BYTES),
    (Section::Tables, 4, "tables", limit::STRUCTURED_BYTES),
    (Section::Segments, 5, "segments", limit::STRUCTURED_BYTES),
    (Section::Memories, 6, "memories", limit::STRUCTURED_BYTES),
    (Section::Host, 7, "host", limit::HOST_BYTES),
    (Section::Mailbox, 8, "mailbox", limit::MAILBOX_BYTES),
    (Section::Module, 9, "module", limit::MODULE_BYTES),
    (Section::Chunks, 10, "chunks", limit::CHUNKS_BYTES),
];

impl Section {
    /// Every section that an image must have, in order; `Module` may be there before `Chunks`.
    pub const REQUIRED: [Self; 9] = [
        Self::Origin,
        Self::Frames,
        Self::Globals,
        Self::Tables,
        Self::Segments,
        Self::Memories,
        Self::Host,
        Self::Mailbox,
        Self::Chunks,
    ];

    /// Its identifier in the directory.
    #[must_use]
    pub fn id(self) -> u32 {
        self.row().1
    }

    /// Its name, as errors and tools write it.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().2
    }

    /// The most bytes it may have.
    #[must_use]
    pub fn limit_bytes(self) -> u64 {
        self.row().3
    }

    /// The section with this identifier.
    #[must_use]
    pub fn from_id(id: u32) -> Option<Self> {
        TABLE.iter().skip(1).find(|row| row.1 == id).map(|row| row.0)
    }

    fn row(self) -> &'static Row {
        &TABLE[self as usize]
    }
}

impl fmt::Display for Section {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
