//! Both ends against each other, over a way that may be cut, while the atom moves: nothing is lost, repeated or out
//! of order.
//!
//! Every byte of every stream is known by its connection, its direction and its number, so that each one that is read
//! is checked at once.

use crate::anchor::atom_end::{AtomEnd, Holder};
use crate::anchor::relay::{Relay, Word};
use crate::anchor::socket_end::SocketEnd;
use sojourn_host::Errno;
use sojourn_host::ports::Shut;
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// Numbers from a seed (`SplitMix64`).
pub(super) struct Dice(pub u64);

impl Dice {
    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    fn length(&mut self, bound: u64) -> usize {
        usize::try_from(self.below(bound) + 1).unwrap()
    }
}

/// Byte `n` of a stream to the atom, or from it.
fn byte(connection: u32, inward: bool, n: u64) -> u8 {
    let mixed =
        (n ^ u64::from(connection) << 32 ^ u64::from(inward) << 63).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    mixed.to_be_bytes()[0]
}

fn bytes(connection: u32, inward: bool, from: u64, count: usize) -> Vec<u8> {
    (from..from + count as u64).map(|n| byte(connection, inward, n)).collect()
}

/// Whoever connected.
#[derive(Debug)]
struct Peer {
    gives: u64,
    given: u64,
    ended: bool,
    taken: u64,
    over: Option<bool>,
}

/// What the guest does with a connection.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "what happened, each by itself")]
struct Client {
    number: u32,
    read: u64,
    saw_end: bool,
    writes: u64,
    written: u64,
    shut: bool,
    /// It closes without reading to the end.
    hasty: bool,
    closed: bool,
    reset: bool,
}

struct World {
    dice: Dice,
    atom: AtomEnd,
    epoch: u64,
    /// An owner of the past that still speaks.
    ghost: Option<AtomEnd>,
    anchor: SocketEnd,
    to_anchor: VecDeque<Relay>,
    to_atom: VecDeque<Relay>,
    peers: BTreeMap<u32, Peer>,
    clients: BTreeMap<u32, Client>,
    finished: Vec<Client>,
}

impl World {
    fn new(seed: u64) -> Self {
        let mut atom = AtomEnd::new(2);
        atom.open_gate(1);
        Self {
            dice: Dice(seed),
            atom,
            epoch: 1,
            ghost: None,
            anchor: SocketEnd::default(),
            to_anchor: VecDeque::new(),
            to_atom: VecDeque::new(),
            peers: BTreeMap::new(),
            clients: BTreeMap::new(),
            finished: Vec::new(),
        }
    }

    fn connect(&mut self) {
        let number = self.anchor.open(u32::try_from(self.dice.below(2)).unwrap(), "peer".into());
        let gives = match self.dice.below(4) {
            0 => 0,
            1 => self.dice.below(300_000),
            _ => self.dice.below(5_000),
        };
        self.peers.insert(number, Peer { gives, given: 0, ended: false, taken: 0, over: None });
    }

    fn some_peer(&mut self) -> Option<u32> {
        let open: Vec<u32> =
            self.peers.iter().filter(|(_, peer)| peer.over.is_none()).map(|(number, _)| *number).collect();
        let place = usize::try_from(self.dice.below(open.len().max(1) as u64)).unwrap();
        open.get(place).copied()
    }

    fn some_client(&mut self) -> Option<u32> {
        let ids: Vec<u32> = self.clients.keys().copied().collect();
        let place = usize::try_from(self.dice.below(ids.len().max(1) as u64)).unwrap();
        ids.get(place).copied()
    }

    /// A peer writes.
    fn give(&mut self, number: u32) {
        let length = self.dice.length(20_000);
        let peer = self.peers.get_mut(&number).unwrap();
        let room = self.anchor.room(number).min(length);
        let count = usize::try_from(peer.gives - peer.given).unwrap().min(room);
        self.anchor.gave(number, &bytes(number, true, peer.given, count));
        peer.given += count as u64;
        if peer.given == peer.gives && !peer.ended {
            peer.ended = true;
            self.anchor.ended(number);
        }
    }

    /// A peer reads.
    fn take(&mut self, number: u32) {
        let count = self.dice.length(30_000).min(self.anchor.front(number).len());
        let peer = self.peers.get_mut(&number).unwrap();
        assert!(
            self.anchor.front(number)[..count] == bytes(number, false, peer.taken, count),
            "bytes to a peer"
        );
        peer.taken += count as u64;
        self.anchor.took(number, count);
    }

