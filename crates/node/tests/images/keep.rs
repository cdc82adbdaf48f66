//! Keeping, listing, loading, removing.

use std::fs;
use std::sync::atomic::{AtomicBool, Ordering};

use sojourn_image::ModuleHash;
use sojourn_node::images::{Error, Images, Settings, Sync};

use crate::world::{CHUNK, Folder, MODULE, Seed, image, kept, listed, open, packs};

#[test]
fn what_is_kept_is_loaded_the_same() {
    let folder = Folder::new();
    let images = open(folder.path());
    let mut first = image(&[1, 0, 2, 3]);
    first.module = Some(MODULE.to_vec());
    first.host = Seed(9).bytes(200_000);
    first.mailbox = vec![1, 2, 3];
    let mut about = kept("lua", 1, 1);
    about.options = Seed(8).bytes(100_000);
    let info = images.keep(&about, &first).unwrap();
    let empty = images.keep(&kept("nothing", 0, 0), &image(&[])).unwrap();
    drop(images);

    let images = open(folder.path());
    let loaded = images.load(info.id).unwrap();
    assert_eq!((&loaded.info, &loaded.options, &loaded.image), (&info, &about.options, &first));
    assert_eq!(loaded.image.encode().unwrap(), first.encode().unwrap());
    assert_eq!(info.image_bytes, first.encode().unwrap().len() as u64);
    assert_eq!(images.load(empty.id).unwrap().image, image(&[]));
    assert_eq!(images.newest("lua").unwrap(), Some(info.clone()));
    assert_eq!(images.newest("other").unwrap(), None);
    assert_eq!(images.list(Some("lua")).unwrap(), [info]);
    assert_eq!(images.list(None).unwrap().len(), 2);
    assert!(matches!(images.load(77), Err(Error::Missing { id: 77 })));
}

#[test]
fn what_has_not_changed_costs_nothing() {
    let folder = Folder::new();
    let images = open(folder.path());
    let before = images.keep(&kept("a", 1, 1), &image(&[1, 2, 3, 4, 5])).unwrap();
    let after = images.keep(&kept("a", 1, 2), &image(&[1, 2, 9, 4, 5])).unwrap();
    let other = images.keep(&kept("b", 1, 1), &image(&[5, 4, 3, 2, 1])).unwrap();
    assert!(before.new_bytes > 5 * CHUNK as u64, "{before:?}");
    assert!((CHUNK as u64..CHUNK as u64 + 1000).contains(&after.new_bytes), "{after:?}");
    assert!(other.new_bytes < 1000, "{other:?}");
    let held = images.usage().unwrap();
    assert!((6 * CHUNK as u64..6 * CHUNK as u64 + 3000).contains(&held.held_bytes), "{held:?}");
}

#[test]
fn bytes_from_another_node_are_checked() {
    let (here, there) = (Folder::new(), Folder::new());
    let (here, there) = (open(here.path()), open(there.path()));
    let mut about = kept("a", 3, 7);
    about.options = b"options".to_vec();
    let id = here.keep(&about, &image(&[1, 2])).unwrap().id;
    let (info, options, bytes) = here.load_bytes(id).unwrap();
    assert_eq!((options, info.atom.as_str()), (about.options.clone(), "a"));
    let mut damaged = bytes.clone();
    damaged[200] ^= 1;
    assert!(matches!(there.keep_bytes(&about, damaged), Err(Error::Image(_))));
    assert_eq!(there.list(None).unwrap(), []);
    let id = there.keep_bytes(&about, bytes).unwrap().id;
    assert_eq!(there.load(id).unwrap().image, image(&[1, 2]));
}

#[test]
fn the_newest_has_the_greatest_epoch_then_sequence() {
    let folder = Folder::new();
    let images = open(folder.path());
    for (epoch, sequence) in [(1, 9), (1 << 32, 1), (2, 50)] {
        images.keep(&kept("a", epoch, sequence), &image(&[epoch])).unwrap();
    }
    assert_eq!(images.newest("a").unwrap().unwrap().epoch, 1 << 32);
    // The same name again takes the place of the first.
    images.keep(&kept("a", 1 << 32, 1), &image(&[77])).unwrap();
    let newest = images.newest("a").unwrap().unwrap();
    assert_eq!(images.load(newest.id).unwrap().image, image(&[77]));
    assert_eq!(images.list(Some("a")).unwrap().len(), 3);
    // One that comes late stays although it is the oldest: it was just promised.
    let late = images.keep(&kept("a", 1, 1), &image(&[78])).unwrap();
    assert_eq!(images.load(late.id).unwrap().image, image(&[78]));
}

