//! Images kept on disk, so that an atom can be restored after its node has died.
//!
//! ```text
//! Images::open(folder, Settings) -> Images    one process at a time
//! keep(Kept, &Image) -> KeptInfo              on the disk when it returns
//! list(atom) newest(atom)                     what is known about each
//! load(id) -> Loaded                          image and options, every byte checked
//! remove(atom)
//! record(atom, epoch, what, Sync) decisions() forget(atom, Sync)
//! keep_module(hash, wasm) module(hash)
//! Images::rebuild(folder, Settings)           saves what is whole when a file is damaged
//! ```
//!
//! The bytes lie in *packs*, files that are written once (`pack.rs`); a small database says where each block lies and
//! how many images have it (`tables.rs`). A pack is on the disk before the index names it, and goes after the index
//! has forgotten it: so at any moment the index names only what is there, and the worst that a crash leaves is a
//! pack too many, which the next start adopts or removes. `docs/format/store.md` has all of it.

mod cut;
mod decisions;
mod error;
mod index;
pub mod limit;
mod load;
mod lock;
mod modules;
mod pack;
mod rebuild;
mod record;
mod tables;
mod upkeep;

use std::fs::{DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use sojourn_image::Image;

use cut::{Front, cut};
use decisions::Journal;
pub use decisions::{Decision, Sync};
pub use error::Error;
use index::{Fault, Index};
pub use load::Loaded;
use load::{Fetched, Unread};
use lock::Lock;
use modules::Modules;
use pack::{Head, Packs, placed};
pub use rebuild::Rebuilt;
use record::Block;
pub use record::{Kept, KeptInfo};
use tables::{Place, Tables};

/// Name of the index in the store.
const INDEX: &str = "index.redb";

/// How a store keeps images.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Images kept of each atom; older ones go. At least one.
    pub keep_per_atom: usize,
    /// Bytes that all images together may take. The oldest of those that are not the last of their atom go first.
    /// Up to twice as much may be on the disk, until packs that are mostly not in use have been written anew.
    pub max_bytes: u64,
    /// Bytes of memory for pages of the index.
    pub cache_bytes: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self { keep_per_atom: 3, max_bytes: 64 << 30, cache_bytes: 1 << 20 }
    }
}

/// How much a store holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Images kept.
    pub images: u64,
    /// Bytes of their blocks, each counted once.
    pub held_bytes: u64,
    /// Bytes of all blocks on the disk.
    pub disk_bytes: u64,
}

/// A store of images in a folder. All methods may be called from several threads; those that write wait for each
/// other.
pub struct Images {
    folder: PathBuf,
    settings: Settings,
    index: Index,
    packs: Packs,
    modules: Modules,
    journal: Mutex<Journal>,
    /// Held from the choice of a number until what it names is on the disk.
    writing: Mutex<()>,
    _lock: Lock,
}

