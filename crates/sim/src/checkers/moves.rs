//! Each move that was asked for ends once, and as it was told.

use super::{Breach, Property, Verdict, lineage};
use sojourn_abi::MoveState;
use std::collections::{BTreeMap, BTreeSet};

/// A move under way.
#[derive(Debug)]
struct Asked {
    atom: String,
    offer: Option<u64>,
    released: bool,
}

/// All moves.
#[derive(Debug, Default)]
pub struct Moves {
    asked: BTreeMap<(u64, u64), Asked>,
    opened: BTreeSet<(String, u64)>,
    /// How many ended in which way: arrived, stayed, lost.
    pub ended: [u64; 3],
}

fn breach(text: String) -> Verdict {
    Err(Breach { property: Property::Moves, text })
}

impl Moves {
    /// A process is asked to move an atom.
    pub fn asked(&mut self, process: u64, id: u64, atom: &str) {
        self.asked.insert((process, id), Asked { atom: atom.into(), offer: None, released: false });
    }

    /// A process begins to copy: its offer was taken.
    pub fn copied(&mut self, process: u64, atom: &str, offer: u64) {
        let asked = self.asked.range_mut((process, 0)..=(process, u64::MAX)).map(|(_, asked)| asked);
        for asked in asked.filter(|asked| asked.atom == atom) {
            asked.offer = Some(offer);
        }
    }

    /// A process tells where a move stands.
    ///
    /// # Errors
    /// When there is no such move.
    pub fn step(&mut self, process: u64, id: u64, state: MoveState) -> Verdict {
        let Some(asked) = self.asked.get_mut(&(process, id)) else {
            return breach(format!("move {id} comes to {state:?}, but is not under way"));
        };
        asked.released |= state == MoveState::Released;
        Ok(())
    }

    /// A target opens its gate.
    pub fn opened(&mut self, atom: &str, epoch: u64) {
        self.opened.insert((atom.into(), epoch));
    }

    /// A process tells that a move has ended; `newest` tells the newest lineage of an atom.
    ///
    /// # Errors
    /// When it is not under way, or did not end so.
    pub fn ended(
        &mut self,
        process: u64,
        id: u64,
        state: MoveState,
        newest: impl Fn(&str) -> Option<u64>,
    ) -> Verdict {
        let Some(asked) = self.asked.remove(&(process, id)) else {
            return breach(format!("move {id} ends as {state:?}, but is not under way"));
        };
        let arrived = asked.offer.is_some_and(|offer| self.opened.contains(&(asked.atom.clone(), offer + 1)));
        let atom = &asked.atom;
        // A newer lineage speaks for it: whether it had arrived before does not matter any more.
        let restored = asked.offer.is_some_and(|offer| newest(atom) > Some(lineage(offer)));
        match state {
            MoveState::Done if !arrived && !restored => {
                breach(format!("{atom} is said to have arrived, and did not"))
            }
            MoveState::Failed if arrived => breach(format!("{atom} is said to have stayed, and arrived")),
            MoveState::Failed if asked.released => {
                breach(format!("the move of {atom} failed after its release"))
            }
            MoveState::Done | MoveState::Failed | MoveState::Lost => {
                self.ended[state as usize - MoveState::Done as usize] += 1;
                Ok(())
            }
            _ => breach(format!("the move of {atom} ended as {state:?}")),
        }
    }

    /// A process was killed, and its moves with it.
    pub fn killed(&mut self, process: u64) {
        self.asked.retain(|(of, _), _| *of != process);
    }

    /// Atoms on the move, and the processes that they leave.
    pub fn under_way(&self) -> impl Iterator<Item = (u64, u64, &str)> {
        self.asked.iter().map(|((process, id), asked)| (*process, *id, asked.atom.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn done_is_done_and_only_once() {
        let mut moves = Moves::default();
        moves.asked(1, 1, "a");
        moves.copied(1, "a", 4);
        moves.opened("a", 5);
        assert!(moves.ended(1, 1, MoveState::Done, |_| Some(0)).is_ok());
        assert!(moves.ended(1, 1, MoveState::Done, |_| Some(0)).is_err());
    }

    #[test]
    fn what_is_told_is_true() {
        let mut moves = Moves::default();
        moves.asked(1, 1, "a");
        assert!(moves.ended(1, 1, MoveState::Done, |_| Some(0)).is_err());
        moves.asked(1, 2, "a");
        moves.step(1, 2, MoveState::Released).unwrap();
        assert!(moves.ended(1, 2, MoveState::Failed, |_| Some(0)).is_err());
    }
}
