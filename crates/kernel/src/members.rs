//! Sessions: who is there, hellos, frames that come and go.

use crate::Output;
use crate::frame::Opened;
use crate::kernel::Kernel;
use crate::migrate::{source, target};
use crate::session::{Peer, State};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use sojourn_abi::{Code, Data, Frame, Lane, Message, Role, VERSION, decode, encode_after};

/// Clients that are remembered after they were forgotten.
const FORGOTTEN: usize = 4096;
/// Places under way to a peer at once, so that news never crowd out what is said about moves.
const PLACES_AT_ONCE: usize = 256;

impl Kernel {
    pub(crate) fn up(&mut self, name: &str, incarnation: u64, role: Role) {
        // Clients have nothing to say to each other.
        if role == Role::Client && self.settings.role == Role::Client {
            return;
        }
        let (now, times) = (self.now, self.settings.times.clone());
        let Some(peer) = self.meet(name, role, incarnation) else { return };
        peer.visible = true;
        let known = peer.incarnation == Some(incarnation) && peer.stands();
        if !known && !peer.is_past(incarnation) {
            peer.greet(now, &times);
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
            self.hello(name, to);
        }
    }

    fn hello(&mut self, name: &str, to_incarnation: Option<u64>) {
        let frame = Frame::Hello {
            from: self.settings.name.clone(),
            incarnation: self.settings.incarnation,
            to_incarnation,
            role: self.settings.role,
            version: VERSION,
        };
        self.transmit(name, &frame);
    }

    fn transmit(&mut self, to: &str, frame: &Frame) {
        self.counters.sent += 1;
        self.outputs.push_back(Output::Transmit { to: to.into(), frame: self.seal.close(frame) });
    }

    pub(crate) fn frame(&mut self, bytes: &[u8]) {
        self.counters.received += 1;
        match self.seal.open(bytes) {
            Opened::Member(Frame::Hello { from, incarnation, to_incarnation, role, version }) => {
                if version == VERSION {
                    self.heard_hello(&from, incarnation, to_incarnation, role);
                } else {
                    self.deny(&from, Code::WrongVersion);
                }
            }
            Opened::Data(data) => self.heard_data(data),
            Opened::Member(Frame::Data {
                from,
                incarnation,
                to_incarnation,
                lane,
                sequence,
                next,
                payload,
            }) => {
                let payload = &payload;
                self.heard_data(Data {
                    from: &from,
                    incarnation,
                    to_incarnation,
                    lane,
                    sequence,
                    next,
                    payload,
                });
            }
            Opened::Member(Frame::Ack { from, incarnation, to_incarnation, lane, next, beyond, room }) => {
                if self.admit(&from, incarnation, to_incarnation) {
                    self.acknowledged(&from, lane, next, &beyond, Some(room));
                }
            }
            Opened::Member(Frame::Denied { from, code, text })
            | Opened::Anybody(Frame::Denied { from, code, text }) => self.heard_denial(&from, code, &text),
            Opened::Stranger(Frame::Hello { from, version, .. }) => {
                let code = if version == VERSION { Code::NotAllowed } else { Code::WrongVersion };
                self.deny(&from, code);
            }
            Opened::Anybody(_) | Opened::Stranger(_) | Opened::Unreadable | Opened::Noise => {
                self.counters.refused += 1;
            }
        }
    }

