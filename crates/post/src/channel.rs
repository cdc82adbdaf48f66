//! Channels: messages that a program reads as files. Each path has a queue of its own beside that of the mailbox, so that
//! a program which never receives a message has them all the same.

use crate::outbound::size;
use crate::{Limits, Mailbox, limit};
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use minicbor::bytes::ByteVec;
use minicbor::{Decode, Decoder, Encode, Encoder, decode, encode};
use sojourn_abi::{Event, EventKind};

/// Type of the messages that channels carry; the subject is the path.
pub const CHANNEL: &str = "channel";

/// What came and was not read, by path. As bytes it is nothing where there is no channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Channels(BTreeMap<String, Channel>);

/// One channel that is read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
struct Channel {
    /// Data of messages.
    #[n(0)]
    queue: VecDeque<ByteVec>,
    /// Bytes of the first one that were read.
    #[n(1)]
    taken: u64,
    /// Bytes of all of them.
    #[cbor(skip)]
    bytes: usize,
}

impl Channel {
    fn has_place(&self, bytes: usize, limits: &Limits) -> bool {
        self.queue.is_empty()
            || (self.queue.len() < limits.channel_messages
                && self.bytes.saturating_add(bytes) <= limits.channel_bytes)
    }

    /// What is left of the first message.
    fn first(&self) -> Option<&[u8]> {
        let taken = usize::try_from(self.taken).unwrap_or(usize::MAX);
        self.queue.front().map(|data| data.get(taken..).unwrap_or_default())
    }

    fn take(&mut self, count: usize) {
        self.taken += count as u64;
        let whole = self.queue.front().map(|data| data.len());
        if let Some(bytes) = whole.filter(|whole| *whole as u64 <= self.taken) {
            self.queue.pop_front();
            (self.bytes, self.taken) = (self.bytes - bytes, 0);
        }
    }

    fn is_half_empty(&self, limits: &Limits) -> bool {
        self.queue.is_empty()
            || (self.queue.len() * 2 <= limits.channel_messages && self.bytes * 2 <= limits.channel_bytes)
    }

    fn checked(&mut self, limits: &Limits) -> bool {
        self.bytes = self.queue.iter().map(|data| data.len()).sum();
        let begun = self.queue.front().is_some_and(|data| self.taken < data.len() as u64);
        // What a journal gave back finds room beyond that of messages.
        self.queue.len() <= limits.channel_messages.saturating_add(limit::REPLAYED)
            && (self.taken == 0 || begun)
    }
}

impl Channels {
    /// Whether all of it is within its bounds; what is not part of bytes is counted.
    pub(crate) fn checked(&mut self, limits: &Limits) -> bool {
        self.0.len() <= limit::CHANNELS && self.0.values_mut().all(|channel| channel.checked(limits))
    }

    /// What was read in part is whole again.
    pub(crate) fn rewind(&mut self) {
        self.0.values_mut().for_each(|channel| channel.taken = 0);
    }

    /// Whether a message is for one of them.
    pub(crate) fn has(&self, event: &Event) -> bool {
        is_plain(event) && self.0.contains_key(&event.subject)
    }

    /// Whether a message finds room in its channel; `None`: it is for none.
    pub(crate) fn fits(&self, event: &Event, limits: &Limits) -> Option<bool> {
        let channel = self.0.get(&event.subject).filter(|_| is_plain(event))?;
        Some(channel.has_place(event.data.len(), limits))
    }
}

/// Whether it is a message of a channel: nobody answers calls that a program reads as bytes.
fn is_plain(event: &Event) -> bool {
    event.kind == EventKind::Message && event.call == 0 && event.ty == CHANNEL
}

impl Mailbox {
    /// Messages of type `channel` with this subject are read from a channel from now on. Once is enough.
    pub fn open_channel(&mut self, path: &str) {
        self.channels.0.entry(path.into()).or_default();
    }

    /// Bytes that are left of the next message of a channel; `None`: there is none.
    #[must_use]
    pub fn channel_bytes(&self, path: &str) -> Option<usize> {
        self.channels.0.get(path)?.first().map(<[u8]>::len)
    }

    /// Messages of all channels that were not read, or not to their ends.
    #[must_use]
    pub fn channel_messages(&self) -> usize {
        self.channels.0.values().map(|channel| channel.queue.len()).sum()
    }

    /// Reads from a channel: `into` is given what is left of the next message, and says how much of it it took. `None`:
    /// there is no message. Senders may be let in then (`freed`).
    pub fn read_channel(&mut self, path: &str, into: &mut dyn FnMut(&[u8]) -> usize) -> Option<usize> {
        let channel = self.channels.0.get_mut(path)?;
        let first = channel.first()?;
        let count = into(first).min(first.len());
        channel.take(count);
        self.drained |= channel.is_half_empty(&self.limits);
        Some(count)
    }

    /// Puts a message where it is read; `channels.has` it.
    pub(crate) fn put_into_channel(&mut self, event: Event) {
        self.tally.add(size(&event));
        if let Some(channel) = self.channels.0.get_mut(&event.subject) {
            channel.bytes += event.data.len();
            channel.queue.push_back(event.data.into());
        }
    }
}

impl<C> Encode<C> for Channels {
    fn encode<W: encode::Write>(
        &self,
        e: &mut Encoder<W>,
        context: &mut C,
    ) -> Result<(), encode::Error<W::Error>> {
        self.0.encode(e, context)
    }

    fn is_nil(&self) -> bool {
        self.0.is_empty()
    }
}

impl<'b, C> Decode<'b, C> for Channels {
    fn decode(d: &mut Decoder<'b>, context: &mut C) -> Result<Self, decode::Error> {
        Decode::decode(d, context).map(Self)
    }

    fn nil() -> Option<Self> {
        Some(Self::default())
    }
}
