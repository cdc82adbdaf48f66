//! An atom has one history in each lineage: every step follows the one before, wherever it is made.
//!
//! What is done behind a closed gate is not history yet: it becomes so when the gate opens, or never. A restore
//! begins a lineage whose history is that of its image.

use super::{Breach, Property, Verdict, lineage};
use std::collections::BTreeMap;

/// A step of an atom.
#[derive(Clone, Debug)]
pub struct Step {
    /// Digest of all that happened before.
    pub before: u64,
    /// Digest of all that has happened now.
    pub after: u64,
    /// Its number.
    pub number: u64,
    /// What the atom said in it.
    pub said: Vec<u8>,
}

#[derive(Clone, Debug)]
struct Mark {
    chain: u64,
    said: usize,
}

#[derive(Clone, Debug)]
struct History {
    marks: Vec<Mark>,
    output: Vec<u8>,
}

/// Histories of all atoms.
#[derive(Debug, Default)]
pub struct Histories {
    lines: BTreeMap<(String, u64), History>,
    held: BTreeMap<(u64, String, u64), Vec<Step>>,
    sealed: BTreeMap<(String, u64), u64>,
}

fn breach(text: String) -> Verdict {
    Err(Breach { property: Property::History, text })
}

impl Histories {
    /// An atom begins.
    pub fn started(&mut self, atom: &str, epoch: u64, chain: u64) {
        let history = History { marks: vec![Mark { chain, said: 0 }], output: Vec::new() };
        self.lines.insert((atom.into(), lineage(epoch)), history);
    }

    /// An atom goes on from an image that was taken in another lineage.
    ///
    /// # Errors
    /// When that lineage never was where the image stands, or the new one is not new.
    pub fn restored(&mut self, atom: &str, image: (u64, u64, u64), epoch: u64) -> Verdict {
        let (old, step, chain) = image;
        let Some(mut history) = self.lines.get(&(atom.into(), lineage(old))).cloned() else {
            return breach(format!("{atom} restored from epoch {old:#x}, which never was"));
        };
        let length = usize::try_from(step).unwrap_or(usize::MAX);
        match history.marks.get(length) {
            Some(mark) if mark.chain == chain => {
                history.output.truncate(mark.said);
                history.marks.truncate(length + 1);
            }
            _ => {
                return breach(format!(
                    "{atom} never was at step {step} as its image of epoch {old:#x} says"
                ));
            }
        }
        if self.lines.insert((atom.into(), lineage(epoch)), history).is_some() {
            return breach(format!("{atom} restored to lineage {}, which is taken", lineage(epoch)));
        }
        Ok(())
    }

    /// A step of an atom whose gate is open.
    ///
    /// # Errors
    /// When it does not follow the step before.
    pub fn stepped(&mut self, atom: &str, epoch: u64, step: &Step) -> Verdict {
        let Some(history) = self.lines.get_mut(&(atom.into(), lineage(epoch))) else {
            return breach(format!("{atom} makes a step with epoch {epoch:#x}, but never began there"));
        };
        let last = history.marks.len() as u64 - 1;
        if step.number != last + 1 || history.marks.last().map(|mark| mark.chain) != Some(step.before) {
            let text =
                format!("{atom}, epoch {epoch:#x}: step {} after step {last}, or not after it", step.number);
            return breach(text);
        }
        history.output.extend_from_slice(&step.said);
        history.marks.push(Mark { chain: step.after, said: history.output.len() });
        Ok(())
    }

    /// A step of an atom whose gate is closed.
    pub fn held(&mut self, process: u64, atom: &str, epoch: u64, step: Step) {
        self.held.entry((process, atom.into(), epoch)).or_default().push(step);
    }

    /// A gate opens: what was done behind it counts.
    ///
    /// # Errors
    /// When it does not follow what is known.
    pub fn opened(&mut self, process: u64, atom: &str, epoch: u64) -> Verdict {
        for step in self.held.remove(&(process, atom.into(), epoch)).unwrap_or_default() {
            self.stepped(atom, epoch, &step)?;
        }
        Ok(())
    }

