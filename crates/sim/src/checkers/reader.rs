//! Whoever reads an atom's output sees each byte once and in order; after a restore the stream goes back.

use super::{Breach, Property, Verdict};
use std::collections::BTreeMap;

#[derive(Debug, Default)]
struct Place {
    next: u64,
    lineage: u64,
    served_ns: u64,
    idle_ns: u64,
}

/// Where the reader of each atom is.
#[derive(Debug, Default)]
pub struct Readers {
    places: BTreeMap<String, Place>,
    /// Bytes read.
    pub bytes: u64,
}

impl Readers {
    /// A node answers a reader: the reader's lease begins anew.
    pub fn served(&mut self, atom: &str, now_ns: u64) {
        let place = self.places.entry(atom.into()).or_default();
        place.idle_ns = place.idle_ns.max(now_ns - place.served_ns);
        place.served_ns = now_ns;
    }

    /// Bytes of a lineage have come to the reader; an atom waits `lease_ns` for it.
    ///
    /// # Errors
    /// When they do not follow the ones before, though the reader was there all the time and nothing was restored.
    pub fn read(&mut self, atom: &str, lineage: u64, from: u64, bytes: u64, lease_ns: u64) -> Verdict {
        let place = self.places.entry(atom.into()).or_default();
        let expected = place.next;
        let away = from > expected && place.idle_ns >= lease_ns;
        if from != expected && place.lineage == lineage && !away {
            let text = format!("the reader of {atom} had {expected} bytes and was given some from {from} on");
            return Err(Breach { property: Property::Reader, text });
        }
        *place = Place { next: from + bytes, lineage, served_ns: place.served_ns, idle_ns: 0 };
        self.bytes += bytes;
        Ok(())
    }

    /// How many bytes the reader of an atom has.
    #[must_use]
    pub fn next(&self, atom: &str) -> u64 {
        self.places.get(atom).map_or(0, |place| place.next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gaps_and_repeats_are_breaches_except_after_a_restore() {
        let mut readers = Readers::default();
        assert!(readers.read("a", 0, 0, 10, 5).is_ok());
        assert!(readers.read("a", 0, 5, 10, 5).is_err());
        assert!(readers.read("a", 0, 15, 10, 5).is_err());
        assert!(readers.read("a", 1, 5, 10, 5).is_ok());
        assert!(readers.read("a", 1, 5, 10, 5).is_err());
    }

    #[test]
    fn a_reader_that_was_away_may_miss_some() {
        let mut readers = Readers::default();
        readers.served("a", 4);
        assert!(readers.read("a", 0, 25, 10, 5).is_err());
        readers.served("a", 9);
        assert!(readers.read("a", 0, 25, 10, 5).is_ok());
        assert!(readers.read("a", 0, 45, 10, 5).is_err());
    }
}
