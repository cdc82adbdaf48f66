//! All of a guest's world that moves, as plain data.

mod channel;
mod check;
mod clocks;
mod codec;
mod descriptor;
mod mount;
mod random;
mod replace;
mod under_way;

pub use channel::{ChannelFile, Channels};
pub use clocks::Clocks;
pub(crate) use clocks::Origins;
pub use descriptor::{Descriptor, FileRecord, Listed, What};
pub use mount::{Contents, Mount};
pub use random::Random;
pub use under_way::{Opening, UnderWay};

pub(crate) use codec::{Decoded, Decoder, Encoded, Encoder, Field, array, numbered, record, wrong};

use crate::error::Error;
use crate::limit;
use crate::ports::Stream;
use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Standard input that was given but not read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stdin {
    /// What is left, from `taken` on.
    bytes: Vec<u8>,
    taken: usize,
}

impl Stdin {
    /// What comes before anything that the console has.
    pub(crate) fn unread(&self) -> &[u8] {
        &self.bytes[self.taken..]
    }

    pub(crate) fn take(&mut self, count: usize) {
        self.taken = self.bytes.len().min(self.taken + count);
        if self.taken == self.bytes.len() {
            self.bytes.clear();
            self.taken = 0;
        }
    }

    /// Adds what the console still had.
    pub(crate) fn give_back(&mut self, unread: &[u8]) {
        self.bytes.drain(..self.taken);
        self.taken = 0;
        self.bytes.extend_from_slice(unread);
    }
}

/// All of a guest's world that moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Arguments, the program's name first, without their ending zeros.
    pub arguments: Vec<Vec<u8>>,
    /// Environment, as `NAME=value`, without ending zeros.
    pub environment: Vec<Vec<u8>>,
    /// Mounts; descriptors name them by index.
    pub mounts: Vec<Mount>,
    /// Open descriptors, by number.
    pub descriptors: BTreeMap<u32, Descriptor>,
    /// Clocks.
    pub clocks: Clocks,
    /// Random numbers.
    pub random: Random,
    /// Standard input not read yet.
    pub stdin: Stdin,
    /// When the `poll_oneoff` that was suspended had begun, on the guest's monotonic clock.
    pub poll_began_ns: Option<u64>,
    /// What guest calls that did not end have begun.
    pub under_way: UnderWay,
    /// Files that are channels.
    pub channels: Channels,
}

impl State {
    /// A fresh world: standard streams at 0 to 2, from 3 on listeners and then mounts.
    pub(crate) fn new(
        arguments: Vec<Vec<u8>>,
        environment: Vec<Vec<u8>>,
        listeners: u32,
        mounts: Vec<Mount>,
        channels: Channels,
        random: Random,
    ) -> Self {
        let mut descriptors = BTreeMap::new();
        for (number, stream) in (0..).zip(Stream::ALL) {
            descriptors.insert(number, Descriptor::stream(stream));
        }
        let given = (0..listeners).map(Descriptor::listener);
        let mounted = (0..).zip(&mounts).map(|(index, mount)| Descriptor::mounted(index, mount));
        descriptors.extend((3..).zip(given.chain(mounted)));
        // Whoever gives a channel at this path gives standard input by it.
        if let Some(place) = channels.standard_input() {
            descriptors.insert(0, Descriptor::standard_input(place));
        }
        Self {
            arguments,
            environment,
            mounts,
            descriptors,
            clocks: Clocks::default(),
            random,
            stdin: Stdin::default(),
            poll_began_ns: None,
            under_way: UnderWay::default(),
            channels,
        }
    }

    /// What is beyond a limit, if anything.
    pub(crate) fn check_limits(&self) -> Result<(), Error> {
        let bytes = |strings: &[Vec<u8>]| strings.iter().map(|s| s.len() + 1).sum::<usize>();
        for (what, count, limit) in [
            ("bytes of arguments", bytes(&self.arguments), limit::STRINGS_BYTES),
            ("bytes of environment", bytes(&self.environment), limit::STRINGS_BYTES),
            ("mounts", self.mounts.len(), limit::MOUNTS),
            ("open files", self.descriptors.len(), limit::DESCRIPTORS),
            ("connections that are being opened", self.under_way.opening.len(), limit::OPENING),
            ("bytes of a line of the log", self.under_way.line.len(), limit::LOG_BYTES + limit::LEVEL_BYTES),
        ] {
            if count > limit {
                return Err(Error::Limit { what, limit: limit as u64 });
            }
        }
        Ok(())
    }

    /// The lowest free descriptor number.
    pub(crate) fn free_descriptor(&self) -> Option<u32> {
        if self.descriptors.len() >= limit::DESCRIPTORS {
            return None;
        }
        (0..u32::MAX).find(|number| !self.descriptors.contains_key(number))
    }
}

impl Field for Stdin {
    fn put(&self, e: &mut Encoder) -> Encoded {
        e.bytes(self.unread())?.ok()
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        Ok(Self { bytes: Field::get(d)?, taken: 0 })
    }
}

record!(
    State { arguments, environment, mounts, descriptors, clocks, random, stdin, poll_began_ns } + under_way,
    channels
);
