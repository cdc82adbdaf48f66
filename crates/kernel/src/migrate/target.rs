//! The half of a move at the node that an atom comes to.
//!
//! Before `Held` any failure drops what is there. A held atom runs, and nobody sees it: it waits for its source's word.
//! When the session with the source broke in the meantime, it asks (`Asking`).

use super::{Cell, Next};

/// Where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// The node has been asked whether it takes the atom.
    Deciding,
    /// Pages come.
    Receiving,
    /// All of it is there; the node puts it together.
    Building,
    /// It runs, held.
    Held,
    /// It runs, held, and the source has to be asked whether it was released.
    Asking,
}

/// What happens to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The node takes it.
    Taken,
    /// The node does not take it, or could not go on with it.
    Declined,
    /// The rest of it came.
    Final,
    /// The node runs it.
    Built,
    /// The source has released it.
    Released,
    /// The source gives up.
    Aborted,
    /// The source, when asked, says that it was released.
    Yours,
    /// The source, when asked, says that it was not.
    NotYours,
    /// Somebody speaks for it with a newer epoch.
    Newer,
    /// Nothing happened for too long.
    Expired,
    /// The source does not answer.
    Silent,
    /// The source's process has ended.
    Gone,
    /// There is a session with the source, or with the next process of its name.
    Back,
}

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Tell the source that pages may come.
    SendAccept,
    /// Tell the source that it is not taken.
    SendRefuse,
    /// Tell the node to put it together.
    Build,
    /// Tell the source that it runs.
    SendReady,
    /// This node speaks for it: tell the node, and everybody.
    Open,
    /// Tell the source that this node speaks for it.
    SendOwned,
    /// Tell the source that it is over.
    SendAbort,
    /// Ask the source whether it was released.
    SendResolve,
    /// Tell the node to drop it.
    Discard,
}

/// Number of events.
pub const EVENTS: usize = 13;

impl State {
    /// All of them, in the order of the table.
    pub const ALL: [Self; 5] = [Self::Deciding, Self::Receiving, Self::Building, Self::Held, Self::Asking];
}

impl Event {
    /// All of them, in the order of the table.
    pub const ALL: [Self; EVENTS] = [
        Self::Taken,
        Self::Declined,
        Self::Final,
        Self::Built,
        Self::Released,
        Self::Aborted,
        Self::Yours,
        Self::NotYours,
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
/// It is over, and the source knows it, or is no more.
const DROP: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::Discard] };
/// It is over, and the source has to hear it.
const ABORT: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::SendAbort, Action::Discard] };
/// The node has given up by itself, and has nothing to drop.
const DECLINE: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::SendAbort] };
const TAKEN: Cell<State, Action> = Cell { next: Next::To(State::Receiving), actions: &[Action::SendAccept] };
const REFUSE: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::SendRefuse] };
const FINAL: Cell<State, Action> = Cell { next: Next::To(State::Building), actions: &[Action::Build] };
const BUILT: Cell<State, Action> = Cell { next: Next::To(State::Held), actions: &[Action::SendReady] };
const OPEN: Cell<State, Action> = Cell { next: Next::End, actions: &[Action::Open, Action::SendOwned] };
const DOUBT: Cell<State, Action> = Cell { next: Next::To(State::Asking), actions: &[] };
const ASK: Cell<State, Action> = Cell { next: Next::To(State::Asking), actions: &[Action::SendResolve] };

/// A row for each state, a cell for each event.
#[rustfmt::skip]
pub const TABLE: [Row; 5] = [
    // Taken  Declined Final   Built   Released Aborted Yours   NotYours Newer  Expired Silent Gone   Back
    [TAKEN,  REFUSE,  IGNORE, IGNORE, IGNORE, DROP,   IGNORE, IGNORE,  ABORT, ABORT,  ABORT, DROP,  IGNORE], // Deciding
    [IGNORE, DECLINE, FINAL,  IGNORE, IGNORE, DROP,   IGNORE, IGNORE,  ABORT, ABORT,  ABORT, DROP,  IGNORE], // Receiving
    [IGNORE, DECLINE, IGNORE, BUILT,  IGNORE, DROP,   IGNORE, IGNORE,  ABORT, ABORT,  ABORT, DROP,  IGNORE], // Building
    [IGNORE, IGNORE,  IGNORE, IGNORE, OPEN,   DROP,   OPEN,   DROP,    DROP,  ASK,    DOUBT, DOUBT, ASK],    // Held
    [IGNORE, IGNORE,  IGNORE, IGNORE, OPEN,   DROP,   OPEN,   DROP,    DROP,  ASK,    DOUBT, DOUBT, ASK],    // Asking
];

/// What an event does in a state.
#[must_use]
pub const fn cell(state: State, event: Event) -> Cell<State, Action> {
    TABLE[state as usize][event as usize]
}
