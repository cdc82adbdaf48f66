//! Where each entry lies that is still needed.

use super::frame::{Cut, Kind, Line};
use super::segment::{Folder, Segment};
use super::{Entry, limit};
use crate::images::Error;
use std::collections::{BTreeMap, VecDeque};
use std::ops::Range;

/// An entry that is still needed.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub(super) sequence: u64,
    pub(super) kind: Kind,
    pub(super) segment: u64,
    pub(super) content: Range<u64>,
}

impl Place {
    fn bytes(&self) -> u64 {
        self.content.end - self.content.start
    }
}

/// How much is still needed of an atom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Load {
    /// Entries.
    pub entries: u64,
    /// Bytes of them.
    pub bytes: u64,
}

#[derive(Debug, Default)]
struct Atom {
    /// By sequence.
    places: VecDeque<Place>,
    load: Load,
}

/// What the files have.
#[derive(Debug)]
pub(super) struct Index {
    pub(super) folder: Folder,
    /// The last one is written to.
    pub(super) segments: VecDeque<Segment>,
    atoms: BTreeMap<String, Atom>,
    pub(super) next_segment: u64,
}

impl Index {
    /// Reads all files; the index, and the last sequence in them.
    pub(super) fn open(folder: Folder, salvage: bool) -> Result<(Self, u64), Error> {
        let paths = folder.segments()?;
        let mut index = Self { folder, segments: VecDeque::new(), atoms: BTreeMap::new(), next_segment: 1 };
        let mut last = 0;
        for path in paths {
            let Some(found) = Segment::read(&path, salvage)? else { continue };
            index.next_segment = found.segment.number + 1;
            index.segments.push_back(found.segment);
            for line in &found.lines {
                if let Line::Entry { sequence, .. } = line {
                    last = last.max(*sequence);
                }
                if let Line::Cut { up_to, .. } = line {
                    last = last.max(up_to.posts).max(up_to.changes);
                }
            }
            let number = index.next_segment - 1;
            index.enter(number, found.lines);
        }
        index.retire();
        Ok((index, last))
    }

    /// What a frame says.
    pub(super) fn enter(&mut self, segment: u64, lines: Vec<Line>) {
        for line in lines {
            match line {
                Line::Entry { sequence, kind, atom, content } => {
                    self.put(&atom, Place { sequence, kind, segment, content });
                }
                Line::Cut { atom, up_to } => _ = self.cut(&atom, up_to),
            }
        }
    }

    /// An entry that was written anew takes the place of the old one.
    fn put(&mut self, atom: &str, place: Place) {
        let known = self.atoms.entry(atom.into()).or_default();
        let at = known.places.partition_point(|known| known.sequence < place.sequence);
        let (segment, bytes) = (place.segment, place.bytes());
        match known.places.get_mut(at) {
            Some(old) if old.sequence == place.sequence => {
                let old = std::mem::replace(old, place);
                self.free(&old);
            }
            _ => {
                known.load.entries += 1;
                known.load.bytes += bytes;
                known.places.insert(at, place);
            }
        }
        if let Some(segment) = self.segment(segment) {
            segment.live.0 += 1;
            segment.live.1 += bytes;
        }
    }

    fn segment(&mut self, number: u64) -> Option<&mut Segment> {
        let at = self.segments.binary_search_by_key(&number, |segment| segment.number).ok()?;
        self.segments.get_mut(at)
    }

    fn free(&mut self, place: &Place) {
        if let Some(segment) = self.segment(place.segment) {
            segment.live.0 -= 1;
            segment.live.1 -= place.bytes();
        }
    }

    /// Entries of an atom are not needed any more; whether there were any.
    pub(super) fn cut(&mut self, atom: &str, up_to: Cut) -> bool {
        let Some(known) = self.atoms.get_mut(atom) else { return false };
        let mut gone = Vec::new();
        known.places.retain(|place| {
            let covered = up_to.covers(place.kind, place.sequence);
            if covered {
                gone.push(place.clone());
            }
            !covered
        });
        for place in &gone {
            known.load.entries -= 1;
            known.load.bytes -= place.bytes();
        }
        if known.places.is_empty() {
            self.atoms.remove(atom);
        }
        for place in &gone {
            self.free(place);
        }
        !gone.is_empty()
    }

    /// Files at the beginning that nothing is needed of are free. Those between stay: what they say about entries
    /// before them still counts.
    pub(super) fn retire(&mut self) {
        self.retire_all_but(1);
    }

    fn retire_all_but(&mut self, stay: usize) {
        while self.segments.len() > stay && self.segments.front().is_some_and(|segment| segment.live.0 == 0) {
            if let Some(segment) = self.segments.pop_front() {
                self.folder.retire(segment);
            }
        }
    }

    /// Whether the file that is written to has room for a frame.
    pub(super) fn has_room(&self, bytes: u64) -> bool {
        self.segments.back().is_some_and(|segment| segment.end + bytes <= segment.capacity)
    }

    /// Begins a new file.
    pub(super) fn rotate(&mut self, bytes: u64, settings: &super::Settings) -> Result<(), Error> {
        self.retire_all_but(0);
        let bytes = settings.segment_bytes.max(bytes + super::segment::HEAD_BYTES);
        let held: u64 = self.segments.iter().map(|segment| segment.capacity).sum();
        if held + bytes > settings.max_bytes {
            let found = usize::try_from(held + bytes).unwrap_or(usize::MAX);
            let limit = usize::try_from(settings.max_bytes).unwrap_or(usize::MAX);
            return Err(Error::TooLong { what: "the journal of durable atoms", found, limit });
        }
        let segment = self.folder.make(self.next_segment, bytes)?;
        self.next_segment += 1;
        self.segments.push_back(segment);
        Ok(())
    }

    /// What is still needed of the oldest file, when there are many files and it is little: each with its atom.
    pub(super) fn to_be_moved(&self) -> Result<Vec<(String, Entry)>, Error> {
        let oldest = match self.segments.front() {
            Some(oldest) if self.segments.len() > limit::MANY_SEGMENTS => oldest,
            _ => return Ok(Vec::new()),
        };
        if oldest.live.1 > oldest.capacity / 4 {
            return Ok(Vec::new());
        }
        let mut found = Vec::new();
        for (atom, known) in &self.atoms {
            for place in known.places.iter().filter(|place| place.segment == oldest.number) {
                let content = oldest.read_at(&place.content)?;
                found.push((atom.clone(), Entry { sequence: place.sequence, kind: place.kind, content }));
            }
        }
        Ok(found)
    }

    /// Entries of an atom, in their order.
    pub(super) fn entries(&self, atom: &str) -> Result<Vec<Entry>, Error> {
        let Some(known) = self.atoms.get(atom) else { return Ok(Vec::new()) };
        let mut entries = Vec::with_capacity(known.places.len());
        for place in &known.places {
            let at = self.segments.binary_search_by_key(&place.segment, |segment| segment.number);
            let segment = at.ok().and_then(|at| self.segments.get(at));
            let Some(segment) = segment else { continue };
            let content = segment.read_at(&place.content)?;
            entries.push(Entry { sequence: place.sequence, kind: place.kind, content });
        }
        Ok(entries)
    }

    pub(super) fn load(&self, atom: &str) -> Load {
        self.atoms.get(atom).map_or_else(Load::default, |known| known.load)
    }

    pub(super) fn atoms(&self) -> Vec<String> {
        self.atoms.keys().cloned().collect()
    }
}
