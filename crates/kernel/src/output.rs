//! What a kernel wants done.

use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Alias, Code, Facts, Message, MoveState, Role};

/// Something that the node is to do. Outputs are done in their order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Give a frame to the mesh.
    Transmit {
        /// To whom.
        to: String,
        /// The frame.
        frame: Vec<u8>,
    },
    /// A session with somebody stands.
    Connected {
        /// Name.
        peer: String,
        /// Number of its process.
        incarnation: u64,
        /// Kind.
        role: Role,
    },
    /// Somebody does not answer any more. `gone`: its process has ended for sure (another one has its name), and
    /// what was under way to it is lost; otherwise the session may come back, with nothing lost.
    Disconnected {
        /// Name.
        peer: String,
        /// Number of its process.
        incarnation: u64,
        /// Whether it can never come back.
        gone: bool,
    },
    /// The bulk lane to somebody has room again (`Kernel::room`).
    Room {
        /// Name.
        peer: String,
    },
    /// A message for the node itself.
    Deliver {
        /// From whom.
        from: String,
        /// The message.
        message: Message,
    },
    /// A message that was to be sent cannot be: there is no session. It was not sent.
    Undelivered {
        /// To whom.
        to: String,
        /// The message.
        message: Message,
    },
    /// This node may not join (its key, realm or version is wrong): for people.
    Denied {
        /// Who denies.
        by: String,
        /// Why.
        code: Code,
        /// Why, for people.
        text: String,
    },

    /// Source: a move has come to this state.
    Step {
        /// Number of the move.
        id: u64,
        /// The atom.
        atom: String,
        /// The state.
        state: MoveState,
    },
    /// Source: send pages while the atom runs; then say `Input::Converged`.
    Copy {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
        /// Where to.
        target: String,
    },
    /// Source: stop the atom, send its last pages, and say `Input::Sealed`.
    Halt {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
        /// Where to.
        target: String,
    },
    /// Source: the move failed. Stop sending pages; if the atom was stopped, let it go on here.
    GoOn {
        /// The atom.
        atom: String,
    },
    /// Source: the target has it. Forget it here.
    Leave {
        /// The atom.
        atom: String,
        /// Who has it.
        target: String,
        /// Its epoch there.
        epoch: u64,
    },
    /// Source: the target ended after it had been released. Keep what is there of it as its last image.
    Lose {
        /// The atom.
        atom: String,
        /// Its epoch when it was here.
        epoch: u64,
    },
    /// Source: a move has ended; `failure` tells why when the atom did not arrive.
    Moved {
        /// Number of the move.
        id: u64,
        /// The atom.
        atom: String,
        /// `Done`, `Failed` or `Lost`.
        state: MoveState,
        /// Why it did not arrive.
        failure: Option<(Code, String)>,
    },

    /// Target: an atom is offered; say `Input::Taken` or `Input::Declined`.
    Decide {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
        /// From whom.
        source: String,
        /// What it is.
        facts: Facts,
    },
    /// Target: all of it is there. Let it run, held, and say `Input::Built` or `Input::Declined`.
    Build {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
        /// Its image without memories.
        image: Vec<u8>,
        /// Bytes of each memory.
        sizes: Vec<u64>,
        /// What the node keeps for it, encoded.
        baggage: Vec<u8>,
    },
    /// Target: this node speaks for the atom now, with this epoch: open its gate.
    Open {
        /// The atom.
        atom: String,
        /// Its epoch.
        epoch: u64,
    },
    /// Target: the move failed. Drop what is here of the atom, wherever it stands.
    Discard {
        /// The atom.
        atom: String,
        /// Epoch of the offer.
        epoch: u64,
    },

    /// An atom that runs here is spoken for by somebody with a newer epoch: end it here, silently.
    Supersede {
        /// The atom.
        atom: String,
        /// The newer epoch.
        epoch: u64,
        /// Who has it.
        node: String,
    },
    /// Where an atom is, or what aliases it has, has become known or changed.
    Located {
        /// The atom.
        atom: String,
        /// Its epoch.
        epoch: u64,
        /// Who speaks for it.
        node: String,
        /// Whether it still runs.
        alive: bool,
        /// Its aliases.
        aliases: Vec<Alias>,
    },
}
