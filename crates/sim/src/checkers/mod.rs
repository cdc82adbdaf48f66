//! What must hold, kept apart from what makes it hold: checkers hear what happened in the whole world, which no node
//! could, and tell nobody in it anything.
//!
//! | file | property |
//! |---|---|
//! | `speaker` | one speaker per atom and epoch, after each event |
//! | `lanes` | nothing lost, repeated or reordered between live processes |
//! | `asks` | each request between live processes is answered once |
//! | `history` | an atom goes on exactly where it stood, and what it said follows from that |
//! | `letters` | messages of atoms: order per pair, and each once |
//! | `reader` | whoever reads its output sees one stream without a gap |
//! | `moves` | each move ends once, and as it was told |
//! | `stuck` | when all faults are over, nothing waits for ever |
//! | `bounds` | no queue grows beyond its limit |

pub mod asks;
pub mod bounds;
pub mod history;
pub mod lanes;
pub mod letters;
pub mod moves;
pub mod reader;
pub mod speaker;
pub mod stuck;

use std::fmt;

/// A property of the system.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Property {
    /// One speaker per atom and epoch.
    Speaker,
    /// Nothing lost, repeated or reordered between live processes.
    Lanes,
    /// An atom goes on exactly where it stood.
    History,
    /// Messages of a pair of atoms come in order.
    Order,
    /// Messages between atoms come once, and all of them.
    Once,
    /// One stream without a gap.
    Reader,
    /// Each move ends once, and as it was told.
    Moves,
    /// Nothing waits for ever.
    Stuck,
    /// No queue grows beyond its limit.
    Bounds,
    /// The code under test does not give up.
    Panic,
}

/// A property that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub property: Property,
    /// How.
    pub text: String,
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {}", self.property, self.text)
    }
}

/// What a checker says.
pub type Verdict = Result<(), Breach>;

/// A breach, as a verdict.
///
/// # Errors
/// Always: that is its use.
pub fn breach(property: Property, text: impl Into<String>) -> Verdict {
    Err(Breach { property, text: text.into() })
}

/// The lineage of an epoch: grows with each restore.
#[must_use]
pub fn lineage(epoch: u64) -> u64 {
    epoch >> 32
}

/// All checkers that remember something.
#[derive(Debug, Default)]
pub struct Checkers {
    /// Lanes between processes.
    pub lanes: lanes::Lanes,
    /// Requests.
    pub asks: asks::Asks,
    /// Histories of atoms.
    pub histories: history::Histories,
    /// Messages of atoms.
    pub letters: letters::Letters,
    /// Readers of output.
    pub readers: reader::Readers,
    /// Moves.
    pub moves: moves::Moves,
}
