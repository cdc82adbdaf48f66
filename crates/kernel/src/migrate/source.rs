//! The half of a move at the node that an atom leaves.
//!
//! Until `Released` every failure ends in "the atom goes on here". `Released` has no such way: it ends when the
//! target says that it owns the atom, or a newer epoch is seen, or the target's next process knows nothing of it.

use super::{Cell, Next};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The target has been asked.
    Offered,
    /// Pages are on their way while the atom runs.
    Copying,
    /// The atom has been asked to stop.
    Stopping,
    /// All of it has been sent.
    Sealed,
    /// The target may speak for it.
    Released,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The target accepts.
    Accepted,
    /// The target refuses.
    Refused,
    /// The node has sent enough pages.
    Converged,
    /// The node has stopped the atom and sent all its pages.
    Sealed,
    /// The target runs it, held.
    Ready,
    /// The target owns it.
    Owned,
    /// The target gives up, or knows nothing of it.
    Aborted,
    /// The target asks whether it was released.
    Resolve,
    /// The node gives up.
    Cancelled,
    /// The atom ended.
    Ended,
    /// Somebody speaks for it with a newer epoch.
    Newer,
    /// Nothing happened for too long.
    Expired,
    /// The target does not answer.
    Silent,
    /// The target's process has ended.
    Gone,
    /// There is a session with the target, or with the next process of its name.
    Back,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tell the node which state it is now.
    Step,
    /// Tell the node to copy.
    Copy,
    /// Tell the node to stop the atom.
    Halt,
    /// Send the rest of it.
    SendFinal,
    /// This node does not speak for it any more.
    Disown,
    /// Tell the target that it may speak for it.
    SendRelease,
    /// Tell the target that it is over.
    SendAbort,
    /// Tell the target that it was released.
    AnswerYes,
    /// Tell the target that it was not.
    AnswerNo,
    /// Tell the node that the atom goes on.
    GoOn,
    /// Tell the node that the atom did not arrive.
    Fail,
    /// Tell the node to forget it, and that it arrived.
    Leave,
    /// Tell the node to keep what is there, and that it is lost.
    Lose,
}

/// Number of events.
pub const EVENTS: usize = 15;

impl State {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Offered, Self::Copying, Self::Stopping, Self::Sealed, Self::Released];
}

impl Event {
    /// All of them, in the order of the table.
    pub const ALL: [Self; EVENTS] = [
        Self::Accepted,
        Self::Refused,
        Self::Converged,
        Self::Sealed,
        Self::Ready,
        Self::Owned,
        Self::Aborted,
        Self::Resolve,
        Self::Cancelled,
        Self::Ended,
        Self::Newer,
        Self::Expired,
        Self::Silent,
        Self::Gone,
        Self::Back,
    ];
}

type Row = [Cell<State, Action>; EVENTS];

/// Nothing happens.
const IGNORE: Cell<State, Action> = Cell { next: Next::Stay, actions: &[] };
/// The move is over, and the target has to hear it.
const ABORT: Cell<State, Action> =
    Cell { next: Next::End, actions: &[Action::SendAbort, Action::GoOn, Action::Fail] };
/// The move is over, and the target knows it, or is no more.
const FAIL: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::GoOn, Action::Fail] };
/// There is nothing any more that could move, nor go on.
const VANISH: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::SendAbort, Action::Fail] };
/// The target holds something that was not released.
const DENY: Cell<State, Action> = Cell { next: Next::Stay, actions: &[Action::AnswerNo] };
const ACCEPTED: Cell<State, Action> =
    Cell { next: Next::To(State::Copying), actions: &[Action::Step, Action::Copy] };
const CONVERGED: Cell<State, Action> =
    Cell { next: Next::To(State::Stopping), actions: &[Action::Step, Action::Halt] };
const SEALED: Cell<State, Action> =
    Cell { next: Next::To(State::Sealed), actions: &[Action::SendFinal, Action::Step] };
const RELEASE: Cell<State, Action> =
    Cell { next: Next::To(State::Released), actions: &[Action::Disown, Action::SendRelease, Action::Step] };
const REPEAT: Cell<State, Action> = Cell { next: Next::Stay, actions: &[Action::SendRelease] };
const CONFIRM: Cell<State, Action> = Cell { next: Next::Stay, actions: &[Action::AnswerYes] };
const LEAVE: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::Leave] };
const LOSE: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::Lose] };

/// A row for each state, a cell for each event.
#[rustfmt::skip]
pub const TABLE: [Row; 5] = [
    // Accepted  Refused  Converged  Sealed  Ready    Owned   Aborted  Resolve  Cancelled  Ended   Newer   Expired  Silent  Gone    Back
    [ACCEPTED, FAIL,   IGNORE,    IGNORE, IGNORE,  IGNORE, FAIL,    DENY,    ABORT,     VANISH, VANISH, ABORT,   ABORT,  FAIL,   IGNORE], // Offered
    [IGNORE,   FAIL,   CONVERGED, IGNORE, IGNORE,  IGNORE, FAIL,    DENY,    ABORT,     VANISH, VANISH, ABORT,   ABORT,  FAIL,   IGNORE], // Copying
    [IGNORE,   FAIL,   IGNORE,    SEALED, IGNORE,  IGNORE, FAIL,    DENY,    ABORT,     VANISH, VANISH, ABORT,   ABORT,  FAIL,   IGNORE], // Stopping
    [IGNORE,   FAIL,   IGNORE,    IGNORE, RELEASE, IGNORE, FAIL,    RELEASE, ABORT,     VANISH, VANISH, ABORT,   ABORT,  FAIL,   IGNORE], // Sealed
    [IGNORE,   IGNORE, IGNORE,    IGNORE, IGNORE,  LEAVE,  LOSE,    CONFIRM, IGNORE,    LOSE,   LEAVE,  IGNORE,  IGNORE, IGNORE, REPEAT], // Released
];

/// What an event does in a state.
#[must_use]
pub const fn cell(state: State, event: Event) -> Cell<State, Action> {
    TABLE[state as usize][event as usize]
}
