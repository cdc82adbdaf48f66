//! Ports: mailboxes of this process itself, for doors. Nothing here waits: what cannot be done now is refused, and a
//! descriptor tells when there is something new.
//!
//! ```text
//! send, call, reply -> desk -> as any atom's;  Busy: the descriptor tells when there is room
//! messages, answers, failures, ends -> desk, in the order in which they come -> take
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `orphan` | calls of atoms whose nodes are gone |
//! | `bell` | the descriptor: rung by news when nobody takes, and by time |

mod bell;
mod orphan;

pub(crate) use orphan::Orphans;

use super::atom::Failure;
use super::boxes::unsent;
use super::desk::{Desk, Gate};
use super::node::{Node, Shared};
use super::wake::Wake;
use crate::limit::PORT;
use crate::mesh::Role;
use bell::Bell;
use sojourn_abi::{Alias, Code, Event, EventKind};
use sojourn_kernel::Input;
use sojourn_post::Mailbox;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

/// What names are made of that nobody asks for.
const PROGRAM: &str = "port";

/// A mailbox of this process: others send to its name or aliases. Calls may be made from any thread; dropped, it is
/// closed.
pub struct Port {
    shared: Arc<Shared>,
    desk: Arc<Desk>,
    bell: Arc<Bell>,
    opened: Instant,
    closed: AtomicBool,
}

impl Node {
    /// Opens a port with a local name, or one that is chosen where it is empty.
    ///
    /// # Errors
    /// `InvalidName`, `AtomNameTaken`, `TooLarge`: too many aliases; `InvalidRequest`: this is a client; `Internal`: the
    /// system gives no descriptor.
    pub fn open_port(&self, name: &str, aliases: Vec<Alias>) -> Result<Port, (Code, String)> {
        if self.shared.settings.role != Role::Node {
            return Err((Code::InvalidRequest, "a client has no ports: it opens boxes at a node".into()));
        }
        super::names::check(&aliases)?;
        Port::open(&self.shared, name, aliases)
    }
}

impl Port {
    fn open(shared: &Arc<Shared>, name: &str, aliases: Vec<Alias>) -> Result<Self, Failure> {
        let bell = Bell::new()
            .map_err(|error| (Code::Internal, format!("the system gives a port no descriptor: {error}")))?;
        let bell = Arc::new(bell);
        let birth = shared.birth(Some(name).filter(|name| !name.is_empty()), PROGRAM)?;
        let mut mailbox = Mailbox::new(&birth.name, super::realtime_ns(), PORT);
        mailbox.queue_answers();
        let desk = Desk::new(mailbox, Gate::Open, false, Arc::new(Wake::default()));
        let rung = Arc::clone(&bell);
        desk.set_awaken(move || rung.ring());
        desk.inner().resting = true;
        shared.posts.add(&desk);
        shared.tell(Input::Own { atom: birth.name.clone(), epoch: birth.epoch });
        if !aliases.is_empty() {
            shared.tell(Input::Alias { atom: birth.name.clone(), aliases });
        }
        drop(birth);
        let shared = Arc::clone(shared);
        Ok(Self { shared, desk, bell, opened: Instant::now(), closed: AtomicBool::new(false) })
    }

