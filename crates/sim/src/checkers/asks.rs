//! Between live processes each request is answered once.

use super::{Breach, Property, Verdict};
use std::collections::BTreeMap;

/// Requests that wait for their answer: who asked whom.
#[derive(Debug, Default)]
pub struct Asks {
    waiting: BTreeMap<u64, (u64, u64)>,
    /// Requests answered.
    pub answered: u64,
}

impl Asks {
    /// A process asks another.
    pub fn asked(&mut self, id: u64, from: u64, to: u64) {
        self.waiting.insert(id, (from, to));
    }

    /// The request could not be sent.
    pub fn failed(&mut self, id: u64) {
        self.waiting.remove(&id);
    }

    /// An answer came.
    ///
    /// # Errors
    /// When it was answered before, or never asked.
    pub fn answered(&mut self, id: u64) -> Verdict {
        self.answered += 1;
        // When the asker has ended, the next process of its name gets the answer, and knows nothing of it.
        if self.waiting.remove(&id).is_some() {
            return Ok(());
        }
        Err(Breach { property: Property::Lanes, text: format!("an answer to {id}, which nobody awaits") })
    }

    /// Requests whose asker and answerer both live.
    pub fn waiting(&self, lives: impl Fn(u64) -> bool) -> impl Iterator<Item = u64> {
        self.waiting.iter().filter(move |(_, (from, to))| lives(*from) && lives(*to)).map(|(id, _)| *id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn once_and_to_whoever_asked() {
        let mut asks = Asks::default();
        asks.asked(1, 10, 20);
        asks.asked(2, 10, 20);
        assert!(asks.answered(1).is_ok());
        assert!(asks.answered(1).is_err());
        assert_eq!(asks.waiting(|_| true).collect::<Vec<_>>(), [2]);
        assert_eq!(asks.waiting(|process| process == 10).count(), 0);
    }
}