    fn accept(&mut self) {
        for listener in 0..2 {
            if let Ok(id) = self.atom.accept(listener) {
                let number = self.atom.entries[&id].number;
                let writes =
                    if self.dice.below(3) == 0 { self.dice.below(200_000) } else { self.dice.below(3_000) };
                let hasty = self.dice.below(4) == 0;
                let client = Client {
                    number,
                    read: 0,
                    saw_end: false,
                    writes,
                    written: 0,
                    shut: false,
                    hasty,
                    closed: false,
                    reset: false,
                };
                assert!(self.clients.insert(id, client).is_none(), "an id twice");
            }
        }
    }

    fn read(&mut self, id: u32) {
        let mut into = vec![0; self.dice.length(20_000)];
        let peek = self.dice.below(8) == 0;
        let client = self.clients.get_mut(&id).unwrap();
        match self.atom.receive(id, &mut into, peek) {
            Ok(0) => client.saw_end = true,
            Ok(count) => {
                assert!(
                    into[..count] == bytes(client.number, true, client.read, count),
                    "bytes to the guest"
                );
                client.read += if peek { 0 } else { count as u64 };
            }
            Err(errno) => {
                client.reset |= errno == Errno::ConnectionReset;
                assert!(client.reset || errno == Errno::Again, "{errno}");
            }
        }
    }

    fn write(&mut self, id: u32) {
        let length = self.dice.length(20_000);
        let client = self.clients.get_mut(&id).unwrap();
        let count = usize::try_from(client.writes - client.written).unwrap().min(length);
        match self.atom.send(id, &bytes(client.number, false, client.written, count)) {
            Ok(count) => client.written += count as u64,
            Err(errno) => {
                client.reset |= errno == Errno::ConnectionReset;
                assert!(client.reset || client.shut || errno == Errno::Again, "{errno}");
            }
        }
        if client.written == client.writes && !client.shut && !client.reset {
            client.shut = true;
            if !client.hasty {
                let done = self.atom.shutdown(id, Shut { read: false, write: true });
                client.reset |= done == Err(Errno::NotConnected);
            }
        }
        if client.reset || (client.shut && (client.hasty || client.saw_end)) {
            let mut client = self.clients.remove(&id).unwrap();
            client.closed = true;
            self.finished.push(client);
            self.atom.close(id);
        }
    }

    /// Words go on their way.
    fn speak(&mut self) {
        let count = self.dice.length(6);
        self.to_anchor.extend(std::iter::from_fn(|| self.atom.poll()).take(count));
        let count = self.dice.length(6);
        self.to_atom.extend(std::iter::from_fn(|| self.anchor.poll()).take(count));
        let claimed = self.anchor.claim.is_some_and(|(epoch, _)| epoch == self.epoch);
        if let Some(ghost) = self.ghost.as_mut().filter(|_| claimed) {
            // It writes what nobody should ever see.
            let ids: Vec<u32> = ghost.entries.keys().copied().collect();
            for id in ids {
                let _ = ghost.send(id, &[0xEE; 100]);
            }
            self.to_anchor.extend(std::iter::from_fn(|| ghost.poll()).take(3));
        }
    }

    /// Words arrive.
    fn hear(&mut self) {
        for _ in 0..self.dice.length(6) {
            if let Some(relay) = self.to_anchor.pop_front() {
                self.anchor.handle(relay);
            }
            if let Some(relay) = self.to_atom.pop_front() {
                self.atom.handle(&relay);
            }
        }
        for over in self.anchor.take_over() {
            self.peers.get_mut(&over.number).unwrap().over = Some(over.broken);
        }
    }

    /// The way is cut: the last words on it are lost, and the session is taken up again.
    fn cut(&mut self) {
        let keep = self.dice.length(self.to_anchor.len() as u64 + 1) - 1;
        self.to_anchor.truncate(keep);
        let keep = self.dice.length(self.to_atom.len() as u64 + 1) - 1;
        self.to_atom.truncate(keep);
        self.atom.open_gate(self.epoch);
    }

