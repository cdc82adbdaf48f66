//! Keys and values of an atom: its own, in memory, part of its images, and it takes them along.
//!
//! For a durable atom each change is in the journal before it is told that it was made. After a crash the atom goes on
//! from its image, and takes its messages again; so it makes again the changes that are in the journal. Each of them is
//! found there (`follow`), with the value and version that it had: what others saw of it stays true. An atom that does
//! something else than before finds all that it had put from there on.

#[cfg(test)]
mod tests;

use crate::journal::Cut;
use minicbor::{Decoder, Encoder};
use sojourn_abi::{Baggage, Code, KeyRow};
use sojourn_host::ports::Stored;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::ops::Bound;

/// Most bytes of a key.
pub(crate) const KEY_BYTES: usize = 64 << 10;
/// Most bytes of a value.
pub(crate) const VALUE_BYTES: usize = 1 << 20;
/// Most bytes of all keys and values of an atom, with `ENTRY_BYTES` for each.
pub(crate) const STORE_BYTES: usize = 64 << 20;
/// What a key costs beside its bytes.
pub(crate) const ENTRY_BYTES: usize = 64;
/// Most prefixes that are watched.
pub(crate) const WATCHES: usize = 256;
/// Most bytes of an answer to people; it has one row at least.
const ANSWER_BYTES: usize = 1 << 20;
/// Version of the bytes in images.
const VERSION: u32 = 1;

/// A change of one key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Change {
    /// Version of the store after it.
    pub(crate) version: u64,
    /// The key.
    pub(crate) key: Vec<u8>,
    /// Its value from then on; none: it is gone.
    pub(crate) value: Option<Vec<u8>>,
}

impl Change {
    pub(crate) fn encode(&self) -> Vec<u8> {
        let mut out = Encoder::new(Vec::new());
        let written = out.array(3).and_then(|out| {
            out.u64(self.version)?.bytes(&self.key)?;
            optional(out, self.value.as_deref())
        });
        written.expect("a vector takes every byte");
        out.into_writer()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        Self::read(&mut Decoder::new(bytes))
    }

    fn read(input: &mut Decoder<'_>) -> Option<Self> {
        (input.array().ok()? == Some(3)).then_some(())?;
        let version = input.u64().ok()?;
        let key = input.bytes().ok()?.to_vec();
        let value = match input.datatype().ok()? {
            minicbor::data::Type::Null => {
                input.null().ok()?;
                None
            }
            _ => Some(input.bytes().ok()?.to_vec()),
        };
        let sizes = key.len() <= KEY_BYTES && value.as_ref().is_none_or(|value| value.len() <= VALUE_BYTES);
        sizes.then_some(Self { version, key, value })
    }
}

type Encoded<'a> = Result<&'a mut Encoder<Vec<u8>>, minicbor::encode::Error<std::convert::Infallible>>;

fn optional<'a>(out: &'a mut Encoder<Vec<u8>>, bytes: Option<&[u8]>) -> Encoded<'a> {
    match bytes {
        Some(bytes) => out.bytes(bytes),
        None => out.null(),
    }
}

/// Up to where the journal of a node is part of an image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Covered {
    /// The node.
    pub(crate) node: String,
    /// Its entries up to here.
    pub(crate) cut: Cut,
}

/// Keys and values of one atom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Keys {
    values: BTreeMap<Vec<u8>, Stored>,
    version: u64,
    bytes: usize,
    watched: BTreeSet<Vec<u8>>,
    /// Changes of the journal that the guest is about to make again.
    ahead: VecDeque<Change>,
}

/// What became of a change that the guest makes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Followed {
    /// It was made before, and is made again.
    pub(crate) again: Option<Change>,
    /// Others that were made before, which the guest does not make again: they are made now.
    pub(crate) others: Vec<Change>,
}

impl Keys {
    pub(crate) fn get(&self, key: &[u8]) -> Option<&Stored> {
        self.values.get(key)
    }

    /// Version of a key; 0: it is not there.
    pub(crate) fn version_of(&self, key: &[u8]) -> u64 {
        self.get(key).map_or(0, |stored| stored.version)
    }

