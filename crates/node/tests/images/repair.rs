//! A node's folder, repaired: what is whole is there afterwards, and the node can open it.

use std::fs;
use std::path::{Path, PathBuf};

use sojourn_node::images::{Error, Images, Settings};
use sojourn_node::journal::{self, Journal, Kind};
use sojourn_node::repair;

use crate::world::{Folder, Seed, image, kept, seed};

/// So small that copies of a folder take no time.
const SMALL: journal::Settings = journal::Settings { segment_bytes: 4 << 10, max_bytes: 1 << 30 };
const ENTRIES: u8 = 30;

/// A folder with images and a journal.
fn fill(folder: &Path) {
    let images = Images::open(&folder.join("images"), Settings::default()).unwrap();
    for atom in 0..3 {
        images.keep(&kept(&format!("atom-{atom}"), 1, atom), &image(&[10 + atom])).unwrap();
    }
    let journal = Journal::open(&folder.join("journal"), SMALL).unwrap();
    for number in 0..ENTRIES {
        journal.append_and_tell("a", Kind::Post, vec![vec![number; 300]]).recv().unwrap().unwrap();
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}

/// Files of the journal, the oldest first.
fn logs(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder.join("journal")).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "log")).collect();
    files.sort();
    files
}

/// What the journal has, where it can be opened.
fn entries(folder: &Path) -> Result<Vec<u8>, Error> {
    let journal = Journal::open(&folder.join("journal"), SMALL)?;
    let entries = journal.entries("a")?;
    assert!(entries.iter().all(|entry| entry.content == [entry.content[0]; 300]), "what was never written");
    assert!(entries.is_sorted_by_key(|entry| entry.sequence));
    Ok(entries.iter().map(|entry| entry.content[0]).collect())
}

fn images(folder: &Path) -> usize {
    let images = Images::open(&folder.join("images"), Settings::default()).unwrap();
    let kept = images.list(None).unwrap();
    for info in &kept {
        images.load(info.id).unwrap();
    }
    kept.len()
}

#[test]
fn a_folder_that_is_whole_stays_as_it_is() {
    let folder = Folder::new();
    fill(folder.path());
    let repaired = repair(folder.path()).unwrap();
    assert_eq!((repaired.damaged, repaired.images, repaired.lost.len()), (false, 3, 0));
    assert!(!folder.path().join("images/lost").exists() && !folder.path().join("journal/lost").exists());
    assert_eq!(entries(folder.path()).unwrap().len(), usize::from(ENTRIES));
}

#[test]
fn a_journal_cut_or_changed_at_any_byte_is_repaired_and_opens() {
    let mut random = Seed(seed());
    let (good, folder) = (Folder::new(), Folder::new());
    fill(good.path());
    copy(good.path(), folder.path());
    let files = logs(good.path());
    assert!(files.len() > 2);
    let whole = fs::read(&files[0]).unwrap();
    let path = logs(folder.path()).remove(0);
    let mut repairs = 0;
    for at in 0..whole.len() {
        let mut bytes = whole.clone();
        if random.below(2) == 0 {
            bytes.truncate(at);
        } else {
            bytes[at] ^= 1 << random.below(8);
        }
        fs::write(&path, &bytes).unwrap();
        let lost = journal::repair(&folder.path().join("journal")).unwrap();
        repairs += lost.len();
        let there = entries(folder.path()).unwrap();
        assert!(there.len() + 14 >= usize::from(ENTRIES), "the other files are there: {there:?}");
        assert!(there.contains(&(ENTRIES - 1)));
        if !path.exists() {
            fs::write(&path, &whole).unwrap();
        }
    }
    assert!(repairs > 100, "{repairs}");
}

#[test]
fn a_damaged_beginning_of_a_journal_loses_nothing_that_is_whole() {
    let folder = Folder::new();
    fill(folder.path());
    let path = logs(folder.path()).remove(0);
    for at in [0, 9, 20] {
        let mut bytes = fs::read(&path).unwrap();
        bytes[at] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let error = entries(folder.path()).unwrap_err();
        assert!(error.to_string().contains("sojourn repair"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), bytes, "a look changes nothing");
        let repaired = repair(folder.path()).unwrap();
        assert!(repaired.damaged && repaired.lost.len() == 1, "{repaired:?}");
        assert_eq!(entries(folder.path()).unwrap().len(), usize::from(ENTRIES));
    }
    assert_eq!(fs::read_dir(folder.path().join("journal/lost")).unwrap().count(), 3, "as they were");
}

#[test]
fn images_and_journal_are_repaired_together() {
    let folder = Folder::new();
    fill(folder.path());
    let index = folder.path().join("images/index.redb");
    fs::write(&index, b"nothing that was ever written").unwrap();
    let log = logs(folder.path()).remove(1);
    let mut bytes = fs::read(&log).unwrap();
    bytes[100] ^= 1;
    fs::write(&log, &bytes).unwrap();
    let repaired = repair(folder.path()).unwrap();
    assert!(repaired.damaged);
    assert_eq!((repaired.images, repaired.lost.len()), (3, 1), "{repaired:?}");
    assert_eq!(images(folder.path()), 3);
    assert_eq!(entries(folder.path()).unwrap().len() + 1, usize::from(ENTRIES));
    assert!(!repair(folder.path()).unwrap().damaged, "once is enough");
}

#[test]
fn a_folder_in_use_or_of_nobody_is_told() {
    let folder = Folder::new();
    assert!(matches!(repair(folder.path()), Err(Error::Io { .. })));
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was made");
    fill(folder.path());
    let _open = Images::open(&folder.path().join("images"), Settings::default()).unwrap();
    assert!(matches!(repair(folder.path()), Err(Error::InUse { .. })));
}
