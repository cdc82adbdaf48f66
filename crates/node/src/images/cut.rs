//! An image as blocks.
//!
//! What is kept of an image is a list of blocks: first those of its options, then those of the image as one file.
//! A chunk of a memory is a block, by the hash that it has already; so an image which changed little shares most
//! blocks with the one before. The sections before the chunks are cut where they begin, so that a module or a
//! host's state of the same bytes gives the same blocks wherever it lies.

use std::ops::Range;

use sojourn_image::{Hash, Image, Memory};

use super::error::Error;
use super::limit::{BLOCK_BYTES, OWN_BLOCK_BYTES};
use super::record::Block;

/// The sections of an image before its chunks.
pub(super) struct Front {
    bytes: Vec<u8>,
    pieces: Vec<Range<usize>>,
    /// Bytes of the whole image.
    pub(super) image_bytes: u64,
}

/// What a sink says when it has seen enough, or what the image said before.
enum Halt {
    Enough,
    Image(sojourn_image::Error),
}

impl From<sojourn_image::Error> for Halt {
    fn from(error: sojourn_image::Error) -> Self {
        Self::Image(error)
    }
}

impl Front {
    pub(super) fn of(image: &Image) -> Result<Self, Error> {
        let image_bytes = image.encoded_bytes()? as u64;
        let chunks: u64 = image.memories.iter().map(Memory::stored_bytes).sum();
        let length = usize::try_from(image_bytes - chunks).expect("it is in memory");
        let mut front = Self { bytes: Vec::with_capacity(length), pieces: Vec::new(), image_bytes };
        // Whether the last piece takes more small sections.
        let mut open = false;
        let written = image.write(|section| {
            if front.bytes.len() == length {
                return Err(Halt::Enough);
            }
            open = front.add(section, open);
            Ok(())
        });
        match written {
            Err(Halt::Image(error)) => Err(error.into()),
            Ok(()) | Err(Halt::Enough) => Ok(front),
        }
    }

    /// Adds a section; whether the next small one may share its piece.
    fn add(&mut self, section: &[u8], open: bool) -> bool {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(section);
        let end = self.bytes.len();
        let small = section.len() < OWN_BLOCK_BYTES;
        if let Some(last) =
            self.pieces.last_mut().filter(|last| small && open && end - last.start <= BLOCK_BYTES)
        {
            last.end = end;
            return true;
        }
        self.pieces.extend((start..end).step_by(BLOCK_BYTES).map(|at| at..end.min(at + BLOCK_BYTES)));
        small
    }
}

/// All blocks of an image and its options, in order.
pub(super) fn cut<'a>(options: &'a [u8], front: &'a Front, image: &'a Image) -> Vec<(Block, &'a [u8])> {
    let front = front.pieces.iter().map(|piece| &front.bytes[piece.clone()]);
    let hashed = options.chunks(BLOCK_BYTES).chain(front).map(|bytes| (block(Hash::of(bytes), bytes), bytes));
    let memories = image.memories.iter().flat_map(|memory| {
        let mut stored = memory.stored();
        memory.chunks().iter().map(move |chunk| {
            let (bytes, rest) = stored.split_at(chunk.stored_bytes as usize);
            stored = rest;
            (block(chunk.hash, bytes), bytes)
        })
    });
    hashed.chain(memories).collect()
}

fn block(hash: Hash, bytes: &[u8]) -> Block {
    Block { hash, bytes: u32::try_from(bytes.len()).expect("a block is small") }
}
