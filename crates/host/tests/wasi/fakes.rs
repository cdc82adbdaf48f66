//! Ports without a machine: time passes only while a guest waits, and everything that happens is planned.

use sojourn_host::Errno;
use sojourn_host::memory::{MemoryTree, ROOT};
use sojourn_host::ports::{
    Awaited, Clock, ConnectionId, Console, Entropy, Files, Ports, Readiness, Shut, Sockets, Stream, Woken,
};
use sojourn_host::tree::{At, Entry, Node, Open, Stat, Times, Tree};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard};

#[path = "realm.rs"]
mod realm;
pub use realm::Realm;

/// Something that happens at a moment of virtual time.
#[derive(Clone, Debug)]
pub enum Event {
    /// Standard input gets these bytes.
    Input(Vec<u8>),
    /// Standard input is at its end.
    InputEnds,
    /// Standard output and error take so many bytes more.
    Room(usize),
    /// A stop is asked for.
    Stop,
    /// Somebody connects to a listener.
    Connect(u32),
    /// A peer sends these bytes.
    Sends(u32, Vec<u8>),
    /// A peer writes no more.
    Ends(u32),
    /// A connection is reset.
    Resets(u32),
    /// A peer takes so many bytes more.
    Takes(u32, usize),
    /// A message comes.
    Comes(Box<sojourn_abi::Event>),
    /// A receiver has all that was sent to it.
    Has(String),
}

/// A connection, at the machine's end.
#[derive(Clone, Debug, Default)]
pub struct Peer {
    /// What the guest can read.
    pub unread: VecDeque<u8>,
    /// What the guest wrote.
    pub written: Vec<u8>,
    /// How much more is taken.
    pub room: usize,
    pub ended: bool,
    pub reset: bool,
    /// What the guest closed: reading, writing.
    pub shut: (bool, bool),
    pub closed: bool,
}

/// A machine.
#[derive(Debug)]
pub struct Machine {
    pub realtime_ns: u64,
    pub monotonic_ns: u64,
    pub processor_ns: u64,
    pub input: VecDeque<u8>,
    pub input_ended: bool,
    pub stdout: Vec<u8>,
    pub stderr: Vec<u8>,
    pub room: usize,
    pub stop: bool,
    pub terminal: bool,
    pub plan: VecDeque<(u64, Event)>,
    pub directories: BTreeMap<String, MemoryTree>,
    /// Connections that wait to be accepted, by listener.
    pub waiting: BTreeMap<u32, VecDeque<u32>>,
    pub peers: BTreeMap<u32, Peer>,
    pub closed_listeners: Vec<u32>,
    /// What there is of a realm, if anything.
    pub realm: Option<Realm>,
    roots: Vec<String>,
}

impl Default for Machine {
    fn default() -> Self {
        Self {
            realtime_ns: 1_700_000_000_000_000_000,
            monotonic_ns: 5_000,
            processor_ns: 7,
            input: VecDeque::new(),
            input_ended: false,
            stdout: Vec::new(),
            stderr: Vec::new(),
            room: usize::MAX,
            stop: false,
            terminal: false,
            plan: VecDeque::new(),
            directories: BTreeMap::new(),
            waiting: BTreeMap::new(),
            peers: BTreeMap::new(),
            closed_listeners: Vec::new(),
            realm: None,
            roots: Vec::new(),
        }
    }
}

impl Machine {
    pub fn pass(&mut self, ns: u64) {
        self.realtime_ns += ns;
        self.monotonic_ns += ns;
    }

    /// Plans an event so many nanoseconds from now.
    pub fn later(&mut self, ns: u64, event: Event) {
        self.plan.push_back((self.monotonic_ns + ns, event));
    }

    fn ready(&self, stream: Stream) -> bool {
        match stream {
            Stream::Stdin => !self.input.is_empty() || self.input_ended,
            Stream::Stdout | Stream::Stderr => self.room > 0,
        }
    }

    /// The next event, if it comes before then.
    fn next(&mut self, until: Option<u64>) -> bool {
        let due = self.plan.front().is_some_and(|(at, _)| until.is_none_or(|until| *at <= until));
        let Some((at, event)) = due.then(|| self.plan.pop_front()).flatten() else { return false };
        self.pass(at.saturating_sub(self.monotonic_ns));
        match event {
            Event::Input(bytes) => self.input.extend(bytes),
            Event::InputEnds => self.input_ended = true,
            Event::Room(bytes) => self.room += bytes,
            Event::Stop => self.stop = true,
            Event::Connect(listener) => self.connect(listener),
            Event::Sends(id, bytes) => self.peer(id).unread.extend(bytes),
            Event::Ends(id) => self.peer(id).ended = true,
            Event::Resets(id) => self.peer(id).reset = true,
            Event::Takes(id, bytes) => self.peer(id).room += bytes,
            Event::Comes(event) => self.realm().comes(*event),
            Event::Has(name) => self.realm().has(&name),
        }
        true
    }

