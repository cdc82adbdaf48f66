//! Sessions: who is there, hellos, frames that come and go.

use crate::Output;
use crate::kernel::Kernel;
use crate::migrate::{source, target};
use crate::session::{Peer, State};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Code, Frame, Lane, Role, VERSION};

/// Clients that are remembered after they were forgotten.
const FORGOTTEN: usize = 4096;

/// What a hello says besides who says it.
pub(crate) struct Hello {
    pub to: Option<u64>,
    pub nonce: Option<u64>,
    pub answers: Option<u64>,
}

impl Kernel {
    pub(crate) fn up(&mut self, name: &str, incarnation: u64, role: Role) {
        // Clients have nothing to say to each other.
        if role == Role::Client && self.settings.role == Role::Client {
            return;
        }
        let Some(peer) = self.meet(name, role, incarnation) else { return };
        peer.visible = true;
        let known = peer.incarnation == Some(incarnation) && peer.stands();
        if !known && !peer.is_past(incarnation) {
            self.begin_greeting(name);
            self.greet(name);
        }
    }

    pub(crate) fn down(&mut self, name: &str, incarnation: u64) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        match peer.incarnation {
            None => {
                self.peers.remove(name);
            }
            Some(known) if known == incarnation => {
                peer.visible = false;
                peer.greeting = None;
                peer.heard_at = self.now;
                if peer.stands() {
                    self.fall_silent(name);
                }
            }
            // A process that never had a session, or one of the past.
            Some(_) => {
                if peer.stands() {
                    peer.greeting = None;
                }
            }
        }
    }

    /// Somebody by name; a newcomer when there is room for one.
    fn meet(&mut self, name: &str, role: Role, incarnation: u64) -> Option<&mut Peer> {
        if !self.peers.contains_key(name) {
            let ended = self.forgotten.iter().any(|(old, number)| old == name && *number == incarnation);
            let full = self.peers.len() >= self.settings.limits.peers;
            if ended || !self.is_name(name) || (full && !self.forget_somebody()) {
                self.counters.refused += 1;
                return None;
            }
            let peer = Peer::new(role, self.now, &self.settings.limits, &self.settings.times);
            self.peers.insert(name.into(), peer);
        }
        self.peers.get_mut(name)
    }

    /// Makes room for a newcomer: somebody who never had a session goes, or else whoever has been silent longest and
    /// has no part in a move.
    fn forget_somebody(&mut self) -> bool {
        let silent = self.peers.iter().filter(|(name, peer)| {
            !peer.stands()
                && !self.leaving.values().any(|leaving| leaving.target == **name)
                && !self.coming.values().any(|coming| coming.source == **name)
        });
        let oldest = silent
            .min_by_key(|(_, peer)| (peer.incarnation.is_some(), peer.heard_at))
            .map(|(name, _)| name.clone());
        oldest.is_some_and(|name| {
            self.forget(&name);
            true
        })
    }

    fn forget(&mut self, name: &str) {
        let Some(peer) = self.peers.remove(name) else { return };
        if let Some(incarnation) = peer.incarnation {
            self.forgotten.push_back((name.into(), incarnation));
            if self.forgotten.len() > FORGOTTEN {
                self.forgotten.pop_front();
            }
        }
    }

    /// Sends the hello that is due.
    fn greet(&mut self, name: &str) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        if peer.hello_due(self.now, &self.settings.times) {
            let to = if peer.state == State::Silent { peer.incarnation } else { None };
            let nonce = Some(peer.nonce);
            self.hello(name, to, nonce, None);
        }
    }

    fn hello(&mut self, name: &str, to_incarnation: Option<u64>, nonce: Option<u64>, answers: Option<u64>) {
        let frame = Frame::Hello {
            from: self.settings.name.clone(),
            incarnation: self.settings.incarnation,
            to_incarnation,
            role: self.settings.role,
            version: VERSION,
            nonce,
            answers,
        };
        self.transmit(name, &frame);
    }

    /// Tells a stranger that it may not join. Nothing is kept of strangers, so that they fill nothing.
    pub(crate) fn deny(&mut self, name: &str, code: Code) {
        self.counters.refused += 1;
        let second = self.now / 1_000_000_000;
        if self.denials.0 != second {
            self.denials = (second, 0);
        }
        // Not while somebody of this name is a member: it would only disturb that one.
        if !self.is_name(name) || self.stands(name) || self.denials.1 >= self.settings.limits.denials {
            return;
        }
        self.denials.1 += 1;
        let text = format!("{} does not let {name} in: {}", self.settings.name, code.text());
        let frame = Frame::Denied { from: self.settings.name.clone(), code: code.number(), text };
        self.transmit(name, &frame);
    }

    /// Whether it can be the name of somebody else.
    fn is_name(&self, name: &str) -> bool {
        let fits = !name.is_empty() && name.len() <= self.settings.limits.peer_name_bytes;
        fits && name.bytes().all(|byte| byte.is_ascii_graphic()) && !self.is_me(name)
    }

    pub(crate) fn heard_denial(&mut self, name: &str, code: u16, text: &str) {
        let text = self.for_people(text);
        let wait = self.settings.times.silence_ns;
        let Some(peer) = self.peers.get_mut(name) else { return };
        let asked = peer.incarnation.is_none() && peer.greeting.is_some();
        if !asked || peer.heard_denial_at.is_some_and(|at| self.now < at.saturating_add(wait)) {
            return;
        }
        peer.heard_denial_at = Some(self.now);
        if let Some(greeting) = &mut peer.greeting {
            greeting.wait = self.settings.times.hello_most_ns;
        }
        self.outputs.push_back(Output::Denied { by: name.into(), code: Code::of(code), text });
    }

    pub(crate) fn heard_hello(&mut self, name: &str, incarnation: u64, role: Role, hello: &Hello) {
        let proof = hello.to == Some(self.settings.incarnation);
        let now = self.now;
        let Some(peer) = self.meet(name, role, incarnation) else { return };
        if peer.is_past(incarnation) {
            self.counters.refused += 1;
            return;
        }
        if peer.incarnation != Some(incarnation) {
            // A late hello of a process between the one of the session and now must not end it: whoever takes its place
            // has to answer what this node asked only then.
            let fresh = peer.incarnation.is_none() || (peer.nonce != 0 && hello.answers == Some(peer.nonce));
            if proof && fresh {
                self.begin(name, incarnation, role);
                self.hello(name, Some(incarnation), None, hello.nonce);
            } else {
                let asks = peer.incarnation.is_some();
                if asks && peer.greeting.is_none() {
                    self.begin_greeting(name);
                }
                let nonce = self.peers.get(name).filter(|_| asks).map(|peer| peer.nonce);
                self.hello(name, Some(incarnation), nonce, hello.nonce);
            }
            return;
        }
        match (proof, peer.state) {
            (true, State::Standing) => {
                peer.greeting = None;
                peer.hear(now);
                self.touched.insert(name.into());
                if hello.nonce.is_some() {
                    self.hello(name, Some(incarnation), None, hello.nonce);
                } else {
                    self.acknowledge_at_once(name);
                }
            }
            (true, _) => {
                self.resume(name);
                self.hello(name, Some(incarnation), None, hello.nonce);
            }
            (false, _) => self.hello(name, Some(incarnation), None, hello.nonce),
        }
    }

    /// Begins to say hello, with a number that no hello of this process had before.
    fn begin_greeting(&mut self, name: &str) {
        self.nonces += 1;
        if let Some(peer) = self.peers.get_mut(name) {
            peer.greet(self.nonces, self.now, &self.settings.times);
        }
    }

    fn hear(&mut self, name: &str) {
        if let Some(peer) = self.peers.get_mut(name) {
            peer.hear(self.now);
            self.touched.insert(name.into());
        }
    }

    fn acknowledge_at_once(&mut self, name: &str) {
        let now = self.now;
        if let Some(peer) = self.peers.get_mut(name) {
            peer.link(Lane::Control).receiver.acknowledge_within(0, now);
            self.touched.insert(name.into());
        }
    }

    /// Whether a frame belongs to the session with its sender; says hello to whoever is mistaken.
    pub(crate) fn admit(&mut self, name: &str, incarnation: u64, to: u64) -> bool {
        let mine = to == self.settings.incarnation;
        let role = Role::Node;
        if let Some(peer) = self.peers.get_mut(name) {
            if mine && peer.incarnation == Some(incarnation) {
                if peer.state == State::Silent {
                    self.resume(name);
                    // It may have been sent long ago: only an answer shows that somebody is there.
                    self.hello(name, Some(incarnation), None, None);
                }
                self.hear(name);
                return true;
            }
            if peer.is_past(incarnation) || peer.greeting.is_some() {
                return false;
            }
        }
        if self.meet(name, role, incarnation).is_some() {
            self.begin_greeting(name);
            self.greet(name);
        }
        false
    }

    /// A session with a process begins, and the one before ends.
    fn begin(&mut self, name: &str, incarnation: u64, role: Role) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        let before = peer.state;
        let (limits, times) = (&self.settings.limits, &self.settings.times);
        for lane in [Lane::Control, Lane::Bulk] {
            self.counters.resent += peer.lane(lane).sender.resent();
            self.counters.repeated += peer.lane(lane).receiver.repeats();
        }
        let ended = peer.begin(incarnation, role, self.now, limits, times);
        if let Some(ended) = ended {
            debug_assert_ne!(before, State::Greeting, "a session has an incarnation");
            self.outputs.push_back(Output::Disconnected {
                peer: name.into(),
                incarnation: ended,
                gone: true,
            });
            self.leave_all(name, source::Event::Gone);
            self.come_all(name, target::Event::Gone);
        }
        if role == Role::Node
            && self.settings.role == Role::Node
            && let Some(peer) = self.peers.get_mut(name)
        {
            peer.news = self.directory.iter().map(|(atom, _)| atom.clone()).collect();
        }
        self.connected(name);
    }

    /// The session with a process that had fallen silent goes on.
    fn resume(&mut self, name: &str) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        peer.resume(self.now);
        peer.waiting_since = Some(self.now);
        self.connected(name);
    }

    fn connected(&mut self, name: &str) {
        let Some(peer) = self.peers.get(name) else { return };
        let (role, incarnation) = (peer.role, peer.incarnation.unwrap_or_default());
        self.outputs.push_back(Output::Connected { peer: name.into(), incarnation, role });
        self.touched.insert(name.into());
        self.leave_all(name, source::Event::Back);
        self.come_all(name, target::Event::Back);
    }

    fn fall_silent(&mut self, name: &str) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        peer.state = State::Silent;
        peer.waiting_since = None;
        let incarnation = peer.incarnation.unwrap_or_default();
        self.outputs.push_back(Output::Disconnected { peer: name.into(), incarnation, gone: false });
        self.leave_all(name, source::Event::Silent);
        self.come_all(name, target::Event::Silent);
    }

    /// Whether there is a session with somebody.
    pub(crate) fn stands(&self, name: &str) -> bool {
        self.peers.get(name).is_some_and(Peer::stands)
    }

    pub(crate) fn tick_peers(&mut self) {
        let names: Vec<String> = self.peers.keys().cloned().collect();
        for name in names {
            let (now, times) = (self.now, &self.settings.times);
            let Some(peer) = self.peers.get_mut(&name) else { continue };
            if peer.next_timeout(times).is_none_or(|at| at > now) {
                continue;
            }
            if peer.is_forgotten(now, times) {
                if peer.role == Role::Client || peer.incarnation.is_none() {
                    self.forget(&name);
                } else {
                    peer.heard_at = now;
                }
                continue;
            }
            if peer.is_overdue(now, times) {
                self.begin_greeting(&name);
                self.fall_silent(&name);
            } else if peer.stands() {
                peer.link(Lane::Control).sender.expire(now);
                peer.link(Lane::Bulk).sender.expire(now);
                self.touched.insert(name.clone());
            }
            self.greet(&name);
        }
    }
}
