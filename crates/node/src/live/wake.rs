//! What an atom's thread waits on when its guest waits.

use crate::module::lock;
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Makes a waiting guest look again, from any thread.
#[derive(Default)]
pub(crate) struct Wake {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    stop: bool,
    news: bool,
    /// How often there were news.
    count: u64,
    /// How many wait for the count.
    crowd: u32,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woke {
    /// Something may have changed.
    News,
    /// The time is over.
    Timeout,
    /// A stop is asked for.
    Stop,
}

impl Wake {
    /// Something may have changed.
    pub(crate) fn notify(&self) {
        let mut state = lock(&self.state);
        state.count += 1;
        if !state.news || state.crowd > 0 {
            state.news = true;
            self.changed.notify_all();
        }
    }

    /// From now on no wait lasts.
    pub(crate) fn stop(&self) {
        lock(&self.state).stop = true;
        self.changed.notify_all();
    }

    /// Takes a stop back.
    pub(crate) fn clear(&self) {
        lock(&self.state).stop = false;
    }

    /// Forgets news that came before; whoever is to wait looks at everything after this and then waits.
    pub(crate) fn listen(&self) {
        lock(&self.state).news = false;
    }

    /// Whether a stop is asked for.
    pub(crate) fn stops(&self) -> bool {
        lock(&self.state).stop
    }

    /// How often there were news: for those of whom many wait at once, and look at everything after this.
    pub(crate) fn count(&self) -> u64 {
        lock(&self.state).count
    }

    /// Waits until there were more news than `seen`; false when the deadline came first.
    pub(crate) fn wait_beyond(&self, seen: u64, deadline: Instant) -> bool {
        let mut state = lock(&self.state);
        state.crowd += 1;
        let rest = deadline.saturating_duration_since(Instant::now());
        let none = |state: &mut State| state.count == seen;
        let waited = self.changed.wait_timeout_while(state, rest, none);
        state = waited.unwrap_or_else(PoisonError::into_inner).0;
        state.crowd -= 1;
        state.count != seen
    }

    /// Waits for news since `listen`, a stop, or the deadline.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Woke {
        let mut state = lock(&self.state);
        loop {
            if state.stop {
                return Woke::Stop;
            }
            if state.news {
                state.news = false;
                return Woke::News;
            }
            state = match deadline {
                None => self.changed.wait(state).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let rest = deadline.saturating_duration_since(Instant::now());
                    if rest.is_zero() {
                        return Woke::Timeout;
                    }
                    self.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        }
    }
}