    /// The machine as a guest finds it that has moved: its streams, its realm, its connections, and what is planned.
    pub fn moved(&self) -> Self {
        Self {
            monotonic_ns: self.monotonic_ns,
            stdout: self.stdout.clone(),
            stderr: self.stderr.clone(),
            room: self.room,
            plan: self.plan.clone(),
            waiting: self.waiting.clone(),
            peers: self.peers.clone(),
            realm: self.realm.as_ref().map(Realm::moved),
            ..Self::default()
        }
    }

    /// Everything that is planned until now happens.
    pub fn happen(&mut self) {
        while self.next(Some(self.monotonic_ns)) {}
    }

    /// Somebody connects; ids count from 1.
    pub fn connect(&mut self, listener: u32) {
        let id = u32::try_from(self.peers.len()).unwrap() + 1;
        self.peers.insert(id, Peer { room: usize::MAX, ..Peer::default() });
        self.waiting.entry(listener).or_default().push_back(id);
    }

    pub fn peer(&mut self, id: u32) -> &mut Peer {
        self.peers.get_mut(&id).expect("a connection that there is")
    }

    /// What there is of a realm.
    pub fn realm(&mut self) -> &mut Realm {
        self.realm.as_mut().expect("a machine in a realm")
    }

    fn open_peer(&mut self, id: ConnectionId) -> Result<&mut Peer, Errno> {
        self.peers.get_mut(&id.0).filter(|peer| !peer.reset).ok_or(Errno::ConnectionReset)
    }
}

/// A machine that ports share with the test.
#[derive(Clone, Debug, Default)]
pub struct Shared(Arc<Mutex<Machine>>);

impl Shared {
    pub fn of(machine: Machine) -> Self {
        Self(Arc::new(Mutex::new(machine)))
    }

    pub fn lock(&self) -> MutexGuard<'_, Machine> {
        self.0.lock().unwrap()
    }

    pub fn ports(&self) -> Ports {
        Ports {
            clock: Box::new(self.clone()),
            entropy: Box::new(self.clone()),
            files: Box::new(self.clone()),
            console: Box::new(self.clone()),
            sockets: Box::new(self.clone()),
            post: Box::new(self.clone()),
            keys: Box::new(self.clone()),
        }
    }
}

impl Clock for Shared {
    fn realtime_ns(&mut self) -> u64 {
        self.lock().realtime_ns
    }

    fn monotonic_ns(&mut self) -> u64 {
        self.lock().monotonic_ns
    }

    fn processor_ns(&mut self) -> u64 {
        self.lock().processor_ns
    }
}

impl Entropy for Shared {
    fn fill(&mut self, bytes: &mut [u8]) -> Result<(), Errno> {
        bytes.fill(0xEE);
        Ok(())
    }
}

impl Console for Shared {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Errno> {
        let mut machine = self.lock();
        if !machine.ready(Stream::Stdin) {
            return Err(Errno::Again);
        }
        let count = into.len().min(machine.input.len());
        for (place, byte) in into.iter_mut().zip(machine.input.drain(..count)) {
            *place = byte;
        }
        Ok(count)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        let mut machine = self.lock();
        let count = bytes.len().min(machine.room);
        machine.room -= count;
        match stream {
            Stream::Stdin => return Err(Errno::BadDescriptor),
            Stream::Stdout => machine.stdout.extend(&bytes[..count]),
            Stream::Stderr => machine.stderr.extend(&bytes[..count]),
        }
        if count == 0 && !bytes.is_empty() { Err(Errno::Again) } else { Ok(count) }
    }

    fn readiness(&mut self, stream: Stream) -> Readiness {
        let machine = self.lock();
        let bytes = if stream == Stream::Stdin { machine.input.len() } else { machine.room };
        let hangup = stream == Stream::Stdin && machine.input_ended && bytes == 0;
        Readiness { ready: machine.ready(stream), bytes: bytes as u64, hangup }
    }

