//! Messages between atoms: those of a pair come in order, each once, and all of them.
//!
//! A letter knows the one that was sent before it to the same atom. Copies of a sender that go different ways send
//! letters after the same one, so letters of a pair are a tree, and what somebody received is a way down in it. A step
//! of that way that is not to the next letter needs an excuse:
//!
//! * letters were left out: it had them before, on another way; or it was lost, and they were sent before that: who sent
//!   them knew that they had come
//! * it goes back, or to another branch: the sender was lost and began anew, once for each time

use super::{Property, Verdict, breach};
use crate::talk::Heard;
use std::collections::BTreeMap;

#[derive(Debug)]
struct Letter {
    before: u64,
    depth: u64,
    sent_ns: u64,
}

/// All letters of all pairs; number 0 stands for none.
#[derive(Debug, Default)]
pub struct Letters {
    all: Vec<Letter>,
    /// What was heard, each after the number of what was heard before it.
    heard: Vec<(u64, u64)>,
    /// Letters of those who always send the same after the same: by the letter before, and the cause.
    caused: BTreeMap<(u64, u64), u64>,
    /// How many were received.
    pub received: u64,
}

/// What may be excused at a receiver.
#[derive(Clone, Copy, Debug, Default)]
pub struct Excuse {
    /// How often the sender began anew.
    pub anew: u64,
    /// When the receiver was lost last: what was sent before may be lost with it.
    pub lost_ns: Option<u64>,
}

impl Letters {
    /// A letter is sent after another of its pair.
    pub fn sent(&mut self, before: u64, sent_ns: u64) -> u64 {
        let depth = self.depth(before) + 1;
        self.all.push(Letter { before, depth, sent_ns });
        self.all.len() as u64
    }

    /// A letter is sent after another of its pair because of a third, and always the same one.
    pub fn answered(&mut self, before: u64, cause: u64, sent_ns: u64) -> u64 {
        if let Some(letter) = self.caused.get(&(before, cause)) {
            return *letter;
        }
        let letter = self.sent(before, sent_ns);
        self.caused.insert((before, cause), letter);
        letter
    }

    fn get(&self, letter: u64) -> Option<&Letter> {
        self.all.get(usize::try_from(letter.checked_sub(1)?).ok()?)
    }

    fn depth(&self, letter: u64) -> u64 {
        self.get(letter).map_or(0, |letter| letter.depth)
    }

    fn before(&self, letter: u64) -> u64 {
        self.get(letter).map_or(0, |letter| letter.before)
    }

    /// The last letter that comes before both, or is one of them.
    fn common(&self, mut one: u64, mut other: u64) -> u64 {
        while one != other {
            if self.depth(one) >= self.depth(other) {
                one = self.before(one);
            } else {
                other = self.before(other);
            }
        }
        one
    }

    /// Letters after one up to another that comes after it, the last first.
    fn way(&self, from: u64, to: u64) -> impl Iterator<Item = u64> {
        std::iter::successors(Some(to), |letter| Some(self.before(*letter)))
            .take_while(move |letter| *letter != from && *letter != 0)
    }

    /// Whether a letter need not come: it may be lost, or has come before.
    fn forgiven(&self, letter: u64, heard: Heard, excuse: Excuse) -> bool {
        let sent_ns = self.get(letter).map_or(0, |letter| letter.sent_ns);
        let before = |all: u64| self.heard.get(usize::try_from(all.checked_sub(1)?).ok()?);
        let mut all = std::iter::successors(before(heard.all), |(all, _)| before(*all));
        excuse.lost_ns.is_some_and(|lost_ns| sent_ns <= lost_ns) || all.any(|(_, known)| *known == letter)
    }

