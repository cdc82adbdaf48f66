//! A node's disk: what was synced survives; what was only written may.

use crate::random::Random;
use sojourn_abi::Post;

/// Images of one atom that are kept.
const RETAINED: usize = 3;

/// An image of an atom, with its memory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// The atom.
    pub atom: String,
    /// Its epoch when it was taken.
    pub epoch: u64,
    /// Steps made by then: the order of images of one epoch.
    pub step: u64,
    /// The image without memory.
    pub image: Vec<u8>,
    /// The memory.
    pub memory: Vec<u8>,
    /// What the node keeps for it, encoded.
    pub baggage: Vec<u8>,
}

impl Kept {
    /// The order of images: the newest epoch, then the latest step.
    #[must_use]
    pub fn age(&self) -> (u64, u64) {
        (self.epoch, self.step)
    }
}

/// A disk.
#[derive(Debug, Default)]
pub struct Disk {
    synced: Vec<Kept>,
    written: Vec<Kept>,
    /// Messages of durable atoms, in the order in which they came.
    journal: Vec<Post>,
    /// How many of them are safe.
    journaled: usize,
    /// When the last of them will be.
    busy_until_ns: u64,
}

impl Disk {
    /// Writes an image; it is not safe yet.
    pub fn write(&mut self, kept: Kept) {
        self.written.push(kept);
    }

    /// Makes everything written safe.
    pub fn sync(&mut self) {
        for kept in self.written.drain(..) {
            if !self.synced.contains(&kept) {
                self.synced.push(kept);
            }
        }
        self.synced.sort_by_key(Kept::age);
        let mut kept = std::mem::take(&mut self.synced);
        while let Some(image) = kept.pop() {
            if self.synced.iter().filter(|other| other.atom == image.atom).count() < RETAINED {
                self.synced.push(image);
            }
        }
    }

    /// Appends messages to the journal; they are not safe yet. How many there are then.
    pub fn append(&mut self, posts: &[Post]) -> usize {
        self.journal.extend_from_slice(posts);
        self.journal.len()
    }

    /// When the journal is safe that would be so at a time by itself: not before what was appended earlier.
    pub fn busy_until(&mut self, at_ns: u64) -> u64 {
        self.busy_until_ns = self.busy_until_ns.max(at_ns);
        self.busy_until_ns
    }

    /// Makes so many messages of the journal safe.
    pub fn sync_journal(&mut self, count: usize) {
        self.journaled = self.journaled.max(count.min(self.journal.len()));
    }

    /// Messages for an atom, in the order in which they came.
    pub fn journal(&self, atom: &str) -> impl Iterator<Item = &Post> {
        self.journal.iter().filter(move |post| post.to == atom)
    }

    /// The process is killed: each image not synced is lost, or not.
    pub fn crash(&mut self, random: &mut Random) {
        self.written.retain(|_| random.chance(500));
        self.sync();
        let torn = self.journal.len() - self.journaled;
        self.journal.truncate(self.journaled + random.index(torn + 1));
        self.journaled = self.journal.len();
    }

    /// The newest image of an atom.
    #[must_use]
    pub fn newest(&self, atom: &str) -> Option<&Kept> {
        self.synced.iter().filter(|kept| kept.atom == atom).max_by_key(|kept| kept.age())
    }
}