#[test]
fn the_oldest_go_and_their_packs_with_them() {
    let folder = Folder::new();
    let settings = Settings { keep_per_atom: 2, ..Settings::default() };
    let images = Images::open(folder.path(), settings).unwrap();
    for sequence in 1..=5 {
        // The first chunk stays; so most of the first pack is not in use when it is written anew.
        images.keep(&kept("a", 1, sequence), &image(&[1, 100 + sequence, 200 + sequence])).unwrap();
    }
    assert_eq!(listed(&images), [("a".into(), 4), ("a".into(), 5)]);
    let usage = images.usage().unwrap();
    assert_eq!(usage.disk_bytes, usage.held_bytes);
    assert!(usage.held_bytes < 6 * CHUNK as u64, "{usage:?}");
    for info in images.list(None).unwrap() {
        let expected = image(&[1, 100 + info.sequence, 200 + info.sequence]);
        assert_eq!(images.load(info.id).unwrap().image, expected);
    }
    assert_eq!(images.remove("a").unwrap(), 2);
    assert_eq!(images.remove("a").unwrap(), 0);
    assert_eq!(packs(folder.path()), Vec::<std::path::PathBuf>::new());
    assert_eq!(images.usage().unwrap().held_bytes, 0);
}

#[test]
fn a_full_store_never_lets_the_last_image_of_an_atom_go() {
    let folder = Folder::new();
    let settings = Settings { keep_per_atom: 3, max_bytes: 5 * CHUNK as u64, ..Settings::default() };
    let images = Images::open(folder.path(), settings).unwrap();
    for sequence in 1..=3 {
        images.keep(&kept("a", 1, sequence), &image(&[sequence])).unwrap();
    }
    images.keep(&kept("b", 1, 1), &image(&[11])).unwrap();
    images.keep(&kept("c", 1, 1), &image(&[12, 13])).unwrap();
    assert_eq!(listed(&images), [("a".into(), 3), ("b".into(), 1), ("c".into(), 1)]);
    let (before, files) = (images.list(None).unwrap(), packs(folder.path()));
    let refused = images.keep(&kept("d", 1, 1), &image(&[14])).unwrap_err();
    assert!(matches!(refused, Error::NoRoom { .. }), "{refused}");
    assert_eq!((images.list(None).unwrap(), packs(folder.path())), (before, files));
    // In the place of its own image before, there is room.
    images.keep(&kept("c", 1, 2), &image(&[15])).unwrap();
    assert_eq!(listed(&images), [("a".into(), 3), ("b".into(), 1), ("c".into(), 2)]);
}

#[test]
fn a_second_node_is_told_who_has_the_store() {
    let folder = Folder::new();
    let images = open(folder.path());
    let refused = Images::open(folder.path(), Settings::default()).map(drop).unwrap_err();
    let text = refused.to_string();
    assert!(matches!(refused, Error::InUse { process: Some(process), .. } if process == std::process::id()));
    assert!(text.contains("is open in another process") && text.contains("folder of its own"), "{text}");
    drop(images);
    open(folder.path());
}

#[test]
fn threads_load_while_others_keep_and_remove() {
    let folder = Folder::new();
    let settings = Settings { keep_per_atom: 1, ..Settings::default() };
    let images = Images::open(folder.path(), settings).unwrap();
    // Chunk i changes at every (i + 1)th, so that packs thin out and are written anew under the readers' hands.
    let content = |atom: u64, sequence: u64| {
        let chunks: Vec<_> =
            (0..5).map(|chunk| 1 + atom * 10_000 + chunk * 1000 + sequence / (chunk + 1)).collect();
        image(&chunks)
    };
    let (images, content) = (&images, &content);
    let done = AtomicBool::new(false);
    let loaded = std::thread::scope(|threads| {
        let keep = |atom: u64| {
            for sequence in 1..60 {
                images.keep(&kept(&format!("{atom}"), 1, sequence), &content(atom, sequence)).unwrap();
                if sequence % 20 == 0 {
                    images.remove(&format!("{atom}")).unwrap();
                }
            }
        };
        let load = || {
            let mut loaded = 0;
            while !done.load(Ordering::Relaxed) {
                for info in images.list(None).unwrap() {
                    match images.load(info.id) {
                        Ok(back) => {
                            assert!(back.image == content(info.atom.parse().unwrap(), info.sequence));
                            loaded += 1;
                        }
                        Err(error) => assert!(matches!(error, Error::Missing { .. }), "{error}"),
                    }
                }
            }
            loaded
        };
        let writers = [0, 1].map(|atom| threads.spawn(move || keep(atom)));
        let readers = [(); 2].map(|()| threads.spawn(load));
        let ended = writers.map(std::thread::ScopedJoinHandle::join);
        done.store(true, Ordering::Relaxed);
        ended.into_iter().for_each(Result::unwrap);
        readers.map(|reader| reader.join().unwrap()).iter().sum::<u32>()
    });
    assert!(loaded > 0);
}

