//! An atom, as a machine with steps: each one takes chance from its node, so that two copies of it that both run
//! never agree by accident.
//!
//! A step mixes chance into the *chain*, which so stands for everything that happened before, writes a page or two,
//! and says a few bytes that follow from the chain.

use crate::random::{digest, scramble};
use crate::talk::{self, Talk};
use sojourn_post::Mailbox;
use std::collections::BTreeSet;

/// Pages that a memory grows to.
const MOST_PAGES: usize = 96;
/// Bytes that nobody has read yet, before an atom waits for its reader or forgets the oldest.
pub const RING_BYTES: usize = 2048;

/// The end of what an atom wrote.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    /// Number of the first byte that is still there.
    pub start: u64,
    /// The bytes from there on.
    pub bytes: Vec<u8>,
    /// Where its reader is.
    pub read: Option<u64>,
    /// Until when its reader is waited for.
    pub lease_ns: u64,
}

impl Ring {
    /// Number of the next byte.
    #[must_use]
    pub fn end(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }

    /// Whether the atom has to wait for its reader.
    #[must_use]
    pub fn full(&self, now_ns: u64) -> bool {
        self.bytes.len() + 8 > RING_BYTES && self.read.is_some() && now_ns < self.lease_ns
    }

    fn push(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
        let over = self.bytes.len().saturating_sub(RING_BYTES);
        self.bytes.drain(..over);
        self.start += over as u64;
    }

    /// Forgets what was read.
    pub fn forget(&mut self, before: u64) {
        let gone = usize::try_from(before.saturating_sub(self.start)).unwrap_or(usize::MAX);
        let gone = gone.min(self.bytes.len());
        self.bytes.drain(..gone);
        self.start += gone as u64;
    }
}

/// A running atom.
#[derive(Clone, Debug)]
pub struct Guest {
    /// Steps made.
    pub step: u64,
    /// Digest of all that happened to it.
    pub chain: u64,
    /// Steps after which it ends.
    pub length: u64,
    /// Bytes of a page.
    pub page_bytes: usize,
    /// Its memory.
    pub memory: Vec<u8>,
    /// Pages written since they were taken from here.
    pub dirty: BTreeSet<usize>,
    /// What it wrote.
    pub output: Ring,
    /// What it remembers of messages.
    pub talk: Talk,
    /// What its node keeps of messages for it.
    pub mailbox: Mailbox,
}

impl Guest {
    /// One that has done nothing.
    #[must_use]
    pub fn new(name: &str, pages: usize, page_bytes: usize, length: u64) -> Self {
        Self {
            step: 0,
            chain: digest(1, name.as_bytes()),
            length,
            page_bytes,
            memory: vec![0; pages * page_bytes],
            dirty: BTreeSet::new(),
            output: Ring::default(),
            talk: Talk::default(),
            mailbox: Mailbox::new(name, 1, talk::limits()),
        }
    }

    /// How many pages it has.
    #[must_use]
    pub fn pages(&self) -> usize {
        self.memory.len() / self.page_bytes
    }

    /// Whether it has come to its end.
    #[must_use]
    pub fn ended(&self) -> bool {
        self.step >= self.length
    }

    /// One step; what it says.
    pub fn step(&mut self, chance: u64) -> Vec<u8> {
        self.step += 1;
        self.chain = scramble(self.chain ^ chance.wrapping_mul(31) ^ self.step);
        let draw = self.chain;
        if draw.is_multiple_of(61) && self.pages() < MOST_PAGES {
            self.memory.resize(self.memory.len() + self.page_bytes, 0);
            self.dirty.insert(self.pages() - 1);
        }
        for turn in 0..=(draw % 2) {
            let page = usize::try_from((draw >> (8 + 16 * turn)) % self.pages() as u64).expect("a page");
            let at = page * self.page_bytes + usize::try_from(draw % 5).expect("small") * 8;
            self.memory[at..at + 8].copy_from_slice(&self.chain.to_le_bytes());
            self.dirty.insert(page);
        }
        let said = self.chain.to_le_bytes()[..usize::try_from(draw >> 61).expect("small")].to_vec();
        self.output.push(&said);
        said
    }

    /// Bytes of a page.
    #[must_use]
    pub fn page(&self, page: usize) -> &[u8] {
        &self.memory[page * self.page_bytes..(page + 1) * self.page_bytes]
    }

    /// Digest of all of it but its output, which readers look at.
    #[must_use]
    pub fn digest(&self) -> u64 {
        digest(digest(0, &self.image()), &self.memory)
    }

    /// Its image without memory.
    #[must_use]
    pub fn image(&self) -> Vec<u8> {
        let numbers = [self.step, self.chain, self.length, self.page_bytes as u64];
        numbers.iter().flat_map(|number| number.to_le_bytes()).chain(self.talk.to_bytes()).collect()
    }

    /// From an image, a memory, what it wrote and its mailbox; `None` when they make no atom.
    #[must_use]
    pub fn from_image(image: &[u8], memory: Vec<u8>, output: Ring, mailbox: Mailbox) -> Option<Self> {
        let (image, talk) = image.split_at_checked(32)?;
        let number =
            |index: usize| u64::from_le_bytes(image[index * 8..index * 8 + 8].try_into().expect("8 bytes"));
        Some(Self {
            step: number(0),
            chain: number(1),
            length: number(2),
            page_bytes: usize::try_from(number(3)).ok()?,
            memory,
            dirty: BTreeSet::new(),
            output,
            talk: Talk::from_bytes(talk)?,
            mailbox,
        })
    }
}
