//! Random calls against a model that is a list.

use std::collections::BTreeSet;

use sojourn_image::{Image, Memory};
use sojourn_node::images::{Error, Images, Kept, KeptInfo, Settings};

use crate::world::{CHUNK, Folder, Seed, image, kept, seed};

const RUNS: u64 = 6;
const STEPS: u64 = 60;
const SETTINGS: Settings = Settings { keep_per_atom: 3, max_bytes: 18 * CHUNK as u64, cache_bytes: 1 << 20 };

struct Entry {
    info: KeptInfo,
    image: Image,
}

#[derive(Default)]
struct Model {
    entries: Vec<Entry>,
}

/// Blocks of an image by content: what stands before its chunks is one block in these small images.
fn blocks(image: &Image) -> Vec<Vec<u8>> {
    let bytes = image.encode().unwrap();
    let stored: u64 = image.memories.iter().map(Memory::stored_bytes).sum();
    let (front, mut rest) = bytes.split_at(bytes.len() - usize::try_from(stored).unwrap());
    let mut blocks = vec![front.to_vec()];
    for chunk in image.memories.iter().flat_map(Memory::chunks) {
        let (block, after) = rest.split_at(chunk.stored_bytes as usize);
        blocks.push(block.to_vec());
        rest = after;
    }
    blocks
}

fn order(info: &KeptInfo) -> (u64, u64) {
    (info.epoch, info.sequence)
}

fn held(entries: &[&Entry]) -> u64 {
    let blocks: BTreeSet<_> = entries.iter().flat_map(|entry| blocks(&entry.image)).collect();
    blocks.iter().map(|block| block.len() as u64).sum()
}

impl Model {
    /// Which of the entries stay when `new` has been kept; `None` when there is no room for it.
    fn after<'a>(&'a self, new: &'a Entry) -> Option<Vec<&'a Entry>> {
        let same =
            |entry: &&Entry| entry.info.atom == new.info.atom && order(&entry.info) == order(&new.info);
        let mut stay: Vec<_> = self.entries.iter().filter(|entry| !same(entry)).chain([new]).collect();
        let mut of_atom: Vec<_> =
            stay.iter().copied().filter(|entry| entry.info.atom == new.info.atom).collect();
        of_atom.sort_by_key(|entry| order(&entry.info));
        let excess = of_atom.len().saturating_sub(SETTINGS.keep_per_atom);
        let older: Vec<_> =
            of_atom.iter().map(|entry| entry.info.id).filter(|id| *id != new.info.id).take(excess).collect();
        stay.retain(|entry| !older.contains(&entry.info.id));
        while held(&stay) > SETTINGS.max_bytes {
            let newer = |entry: &Entry| {
                let of_atom = |other: &&&Entry| other.info.atom == entry.info.atom;
                stay.iter().filter(of_atom).any(|other| order(&other.info) > order(&entry.info))
            };
            let may_go = stay.iter().filter(|entry| newer(entry) && entry.info.id != new.info.id);
            let goes = may_go.min_by_key(|entry| (entry.info.taken_at_ns, entry.info.id))?.info.id;
            stay.retain(|entry| entry.info.id != goes);
        }
        Some(stay)
    }

    fn keep(&mut self, images: &Images, about: &Kept, image: Image) {
        let kept = images.keep(about, &image);
        let info = match &kept {
            Ok(info) => info.clone(),
            Err(_) => self.placeholder(about),
        };
        let new = Entry { info, image };
        let ids: Option<Vec<_>> =
            self.after(&new).map(|stay| stay.iter().map(|entry| entry.info.id).collect());
        match (kept, ids) {
            (Ok(_), Some(ids)) => {
                self.entries.push(new);
                self.entries.retain(|entry| ids.contains(&entry.info.id));
            }
            (Err(Error::NoRoom { .. }), None) => {}
            (kept, ids) => panic!("the store says {kept:?}, and the model {ids:?}"),
        }
    }

    fn placeholder(&self, about: &Kept) -> KeptInfo {
        let mut info = self.entries.first().map(|entry| entry.info.clone()).expect("an empty store has room");
        (info.id, info.atom) = (u64::MAX, about.atom.clone());
        (info.epoch, info.sequence, info.taken_at_ns) = (about.epoch, about.sequence, about.taken_at_ns);
        info
    }

    fn compare(&self, images: &Images) {
        let mut expected: Vec<_> = self.entries.iter().map(|entry| entry.info.clone()).collect();
        expected.sort_by_key(|info| (info.atom.clone(), info.epoch, info.sequence));
        assert_eq!(images.list(None).unwrap(), expected);
        for entry in &self.entries {
            assert!(images.load(entry.info.id).unwrap().image == entry.image, "{:?}", entry.info);
        }
        let usage = images.usage().unwrap();
        assert_eq!(usage.held_bytes, held(&self.entries.iter().collect::<Vec<_>>()));
        assert_eq!(usage.images, self.entries.len() as u64);
    }
}

fn step(model: &mut Model, images: &Images, random: &mut Seed) {
    let atom = ["a", "b", "c", "d"][usize::try_from(random.below(4)).unwrap()];
    match random.below(10) {
        0 => {
            let there = model.entries.iter().filter(|entry| entry.info.atom == atom).count();
            assert_eq!(images.remove(atom).unwrap(), there);
            model.entries.retain(|entry| entry.info.atom != atom);
        }
        1 => {
            let newest = model.entries.iter().filter(|entry| entry.info.atom == atom);
            let newest = newest.max_by_key(|entry| order(&entry.info)).map(|entry| entry.info.clone());
            assert_eq!(images.newest(atom).unwrap(), newest);
        }
        _ => {
            let mut about = kept(atom, 1 + random.below(2), 1 + random.below(20));
            about.taken_at_ns = random.below(1000);
            let chunks: Vec<_> = (0..random.below(7)).map(|_| random.below(30)).collect();
            model.keep(images, &about, image(&chunks));
        }
    }
}

#[test]
fn a_store_is_as_the_model_says() {
    let seed = seed();
    for run in 0..RUNS {
        let mut random = Seed(seed.wrapping_add(run));
        let folder = Folder::new();
        let mut model = Model::default();
        let mut images = Images::open(folder.path(), SETTINGS).unwrap();
        for number in 0..STEPS {
            step(&mut model, &images, &mut random);
            if random.below(12) == 0 {
                drop(images);
                images = Images::open(folder.path(), SETTINGS).unwrap();
            }
            if number % 5 == 0 {
                model.compare(&images);
            }
        }
        model.compare(&images);
        drop(images);
        let (images, rebuilt) = Images::rebuild(folder.path(), SETTINGS).unwrap();
        assert_eq!((rebuilt.images, rebuilt.lost), (model.entries.len(), vec![]));
        model.compare(&images);
    }
}
