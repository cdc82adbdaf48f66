//! The end of an atom's connections that moves with it: what its guest reads and writes.
//!
//! Nothing here does I/O. The guest's calls and the anchor's words come in, words for the anchor come out. While the
//! gate is closed nothing comes out, and nothing that the anchor says is heard: so the state can be written down
//! here and go on there, and exactly one of the two speaks.

use super::limit::{ADDRESS_BYTES, CONNECTIONS};
use super::pipe::{Pipe, State};
use super::relay::{DIALED, Relay, Word};
use sojourn_host::Errno;
use sojourn_host::ports::{Awaited, Readiness, Shut};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An atom's connections.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct AtomEnd {
    /// By the guest's ids.
    pub entries: BTreeMap<u32, Entry>,
    /// The guest's id by the anchor's number.
    pub ids: BTreeMap<u32, u32>,
    /// Ids that the guest still has of connections that are nowhere any more.
    pub lost: BTreeSet<u32>,
    /// The last connection of the anchor that was heard of.
    pub opened: u32,
    /// How many listeners there are.
    pub listeners: u32,
    /// Those that the guest closed.
    pub closed_listeners: BTreeSet<u32>,
    /// Connections that the guest opens and that do not stand yet, by their tickets.
    pub dials: BTreeMap<u32, Dial>,
    /// The last ticket.
    pub tickets: u32,
    /// The epoch in which it speaks, when the gate is open.
    pub epoch: Option<u64>,
    /// How often it has claimed.
    claims: u32,
    /// Connections that may have something to say.
    busy: BTreeSet<u32>,
    /// What is to be said before anything else.
    first: VecDeque<Word>,
}

/// A connection of an atom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Entry {
    /// The anchor's number.
    pub number: u32,
    pub listener: u32,
    /// Address of the other side.
    pub peer: String,
    pub holder: Holder,
    pub pipe: Pipe,
}

/// A connection that is being opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dial {
    /// The guest's id.
    pub id: u32,
    pub address: String,
}

/// Who has a connection.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Holder {
    /// It waits to be accepted.
    #[default]
    Queue,
    /// The guest.
    Guest,
    /// Nobody: what was written goes out.
    Nobody,
}

impl Entry {
    fn waits(&self, listener: u32) -> bool {
        self.holder == Holder::Queue && self.listener == listener && self.pipe.state == State::Open
    }
}

impl AtomEnd {
    /// With so many listeners, and its gate closed.
    pub(super) fn new(listeners: u32) -> Self {
        Self { listeners, ..Self::default() }
    }

    /// From now on it speaks, in this epoch: first it says what it has, then what the anchor may lack.
    pub(super) fn open_gate(&mut self, epoch: u64) {
        self.epoch = Some(epoch);
        self.claims += 1;
        self.forget_gone();
        let there = self.entries.values().filter(|entry| entry.pipe.state != State::Gone);
        let connections = there.map(|entry| entry.pipe.claim(entry.number)).collect();
        self.first = VecDeque::from([Word::Claim { opened: self.opened, connections }]);
        let closed = self.closed_listeners.iter();
        self.first.extend(closed.map(|listener| Word::CloseListener { listener: *listener }));
        // One that the anchor knows it passes over, or tells again.
        let dials = self.dials.iter();
        self.first.extend(
            dials.map(|(ticket, dial)| Word::Connect { ticket: *ticket, address: dial.address.clone() }),
        );
        for (id, entry) in &mut self.entries {
            entry.pipe.start_over();
            self.busy.insert(*id);
        }
    }

    /// From now on it is silent and deaf.
    pub(super) fn hold(&mut self) {
        self.epoch = None;
        self.first.clear();
    }

    /// What is to be said next.
    pub(super) fn poll(&mut self) -> Option<Relay> {
        let (epoch, claim) = (self.epoch?, self.claims);
        if let Some(word) = self.first.pop_front() {
            return Some(Relay { epoch, claim, word });
        }
        while let Some(id) = self.busy.first().copied() {
            let word = self.entries.get_mut(&id).and_then(|entry| entry.pipe.next(entry.number));
            if let Some(word) = word {
                return Some(Relay { epoch, claim, word });
            }
            self.busy.remove(&id);
            self.settle(id);
        }
        None
    }

    /// The anchor says something. Whether the guest may want to know.
    pub(super) fn handle(&mut self, relay: &Relay) -> bool {
        if self.epoch != Some(relay.epoch) || self.claims != relay.claim {
            return false;
        }
        match &relay.word {
            Word::Opened { listener, connection, peer } => self.open(*listener, *connection, peer),
            Word::Data { connection, .. } | Word::Taken { connection, .. } | Word::End { connection, .. } => {
                self.hear(*connection, &relay.word)
            }
            Word::Reset { connection } => {
                let Some(id) = self.ids.get(connection).copied() else { return false };
                self.entry(id).reset_by_other();
                self.settle(id);
                true
            }
            Word::Refused { ticket } => {
                let Some(dial) = self.dials.remove(ticket) else { return false };
                self.lost.insert(dial.id);
                true
            }
            Word::Claim { .. } | Word::Close { .. } | Word::CloseListener { .. } | Word::Connect { .. } => {
                false
            }
        }
    }

