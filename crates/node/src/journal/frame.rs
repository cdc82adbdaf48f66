//! What is written at once: a batch of entries under one hash.
//!
//! ```text
//! 0    4   magic: "sjfr"
//! 4    4   n
//! 8   16   hash of what follows
//! 24   n   CBOR: [number of the file, offset of the frame, entry, entry, ...]
//! entry = sequence, kind, atom, content
//! ```
//!
//! A frame tells where it stands, so that one from an earlier life of the file is none of this one.

use minicbor::{Decoder, Encoder};
use sojourn_image::Hash;
use std::ops::Range;

pub(super) const MAGIC: &[u8; 4] = b"sjfr";
/// Bytes before the content.
pub(super) const HEAD_BYTES: usize = 8 + Hash::BYTES;

/// What an entry is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A message to the atom.
    Post,
    /// A change of its keys.
    Change,
}

/// What stands in a frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// An entry; where its content lies in the file.
    Entry { sequence: u64, kind: Kind, atom: String, content: Range<u64> },
    /// Entries of an atom are not needed any more.
    Cut { atom: String, up_to: Cut },
}

/// Up to which sequence entries of an atom are not needed any more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cut {
    /// Messages.
    pub posts: u64,
    /// Changes of keys.
    pub changes: u64,
}

impl Cut {
    /// All that was written up to a sequence.
    #[must_use]
    pub const fn all(sequence: u64) -> Self {
        Self { posts: sequence, changes: sequence }
    }

    /// Whether an entry is not needed any more.
    #[must_use]
    pub const fn covers(&self, kind: Kind, sequence: u64) -> bool {
        match kind {
            Kind::Post => sequence <= self.posts,
            Kind::Change => sequence <= self.changes,
        }
    }

    /// What either of two covers.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { posts: self.posts.max(other.posts), changes: self.changes.max(other.changes) }
    }
}

const POST: u8 = 0;
const CHANGE: u8 = 1;
const CUT: u8 = 2;

impl Kind {
    const fn number(self) -> u8 {
        match self {
            Self::Post => POST,
            Self::Change => CHANGE,
        }
    }
}

/// A frame that is being put together.
pub(super) struct Builder {
    out: Encoder<Vec<u8>>,
    at: u64,
    /// What stands in it.
    lines: Vec<Line>,
}

impl Builder {
    /// For this place in the file of this number.
    pub(super) fn new(number: u64, at: u64) -> Self {
        let mut out = Encoder::new(vec![0; HEAD_BYTES]);
        out.begin_array().and_then(|out| out.u64(number)?.u64(at)).expect("a vector takes every byte");
        Self { out, at, lines: Vec::new() }
    }

    pub(super) fn entry(&mut self, sequence: u64, kind: Kind, atom: &str, content: &[u8]) {
        self.line(sequence, kind.number(), atom, content);
        let end = self.at + self.out.writer().len() as u64;
        let content = end - content.len() as u64..end;
        self.lines.push(Line::Entry { sequence, kind, atom: atom.into(), content });
    }

    pub(super) fn cut(&mut self, atom: &str, up_to: Cut) {
        let content = [up_to.posts.to_le_bytes(), up_to.changes.to_le_bytes()].concat();
        self.line(0, CUT, atom, &content);
        self.lines.push(Line::Cut { atom: atom.into(), up_to });
    }

    fn line(&mut self, sequence: u64, kind: u8, atom: &str, content: &[u8]) {
        let written = self.out.u64(sequence).and_then(|out| out.u8(kind)?.str(atom)?.bytes(content));
        written.expect("a vector takes every byte");
    }

    /// The bytes to write, and what stands in them.
    pub(super) fn finish(mut self) -> (Vec<u8>, Vec<Line>) {
        self.out.end().expect("a vector takes every byte");
        let mut bytes = self.out.into_writer();
        let length = u32::try_from(bytes.len() - HEAD_BYTES).expect("batches are short");
        let hash = Hash::of(&bytes[HEAD_BYTES..]);
        bytes[..4].copy_from_slice(MAGIC);
        bytes[4..8].copy_from_slice(&length.to_le_bytes());
        bytes[8..HEAD_BYTES].copy_from_slice(&hash.0);
        (bytes, self.lines)
    }
}

/// The frame at this place of a file, and where the next one begins; `None` when there is no whole one.
pub(super) fn read(file: &[u8], number: u64, at: usize) -> Option<(Vec<Line>, usize)> {
    let head = file.get(at..at + HEAD_BYTES)?;
    if &head[..4] != MAGIC {
        return None;
    }
    let length = u32::from_le_bytes(head[4..8].try_into().ok()?) as usize;
    let start = at + HEAD_BYTES;
    let content = file.get(start..start.checked_add(length)?)?;
    if Hash::of(content).0 != head[8..] {
        return None;
    }
    let mut input = Decoder::new(content);
    input.array().ok()?;
    if (input.u64().ok()?, input.u64().ok()?) != (number, at as u64) {
        return None;
    }
    let mut lines = Vec::new();
    while input.datatype().ok()? != minicbor::data::Type::Break {
        let (sequence, kind) = (input.u64().ok()?, input.u8().ok()?);
        let atom = input.str().ok()?.to_string();
        let bytes = input.bytes().ok()?;
        let end = (start + input.position()) as u64;
        lines.push(match kind {
            POST | CHANGE => Line::Entry {
                sequence,
                kind: if kind == POST { Kind::Post } else { Kind::Change },
                atom,
                content: end - bytes.len() as u64..end,
            },
            CUT => {
                let number = |at: usize| Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?));
                Line::Cut { atom, up_to: Cut { posts: number(0)?, changes: number(8)? } }
            }
            _ => return None,
        });
    }
    Some((lines, start + length))
}

/// Whether a whole frame begins somewhere from this place on; where.
pub(super) fn find(file: &[u8], number: u64, from: usize) -> Option<usize> {
    let mut at = from;
    while let Some(found) = file.get(at..)?.windows(4).position(|bytes| bytes == MAGIC) {
        if read(file, number, at + found).is_some() {
            return Some(at + found);
        }
        at += found + 1;
    }
    None
}
