//! What a guest remembers of messages: the last one that it sent to each other atom, and received of it. Both are
//! numbers of the checker's `Letters`, which stand for all that went before.

use sojourn_post::Limits;
use std::collections::BTreeMap;

/// How long a message goes without a receipt before it is sent again.
pub const AGAIN_NS: u64 = crate::clock::SECOND;

/// Bounds of mailboxes: small, so that they are met.
#[must_use]
pub fn limits() -> Limits {
    Limits {
        messages: 6,
        window: 8,
        bytes: 4096,
        message_bytes: 1024,
        pairs: 64,
        calls: 16,
        ..Limits::default()
    }
}

/// What came last of somebody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard {
    /// The message.
    pub letter: u64,
    /// All that was heard, up to it.
    pub all: u64,
    /// How often what came did not follow what came before, as its sender had begun anew.
    pub anew: u64,
}

/// What a guest remembers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Talk {
    /// What it said last, and to whom.
    pub said: BTreeMap<String, u64>,
    /// What it heard last, and of whom.
    pub heard: BTreeMap<String, Heard>,
}

impl Talk {
    /// As bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let said: Vec<(&str, u64)> =
            self.said.iter().map(|(name, letter)| (name.as_str(), *letter)).collect();
        let row = |(name, heard): (&String, &Heard)| (name.clone(), heard.letter, heard.all, heard.anew);
        let heard: Vec<(String, u64, u64, u64)> = self.heard.iter().map(row).collect();
        sojourn_abi::encode(&(said, heard))
    }

    /// From bytes.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        type Rows = (Vec<(String, u64)>, Vec<(String, u64, u64, u64)>);
        let (said, heard): Rows = sojourn_abi::decode(bytes)?;
        let heard = heard.into_iter().map(|(name, letter, all, anew)| (name, Heard { letter, all, anew }));
        Some(Self { said: said.into_iter().collect(), heard: heard.collect() })
    }
}