    /// The atom moves, at any moment. What its old owner still says is not heard.
    fn relocate(&mut self) {
        let ghost = self.atom.clone();
        self.atom.hold();
        let bytes = self.atom.to_bytes();
        self.atom = AtomEnd::from_bytes(&bytes).unwrap();
        assert_eq!(self.atom.to_bytes(), bytes);
        self.atom.go_on(&self.clients.keys().copied().collect());
        for _ in 0..self.dice.below(20) {
            // Held, the guest runs as far as it goes.
            self.guest();
            if self.dice.below(3) == 0 {
                self.hear();
            }
        }
        self.epoch += 1 + self.dice.below(3);
        self.atom.open_gate(self.epoch);
        let claim = self.atom.poll().expect("a claim");
        self.to_anchor.push_back(claim);
        self.ghost = Some(ghost);
    }

    fn guest(&mut self) {
        match self.dice.below(5) {
            0 => self.accept(),
            1 | 2 => {
                if let Some(id) = self.some_client() {
                    self.read(id);
                }
            }
            _ => {
                if let Some(id) = self.some_client() {
                    self.write(id);
                }
            }
        }
    }

    fn step(&mut self, connections: usize) {
        match self.dice.below(100) {
            0..10 if self.peers.len() < connections => self.connect(),
            0..30 => {
                if let Some(number) = self.some_peer() {
                    self.give(number);
                }
            }
            30..45 => {
                if let Some(number) = self.some_peer() {
                    self.take(number);
                }
            }
            45..75 => self.guest(),
            75..86 => self.speak(),
            86..97 => self.hear(),
            97 => self.cut(),
            98 => self.relocate(),
            _ => {}
        }
    }

    /// Until nothing happens any more.
    fn finish(&mut self) {
        for _ in 0..20_000 {
            let open = self.peers.values().filter(|peer| peer.over.is_none()).count();
            if open == 0 && self.clients.is_empty() && self.atom.entries.is_empty() {
                return;
            }
            self.accept();
            for number in self.peers.keys().copied().collect::<Vec<_>>() {
                if self.peers[&number].over.is_none() {
                    self.give(number);
                    self.take(number);
                }
            }
            for id in self.clients.keys().copied().collect::<Vec<_>>() {
                self.read(id);
                self.write(id);
            }
            self.speak();
            self.hear();
        }
        panic!("stuck: {:?} {:?} {:?}", self.peers, self.clients, self.atom.entries.keys());
    }
}

fn rounds(usual: u64) -> u64 {
    if std::env::var_os("SOJOURN_SOAK").is_some() { 100 * usual } else { usual }
}

#[test]
fn streams_survive_cuts_and_moves_at_any_moment() {
    let (mut read, mut written) = (0, 0);
    for seed in 0..rounds(150) {
        let mut world = World::new(seed);
        for _ in 0..1_500 {
            world.step(8);
        }
        world.finish();
        let served: BTreeSet<u32> = world.finished.iter().map(|client| client.number).collect();
        let unserved: Vec<_> = world.peers.iter().filter(|(number, _)| !served.contains(number)).collect();
        assert!(unserved.is_empty() && world.finished.len() == served.len(), "seed {seed}: {unserved:?}");
        for client in &world.finished {
            let peer = &world.peers[&client.number];
            assert!(!client.reset && peer.over == Some(false), "seed {seed}: {client:?} {peer:?}");
            assert_eq!(peer.taken, client.writes, "seed {seed}: {client:?}");
            assert!(client.hasty || client.read == peer.gives, "seed {seed}: {client:?} {peer:?}");
            read += client.read;
            written += peer.taken;
        }
    }
    assert!(read > 10_000_000 && written > 10_000_000, "{read} {written}");
}

