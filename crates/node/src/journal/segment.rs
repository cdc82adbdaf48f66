//! Files of the journal: the room of each is taken before anything is written to it.

use super::frame::{self, Line};
use super::limit::SPARE_SEGMENTS;
use crate::images::Error;
use sojourn_image::Hash;
use std::fs::{self, File};
use std::io;
use std::os::unix::fs::{DirBuilderExt, FileExt};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Magic, number of the file, hash of both.
const MAGIC: &[u8; 8] = b"\0sjjrnl\x01";
/// Extension of files of the journal.
const SEGMENT: &str = "log";
/// Extension of files that may be written again.
const SPARE: &str = "spare";
/// Where the first frame begins.
pub(super) const HEAD_BYTES: u64 = 32;

/// A file of the journal.
#[derive(Debug)]
pub(super) struct Segment {
    pub(super) number: u64,
    file: Arc<File>,
    path: PathBuf,
    /// Bytes that it has room for.
    pub(super) capacity: u64,
    /// Where the next frame begins.
    pub(super) end: u64,
    /// Entries in it that are still needed, and their bytes.
    pub(super) live: (u64, u64),
}

/// A file that was read.
pub(super) struct Found {
    pub(super) segment: Segment,
    pub(super) lines: Vec<Line>,
}

pub(super) fn head(number: u64) -> [u8; 32] {
    let mut head = [0; 32];
    head[..8].copy_from_slice(MAGIC);
    head[8..16].copy_from_slice(&number.to_le_bytes());
    let hash = Hash::of(&head[..16]);
    head[16..].copy_from_slice(&hash.0);
    head
}

/// Whether a file begins with a head that is whole, of any number.
fn is_head_of_any(file: &[u8]) -> bool {
    let number = file.get(8..16).and_then(|bytes| bytes.try_into().ok()).map(u64::from_le_bytes);
    number.is_some_and(|number| file.starts_with(&head(number)))
}

impl Segment {
    /// Reads a file; `None` for one that was never begun, which is removed, and for one that is none of a journal. A torn
    /// end is left: it is written over.
    pub(super) fn read(path: &Path, salvage: bool) -> Result<Option<Found>, Error> {
        let fault = |error| Error::file(path, error);
        let name = path.file_stem().and_then(|name| u64::from_str_radix(name.to_str()?, 16).ok());
        let bytes = fs::read(path).map_err(fault)?;
        let Some(number) = name else { return Ok(None) };
        let mut at = usize::try_from(HEAD_BYTES).unwrap_or(usize::MAX);
        if !bytes.starts_with(&head(number)) {
            if is_head_of_any(&bytes) || frame::find(&bytes, number, 0).is_none() {
                // A crash came between the name and the head, or there was no room for it; or the power was cut when it
                // was written again, and its new name was lost.
                fs::remove_file(path).map_err(fault)?;
                return Ok(None);
            }
            if !salvage {
                return Err(Error::damaged(path, "its beginning cannot be read"));
            }
        }
        let mut lines = Vec::new();
        loop {
            if let Some((more, next)) = frame::read(&bytes, number, at) {
                lines.extend(more);
                at = next;
                continue;
            }
            // A crash cuts the last frame; only damage leaves a whole one after one that is not.
            let Some(next) = frame::find(&bytes, number, at + 1) else { break };
            if !salvage {
                return Err(Error::damaged(
                    path,
                    format!("messages from byte {at} to {next} cannot be read"),
                ));
            }
            at = next;
        }
        let file = File::options().read(true).write(true).open(path).map_err(fault)?;
        let segment = Self {
            number,
            file: Arc::new(file),
            path: path.into(),
            capacity: bytes.len() as u64,
            end: at as u64,
            live: (0, 0),
        };
        Ok(Some(Found { segment, lines }))
    }

    fn fault(&self, error: io::Error) -> Error {
        Error::file(&self.path, error)
    }

    /// Writes to it while others read.
    pub(super) fn writer(&self) -> Writing {
        Writing { file: Arc::clone(&self.file), path: self.path.clone() }
    }

    pub(super) fn read_at(&self, content: &std::ops::Range<u64>) -> Result<Vec<u8>, Error> {
        let mut bytes = vec![0; usize::try_from(content.end - content.start).unwrap_or(0)];
        self.file.read_exact_at(&mut bytes, content.start).map_err(|error| self.fault(error))?;
        Ok(bytes)
    }
}

