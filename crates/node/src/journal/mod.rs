//! The journal: what came for durable atoms, on the disk before anybody is told that it came.
//!
//! ```text
//! Journal::open(folder, Settings)
//! append(atom, kind, contents, done)    done is called with their last number once they are on the disk, in order
//! entries(atom)                                     those that are still needed, in order
//! cut(atom, up_to)                                  an image has these
//! ```
//!
//! One thread writes: all that has come meanwhile is one frame under one hash, with one sync. Frames lie one after the
//! other in files whose room was taken before; a file goes, or is written again, when nothing in it is needed any more.
//! `docs/format/store.md` has what is on the disk, `docs/decisions/0030` why it is no table of the index.
//!
//! | file | what it is |
//! |---|---|
//! | `frame` | what is written at once |
//! | `segment` | files |
//! | `index` | where each entry lies that is still needed |
//! | `writer` | the thread that writes |
//! | `repair` | files that are damaged, written anew |
//! | `limit` | every bound |

mod frame;
mod index;
pub mod limit;
mod repair;
mod segment;
mod writer;

use crate::images::Error;
use crate::module::lock;
use frame::HEAD_BYTES;
pub use frame::{Cut, Kind};
use index::Index;
pub use index::Load;
pub use repair::repair;
use segment::Folder;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread::{self, JoinHandle};
use std::time::{SystemTime, UNIX_EPOCH};
use writer::Writer;

/// How a journal keeps what it is given.
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    /// Bytes of a file.
    pub segment_bytes: u64,
    /// Bytes of all files; more is refused.
    pub max_bytes: u64,
}

impl Default for Settings {
    fn default() -> Self {
        Self { segment_bytes: limit::SEGMENT_BYTES, max_bytes: limit::JOURNAL_BYTES }
    }
}

/// What was journaled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its number; grows with each entry of the journal.
    pub sequence: u64,
    /// What it is.
    pub kind: Kind,
    /// What was given to `append`.
    pub content: Vec<u8>,
}

/// What is done once entries are on the disk, with the number of the last one, or were refused. On the thread that writes:
/// it is to be short.
pub type Done = Box<dyn FnOnce(Result<u64, Error>) + Send>;

/// A journal in a folder. All methods may be called from several threads.
pub struct Journal {
    writer: Arc<Writer>,
    thread: Option<JoinHandle<()>>,
}

impl Journal {
    /// Opens the journal in this folder, or begins a new one. Nobody else may have it open: whoever calls this has the
    /// lock of the store beside it.
    ///
    /// # Errors
    /// `Damaged`, `Io`.
    pub fn open(folder: &Path, settings: Settings) -> Result<Self, Error> {
        Self::open_as(folder, settings, false)
    }

    /// As `open`, but goes on after what is damaged.
    ///
    /// # Errors
    /// `Io`.
    pub fn salvage(folder: &Path, settings: Settings) -> Result<Self, Error> {
        Self::open_as(folder, settings, true)
    }

    fn open_as(folder: &Path, settings: Settings, salvage: bool) -> Result<Self, Error> {
        let (index, last) = Index::open(Folder::open(folder)?, salvage)?;
        // A journal that begins anew has greater numbers than any that was here before.
        let last = if last == 0 { began_ns() } else { last };
        let writer = Arc::new(Writer::new(index, settings, last));
        let works = Arc::clone(&writer);
        let thread = thread::Builder::new().name("journal".into()).spawn(move || works.work());
        let thread = thread.map_err(|error| Error::file(folder, error))?;
        Ok(Self { writer, thread: Some(thread) })
    }

    /// Journals entries of an atom, which come one after the other. `done` hears when they are on the disk, in the order
    /// of the calls. An error is definite: none of them is there.
    ///
    /// # Errors
    /// To `done`: `DiskFull`, `TooLong` when one is too long, too many wait or the journal is full, `Io`.
    pub fn append(&self, atom: &str, kind: Kind, contents: Vec<Vec<u8>>, done: Done) {
        self.writer.append(atom, kind, contents, done);
    }

    /// As `append`, with something to wait at.
    #[must_use]
    pub fn append_and_tell(
        &self,
        atom: &str,
        kind: Kind,
        contents: Vec<Vec<u8>>,
    ) -> Receiver<Result<u64, Error>> {
        let (done, told) = channel();
        // Whoever waits may have gone.
        self.append(atom, kind, contents, Box::new(move |result| drop(done.send(result))));
        told
    }

    /// Entries of an atom that are still needed, in order.
    ///
    /// # Errors
    /// `Io`.
    pub fn entries(&self, atom: &str) -> Result<Vec<Entry>, Error> {
        lock(&self.writer.index).entries(atom)
    }

    /// How much is still needed of an atom.
    #[must_use]
    pub fn load(&self, atom: &str) -> Load {
        lock(&self.writer.index).load(atom)
    }

    /// Atoms of which something is still needed.
    #[must_use]
    pub fn atoms(&self) -> Vec<String> {
        lock(&self.writer.index).atoms()
    }

    /// The number that was given last.
    #[must_use]
    pub fn last(&self) -> u64 {
        self.writer.last()
    }

    /// Entries of an atom are not needed any more: files that nothing is needed of go now. The rest is written with what
    /// comes next: after a crash some may be there again.
    pub fn cut(&self, atom: &str, up_to: Cut) {
        let known = {
            let mut index = lock(&self.writer.index);
            let known = index.cut(atom, up_to);
            index.retire();
            known
        };
        if known {
            self.writer.cut(atom, up_to);
        }
    }
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.writer.close();
        // The last who had it may be one whom the thread itself told something.
        if let Some(thread) = self.thread.take().filter(|own| own.thread().id() != thread::current().id()) {
            // What failed in it has been told to those who waited.
            let _ = thread.join();
        }
    }
}

/// Nanoseconds since 1970.
fn began_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(1).max(1)
}
