//! Memories as chunks of 64 KiB: zero ones left out, the others hashed, and compressed where that pays.

use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec;
use alloc::vec::Vec;
use core::fmt;
use core::ops::Range;

use lz4_flex::block::{CompressTable, compress_into_with_table, decompress_into, get_maximum_output_size};

use crate::error::Error;
use crate::hash::Hash;
use crate::limit::CHUNK_BYTES;

/// Compressed chunks save at least one byte in so many, otherwise they are stored as they are.
const LEAST_SAVING: usize = 16;
/// The probe compresses this many pieces of the chunk, evenly spread, instead of the whole.
const PROBE_PIECES: usize = 4;
/// Bytes in each piece of the probe.
const PROBE_PIECE_BYTES: usize = 512;
/// Bytes looked at together when looking for a byte that is not zero.
const ZERO_STRIDE: usize = 256;

/// One chunk of a memory that is not all zero.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Its place in the memory: it begins at address `number * CHUNK_BYTES`.
    pub number: u32,
    /// Bytes it takes in the image; less than it has in memory when it is compressed.
    pub stored_bytes: u32,
    /// Hash of the bytes in the image.
    pub hash: Hash,
}

/// Bytes that someone keeps: a vector, a mapped file, a `bytes` object of Python's.
pub(crate) type Kept = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// A memory of the guest's. Clones share the contents.
#[derive(Clone)]
pub struct Memory {
    index: u32,
    size_bytes: u64,
    chunks: Vec<Chunk>,
    /// Holds what the chunks store, one after the other, from `start` to `end`.
    payload: Kept,
    start: usize,
    end: usize,
}

impl Memory {
    /// The memory with this index in the original module, from its contents: one pass over them.
    #[must_use]
    pub fn capture(index: u32, contents: &[u8]) -> Self {
        let mut packer = Packer::new();
        let (mut chunks, mut payload) = (Vec::new(), Vec::new());
        for (number, bytes) in (0..).zip(contents.chunks(CHUNK_BYTES)).filter(|(_, bytes)| !is_zero(bytes)) {
            let stored = packer.pack(bytes);
            payload.extend_from_slice(stored);
            chunks.push(Chunk { number, stored_bytes: length(stored), hash: Hash::of(stored) });
        }
        let (start, end) = (0, payload.len());
        Self { index, size_bytes: contents.len() as u64, chunks, payload: Arc::new(payload), start, end }
    }

    /// As the list of chunks tells it; the contents come by `attach`.
    pub(crate) fn listed(index: u32, size_bytes: u64, chunks: Vec<Chunk>) -> Self {
        Self { index, size_bytes, chunks, payload: Arc::new([]), start: 0, end: 0 }
    }

    /// Gives it its contents; they have been checked by `verify`.
    pub(crate) fn attach(&mut self, payload: &Kept, place: Range<usize>) {
        self.payload = Arc::clone(payload);
        (self.start, self.end) = (place.start, place.end);
    }

    /// Index in the original module.
    #[must_use]
    pub fn index(&self) -> u32 {
        self.index
    }

    /// Size in bytes; every byte outside the chunks is zero.
    #[must_use]
    pub fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    /// Its chunks, by ascending number.
    #[must_use]
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// Bytes that its chunks take in the image.
    #[must_use]
    pub fn stored_bytes(&self) -> u64 {
        self.chunks.iter().map(|chunk| u64::from(chunk.stored_bytes)).sum()
    }

    /// What its chunks store, one after the other.
    #[must_use]
    pub fn stored(&self) -> &[u8] {
        &self.payload.as_ref().as_ref()[self.start..self.end]
    }

    /// Bytes of the chunk with this number in memory: all have `CHUNK_BYTES`, but the last may be shorter.
    #[must_use]
    pub fn chunk_bytes(&self, number: u32) -> usize {
        let left = self.size_bytes.saturating_sub(u64::from(number) * CHUNK_BYTES as u64);
        usize::try_from(left).unwrap_or(usize::MAX).min(CHUNK_BYTES)
    }

    /// Makes `memory`, whatever it held, the same as when it was captured.
    ///
    /// # Errors
    /// `MemorySize` when it has another size; then nothing is written.
    pub fn write_to(&self, memory: &mut [u8]) -> Result<(), Error> {
        self.write_to_fresh(memory, u64::MAX)
    }

    /// As `write_to`, for a memory that is known to be zero from address `zero_from` on. What the image leaves
    /// out there is not looked at, so that the pages of a large memory stay untouched.
    ///
    /// # Errors
    /// As `write_to`.
    pub fn write_to_fresh(&self, memory: &mut [u8], zero_from: u64) -> Result<(), Error> {
        if memory.len() as u64 != self.size_bytes {
            let (memory, expected, found) = (self.index, self.size_bytes, memory.len() as u64);
            return Err(Error::MemorySize { memory, expected, found });
        }
        let mut stored = self.stored();
        let mut chunks = self.chunks.iter().peekable();
        for (number, target) in (0_u32..).zip(memory.chunks_mut(CHUNK_BYTES)) {
            if let Some(chunk) = chunks.next_if(|chunk| chunk.number == number) {
                unpack(take(&mut stored, chunk), target).map_err(|reason| self.fault(chunk, reason))?;
            } else if u64::from(number) * (CHUNK_BYTES as u64) < zero_from && !is_zero(target) {
                // Asked first, so that pages which were never written stay untouched.
                target.fill(0);
            }
        }
        Ok(())
    }

