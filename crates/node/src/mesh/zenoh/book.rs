//! Where members listen, and when to try the next time to link with one that is not linked.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use super::greeting::Contact;
use crate::mesh::limit::{DIAL_FORGET, DIAL_PATIENCE, DIAL_PAUSE};
use crate::mesh::{Member, Role};

/// Contacts by incarnation.
#[derive(Default)]
pub(super) struct Book {
    pages: HashMap<u64, Page>,
}

struct Page {
    contact: Contact,
    /// When it was linked, or told of, the last time.
    heard: Instant,
    next: Instant,
    pause: Duration,
    dialing: Arc<AtomicBool>,
    /// When the last call began.
    called: Option<Instant>,
}

impl Page {
    /// Whether a call is under way; one that has not ended by now counts for nothing, and never will.
    fn is_dialing(&self, now: Instant) -> bool {
        let lately = self.called.is_some_and(|called| now.duration_since(called) < DIAL_PATIENCE);
        lately && self.dialing.load(Ordering::Acquire)
    }

    /// A call begins.
    fn call(&mut self, incarnation: u64, now: Instant) -> Call {
        // Of its own, so that the end of a call that was given up does not end this one.
        self.dialing = Arc::new(AtomicBool::new(true));
        self.called = Some(now);
        let (addresses, dialing) = (self.contact.addresses.clone(), Arc::clone(&self.dialing));
        Call { incarnation, addresses, dialing }
    }
}

/// A member to be dialled now.
pub(super) struct Call {
    pub incarnation: u64,
    pub addresses: Vec<String>,
    /// To be cleared when it has ended.
    pub dialing: Arc<AtomicBool>,
}

/// Only plain addresses are dialled: no names are looked up because somebody says so.
fn plain(address: &str) -> bool {
    let (protocol, place) = address.split_once('/').unwrap_or_default();
    let socket = place.parse::<std::net::SocketAddr>();
    matches!(protocol, "tcp" | "tls" | "quic") && socket.is_ok_and(|place| place.port() != 0)
}

impl Book {
    /// Takes what somebody told. Of two that could dial each other, one does at once and the other later.
    pub(super) fn learn(&mut self, me: &Contact, told: &Contact, now: Instant) {
        let member = &told.member;
        if member.name == me.member.name || member.role == Role::Client {
            return;
        }
        let addresses = told.addresses.iter().filter(|address| plain(address)).cloned().collect();
        let contact = Contact { member: member.clone(), addresses };
        if let Some(page) = self.pages.get_mut(&member.incarnation) {
            page.contact = contact;
            return;
        }
        let first = me.addresses.is_empty() || me.member.incarnation > member.incarnation;
        let next = if first { now } else { now + 2 * DIAL_PAUSE.0 };
        let (heard, pause, dialing, called) = (now, DIAL_PAUSE.0, Arc::default(), None);
        self.pages.insert(member.incarnation, Page { contact, heard, next, pause, dialing, called });
    }

    /// A member is there: earlier processes of its name are not looked for any more.
    pub(super) fn arrived(&mut self, member: &Member) {
        self.pages.retain(|incarnation, page| {
            page.contact.member.name != member.name || *incarnation == member.incarnation
        });
    }

    pub(super) fn addresses(&self, incarnation: u64) -> Vec<String> {
        self.pages.get(&incarnation).map(|page| page.contact.addresses.clone()).unwrap_or_default()
    }

    /// Whom to dial now, and when to look again.
    pub(super) fn due(&mut self, linked: &[u64], now: Instant) -> (Vec<Call>, Option<Instant>) {
        let mut calls = Vec::new();
        let mut again: Option<Instant> = None;
        self.pages.retain(|incarnation, page| linked.contains(incarnation) || now < page.heard + DIAL_FORGET);
        for (incarnation, page) in &mut self.pages {
            if linked.contains(incarnation) {
                (page.heard, page.next, page.pause) = (now, now, DIAL_PAUSE.0);
                continue;
            }
            if page.contact.addresses.is_empty() {
                continue;
            }
            if page.next <= now && !page.is_dialing(now) {
                calls.push(page.call(*incarnation, now));
            }
            if page.next <= now {
                page.next = now + page.pause;
                page.pause = (2 * page.pause).min(DIAL_PAUSE.1);
            }
            again = Some(again.map_or(page.next, |again| again.min(page.next)));
        }
        (calls, again)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, incarnation: u64, address: &str) -> Contact {
        let member = Member { name: name.into(), incarnation, role: Role::Node };
        Contact { member, addresses: vec![address.into()] }
    }

    fn book(now: Instant) -> Book {
        let mut book = Book::default();
        book.learn(&contact("me", 5, "tcp/127.0.0.1:1"), &contact("a", 1, "tcp/127.0.0.1:2"), now);
        book
    }

    #[test]
    fn pauses_grow_until_it_is_linked() {
        let mut now = Instant::now();
        let mut book = book(now);
        let mut pauses = Vec::new();
        for _ in 0..8 {
            let (calls, again) = book.due(&[], now);
            assert_eq!(calls.len(), 1);
            calls[0].dialing.store(false, Ordering::Release);
            pauses.push(again.unwrap() - now);
            now = again.unwrap();
        }
        assert_eq!((pauses[0], pauses[7]), DIAL_PAUSE);
        assert!(book.due(&[1], now).0.is_empty());
        assert_eq!(book.due(&[], now).1, Some(now + DIAL_PAUSE.0));
    }

    #[test]
    fn nobody_is_dialled_twice_at_once_or_for_ever() {
        let now = Instant::now();
        let mut book = book(now);
        assert_eq!(book.due(&[], now).0.len(), 1);
        assert!(book.due(&[], now + DIAL_PAUSE.1).0.is_empty());
        let (calls, again) = book.due(&[], now + DIAL_FORGET);
        assert!(calls.is_empty() && again.is_none());
    }

    #[test]
    fn a_call_that_never_ends_is_made_again() {
        let now = Instant::now();
        let mut book = book(now);
        let (calls, _) = book.due(&[], now);
        assert!(book.due(&[], now + DIAL_PAUSE.0).0.is_empty());
        let later = now + DIAL_PATIENCE;
        assert_eq!(book.due(&[], later).0.len(), 1);
        // The end of the first says nothing of the second.
        calls[0].dialing.store(false, Ordering::Release);
        assert!(book.due(&[], later + DIAL_PAUSE.1).0.is_empty());
    }

    #[test]
    fn a_new_process_takes_the_place_of_the_old() {
        let now = Instant::now();
        let mut book = book(now);
        book.arrived(&contact("a", 2, "").member);
        assert!(book.due(&[], now).0.is_empty());
    }

    #[test]
    fn the_lower_incarnation_waits_for_the_call() {
        let now = Instant::now();
        let mut book = Book::default();
        book.learn(&contact("me", 5, "tcp/127.0.0.1:1"), &contact("a", 9, "tcp/127.0.0.1:2"), now);
        assert!(book.due(&[], now).0.is_empty());
        assert_eq!(book.due(&[], now + 2 * DIAL_PAUSE.0).0.len(), 1);
    }

    #[test]
    fn only_plain_addresses_are_dialled() {
        for address in ["tcp/localhost:1", "udp/127.0.0.1:1", "tcp/127.0.0.1:0", "tcp/127.0.0.1:1?x=y", ""] {
            assert!(!plain(address), "{address}");
        }
        assert!(plain("quic/[::1]:9"));
    }
}
