//! The header: magic, version, and a directory that says where each section lies and what its hash is.
//!
//! | offset | bytes | what |
//! |---|---|---|
//! | 0 | 8 | magic |
//! | 8 | 4 | version |
//! | 12 | 4 | n, number of directory entries |
//! | 16 | 28 n | entries: section 4, length 8, hash 16 |
//! | 16 + 28 n | 16 | hash of all bytes before |
//!
//! Integers are little-endian. The sections follow in the order of the directory, without gaps.

use alloc::format;
use alloc::vec::Vec;
use core::ops::Range;

use crate::error::Error;
use crate::hash::Hash;
use crate::limit;
use crate::section::Section;

/// First bytes of every image.
pub const MAGIC: [u8; 8] = *b"\0sojourn";
/// The format version that this crate reads and writes.
pub const VERSION: u32 = 1;

const FIXED_BYTES: usize = 16;
const ENTRY_BYTES: usize = 28;

/// One section as the directory lists it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Which section.
    pub section: Section,
    /// Its length in bytes.
    pub length: u64,
    /// Its hash; `Hash::NONE` for `Section::Chunks`, whose chunks have one each.
    pub hash: Hash,
}

/// The header of an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Header {
    /// The sections, in the order in which they are stored.
    pub sections: Vec<Listed>,
}

impl Header {
    /// Reads the header at the beginning of an image; what follows is not looked at.
    ///
    /// # Errors
    /// `NotAnImage`, `Version`, and `Truncated`, `Damaged`, `Invalid` or `Limit` for the header.
    pub fn decode(bytes: &[u8]) -> Result<Self, Error> {
        let count = Self::count(bytes)?;
        let listed = FIXED_BYTES + count * ENTRY_BYTES;
        let stored = Hash(array(need(bytes, listed, Hash::BYTES)?));
        let found = Hash::of(&bytes[..listed]);
        if stored != found {
            return Err(Error::Damaged { section: Section::Header, expected: stored, found });
        }
        let entries = bytes[FIXED_BYTES..listed].chunks_exact(ENTRY_BYTES);
        let header = Self { sections: entries.map(entry).collect::<Result<_, _>>()? };
        header.check()?;
        Ok(header)
    }

    /// Length of the header itself, in bytes.
    #[must_use]
    pub fn bytes(&self) -> usize {
        FIXED_BYTES + self.sections.len() * ENTRY_BYTES + Hash::BYTES
    }

    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.bytes());
        out.extend_from_slice(&MAGIC);
        out.extend_from_slice(&VERSION.to_le_bytes());
        out.extend_from_slice(&u32::try_from(self.sections.len()).unwrap_or(u32::MAX).to_le_bytes());
        for listed in &self.sections {
            out.extend_from_slice(&listed.section.id().to_le_bytes());
            out.extend_from_slice(&listed.length.to_le_bytes());
            out.extend_from_slice(&listed.hash.0);
        }
        let hash = Hash::of(&out);
        out.extend_from_slice(&hash.0);
        out
    }

    /// Where each section lies in an image of `total` bytes; the sections must fill it exactly.
    pub(crate) fn ranges(&self, total: usize) -> Result<Vec<(Listed, Range<usize>)>, Error> {
        let mut start = self.bytes();
        let mut ranges = Vec::with_capacity(self.sections.len());
        for listed in &self.sections {
            let left = total - start;
            let length = usize::try_from(listed.length).ok().filter(|length| *length <= left);
            let end = start + length.ok_or_else(|| truncated(listed.section, listed.length, left))?;
            ranges.push((*listed, start..end));
            start = end;
        }
        match total - start {
            0 => Ok(ranges),
            more => Err(Error::Trailing { bytes: more as u64 }),
        }
    }

    fn count(bytes: &[u8]) -> Result<usize, Error> {
        let begun = bytes.len().min(MAGIC.len());
        if bytes[..begun] != MAGIC[..begun] {
            return Err(Error::NotAnImage);
        }
        let found = u32::from_le_bytes(array(need(bytes, 8, 4)?));
        if found != VERSION {
            return Err(Error::Version { found, supported: VERSION });
        }
        let count = u32::from_le_bytes(array(need(bytes, 12, 4)?));
        if count > limit::SECTIONS {
            let (found, limit) = (u64::from(count), u64::from(limit::SECTIONS));
            return Err(Error::Limit { section: Section::Header, what: "sections", found, limit });
        }
        Ok(count as usize)
    }

    /// The right sections, in the right order, none too long.
    fn check(&self) -> Result<(), Error> {
        let found = self.sections.iter().map(|listed| listed.section).filter(|s| *s != Section::Module);
        if !found.eq(Section::REQUIRED) || !self.sections.is_sorted_by(|a, b| a.section < b.section) {
            return Err(Error::invalid(Section::Header, "sections are missing, doubled or out of order"));
        }
        self.sections.iter().try_for_each(Listed::check)
    }
}

impl Listed {
    /// Whether the section's hash is the one listed.
    pub(crate) fn compare(&self, found: Hash) -> Result<(), Error> {
        let (section, expected) = (self.section, self.hash);
        if expected == found { Ok(()) } else { Err(Error::Damaged { section, expected, found }) }
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        let (section, limit) = (self.section, self.section.limit_bytes());
        if self.length > limit {
            return Err(Error::Limit { section, what: "bytes", found: self.length, limit });
        }
        if section == Section::Chunks && self.hash != Hash::NONE {
            return Err(Error::invalid(Section::Header, "section chunks has a hash of its own"));
        }
        Ok(())
    }
}

fn entry(bytes: &[u8]) -> Result<Listed, Error> {
    let id = u32::from_le_bytes(array(&bytes[..4]));
    let section = Section::from_id(id)
        .ok_or_else(|| Error::invalid(Section::Header, format!("there is no section with number {id}")))?;
    let length = u64::from_le_bytes(array(&bytes[4..12]));
    Ok(Listed { section, length, hash: Hash(array(&bytes[12..ENTRY_BYTES])) })
}

fn need(bytes: &[u8], start: usize, length: usize) -> Result<&[u8], Error> {
    let end = start + length;
    bytes.get(start..end).ok_or_else(|| truncated(Section::Header, end as u64, bytes.len()))
}

fn truncated(section: Section, expected: u64, found: usize) -> Error {
    Error::Truncated { section, expected, found: found as u64 }
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    let mut array = [0; N];
    array.copy_from_slice(bytes);
    array
}