#[test]
fn a_store_of_another_version_is_left_alone() {
    let folder = Folder::new();
    drop(open(folder.path()));
    let index = folder.path().join("index.redb");
    let meta: redb::TableDefinition<'_, &str, u64> = redb::TableDefinition::new("meta");
    let database = redb::Database::open(&index).unwrap();
    let transaction = database.begin_write().unwrap();
    transaction.open_table(meta).unwrap().insert("version", 9).unwrap();
    transaction.commit().unwrap();
    drop(database);
    let refused = Images::open(folder.path(), Settings::default()).map(drop).unwrap_err();
    assert!(matches!(refused, Error::Version { found: 9, supported: 1, .. }), "{refused}");
}

#[test]
fn too_much_is_refused() {
    let folder = Folder::new();
    let images = open(folder.path());
    let refused = images.keep(&kept(&"x".repeat(256), 1, 1), &image(&[1])).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the name of the atom has 256 bytes, and at most 255 are kept; nothing was changed"
    );
    assert!(images.record("a", 1, &vec![0; 65537], Sync::Process).is_err());
    assert_eq!((listed(&images), images.decisions()), (vec![], vec![]));
}

#[test]
fn modules_are_found_by_hash() {
    let folder = Folder::new();
    let images = open(folder.path());
    let hash = ModuleHash::of(MODULE);
    assert_eq!(images.module(&hash).unwrap(), None);
    images.keep_module(&hash, MODULE).unwrap();
    images.keep_module(&hash, MODULE).unwrap();
    assert!(matches!(images.keep_module(&hash, b"other"), Err(Error::WrongModule { .. })));
    assert_eq!(images.module(&hash).unwrap().as_deref(), Some(MODULE));
    let path = folder.path().join("modules").join(format!("{hash}.wasm"));
    fs::write(&path, b"\0asm\x01\0\0\x01").unwrap();
    assert_eq!(images.module(&hash).unwrap(), None);
    assert!(!path.exists(), "the damaged one is gone");
    images.keep_module(&hash, MODULE).unwrap();
    assert_eq!(images.module(&hash).unwrap().as_deref(), Some(MODULE));
}

#[test]
fn decisions_are_remembered() {
    let folder = Folder::new();
    let images = open(folder.path());
    images.record("a", 1, b"released", Sync::Process).unwrap();
    images.record("a", 2, b"offered", Sync::Process).unwrap();
    images.record("a", 2, b"released", Sync::Disk).unwrap();
    images.record("b", 5, b"", Sync::Process).unwrap();
    images.record("c", 1, b"ended", Sync::Process).unwrap();
    images.forget("b", Sync::Disk).unwrap();
    images.forget("nobody", Sync::Disk).unwrap();
    let remembered = images.decisions();
    let short: Vec<_> =
        remembered.iter().map(|one| (one.atom.as_str(), one.epoch, one.what.as_slice())).collect();
    assert_eq!(short, [("a", 1, &b"released"[..]), ("a", 2, b"released"), ("c", 1, b"ended")]);
    drop(images);
    assert_eq!(open(folder.path()).decisions(), remembered);
}

#[test]
fn a_journal_of_what_is_forgotten_becomes_short_again() {
    let folder = Folder::new();
    let images = open(folder.path());
    images.record("stays", 1, b"released", Sync::Process).unwrap();
    for epoch in 0..3000 {
        images.record("goes", epoch, &[7; 100], Sync::Process).unwrap();
        images.forget("goes", Sync::Process).unwrap();
    }
    let length = fs::metadata(folder.path().join("decisions")).unwrap().len();
    assert!(length < 70_000, "{length} bytes");
    images.record("stays", 2, b"restored", Sync::Process).unwrap();
    let remembered = images.decisions();
    assert_eq!(remembered.len(), 2);
    drop(images);
    assert_eq!(open(folder.path()).decisions(), remembered);
}
