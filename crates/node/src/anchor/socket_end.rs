//! The end of an atom's connections that stays: what its sockets read and write.
//!
//! Nothing here does I/O. What sockets gave and the words of the atom's end come in, words for the atom's end and
//! bytes for sockets come out. Nothing comes out before somebody has claimed the connections, and only whoever
//! claimed last is heard: in the newest epoch, and the last time.

use super::limit::CONNECTIONS;
use super::pipe::{Pipe, State};
use super::relay::{Claimed, DIALED, Relay, Word};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// An anchor's connections, by number.
#[derive(Debug, Default)]
pub(super) struct SocketEnd {
    lines: BTreeMap<u32, Line>,
    /// The last number given.
    opened: u32,
    /// The newest claim: its epoch, its number there.
    pub claim: Option<(u64, u32)>,
    /// Connections that may have something to say.
    busy: BTreeSet<u32>,
    /// What is to be said before anything else.
    first: VecDeque<Word>,
    /// Connections whose sockets are to be closed.
    over: Vec<Over>,
    /// Listeners that are to be closed.
    closed_listeners: BTreeSet<u32>,
    /// Tickets of connections that are being opened.
    dials: BTreeSet<u32>,
    /// The last ticket that was heard of.
    last_ticket: u32,
    /// Connections that are to be opened: tickets, and where to.
    wanted: Vec<(u32, String)>,
}

/// A socket that is of no more use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Over {
    pub number: u32,
    /// Whether the peer must not take what it got for the whole.
    pub broken: bool,
}

/// A connection of an anchor.
#[derive(Debug, Default)]
struct Line {
    listener: u32,
    peer: String,
    /// Whether the atom's end was told of it in this epoch.
    told: bool,
    pipe: Pipe,
}

impl Line {
    /// Whether the socket is of no more use.
    fn is_over(&self) -> bool {
        match self.pipe.state {
            State::Open | State::Resetting => false,
            State::Closed => self.pipe.inflow.is_over(),
            State::Gone => true,
        }
    }

    fn next(&mut self, connection: u32) -> Option<Word> {
        if !self.told && self.pipe.state != State::Gone {
            self.told = true;
            let (listener, peer) = (self.listener, self.peer.clone());
            return Some(Word::Opened { listener, connection, peer });
        }
        self.pipe.next(connection)
    }

    /// Against what was claimed of it, if anything was, by an end that has heard of connections up to `opened`. What
    /// is to be said at once.
    fn go_on(&mut self, connection: u32, claimed: Option<Claimed>, opened: u32) -> Option<Word> {
        let Some(claimed) = claimed else {
            if connection > opened && self.is_fresh() && self.pipe.outflow.send_from(0).is_ok() {
                self.told = false;
            } else {
                // Whoever claims has heard of it and has closed it, or comes from a past before it. What it wrote is
                // whole if its end is here; otherwise the connection breaks.
                self.pipe.closed_by_other();
            }
            return None;
        };
        // All that was written is here and goes out, and nothing comes in any more: whoever has closed it forgets it
        // now, and whoever comes from a past before that hears that it is gone.
        if self.pipe.state == State::Closed {
            return Some(Word::Reset { connection });
        }
        if let Ok(told) = self.pipe.go_on(claimed) {
            return told.map(|offset| Word::Taken { connection, offset });
        }
        self.pipe.reset_by_other();
        Some(Word::Reset { connection })
    }

    /// Whether nobody has read of it or written to it.
    fn is_fresh(&self) -> bool {
        self.pipe.outflow.taken() == 0 && self.pipe.inflow.received() == 0
    }
}

impl SocketEnd {
    /// What is to be said next.
    pub(super) fn poll(&mut self) -> Option<Relay> {
        let (epoch, claim) = self.claim?;
        if let Some(word) = self.first.pop_front() {
            return Some(Relay { epoch, claim, word });
        }
        while let Some(number) = self.busy.first().copied() {
            if let Some(word) = self.lines.get_mut(&number).and_then(|line| line.next(number)) {
                return Some(Relay { epoch, claim, word });
            }
            self.busy.remove(&number);
            self.settle(number);
        }
        None
    }

    /// The atom's end says something. Which connection has bytes for its socket now, or less than it had.
    pub(super) fn handle(&mut self, relay: Relay) -> Option<u32> {
        let claim = Some((relay.epoch, relay.claim));
        if let Word::Claim { opened, connections } = relay.word {
            if self.claim < claim {
                self.claim = claim;
                self.claimed(opened, connections);
            }
            return None;
        }
        if self.claim != claim {
            return None;
        }
        match &relay.word {
            Word::Data { connection, .. } | Word::Taken { connection, .. } | Word::End { connection, .. } => {
                let pipe = self.line(*connection)?;
                if pipe.hear(&relay.word).is_err() {
                    pipe.reset();
                }
                Some(*connection)
            }
            Word::Close { connection } => {
                self.line(*connection)?.closed_by_other();
                self.settle(*connection);
                Some(*connection)
            }
            Word::Reset { connection } => {
                self.line(*connection)?.reset_by_other();
                self.settle(*connection);
                None
            }
            Word::CloseListener { listener } => {
                self.closed_listeners.insert(*listener);
                None
            }
            Word::Connect { ticket, address } => {
                self.dial(*ticket, address);
                None
            }
            Word::Claim { .. } | Word::Opened { .. } | Word::Refused { .. } => None,
        }
    }