    /// What was done behind a gate never counts.
    pub fn dropped(&mut self, process: u64, atom: &str, epoch: u64) {
        self.held.remove(&(process, atom.into(), epoch));
    }

    /// A source has stopped an atom: the digest of all of it.
    pub fn sealed(&mut self, atom: &str, epoch: u64, digest: u64) {
        self.sealed.insert((atom.into(), epoch), digest);
    }

    /// A target has put an atom together: the digest of all of it.
    ///
    /// # Errors
    /// When it differs from what its source stopped.
    pub fn built(&self, atom: &str, epoch: u64, digest: u64) -> Verdict {
        if self.sealed.get(&(atom.into(), epoch)) == Some(&digest) {
            return Ok(());
        }
        breach(format!("{atom} of epoch {epoch:#x} did not arrive as it left"))
    }

    /// Bytes of output given to a reader.
    ///
    /// # Errors
    /// When the atom did not say that.
    pub fn said(&self, atom: &str, epoch: u64, from: u64, bytes: &[u8]) -> Verdict {
        let start = usize::try_from(from).unwrap_or(usize::MAX);
        let end = start.saturating_add(bytes.len());
        let line = self.lines.get(&(atom.into(), lineage(epoch)));
        if line.and_then(|history| history.output.get(start..end)) == Some(bytes) {
            return Ok(());
        }
        breach(format!(
            "{atom}, epoch {epoch:#x}: bytes {start}..{end} given to a reader are not what it said"
        ))
    }

    /// The newest lineage of an atom.
    #[must_use]
    pub fn newest(&self, atom: &str) -> Option<u64> {
        self.lines.range((atom.into(), 0)..=(atom.into(), u64::MAX)).next_back().map(|((_, line), _)| *line)
    }

    /// Steps that count, over all lineages.
    #[must_use]
    pub fn steps(&self) -> u64 {
        self.lines.values().map(|history| history.marks.len() as u64 - 1).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(number: u64, before: u64, after: u64) -> Step {
        Step { before, after, number, said: vec![u8::try_from(number).unwrap()] }
    }

    fn begun() -> Histories {
        let mut histories = Histories::default();
        histories.started("a", 0, 100);
        histories.stepped("a", 0, &step(1, 100, 101)).unwrap();
        histories
    }

    #[test]
    fn a_step_again_a_step_left_out_and_another_past_are_breaches() {
        assert!(begun().stepped("a", 1, &step(2, 101, 102)).is_ok());
        assert!(begun().stepped("a", 1, &step(1, 100, 101)).is_err());
        assert!(begun().stepped("a", 1, &step(3, 101, 102)).is_err());
        assert!(begun().stepped("a", 1, &step(2, 99, 102)).is_err());
    }

    #[test]
    fn steps_behind_a_gate_count_when_it_opens_or_never() {
        let mut histories = begun();
        histories.held(7, "a", 1, step(2, 101, 102));
        histories.dropped(7, "a", 1);
        histories.stepped("a", 0, &step(2, 101, 202)).unwrap();
        histories.held(7, "a", 1, step(3, 102, 103));
        assert!(histories.opened(7, "a", 1).is_err());
    }

    #[test]
    fn a_restore_goes_back_to_its_image() {
        let mut histories = begun();
        assert!(histories.restored("a", (0, 1, 99), 1 << 32).is_err());
        histories.stepped("a", 0, &step(2, 101, 102)).unwrap();
        histories.restored("a", (0, 1, 101), 1 << 32).unwrap();
        assert!(histories.said("a", 1 << 32, 0, &[1]).is_ok());
        assert!(histories.said("a", 1 << 32, 0, &[1, 2]).is_err());
        assert!(histories.restored("a", (0, 1, 101), 1 << 32).is_err());
    }
}
