//! The sending half of a lane: a window of messages under way, and those that wait for it.
//!
//! A message is taken for lost when messages that were sent at least `LATER` sends after it have arrived, or when
//! nothing was acknowledged in time. In the second case one message probes the way; the others follow, twice as many
//! with each answer, unless the answer shows that they had arrived all along.

use super::Rtt;
use alloc::collections::VecDeque;
use alloc::vec::Vec;

/// A message is lost when one that was sent so many sends later has arrived: the way may change the order of fewer.
const LATER: u64 = 3;
/// Most messages sent again at one answer.
const BURST: usize = 256;

/// A message under way.
#[derive(Debug)]
struct Flight {
    payload: Vec<u8>,
    sent_at: u64,
    order: u64,
    again: bool,
    arrived: bool,
    queued: bool,
}

/// After a time-out: messages sent before `before` are doubtful.
#[derive(Debug)]
struct Recovery {
    before: u64,
    budget: usize,
}

/// What an acknowledgement brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Whether anything new was acknowledged in order.
    pub advanced: bool,
    /// Whether the lane has become half empty.
    pub relieved: bool,
}

/// What goes in a lane.
#[derive(Debug)]
pub struct Sender {
    first: u64,
    flight: VecDeque<Flight>,
    flight_bytes: u64,
    backlog: VecDeque<Vec<u8>>,
    backlog_bytes: u64,
    again: VecDeque<u64>,
    window_bytes: u64,
    window_messages: usize,
    peer_room: u64,
    order: u64,
    arrived_order: u64,
    rtt: Rtt,
    resend_at: Option<u64>,
    recovery: Option<Recovery>,
    crowded: bool,
    resent: u64,
}

impl Sender {
    /// Begins with message 0.
    pub fn new(window_bytes: u64, window_messages: usize, rtt: Rtt) -> Self {
        Self {
            first: 0,
            flight: VecDeque::new(),
            flight_bytes: 0,
            backlog: VecDeque::new(),
            backlog_bytes: 0,
            again: VecDeque::new(),
            window_bytes,
            window_messages,
            peer_room: window_bytes,
            order: 0,
            arrived_order: 0,
            rtt,
            resend_at: None,
            recovery: None,
            crowded: false,
            resent: 0,
        }
    }

    /// Bytes that it takes now.
    pub fn room(&self) -> u64 {
        if self.waiting() >= self.window_messages {
            return 0;
        }
        self.window_bytes.saturating_sub(self.flight_bytes + self.backlog_bytes)
    }

    /// Messages under way or waiting.
    pub fn waiting(&self) -> usize {
        self.flight.len() + self.backlog.len()
    }

    /// Bytes under way or waiting.
    pub fn bytes(&self) -> u64 {
        self.flight_bytes + self.backlog_bytes
    }

    /// Bytes of messages that wait for room under way.
    pub fn backlog_bytes(&self) -> u64 {
        self.backlog_bytes
    }

    /// Whether anything has not been acknowledged.
    pub fn in_flight(&self) -> bool {
        !self.flight.is_empty()
    }

    /// All before it are acknowledged.
    pub fn first(&self) -> u64 {
        self.first
    }

    /// Messages sent again so far.
    pub fn resent(&self) -> u64 {
        self.resent
    }

    /// Adds a message; returns its number. Whoever calls it looks at `room` before.
    pub fn push(&mut self, payload: Vec<u8>) -> u64 {
        self.backlog_bytes += payload.len() as u64;
        self.backlog.push_back(payload);
        if self.flight_bytes + self.backlog_bytes > self.window_bytes / 2 {
            self.crowded = true;
        }
        self.first + self.waiting() as u64 - 1
    }

    /// The next message to be sent: its number, and where it lies, so that it is encoded without a copy.
    pub fn poll(&mut self, now: u64) -> Option<(u64, &mut Vec<u8>)> {
        let index = self.next_again().or_else(|| self.next_new())?;
        let order = self.order;
        self.order += 1;
        let timeout = self.rtt.timeout();
        self.resend_at.get_or_insert(now.saturating_add(timeout));
        let flight = &mut self.flight[index];
        flight.sent_at = now;
        flight.order = order;
        Some((self.first + index as u64, &mut flight.payload))
    }

    fn next_again(&mut self) -> Option<usize> {
        while let Some(sequence) = self.again.pop_front() {
            let Some(index) = sequence.checked_sub(self.first) else { continue };
            let index = usize::try_from(index).ok()?;
            let flight = self.flight.get_mut(index)?;
            flight.queued = false;
            if !flight.arrived {
                flight.again = true;
                self.resent += 1;
                return Some(index);
            }
        }
        None
    }