#[test]
fn who_comes_back_from_the_past_never_mixes_streams() {
    let (mut broken, mut whole) = (0, 0);
    for seed in 0..rounds(150) {
        let mut world = World::new(seed);
        for _ in 0..150 {
            world.step(12);
        }
        // An image, as it is kept: of the connections, and of the guest that has them.
        let image = world.atom.to_bytes();
        let clients: Vec<(u32, u64, u64, u64, bool, bool)> = world
            .clients
            .iter()
            .map(|(id, one)| (*id, one.read, one.written, one.writes, one.shut, one.hasty))
            .collect();
        let numbers: BTreeMap<u32, u32> = world.clients.iter().map(|(id, one)| (*id, one.number)).collect();
        for _ in 0..world.dice.below(100) {
            world.step(12);
        }
        while !(world.to_anchor.is_empty() && world.to_atom.is_empty()) {
            world.hear();
        }
        world.hear();
        world.ghost = Some(world.atom.clone());
        world.atom = AtomEnd::from_bytes(&image).unwrap();
        world.clients = clients
            .into_iter()
            .map(|(id, read, written, writes, shut, hasty)| {
                let number = numbers[&id];
                let (saw_end, closed, reset) = (false, false, false);
                (id, Client { number, read, saw_end, writes, written, shut, hasty, closed, reset })
            })
            .collect();
        world.finished.clear();
        world.epoch = 1 << 32;
        world.atom.go_on(&world.clients.keys().copied().collect());
        world.atom.open_gate(world.epoch);
        let claim = world.atom.poll().expect("a claim");
        world.to_anchor.push_back(claim);
        while !world.to_anchor.is_empty() {
            world.hear();
        }
        // What the other one had ended is whole, and not of this one, which hears that it is gone.
        let peers = world.peers.iter().filter(|(_, peer)| peer.over.is_some());
        let mut over: BTreeSet<u32> = peers.map(|(number, _)| *number).collect();
        let said: Vec<Relay> = std::iter::from_fn(|| world.anchor.poll()).collect();
        over.extend(said.iter().filter_map(|relay| match relay.word {
            Word::Reset { connection } => Some(connection),
            _ => None,
        }));
        world.to_atom.extend(said);
        world.finish();
        for client in &world.finished {
            let peer = &world.peers[&client.number];
            if peer.over == Some(false) && !client.reset && !over.contains(&client.number) {
                assert_eq!(peer.taken, client.writes, "seed {seed}: {client:?}");
                whole += 1;
            } else {
                broken += 1;
            }
        }
    }
    assert!(broken > 50 && whole > 50, "{broken} {whole}");
}

#[test]
fn while_nobody_claims_nothing_is_said_and_a_held_end_is_silent_and_deaf() {
    let mut anchor = SocketEnd::default();
    let number = anchor.open(0, "peer".into());
    anchor.gave(number, b"early");
    assert_eq!(anchor.poll(), None);
    let mut atom = AtomEnd::new(1);
    assert_eq!(atom.poll(), None);
    atom.open_gate(5);
    anchor.handle(atom.poll().unwrap());
    let said: Vec<Relay> = std::iter::from_fn(|| anchor.poll()).collect();
    assert_eq!(said.len(), 2);
    atom.hold();
    assert!(!said.iter().any(|relay| atom.handle(relay)));
    assert_eq!(atom.accept(0), Err(Errno::Again));
    atom.open_gate(5);
    anchor.handle(atom.poll().unwrap());
    while let Some(relay) = anchor.poll() {
        assert!(atom.handle(&relay));
    }
    let id = atom.accept(0).unwrap();
    assert_eq!(atom.receive(id, &mut [0; 9], false), Ok(5));
    assert_eq!(atom.entries[&id].holder, Holder::Guest);
}

#[test]
fn of_a_broken_socket_nothing_is_wanted_also_while_nobody_hears_of_it() {
    let mut anchor = SocketEnd::default();
    let number = anchor.open(0, "peer".into());
    let mut atom = AtomEnd::new(1);
    atom.open_gate(1);
    anchor.handle(atom.poll().unwrap());
    while let Some(relay) = anchor.poll() {
        atom.handle(&relay);
    }
    let id = atom.accept(0).unwrap();
    atom.send(id, b"for nobody").unwrap();
    while let Some(relay) = atom.poll() {
        anchor.handle(relay);
    }
    assert_eq!(anchor.front(number), b"for nobody");
    anchor.gave(number, b"came before");
    anchor.broke(number);
    assert_eq!((anchor.front(number), anchor.room(number)), (&b""[..], 0));
    while let Some(relay) = anchor.poll() {
        atom.handle(&relay);
    }
    assert_eq!((anchor.take_over().len(), anchor.len()), (1, 0));
    assert_eq!(atom.receive(id, &mut [0; 99], false), Ok(11));
    assert_eq!(atom.receive(id, &mut [0; 99], false), Err(Errno::ConnectionReset));
}

#[test]
fn a_lost_anchor_resets_and_nobody_connects() {
    let mut world = World::new(1);
    (0..3).for_each(|_| world.connect());
    for _ in 0..4 {
        world.speak();
        world.hear();
    }
    world.accept();
    let id = *world.clients.keys().next().unwrap();
    world.atom.lose_anchor();
    assert_eq!(world.atom.accept(0), Err(Errno::Invalid));
    assert_eq!(world.atom.send(id, b"x"), Err(Errno::ConnectionReset));
    assert!(world.atom.entries.values().all(|entry| entry.holder == Holder::Guest));
}
