//! Packs: files that hold the blocks which an image was the first to have.
//!
//! ```text
//! 0    8   magic: 00 "sjpack" 00
//! 8    4   version: 1
//! 12   4   1: the image in the head is kept; 0: it is not any more
//! 16   8   n, bytes of the head
//! 24   16  hash of the head
//! 40   n   head: CBOR [record / null, list of the image's blocks, list of the blocks that follow]
//! 40+n     the blocks
//! ```
//!
//! A pack tells all about its image, so that the index can be made anew from packs alone. It is written once, whole,
//! and never changed but for the word at 12, which is no part of the hash.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use minicbor::decode::Error as Malformed;
use minicbor::{Decoder, Encoder};
use sojourn_image::Hash;

use super::error::Error;
use super::limit::{BLOCK_BYTES, PACK_HEAD_BYTES};
use super::record::{Block, KeptInfo, decode_blocks, encode_blocks};

const MAGIC: &[u8; 8] = b"\0sjpack\0";
const VERSION: u32 = 1;
const LIVE_AT: u64 = 12;
const START_BYTES: u64 = 40;
/// Written together, so that small blocks do not cost a system call each.
const BUFFER_BYTES: usize = 256 << 10;

/// What a pack says of itself.
#[derive(Debug)]
pub(super) struct Head {
    /// Its image; `None` when it only holds blocks, or when the image is not kept any more.
    pub(super) record: Option<KeptInfo>,
    /// All blocks of the image.
    pub(super) manifest: Vec<Block>,
    /// The blocks that lie here, one after the other.
    pub(super) places: Vec<Block>,
}

impl Head {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::new());
        let mut write = || -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
            out.array(3)?;
            match &self.record {
                Some(record) => out.bytes(&record.encode())?,
                None => out.null()?,
            };
            out.bytes(&encode_blocks(&self.manifest))?.bytes(&encode_blocks(&self.places))?;
            Ok(())
        };
        write().expect("a vector takes every byte");
        out.into_writer()
    }

    fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut input = Decoder::new(bytes);
        if input.array()? != Some(3) {
            return Err(Malformed::message("a head without its three parts"));
        }
        let record = match input.datatype()? {
            minicbor::data::Type::Null => input.null().map(|()| None)?,
            _ => Some(KeptInfo::decode(input.bytes()?)?),
        };
        let mut list = || -> Result<Vec<Block>, Malformed> {
            decode_blocks(input.bytes()?).ok_or_else(|| Malformed::message("a list that holds no blocks"))
        };
        Ok(Self { record, manifest: list()?, places: list()? })
    }
}

/// Where the packs are.
#[derive(Debug)]
pub(super) struct Packs {
    folder: PathBuf,
}

impl Packs {
    pub(super) fn open(store: &Path) -> Result<Self, Error> {
        let folder = store.join("packs");
        fs::create_dir_all(&folder).map_err(|error| Error::file(&folder, error))?;
        Ok(Self { folder })
    }

    pub(super) fn path(&self, id: u64) -> PathBuf {
        self.folder.join(format!("{id:016x}.pack"))
    }

    /// Numbers of all packs that are there, ascending.
    pub(super) fn list(&self) -> Result<Vec<u64>, Error> {
        let fault = |error| Error::file(&self.folder, error);
        let mut found = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(fault)? {
            let name = entry.map_err(fault)?.file_name();
            let id = name.to_str().and_then(|name| name.strip_suffix(".pack"));
            found.extend(id.and_then(|id| u64::from_str_radix(id, 16).ok()));
        }
        found.sort_unstable();
        Ok(found)
    }

