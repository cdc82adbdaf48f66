//! All pairs of an atom, and what waits for its guest.

use crate::calls::Calls;
use crate::channel::Channels;
use crate::inbound::Inbound;
use crate::outbound::Outbound;
use crate::{Limits, limit};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use minicbor::{Decode, Encode};
use sojourn_abi::Event;

/// What an atom has of messages.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Mailbox {
    /// Its global name.
    #[n(0)]
    pub(crate) name: String,
    /// Grows when it begins anew.
    #[n(1)]
    pub(crate) run: u64,
    /// Number of the last message that it sent, whoever it was for.
    #[n(2)]
    pub(crate) last_id: u64,
    #[n(3)]
    pub(crate) outbound: BTreeMap<String, Outbound>,
    /// Highest number of any pair that was forgotten: those that begin count on from it.
    #[n(4)]
    pub(crate) floor: u64,
    #[n(5)]
    pub(crate) inbound: BTreeMap<String, Inbound>,
    /// Posts that were looked at: tells which pairs have been quiet for long.
    #[n(6)]
    pub(crate) looked: u64,
    /// Messages for the guest.
    #[n(7)]
    pub(crate) queue: VecDeque<Event>,
    /// Senders that were told `busy`.
    #[n(8)]
    pub(crate) refused: BTreeSet<String>,
    #[n(9)]
    pub(crate) calls: Calls,
    /// Who hears of its end, and whether it is linked.
    #[n(10)]
    pub(crate) watchers: BTreeMap<String, bool>,
    /// Whose ends it hears of, and whether they are linked.
    #[n(11)]
    #[cbor(default)]
    pub(crate) watching: BTreeMap<String, bool>,
    /// Whose end takes it along.
    #[n(12)]
    pub(crate) doomed_by: Option<String>,
    /// Messages that a program reads as files.
    #[n(13)]
    pub(crate) channels: Channels,
    /// Bytes of the queue.
    #[cbor(skip)]
    pub(crate) queue_bytes: usize,
    /// Bytes of messages without a receipt, over all pairs.
    #[cbor(skip)]
    pub(crate) kept_bytes: usize,
    /// Bytes of messages before which one lacks, over all pairs.
    #[cbor(skip)]
    pub(crate) early_bytes: usize,
    /// Whether a channel has room again since senders were let in last.
    #[cbor(skip)]
    pub(crate) drained: bool,
    #[cbor(skip)]
    pub(crate) limits: Limits,
    #[cbor(skip)]
    pub(crate) tally: Tally,
}

/// Messages that were put here in this life, and their bytes: a measure, and no part of what a mailbox is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Tally {
    messages: u64,
    bytes: u64,
}

impl PartialEq for Tally {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Tally {}

impl Tally {
    pub(crate) const fn add(&mut self, bytes: usize) {
        self.messages = self.messages.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(bytes as u64);
    }
}

impl Mailbox {
    /// An empty one. `run` is to be greater than that of any earlier atom of this name.
    #[must_use]
    pub fn new(name: &str, run: u64, limits: Limits) -> Self {
        Self {
            name: name.into(),
            run: run.min(limit::NUMBER),
            last_id: 0,
            outbound: BTreeMap::new(),
            floor: 0,
            inbound: BTreeMap::new(),
            looked: 0,
            queue: VecDeque::new(),
            refused: BTreeSet::new(),
            calls: Calls::new(&limits),
            watchers: BTreeMap::new(),
            watching: BTreeMap::new(),
            doomed_by: None,
            channels: Channels::default(),
            drained: false,
            queue_bytes: 0,
            kept_bytes: 0,
            early_bytes: 0,
            limits,
            tally: Tally::default(),
        }
    }

    /// Who has sent something: each with its run, and the number that is expected next of it.
    pub fn sources(&self) -> impl Iterator<Item = (&str, u64, u64)> {
        self.inbound.iter().map(|(source, pair)| (source.as_str(), pair.run, pair.next))
    }

    /// Bytes of a message that came here in this life, on the average.
    #[must_use]
    pub const fn mean_bytes(&self) -> u64 {
        match self.tally.messages {
            0 => 0,
            messages => self.tally.bytes / messages,
        }
    }

    /// Its atom's global name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its run.
    #[must_use]
    pub const fn run(&self) -> u64 {
        self.run
    }

    /// Its bounds.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Futures, calls and callbacks.
    pub const fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    /// Begins anew after a crash whose traces are gone: what is sent from now on is not what was sent before, even
    /// under the same numbers. Futures and messages get numbers that no earlier life gave, so that an answer to one of
    /// those resolves nothing.
    ///
    /// An atom all of whose messages were journaled does not begin anew: it sends what it sent, with the same numbers.
    pub fn begin_anew(&mut self, run: u64) {
        self.run = run.min(limit::NUMBER).max(self.run + 1);
        self.floor = 0;
        self.outbound.values_mut().for_each(Outbound::renumber);
        let life = (self.run % limit::LIVES) << 32;
        self.last_id = self.last_id.max(life);
        self.calls.next_future = self.calls.next_future.max(life);
    }

    /// The guest begins from its start, with the messages that nobody received, or read to their ends from a channel; its futures and callbacks are gone. Who
    /// asked the one before and has no answer, and its future.
    pub fn forget_guest(&mut self) -> Vec<(String, u64)> {
        self.on_interrupt(None);
        self.channels.rewind();
        self.calls.forget()
    }
}
