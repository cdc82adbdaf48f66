//! Images of atoms, kept: on this node's disk, and as copies on others.

use super::atom::{Atom, Failure};
use super::node::Shared;
use super::settings::Settings;
use crate::images::{self, Images, Kept, KeptInfo};
use crate::journal::{self, Journal};
use crate::module::lock;
use sojourn_abi::{AtomState, Code, ImageRow, Request, Response};
use sojourn_image::{Image, ModuleHash};
use std::path::Path;
use std::sync::{Arc, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How long a part of an image, or a node that is to keep one, may take.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);
/// How often it is looked for atoms whose image is due.
const LOOK: Duration = Duration::from_millis(500);
/// After how many looks the journal is swept.
const SWEEP: u64 = 10;

/// The store of a node, and its journal.
pub(crate) struct Keeper {
    // Closed first: the store has the lock of both.
    journal: Journal,
    images: Images,
}

impl Keeper {
    pub(crate) fn open(folder: &Path, settings: &Settings) -> Result<Self, images::Error> {
        let store = images::Settings {
            keep_per_atom: settings.images_keep.max(1),
            max_bytes: settings.images_max_bytes,
            ..images::Settings::default()
        };
        let images = Images::open(&folder.join("images"), store)?;
        let journal = Journal::open(&folder.join("journal"), journal::Settings::default())?;
        Ok(Self { journal, images })
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.journal
    }
}

fn failure(error: &images::Error) -> Failure {
    let code = match error {
        images::Error::DiskFull { .. } | images::Error::NoRoom { .. } => Code::DiskFull,
        images::Error::Missing { .. } => Code::NoImage,
        images::Error::Image(_) => Code::InvalidRequest,
        _ => Code::Internal,
    };
    (code, error.to_string())
}

impl Shared {
    fn keeper(&self) -> Result<&Images, Failure> {
        let none = || (Code::NoImage, format!("{} keeps no images: it has no folder", self.settings.name));
        self.keeper.as_ref().map(|keeper| &keeper.images).ok_or_else(none)
    }

    fn image_row(&self, info: &KeptInfo) -> ImageRow {
        ImageRow {
            id: info.id,
            node: self.settings.name.clone(),
            atom: info.atom.clone(),
            epoch: info.epoch,
            taken_at_ns: info.taken_at_ns,
            cause: info.cause.clone(),
            bytes: info.image_bytes,
            module: info.module_hash.0,
        }
    }

    pub(crate) fn image_rows(&self, atom: Option<&str>) -> Vec<ImageRow> {
        let Ok(images) = self.keeper() else { return Vec::new() };
        // A damaged store shows what it can when it is asked for one image.
        let kept = images.list(atom).unwrap_or_default();
        kept.iter().map(|info| self.image_row(info)).collect()
    }

    /// Takes and keeps an image of an atom, which goes on.
    pub(crate) fn checkpoint_of(
        self: &Arc<Self>,
        atom: &Arc<Atom>,
        cause: &str,
    ) -> Result<Vec<ImageRow>, Failure> {
        // Before the guest is stopped for it.
        self.keeper()?;
        let image = Self::image_of(atom)?;
        let epoch = atom.state().epoch;
        atom.state().imaged_at = Instant::now();
        self.keep_image(atom, &image, epoch, cause)
    }

    /// Keeps an image here and at others; the rows of those that have it. It is on the disk here when this is back.
    pub(crate) fn keep_image(
        self: &Arc<Self>,
        atom: &Atom,
        image: &Image,
        epoch: u64,
        cause: &str,
    ) -> Result<Vec<ImageRow>, Failure> {
        let taken_at_ns = super::realtime_ns();
        let images = self.keeper()?;
        images.keep_module(&atom.module.hash(), atom.module.wasm()).map_err(|error| failure(&error))?;
        let kept = self.kept(&atom.id, epoch, taken_at_ns, cause);
        let info = images.keep(&kept, image).map_err(|error| failure(&error))?;
        self.image_kept(atom, image);
        let mut rows = vec![self.image_row(&info)];
        rows.extend(self.copies(&atom.id, image, epoch, taken_at_ns, cause));
        Ok(rows)
    }

    fn kept(&self, atom: &str, epoch: u64, taken_at_ns: u64, cause: &str) -> Kept {
        Kept {
            atom: atom.into(),
            epoch,
            sequence: taken_at_ns,
            taken_at_ns,
            cause: cause.into(),
            node: self.settings.name.clone(),
            options: Vec::new(),
        }
    }