    /// Tells a stranger that it may not join. Nothing is kept of strangers, so that they fill nothing.
    fn deny(&mut self, name: &str, code: Code) {
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

    fn heard_denial(&mut self, name: &str, code: u16, text: &str) {
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

    fn heard_hello(&mut self, name: &str, incarnation: u64, to: Option<u64>, role: Role) {
        let proof = to == Some(self.settings.incarnation);
        let Some(peer) = self.meet(name, role, incarnation) else { return };
        if peer.is_past(incarnation) {
            self.counters.refused += 1;
            return;
        }
        if peer.incarnation != Some(incarnation) {
            if proof {
                self.begin(name, incarnation, role);
            }
            self.hello(name, Some(incarnation));
            return;
        }
        match (proof, peer.state) {
            (true, State::Standing) => {
                peer.greeting = None;
                self.hear(name);
                self.acknowledge_at_once(name);
            }
            (true, _) => {
                self.resume(name);
                self.hello(name, Some(incarnation));
            }
            (false, _) => self.hello(name, Some(incarnation)),
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
    fn admit(&mut self, name: &str, incarnation: u64, to: u64) -> bool {
        let mine = to == self.settings.incarnation;
        let role = Role::Node;
        let (now, times) = (self.now, self.settings.times.clone());
        if let Some(peer) = self.peers.get_mut(name) {
            if mine && peer.incarnation == Some(incarnation) {
                if peer.state == State::Silent {
                    self.resume(name);
                    // It may have been sent long ago: only an answer shows that somebody is there.
                    self.hello(name, Some(incarnation));
                }
                self.hear(name);
                return true;
            }
            if peer.is_past(incarnation) || peer.greeting.is_some() {
                return false;
            }
        }
        if let Some(peer) = self.meet(name, role, incarnation) {
            peer.greet(now, &times);
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

    fn acknowledged(&mut self, name: &str, lane: Lane, next: u64, beyond: &[u64], room: Option<u64>) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        let sender = &mut peer.link(lane).sender;
        let progress = sender.acknowledge(next, beyond, room, self.now);
        let first = sender.first();
        if lane == Lane::Bulk && progress.advanced {
            self.copied(name, first);
        }
        if lane == Lane::Bulk && progress.relieved {
            self.outputs.push_back(Output::Room { peer: name.into() });
        }
    }

    fn heard_data(&mut self, data: Data<'_>) {
        let (name, lane) = (data.from, data.lane);
        if !self.admit(name, data.incarnation, data.to_incarnation) {
            return;
        }
        self.acknowledged(name, lane, data.next, &[], None);
        let now = self.now;
        let Some(peer) = self.peers.get_mut(name) else { return };
        let role = peer.role;
        if peer.link(lane).receiver.accept(data.sequence, data.payload, now) {
            self.read(name, role, data.payload);
            while let Some(payload) =
                self.peers.get_mut(name).and_then(|peer| peer.link(lane).receiver.follow())
            {
                self.read(name, role, &payload);
            }
        }
    }

    fn read(&mut self, from: &str, role: Role, payload: &[u8]) {
        match decode(payload) {
            Some(message) => self.message(from, role, message),
            None => self.counters.refused += 1,
        }
    }

    fn message(&mut self, from: &str, role: Role, message: Message) {
        let deliver = matches!(
            message,
            Message::Want { .. }
                | Message::Content { .. }
                | Message::Lacking { .. }
                | Message::Ask { .. }
                | Message::Answer { .. }
                | Message::Relay { .. }
        );
        if deliver {
            self.outputs.push_back(Output::Deliver { from: from.into(), message });
        } else if role == Role::Node && self.settings.role == Role::Node {
            self.between_nodes(from, message);
        } else {
            // Clients have no atoms, and no say in moves.
            self.counters.refused += 1;
        }
    }

    pub(crate) fn send_for_node(&mut self, to: String, lane: Lane, message: Message) {
        let most = self.settings.limits.messages;
        let bytes = match lane {
            Lane::Control => self.settings.limits.control_bytes,
            Lane::Bulk => self.settings.limits.bulk_bytes,
        };
        let Some(peer) = self.peers.get_mut(&to).filter(|peer| peer.stands()) else {
            self.outputs.push_back(Output::Undelivered { to, message });
            return;
        };
        let payload = write(&message);
        let sender = &mut peer.link(lane).sender;
        // Whoever looked at the room may be a message or so late; one that never fits goes when nothing else waits.
        let fits = match lane {
            Lane::Control => sender.room() >= payload.len() as u64 || sender.waiting() == 0,
            Lane::Bulk => sender.room() > 0 || sender.waiting() == 0 || sender.backlog_bytes() < bytes,
        };
        if fits && sender.waiting() < 2 * most {
            sender.push(payload);
            self.touched.insert(to);
        } else {
            self.outputs.push_back(Output::Undelivered { to, message });
        }
    }

    /// A message of the kernel's own: their number is bounded by that of moves.
    pub(crate) fn say(&mut self, to: &str, lane: Lane, message: &Message) -> Option<u64> {
        let peer = self.peers.get_mut(to).filter(|peer| peer.state != State::Greeting)?;
        let sequence = peer.link(lane).sender.push(write(message));
        self.touched.insert(to.into());
        Some(sequence)
    }

    /// Whether there is a session with somebody.
    pub(crate) fn stands(&self, name: &str) -> bool {
        self.peers.get(name).is_some_and(Peer::stands)
    }

    /// A text of somebody else, fit to be shown: one line, not too long.
    pub(crate) fn for_people(&self, text: &str) -> String {
        let line = text.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
        let mut shown = String::new();
        for letter in line {
            if shown.len() + letter.len_utf8() > self.settings.limits.text_bytes {
                break;
            }
            shown.push(letter);
        }
        shown
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
                peer.greet(now, times);
                self.fall_silent(&name);
            } else if peer.stands() {
                peer.link(Lane::Control).sender.expire(now);
                peer.link(Lane::Bulk).sender.expire(now);
                self.touched.insert(name.to_string());
            }
            self.greet(&name);
        }
    }

    /// Sends what can be sent.
    pub(crate) fn flush(&mut self) {
        while let Some(name) = self.touched.pop_first() {
            if self.stands(&name) {
                self.flush_news(&name);
                self.flush_lane(&name, Lane::Control);
                self.flush_lane(&name, Lane::Bulk);
                self.await_answer(&name);
            }
        }
    }

    fn flush_news(&mut self, name: &str) {
        let Some(peer) = self.peers.get_mut(name) else { return };
        while peer.link(Lane::Control).sender.waiting() < PLACES_AT_ONCE
            && let Some(atom) = peer.news.pop_first()
        {
            if let Some(place) = self.directory.get(&atom) {
                let message =
                    Message::Place { epoch: place.epoch, node: place.node.clone(), alive: place.alive, atom };
                peer.link(Lane::Control).sender.push(write(&message));
            }
        }
    }

    fn flush_lane(&mut self, name: &str, lane: Lane) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(name) else { return };
        let to_incarnation = peer.incarnation.unwrap_or_default();
        let link = peer.link(lane);
        while let Some((sequence, payload)) = link.sender.poll(now) {
            let next = link.receiver.next();
            let frame = Frame::Data {
                from: self.settings.name.clone(),
                incarnation: self.settings.incarnation,
                to_incarnation,
                lane,
                sequence,
                next,
                payload: core::mem::take(payload),
            };
            let bytes = self.seal.close(&frame);
            if let Frame::Data { payload: written, .. } = frame {
                *payload = written;
            }
            self.counters.sent += 1;
            self.outputs.push_back(Output::Transmit { to: name.into(), frame: bytes });
            if !link.receiver.has_gaps() {
                link.receiver.acknowledged();
            }
        }
        if link.receiver.due().is_some_and(|due| due <= now) {
            link.receiver.acknowledged();
            let frame = Frame::Ack {
                from: self.settings.name.clone(),
                incarnation: self.settings.incarnation,
                to_incarnation,
                lane,
                next: link.receiver.next(),
                beyond: link.receiver.beyond(),
                room: link.receiver.room(),
            };
            self.counters.sent += 1;
            self.outputs.push_back(Output::Transmit { to: name.into(), frame: self.seal.close(&frame) });
        }
    }

    fn await_answer(&mut self, name: &str) {
        let now = self.now;
        let Some(peer) = self.peers.get_mut(name) else { return };
        if peer.lane(Lane::Control).sender.in_flight() || peer.lane(Lane::Bulk).sender.in_flight() {
            peer.waiting_since.get_or_insert(now);
        }
    }
}

/// A message as bytes, in memory that fits.
fn write(message: &Message) -> Vec<u8> {
    let bulk = match message {
        Message::Pages { pieces, .. } => pieces.iter().map(|piece| piece.stored.len() + 32).sum(),
        Message::Final { image, baggage, .. } => image.len() + baggage.len(),
        Message::Content { bytes, .. } => bytes.len(),
        Message::Relay { body, .. } => body.len(),
        _ => 0,
    };
    encode_after(Vec::with_capacity(bulk + 128), message)
}
