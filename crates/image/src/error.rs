//! Why an image was not taken.

use alloc::string::String;
use core::fmt;

use crate::hash::{Hash, ModuleHash};
use crate::section::Section;

/// Why bytes are no image, or an image cannot be written or used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The bytes do not begin as an image does.
    NotAnImage,
    /// A version that this build does not read.
    Version {
        /// The version that the image says it has.
        found: u32,
        /// The version that this build reads.
        supported: u32,
    },
    /// The bytes end too early.
    Truncated {
        /// Where they end.
        section: Section,
        /// Bytes that this section should have.
        expected: u64,
        /// Bytes of it that are there.
        found: u64,
    },
    /// Bytes follow after the end.
    Trailing {
        /// How many.
        bytes: u64,
    },
    /// A section does not have the hash that it was written with.
    Damaged {
        /// The section.
        section: Section,
        /// The hash it was written with.
        expected: Hash,
        /// The hash it has.
        found: Hash,
    },
    /// A chunk of a memory is not what was written.
    Chunk {
        /// Index of the memory.
        memory: u32,
        /// Its first address in that memory, in bytes.
        address: u64,
        /// What is wrong with it.
        reason: String,
    },
    /// A section is whole, but does not say what it should.
    Invalid {
        /// The section.
        section: Section,
        /// What is wrong with it.
        reason: String,
    },
    /// More of something than an image may hold.
    Limit {
        /// The section.
        section: Section,
        /// Of what.
        what: &'static str,
        /// How much there is.
        found: u64,
        /// How much there may be.
        limit: u64,
    },
    /// A memory to restore has another size than the image's.
    MemorySize {
        /// Index of the memory.
        memory: u32,
        /// Bytes it has in the image.
        expected: u64,
        /// Bytes given.
        found: u64,
    },
    /// The image is of another module.
    WrongModule {
        /// Hash of the image's module.
        expected: ModuleHash,
        /// Hash of the module given.
        found: ModuleHash,
    },
}

impl Error {
    pub(crate) fn invalid(section: Section, reason: impl Into<String>) -> Self {
        Self::Invalid { section, reason: reason.into() }
    }

    /// The section that it is about; `None` when it is about the image as a whole.
    #[must_use]
    pub fn section(&self) -> Option<Section> {
        match self {
            Self::NotAnImage | Self::Version { .. } => Some(Section::Header),
            Self::Truncated { section, .. }
            | Self::Damaged { section, .. }
            | Self::Invalid { section, .. }
            | Self::Limit { section, .. } => Some(*section),
            Self::Chunk { .. } => Some(Section::Chunks),
            Self::Trailing { .. } | Self::MemorySize { .. } | Self::WrongModule { .. } => None,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotAnImage => f.write_str(
                "this is not an image: it does not begin as one; give a file that a stop has written",
            ),
            Self::Version { found, supported } => write!(
                f,
                "the image has format version {found} and this build reads version {supported}; \
                 use a build that reads version {found}"
            ),
            Self::Truncated { section, expected, found } => write!(
                f,
                "the image is cut in section {section}: {found} of {expected} bytes are there; copy the file again"
            ),
            Self::Trailing { bytes } => {
                write!(f, "{bytes} bytes follow after the end of the image; copy the file again")
            }
            Self::Damaged { section, expected, found } => write!(
                f,
                "section {section} of the image is damaged: its hash is {found} and was {expected} when it was \
                 written; copy the file again"
            ),
            Self::Chunk { memory, address, reason } => write!(
                f,
                "section chunks of the image is damaged: the chunk of memory {memory} at address {address:#x} \
                 {reason}; copy the file again"
            ),
            Self::Invalid { section, reason } => write!(
                f,
                "section {section} of the image is not valid: {reason}; its bytes are whole, so what wrote it was \
                 wrong"
            ),
            Self::Limit { section, what, found, limit } => write!(
                f,
                "section {section} of the image has {found} {what}, and at most {limit} are allowed"
            ),
            Self::MemorySize { memory, expected, found } => write!(
                f,
                "memory {memory} has {expected} bytes in the image and {found} bytes here; grow it to the image's \
                 size first"
            ),
            Self::WrongModule { expected, found } => write!(
                f,
                "the image is of the module with hash {expected}, and the module given has hash {found}; give the \
                 module that was stopped"
            ),
        }
    }
}

impl core::error::Error for Error {}
