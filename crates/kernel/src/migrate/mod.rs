//! The two halves of a move, as tables: state x event -> next state, actions. What an action does is `moves`'.

pub mod source;
pub mod target;

/// What becomes of a half.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next<S> {
    /// It stays where it is.
    Stay,
    /// It goes on.
    To(S),
    /// It is over.
    End,
}

/// A cell of a table: what an event does in a state.
#[derive(Clone, Copy, Debug)]
pub struct Cell<S: 'static, A: 'static> {
    /// What becomes of the half.
    pub next: Next<S>,
    /// What is done, in this order, when it is there.
    pub actions: &'static [A],
}
