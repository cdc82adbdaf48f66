//! Memory in pieces for the wire: zero ones without bytes, compressed where that pays.

use crate::pages::{PAGE_BYTES, Pages};
use sojourn_abi::Piece;
use std::ops::Range;

/// Bytes of memory in one message.
pub(crate) const MESSAGE_BYTES: usize = 1 << 20;
/// Most bytes of one piece.
const PIECE_BYTES: usize = 64 << 10;

/// Gathers pieces into messages.
pub(crate) struct Packer {
    pieces: Vec<Piece>,
    bytes: usize,
}

impl Packer {
    pub(crate) fn new() -> Self {
        Self { pieces: Vec::new(), bytes: 0 }
    }

    /// Adds what is in memory at an offset; gives the pieces of a message when there are enough.
    pub(crate) fn add(&mut self, offset: u64, bytes: &[u8]) -> Option<Vec<Piece>> {
        for (number, part) in (0..).zip(bytes.chunks(PIECE_BYTES)) {
            let zero = part.iter().fold(0, |any, byte| any | byte) == 0;
            let stored = if zero { Vec::new() } else { part.to_vec() };
            let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
            self.bytes += part.len();
            self.pieces.push(Piece { offset: offset + number * PIECE_BYTES as u64, length, stored });
        }
        (self.bytes >= MESSAGE_BYTES).then(|| self.rest())
    }

    /// What has been gathered.
    pub(crate) fn rest(&mut self) -> Vec<Piece> {
        self.bytes = 0;
        std::mem::take(&mut self.pieces)
    }
}

/// Pages as ranges of bytes of at most a message each, within a memory of this size.
pub(crate) fn ranges(pages: &Pages, size: u64) -> impl Iterator<Item = Range<u64>> {
    let page = PAGE_BYTES as u64;
    pages.iter().flat_map(move |range| {
        let (start, end) = ((range.start * page).min(size), (range.end * page).min(size));
        (start..end)
            .step_by(MESSAGE_BYTES)
            .map(move |at| at..end.min(at + MESSAGE_BYTES as u64))
            .collect::<Vec<_>>()
    })
}

/// The bytes of a piece; `None` when it is not what it says.
pub(crate) fn unpack(piece: &Piece, room: &mut Vec<u8>) -> Option<()> {
    let length = piece.length as usize;
    if length > MESSAGE_BYTES || piece.stored.len() > length {
        return None;
    }
    room.clear();
    if piece.stored.len() == length {
        room.extend_from_slice(&piece.stored);
        return Some(());
    }
    room.resize(length, 0);
    let found = lz4_flex::block::decompress_into(&piece.stored, room).ok()?;
    (found == length).then_some(())
}
