//! What the tests share: folders that go away, images from a number, random numbers from a seed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

use sojourn_image::{Entry, Image, Memory, ModuleHash};
use sojourn_node::images::{Images, Kept, Settings};

/// The smallest module.
pub const MODULE: &[u8] = b"\0asm\x01\0\0\0";
/// Bytes of a whole chunk.
pub const CHUNK: usize = 65536;

/// Numbers of the `SplitMix64` generator.
pub struct Seed(pub u64);

impl Seed {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ mixed >> 31
    }

    /// A number below `end`.
    pub fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        let words = (0..length.div_ceil(8)).flat_map(|_| self.next().to_le_bytes());
        words.take(length).collect()
    }
}

/// A seed that a failure prints and `SOJOURN_SEED` gives again.
pub fn seed() -> u64 {
    let given = std::env::var("SOJOURN_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| u64::from(std::process::id()));
    eprintln!("SOJOURN_SEED={seed}");
    seed
}

/// A folder that goes away.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let path = std::env::temp_dir().join(format!("sojourn-images-{}-{number}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// From here on, what this thread and its children mount is seen by them only, and goes with them; `None` where that
/// is not allowed.
pub fn own_mounts() -> Option<()> {
    // SAFETY: takes no pointers.
    (unsafe { libc::unshare(libc::CLONE_NEWNS) } == 0).then_some(())?;
    let private = Command::new("mount").args(["--make-rprivate", "/"]).status();
    private.is_ok_and(|status| status.success()).then_some(())
}

/// An image whose chunks are random, each from a seed; 0 is a chunk that is left out.
pub fn image(chunks: &[u64]) -> Image {
    let mut contents = vec![0; chunks.len() * CHUNK];
    for (chunk, seed) in contents.chunks_mut(CHUNK).zip(chunks).filter(|(_, seed)| **seed > 0) {
        chunk.copy_from_slice(&Seed(*seed).bytes(CHUNK));
    }
    let mut image = Image::new(ModuleHash::of(MODULE), Entry::Export { name: "_start".into() });
    image.memories.push(Memory::capture(0, &contents));
    image
}

pub fn kept(atom: &str, epoch: u64, sequence: u64) -> Kept {
    Kept {
        atom: atom.into(),
        epoch,
        sequence,
        taken_at_ns: epoch * 1000 + sequence,
        cause: "request".into(),
        node: "node-1".into(),
        options: Vec::new(),
    }
}

pub fn open(folder: &Path) -> Images {
    Images::open(folder, Settings::default()).unwrap()
}

/// Atom and sequence of everything that is listed.
pub fn listed(images: &Images) -> Vec<(String, u64)> {
    images.list(None).unwrap().into_iter().map(|info| (info.atom, info.sequence)).collect()
}

/// Names of the packs on the disk.
pub fn packs(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> =
        fs::read_dir(folder.join("packs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.sort();
    found
}
