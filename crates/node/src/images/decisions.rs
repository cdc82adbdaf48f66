//! What a node must remember over a restart: which epochs it has released, restored, ended.
//!
//! A journal to which lines are added, each under a hash. Written without `Sync::Disk`, a line survives the end of the
//! process, however it ends (the system has it), and costs some microseconds; with it, it also survives a power cut.
//!
//! ```text
//! 0    8   magic: 00 "sjdeci" 01
//! then, for each line: 4 bytes length n, 16 bytes hash of what follows, n bytes CBOR
//! [atom, epoch, what]     decided
//! [atom]                  all about this atom is forgotten
//! ```

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Write};
use std::ops::Range;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::PoisonError;

use minicbor::{Decoder, Encoder};
use sojourn_image::Hash;

use super::Images;
use super::error::Error;
use super::limit;
use crate::folder::write_whole;

/// Its name in the store.
pub(super) const JOURNAL: &str = "decisions";
const MAGIC: &[u8; 8] = b"\0sjdeci\x01";
const LINE_BYTES: usize = 4 + Hash::BYTES;

/// How safe a line is to be when the call returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sync {
    /// It survives the end of the process.
    Process,
    /// It survives a power cut too.
    Disk,
}

/// What was decided about an atom.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Name of the atom.
    pub atom: String,
    /// The epoch it was decided about.
    pub epoch: u64,
    /// What was decided last; opaque here.
    pub what: Vec<u8>,
}

type Known = BTreeMap<String, BTreeMap<u64, Vec<u8>>>;

/// The journal, and what it says.
pub(super) struct Journal {
    path: PathBuf,
    file: File,
    length: u64,
    known: Known,
}

impl Journal {
    pub(super) fn open(store: &Path) -> Result<Self, Error> {
        let path = store.join(JOURNAL);
        let fault = |error| Error::file(&path, error);
        let bytes = match std::fs::read(&path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(fault(error)),
        };
        if bytes.is_empty() {
            write_whole(&path, true, |file| file.write_all(MAGIC)).map_err(fault)?;
        }
        let bytes = if bytes.is_empty() { MAGIC.to_vec() } else { bytes };
        let Some(lines) = bytes.strip_prefix(MAGIC) else {
            return Err(Error::damaged(&path, "it does not begin as a journal of decisions"));
        };
        let mut known = Known::new();
        let mut at = 0;
        while let Some(end) = apply(lines, at, &mut known) {
            at = end;
        }
        // A crash cuts the last line; only damage leaves a whole line after one that is not.
        if let Some(next) = (at + 1..lines.len()).find(|next| line(lines, *next).is_some()) {
            let (from, to) = (MAGIC.len() + at, MAGIC.len() + next);
            return Err(Error::damaged(&path, format!("decisions from byte {from} to {to} cannot be read")));
        }
        let file = File::options().read(true).write(true).open(&path).map_err(fault)?;
        let length = (MAGIC.len() + at) as u64;
        file.set_len(length).map_err(fault)?;
        Ok(Self { path, file, length, known })
    }

    /// As `open`, but goes on after lines that are damaged, and writes the journal anew.
    pub(super) fn salvage(store: &Path) -> Result<Self, Error> {
        let path = store.join(JOURNAL);
        let bytes = std::fs::read(&path).unwrap_or_default();
        let mut known = Known::new();
        let mut at = 0;
        while at < bytes.len() {
            at = apply(&bytes, at, &mut known).unwrap_or(at + 1);
        }
        let file = rewrite(&path, &known).map_err(|error| Error::file(&path, error))?;
        let length = file.metadata().map_err(|error| Error::file(&path, error))?.len();
        Ok(Self { path, file, length, known })
    }

    fn add(&mut self, content: &[u8], sync: Sync) -> Result<(), Error> {
        let bytes = encode(content);
        let written = self
            .file
            .write_all_at(&bytes, self.length)
            .and_then(|()| if sync == Sync::Disk { self.file.sync_data() } else { Ok(()) });
        if let Err(error) = written {
            // Half a line is cut off now, or when the journal is opened the next time.
            let _ = self.file.set_len(self.length);
            return Err(Error::file(&self.path, error));
        }
        self.length += bytes.len() as u64;
        apply(&bytes, 0, &mut self.known);
        self.shorten();
        Ok(())
    }

