//! The journal: against a model, on a full disk, and with damaged files.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use sojourn_node::images::Error;
use sojourn_node::journal::{Cut, Entry, Journal, Kind, Settings, limit};

use crate::full::small_disk;
use crate::world::{Folder, Seed, seed};

const STEPS: u64 = 3000;
/// So small that there are many files.
const SMALL: Settings = Settings { segment_bytes: 32 << 10, max_bytes: 1 << 30 };

fn open(folder: &Path) -> Journal {
    Journal::open(folder, SMALL).unwrap()
}

fn append(journal: &Journal, atom: &str, kind: Kind, contents: Vec<Vec<u8>>) -> Result<u64, Error> {
    journal.append_and_tell(atom, kind, contents).recv().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|kind| kind == "log")).collect();
    files.sort();
    files
}

#[derive(Default)]
struct Model(BTreeMap<String, Vec<Entry>>);

impl Model {
    fn cut(&mut self, atom: &str, up_to: Cut) {
        if let Some(entries) = self.0.get_mut(atom) {
            entries.retain(|entry| !up_to.covers(entry.kind, entry.sequence));
        }
        self.0.retain(|_, entries| !entries.is_empty());
    }

    fn check(&self, journal: &Journal) {
        assert_eq!(journal.atoms(), self.0.keys().cloned().collect::<Vec<_>>());
        for (atom, entries) in &self.0 {
            assert_eq!(&journal.entries(atom).unwrap(), entries, "{atom}");
            let bytes: usize = entries.iter().map(|entry| entry.content.len()).sum();
            let load = journal.load(atom);
            assert_eq!((load.entries, load.bytes), (entries.len() as u64, bytes as u64));
        }
    }
}

#[test]
fn it_is_what_a_model_says_over_any_steps_and_openings() {
    let mut random = Seed(seed());
    let folder = Folder::new();
    let (mut journal, mut model) = (open(folder.path()), Model::default());
    let mut most = 0;
    for _ in 0..STEPS {
        // One of them is never cut, so that what is needed of old files is written anew.
        let atom = format!("node/atom-{}", random.below(5));
        match random.below(20) {
            0..16 => {
                let kind = if random.below(3) == 0 { Kind::Change } else { Kind::Post };
                let long = if random.below(200) == 0 { 60_000 } else { 400 };
                let stays = atom.ends_with("atom-0");
                let count = if stays { 1 } else { 1 + random.below(4) };
                let contents: Vec<Vec<u8>> = (0..count)
                    .map(|_| {
                        let length = if stays { 4 } else { random.below(long) };
                        random.bytes(usize::try_from(length).unwrap())
                    })
                    .collect();
                let last = append(&journal, &atom, kind, contents.clone()).unwrap();
                let entries = (last + 1 - count..).zip(contents);
                let entries = entries.map(|(sequence, content)| Entry { sequence, kind, content });
                model.0.entry(atom).or_default().extend(entries);
            }
            16..19 if !atom.ends_with("atom-0") => {
                let back = |random: &mut Seed| journal.last().saturating_sub(random.below(40));
                let up_to = Cut { posts: back(&mut random), changes: back(&mut random) };
                journal.cut(&atom, up_to);
                model.cut(&atom, up_to);
            }
            _ if random.below(20) == 0 => {
                let last = journal.last();
                drop(journal);
                journal = open(folder.path());
                assert!(journal.last() >= last || model.0.is_empty());
                model.check(&journal);
            }
            _ => model.check(&journal),
        }
        most = most.max(files(folder.path()).len());
    }
    model.check(&journal);
    assert!(most > limit::MANY_SEGMENTS, "only {most} files at once: nothing was written anew");
    assert!(most < 40, "{most} files: those that nothing is needed of stay");
}

#[test]
fn what_waits_together_is_told_in_order_and_has_rising_numbers() {
    let folder = Folder::new();
    let journal = open(folder.path());
    let told: Vec<_> = (0..200_u32)
        .map(|number| journal.append_and_tell("a", Kind::Post, vec![number.to_le_bytes().to_vec(); 2]))
        .collect();
    // The last one is told last: all others are there by then.
    let last = told.last().unwrap().recv().unwrap().unwrap();
    assert_eq!(last, journal.last());
    for (number, told) in (0..).zip(&told[..told.len() - 1]) {
        assert_eq!(told.try_recv().unwrap().unwrap(), last - 2 * (199 - number));
    }
    let entries = journal.entries("a").unwrap();
    let numbers = entries.iter().map(|entry| u32::from_le_bytes(entry.content[..].try_into().unwrap()));
    assert!(numbers.eq((0..200).flat_map(|number| [number, number])));
    assert!(entries.windows(2).all(|pair| pair[0].sequence + 1 == pair[1].sequence));
}

#[test]
fn what_is_too_long_is_refused_and_the_rest_goes_on() {
    let folder = Folder::new();
    let journal = open(folder.path());
    let error = append(&journal, "a", Kind::Post, vec![vec![0; limit::ENTRY_BYTES + 1]]).unwrap_err();
    assert!(matches!(error, Error::TooLong { .. }), "{error}");
    append(&journal, "a", Kind::Post, vec![vec![1; limit::ENTRY_BYTES]]).unwrap();
    assert_eq!(journal.load("a").entries, 1);
    drop(journal);
    assert_eq!(open(folder.path()).entries("a").unwrap()[0].content.len(), limit::ENTRY_BYTES);
}

