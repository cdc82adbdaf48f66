//! An atom: its mailbox, what is on the disk of it, and what its guest did since.

use super::index;
use sojourn_abi::{Event, Post, Receipt};
use sojourn_post::{Limits, Mailbox};
use std::collections::BTreeMap;

/// Small, so that they are met.
pub fn limits() -> Limits {
    Limits { messages: 6, window: 8, bytes: 2000, ..Limits::default() }
}

/// Something that a guest did, which it does again when it goes on from an image before it.
pub enum Done {
    Received(Event),
    Sent { to: String, event: Event, number: u64 },
}

pub struct Atom {
    pub mailbox: Mailbox,
    pub durable: bool,
    /// How often it began anew.
    pub life: u64,
    /// Messages that it made.
    pub made: u64,
    /// What it did since its image.
    pub history: Vec<Done>,
    image: Vec<u8>,
    /// Posts taken since its image; on the disk before they are taken.
    journal: Vec<Post>,
    /// How many messages it had received of whom at its image, and since it began.
    received: [BTreeMap<usize, usize>; 2],
}

impl Atom {
    pub fn new(number: usize, durable: bool) -> Self {
        let mailbox = Mailbox::new(&format!("n/atom-{number}"), 1, limits());
        let image = mailbox.to_bytes();
        let received = [BTreeMap::new(), BTreeMap::new()];
        Self { mailbox, durable, life: 1, made: 0, history: Vec::new(), image, journal: Vec::new(), received }
    }

    pub fn name(&self) -> String {
        self.mailbox.name().into()
    }

    pub fn take(&mut self, post: Post) -> Receipt {
        let source = post.event.source.clone();
        if self.durable && self.mailbox.wants(&post) {
            self.journal.push(post.clone());
            self.mailbox.replay(post);
            return self.mailbox.receipt(&source, false);
        }
        let before = self.mailbox.clone();
        let accepted = self.mailbox.accept(post.clone());
        if self.durable {
            assert!(!accepted.news, "it was not wanted");
            let bytes = |mailbox: &Mailbox| mailbox.to_bytes().len();
            assert!(bytes(&self.mailbox) < bytes(&before) + 64, "nor kept");
        } else {
            assert!(before.wants(&post) || !accepted.news, "what is taken was wanted");
        }
        accepted.receipt
    }

    pub fn receive(&mut self) -> Option<Event> {
        let event = self.mailbox.receive()?;
        self.history.push(Done::Received(event.clone()));
        *self.received[1].entry(index(&event.source)).or_default() += 1;
        Some(event)
    }

    pub fn checkpoint(&mut self) {
        self.image = self.mailbox.to_bytes();
        self.journal.clear();
        self.history.clear();
        self.received[0] = self.received[1].clone();
    }

    /// Goes on from its image, without a journal; how many messages it remembers of whom.
    pub fn lose(&mut self) -> BTreeMap<usize, usize> {
        self.life += 1;
        self.mailbox = Mailbox::from_bytes(&self.image, limits()).expect("a mailbox");
        self.mailbox.begin_anew(self.life);
        self.history.clear();
        self.received[1] = self.received[0].clone();
        // The image of this life: what it sends is not what it sent.
        self.checkpoint();
        self.received[0].clone()
    }

    /// Goes on from its image and its journal; what its guest does again.
    pub fn restore(&mut self) -> Vec<Done> {
        self.mailbox = Mailbox::from_bytes(&self.image, limits()).expect("a mailbox");
        for post in &self.journal {
            self.mailbox.replay(post.clone());
        }
        let again = std::mem::take(&mut self.history);
        self.history = again
            .iter()
            .map(|done| match done {
                Done::Received(event) => Done::Received(event.clone()),
                Done::Sent { to, event, number } => {
                    Done::Sent { to: to.clone(), event: event.clone(), number: *number }
                }
            })
            .collect();
        again
    }
}