    /// Its global name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.desk.name
    }

    /// Sends a message, at once or not at all; its number.
    ///
    /// # Errors
    /// `Busy`: there is no room for it on the way, and the descriptor tells when to try again; `UnknownAtom`, `TooLarge`.
    pub fn send(&self, to: &str, event: Event) -> Result<u64, (Code, String)> {
        let to = self.resolved(to)?;
        self.post(&to, Event { call: 0, code: 0, ..event })
    }

    /// Sends a message that is to be answered; the number of the call. What comes of it is taken: an event of kind
    /// `Reply`, or `Failed`, with that number.
    ///
    /// # Errors
    /// As `send`.
    pub fn call(&self, to: &str, event: Event, expires: Option<Duration>) -> Result<u64, (Code, String)> {
        let to = self.resolved(to)?;
        let expires_ns = expires.map(|expires| self.now().saturating_add(nanoseconds(expires)));
        let call = {
            let mut inner = self.desk.inner();
            let untaken = inner.mailbox.len();
            let limits = *inner.mailbox.limits();
            let future = if untaken >= limits.calls {
                Err(Code::Busy)
            } else {
                inner.mailbox.calls().future(&to, expires_ns, &limits)
            };
            future.map_err(|code| (code, format!("{} waits for too many answers", self.name())))?
        };
        if let Err(failure) = self.post(&to, Event { call, code: 0, ..event }) {
            self.desk.inner().mailbox.calls().take_back(call);
            return Err(failure);
        }
        if expires_ns.is_some() {
            self.bell.expect(expires_ns, self.now());
        }
        Ok(call)
    }

    /// Gives a call up. What has come of it already may still be taken.
    pub fn cancel(&self, call: u64) {
        // One that is not known has been answered.
        let _ = self.desk.inner().mailbox.calls().cancel(call);
    }

    /// Answers a call, once; `call` is that of the event that was taken.
    ///
    /// # Errors
    /// As `send`; `UnknownCall`.
    pub fn reply(&self, call: u64, event: Event) -> Result<u64, (Code, String)> {
        self.still_open()?;
        let (to, future) = self.desk.asked(call)?;
        let id = self.post(&to, Event { kind: EventKind::Reply, call: future, code: 0, ..event });
        // Who has ended waits for nothing.
        if !matches!(id, Err((Code::Busy | Code::TooLarge, _))) {
            self.desk.inner().mailbox.calls().answered(call);
        }
        id
    }

    fn post(&self, to: &str, event: Event) -> Result<u64, Failure> {
        let bytes = event.data.len();
        self.shared.post(&self.desk, to, event).map_err(|code| unsent(code, to, bytes))
    }

    /// What has come, at most so many events; never waits. Where it gives fewer, the descriptor tells of the next ones.
    #[must_use]
    pub fn take(&self, most: usize) -> Vec<Event> {
        self.bell.quiet();
        let now = self.now();
        let mut inner = self.desk.inner();
        inner.mailbox.calls().expire_callbacks(now);
        let mut events = Vec::with_capacity(most.min(inner.mailbox.len()));
        while events.len() < most
            && let Some(event) = inner.mailbox.receive()
        {
            events.push(event);
        }
        let all = inner.mailbox.is_empty();
        inner.resting = all;
        let next = inner.mailbox.calls().next_expiry();
        drop(inner);
        if !all {
            self.bell.ring();
        }
        self.bell.expect(next, now);
        if !events.is_empty() {
            self.shared.freed(&self.desk);
        }
        events
    }

    /// Atoms and others that run whose name, or alias in a scope, fits a pattern; with `any` no more than the nearest.
    ///
    /// # Errors
    /// `InvalidPattern`.
    pub fn find(&self, scope: &str, pattern: &str, any: bool) -> Result<Vec<String>, (Code, String)> {
        let rows = self.shared.find(scope, pattern, any)?;
        Ok(rows.into_iter().map(|row| row.atom).collect())
    }

    /// The global name of what runs under a name.
    ///
    /// # Errors
    /// `UnknownAtom`.
    pub fn resolve(&self, name: &str) -> Result<String, (Code, String)> {
        self.shared.resolve(name)
    }

    /// An event of kind `Ended` comes, once, when an atom ends; at once when there is none.
    ///
    /// # Errors
    /// `Busy`: too many are watched.
    pub fn watch(&self, atom: &str) -> Result<(), (Code, String)> {
        self.still_open()?;
        let known = self.shared.resolve(atom).ok();
        let watched = self.shared.watch_known(&self.desk, atom, known.as_deref(), false);
        self.desk.notify();
        watched.map_err(|code| unsent(code, atom, 0))
    }

    /// The end of an atom is not to be told any more.
    pub fn unwatch(&self, atom: &str) {
        let to = self.shared.resolve(atom).unwrap_or_else(|_| atom.into());
        if self.desk.inner().mailbox.unwatch(&to) {
            // Who has ended needs no word.
            let _ = self.post(&to, Event { kind: EventKind::Unwatch, ..Event::default() });
        }
    }

    /// Gives it an alias.
    ///
    /// # Errors
    /// `InvalidName`, `TooLarge`: it has too many.
    pub fn set_alias(&self, alias: Alias) -> Result<(), (Code, String)> {
        self.still_open()?;
        self.shared.set_alias(self.name(), alias)
    }

    /// Takes an alias back; an empty one: all of the scope.
    ///
    /// # Errors
    /// `InvalidName`.
    pub fn clear_alias(&self, scope: &str, alias: &str) -> Result<(), (Code, String)> {
        self.still_open()?;
        self.shared.clear_alias(self.name(), scope, alias)
    }

    /// Ends it: who watches it hears of that; what it has sent still arrives. A second time does nothing.
    pub fn close(&self) {
        if !self.closed.swap(true, SeqCst) && !self.shared.closed() {
            self.shared.end_desk(&self.desk);
        }
    }

    /// The global name of a receiver.
    fn resolved(&self, to: &str) -> Result<String, Failure> {
        self.still_open()?;
        if to.contains(sojourn_names::DELIMITER) { Ok(to.into()) } else { self.shared.resolve(to) }
    }

    fn still_open(&self) -> Result<(), Failure> {
        if self.closed.load(SeqCst) || self.shared.closed() {
            return Err((Code::UnknownAtom, format!("the port {} is closed", self.name())));
        }
        Ok(())
    }

    /// Nanoseconds since it was opened.
    fn now(&self) -> u64 {
        nanoseconds(self.opened.elapsed())
    }
}

/// Readable when there may be something to take, or room after `Busy`; `take` makes it wait again.
impl AsFd for Port {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.bell.as_fd()
    }
}

impl Drop for Port {
    fn drop(&mut self) {
        self.close();
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}
