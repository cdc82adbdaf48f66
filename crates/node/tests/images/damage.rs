//! Files that are not what was written: a word that says so, never a panic, and all that is whole is saved.

use std::fs;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::OnceLock;

use sojourn_image::Image;
use sojourn_node::images::{Error, Images, Settings, Sync};

use crate::world::{CHUNK, Folder, Seed, image, kept, open, packs, seed};

const ATOMS: u64 = 12;
const PAGE: usize = 4096;
/// Flips in each page.
const FLIPS: u32 = 3;

/// Images of all atoms; each shares a chunk with the next.
fn images_of_all() -> &'static [Image] {
    static IMAGES: OnceLock<Vec<Image>> = OnceLock::new();
    IMAGES.get_or_init(|| (0..ATOMS).map(|atom| image(&[10 * atom + 1, 1000 + atom, 1001 + atom])).collect())
}

fn image_of(atom: u64) -> &'static Image {
    &images_of_all()[usize::try_from(atom).unwrap()]
}

/// A store with an image of each atom and a decision about each.
fn fill(folder: &Path) {
    let images = open(folder);
    for atom in 0..ATOMS {
        let name = format!("atom-{atom:02}");
        let mut about = kept(&name, 1, atom);
        about.options = Seed(atom).bytes(300);
        images.keep(&about, image_of(atom)).unwrap();
        images.record(&name, 1, &[u8::try_from(atom).unwrap(); 40], Sync::Process).unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    for part in ["packs", "modules"] {
        fs::create_dir_all(to.join(part)).unwrap();
        for entry in fs::read_dir(from.join(part)).unwrap() {
            let entry = entry.unwrap();
            fs::copy(entry.path(), to.join(part).join(entry.file_name())).unwrap();
        }
    }
    for file in ["index.redb", "decisions"] {
        fs::copy(from.join(file), to.join(file)).unwrap();
    }
}

fn flip(path: &Path, at: u64, bit: u64) {
    let file = fs::File::options().read(true).write(true).open(path).unwrap();
    let mut byte = [0];
    file.read_exact_at(&mut byte, at).unwrap();
    file.write_all_at(&[byte[0] ^ 1 << bit], at).unwrap();
}

/// Numbers of the atoms whose image is whole; everything else has to say that it is damaged.
fn whole(images: &Images) -> Vec<u64> {
    let check = |atom: u64| {
        let info = match images.newest(&format!("atom-{atom:02}")) {
            Ok(info) => info?,
            Err(error) => return told(&error),
        };
        match images.load(info.id) {
            Ok(loaded) => {
                assert!(loaded.image == *image_of(atom), "another image than was kept: {atom}");
                assert_eq!(loaded.options, Seed(atom).bytes(300));
                Some(atom)
            }
            Err(error) => told(&error),
        }
    };
    (0..ATOMS).filter_map(check).collect()
}

fn told(error: &Error) -> Option<u64> {
    let damaged = matches!(error, Error::Damaged { .. } | Error::DamagedImage { .. } | Error::Version { .. });
    assert!(damaged, "{error:?}");
    None
}

fn all() -> Vec<u64> {
    (0..ATOMS).collect()
}

/// Places to damage: some in every page in which something was written.
fn places(bytes: &[u8], random: &mut Seed) -> Vec<u64> {
    let mut places = Vec::new();
    for (number, page) in (0..).zip(bytes.chunks(PAGE)) {
        let written: Vec<u64> = (0..).zip(page).filter(|(_, byte)| **byte != 0).map(|(at, _)| at).collect();
        let random = |_| written[usize::try_from(random.below(written.len() as u64)).unwrap()];
        let of_page = (0..FLIPS * u32::from(!written.is_empty())).map(random);
        places.extend(of_page.map(|at| number * PAGE as u64 + at));
    }
    places
}

#[test]
fn a_flipped_bit_anywhere_in_the_index_is_found_and_rebuilt() {
    let mut random = Seed(seed());
    let (good, folder) = (Folder::new(), Folder::new());
    fill(good.path());
    let places = places(&fs::read(good.path().join("index.redb")).unwrap(), &mut random);
    let mut refused = 0;
    for at in &places {
        copy(good.path(), folder.path());
        flip(&folder.path().join("index.redb"), *at, random.below(8));
        match Images::open(folder.path(), Settings::default()) {
            Ok(images) => assert_eq!(whole(&images), all(), "byte {at}"),
            Err(error) => {
                told(&error);
                refused += 1;
                let (images, rebuilt) = Images::rebuild(folder.path(), Settings::default()).unwrap();
                assert_eq!((whole(&images), rebuilt.lost), (all(), vec![]));
                assert_eq!((rebuilt.images as u64, rebuilt.decisions as u64), (ATOMS, ATOMS));
            }
        }
    }
    // The others lie in pages of commits before the last.
    assert!(refused > places.len() / 10, "only {refused} of {} flips mattered", places.len());
}

#[test]
fn a_cut_index_is_found_and_rebuilt() {
    let (good, folder) = (Folder::new(), Folder::new());
    fill(good.path());
    let index = folder.path().join("index.redb");
    let length = fs::metadata(good.path().join("index.redb")).unwrap().len();
    for left in [0, 1, 64, 320, 4096, 12_295, length / 2, length - 4096, length - 1] {
        copy(good.path(), folder.path());
        fs::File::options().write(true).open(&index).unwrap().set_len(left).unwrap();
        let error = Images::open(folder.path(), Settings::default()).map(drop).unwrap_err();
        assert!(told(&error).is_none() && error.to_string().contains("sojourn repair"), "{error}");
        let (images, _) = Images::rebuild(folder.path(), Settings::default()).unwrap();
        assert_eq!(whole(&images), all(), "cut to {left} bytes");
    }
    copy(good.path(), folder.path());
    fs::remove_file(&index).unwrap();
    let error = Images::open(folder.path(), Settings::default()).map(drop).unwrap_err();
    assert!(told(&error).is_none(), "{error}");
    assert_eq!(packs(folder.path()).len() as u64, ATOMS, "packs are not taken for left over");
}

#[test]
fn a_damaged_pack_costs_only_the_images_that_need_it() {
    let mut random = Seed(seed());
    let (good, folder) = (Folder::new(), Folder::new());
    fill(good.path());
    for run in 0..60 {
        copy(good.path(), folder.path());
        let atom = random.below(ATOMS);
        let pack = &packs(folder.path())[usize::try_from(atom).unwrap()];
        let length = fs::metadata(pack).unwrap().len();
        match run % 4 {
            0 => fs::File::options().write(true).open(pack).unwrap().set_len(random.below(length)).unwrap(),
            1 => flip(pack, random.below(400), random.below(8)),
            _ => flip(pack, random.below(length), random.below(8)),
        }
        // The next atom shares the last chunk.
        let others: Vec<_> = all().into_iter().filter(|other| *other != atom && *other != atom + 1).collect();
        let images = open(folder.path());
        let opened = whole(&images);
        assert!(others.iter().all(|other| opened.contains(other)), "{atom}: {opened:?}");
        images.keep(&kept("new", 1, 1), &image(&[5000])).unwrap();
        drop(images);
        let (images, rebuilt) = Images::rebuild(folder.path(), Settings::default()).unwrap();
        let saved = whole(&images);
        assert!(others.iter().all(|other| saved.contains(other)), "{atom}: {saved:?}");
        assert!(saved.len() as u64 == ATOMS || !rebuilt.lost.is_empty(), "{saved:?}: {rebuilt:?}");
        drop(images);
        assert_eq!(whole(&open(folder.path())), saved, "what was rebuilt stays");
        fs::remove_dir_all(folder.path()).unwrap();
    }
}

#[test]
fn an_image_that_is_damaged_says_what_to_do() {
    let folder = Folder::new();
    fill(folder.path());
    let pack = packs(folder.path())[0].clone();
    flip(&pack, fs::metadata(&pack).unwrap().len() - CHUNK as u64, 0);
    let images = open(folder.path());
    let info = images.newest("atom-00").unwrap().unwrap();
    let text = images.load(info.id).unwrap_err().to_string();
    assert!(text.starts_with(&format!("image {} is damaged: {}", info.id, pack.display())), "{text}");
    assert!(
        text.ends_with("restore an older image of the atom, or take this one from another node"),
        "{text}"
    );
}

#[test]
fn damaged_decisions_are_told_and_the_others_saved() {
    let mut random = Seed(seed());
    let (good, folder) = (Folder::new(), Folder::new());
    fill(good.path());
    let journal = folder.path().join("decisions");
    let bytes = fs::read(good.path().join("decisions")).unwrap();
    for _ in 0..100 {
        copy(good.path(), folder.path());
        let cut = random.below(3) == 0;
        if cut {
            fs::write(&journal, &bytes[..8 + usize::try_from(random.below(bytes.len() as u64 - 8)).unwrap()])
                .unwrap();
        } else {
            flip(&journal, random.below(bytes.len() as u64), random.below(8));
        }
        match Images::open(folder.path(), Settings::default()) {
            // A cut is what a crash leaves; so is a last line that is wrong.
            Ok(images) => assert!(cut || images.decisions().len() as u64 == ATOMS - 1),
            Err(error) => {
                assert!(!cut && told(&error).is_none());
                let (images, rebuilt) = Images::rebuild(folder.path(), Settings::default()).unwrap();
                assert!(rebuilt.decisions as u64 >= ATOMS - 1, "{rebuilt:?}");
                assert_eq!(rebuilt.decisions, images.decisions().len());
            }
        }
    }
}
