//! What is known about a kept image, and its form on disk.

use std::convert::Infallible;

use minicbor::decode::Error as Malformed;
use minicbor::{Decoder, Encoder};
use sojourn_image::{Hash, ModuleHash};

use super::error::Error;
use super::limit;

/// What to keep with an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kept {
    /// Name of the atom.
    pub atom: String,
    /// Its epoch.
    pub epoch: u64,
    /// Number of this image in the epoch. The same atom, epoch and number kept again replaces the first.
    pub sequence: u64,
    /// When the atom stood still, in nanoseconds since 1970.
    pub taken_at_ns: u64,
    /// Why it was taken: `request`, `interval`, `move`, ...
    pub cause: String,
    /// Name of the node that took it.
    pub node: String,
    /// What the node needs to start it again; opaque here.
    pub options: Vec<u8>,
}

impl Kept {
    pub(super) fn check(&self) -> Result<(), Error> {
        let fields = [
            ("the name of the atom", self.atom.len(), limit::NAME_BYTES),
            ("the name of the node", self.node.len(), limit::NAME_BYTES),
            ("the cause of the image", self.cause.len(), limit::NAME_BYTES),
            ("the options of the atom", self.options.len(), limit::OPTIONS_BYTES),
        ];
        fields.into_iter().try_for_each(|(what, found, limit)| {
            if found <= limit { Ok(()) } else { Err(Error::TooLong { what, found, limit }) }
        })
    }
}

/// A kept image, without its contents.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptInfo {
    /// Its number in this store; never given to another image.
    pub id: u64,
    /// Name of the atom.
    pub atom: String,
    /// The atom's epoch.
    pub epoch: u64,
    /// Number of this image in the epoch.
    pub sequence: u64,
    /// When the atom stood still, in nanoseconds since 1970.
    pub taken_at_ns: u64,
    /// Why it was taken.
    pub cause: String,
    /// Name of the node that took it.
    pub node: String,
    /// The module that the image is of.
    pub module_hash: ModuleHash,
    /// Bytes of the options kept with it.
    pub options_bytes: u64,
    /// Bytes of the image as one file.
    pub image_bytes: u64,
    /// Bytes that were new to the store; the rest it shares with images kept before.
    pub new_bytes: u64,
}

impl KeptInfo {
    pub(super) fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::new());
        let mut write = || -> Result<(), minicbor::encode::Error<Infallible>> {
            out.array(11)?.u64(self.id)?.str(&self.atom)?.u64(self.epoch)?.u64(self.sequence)?;
            out.u64(self.taken_at_ns)?.str(&self.cause)?.str(&self.node)?.bytes(&self.module_hash.0)?;
            out.u64(self.options_bytes)?.u64(self.image_bytes)?.u64(self.new_bytes)?;
            Ok(())
        };
        write().expect("a vector takes every byte");
        out.into_writer()
    }

    pub(super) fn decode(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut input = Decoder::new(bytes);
        if input.array()? != Some(11) {
            return Err(Malformed::message("a record without its eleven fields"));
        }
        Ok(Self {
            id: input.u64()?,
            atom: input.str()?.into(),
            epoch: input.u64()?,
            sequence: input.u64()?,
            taken_at_ns: input.u64()?,
            cause: input.str()?.into(),
            node: input.str()?.into(),
            module_hash: module_hash(&mut input)?,
            options_bytes: input.u64()?,
            image_bytes: input.u64()?,
            new_bytes: input.u64()?,
        })
    }
}

fn module_hash(input: &mut Decoder<'_>) -> Result<ModuleHash, Malformed> {
    let bytes = input.bytes()?;
    bytes.try_into().map(ModuleHash).map_err(|_| Malformed::message("a hash of another length"))
}

/// A block: its name and its length.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Block {
    pub(super) hash: Hash,
    pub(super) bytes: u32,
}

/// Bytes of a block in a list.
const LISTED_BYTES: usize = Hash::BYTES + 4;

/// A list of blocks as bytes.
pub(super) fn encode_blocks(blocks: &[Block]) -> Vec<u8> {
    let mut out = Vec::with_capacity(blocks.len() * LISTED_BYTES);
    for block in blocks {
        out.extend_from_slice(&block.hash.0);
        out.extend_from_slice(&block.bytes.to_le_bytes());
    }
    out
}

/// The list again; `None` for bytes that are none.
pub(super) fn decode_blocks(bytes: &[u8]) -> Option<Vec<Block>> {
    let (rows, rest) = bytes.as_chunks::<LISTED_BYTES>();
    let blocks = rows.iter().map(|row| {
        let (hash, bytes) = row.split_at(Hash::BYTES);
        let block =
            Block { hash: Hash(hash.try_into().ok()?), bytes: u32::from_le_bytes(bytes.try_into().ok()?) };
        (1..=limit::BLOCK_BYTES).contains(&(block.bytes as usize)).then_some(block)
    });
    if rest.is_empty() { blocks.collect() } else { None }
}
