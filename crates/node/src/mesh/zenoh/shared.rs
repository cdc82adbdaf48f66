//! What the threads of one member share: who is seen, and where events go.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use super::book::Book;
use super::greeting::{Contact, Greeting};
use super::key;
use super::link::Link;
use super::roster::{Roster, Source};
use crate::mesh::outlet::Outlet;
use crate::mesh::{Member, MeshEvent};

pub(super) struct Shared {
    pub realm: String,
    pub me: Member,
    pub link: Link,
    pub roster: Mutex<Roster>,
    pub book: Mutex<Book>,
    pub entrance: Mutex<Option<Member>>,
    /// Whether it is in the realm, not just about to join.
    pub live: AtomicBool,
    pub outlet: Outlet,
    /// Held while events go out, so that they leave in the order in which the roster changed.
    order: Mutex<()>,
    work: Mutex<Work>,
    woken: Condvar,
}

/// What the keeper is woken for.
#[derive(Default)]
struct Work {
    changed: bool,
    ended: bool,
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Shared {
    pub(super) fn new(realm: &str, me: &Member, link: Link, outlet: Outlet) -> Self {
        Self {
            realm: realm.to_owned(),
            me: me.clone(),
            link,
            roster: Mutex::default(),
            book: Mutex::default(),
            entrance: Mutex::default(),
            live: AtomicBool::new(false),
            outlet,
            order: Mutex::default(),
            work: Mutex::default(),
            woken: Condvar::new(),
        }
    }

    /// A token came or went.
    pub(super) fn token(&self, key: &str, there: bool) {
        let Some((source, member)) = key::token(key) else { return };
        let mine = |name: &str| name == self.me.name;
        if mine(&member.name) || matches!(&source, Source::Through(router) if mine(router)) {
            return;
        }
        let order = lock(&self.order);
        if there {
            lock(&self.book).arrived(&member);
            if lock(&self.roster).add(&member, source) {
                self.outlet.deliver(MeshEvent::Up(member));
            }
        } else if lock(&self.roster).remove(&member, &source) {
            self.outlet.deliver(MeshEvent::Down(member));
        }
        drop(order);
        self.wake();
    }

    /// This member and where it listens.
    pub(super) fn contact(&self) -> Contact {
        Contact { member: self.me.clone(), addresses: self.link.addresses() }
    }

    /// What it says when it is asked whom it sees.
    pub(super) fn greeting(&self) -> Greeting {
        let direct = lock(&self.roster).direct();
        let book = lock(&self.book);
        let contact = |member: Member| Contact { addresses: book.addresses(member.incarnation), member };
        Greeting {
            live: self.live.load(Ordering::Acquire),
            speaker: self.contact(),
            seen: direct.into_iter().map(contact).collect(),
        }
    }

    /// Takes what somebody said.
    pub(super) fn learn(&self, greeting: &Greeting) {
        let (me, now) = (self.contact(), Instant::now());
        let mut book = lock(&self.book);
        for told in std::iter::once(&greeting.speaker).chain(&greeting.seen) {
            book.learn(&me, told, now);
        }
    }

    pub(super) fn wake(&self) {
        lock(&self.work).changed = true;
        self.woken.notify_all();
    }

    pub(super) fn end(&self) {
        lock(&self.work).ended = true;
        self.woken.notify_all();
    }

    /// Waits until something has changed or it is time; whether to go on.
    pub(super) fn wait(&self, until: Instant) -> bool {
        let left = until.saturating_duration_since(Instant::now());
        let idle = |work: &mut Work| !work.changed && !work.ended;
        let wait = self.woken.wait_timeout_while(lock(&self.work), left, idle);
        let mut work = wait.unwrap_or_else(PoisonError::into_inner).0;
        work.changed = false;
        !work.ended
    }
}
