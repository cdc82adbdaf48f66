//! Who speaks for which atom: the newest epoch wins.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;

/// Where an atom is, or was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Who speaks for it.
    pub node: String,
    /// Its epoch there.
    pub epoch: u64,
    /// Whether it still runs.
    pub alive: bool,
}

/// What this process itself knows of an atom.
#[derive(Clone, Debug)]
struct Entry {
    place: Place,
    /// Whether this process said it, so that nobody knows better.
    own: bool,
}

/// All places that are known.
#[derive(Debug)]
pub struct Directory {
    entries: BTreeMap<String, Entry>,
    /// Atoms that have ended, the oldest first: what goes when there are too many.
    ended: VecDeque<(String, u64)>,
    most: usize,
    dropped: u64,
}

impl Directory {
    /// With at most so many atoms.
    pub fn new(most: usize) -> Self {
        Self { entries: BTreeMap::new(), ended: VecDeque::new(), most, dropped: 0 }
    }

    /// Where an atom is.
    pub fn get(&self, atom: &str) -> Option<&Place> {
        self.entries.get(atom).map(|entry| &entry.place)
    }

    /// Whether this process said where it is.
    pub fn is_own(&self, atom: &str) -> bool {
        self.entries.get(atom).is_some_and(|entry| entry.own)
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = (&String, &Place)> {
        self.entries.iter().map(|(atom, entry)| (atom, &entry.place))
    }

    /// News that did not fit.
    pub fn dropped(&self) -> u64 {
        self.dropped
    }

    /// Takes news; whether they are any. `own` tells that this process says it.
    pub fn learn(&mut self, atom: &str, place: Place, own: bool) -> bool {
        if let Some(entry) = self.entries.get_mut(atom) {
            if !newer(&place, &entry.place) {
                entry.own |= own && place == entry.place;
                return false;
            }
            *entry = Entry { place, own };
        } else {
            // What this process speaks for always finds room.
            if self.entries.len() >= self.most && !self.make_room() && !own {
                self.dropped += 1;
                return false;
            }
            self.entries.insert(atom.into(), Entry { place, own });
        }
        self.note_end(atom);
        true
    }

    fn note_end(&mut self, atom: &str) {
        let Some(place) = self.get(atom) else { return };
        if place.alive {
            return;
        }
        let epoch = place.epoch;
        self.ended.push_back((atom.into(), epoch));
        // An atom may end many times, once an epoch: the list stays in proportion to what it lists.
        if self.ended.len() > 2 * self.most {
            self.ended.retain(|(atom, epoch)| {
                self.entries.get(atom).is_some_and(|entry| !entry.place.alive && entry.place.epoch == *epoch)
            });
        }
    }

    fn make_room(&mut self) -> bool {
        while let Some((atom, epoch)) = self.ended.pop_front() {
            let still =
                self.entries.get(&atom).is_some_and(|entry| !entry.place.alive && entry.place.epoch == epoch);
            if still {
                self.entries.remove(&atom);
                return true;
            }
        }
        false
    }
}

/// Whether `new` says more than `old`. Of two that claim one epoch, which only two restores at once can make, all
/// choose the same: the one whose name comes first.
fn newer(new: &Place, old: &Place) -> bool {
    if new.epoch != old.epoch {
        return new.epoch > old.epoch;
    }
    if new.node != old.node {
        return new.node < old.node;
    }
    old.alive && !new.alive
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn place(node: &str, epoch: u64, alive: bool) -> Place {
        Place { node: node.into(), epoch, alive }
    }

    #[test]
    fn the_newest_epoch_wins_in_any_order() {
        let news = [
            place("b", 1, true),
            place("a", 1, true),
            place("a", 1, false),
            place("c", 2, true),
            place("c", 2, false),
        ];
        for turn in 0..news.len() {
            for back in [false, true] {
                let mut directory = Directory::new(10);
                let mut order = news.clone();
                order.rotate_left(turn);
                if back {
                    order.reverse();
                }
                for place in order {
                    directory.learn("x", place, false);
                }
                assert_eq!(directory.get("x"), Some(&place("c", 2, false)));
            }
        }
    }

    #[test]
    fn an_end_is_not_taken_back_in_its_epoch() {
        let mut directory = Directory::new(10);
        assert!(directory.learn("x", place("a", 1, false), false));
        assert!(!directory.learn("x", place("a", 1, true), false));
        assert!(directory.learn("x", place("b", 2, true), false));
    }

    #[test]
    fn the_oldest_that_ended_goes_first_and_what_runs_stays() {
        let mut directory = Directory::new(3);
        assert!(directory.learn("runs", place("a", 1, true), false));
        assert!(directory.learn("old", place("a", 1, false), false));
        assert!(directory.learn("young", place("a", 1, false), false));
        assert!(directory.learn("new", place("a", 1, true), false));
        assert!(directory.get("old").is_none());
        assert!(directory.learn("newer", place("a", 1, true), false));
        assert!(directory.get("young").is_none());
        assert!(!directory.learn("too many", place("a", 1, true), false));
        assert_eq!(directory.dropped(), 1);
        assert!(directory.learn("mine", place("me", 1, true), true), "what is here always finds room");
    }

    #[test]
    fn an_atom_that_came_back_to_life_does_not_go() {
        let mut directory = Directory::new(2);
        directory.learn("x", place("a", 1, false), false);
        directory.learn("x", place("a", 2, true), false);
        directory.learn("y", place("a", 1, true), false);
        assert!(!directory.learn("z", place("a", 1, true), false));
        assert!(directory.get("x").is_some());
    }

    #[test]
    fn stays_small_when_one_atom_ends_again_and_again() {
        let mut directory = Directory::new(4);
        for epoch in 0..10_000 {
            directory.learn(&format!("atom {}", epoch % 3), place("a", epoch, false), false);
        }
        assert_eq!(directory.entries.len(), 3);
        assert!(directory.ended.len() <= 9);
    }
}