impl Images {
    /// Opens the store in this folder, or begins a new one.
    ///
    /// # Errors
    /// `InUse` when another process has it open, `Damaged`, `Version`, `DiskFull`, `Io`.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, Error> {
        // What atoms hold is for no other user to read.
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| Error::file(folder, error))?;
        let lock = Lock::take(folder)?;
        let images = Self::assemble(folder, settings, lock, Journal::open)?;
        images.adopt()?;
        Ok(images)
    }

    /// Opens all parts; what a crash has left is still there.
    fn assemble(
        folder: &Path,
        settings: Settings,
        lock: Lock,
        journal: impl FnOnce(&Path) -> Result<Journal, Error>,
    ) -> Result<Self, Error> {
        let packs = Packs::open(folder)?;
        let path = folder.join(INDEX);
        let begun = path.metadata().is_ok_and(|known| known.len() > 0);
        if !begun && !packs.list()?.is_empty() {
            return Err(Error::damaged(&path, "it is not there, and packs are"));
        }
        let index = Index::open(path, settings.cache_bytes)?;
        match index.read(tables::version)? {
            Some(tables::VERSION) => {}
            Some(found) => {
                return Err(Error::Version { path: index.path().into(), found, supported: tables::VERSION });
            }
            None => {
                index.write(|transaction| Tables::open(transaction, folder)?.begin())?;
                sync_folders(folder).map_err(|error| Error::file(folder, error))?;
            }
        }
        Ok(Self {
            folder: folder.into(),
            settings,
            index,
            packs,
            modules: Modules::open(folder)?,
            journal: Mutex::new(journal(folder)?),
            writing: Mutex::new(()),
            _lock: lock,
        })
    }

    /// Keeps an image. When this returns, it is on the disk, and older ones may have made room for it.
    ///
    /// # Errors
    /// `DiskFull`, `NoRoom`, `TooLong`, `Image`: nothing has changed. `Damaged`, `Io`.
    pub fn keep(&self, kept: &Kept, image: &Image) -> Result<KeptInfo, Error> {
        kept.check()?;
        let front = Front::of(image)?;
        let blocks = cut(&kept.options, &front, image);
        let manifest: Vec<Block> = blocks.iter().map(|(block, _)| *block).collect();
        let blocks = tables::first_of_each(&blocks);
        let mut info = KeptInfo {
            id: 0,
            atom: kept.atom.clone(),
            epoch: kept.epoch,
            sequence: kept.sequence,
            taken_at_ns: kept.taken_at_ns,
            cause: kept.cause.clone(),
            node: kept.node.clone(),
            module_hash: image.module_hash,
            options_bytes: kept.options.len() as u64,
            image_bytes: front.image_bytes,
            new_bytes: 0,
        };
        let _writing = self.write_alone();
        let written = self.index.write(|transaction| {
            let mut tables = Tables::open(transaction, self.index.path())?;
            info.id = tables.next()?;
            let mut new = Vec::new();
            for (block, bytes) in blocks {
                if !tables.has_block(block.hash)? {
                    new.push((block, bytes));
                }
            }
            let places: Vec<Block> = new.iter().map(|(block, _)| *block).collect();
            info.new_bytes = places.iter().map(|block| u64::from(block.bytes)).sum();
            let head = Head { record: Some(info.clone()), manifest, places };
            let bytes = head.encode();
            tables.lay(info.id, &placed(&bytes, &head.places))?;
            tables.enter(&info, &head.manifest)?;
            self.make_room(&mut tables, &info)?;
            self.packs
                .write(info.id, &bytes, |out| new.iter().try_for_each(|(_, bytes)| out.write_all(bytes)))
                .map_err(Fault::Own)?;
            Ok(tables.leftover)
        });
        match written {
            Ok(leftover) => self.settle(&leftover),
            Err(error) => {
                self.disown(info.id);
                return Err(error);
            }
        }
        Ok(info)
    }

    /// As `keep`, for an image that came from another node as bytes: all of them are checked first.
    ///
    /// # Errors
    /// As `keep`.
    pub fn keep_bytes(
        &self,
        kept: &Kept,
        bytes: impl AsRef<[u8]> + Send + std::marker::Sync + 'static,
    ) -> Result<KeptInfo, Error> {
        self.keep(kept, &Image::decode_owned(bytes)?)
    }

    /// Images of one atom or of all: by atom, and the oldest of each first.
    ///
    /// # Errors
    /// `Damaged`, `Io`.
    pub fn list(&self, atom: Option<&str>) -> Result<Vec<KeptInfo>, Error> {
        self.index.read(|transaction| tables::list(transaction, atom, self.index.path()))
    }

    /// An atom's image with the greatest epoch and, in it, the greatest sequence.
    ///
    /// # Errors
    /// `Damaged`, `Io`.
    pub fn newest(&self, atom: &str) -> Result<Option<KeptInfo>, Error> {
        self.index.read(|transaction| tables::newest(transaction, atom, self.index.path()))
    }

    /// An image with its options; every byte is checked.
    ///
    /// # Errors
    /// `Missing`, `DamagedImage`, `Damaged`, `Image` for one that another version wrote, `Io`.
    pub fn load(&self, id: u64) -> Result<Loaded, Error> {
        let Fetched { info, places, options, bytes } = self.fetch(id)?;
        let image = load::check(&self.packs, &info, &places, bytes)?;
        Ok(Loaded { info, options, image })
    }

    /// An image as the bytes that `keep_bytes` takes at another node, which checks them, with its options.
    ///
    /// # Errors
    /// As `load`.
    pub fn load_bytes(&self, id: u64) -> Result<(KeptInfo, Vec<u8>, Vec<u8>), Error> {
        let fetched = self.fetch(id)?;
        Ok((fetched.info, fetched.options, fetched.bytes))
    }

    fn fetch(&self, id: u64) -> Result<Fetched, Error> {
        let mut missing = id;
        for _ in 0..limit::LOAD_TRIES {
            let found = self.index.read(|transaction| tables::places(transaction, id, self.index.path()))?;
            let (info, mut first) = found;
            let places = first.split_off(self.options_length(&info, &first)?);
            let read = load::read(&self.packs, id, &first)
                .and_then(|options| Ok((options, load::read(&self.packs, id, &places)?)));
            match read {
                Ok((options, bytes)) => {
                    load::check_options(&self.packs, id, &first, &options)?;
                    return Ok(Fetched { info, places, options, bytes });
                }
                Err(Unread::Failed(error)) => return Err(error),
                // Replaced by another pack, or the image removed: the index tells.
                Err(Unread::Gone(pack)) => missing = pack,
            }
        }
        Err(Error::DamagedImage { id, path: self.packs.path(missing), reason: "it is not there".into() })
    }

    /// How many of the first places are those of the options.
    fn options_length(&self, info: &KeptInfo, places: &[Place]) -> Result<usize, Error> {
        let mut left = info.options_bytes;
        let options = places.iter().take_while(|place| {
            let more = left > 0;
            left = left.saturating_sub(place.block.bytes.into());
            more
        });
        let count = options.count();
        let rest: u64 = places[count..].iter().map(|place| u64::from(place.block.bytes)).sum();
        if rest == info.image_bytes {
            return Ok(count);
        }
        Err(Error::damaged(self.index.path(), "an image has other blocks than its length says"))
    }

    /// Removes all images of an atom; how many there were.
    ///
    /// # Errors
    /// `Damaged`, `DiskFull`, `Io`.
    pub fn remove(&self, atom: &str) -> Result<usize, Error> {
        let _writing = self.write_alone();
        let there = self.list(Some(atom))?;
        if there.is_empty() {
            return Ok(0);
        }
        let leftover = self.index.write(|transaction| {
            let mut tables = Tables::open(transaction, self.index.path())?;
            there.iter().try_for_each(|info| tables.drop_image(info.id))?;
            Ok(tables.leftover)
        })?;
        self.settle(&leftover);
        Ok(there.len())
    }

    /// How much is held.
    ///
    /// # Errors
    /// `Damaged`, `Io`.
    pub fn usage(&self) -> Result<Usage, Error> {
        let (images, held_bytes, disk_bytes) = self.index.read(tables::usage)?;
        Ok(Usage { images, held_bytes, disk_bytes })
    }

    fn write_alone(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A new store has its name on the disk, and so have the files in it.
fn sync_folders(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()?;
    folder.parent().filter(|parent| parent.is_dir()).map_or(Ok(()), |parent| File::open(parent)?.sync_all())
}