    /// Copies at other nodes, as many as are wanted and can be had.
    fn copies(&self, atom: &str, image: &Image, epoch: u64, taken_at_ns: u64, cause: &str) -> Vec<ImageRow> {
        let wanted = self.settings.images_copies.saturating_sub(1);
        let peers = self.node_peers();
        if wanted == 0 || peers.is_empty() {
            return Vec::new();
        }
        let Ok(bytes) = image.encode() else { return Vec::new() };
        let content = self.contents.put(bytes);
        let mut rows = Vec::new();
        for peer in peers {
            let keep = Request::Keep { atom: atom.into(), epoch, taken_at_ns, cause: cause.into(), content };
            if let Response::ImageRows { rows: more } = self.ask(&peer, None, keep, PATIENCE) {
                rows.extend(more);
            }
            if rows.len() >= wanted {
                break;
            }
        }
        // As large as the atom, and made anew for its next image.
        self.contents.forget(&content);
        rows
    }

    /// Nodes that there is a session with.
    pub(crate) fn node_peers(&self) -> Vec<String> {
        self.kernel(|kernel| {
            let peers = kernel.peers().into_iter();
            peers.filter(|(_, role)| *role == sojourn_abi::Role::Node).map(|(name, _)| name).collect()
        })
    }

    /// Keeps a copy for another node.
    pub(crate) fn keep_copy(
        &self,
        atom: &str,
        epoch: u64,
        taken_at_ns: u64,
        cause: &str,
        content: [u8; 32],
        asker: &str,
    ) -> Result<Response, Failure> {
        let images = self.keeper()?;
        let bytes = self.want(content, asker, PATIENCE)?;
        self.contents.forget(&content);
        let image = Image::decode(&bytes).map_err(|error| (Code::InvalidRequest, error.to_string()))?;
        self.keep_module_of(images, &image.module_hash, asker)?;
        let kept = self.kept(atom, epoch, taken_at_ns, cause);
        let info = images.keep(&kept, &image).map_err(|error| failure(&error))?;
        Ok(Response::ImageRows { rows: vec![self.image_row(&info)] })
    }

    fn keep_module_of(&self, images: &Images, hash: &ModuleHash, asker: &str) -> Result<(), Failure> {
        if images.module(hash).map_err(|error| failure(&error))?.is_some() {
            return Ok(());
        }
        let wasm = self.want(hash.0, asker, PATIENCE)?;
        images.keep_module(hash, &wasm).map_err(|error| failure(&error))
    }

    /// A kept image for somebody.
    pub(crate) fn fetch(&self, id: u64) -> Result<Response, Failure> {
        let images = self.keeper()?;
        let loaded = images.load(id).map_err(|error| failure(&error))?;
        let mut image = loaded.image;
        let newest = images.newest(&loaded.info.atom).map_err(|error| failure(&error))?;
        // One that is not the newest is gone back to.
        if newest.is_some_and(|newest| newest.id == id) {
            self.with_journal(&loaded.info.atom, &mut image)?;
        }
        image.module = images.module(&image.module_hash).map_err(|error| failure(&error))?;
        self.offer_image(&image)
    }

    pub(crate) fn forget_images(&self, atom: &str) -> Result<(), Failure> {
        self.forget_journal(atom);
        match self.keeper() {
            Ok(images) => images.remove(atom).map(drop).map_err(|error| failure(&error)),
            Err(_) => Ok(()),
        }
    }
}

/// Takes images of atoms that are to have one now and then.
pub(crate) fn keep_intervals(kept: &Weak<Shared>) {
    for look in 1_u64.. {
        let Some(shared) = kept.upgrade() else { return };
        if shared.closed() {
            return;
        }
        if look.is_multiple_of(SWEEP) {
            shared.beside("sweep", Shared::sweep_journal);
        }
        let atoms: Vec<Arc<Atom>> = lock(&shared.atoms).values().cloned().collect();
        let mut rest = LOOK;
        for atom in atoms {
            let every = match (shared.image_due(&atom), atom.images_every_ms) {
                (true, _) => LOOK,
                (false, 0) => continue,
                (false, every) => Duration::from_millis(every),
            };
            let (since, runs) = {
                let state = atom.state();
                (state.imaged_at.elapsed(), state.phase == AtomState::Running)
            };
            if !runs {
                continue;
            }
            if since < every {
                rest = rest.min(every.saturating_sub(since));
                continue;
            }
            if let Err((code, text)) = shared.checkpoint_of(&atom, "at an interval")
                && code != Code::Ended
            {
                atom.state().imaged_at = Instant::now();
                shared.trouble(&format!("no image of {} is kept: {text}", atom.id));
            }
        }
        drop(shared);
        thread::sleep(rest.max(Duration::from_millis(10)));
    }
}
