//! Who speaks for which atom, and what aliases it has: the newest epoch wins, and within it the newest version.
//!
//! Aliases are the word of whoever speaks for the atom. One that says nothing of them leaves what is known as it is; they
//! go when the atom has ended.

use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::Alias;

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

/// Aliases, as whoever speaks for their atom tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Grows with each change within an epoch.
    pub version: u64,
    /// All of them.
    pub aliases: Vec<Alias>,
}

/// What this process itself knows of an atom.
#[derive(Clone, Debug)]
struct Entry {
    place: Place,
    /// Whether this process said it, so that nobody knows better.
    own: bool,
    aliases: Vec<Alias>,
    /// Version of the aliases at this place; none while they are those of a former one.
    version: Option<u64>,
}

impl Entry {
    fn new(place: Place, own: bool) -> Self {
        Self { place, own, aliases: Vec::new(), version: own.then_some(0) }
    }
}

/// All places that are known.
#[derive(Debug)]
pub struct Directory {
    entries: BTreeMap<String, Entry>,
    /// Atoms that have ended, the oldest first: what goes when there are too many.
    ended: VecDeque<(String, u64)>,
    most: usize,
    /// Bytes of all aliases, and how many there may be before those of others find no room.
    alias_bytes: usize,
    most_alias_bytes: usize,
    dropped: u64,
}

impl Directory {
    /// With at most so many atoms, and bytes of aliases.
    pub fn new(most: usize, most_alias_bytes: usize) -> Self {
        let (entries, ended) = (BTreeMap::new(), VecDeque::new());
        Self { entries, ended, most, alias_bytes: 0, most_alias_bytes, dropped: 0 }
    }

    /// Where an atom is.
    pub fn get(&self, atom: &str) -> Option<&Place> {
        self.entries.get(atom).map(|entry| &entry.place)
    }

    /// Whether this process said where it is.
    pub fn is_own(&self, atom: &str) -> bool {
        self.entries.get(atom).is_some_and(|entry| entry.own)
    }

    /// Aliases of an atom.
    pub fn aliases(&self, atom: &str) -> &[Alias] {
        self.entries.get(atom).map_or(&[], |entry| &entry.aliases)
    }

    /// The version of an atom's aliases; 0 where it is not known.
    pub fn version(&self, atom: &str) -> u64 {
        self.entries.get(atom).and_then(|entry| entry.version).unwrap_or(0)
    }