    /// Writes the journal anew when most of it is about what is forgotten. Where that fails it only stays long.
    fn shorten(&mut self) {
        if self.length < limit::JOURNAL_BYTES || self.length < 4 * live_bytes(&self.known) {
            return;
        }
        if let Ok(file) = rewrite(&self.path, &self.known) {
            self.length = file.metadata().map_or(0, |known| known.len());
            self.file = file;
        }
    }
}

fn rewrite(path: &Path, known: &Known) -> io::Result<File> {
    write_whole(path, true, |file| {
        let mut bytes = MAGIC.to_vec();
        for (atom, epochs) in known {
            for (epoch, what) in epochs {
                bytes.extend(encode(&decided(atom, *epoch, what)));
            }
        }
        file.write_all(&bytes)
    })?;
    File::options().read(true).write(true).open(path)
}

fn live_bytes(known: &Known) -> u64 {
    let lines = known
        .iter()
        .flat_map(|(atom, epochs)| epochs.values().map(|what| (LINE_BYTES + atom.len() + what.len()) as u64));
    lines.sum()
}

fn decided(atom: &str, epoch: u64, what: &[u8]) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    let written = out.array(3).and_then(|out| out.str(atom)?.u64(epoch)?.bytes(what));
    written.expect("a vector takes every byte");
    out.into_writer()
}

fn forgotten(atom: &str) -> Vec<u8> {
    let mut out = Encoder::new(Vec::new());
    out.array(1).and_then(|out| out.str(atom)).expect("a vector takes every byte");
    out.into_writer()
}

fn encode(content: &[u8]) -> Vec<u8> {
    let length = u32::try_from(content.len()).expect("a line is short");
    [&length.to_le_bytes()[..], &Hash::of(content).0, content].concat()
}

/// Where the content of the line at this place is; `None` when there is no whole line.
fn line(bytes: &[u8], at: usize) -> Option<Range<usize>> {
    let length = u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?) as usize;
    let content = at + LINE_BYTES..(at + LINE_BYTES).checked_add(length)?;
    let hash = bytes.get(at + 4..at + LINE_BYTES)?;
    (Hash::of(bytes.get(content.clone())?).0 == hash).then_some(content)
}

/// Does what the line at this place says; where the next one begins.
fn apply(bytes: &[u8], at: usize, known: &mut Known) -> Option<usize> {
    let content = line(bytes, at)?;
    let mut input = Decoder::new(&bytes[content.clone()]);
    let parts = input.array().ok()??;
    let atom = input.str().ok()?;
    if parts == 1 {
        known.remove(atom);
    } else {
        let (epoch, what) = (input.u64().ok()?, input.bytes().ok()?);
        known.entry(atom.into()).or_default().insert(epoch, what.into());
    }
    Some(content.end)
}

impl Images {
    /// Remembers what was decided about an epoch of an atom, in place of what was decided about it before.
    ///
    /// # Errors
    /// `TooLong`, `DiskFull`: nothing has changed. `Io`.
    pub fn record(&self, atom: &str, epoch: u64, what: &[u8], sync: Sync) -> Result<(), Error> {
        let fields = [
            ("the name of the atom", atom.len(), limit::NAME_BYTES),
            ("the decision", what.len(), limit::DECISION_BYTES),
        ];
        for (what, found, limit) in fields {
            if found > limit {
                return Err(Error::TooLong { what, found, limit });
            }
        }
        self.journal.lock().unwrap_or_else(PoisonError::into_inner).add(&decided(atom, epoch, what), sync)
    }

    /// All that is remembered, by atom and epoch.
    #[must_use]
    pub fn decisions(&self) -> Vec<Decision> {
        let journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        let decisions = journal.known.iter().flat_map(|(atom, epochs)| {
            epochs.iter().map(|(epoch, what)| Decision {
                atom: atom.clone(),
                epoch: *epoch,
                what: what.clone(),
            })
        });
        decisions.collect()
    }

    /// Forgets all that was decided about an atom.
    ///
    /// # Errors
    /// `DiskFull`, `Io`.
    pub fn forget(&self, atom: &str, sync: Sync) -> Result<(), Error> {
        let mut journal = self.journal.lock().unwrap_or_else(PoisonError::into_inner);
        if journal.known.contains_key(atom) { journal.add(&forgotten(atom), sync) } else { Ok(()) }
    }
}
