//! One box: its desk, who waits at it, and its answers.

use super::super::atom::Failure;
use super::super::desk::{Desk, Gate};
use super::super::wake::Wake;
use super::gone;
use crate::module::lock;
use sojourn_abi::{Code, Event};
use sojourn_post::{Limits, Mailbox};
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// How long a box stays while nobody asks for it.
const SILENCE: Duration = Duration::from_mins(1);
/// How long it stays at most for the sake of messages that have no receipt yet.
const UNDERWAY: Duration = Duration::from_mins(10);
/// Bytes of data from which on an answer has no more messages.
const ANSWER_BYTES: usize = 1 << 20;

/// Tells all who wait at a box that there may be something new: requests of one client wait side by side.
#[derive(Default)]
struct Bell {
    rung: Mutex<u64>,
    heard: Condvar,
}

impl Bell {
    fn ring(&self) {
        *lock(&self.rung) += 1;
        self.heard.notify_all();
    }

    /// Waits until it was rung more often than `seen`; false when the deadline came first.
    fn wait_beyond(&self, seen: u64, deadline: Instant) -> bool {
        let rest = deadline.saturating_duration_since(Instant::now());
        let waited = self.heard.wait_timeout_while(lock(&self.rung), rest, |rung| *rung == seen);
        *waited.unwrap_or_else(PoisonError::into_inner).0 != seen
    }
}

/// One box.
pub(super) struct PostBox {
    pub(super) desk: Arc<Desk>,
    bell: Arc<Bell>,
    /// Requests that are being answered.
    users: AtomicU32,
    state: Mutex<State>,
}

pub(super) struct State {
    asked_at: Instant,
    pub(super) closed: bool,
    /// Number of the last answer that had messages.
    pub(super) number: u64,
    /// Its messages: they are given again until somebody tells that they came.
    given: Vec<Event>,
}

/// A box that somebody uses: it does not go meanwhile.
pub(super) struct InUse(pub(super) Arc<PostBox>);

impl InUse {
    pub(super) fn new(used: &Arc<PostBox>) -> Self {
        used.users.fetch_add(1, SeqCst);
        Self(Arc::clone(used))
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        self.0.state().asked_at = Instant::now();
        self.0.users.fetch_sub(1, SeqCst);
    }
}

impl Deref for InUse {
    type Target = PostBox;

    fn deref(&self) -> &PostBox {
        &self.0
    }
}

impl PostBox {
    pub(super) fn new(name: &str) -> Arc<Self> {
        let mailbox = Mailbox::new(name, super::super::realtime_ns(), Limits::default());
        Self::at(Desk::new(mailbox, Gate::Open, false, Arc::new(Wake::default())))
    }

    /// A box at a desk that is there.
    pub(super) fn at(desk: Arc<Desk>) -> Arc<Self> {
        let bell = Arc::new(Bell::default());
        let rung = Arc::clone(&bell);
        desk.set_awaken(move || rung.ring());
        let state = State { asked_at: Instant::now(), closed: false, number: 0, given: Vec::new() };
        Arc::new(Self { desk, bell, users: AtomicU32::new(0), state: Mutex::new(state) })
    }

    pub(super) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Looks again and again, whenever there may be something new, until there is what it looks for; `None` when the
    /// deadline came first.
    pub(super) fn until<T>(&self, deadline: Instant, mut look: impl FnMut() -> Option<T>) -> Option<T> {
        loop {
            let seen = *lock(&self.bell.rung);
            // From here on news ring the bell, once; so it is looked after this.
            self.desk.inner().resting = true;
            if let Some(found) = look() {
                return Some(found);
            }
            if !self.bell.wait_beyond(seen, deadline) {
                return None;
            }
        }
    }

