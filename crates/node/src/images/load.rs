//! Putting an image together again.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::PathBuf;

use sojourn_image::{Hash, Image};

use super::error::Error;
use super::pack::{Packs, read_block};
use super::record::KeptInfo;
use super::tables::Place;

/// A kept image with all that was kept with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loaded {
    /// What is known about it.
    pub info: KeptInfo,
    /// Its options.
    pub options: Vec<u8>,
    /// The image, checked.
    pub image: Image,
}

/// What was read of an image.
pub(super) struct Fetched {
    pub(super) info: KeptInfo,
    /// Where the blocks of the image lie.
    pub(super) places: Vec<Place>,
    /// Checked.
    pub(super) options: Vec<u8>,
    /// The image, not checked.
    pub(super) bytes: Vec<u8>,
}

/// Why it was not read.
pub(super) enum Unread {
    /// A pack is not there; it may have been replaced.
    Gone(u64),
    /// It was read and is wrong, or cannot be read.
    Failed(Error),
}

/// Reads what lies at these places, one after the other.
pub(super) fn read(packs: &Packs, id: u64, places: &[Place]) -> Result<Vec<u8>, Unread> {
    let length: u64 = places.iter().map(|place| u64::from(place.block.bytes)).sum();
    let length = usize::try_from(length).map_err(|_| {
        let reason = format!("{length} bytes are more than this machine can address");
        Unread::Failed(Error::DamagedImage { id, path: PathBuf::new(), reason })
    })?;
    let mut out = vec![0; length];
    let mut rest = out.as_mut_slice();
    let mut open: Option<(u64, File)> = None;
    // Blocks that follow each other in a pack are read together.
    for run in places.chunk_by(|a, b| a.pack == b.pack && a.offset + u64::from(a.block.bytes) == b.offset) {
        let (pack, offset) = (run[0].pack, run[0].offset);
        let length = run.iter().map(|place| place.block.bytes as usize).sum();
        let (target, after) = rest.split_at_mut(length);
        rest = after;
        if open.as_ref().is_none_or(|(open, _)| *open != pack) {
            open = Some((pack, packs.file(pack).map_err(|error| unopened(packs, pack, error))?));
        }
        let Some((_, file)) = &open else { continue };
        file.read_exact_at(target, offset).map_err(|error| unread(packs, id, pack, error))?;
    }
    Ok(out)
}

fn unopened(packs: &Packs, pack: u64, error: io::Error) -> Unread {
    match error.kind() {
        io::ErrorKind::NotFound => Unread::Gone(pack),
        _ => Unread::Failed(Error::file(&packs.path(pack), error)),
    }
}

fn unread(packs: &Packs, id: u64, pack: u64, error: io::Error) -> Unread {
    let path = packs.path(pack);
    Unread::Failed(match error.kind() {
        io::ErrorKind::UnexpectedEof => Error::DamagedImage { id, path, reason: "it is cut".into() },
        _ => Error::file(&path, error),
    })
}

/// The image that these bytes are; if they are none, which pack is to blame.
pub(super) fn check(
    packs: &Packs,
    info: &KeptInfo,
    places: &[Place],
    bytes: Vec<u8>,
) -> Result<Image, Error> {
    Image::decode_owned(bytes).map_err(|error| {
        // A version that another build wrote is whole, and says so itself.
        first_damaged(packs, places).map_or_else(
            || Error::Image(error.clone()),
            |pack| damaged(packs, info.id, pack, &error.to_string()),
        )
    })
}

/// Whether the options are what was written.
pub(super) fn check_options(packs: &Packs, id: u64, places: &[Place], options: &[u8]) -> Result<(), Error> {
    let mut rest = options;
    for place in places {
        let (bytes, after) = rest.split_at(place.block.bytes as usize);
        rest = after;
        if Hash::of(bytes) != place.block.hash {
            return Err(damaged(
                packs,
                id,
                place.pack,
                "the options have another hash than they were kept with",
            ));
        }
    }
    Ok(())
}

fn first_damaged(packs: &Packs, places: &[Place]) -> Option<u64> {
    let whole = |place: &Place| {
        packs.file(place.pack).is_ok_and(|file| read_block(&file, place.offset, place.block).is_some())
    };
    places.iter().find(|place| !whole(place)).map(|place| place.pack)
}

fn damaged(packs: &Packs, id: u64, pack: u64, reason: &str) -> Error {
    Error::DamagedImage { id, path: packs.path(pack), reason: reason.into() }
}
