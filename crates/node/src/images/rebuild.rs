//! A store from its packs alone, when a file is damaged: every image that is whole is saved, nothing is deleted.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::decisions::{JOURNAL, Journal};
use super::error::Error;
use super::index::{Fault, Index};
use super::lock::Lock;
use super::pack::Packs;
use super::tables::Tables;
use super::upkeep::whole;
use super::{INDEX, Images, Settings};

/// What a rebuild has saved.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Images that are whole.
    pub images: usize,
    /// Decisions that are whole.
    pub decisions: usize,
    /// What was lost, a sentence each.
    pub lost: Vec<String>,
}

impl Images {
    /// Makes the index of a store anew from its packs, and its journal from the lines that are whole. What cannot be
    /// used is moved to the folder `lost` in the store.
    ///
    /// An image that was removed since its pack was written, when the disk did not take that note, is there again.
    ///
    /// # Errors
    /// `InUse`, `DiskFull`, `Io`.
    pub fn rebuild(folder: &Path, settings: Settings) -> Result<(Self, Rebuilt), Error> {
        let lock = Lock::take(folder)?;
        let lost = folder.join("lost");
        fs::create_dir_all(&lost).map_err(|error| Error::file(&lost, error))?;
        // From here until the new index has its name there is none, which `open` takes for damage: so a rebuild that
        // is broken off is done again.
        set_aside(folder, INDEX)?;
        let mut rebuilt = Rebuilt::default();
        let new = folder.join("index.new");
        let _ = fs::remove_file(&new);
        let packs = Packs::open(folder)?;
        let index = Index::open(new.clone(), settings.cache_bytes)?;
        let gone = index.write(|transaction| {
            let mut tables = Tables::open(transaction, &new)?;
            tables.begin()?;
            enter_all(&packs, &mut tables, &mut rebuilt)?;
            Ok(tables.leftover)
        })?;
        drop(index);
        gone.retired.iter().for_each(|id| packs.retire(*id));
        for id in gone.gone {
            set_aside(folder, &format!("packs/{id:016x}.pack"))?;
        }
        keep_copy(folder, JOURNAL)?;
        let name = |error| Error::file(&new, error);
        fs::rename(&new, folder.join(INDEX)).map_err(name)?;
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(name)?;
        let images = Self::assemble(folder, settings, lock, Journal::salvage)?;
        rebuilt.decisions = images.decisions().len();
        Ok((images, rebuilt))
    }
}

fn enter_all(packs: &Packs, tables: &mut Tables<'_>, rebuilt: &mut Rebuilt) -> Result<(), Fault> {
    let mut heads = Vec::new();
    for id in packs.list().map_err(Fault::Own)? {
        match packs.head(id) {
            Ok((head, start)) => {
                let whole = whole(packs, id, start, &head.places);
                let (all, damaged) = (head.places.len(), head.places.len() - whole.len());
                if damaged > 0 {
                    rebuilt.lost.push(format!("{damaged} of {all} blocks in {}", packs.path(id).display()));
                }
                tables.lay(id, &whole)?;
                heads.push(head);
            }
            Err(error) => {
                rebuilt.lost.push(error.to_string());
                tables.lay(id, &[])?;
            }
        }
    }
    for head in heads {
        let Some(record) = head.record else { continue };
        if tables.has_all(&head.manifest)? {
            tables.enter(&record, &head.manifest)?;
        } else {
            let (id, atom, sequence) = (record.id, record.atom, record.sequence);
            rebuilt.lost.push(format!("image {id} of atom {atom} (number {sequence}) is not whole"));
        }
    }
    rebuilt.images = tables.sweep()?;
    Ok(())
}

/// Moves a file of the store to `lost`, beside what was moved there before.
fn set_aside(folder: &Path, name: &str) -> Result<(), Error> {
    let from = folder.join(name);
    if !from.exists() {
        return Ok(());
    }
    fs::rename(&from, place(folder, &from)).map_err(|error| Error::file(&from, error))
}

fn keep_copy(folder: &Path, name: &str) -> Result<(), Error> {
    let from = folder.join(name);
    if !from.exists() {
        return Ok(());
    }
    fs::copy(&from, place(folder, &from)).map(drop).map_err(|error| Error::file(&from, error))
}

/// A name in `lost` that is still free.
fn place(folder: &Path, from: &Path) -> PathBuf {
    let name = from.file_name().unwrap_or_default().to_string_lossy();
    let free = (0_u32..).map(|count| folder.join("lost").join(format!("{name}.{count}")));
    free.into_iter().find(|place| !place.exists()).expect("a number that is free")
}