    fn next_new(&mut self) -> Option<usize> {
        let size = self.backlog.front()?.len() as u64;
        let window = self.window_bytes.min(self.peer_room);
        let fits = self.flight.len() < self.window_messages && self.flight_bytes + size <= window;
        // One that is larger than the window goes alone.
        if !fits && !self.flight.is_empty() {
            return None;
        }
        let payload = self.backlog.pop_front()?;
        self.backlog_bytes -= size;
        self.flight_bytes += size;
        self.flight.push_back(Flight {
            payload,
            sent_at: 0,
            order: 0,
            again: false,
            arrived: false,
            queued: false,
        });
        Some(self.flight.len() - 1)
    }

    /// All before `next` have arrived, and those in `beyond`. `room` is known from acknowledgements that tell it.
    pub fn acknowledge(&mut self, next: u64, beyond: &[u64], room: Option<u64>, now: u64) -> Progress {
        let end = self.first + self.flight.len() as u64;
        if next < self.first || next > end {
            return Progress::default();
        }
        if let Some(room) = room {
            self.peer_room = room;
        }
        let mut taken = None;
        let mut original = false;
        let advanced = next > self.first;
        while self.first < next {
            let Some(flight) = self.flight.pop_front() else { break };
            self.first += 1;
            self.flight_bytes -= flight.payload.len() as u64;
            self.arrived_order = self.arrived_order.max(flight.order);
            if !flight.again && !flight.arrived {
                taken = Some(now.saturating_sub(flight.sent_at));
                original |= self.recovery.as_ref().is_some_and(|recovery| flight.order < recovery.before);
            }
        }
        for sequence in beyond {
            let index = sequence.checked_sub(self.first).and_then(|index| usize::try_from(index).ok());
            let Some(flight) = index.and_then(|index| self.flight.get_mut(index)) else { continue };
            if !flight.arrived {
                flight.arrived = true;
                self.arrived_order = self.arrived_order.max(flight.order);
            }
        }
        if let Some(taken) = taken {
            self.rtt.measure(taken);
        }
        if !beyond.is_empty() {
            self.find_gaps();
        }
        if advanced {
            self.rtt.recover();
            self.recover(original);
            self.resend_at = self.in_flight().then(|| now.saturating_add(self.rtt.timeout()));
        }
        Progress { advanced, relieved: self.relieved() }
    }

    fn find_gaps(&mut self) {
        let Some(last) = self.flight.iter().rposition(|flight| flight.arrived) else { return };
        for (index, flight) in self.flight.iter_mut().enumerate().take(last) {
            let late = flight.order.saturating_add(LATER) <= self.arrived_order;
            if late && !flight.arrived && !flight.queued {
                flight.queued = true;
                self.again.push_back(self.first + index as u64);
            }
        }
    }

    /// Something arrived after a time-out: `original` tells that it was one of those in doubt, so that nothing is.
    fn recover(&mut self, original: bool) {
        let Some(recovery) = &mut self.recovery else { return };
        if original {
            self.recovery = None;
            return;
        }
        recovery.budget = (recovery.budget * 2).min(BURST);
        let (before, budget) = (recovery.before, recovery.budget);
        if self.doubtful(before, budget) == 0 {
            self.recovery = None;
        }
    }

    /// Queues the first `most` messages that were sent before `before` and have not arrived.
    fn doubtful(&mut self, before: u64, most: usize) -> usize {
        let mut found = 0;
        for (index, flight) in self.flight.iter_mut().enumerate() {
            if flight.order < before && !flight.arrived && !flight.queued {
                flight.queued = true;
                self.again.push_back(self.first + index as u64);
                found += 1;
                if found == most {
                    break;
                }
            }
        }
        found
    }

    fn relieved(&mut self) -> bool {
        let half = self.flight_bytes + self.backlog_bytes <= self.window_bytes / 2;
        let relieved = self.crowded && half && self.waiting() <= self.window_messages / 2;
        if relieved {
            self.crowded = false;
        }
        relieved
    }

    /// When to call `expire`.
    pub fn due(&self) -> Option<u64> {
        self.resend_at
    }

    /// Looks whether something has waited too long for its acknowledgement.
    pub fn expire(&mut self, now: u64) {
        if self.resend_at.is_some_and(|at| at <= now) {
            self.rtt.back_off();
            self.probe(now, 1);
        }
    }

    /// The way is there again: what was under way is in doubt.
    pub fn resume(&mut self, now: u64) {
        self.rtt.recover();
        self.probe(now, BURST);
    }

    fn probe(&mut self, now: u64, budget: usize) {
        self.resend_at = self.in_flight().then(|| now.saturating_add(self.rtt.timeout()));
        let before = self.order;
        self.recovery = Some(Recovery { before, budget });
        self.doubtful(before, budget);
    }
}