    /// Whether a value finds room.
    pub(crate) fn check(&self, key: &[u8], value: &[u8]) -> Result<(), Code> {
        if key.len() > KEY_BYTES || value.len() > VALUE_BYTES {
            return Err(Code::TooLarge);
        }
        let bytes = self.bytes - self.cost(key) + cost(key, value);
        if bytes > STORE_BYTES { Err(Code::NoRoom) } else { Ok(()) }
    }

    fn cost(&self, key: &[u8]) -> usize {
        self.get(key).map_or(0, |stored| cost(key, &stored.value))
    }

    /// A change as it would be made now.
    pub(crate) fn change(&self, key: &[u8], value: Option<&[u8]>) -> Change {
        Change { version: self.version + 1, key: key.into(), value: value.map(<[u8]>::to_vec) }
    }

    /// Makes a change.
    pub(crate) fn apply(&mut self, change: &Change) {
        self.version = change.version;
        self.bytes -= self.cost(&change.key);
        match &change.value {
            Some(value) => {
                self.bytes += cost(&change.key, value);
                let stored = Stored { value: value.clone(), version: change.version };
                self.values.insert(change.key.clone(), stored);
            }
            None => drop(self.values.remove(&change.key)),
        }
    }

    /// The guest changes a key: looks whether it makes a change again that is in the journal.
    pub(crate) fn follow(&mut self, key: &[u8], puts: bool) -> Followed {
        let mut followed = Followed { again: None, others: Vec::new() };
        while let Some(change) = self.ahead.pop_front() {
            self.apply(&change);
            if followed.others.is_empty() && change.key == key && change.value.is_some() == puts {
                followed.again = Some(change);
                break;
            }
            followed.others.push(change);
        }
        followed
    }

    /// A change of the journal, in order, which the guest is about to make again if the image does not have it.
    pub(crate) fn expect(&mut self, change: Change) {
        // One with the number of another was refused, and told so, before.
        while self.ahead.back().is_some_and(|known| known.version >= change.version) {
            self.ahead.pop_back();
        }
        if change.version > self.version {
            self.ahead.push_back(change);
        }
    }

    /// Keys with a prefix after another key, in order.
    pub(crate) fn list(&self, prefix: &[u8], after: &[u8], most: usize) -> Vec<Vec<u8>> {
        self.range(prefix, after).take(most).map(|(key, _)| key.clone()).collect()
    }

    fn range(&self, prefix: &[u8], after: &[u8]) -> impl Iterator<Item = (&Vec<u8>, &Stored)> {
        let from = match after {
            b"" => Bound::Included(prefix),
            after if after < prefix => Bound::Included(prefix),
            after => Bound::Excluded(after),
        };
        let keys = self.values.range::<[u8], _>((from, Bound::Unbounded));
        keys.take_while(move |(key, _)| key.starts_with(prefix))
    }

    /// Changes of keys with a prefix are told, or no more.
    pub(crate) fn watch(&mut self, prefix: &[u8], on: bool) -> Result<(), Code> {
        if !on {
            self.watched.remove(prefix);
            return Ok(());
        }
        if prefix.len() > KEY_BYTES {
            return Err(Code::TooLarge);
        }
        if self.watched.len() >= WATCHES && !self.watched.contains(prefix) {
            return Err(Code::NoRoom);
        }
        self.watched.insert(prefix.into());
        Ok(())
    }

    /// Whether changes of a key are told.
    pub(crate) fn is_watched(&self, key: &[u8]) -> bool {
        self.watched.iter().any(|prefix| key.starts_with(prefix))
    }

    /// For people: as it will be once the guest has made its changes again. Whether there are more.
    pub(crate) fn rows(&self, prefix: &[u8], after: &[u8], most: usize) -> (Vec<KeyRow>, bool) {
        if !self.ahead.is_empty() {
            let mut then = self.clone();
            for change in std::mem::take(&mut then.ahead) {
                then.apply(&change);
            }
            return then.rows(prefix, after, most);
        }
        let (mut rows, mut bytes) = (Vec::new(), 0);
        for (key, stored) in self.range(prefix, after) {
            bytes += cost(key, &stored.value);
            if rows.len() >= most || (bytes > ANSWER_BYTES && !rows.is_empty()) {
                return (rows, true);
            }
            let (key, value) = (key.clone(), stored.value.clone());
            rows.push(KeyRow { key, version: stored.version, value });
        }
        (rows, false)
    }