    /// Checks what the chunks store, at the beginning of `stored`; hands each piece to `keep`; gives the rest.
    pub(crate) fn verify<'a>(
        &self,
        mut stored: &'a [u8],
        mut keep: impl FnMut(&'a [u8]),
    ) -> Result<&'a [u8], Error> {
        let mut scratch = vec![0; CHUNK_BYTES];
        for chunk in &self.chunks {
            let bytes = take(&mut stored, chunk);
            let target = &mut scratch[..self.chunk_bytes(chunk.number)];
            verify(chunk, bytes, target).map_err(|reason| self.fault(chunk, reason))?;
            keep(bytes);
        }
        Ok(stored)
    }

    fn fault(&self, chunk: &Chunk, reason: String) -> Error {
        let address = u64::from(chunk.number) * CHUNK_BYTES as u64;
        Error::Chunk { memory: self.index, address, reason }
    }
}

/// Equal memories have equal chunks; their hashes stand for the contents.
impl PartialEq for Memory {
    fn eq(&self, other: &Self) -> bool {
        (self.index, self.size_bytes, &self.chunks) == (other.index, other.size_bytes, &other.chunks)
    }
}

impl Eq for Memory {}

impl fmt::Debug for Memory {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Memory")
            .field("index", &self.index)
            .field("size_bytes", &self.size_bytes)
            .field("chunks", &self.chunks)
            .finish_non_exhaustive()
    }
}

/// Compresses chunks, with tables that it keeps.
struct Packer {
    table: CompressTable,
    probe_table: CompressTable,
    out: Vec<u8>,
}

impl Packer {
    fn new() -> Self {
        let out = vec![0; get_maximum_output_size(CHUNK_BYTES)];
        Self { table: CompressTable::large(), probe_table: CompressTable::small(), out }
    }

    /// What to store for this chunk: itself, or less.
    fn pack<'a>(&'a mut self, chunk: &'a [u8]) -> &'a [u8] {
        if !self.probe(chunk) {
            return chunk;
        }
        match compress_into_with_table(chunk, &mut self.out, &mut self.table) {
            Ok(packed) if pays(packed, chunk.len()) => &self.out[..packed],
            _ => chunk,
        }
    }

    /// Whether pieces of the chunk become smaller: random data costs 1/32 of a whole compression.
    fn probe(&mut self, chunk: &[u8]) -> bool {
        if chunk.len() < CHUNK_BYTES {
            return true;
        }
        let mut sample = [0; PROBE_PIECES * PROBE_PIECE_BYTES];
        let pieces = chunk.chunks_exact(CHUNK_BYTES / PROBE_PIECES);
        for (target, piece) in sample.chunks_exact_mut(PROBE_PIECE_BYTES).zip(pieces) {
            target.copy_from_slice(&piece[..PROBE_PIECE_BYTES]);
        }
        compress_into_with_table(&sample, &mut self.out, &mut self.probe_table)
            .is_ok_and(|packed| pays(packed, sample.len()))
    }
}

fn pays(packed: usize, bytes: usize) -> bool {
    packed < bytes - bytes / LEAST_SAVING
}

/// Checks a chunk from outside: its hash, that it can be unpacked to exactly `target`, and that it is not zero.
fn verify(chunk: &Chunk, stored: &[u8], target: &mut [u8]) -> Result<(), String> {
    let found = Hash::of(stored);
    if found != chunk.hash {
        return Err(format!("has hash {found} and was written with {}", chunk.hash));
    }
    let contents = if stored.len() == target.len() {
        stored
    } else {
        unpack(stored, target)?;
        target
    };
    if is_zero(contents) {
        return Err("is all zero and should have been left out".into());
    }
    Ok(())
}

fn unpack(stored: &[u8], target: &mut [u8]) -> Result<(), String> {
    if stored.len() == target.len() {
        target.copy_from_slice(stored);
        return Ok(());
    }
    match decompress_into(stored, target) {
        Ok(found) if found == target.len() => Ok(()),
        Ok(found) => Err(format!("unpacks to {found} bytes instead of {}", target.len())),
        Err(error) => Err(format!("cannot be unpacked ({error})")),
    }
}

/// Cuts what this chunk stores off the front.
fn take<'a>(stored: &mut &'a [u8], chunk: &Chunk) -> &'a [u8] {
    let (head, rest) = stored.split_at(chunk.stored_bytes as usize);
    *stored = rest;
    head
}

/// Length of what a chunk stores: at most 64 KiB.
fn length(stored: &[u8]) -> u32 {
    u32::try_from(stored.len()).expect("a chunk is small")
}

fn is_zero(bytes: &[u8]) -> bool {
    // Without a branch inside a stride, so that it becomes vector instructions.
    let strides = bytes.chunks_exact(ZERO_STRIDE);
    let rest = strides.remainder();
    strides.into_iter().chain([rest]).all(|stride| stride.iter().fold(0, |any, byte| any | byte) == 0)
}
