//! The mailboxes, the network, and what is known of both.

mod atom;
mod random;

use atom::{Atom, Done, limits};
use random::Random;
use sojourn_abi::{Code, Event, Post, Receipt};
use sojourn_post::Mailbox;
use std::collections::{BTreeMap, BTreeSet};

/// Life of a sender, and number of a message in it: what a message says.
pub type Said = (u64, u64);

enum Packet {
    Posts(Vec<Post>),
    Receipt(Receipt),
}

/// What is known of a pair.
#[derive(Default)]
struct Pair {
    /// Sent, in order.
    sent: Vec<Said>,
    /// Received, as the receiver remembers it.
    received: Vec<Said>,
    /// May come again: a sender that crashed kept them in its image.
    again: BTreeSet<Said>,
    /// From here on all must come.
    must: usize,
}

pub struct World {
    random: Random,
    atoms: Vec<Atom>,
    pairs: BTreeMap<(usize, usize), Pair>,
    packets: Vec<Packet>,
    done: [u64; 5],
}

fn event((life, number): Said) -> Event {
    Event { id: 0, data: [life.to_le_bytes(), number.to_le_bytes()].concat(), ..Event::default() }
}

fn said(event: &Event) -> Said {
    let word = |at: usize| u64::from_le_bytes(event.data[at..at + 8].try_into().expect("eight bytes"));
    (word(0), word(8))
}

fn index(name: &str) -> usize {
    name.rsplit('-').next().and_then(|text| text.parse().ok()).expect("a name of ours")
}

impl World {
    pub fn new(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let count = 2 + random.index(4);
        let atoms = (0..count).map(|number| Atom::new(number, random.chance(400))).collect();
        Self { random, atoms, pairs: BTreeMap::new(), packets: Vec::new(), done: [0; 5] }
    }

    /// Sent, received, moves, crashes, crashes of durable ones.
    pub fn done(&self) -> [u64; 5] {
        self.done
    }

    pub fn run(&mut self) {
        for _ in 0..self.random.between(50, 500) {
            self.happen();
        }
        self.heal();
    }

    fn happen(&mut self) {
        let one = self.random.index(self.atoms.len());
        let other = (one + 1 + self.random.index(self.atoms.len() - 1)) % self.atoms.len();
        match self.random.below(100) {
            0..30 => self.send(one, other),
            30..60 => self.deliver(),
            60..78 => self.receive(one),
            78..85 => self.send_again(one, other),
            85..90 => self.travel(one),
            90..95 => self.atoms[one].checkpoint(),
            95..97 => self.crash(one),
            _ => {
                let at = self.random.index(self.packets.len() + 1);
                if at < self.packets.len() {
                    self.packets.swap_remove(at);
                }
            }
        }
    }

    fn send(&mut self, from: usize, to: usize) {
        let name = self.atoms[to].name();
        let sender = &mut self.atoms[from];
        let message = (sender.life, sender.made);
        let post = match sender.mailbox.address(&name, event(message)) {
            Ok(post) => post,
            Err(code) => return assert_eq!(code, Code::Busy),
        };
        sender.made += 1;
        sender.history.push(Done::Sent { to: name.clone(), event: event(message), number: post.number });
        self.done[0] += 1;
        self.pairs.entry((from, to)).or_default().sent.push(message);
        // The short way, as two atoms of one node have it.
        if self.random.chance(300) && self.atoms[from].mailbox.is_clear(&name) && !self.atoms[to].durable {
            self.atoms[from].mailbox.pass(&name);
            let Err(post) = self.atoms[to].mailbox.offer(post) else { return };
            self.atoms[from].mailbox.take_back(&name);
            return self.transmit(from, &name, post);
        }
        self.transmit(from, &name, post);
    }

    fn transmit(&mut self, from: usize, to: &str, post: Post) {
        self.atoms[from].mailbox.keep(to, post.event.clone());
        self.packets.push(Packet::Posts(vec![post]));
    }

    /// Some packet comes, and perhaps stays under way to come again.
    fn deliver(&mut self) {
        if self.packets.is_empty() {
            return;
        }
        let at = self.random.index(self.packets.len());
        let again = self.random.chance(150);
        match self.packets.swap_remove(at) {
            Packet::Posts(posts) => {
                for post in &posts {
                    let receipt = self.atoms[index(&post.to)].take(post.clone());
                    self.packets.push(Packet::Receipt(receipt));
                }
                self.packets.extend(again.then_some(Packet::Posts(posts)));
            }
            Packet::Receipt(receipt) => {
                self.confirm(&receipt);
                self.packets.extend(again.then_some(Packet::Receipt(receipt)));
            }
        }
    }