    fn wait(
        &mut self,
        streams: &[Stream],
        sockets: &mut dyn FnMut() -> bool,
        timeout_ns: Option<u64>,
    ) -> Woken {
        let mut machine = self.lock();
        let until = timeout_ns.map(|ns| machine.monotonic_ns.saturating_add(ns));
        loop {
            if machine.stop {
                return Woken::Stop;
            }
            if streams.iter().any(|stream| machine.ready(*stream)) {
                return Woken::Ready;
            }
            drop(machine);
            if sockets() {
                return Woken::Ready;
            }
            machine = self.lock();
            if !machine.next(until) {
                let until = until.expect("a guest waits for ever");
                let rest = until - machine.monotonic_ns;
                machine.pass(rest);
                return Woken::Timeout;
            }
        }
    }

    fn is_terminal(&self, _stream: Stream) -> bool {
        self.lock().terminal
    }

    fn take_unread(&mut self) -> Vec<u8> {
        self.lock().input.drain(..).collect()
    }
}

impl Sockets for Shared {
    fn go_on(&mut self, open: &[ConnectionId]) {
        let mut machine = self.lock();
        for id in open {
            machine.peers.entry(id.0).or_insert_with(|| Peer { reset: true, ..Peer::default() });
        }
    }

    fn accept(&mut self, listener: u32) -> Result<ConnectionId, Errno> {
        let next = self.lock().waiting.entry(listener).or_default().pop_front();
        next.map(ConnectionId).ok_or(Errno::Again)
    }

    fn receive(&mut self, id: ConnectionId, into: &mut [u8], peek: bool) -> Result<usize, Errno> {
        let mut machine = self.lock();
        let from = machine.open_peer(id)?;
        let count = into.len().min(from.unread.len());
        if count == 0 && !into.is_empty() && !from.ended && !from.shut.0 {
            return Err(Errno::Again);
        }
        for (place, byte) in into.iter_mut().zip(&from.unread) {
            *place = *byte;
        }
        if !peek {
            from.unread.drain(..count);
        }
        Ok(count)
    }

    fn send(&mut self, id: ConnectionId, bytes: &[u8]) -> Result<usize, Errno> {
        let mut machine = self.lock();
        let peer = machine.open_peer(id)?;
        if peer.shut.1 {
            return Err(Errno::Pipe);
        }
        let count = bytes.len().min(peer.room);
        peer.room -= count;
        peer.written.extend(&bytes[..count]);
        if count == 0 && !bytes.is_empty() { Err(Errno::Again) } else { Ok(count) }
    }

    fn shutdown(&mut self, id: ConnectionId, how: Shut) -> Result<(), Errno> {
        let mut machine = self.lock();
        let peer = machine.open_peer(id).map_err(|_| Errno::NotConnected)?;
        peer.shut = (peer.shut.0 || how.read, peer.shut.1 || how.write);
        Ok(())
    }

    /// It stands when its peer takes bytes (`Event::Takes`), and is refused when it is reset.
    fn connect(&mut self, address: &str) -> Result<ConnectionId, Errno> {
        let mut machine = self.lock();
        if machine.realm.is_none() {
            return Err(Errno::NotSupported);
        }
        if !address.contains(':') {
            return Err(Errno::Invalid);
        }
        let id = u32::try_from(machine.peers.len()).unwrap() + 1;
        machine.peers.insert(id, Peer::default());
        Ok(ConnectionId(id))
    }

    fn listen(&mut self, address: &str) -> Result<u32, Errno> {
        let place = self.lock().realm.as_ref().map(|_| 7).ok_or(Errno::NotSupported)?;
        if address.ends_with(":80") { Err(Errno::AddressInUse) } else { Ok(place) }
    }

    fn close(&mut self, id: ConnectionId) {
        if let Some(peer) = self.lock().peers.get_mut(&id.0) {
            peer.closed = true;
        }
    }

    fn close_listener(&mut self, listener: u32) {
        self.lock().closed_listeners.push(listener);
    }

    fn readiness(&mut self, awaited: Awaited) -> Readiness {
        let mut machine = self.lock();
        match awaited {
            Awaited::Accept(listener) => {
                let waiting = machine.waiting.entry(listener).or_default().len();
                Readiness { ready: waiting > 0, bytes: waiting as u64, hangup: false }
            }
            Awaited::Read(id) => match machine.open_peer(id) {
                Err(_) => Readiness { ready: true, bytes: 0, hangup: true },
                Ok(peer) => {
                    let (bytes, hangup) = (peer.unread.len() as u64, peer.ended || peer.shut.0);
                    Readiness { ready: bytes > 0 || hangup, bytes, hangup }
                }
            },
            Awaited::Write(id) => match machine.open_peer(id) {
                Err(_) => Readiness { ready: true, bytes: 0, hangup: true },
                Ok(peer) => Readiness { ready: peer.room > 0, bytes: peer.room as u64, hangup: false },
            },
        }
    }
}