    /// What whoever speaks for an atom has told of its aliases.
    pub fn told(&self, atom: &str) -> Option<(Vec<Alias>, u64)> {
        let entry = self.entries.get(atom)?;
        Some((entry.aliases.clone(), entry.version?))
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
            entry.version = own.then_some(0);
            if !place.alive {
                let gone = core::mem::take(&mut entry.aliases);
                self.alias_bytes -= bytes(&gone);
                entry.version = None;
            }
            (entry.place, entry.own) = (place, own);
        } else {
            // What this process speaks for always finds room.
            if self.entries.len() >= self.most && !self.make_room() && !own {
                self.dropped += 1;
                return false;
            }
            self.entries.insert(atom.into(), Entry::new(place, own));
        }
        self.note_end(atom);
        true
    }

    /// Takes what is told of the aliases of an atom by whoever speaks for it at this place; whether they have changed.
    pub fn learn_aliases(&mut self, atom: &str, place: &Place, told: Told, own: bool) -> bool {
        let Some(entry) = self.entries.get_mut(atom) else { return false };
        let speaks = entry.place.alive && entry.place.epoch == place.epoch && entry.place.node == place.node;
        if !speaks || entry.version.is_some_and(|known| known >= told.version) {
            return false;
        }
        let (old, new) = (bytes(&entry.aliases), bytes(&told.aliases));
        let all = self.alias_bytes - old + new;
        // Those of what this process speaks for always find room.
        if all > self.most_alias_bytes && !own {
            self.dropped += 1;
            return false;
        }
        entry.version = Some(told.version);
        let changed = entry.aliases != told.aliases;
        (entry.aliases, self.alias_bytes) = (told.aliases, all);
        changed
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

/// What aliases take, with a little for each.
fn bytes(aliases: &[Alias]) -> usize {
    aliases.iter().map(|alias| size_of::<Alias>() + alias.scope.len() + alias.alias.len()).sum()
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
                let mut directory = Directory::new(10, 10_000);
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

    fn told(version: u64, aliases: &[&str]) -> Told {
        let alias = |alias: &&str| Alias { scope: "topic".into(), alias: (*alias).into() };
        Told { version, aliases: aliases.iter().map(alias).collect() }
    }

    #[test]
    fn the_newest_aliases_of_the_newest_epoch_win_in_any_order() {
        let news = [
            (place("a", 1, true), Some(told(0, &[]))),
            (place("a", 1, true), Some(told(2, &["old"]))),
            (place("b", 2, true), Some(told(1, &["x"]))),
            (place("b", 2, true), Some(told(3, &["x", "z"]))),
            (place("b", 2, true), Some(told(2, &["y"]))),
            // Of two that claim one epoch it is the one that is believed.
            (place("c", 2, true), Some(told(9, &["lie"]))),
        ];
        for turn in 0..news.len() {
            for back in [false, true] {
                let mut directory = Directory::new(10, 10_000);
                let mut order = news.clone();
                order.rotate_left(turn);
                if back {
                    order.reverse();
                }
                for (place, told) in order {
                    directory.learn("x", place.clone(), false);
                    told.map(|told| directory.learn_aliases("x", &place, told, false));
                }
                assert_eq!(directory.told("x"), Some((told(3, &["x", "z"]).aliases, 3)));
            }
        }
    }

    #[test]
    fn aliases_stay_until_somebody_says_more_and_go_with_the_end() {
        let mut directory = Directory::new(10, 10_000);
        directory.learn("x", place("a", 1, true), false);
        assert!(directory.learn_aliases("x", &place("a", 1, true), told(1, &["one"]), false));
        assert!(!directory.learn_aliases("x", &place("a", 1, true), told(2, &["one"]), false), "the same");
        // Moved to a node that tells nothing of aliases.
        directory.learn("x", place("b", 2, true), false);
        assert_eq!((directory.aliases("x").len(), directory.told("x")), (1, None));
        assert!(directory.learn_aliases("x", &place("b", 2, true), told(0, &[]), false));
        assert!(directory.learn_aliases("x", &place("b", 2, true), told(1, &["two"]), false));
        directory.learn("x", place("b", 2, false), false);
        assert!(directory.aliases("x").is_empty() && directory.alias_bytes == 0);
        assert!(!directory.learn_aliases("x", &place("b", 2, true), told(9, &["late"]), false));
        assert!(!directory.learn_aliases("nobody", &place("b", 2, true), told(9, &["late"]), false));
    }

    #[test]
    fn what_is_owned_anew_keeps_its_aliases_as_its_own() {
        let mut directory = Directory::new(10, 10_000);
        directory.learn("x", place("a", 1, true), false);
        directory.learn_aliases("x", &place("a", 1, true), told(7, &["one"]), false);
        directory.learn("x", place("me", 2, true), true);
        assert_eq!(directory.told("x"), Some((told(0, &["one"]).aliases, 0)));
    }

    #[test]
    fn aliases_of_others_find_only_so_much_room() {
        let mut directory = Directory::new(10, 200);
        for atom in ["a", "b", "mine"] {
            directory.learn(atom, place("n", 1, true), atom == "mine");
        }
        let long = "x".repeat(100);
        assert!(directory.learn_aliases("a", &place("n", 1, true), told(1, &[&long]), false));
        assert!(!directory.learn_aliases("b", &place("n", 1, true), told(1, &[&long]), false));
        assert_eq!(directory.dropped(), 1);
        assert!(directory.learn_aliases("mine", &place("n", 1, true), told(1, &[&long]), true));
        directory.learn("a", place("n", 1, false), false);
        directory.learn("mine", place("n", 1, false), true);
        assert!(directory.learn_aliases("b", &place("n", 1, true), told(1, &[&long]), false));
    }

    #[test]
    fn an_end_is_not_taken_back_in_its_epoch() {
        let mut directory = Directory::new(10, 10_000);
        assert!(directory.learn("x", place("a", 1, false), false));
        assert!(!directory.learn("x", place("a", 1, true), false));
        assert!(directory.learn("x", place("b", 2, true), false));
    }

    #[test]
    fn the_oldest_that_ended_goes_first_and_what_runs_stays() {
        let mut directory = Directory::new(3, 10_000);
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
        let mut directory = Directory::new(2, 10_000);
        directory.learn("x", place("a", 1, false), false);
        directory.learn("x", place("a", 2, true), false);
        directory.learn("y", place("a", 1, true), false);
        assert!(!directory.learn("z", place("a", 1, true), false));
        assert!(directory.get("x").is_some());
    }

    #[test]
    fn stays_small_when_one_atom_ends_again_and_again() {
        let mut directory = Directory::new(4, 10_000);
        for epoch in 0..10_000 {
            directory.learn(&format!("atom {}", epoch % 3), place("a", epoch, false), false);
        }
        assert_eq!(directory.entries.len(), 3);
        assert!(directory.ended.len() <= 9);
    }
}
