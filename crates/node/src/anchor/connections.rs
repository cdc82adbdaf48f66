//! The atom's end, for the guest's thread and for whoever brings the anchor's words.

use super::Mouth;
use super::atom_end::{AtomEnd, Holder};
use super::limit::WORDS;
use super::relay::Relay;
use crate::module::lock;
use sojourn_host::Errno;
use sojourn_host::ports::{Awaited, ConnectionId, Readiness, Shut, Sockets};
use std::sync::{Arc, Mutex, Weak};

/// An atom's connections, where the atom is. Clones are of the same.
#[derive(Clone)]
pub struct Connections {
    shared: Arc<Shared>,
}

/// Connections, as long as somebody else has them.
pub(super) struct Guest(Weak<Shared>);

struct Shared {
    state: Mutex<State>,
    /// Makes the guest look again.
    wake: Box<dyn Fn() + Send + Sync>,
}

struct State {
    end: AtomEnd,
    send: Option<Mouth>,
    /// Whether a thread sends words: it sends those that come meanwhile, too.
    sending: bool,
}

/// A connection, for people to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectionFacts {
    /// Place of the listener that it came to.
    pub listener: u32,
    /// Address of the other side.
    pub peer: String,
    /// Bytes that the guest has not read.
    pub unread: usize,
    /// Bytes that the guest wrote and the other side has not taken.
    pub unsent: usize,
}

impl Connections {
    /// For a guest that starts with so many listeners. Nothing is said before `open_gate`. `wake` is called from any
    /// thread when something that the guest may wait for has changed, and must not wait.
    pub fn new(listeners: u32, wake: impl Fn() + Send + Sync + 'static) -> Self {
        Self::of(AtomEnd::new(listeners), wake)
    }

    /// As they were written down with `state`. Held: the guest may run, and nothing is said before `open_gate`.
    ///
    /// # Errors
    /// One line that says why the bytes are none.
    pub fn restore(bytes: &[u8], wake: impl Fn() + Send + Sync + 'static) -> Result<Self, String> {
        Ok(Self::of(AtomEnd::from_bytes(bytes)?, wake))
    }

    fn of(end: AtomEnd, wake: impl Fn() + Send + Sync + 'static) -> Self {
        let state = Mutex::new(State { end, send: None, sending: false });
        Self { shared: Arc::new(Shared { state, wake: Box::new(wake) }) }
    }

    /// What moves with the atom: bytes not read, bytes not taken, numbers. While the guest runs or words come, only
    /// what was written down after `hold` can go on elsewhere.
    #[must_use]
    pub fn state(&self) -> Vec<u8> {
        lock(&self.shared.state).end.to_bytes()
    }

    /// Claims the connections: from now on words go to `send`, in their order and never two at once, and those of
    /// the anchor are heard. Again, with the same epoch, after the way to the anchor was cut and words were lost.
    /// `send` may be called on any thread and must not wait.
    pub fn open_gate(&self, epoch: u64, send: impl Fn(Relay) + Send + Sync + 'static) {
        let mut state = lock(&self.shared.state);
        state.end.open_gate(epoch);
        state.send = Some(Arc::new(send));
        drop(state);
        self.shared.flush();
    }

    /// From now on nothing is said and nothing heard. The guest still reads and writes what there is room for.
    pub fn hold(&self) {
        let mut state = lock(&self.shared.state);
        state.end.hold();
        state.send = None;
    }

    /// The anchor says something. Words of another epoch, and all while it is held, are passed over.
    #[expect(clippy::needless_pass_by_value, reason = "as at the other end, which keeps the bytes")]
    pub fn handle(&self, relay: Relay) {
        self.shared.handle(&relay);
    }

    /// The anchor is no more: every connection is reset, and nobody connects.
    pub fn lose_anchor(&self) {
        lock(&self.shared.state).end.lose_anchor();
        (self.shared.wake)();
    }

