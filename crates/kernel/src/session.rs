//! Two processes that know each other: hello, two lanes, silence.
//!
//! A session is between two incarnations. It stands for a process when it has proof that the other knows its
//! incarnation: a hello, or anything else, that names it. So frames of a process that has ended open nothing.

use crate::limit::{Limits, Times};
use crate::link::Link;
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use sojourn_abi::{Lane, Role};

/// Where a session is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// There was none yet with this process.
    Greeting,
    /// It stands.
    Standing,
    /// It stood, and may again: nothing is lost.
    Silent,
}

/// Hellos until one is answered.
#[derive(Clone, Copy, Debug)]
pub struct Greeting {
    /// When the next one goes.
    pub at: u64,
    /// Time to the one after it.
    pub wait: u64,
}

/// Somebody else in the realm.
#[derive(Debug)]
pub struct Peer {
    /// Kind.
    pub role: Role,
    /// Where the session is.
    pub state: State,
    /// The process at its other end, once there was a session.
    pub incarnation: Option<u64>,
    /// Processes of this name that have ended.
    pub past: VecDeque<u64>,
    /// Whether the mesh sees it, as far as it said.
    pub visible: bool,
    /// Number in the hellos that are sent, for the answer to repeat it; 0 while none are.
    pub nonce: u64,
    /// Hellos to be sent.
    pub greeting: Option<Greeting>,
    /// Since when an answer is waited for.
    pub waiting_since: Option<u64>,
    /// When something came last.
    pub heard_at: u64,
    /// When it last said that this node may not join.
    pub heard_denial_at: Option<u64>,
    /// Atoms whose places it has yet to be told.
    pub news: BTreeSet<String>,
    control: Link,
    bulk: Link,
}

impl Peer {
    /// Somebody new.
    pub fn new(role: Role, now: u64, limits: &Limits, times: &Times) -> Self {
        Self {
            role,
            state: State::Greeting,
            incarnation: None,
            past: VecDeque::new(),
            visible: true,
            nonce: 0,
            greeting: None,
            waiting_since: None,
            heard_at: now,
            heard_denial_at: None,
            news: BTreeSet::new(),
            control: Link::new(Lane::Control, limits, times),
            bulk: Link::new(Lane::Bulk, limits, times),
        }
    }

    /// A lane.
    pub fn link(&mut self, lane: Lane) -> &mut Link {
        match lane {
            Lane::Control => &mut self.control,
            Lane::Bulk => &mut self.bulk,
        }
    }

    /// A lane, to look at.
    pub fn lane(&self, lane: Lane) -> &Link {
        match lane {
            Lane::Control => &self.control,
            Lane::Bulk => &self.bulk,
        }
    }

    /// Whether it can be talked to.
    pub fn stands(&self) -> bool {
        self.state == State::Standing
    }

    /// Begins to say hello, at once.
    pub fn greet(&mut self, nonce: u64, now: u64, times: &Times) {
        self.nonce = nonce;
        self.greeting = Some(Greeting { at: now, wait: times.hello_ns });
    }

    /// Whether a hello has to go now; the next one goes after twice as long.
    pub fn hello_due(&mut self, now: u64, times: &Times) -> bool {
        let Some(greeting) = &mut self.greeting else { return false };
        if greeting.at > now {
            return false;
        }
        greeting.at = now.saturating_add(greeting.wait);
        greeting.wait = greeting.wait.saturating_mul(2).min(times.hello_most_ns);
        true
    }

    /// A session with a process begins: lanes from 0. Returns the process of the one that it ends.
    pub fn begin(
        &mut self,
        incarnation: u64,
        role: Role,
        now: u64,
        limits: &Limits,
        times: &Times,
    ) -> Option<u64> {
        let ended = self.incarnation.replace(incarnation);
        if let Some(ended) = ended {
            self.past.push_back(ended);
            if self.past.len() > limits.past {
                self.past.pop_front();
            }
        }
        self.role = role;
        self.control = Link::new(Lane::Control, limits, times);
        self.bulk = Link::new(Lane::Bulk, limits, times);
        self.news.clear();
        self.stand(now);
        ended
    }

    /// The session stands, or stands again.
    pub fn stand(&mut self, now: u64) {
        self.state = State::Standing;
        self.visible = true;
        self.greeting = None;
        self.nonce = 0;
        self.heard_denial_at = None;
        self.hear(now);
    }

    /// Something came.
    pub fn hear(&mut self, now: u64) {
        self.heard_at = now;
        self.waiting_since = None;
    }

    /// What was under way is sent again.
    pub fn resume(&mut self, now: u64) {
        self.stand(now);
        self.control.sender.resume(now);
        self.bulk.sender.resume(now);
    }

    /// When `tick` has something to do for it.
    pub fn next_timeout(&self, times: &Times) -> Option<u64> {
        let mut timeouts = [None; 6];
        timeouts[0] = self.greeting.map(|greeting| greeting.at);
        if self.stands() {
            timeouts[1] = self.control.sender.due();
            timeouts[2] = self.bulk.sender.due();
            timeouts[3] = self.control.receiver.due();
            timeouts[4] = self.bulk.receiver.due();
            timeouts[5] = self.waiting_since.map(|since| since.saturating_add(times.silence_ns));
        } else if !self.visible {
            timeouts[1] = Some(self.heard_at.saturating_add(times.forget_ns));
        }
        timeouts.into_iter().flatten().min()
    }

    /// Whether nothing has been heard for longer than an answer may take.
    pub fn is_overdue(&self, now: u64, times: &Times) -> bool {
        self.stands() && self.waiting_since.is_some_and(|since| since.saturating_add(times.silence_ns) <= now)
    }

    /// Whether it can be forgotten: it went without a word, long ago.
    pub fn is_forgotten(&self, now: u64, times: &Times) -> bool {
        !self.visible && !self.stands() && self.heard_at.saturating_add(times.forget_ns) <= now
    }

    /// Whether a frame of this process is one of the past.
    pub fn is_past(&self, incarnation: u64) -> bool {
        self.past.contains(&incarnation)
    }
}