    /// The next answer: its number, and its messages; none while there are none.
    pub(super) fn answer(&self, most: usize, after: u64) -> Result<Option<(u64, Vec<Event>)>, Failure> {
        let mut state = self.state();
        if state.closed {
            return Err(gone(&self.desk.name));
        }
        if after > state.number {
            let text = format!("{} has given {} answers, not {after}", self.desk.name, state.number);
            return Err((Code::InvalidRequest, text));
        }
        if after < state.number {
            return Ok(Some((state.number, state.given.clone())));
        }
        state.given.clear();
        let mut inner = self.desk.inner();
        let mut bytes = 0;
        while state.given.len() < most
            && bytes < ANSWER_BYTES
            && let Some(event) = inner.mailbox.receive()
        {
            bytes += event.data.len();
            state.given.push(event);
        }
        if state.given.is_empty() {
            return Ok(None);
        }
        state.number += 1;
        Ok(Some((state.number, state.given.clone())))
    }

    /// Whether it may go: it is closed or nobody has asked for long, and what it sent has arrived.
    pub(super) fn is_over(&self) -> bool {
        if self.users.load(SeqCst) > 0 {
            return false;
        }
        let arrived = self.desk.inner().mailbox.waiting_for().next().is_none();
        let state = self.state();
        let silence = state.asked_at.elapsed();
        (state.closed || silence >= SILENCE) && (arrived || silence >= UNDERWAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sojourn_abi::{Event, Post};

    fn ago(duration: Duration) -> Instant {
        Instant::now().checked_sub(duration).unwrap()
    }

    fn post(number: u64, data: usize) -> Post {
        let event = Event { source: "a/b".into(), id: number, data: vec![0; data], ..Event::default() };
        Post { to: "n/box".into(), run: 1, first: 1, number, event }
    }

    #[test]
    fn goes_when_nobody_asks_and_what_it_sent_has_arrived() {
        let boxed = PostBox::new("n/box");
        assert!(!boxed.is_over());
        boxed.state().asked_at = ago(SILENCE);
        let used = InUse::new(&boxed);
        assert!(!boxed.is_over(), "somebody uses it");
        drop(used);
        assert!(!boxed.is_over(), "somebody has just used it");
        let sent = boxed.desk.inner().mailbox.address("a/b", Event::default()).unwrap();
        boxed.desk.inner().mailbox.keep("a/b", sent.event);
        boxed.state().asked_at = ago(SILENCE);
        assert!(!boxed.is_over(), "what it sent is under way");
        boxed.state().closed = true;
        assert!(!boxed.is_over(), "also when it is closed");
        boxed.state().asked_at = ago(UNDERWAY);
        assert!(boxed.is_over(), "but not for ever");
        boxed.desk.inner().mailbox.abandon("a/b");
        boxed.state().asked_at = Instant::now();
        assert!(boxed.is_over(), "closed, and all has arrived");
    }

    #[test]
    fn an_answer_is_bounded_in_messages_and_bytes() {
        let boxed = PostBox::new("n/box");
        for number in 1..=6 {
            let data = if number > 3 { ANSWER_BYTES } else { 1 };
            assert!(boxed.desk.inner().mailbox.accept(post(number, data)).news);
        }
        let sizes = |after, most| {
            let (number, events) = boxed.answer(most, after).unwrap().unwrap();
            assert_eq!(number, after + 1);
            events.iter().map(|event| event.id).collect::<Vec<_>>()
        };
        assert_eq!(sizes(0, 2), [1, 2]);
        assert_eq!(sizes(1, 9), [3, 4], "it ends with the message that fills it");
        assert_eq!(sizes(2, 9), [5]);
        assert_eq!(sizes(3, 9), [6]);
        assert_eq!(boxed.answer(9, 4).unwrap(), None);
    }

    #[test]
    fn all_who_wait_hear_of_news() {
        let boxed = PostBox::new("n/box");
        let deadline = Instant::now() + Duration::from_mins(1);
        std::thread::scope(|scope| {
            let waits = |number: usize| {
                let boxed = &boxed;
                let look = move || (boxed.desk.inner().mailbox.len() >= number).then_some(number);
                scope.spawn(move || boxed.until(deadline, look))
            };
            let waiting: Vec<_> = (1..=4).map(waits).collect();
            for number in 1..=4 {
                boxed.desk.inner().mailbox.accept(post(number, 0));
                boxed.desk.notify();
            }
            for (thread, number) in waiting.into_iter().zip(1..) {
                assert_eq!(thread.join().unwrap(), Some(number));
            }
        });
        assert_eq!(boxed.until(Instant::now(), || None::<()>), None);
    }
}