    /// A guest receives a letter.
    ///
    /// # Errors
    /// When it received it before, or one before it lacks, without an excuse.
    pub fn received(&mut self, pair: &str, heard: &mut Heard, letter: u64, excuse: Excuse) -> Verdict {
        self.received += 1;
        let before = self.before(letter);
        let common = self.common(before, heard.letter);
        let back = common != heard.letter;
        if back && heard.anew >= excuse.anew {
            let text = format!("{pair}: letter {letter}, sent after {before}, came after {}", heard.letter);
            let again = self.common(letter, heard.letter) == letter;
            return breach(if again { Property::Once } else { Property::Order }, text);
        }
        if let Some(lacks) = self.way(common, before).find(|lacks| !self.forgiven(*lacks, *heard, excuse)) {
            let text =
                format!("{pair}: letter {letter} came before letter {lacks}, which was sent before it");
            return breach(Property::Order, text);
        }
        heard.anew += u64::from(back);
        self.heard.push((heard.all, letter));
        (heard.letter, heard.all) = (letter, self.heard.len() as u64);
        Ok(())
    }

    /// The end: the last letter that the sender sent is the last that the receiver received.
    ///
    /// # Errors
    /// When it is another, without an excuse.
    pub fn ended(&self, pair: &str, heard: Heard, said: u64, excuse: Excuse) -> Verdict {
        let common = self.common(said, heard.letter);
        match self.way(common, said).find(|lacks| !self.forgiven(*lacks, heard, excuse)) {
            Some(lacks) => breach(Property::Once, format!("{pair}: letter {lacks} never came")),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NONE: Excuse = Excuse { anew: 0, lost_ns: None };

    fn three() -> (Letters, [u64; 3], Heard) {
        let mut letters = Letters::default();
        let one = letters.sent(0, 10);
        let two = letters.sent(one, 20);
        let three = letters.sent(two, 30);
        let mut heard = Heard::default();
        letters.received("", &mut heard, one, NONE).unwrap();
        (letters, [one, two, three], heard)
    }

    fn property(verdict: Verdict) -> Option<Property> {
        verdict.err().map(|breach| breach.property)
    }

    #[test]
    fn in_order_and_once() {
        let (mut letters, [one, two, three], heard) = three();
        assert_eq!(property(letters.received("", &mut heard.clone(), one, NONE)), Some(Property::Once));
        assert_eq!(property(letters.received("", &mut heard.clone(), three, NONE)), Some(Property::Order));
        let mut all = heard;
        letters.received("", &mut all, two, NONE).unwrap();
        assert_eq!(property(letters.ended("", all, three, NONE)), Some(Property::Once));
        letters.received("", &mut all, three, NONE).unwrap();
        letters.ended("", all, three, NONE).unwrap();
        assert_eq!(property(letters.received("", &mut all, two, NONE)), Some(Property::Once));
    }

    #[test]
    fn what_a_lost_receiver_had_is_lost_and_no_more() {
        let (mut letters, [_, _, three], heard) = three();
        let lost = |lost_ns| Excuse { anew: 0, lost_ns: Some(lost_ns) };
        assert!(letters.received("", &mut heard.clone(), three, lost(19)).is_err());
        letters.received("", &mut heard.clone(), three, lost(20)).unwrap();
        assert!(letters.ended("", heard, three, lost(29)).is_err());
        letters.ended("", heard, three, lost(30)).unwrap();
    }

    #[test]
    fn a_sender_begins_anew_once_for_each_time() {
        let (mut letters, [one, two, _], mut heard) = three();
        let other = letters.sent(0, 40);
        let anew = |anew| Excuse { anew, lost_ns: None };
        assert_eq!(property(letters.received("", &mut heard.clone(), other, NONE)), Some(Property::Order));
        letters.received("", &mut heard, other, anew(1)).unwrap();
        assert!(letters.received("", &mut heard.clone(), one, anew(1)).is_err());
        // What its image kept comes again, from the oldest on; what it knew of as received does not.
        letters.received("", &mut heard, one, anew(2)).unwrap();
        letters.received("", &mut heard, two, anew(2)).unwrap();
        assert!(letters.received("", &mut heard, one, anew(2)).is_err());
        letters.received("", &mut heard, other, anew(3)).unwrap();
        let next = letters.sent(two, 50);
        letters.received("", &mut heard, next, anew(4)).unwrap();
    }
}
