//! An atom at a node.

use crate::guest::Guest;
use sojourn_abi::Post;
use sojourn_post::office::Gate;
use std::collections::BTreeSet;

/// What an instance does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// It runs.
    Running,
    /// It was asked to stop, and runs until its next poll.
    Halting,
    /// It stands still for its move.
    Frozen,
    /// It stands still, and is not this node's any more.
    Released,
    /// It ended.
    Ended,
}

/// A copy that is under way.
#[derive(Clone, Debug)]
pub struct Copying {
    /// Its number: jobs of another one are void.
    pub serial: u64,
    /// Epoch of its offer.
    pub offer: u64,
    /// Where to.
    pub target: String,
    /// Pages to be sent in this round.
    pub pages: BTreeSet<usize>,
    /// Rounds begun.
    pub rounds: u32,
    /// Whether the atom may be stopped.
    pub converged: bool,
    /// Whether all has been sent.
    pub sealed: bool,
}

/// An atom at a node.
#[derive(Debug)]
pub struct Instance {
    /// The atom itself.
    pub guest: Guest,
    /// What it does.
    pub phase: Phase,
    /// Whether it may be heard.
    pub open: bool,
    /// Who sent it here, if anybody.
    pub source: Option<String>,
    /// Its copy, while it leaves.
    pub copy: Option<Copying>,
    /// Whether a step of it is due.
    pub stepping: bool,
    /// Posts that came while its mailbox could not take them.
    pub waiting: Vec<Post>,
    /// Whether an image is kept here that all in the journal comes after.
    pub based: bool,
}

impl Instance {
    /// One that runs here.
    #[must_use]
    pub fn new(guest: Guest, open: bool) -> Self {
        Self {
            guest,
            phase: Phase::Running,
            open,
            source: None,
            copy: None,
            stepping: false,
            waiting: Vec::new(),
            based: false,
        }
    }

    /// Whether it makes steps.
    #[must_use]
    pub fn runs(&self) -> bool {
        matches!(self.phase, Phase::Running | Phase::Halting) && !self.guest.ended()
    }

    /// Whether this node speaks for it.
    #[must_use]
    pub fn speaks(&self) -> bool {
        self.open && !matches!(self.phase, Phase::Ended | Phase::Released)
    }

    /// Whether messages pass.
    #[must_use]
    pub fn gate(&self) -> Gate {
        let sealed = self.copy.as_ref().is_some_and(|copy| copy.sealed);
        match self.phase {
            Phase::Ended => Gate::Ended,
            Phase::Released => Gate::Sealed,
            _ if sealed => Gate::Sealed,
            _ if !self.open => Gate::Held,
            _ => Gate::Open,
        }
    }

    /// Whether it holds something that may still come to life.
    #[must_use]
    pub fn waits(&self) -> bool {
        self.phase == Phase::Released || (!self.open && self.phase != Phase::Ended)
    }
}

/// An atom on its way here.
#[derive(Debug, Default)]
pub struct Incoming {
    /// Its number: jobs of another one are void.
    pub serial: u64,
    /// Who sends it.
    pub source: String,
    /// What came of its memory.
    pub memory: Vec<u8>,
    /// Whether any of it came.
    pub begun: bool,
}