    fn confirm(&mut self, receipt: &Receipt) {
        let sender = index(&receipt.source);
        let mailbox = &mut self.atoms[sender].mailbox;
        mailbox.confirm(receipt);
        if mailbox.may_go_again(&receipt.to) {
            self.send_again(sender, index(&receipt.to));
        }
    }

    fn send_again(&mut self, from: usize, to: usize) {
        let name = self.atoms[to].name();
        let most = self.random.index(6) + 1;
        let posts = self.atoms[from].mailbox.unconfirmed(&name, most);
        if !posts.is_empty() {
            self.packets.push(Packet::Posts(posts));
        }
    }

    fn receive(&mut self, at: usize) {
        let Some(event) = self.atoms[at].receive() else { return };
        self.done[1] += 1;
        let pair = self.pairs.entry((index(&event.source), at)).or_default();
        pair.received.push(said(&event));
        let told = self.atoms[at].mailbox.freed();
        self.packets.extend(told.into_iter().map(Packet::Receipt));
    }

    /// Its mailbox goes as bytes.
    fn travel(&mut self, at: usize) {
        self.done[2] += 1;
        let bytes = self.atoms[at].mailbox.to_bytes();
        let came = Mailbox::from_bytes(&bytes, limits())
            .unwrap_or_else(|| panic!("no mailbox: {:?}", self.atoms[at].mailbox));
        assert_eq!(came.to_bytes(), bytes);
        self.atoms[at].mailbox = came;
    }

    fn crash(&mut self, at: usize) {
        self.done[3] += 1;
        if self.atoms[at].durable {
            self.done[4] += 1;
            return self.crash_durably(at);
        }
        let received = self.atoms[at].lose();
        for ((from, to), pair) in &mut self.pairs {
            if *to == at {
                // What it received since its image, it does not remember; only what still is on its way must come.
                let before = received.get(from).copied().unwrap_or(0);
                pair.received.truncate(before);
                pair.must = pair.sent.len();
            }
            if *from == at {
                let kept = self.atoms[at].mailbox.unconfirmed(&format!("n/atom-{to}"), usize::MAX);
                pair.again.extend(kept.iter().map(|post| said(&post.event)));
                pair.must = pair.sent.len();
            }
        }
    }

    /// The guest does again what it did, and all of it goes as it went.
    fn crash_durably(&mut self, at: usize) {
        for done in self.atoms[at].restore() {
            match done {
                Done::Received(before) => {
                    assert_eq!(self.atoms[at].mailbox.receive().as_ref(), Some(&before));
                }
                Done::Sent { to, event, number } => {
                    while !self.atoms[at].mailbox.has_room(&to, 0) {
                        self.push(at, index(&to));
                    }
                    let post = self.atoms[at].mailbox.address(&to, event).expect("room");
                    assert_eq!(post.number, number, "the same numbers as before");
                    self.atoms[at].mailbox.keep(&to, post.event);
                }
            }
        }
    }

    /// All that is kept for somebody comes there, who makes room if need be.
    fn push(&mut self, from: usize, to: usize) {
        let name = self.atoms[to].name();
        for post in self.atoms[from].mailbox.unconfirmed(&name, usize::MAX) {
            let receipt = self.atoms[to].take(post);
            self.atoms[from].mailbox.confirm(&receipt);
        }
        while from != to && !self.atoms[to].mailbox.is_empty() {
            self.receive(to);
        }
    }

    /// The network works, and everybody receives: then everything has come.
    fn heal(&mut self) {
        for _ in 0..1000 {
            for from in 0..self.atoms.len() {
                for to in 0..self.atoms.len() {
                    self.push(from, to);
                }
            }
            while !self.packets.is_empty() {
                self.deliver();
            }
            if self.atoms.iter().all(|atom| atom.mailbox.keeps_nothing() && atom.mailbox.is_empty()) {
                return self.judge();
            }
        }
        panic!("something never comes");
    }

    fn judge(&self) {
        for ((from, to), pair) in &self.pairs {
            let once: Vec<Said> =
                pair.received.iter().copied().filter(|said| !pair.again.contains(said)).collect();
            let pairs = format!("from {from} to {to}: sent {:?}, received {:?}", pair.sent, pair.received);
            assert!(once.is_sorted_by(|one, next| one < next), "out of order, or repeated: {pairs}");
            let must: Vec<Said> = pair.sent[pair.must..].to_vec();
            assert!(pair.received.ends_with(&must), "lost: {pairs}");
            if pair.must == 0 {
                assert_eq!(pair.sent, pair.received, "{pairs}");
            }
        }
    }
}
