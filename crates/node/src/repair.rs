//! What a node keeps on its disk, when a file of it is damaged: all that is whole is saved, and nothing is deleted.

use crate::images::{Error, Images, Settings};
use crate::journal;
use std::path::Path;

/// What a repair has found and done.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Repaired {
    /// Images that are whole.
    pub images: usize,
    /// What is not there any more, a sentence each.
    pub lost: Vec<String>,
    /// Whether anything was damaged.
    pub damaged: bool,
}

/// Repairs the folder of a node that does not run: its images and its journal. Files as they were are in folders `lost`
/// beside them.
///
/// # Errors
/// `InUse`, `Version`, `DiskFull`, `Io`, also when it is not a node's folder.
pub fn repair(folder: &Path) -> Result<Repaired, Error> {
    let store = folder.join("images");
    if !store.is_dir() {
        let none = std::io::Error::new(std::io::ErrorKind::NotFound, "a node that keeps something has it");
        return Err(Error::file(&store, none));
    }
    let (images, mut repaired) = match healthy(&store) {
        Err(Error::Damaged { .. } | Error::DamagedImage { .. } | Error::Image(_)) => {
            let (images, rebuilt) = Images::rebuild(&store, Settings::default())?;
            (images, Repaired { images: rebuilt.images, lost: rebuilt.lost, damaged: true })
        }
        found => {
            let (images, count) = found?;
            (images, Repaired { images: count, ..Repaired::default() })
        }
    };
    // Under the lock of the store.
    let lost = journal::repair(&folder.join("journal"))?;
    drop(images);
    repaired.damaged |= !lost.is_empty();
    repaired.lost.extend(lost);
    Ok(repaired)
}

/// The store, where every image in it is whole, and how many there are.
fn healthy(store: &Path) -> Result<(Images, usize), Error> {
    let images = Images::open(store, Settings::default())?;
    let kept = images.list(None)?;
    for info in &kept {
        images.load_bytes(info.id)?;
    }
    Ok((images, kept.len()))
}