    /// As bytes for an image; none where there is nothing to tell.
    pub(crate) fn encode(&self, covered: Option<&Covered>) -> Option<Vec<u8>> {
        if *self == Self::default() && covered.is_none() {
            return None;
        }
        let mut out = Encoder::new(Vec::with_capacity(self.bytes + 64));
        self.write(&mut out, covered).expect("a vector takes every byte");
        Some(out.into_writer())
    }

    fn write<'a>(&self, out: &'a mut Encoder<Vec<u8>>, covered: Option<&Covered>) -> Encoded<'a> {
        out.array(6)?.u32(VERSION)?;
        match covered {
            Some(Covered { node, cut }) => out.array(3)?.str(node)?.u64(cut.posts)?.u64(cut.changes)?,
            None => out.null()?,
        };
        out.u64(self.version)?.array(self.values.len() as u64)?;
        for (key, stored) in &self.values {
            out.array(3)?.u64(stored.version)?.bytes(key)?.bytes(&stored.value)?;
        }
        out.array(self.watched.len() as u64)?;
        for prefix in &self.watched {
            out.bytes(prefix)?;
        }
        out.array(self.ahead.len() as u64)?;
        for change in &self.ahead {
            out.array(3)?.u64(change.version)?.bytes(&change.key)?;
            optional(out, change.value.as_deref())?;
        }
        Ok(out)
    }

    /// From bytes, which may come from anywhere; `None` when they are none, or go beyond the bounds.
    pub(crate) fn decode(bytes: &[u8]) -> Option<(Self, Option<Covered>)> {
        let mut input = Decoder::new(bytes);
        let head = input.array().ok()?? == 6 && input.u32().ok()? == VERSION;
        head.then_some(())?;
        let covered = read_covered(&mut input).ok()?;
        let mut keys = Self { version: input.u64().ok()?, ..Self::default() };
        let last = keys.version;
        for _ in 0..input.array().ok()?? {
            let change = Change::read(&mut input)?;
            let value = change.value.as_deref()?;
            let makes_sense = (1..=last).contains(&change.version) && !keys.values.contains_key(&change.key);
            (makes_sense && keys.check(&change.key, value).is_ok()).then_some(())?;
            keys.apply(&change);
        }
        keys.version = last;
        for _ in 0..input.array().ok()?? {
            keys.watch(input.bytes().ok()?, true).ok()?;
        }
        for _ in 0..input.array().ok()?? {
            let change = Change::read(&mut input)?;
            let next = keys.ahead.back().map_or(keys.version, |change| change.version);
            (change.version > next && change.version < u64::MAX / 2).then_some(())?;
            keys.ahead.push_back(change);
        }
        (input.position() == bytes.len() && last < u64::MAX / 2).then_some((keys, covered))
    }
}

/// Those in an atom's baggage; `None` when they cannot be read.
pub(crate) fn of(baggage: &Baggage) -> Option<Keys> {
    match &baggage.keys {
        None => Some(Keys::default()),
        Some(bytes) => Keys::decode(bytes).map(|(keys, _)| keys),
    }
}

/// Only what it says of the journal.
pub(crate) fn covered(bytes: &[u8]) -> Option<Covered> {
    let mut input = Decoder::new(bytes);
    let head = input.array().ok()?? == 6 && input.u32().ok()? == VERSION;
    head.then_some(())?;
    read_covered(&mut input).ok()?
}

fn read_covered(input: &mut Decoder<'_>) -> Result<Option<Covered>, ()> {
    if input.datatype().map_err(drop)? == minicbor::data::Type::Null {
        input.null().map_err(drop)?;
        return Ok(None);
    }
    read_journal(input).map(Some).ok_or(())
}

fn read_journal(input: &mut Decoder<'_>) -> Option<Covered> {
    (input.array().ok()?? == 3).then_some(())?;
    let node = input.str().ok()?.to_string();
    let cut = Cut { posts: input.u64().ok()?, changes: input.u64().ok()? };
    Some(Covered { node, cut })
}

fn cost(key: &[u8], value: &[u8]) -> usize {
    ENTRY_BYTES + key.len() + value.len()
}