/// A file that is written to.
pub(super) struct Writing {
    file: Arc<File>,
    path: PathBuf,
}

impl Writing {
    /// Writes a frame; it is on the disk when this returns.
    pub(super) fn write(&self, frame: &[u8], at: u64) -> Result<(), Error> {
        let written = self.file.write_all_at(frame, at).and_then(|()| self.file.sync_data());
        written.map_err(|error| {
            // What was refused must not be found later.
            let _ = self.file.write_all_at(&[0; frame::HEAD_BYTES], at);
            let _ = self.file.sync_data();
            Error::file(&self.path, error)
        })
    }
}

/// The folder of the journal, and files in it that may be written again.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    spare: Vec<Segment>,
}

impl Folder {
    pub(super) fn open(path: &Path) -> Result<Self, Error> {
        let made = fs::DirBuilder::new().recursive(true).mode(0o700).create(path);
        made.map_err(|error| Error::file(path, error))?;
        let mut folder = Self { path: path.into(), spare: Vec::new() };
        for path in folder.list(SPARE)? {
            let file = File::options().read(true).write(true).open(&path);
            let file = file.map_err(|error| Error::file(&path, error))?;
            let capacity = file.metadata().map_err(|error| Error::file(&path, error))?.len();
            let spare = Segment { number: 0, file: Arc::new(file), path, capacity, end: 0, live: (0, 0) };
            folder.keep_spare(spare);
        }
        Ok(folder)
    }

    /// Files of the journal, by number.
    pub(super) fn segments(&self) -> Result<Vec<PathBuf>, Error> {
        self.list(SEGMENT)
    }

    fn list(&self, kind: &str) -> Result<Vec<PathBuf>, Error> {
        let fault = |error| Error::file(&self.path, error);
        let mut files = Vec::new();
        for entry in fs::read_dir(&self.path).map_err(fault)? {
            let path = entry.map_err(fault)?.path();
            if path.extension().is_some_and(|extension| extension == kind) {
                files.push(path);
            }
        }
        files.sort();
        Ok(files)
    }

    /// A file of at least so many bytes, all of them taken from the disk.
    pub(super) fn make(&mut self, number: u64, bytes: u64) -> Result<Segment, Error> {
        let path = self.path.join(format!("{number:016x}")).with_extension(SEGMENT);
        let made = match self.spare.iter().position(|spare| spare.capacity >= bytes) {
            Some(place) => again(self.spare.swap_remove(place), &path, number),
            None => new(&path, number, bytes),
        };
        let made = made.and_then(|segment| {
            File::open(&self.path)?.sync_all()?;
            Ok(segment)
        });
        made.map_err(|error| {
            let _ = fs::remove_file(&path);
            Error::file(&path, error)
        })
    }

    /// A file that nothing is needed of any more.
    pub(super) fn retire(&mut self, mut segment: Segment) {
        let path = segment.path.with_extension(SPARE);
        // One that cannot be renamed is read once more when the journal is opened the next time, and is free then.
        if fs::rename(&segment.path, &path).is_ok() {
            segment.path = path;
            self.keep_spare(segment);
        }
    }

    fn keep_spare(&mut self, segment: Segment) {
        if self.spare.len() < SPARE_SEGMENTS {
            self.spare.push(segment);
        } else {
            // As above.
            let _ = fs::remove_file(&segment.path);
        }
    }
}

/// Room that was never written to costs a second write for each first one: so it is written.
fn new(path: &Path, number: u64, bytes: u64) -> io::Result<Segment> {
    let file = File::options().read(true).write(true).create(true).truncate(true).open(path)?;
    let zeros = vec![0; 1 << 20];
    let mut at = 0;
    while at < bytes {
        let part = zeros.len().min(usize::try_from(bytes - at).unwrap_or(usize::MAX));
        file.write_all_at(&zeros[..part], at)?;
        at += part as u64;
    }
    file.write_all_at(&head(number), 0)?;
    file.sync_all()?;
    let file = Arc::new(file);
    Ok(Segment { number, file, path: path.into(), capacity: bytes, end: HEAD_BYTES, live: (0, 0) })
}

/// Frames that are there have another number, and so count for nothing.
fn again(spare: Segment, path: &Path, number: u64) -> io::Result<Segment> {
    fs::rename(&spare.path, path)?;
    spare.file.write_all_at(&head(number), 0)?;
    spare.file.sync_data()?;
    Ok(Segment { number, path: path.into(), end: HEAD_BYTES, live: (0, 0), ..spare })
}
