//! What a kernel hears.

use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Alias, Code, Facts, Lane, Message, Role};

/// Something that happened at this node. Times are given to `Kernel::handle`.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::large_enum_variant, reason = "each is taken apart at once, and never kept in numbers")]
pub enum Input {
    /// The mesh sees somebody.
    Up {
        /// Name.
        name: String,
        /// Number of its process.
        incarnation: u64,
        /// Kind.
        role: Role,
    },
    /// The mesh does not see somebody any more. It may be gone, or only cut off.
    Down {
        /// Name.
        name: String,
        /// Number of its process.
        incarnation: u64,
    },
    /// A frame came.
    Frame(Vec<u8>),
    /// A message for another node, which its kernel delivers (`Output::Deliver`), in order and once.
    Send {
        /// To whom.
        to: String,
        /// In which lane.
        lane: Lane,
        /// One of `Pages`, `Want`, `Content`, `Lacking`, `Ask`, `Answer`, `Relay`, `Posts`, `Posted`.
        message: Message,
    },
    /// An atom was started or restored here: this node speaks for it with this epoch.
    Own {
        /// The atom.
        atom: String,
        /// Its epoch.
        epoch: u64,
    },
    /// All aliases of an atom that this node speaks for, or is about to: those of one that came are told by whoever
    /// has them once it is owned here.
    Alias {
        /// The atom.
        atom: String,
        /// Its aliases from now on.
        aliases: Vec<Alias>,
    },
    /// An atom that this node speaks for has ended or was stopped.
    Ended {
        /// The atom.
        atom: String,
    },

    /// Source: an atom that this node speaks for is to move. Answered by `Output::Moved`, perhaps at once.
    Move {
        /// Number of the move, which outputs repeat.
        id: u64,
        /// The atom.
        atom: String,
        /// Where to.
        target: String,
        /// What the target is told.
        facts: Facts,
    },
    /// Source: give a move up. Does nothing after `Release`.
    Cancel {
        /// The atom.
        atom: String,
        /// Why.
        code: Code,
        /// Why, for people.
        text: String,
    },
    /// Source: enough pages are there; the atom may be stopped (answer to `Output::Copy`).
    Converged {
        /// The atom.
        atom: String,
    },
    /// Source: the atom has stopped, and its last pages are in the bulk lane (answer to `Output::Halt`).
    Sealed {
        /// The atom.
        atom: String,
        /// Its image without memories.
        image: Vec<u8>,
        /// Bytes of each memory.
        sizes: Vec<u64>,
        /// What the node keeps for it, encoded.
        baggage: Vec<u8>,
    },

    /// Target: it can take an atom that was offered (answer to `Output::Decide`).
    Taken {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
    },
    /// Target: it cannot, or could not go on with what came (answer to `Output::Decide` or `Output::Build`).
    Declined {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
        /// Why.
        code: Code,
        /// Why, for people.
        text: String,
    },
    /// Target: the atom runs here, held (answer to `Output::Build`).
    Built {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
    },
}

impl Input {
    /// An atom was started or restored here.
    #[must_use]
    pub fn own(atom: impl Into<String>, epoch: u64) -> Self {
        Self::Own { atom: atom.into(), epoch }
    }
}