    fn claimed(&mut self, opened: u32, connections: Vec<Claimed>) {
        let mut claimed: BTreeMap<u32, Claimed> =
            connections.into_iter().map(|claimed| (claimed.connection, claimed)).collect();
        let mut first = VecDeque::new();
        for (number, line) in &mut self.lines {
            first.extend(line.go_on(*number, claimed.remove(number), opened));
            self.busy.insert(*number);
        }
        first.extend(claimed.into_keys().map(|connection| Word::Reset { connection }));
        self.first = first;
        let all: Vec<u32> = self.lines.keys().copied().collect();
        for number in all {
            self.settle(number);
        }
    }

    /// A connection is wanted: once for each ticket, however often it is said. One that was opened is told of until the
    /// atom's end has heard it; of one that is gone since then, nothing can be told but that.
    fn dial(&mut self, ticket: u32, address: &str) {
        let stands = self.lines.values().any(|line| line.listener == DIALED | ticket);
        if stands || self.dials.contains(&ticket) {
            return;
        }
        if ticket <= self.last_ticket || !self.has_room() {
            self.first.push_back(Word::Refused { ticket });
            return;
        }
        self.last_ticket = ticket;
        self.dials.insert(ticket);
        self.wanted.push((ticket, address.into()));
    }

    fn line(&mut self, number: u32) -> Option<&mut Pipe> {
        self.busy.insert(number);
        self.lines.get_mut(&number).map(|line| &mut line.pipe)
    }

    fn settle(&mut self, number: u32) {
        if !self.lines.get(&number).is_some_and(Line::is_over) {
            return;
        }
        if let Some(mut line) = self.lines.remove(&number) {
            let broken = line.pipe.state == State::Gone;
            self.over.push(Over { number, broken });
            // The atom's end waits for this to forget it.
            let told = line.pipe.inflow.tell_again().filter(|_| !broken);
            self.first.extend(told.map(|offset| Word::Taken { connection: number, offset }));
        }
    }
}

/// What sockets do.
impl SocketEnd {
    /// Whether one more connection can be had.
    pub(super) fn has_room(&self) -> bool {
        self.lines.len() + self.dials.len() < CONNECTIONS
    }

    /// Connections that are to be opened, since it was last asked.
    pub(super) fn take_wanted(&mut self) -> Vec<(u32, String)> {
        std::mem::take(&mut self.wanted)
    }

    /// A connection that was wanted stands: its number; or it cannot be opened.
    pub(super) fn dialed(&mut self, ticket: u32, peer: Option<String>) -> Option<u32> {
        if !self.dials.remove(&ticket) {
            return None;
        }
        let Some(peer) = peer else {
            self.first.push_back(Word::Refused { ticket });
            return None;
        };
        Some(self.open(DIALED | ticket, peer))
    }

    /// Whether some are being opened.
    pub(super) fn is_dialing(&self) -> bool {
        !self.dials.is_empty()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.lines.len()
    }

    /// Somebody connected: the number.
    pub(super) fn open(&mut self, listener: u32, peer: String) -> u32 {
        self.opened += 1;
        self.lines.insert(self.opened, Line { listener, peer, ..Line::default() });
        self.busy.insert(self.opened);
        self.opened
    }

    /// How many bytes of a socket can be taken.
    pub(super) fn room(&self, number: u32) -> usize {
        let open = self.lines.get(&number).filter(|line| line.pipe.state == State::Open);
        open.map_or(0, |line| line.pipe.outflow.room())
    }

    /// A socket gave bytes.
    pub(super) fn gave(&mut self, number: u32, bytes: &[u8]) {
        if let Some(pipe) = self.line(number) {
            pipe.outflow.write(bytes);
        }
    }

    /// A socket is at its end.
    pub(super) fn ended(&mut self, number: u32) {
        if let Some(pipe) = self.line(number) {
            pipe.outflow.finish();
        }
    }

    /// A socket broke.
    pub(super) fn broke(&mut self, number: u32) {
        if let Some(pipe) = self.line(number) {
            pipe.reset();
        }
        self.settle(number);
    }

    /// Bytes for a socket; none for one that broke.
    pub(super) fn front(&self, number: u32) -> &[u8] {
        let works = |line: &&Line| matches!(line.pipe.state, State::Open | State::Closed);
        self.lines.get(&number).filter(works).map_or(&[], |line| line.pipe.inflow.front())
    }

    /// A socket took bytes.
    pub(super) fn took(&mut self, number: u32, count: usize) {
        if let Some(pipe) = self.line(number) {
            pipe.inflow.consume(count);
        }
        self.settle(number);
    }

    /// Whether a socket has everything, and no more comes.
    pub(super) fn is_written(&self, number: u32) -> bool {
        self.lines.get(&number).is_some_and(|line| line.pipe.inflow.is_over())
    }

    /// Connections whose sockets are to be closed, since it was last asked.
    pub(super) fn take_over(&mut self) -> Vec<Over> {
        std::mem::take(&mut self.over)
    }

    /// Listeners that are to be closed.
    pub(super) const fn closed_listeners(&self) -> &BTreeSet<u32> {
        &self.closed_listeners
    }
}
