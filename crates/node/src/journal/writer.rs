//! The thread that writes: one frame and one sync for all that has come meanwhile.

use super::frame::{Builder, Cut, Kind};
use super::index::Index;
use super::{Done, Entry, HEAD_BYTES, Settings, limit};
use crate::images::Error;
use crate::module::lock;
use std::collections::{BTreeMap, VecDeque};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Condvar, Mutex, PoisonError};

/// Entries of an atom that are to be written together.
pub(super) struct Job {
    atom: String,
    kind: Kind,
    /// Number of the first one.
    first: u64,
    contents: Vec<Vec<u8>>,
    done: Done,
}

impl Job {
    fn bytes(&self) -> usize {
        self.contents.iter().map(|content| self.atom.len() + 24 + content.len()).sum()
    }
}

#[derive(Default)]
struct Queue {
    jobs: VecDeque<Job>,
    bytes: usize,
    last: u64,
    /// What is not needed any more, and is not written yet.
    cuts: BTreeMap<String, Cut>,
    closed: bool,
}

/// What the thread that writes and the others share.
pub(super) struct Writer {
    settings: Settings,
    pub(super) index: Mutex<Index>,
    queue: Mutex<Queue>,
    more: Condvar,
}

impl Writer {
    pub(super) fn new(index: Index, settings: Settings, last: u64) -> Self {
        let queue = Queue { last, ..Queue::default() };
        Self { settings, index: Mutex::new(index), queue: Mutex::new(queue), more: Condvar::new() }
    }

    pub(super) fn append(&self, atom: &str, kind: Kind, contents: Vec<Vec<u8>>, done: Done) {
        if let Some(long) = contents.iter().find(|content| content.len() > limit::ENTRY_BYTES) {
            done(Err(too_long("an entry of the journal", long.len(), limit::ENTRY_BYTES)));
            return;
        }
        let mut queue = lock(&self.queue);
        let mut job = Job { atom: atom.into(), kind, first: 0, contents, done };
        let bytes = queue.bytes + job.bytes();
        if bytes > limit::WAITING_BYTES && queue.bytes > 0 {
            drop(queue);
            (job.done)(Err(too_long("what waits to be journaled", bytes, limit::WAITING_BYTES)));
            return;
        }
        job.first = queue.last + 1;
        queue.last += job.contents.len() as u64;
        queue.bytes = bytes;
        queue.jobs.push_back(job);
        drop(queue);
        self.more.notify_one();
    }

    pub(super) fn last(&self) -> u64 {
        lock(&self.queue).last
    }

    pub(super) fn cut(&self, atom: &str, up_to: Cut) {
        let mut queue = lock(&self.queue);
        let known = queue.cuts.entry(atom.into()).or_default();
        *known = known.or(up_to);
    }

    pub(super) fn close(&self) {
        lock(&self.queue).closed = true;
        self.more.notify_one();
    }

    /// Writes until the journal is closed, and what waits then.
    pub(super) fn work(&self) {
        loop {
            let idle = |queue: &mut Queue| queue.jobs.is_empty() && !queue.closed;
            let waited = self.more.wait_while(lock(&self.queue), idle);
            let mut queue = waited.unwrap_or_else(PoisonError::into_inner);
            let jobs = take(&mut queue);
            let cuts = std::mem::take(&mut queue.cuts);
            let closed = queue.closed && queue.jobs.is_empty();
            drop(queue);
            if !jobs.is_empty() || !cuts.is_empty() {
                self.write(jobs, cuts);
            }
            if closed {
                return;
            }
        }
    }

    fn write(&self, jobs: Vec<Job>, cuts: BTreeMap<String, Cut>) {
        let written = catch_unwind(AssertUnwindSafe(|| self.commit(&jobs, &cuts)));
        let written = written.unwrap_or_else(|_| {
            let failed = std::io::Error::other("the journal failed; please report what it said");
            Err(Error::Io { path: "journal".into(), source: std::sync::Arc::new(failed) })
        });
        if written.is_err() {
            let mut queue = lock(&self.queue);
            for (atom, up_to) in cuts {
                let known = queue.cuts.entry(atom).or_default();
                *known = known.or(up_to);
            }
        }
        for job in jobs {
            // One that fails harms no other.
            let last = job.first + job.contents.len() as u64 - 1;
            let told = written.clone().map(|()| last);
            let _ = catch_unwind(AssertUnwindSafe(|| (job.done)(told)));
        }
    }

    fn commit(&self, jobs: &[Job], cuts: &BTreeMap<String, Cut>) -> Result<(), Error> {
        let bytes: usize = jobs.iter().map(Job::bytes).sum();
        let names: usize = cuts.keys().map(|atom| atom.len() + 40).sum();
        self.make_room((bytes + names + HEAD_BYTES + 64) as u64)?;
        self.frame(|builder| {
            for job in jobs {
                for (sequence, content) in (job.first..).zip(&job.contents) {
                    builder.entry(sequence, job.kind, &job.atom, content);
                }
            }
            // After the entries: a cut may be about some of them.
            for (atom, up_to) in cuts {
                builder.cut(atom, *up_to);
            }
        })
    }

    /// Writes one frame into the last file, which has room for it.
    fn frame(&self, put: impl FnOnce(&mut Builder)) -> Result<(), Error> {
        let (number, start, last) = {
            let index = lock(&self.index);
            let segment = index.segments.back().expect("there is one with room");
            (segment.number, segment.end, segment.writer())
        };
        let mut builder = Builder::new(number, start);
        put(&mut builder);
        let (frame, lines) = builder.finish();
        // Others may look at the index meanwhile.
        let written = last.write(&frame, start);
        let mut index = lock(&self.index);
        let segment = index.segments.back_mut().expect("it is still there");
        match written {
            Ok(()) => segment.end += frame.len() as u64,
            Err(error) => {
                // What the system has of the file is not known now.
                segment.end = segment.capacity;
                return Err(error);
            }
        }
        index.enter(number, lines);
        index.retire();
        Ok(())
    }

    fn make_room(&self, bytes: u64) -> Result<(), Error> {
        if lock(&self.index).has_room(bytes) {
            return Ok(());
        }
        lock(&self.index).rotate(bytes, &self.settings)?;
        self.move_oldest(bytes)
    }

    /// Writes what is still needed of the oldest file anew, when that is little, so that it can go.
    fn move_oldest(&self, reserved: u64) -> Result<(), Error> {
        let old = lock(&self.index).to_be_moved()?;
        let bytes: usize = old.iter().map(|(atom, entry)| atom.len() + 24 + entry.content.len()).sum();
        if old.is_empty() || !lock(&self.index).has_room(bytes as u64 + reserved + 256) {
            return Ok(());
        }
        self.frame(|builder| {
            for (atom, Entry { sequence, kind, content }) in &old {
                builder.entry(*sequence, *kind, atom, content);
            }
        })
    }
}

/// The next batch.
fn take(queue: &mut Queue) -> Vec<Job> {
    let (mut jobs, mut bytes) = (Vec::new(), 0);
    while bytes < limit::BATCH_BYTES
        && let Some(job) = queue.jobs.pop_front()
    {
        bytes += job.bytes();
        jobs.push(job);
    }
    queue.bytes = queue.bytes.saturating_sub(bytes);
    jobs
}

fn too_long(what: &'static str, found: usize, limit: usize) -> Error {
    Error::TooLong { what, found, limit }
}