    /// The guest has ended: what it wrote still goes out, and nobody connects any more.
    pub fn close_all(&self) {
        lock(&self.shared.state).end.close_all();
        self.shared.flush();
    }

    /// How many listeners there are or were: the place of the next one.
    #[must_use]
    pub fn listeners(&self) -> u32 {
        lock(&self.shared.state).end.listeners
    }

    /// One more listener, which the anchor has.
    pub fn add_listener(&self) {
        lock(&self.shared.state).end.listeners += 1;
    }

    /// Whether no connection is left, closed ones whose bytes go out among them.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        lock(&self.shared.state).end.entries.is_empty()
    }

    /// Connections that the guest has or can accept.
    #[must_use]
    pub fn list(&self) -> Vec<ConnectionFacts> {
        let state = lock(&self.shared.state);
        let open = state.end.entries.values().filter(|entry| entry.holder != Holder::Nobody);
        let facts = open.map(|entry| ConnectionFacts {
            listener: entry.listener,
            peer: entry.peer.clone(),
            unread: entry.pipe.inflow.len(),
            unsent: entry.pipe.outflow.len(),
        });
        facts.collect()
    }

    pub(super) fn downgrade(&self) -> Guest {
        Guest(Arc::downgrade(&self.shared))
    }

    /// Something that the guest does.
    fn act<T>(&self, act: impl FnOnce(&mut AtomEnd) -> T) -> T {
        let done = act(&mut lock(&self.shared.state).end);
        self.shared.flush();
        done
    }
}

impl Guest {
    pub(super) fn handle(&self, relay: &Relay) {
        if let Some(shared) = self.0.upgrade() {
            shared.handle(relay);
        }
    }
}

impl Shared {
    fn handle(&self, relay: &Relay) {
        let news = lock(&self.state).end.handle(relay);
        if news {
            (self.wake)();
        }
        self.flush();
    }

    /// Says what there is to say. No lock is held while `send` runs, so that the answer may come at once, on the
    /// same thread.
    fn flush(&self) {
        loop {
            let mut state = lock(&self.state);
            let Some(send) = state.send.clone().filter(|_| !state.sending) else { return };
            let words: Vec<Relay> = std::iter::from_fn(|| state.end.poll()).take(WORDS).collect();
            if words.is_empty() {
                return;
            }
            state.sending = true;
            drop(state);
            for word in words {
                send(word);
            }
            lock(&self.state).sending = false;
        }
    }
}

impl Sockets for Connections {
    fn go_on(&mut self, open: &[ConnectionId]) {
        self.act(|end| end.go_on(&open.iter().map(|id| id.0).collect()));
    }

    fn accept(&mut self, listener: u32) -> Result<ConnectionId, Errno> {
        lock(&self.shared.state).end.accept(listener).map(ConnectionId)
    }

    fn receive(&mut self, connection: ConnectionId, into: &mut [u8], peek: bool) -> Result<usize, Errno> {
        self.act(|end| end.receive(connection.0, into, peek))
    }

    fn send(&mut self, connection: ConnectionId, bytes: &[u8]) -> Result<usize, Errno> {
        self.act(|end| end.send(connection.0, bytes))
    }

    fn shutdown(&mut self, connection: ConnectionId, how: Shut) -> Result<(), Errno> {
        self.act(|end| end.shutdown(connection.0, how))
    }

    fn connect(&mut self, address: &str) -> Result<ConnectionId, Errno> {
        self.act(|end| end.connect(address)).map(ConnectionId)
    }

    fn close(&mut self, connection: ConnectionId) {
        self.act(|end| end.close(connection.0));
    }

    fn close_listener(&mut self, listener: u32) {
        self.act(|end| end.close_listener(listener));
    }

    fn readiness(&mut self, awaited: Awaited) -> Readiness {
        lock(&self.shared.state).end.readiness(awaited)
    }
}

impl std::fmt::Debug for Connections {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connections").field("open", &self.list()).finish_non_exhaustive()
    }
}