    fn open(&mut self, listener: u32, number: u32, peer: &str) -> bool {
        if number <= self.opened {
            return false;
        }
        self.opened = number;
        if listener >= DIALED {
            return self.stands(listener, number, peer);
        }
        let full = self.entries.len() >= CONNECTIONS;
        if full || listener >= self.listeners || self.closed_listeners.contains(&listener) {
            self.first.push_back(Word::Reset { connection: number });
            return false;
        }
        let id = self.free_id();
        self.ids.insert(number, id);
        self.entries.insert(id, Entry { number, listener, peer: peer.into(), ..Entry::default() });
        true
    }

    /// A connection that the guest opens stands; one that it does not want any more is closed again.
    fn stands(&mut self, listener: u32, number: u32, peer: &str) -> bool {
        let Some(dial) = self.dials.remove(&(listener - DIALED)) else {
            self.first.push_back(Word::Reset { connection: number });
            return false;
        };
        self.ids.insert(number, dial.id);
        let entry = Entry { number, listener, peer: peer.into(), holder: Holder::Guest, ..Entry::default() };
        self.entries.insert(dial.id, entry);
        true
    }

    fn hear(&mut self, number: u32, word: &Word) -> bool {
        let Some(id) = self.ids.get(&number).copied() else { return false };
        let pipe = self.entry(id);
        if pipe.hear(word).is_err() {
            pipe.reset();
        }
        self.busy.insert(id);
        true
    }

    /// A connection that there is.
    fn entry(&mut self, id: u32) -> &mut Pipe {
        self.busy.insert(id);
        &mut self.entries.get_mut(&id).expect("ids lead to entries").pipe
    }

    /// The lowest id that neither a connection nor the guest has.
    fn free_id(&self) -> u32 {
        let dials: BTreeSet<u32> = self.dials.values().map(|dial| dial.id).collect();
        let taken = |id: &u32| self.entries.contains_key(id) || self.lost.contains(id) || dials.contains(id);
        (0..=u32::MAX).find(|id| !taken(id)).unwrap_or(u32::MAX)
    }

    /// Forgets a connection that is over and that the guest does not have.
    fn settle(&mut self, id: u32) {
        let Some(entry) = self.entries.get(&id) else { return };
        let over = match entry.pipe.state {
            State::Open | State::Resetting => false,
            State::Closed => entry.pipe.outflow.is_done() && entry.pipe.close_told,
            State::Gone => entry.holder != Holder::Guest,
        };
        if over {
            self.ids.remove(&entry.number);
            self.entries.remove(&id);
        }
    }

    fn forget_gone(&mut self) {
        let ids: Vec<u32> = self.entries.keys().copied().collect();
        for id in ids {
            self.settle(id);
        }
    }

    /// The anchor is nowhere any more: everything is reset, and nobody connects.
    pub(super) fn lose_anchor(&mut self) {
        self.closed_listeners.extend(0..self.listeners);
        self.entries.values_mut().for_each(|entry| entry.pipe.reset_by_other());
        self.lost.extend(std::mem::take(&mut self.dials).into_values().map(|dial| dial.id));
        self.forget_gone();
        self.hold();
    }

    /// The guest has ended: what it wrote goes out.
    pub(super) fn close_all(&mut self) {
        (0..self.listeners).for_each(|listener| self.close_listener(listener));
        self.dials.clear();
        let ids: Vec<u32> = self.entries.keys().copied().collect();
        for id in ids {
            self.close(id);
        }
    }
}

/// What the guest asks for.
impl AtomEnd {
    pub(super) fn go_on(&mut self, open: &BTreeSet<u32>) {
        let known: BTreeSet<u32> = self
            .entries
            .iter()
            .filter(|(_, entry)| entry.holder == Holder::Guest)
            .map(|(id, _)| *id)
            .chain(self.dials.values().map(|dial| dial.id))
            .collect();
        known.difference(open).for_each(|id| self.close(*id));
        self.lost = open.difference(&known).copied().collect();
        // An id that the guest has is nobody else's.
        for id in self.lost.clone() {
            if let Some(entry) = self.entries.remove(&id) {
                let other = self.free_id();
                self.ids.insert(entry.number, other);
                self.entries.insert(other, entry);
                self.busy.insert(other);
            }
        }
    }

    /// Begins to open a connection; its id.
    pub(super) fn connect(&mut self, address: &str) -> Result<u32, Errno> {
        let port = address
            .rsplit_once(':')
            .filter(|(host, _)| !host.is_empty())
            .map(|(_, port)| port.parse::<u16>());
        if address.len() > ADDRESS_BYTES || !matches!(port, Some(Ok(1..))) {
            return Err(Errno::Invalid);
        }
        if self.entries.len() + self.dials.len() >= CONNECTIONS || self.tickets + 1 >= DIALED {
            return Err(Errno::TooManyOpen);
        }
        let id = self.free_id();
        self.tickets += 1;
        self.dials.insert(self.tickets, Dial { id, address: address.into() });
        if self.epoch.is_some() {
            self.first.push_back(Word::Connect { ticket: self.tickets, address: address.into() });
        }
        Ok(id)
    }

