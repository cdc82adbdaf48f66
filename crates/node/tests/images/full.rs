//! A full disk.

use std::fs;
use std::path::Path;
use std::process::Command;

use sojourn_image::{Entry, Image, Memory, ModuleHash};
use sojourn_node::images::{Error, Images, Settings, Sync};

use crate::world::{CHUNK, Folder, MODULE, image, kept, open, own_mounts, packs};

/// A file system of this size here, seen by this thread only; `None` where that is not allowed.
pub fn small_disk(folder: &Path, bytes: u64) -> Option<()> {
    own_mounts()?;
    let options = format!("size={bytes}");
    let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", &options, "none"]).arg(folder).status();
    mounted.is_ok_and(|status| status.success()).then_some(())
}

fn distinct(atom: u64) -> [u64; 16] {
    std::array::from_fn(|chunk| 1 + atom * 100 + chunk as u64)
}

fn assert_full<T: std::fmt::Debug>(result: Result<T, Error>) {
    let error = result.unwrap_err();
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    assert!(error.to_string().contains("what was kept before is untouched"), "{error}");
}

#[test]
fn a_full_disk_leaves_what_was_there() {
    let folder = Folder::new();
    if small_disk(folder.path(), 16 << 20).is_none() {
        eprintln!("a small file system needs more rights than there are; the test with a limit has to do");
        return;
    }
    let images = open(folder.path());
    images.record("a", 1, b"before", Sync::Disk).unwrap();
    let mut count = 0;
    let full = loop {
        match images.keep(&kept(&format!("atom-{count}"), 1, 1), &image(&distinct(count))) {
            Ok(_) => count += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(full, Error::DiskFull { .. }), "{full}");
    assert!(count >= 8, "only {count} images of 1 MiB");
    check(&images, count);
    assert_eq!(packs(folder.path()).len() as u64, count, "half a pack is left");

    // Now there is no byte left at all.
    let filler = folder.path().join("filler");
    let mut file = fs::File::create(&filler).unwrap();
    while std::io::Write::write_all(&mut file, &[1; 4096]).is_ok() {}
    assert_full(images.keep(&kept("small", 1, 1), &image(&[7])));
    assert_full(images.record("a", 2, &vec![7; 60_000], Sync::Disk));
    assert_full(images.keep_module(&ModuleHash::of(b"wasm"), b"wasm"));
    check(&images, count);
    assert_eq!(images.decisions().len(), 1);
    drop(images);

    // A full disk is no reason not to start, and what is removed makes room.
    let images = open(folder.path());
    check(&images, count);
    assert_eq!(images.remove(&format!("atom-{}", count - 1)).unwrap(), 1);
    check(&images, count - 1);
    images.keep(&kept("small", 1, 1), &image(&[7])).unwrap();
    images.record("a", 2, b"after", Sync::Disk).unwrap();
    check(&images, count - 1);
    assert_eq!(images.decisions().len(), 2);
}

fn check(images: &Images, count: u64) {
    let there = images.list(None).unwrap().into_iter().filter(|info| info.atom != "small").count();
    assert_eq!(there as u64, count);
    for atom in 0..count {
        let info = images.newest(&format!("atom-{atom}")).unwrap().unwrap();
        assert!(images.load(info.id).unwrap().image == image(&distinct(atom)), "atom {atom}");
    }
}

const FOLDER: &str = "SOJOURN_IMAGES_LIMIT";

#[test]
#[ignore = "a process for the test below, which needs a limit of its own"]
fn keeps_with_short_files() {
    let Some(folder) = std::env::var_os(FOLDER) else { return };
    let images = open(Path::new(&folder));
    images.keep(&kept("atom-0", 1, 1), &image(&distinct(0))).unwrap();
    let length = fs::metadata(Path::new(&folder).join("index.redb")).unwrap().len();
    let limit = libc::rlimit { rlim_cur: length, rlim_max: length };
    // SAFETY: the limit lives until the call returns; the signal would end this process, which is alone.
    let limited = unsafe {
        libc::signal(libc::SIGXFSZ, libc::SIG_IGN);
        libc::setrlimit(libc::RLIMIT_FSIZE, &raw const limit)
    };
    assert_eq!(limited, 0);
    let large: Vec<u64> = (1000..1064).collect();
    for _ in 0..3 {
        assert_full(images.keep(&kept("large", 1, 1), &image(&large)));
        check(&images, 1);
        assert_eq!(packs(Path::new(&folder)).len(), 1, "half a pack is left");
    }
    // So many blocks that the index has to grow, and cannot.
    let full = (0..1000)
        .find_map(|number| images.keep(&kept(&format!("many-{number}"), 1, number), &sparse(number)).err());
    assert_full::<()>(Err(full.expect("an index that is full")));
    let there = images.list(None).unwrap();
    for info in there.into_iter().filter(|info| info.atom != "atom-0") {
        assert!(images.load(info.id).unwrap().image == sparse(info.sequence));
    }
    assert!(images.load(images.newest("atom-0").unwrap().unwrap().id).is_ok());
}

/// An image with many blocks, each of them short.
fn sparse(number: u64) -> Image {
    let mut contents = vec![0; 100 * CHUNK];
    for (at, chunk) in (number * 100..).zip(contents.chunks_mut(CHUNK)) {
        chunk[..8].copy_from_slice(&(at + 1).to_le_bytes());
    }
    let mut image = Image::new(ModuleHash::of(MODULE), Entry::Export { name: "_start".into() });
    image.memories.push(Memory::capture(0, &contents));
    image
}

#[test]
fn a_file_that_must_not_grow_is_a_full_disk() {
    let folder = Folder::new();
    let arguments = ["full::keeps_with_short_files", "--exact", "--ignored", "--nocapture"];
    let program = std::env::current_exe().unwrap();
    let status = Command::new(program).args(arguments).env(FOLDER, folder.path()).status().unwrap();
    assert!(status.success(), "{status}");
    let images = Images::open(folder.path(), Settings::default()).unwrap();
    assert!(images.newest("atom-0").unwrap().is_some());
}