    /// Writes a pack; it is on the disk when this returns, or gone again.
    pub(super) fn write(
        &self,
        id: u64,
        head: &[u8],
        blocks: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<(), Error> {
        let path = self.path(id);
        write(&path, head, blocks).and_then(|()| File::open(&self.folder)?.sync_all()).map_err(|error| {
            // The first error is the one to report.
            let _ = fs::remove_file(&path);
            Error::file(&path, error)
        })
    }

    /// The head of a pack, and where its blocks begin; everything but the blocks is checked.
    pub(super) fn head(&self, id: u64) -> Result<(Head, u64), Error> {
        let path = self.path(id);
        let file = File::open(&path).map_err(|error| Error::file(&path, error))?;
        read_head(&file, &path)
    }

    pub(super) fn file(&self, id: u64) -> io::Result<File> {
        File::open(self.path(id))
    }

    /// Says in the pack that its image is not kept any more. Without it, a store that is rebuilt would have an
    /// image more; so a failure is no failure of what is done.
    pub(super) fn retire(&self, id: u64) {
        let _ = File::options()
            .write(true)
            .open(self.path(id))
            .and_then(|file| file.write_all_at(&0_u32.to_le_bytes(), LIVE_AT));
    }

    /// Removes a pack; one that cannot be removed now goes at the next start.
    pub(super) fn remove(&self, id: u64) {
        let _ = fs::remove_file(self.path(id));
    }
}

/// Blocks that lie one after the other behind this head, with where each lies.
pub(super) fn placed(head: &[u8], blocks: &[Block]) -> Vec<(Block, u64)> {
    place_from(START_BYTES + head.len() as u64, blocks)
}

pub(super) fn place_from(start: u64, blocks: &[Block]) -> Vec<(Block, u64)> {
    let mut offset = start;
    let placed = blocks.iter().map(|block| {
        let at = offset;
        offset += u64::from(block.bytes);
        (*block, at)
    });
    placed.collect()
}

fn write(path: &Path, head: &[u8], blocks: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let file = File::create(path)?;
    let mut out = BufWriter::with_capacity(BUFFER_BYTES, file);
    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_le_bytes())?;
    out.write_all(&1_u32.to_le_bytes())?;
    out.write_all(&(head.len() as u64).to_le_bytes())?;
    out.write_all(&Hash::of(head).0)?;
    out.write_all(head)?;
    blocks(&mut out)?;
    out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()
}

fn read_head(file: &File, path: &Path) -> Result<(Head, u64), Error> {
    let damaged = |reason: String| Error::damaged(path, reason);
    let cut = |error: io::Error| match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::damaged(path, "it is cut"),
        _ => Error::file(path, error),
    };
    let mut start = [0; 40];
    file.read_exact_at(&mut start, 0).map_err(cut)?;
    if start[..8] != *MAGIC {
        return Err(damaged("it does not begin as a pack".into()));
    }
    let word = |at: usize| u32::from_le_bytes(start[at..at + 4].try_into().expect("four bytes"));
    if word(8) != VERSION {
        let (found, supported) = (word(8).into(), VERSION.into());
        return Err(Error::Version { path: path.into(), found, supported });
    }
    let length = u64::from_le_bytes(start[16..24].try_into().expect("eight bytes"));
    let there = file.metadata().map_err(|error| Error::file(path, error))?.len();
    if length > PACK_HEAD_BYTES || START_BYTES + length > there {
        return Err(damaged(format!("its head of {length} bytes is not there")));
    }
    let mut head = vec![0; usize::try_from(length).map_err(|_| damaged("its head is too long".into()))?];
    file.read_exact_at(&mut head, START_BYTES).map_err(cut)?;
    if Hash::of(&head).0 != start[24..] {
        return Err(damaged("its head has another hash than it was written with".into()));
    }
    let mut head = Head::decode(&head).map_err(|error| damaged(error.to_string()))?;
    if word(12) == 0 {
        head.record = None;
    }
    let blocks: u64 = head.places.iter().map(|block| u64::from(block.bytes)).sum();
    if START_BYTES + length + blocks == there {
        return Ok((head, START_BYTES + length));
    }
    Err(damaged(format!("it has {there} bytes instead of {}", START_BYTES + length + blocks)))
}

/// A block of a pack, checked; `None` when it is not what was written.
pub(super) fn read_block(file: &File, at: u64, block: Block) -> Option<Vec<u8>> {
    debug_assert!(block.bytes as usize <= BLOCK_BYTES);
    let mut bytes = vec![0; block.bytes as usize];
    file.read_exact_at(&mut bytes, at).ok()?;
    (Hash::of(&bytes) == block.hash).then_some(bytes)
}