/// A node of a directory: which one is in the upper half.
impl Shared {
    fn within<T>(&self, node: Node, act: impl FnOnce(&mut MemoryTree, Node) -> T) -> T {
        let mut machine = self.lock();
        let path = machine.roots[usize::try_from(node >> 32).unwrap()].clone();
        act(machine.directories.get_mut(&path).unwrap(), node & 0xFFFF_FFFF)
    }

    fn opened(
        &self,
        dir: Node,
        act: impl FnOnce(&mut MemoryTree, Node) -> Result<Node, Errno>,
    ) -> Result<Node, Errno> {
        self.within(dir, act).map(|node| dir >> 32 << 32 | node)
    }
}

impl Files for Shared {
    fn root(&mut self, path: &str) -> Result<Node, Errno> {
        let mut machine = self.lock();
        machine.directories.get_mut(path).ok_or(Errno::NoEntry)?.enter(ROOT, b".")?;
        machine.roots.push(path.to_string());
        Ok((machine.roots.len() as u64 - 1) << 32 | ROOT)
    }
}

impl Tree for Shared {
    fn enter(&mut self, dir: Node, name: &[u8]) -> Result<Node, Errno> {
        self.opened(dir, |tree, dir| tree.enter(dir, name))
    }

    fn open(&mut self, dir: Node, name: &[u8], how: Open) -> Result<Node, Errno> {
        self.opened(dir, |tree, dir| tree.open(dir, name, how))
    }

    fn close(&mut self, node: Node) {
        self.within(node, MemoryTree::close);
    }

    fn stat(&mut self, node: Node) -> Result<Stat, Errno> {
        self.within(node, MemoryTree::stat)
    }

    fn stat_at(&mut self, dir: Node, name: &[u8]) -> Result<Stat, Errno> {
        self.within(dir, |tree, dir| tree.stat_at(dir, name))
    }

    fn read(&mut self, node: Node, offset: u64, into: &mut [u8]) -> Result<usize, Errno> {
        self.within(node, |tree, node| tree.read(node, offset, into))
    }

    fn write(&mut self, node: Node, at: At, from: &[u8]) -> Result<usize, Errno> {
        self.within(node, |tree, node| tree.write(node, at, from))
    }

    fn resize(&mut self, node: Node, size: u64) -> Result<(), Errno> {
        self.within(node, |tree, node| tree.resize(node, size))
    }

    fn sync(&mut self, node: Node, data_only: bool) -> Result<(), Errno> {
        self.within(node, |tree, node| tree.sync(node, data_only))
    }

    fn set_times(&mut self, node: Node, times: Times) -> Result<(), Errno> {
        self.within(node, |tree, node| tree.set_times(node, times))
    }

    fn set_times_at(&mut self, dir: Node, name: &[u8], times: Times) -> Result<(), Errno> {
        self.within(dir, |tree, dir| tree.set_times_at(dir, name, times))
    }

    fn list(&mut self, node: Node) -> Result<Vec<Entry>, Errno> {
        self.within(node, MemoryTree::list)
    }

    fn read_link(&mut self, dir: Node, name: &[u8]) -> Result<Vec<u8>, Errno> {
        self.within(dir, |tree, dir| tree.read_link(dir, name))
    }

    fn make_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        self.within(dir, |tree, dir| tree.make_directory(dir, name))
    }

    fn remove_directory(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        self.within(dir, |tree, dir| tree.remove_directory(dir, name))
    }

    fn remove_file(&mut self, dir: Node, name: &[u8]) -> Result<(), Errno> {
        self.within(dir, |tree, dir| tree.remove_file(dir, name))
    }

    fn link(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno> {
        self.within(from, |tree, from| tree.link(from, from_name, to & 0xFFFF_FFFF, to_name))
    }

    fn rename(&mut self, from: Node, from_name: &[u8], to: Node, to_name: &[u8]) -> Result<(), Errno> {
        self.within(from, |tree, from| tree.rename(from, from_name, to & 0xFFFF_FFFF, to_name))
    }

    fn symlink(&mut self, target: &[u8], dir: Node, name: &[u8]) -> Result<(), Errno> {
        self.within(dir, |tree, dir| tree.symlink(target, dir, name))
    }
}
