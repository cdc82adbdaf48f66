//! How long keeping and loading take; `cargo test --release -p sojourn-node --test images -- --ignored --nocapture speed`

use std::time::{Duration, Instant};

use sojourn_image::{Entry, Image, Memory, ModuleHash};
use sojourn_node::images::{Images, Settings, Sync};

use crate::world::{CHUNK, Folder, MODULE, Seed, kept, open};

/// A memory of random bytes, which is the most that can have to be written.
fn large(chunks: usize) -> Vec<u8> {
    Seed(1).bytes(chunks * CHUNK)
}

fn capture(contents: &[u8]) -> Image {
    let mut image = Image::new(ModuleHash::of(MODULE), Entry::Export { name: "_start".into() });
    image.memories.push(Memory::capture(0, contents));
    image
}

fn time<T>(run: impl FnOnce() -> T) -> (Duration, T) {
    let start = Instant::now();
    let done = run();
    (start.elapsed(), done)
}

/// Memory of this process, in KiB.
fn resident_kib() -> i64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

fn measure(chunks: usize) {
    let folder = Folder::new();
    let images = open(folder.path());
    let mut contents = large(chunks);
    let first = capture(&contents);
    let (kept_first, info) = time(|| images.keep(&kept("a", 1, 1), &first).unwrap());
    for changed in 0..chunks.div_ceil(100) {
        contents[changed * 100 * CHUNK + 7] ^= 1;
    }
    let second = capture(&contents);
    let (kept_second, changed) = time(|| images.keep(&kept("a", 1, 2), &second).unwrap());
    let (loaded, back) = time(|| images.load(info.id).unwrap());
    assert!(back.image == first);
    println!(
        "{:4} MiB: keep {kept_first:.1?}, keep with 1 % changed {kept_second:.1?} ({} bytes), load {loaded:.1?}",
        chunks / 16,
        changed.new_bytes
    );
    drop((images, back));
    let (opened, images) = time(|| open(folder.path()));
    println!(
        "          open {opened:.1?}, index {} KiB",
        folder.path().join("index.redb").metadata().unwrap().len() / 1024
    );
    drop(images);
}

#[test]
#[ignore = "measures"]
fn speed() {
    let folder = Folder::new();
    let before = resident_kib();
    let images = open(folder.path());
    println!("an open store takes {} KiB of memory", resident_kib() - before);
    for sync in [Sync::Process, Sync::Disk] {
        let (took, ()) =
            time(|| (0..100).for_each(|epoch| images.record("a", epoch, &[0; 40], sync).unwrap()));
        println!("a decision, {sync:?}: {:.1?}", took / 100);
    }
    drop(images);
    measure(16);
    measure(16);
    measure(4096);
}

/// Many atoms: what opening costs, and what stays in memory.
#[test]
#[ignore = "measures"]
fn speed_of_many() {
    let folder = Folder::new();
    let images = open(folder.path());
    let (took, ()) = time(|| {
        for atom in 0..2000_u64 {
            let mut contents = vec![0; 4 * CHUNK];
            contents[..8].copy_from_slice(&atom.to_le_bytes());
            images.keep(&kept(&format!("atom-{atom}"), 1, 1), &capture(&contents)).unwrap();
        }
    });
    drop(images);
    let before = resident_kib();
    let (opened, images) = time(|| Images::open(folder.path(), Settings::default()).unwrap());
    let (listed, list) = time(|| images.list(None).unwrap());
    println!(
        "2000 atoms: keep {:.2?} each, open {opened:.1?}, list {listed:.1?} of {}, {} KiB of memory",
        took / 2000,
        list.len(),
        resident_kib() - before
    );
}