    fn dials(&self, id: u32) -> bool {
        self.dials.values().any(|dial| dial.id == id)
    }

    pub(super) fn accept(&mut self, listener: u32) -> Result<u32, Errno> {
        let waiting = self.entries.iter_mut().filter(|(_, entry)| entry.waits(listener));
        if let Some((id, entry)) = waiting.min_by_key(|(_, entry)| entry.number) {
            entry.holder = Holder::Guest;
            return Ok(*id);
        }
        let listens = listener < self.listeners && !self.closed_listeners.contains(&listener);
        Err(if listens { Errno::Again } else { Errno::Invalid })
    }

    pub(super) fn receive(&mut self, id: u32, into: &mut [u8], peek: bool) -> Result<usize, Errno> {
        let pipe = self.open_pipe(id)?;
        let count = pipe.inflow.peek(into);
        if count == 0 && !into.is_empty() {
            return match pipe.state {
                _ if pipe.inflow.is_ended() => Ok(0),
                State::Resetting | State::Gone => Err(Errno::ConnectionReset),
                State::Open | State::Closed => Err(Errno::Again),
            };
        }
        if !peek {
            pipe.inflow.consume(count);
            self.busy.insert(id);
        }
        Ok(count)
    }

    pub(super) fn send(&mut self, id: u32, bytes: &[u8]) -> Result<usize, Errno> {
        let pipe = self.open_pipe(id)?;
        match pipe.state {
            State::Resetting | State::Gone => return Err(Errno::ConnectionReset),
            State::Open | State::Closed if pipe.outflow.is_finished() => return Err(Errno::Pipe),
            State::Open | State::Closed => {}
        }
        match pipe.outflow.write(bytes) {
            0 if !bytes.is_empty() => Err(Errno::Again),
            count => {
                self.busy.insert(id);
                Ok(count)
            }
        }
    }

    pub(super) fn shutdown(&mut self, id: u32, how: Shut) -> Result<(), Errno> {
        let pipe = self.open_pipe(id).map_err(|_| Errno::NotConnected)?;
        if pipe.state != State::Open {
            return Err(Errno::NotConnected);
        }
        if how.read {
            pipe.inflow.deafen();
        }
        if how.write {
            pipe.outflow.finish();
        }
        self.busy.insert(id);
        Ok(())
    }

    pub(super) fn close(&mut self, id: u32) {
        self.lost.remove(&id);
        self.dials.retain(|_, dial| dial.id != id);
        if let Some(entry) = self.entries.get_mut(&id) {
            entry.holder = Holder::Nobody;
            entry.pipe.close();
            self.busy.insert(id);
            self.settle(id);
        }
    }

    pub(super) fn close_listener(&mut self, listener: u32) {
        if listener >= self.listeners || !self.closed_listeners.insert(listener) {
            return;
        }
        if self.epoch.is_some() {
            self.first.push_back(Word::CloseListener { listener });
        }
        for (id, entry) in self.entries.iter_mut().filter(|(_, entry)| entry.waits(listener)) {
            entry.pipe.reset();
            self.busy.insert(*id);
        }
    }

    pub(super) fn readiness(&self, awaited: Awaited) -> Readiness {
        let gone = Readiness { ready: true, bytes: 0, hangup: true };
        let pipe = |id: u32| self.entries.get(&id).map(|entry| &entry.pipe);
        match awaited {
            Awaited::Read(id) | Awaited::Write(id) if self.dials(id.0) => {
                Readiness { ready: false, bytes: 0, hangup: false }
            }
            Awaited::Accept(listener) => {
                let bytes = self.entries.values().filter(|entry| entry.waits(listener)).count() as u64;
                let closed = listener >= self.listeners || self.closed_listeners.contains(&listener);
                Readiness { ready: bytes > 0 || closed, bytes, hangup: closed }
            }
            Awaited::Read(id) => pipe(id.0).map_or(gone, |pipe| {
                let bytes = pipe.inflow.len() as u64;
                let hangup = pipe.inflow.is_ended() || matches!(pipe.state, State::Gone | State::Resetting);
                Readiness { ready: bytes > 0 || hangup, bytes, hangup }
            }),
            Awaited::Write(id) => pipe(id.0).map_or(gone, |pipe| {
                let hangup = matches!(pipe.state, State::Gone | State::Resetting);
                let bytes = pipe.outflow.room() as u64;
                Readiness { ready: bytes > 0 || hangup || pipe.outflow.is_finished(), bytes, hangup }
            }),
        }
    }

    fn open_pipe(&mut self, id: u32) -> Result<&mut Pipe, Errno> {
        if self.dials(id) {
            return Err(Errno::Again);
        }
        let entry = self.entries.get_mut(&id).filter(|entry| entry.holder == Holder::Guest);
        entry.map(|entry| &mut entry.pipe).ok_or(Errno::ConnectionReset)
    }
}