#[test]
fn a_journal_that_is_full_says_so_until_something_is_cut() {
    let folder = Folder::new();
    let journal = Journal::open(folder.path(), Settings { max_bytes: 128 << 10, ..SMALL }).unwrap();
    let entry = vec![vec![7; 8000]];
    let error = (0..100).find_map(|_| append(&journal, "a", Kind::Post, entry.clone()).err()).unwrap();
    assert!(error.to_string().contains("the journal of durable atoms"), "{error}");
    let there = journal.load("a").entries;
    assert!(there >= 12, "{there}");
    journal.cut("a", Cut::all(journal.last()));
    for _ in 0..12 {
        append(&journal, "a", Kind::Post, entry.clone()).unwrap();
    }
    assert_eq!(journal.load("a").entries, 12);
}

#[test]
fn a_full_disk_is_told_and_nothing_acknowledged_is_lost() {
    let folder = Folder::new();
    if small_disk(folder.path(), 1 << 20).is_none() {
        eprintln!("a small file system needs more rights than there are");
        return;
    }
    let place = folder.path().join("journal");
    let journal = open(&place);
    let entry = || vec![vec![7; 3000]];
    let mut count = 0;
    let error = loop {
        match append(&journal, "a", Kind::Post, entry()) {
            Ok(_) => count += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(error, Error::DiskFull { .. }), "{error}");
    assert!(count > 100, "{count}");
    append(&journal, "a", Kind::Post, entry()).unwrap_err();
    assert_eq!(journal.load("a").entries, count);
    drop(journal);
    let journal = open(&place);
    assert_eq!(journal.entries("a").unwrap().len() as u64, count);
    // What is cut makes room.
    journal.cut("a", Cut::all(journal.last()));
    append(&journal, "b", Kind::Post, entry()).unwrap();
    drop(journal);
    let journal = open(&place);
    assert_eq!((journal.load("a").entries, journal.load("b").entries), (0, 1));
}

/// A journal of three frames; where each begins.
fn three(folder: &Path) -> (PathBuf, Vec<u8>, Vec<usize>) {
    let journal = open(folder);
    for number in 0..3_u8 {
        append(&journal, "a", Kind::Post, vec![vec![number; 100]]).unwrap();
    }
    drop(journal);
    let path = files(folder).remove(0);
    let bytes = fs::read(&path).unwrap();
    let starts: Vec<usize> = (0..bytes.len()).filter(|at| bytes[*at..].starts_with(b"sjfr")).collect();
    assert_eq!(starts.len(), 3);
    (path, bytes, starts)
}

#[test]
fn a_torn_end_is_cut_wherever_it_is_torn() {
    let folder = Folder::new();
    let (path, bytes, starts) = three(folder.path());
    for length in starts[2]..starts[2] + 160 {
        let mut torn = bytes.clone();
        torn[length..].fill(0);
        fs::write(&path, &torn).unwrap();
        let journal = open(folder.path());
        let there = journal.load("a").entries;
        assert_eq!(there, if torn == bytes { 3 } else { 2 }, "{length}");
        // And goes on behind what is whole.
        append(&journal, "a", Kind::Post, vec![vec![9; 50]]).unwrap();
        drop(journal);
        let contents: Vec<u8> =
            open(folder.path()).entries("a").unwrap().iter().map(|entry| entry.content[0]).collect();
        let expected: &[u8] = if torn == bytes { &[0, 1, 2, 9] } else { &[0, 1, 9] };
        assert_eq!(contents, expected, "{length}");
    }
}

#[test]
fn damage_before_the_end_is_told_and_the_rest_can_be_saved() {
    let folder = Folder::new();
    let (path, bytes, starts) = three(folder.path());
    for at in [starts[1], starts[1] + 5, starts[1] + 9, starts[1] + 60] {
        let mut damaged = bytes.clone();
        damaged[at] ^= 1;
        fs::write(&path, &damaged).unwrap();
        let error = Journal::open(folder.path(), SMALL).err().unwrap();
        assert!(matches!(error, Error::Damaged { .. }), "{error}");
        assert!(error.to_string().contains("cannot be read"), "{error}");
        assert_eq!(fs::read(&path).unwrap(), damaged, "a look changes nothing");
        let journal = Journal::salvage(folder.path(), SMALL).unwrap();
        let there: Vec<u8> = journal.entries("a").unwrap().iter().map(|entry| entry.content[0]).collect();
        assert_eq!(there, [0, 2]);
    }
}

#[test]
fn any_bytes_are_read_without_a_panic() {
    let mut random = Seed(seed());
    let folder = Folder::new();
    let (path, bytes, _) = three(folder.path());
    for _ in 0..200 {
        let mut changed = bytes.clone();
        for _ in 0..=random.below(8) {
            let at = usize::try_from(random.below(500)).unwrap();
            changed[at] = random.bytes(1)[0];
        }
        let length = if random.below(3) == 0 { random.below(600) } else { changed.len() as u64 };
        changed.truncate(usize::try_from(length).unwrap());
        fs::write(&path, &changed).unwrap();
        if let Ok(journal) = Journal::salvage(folder.path(), SMALL) {
            let there = journal.entries("a").unwrap();
            assert!(there.iter().all(|entry| entry.content == [entry.content[0]; 100]), "{there:?}");
        }
    }
}
