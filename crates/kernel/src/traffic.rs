//! Frames that come and go: read, handed on, acknowledged, sent.

use crate::Output;
use crate::frame::Opened;
use crate::kernel::Kernel;
use crate::members::Hello;
use crate::session::State;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Code, Data, Frame, Lane, Message, Role, VERSION, decode, encode_after};

/// Places under way to a peer at once, so that news never crowd out what is said about moves.
const PLACES_AT_ONCE: usize = 256;

impl Kernel {
    pub(crate) fn transmit(&mut self, to: &str, frame: &Frame) {
        self.counters.sent += 1;
        self.outputs.push_back(Output::Transmit { to: to.into(), frame: self.seal.close(frame) });
    }

    pub(crate) fn frame(&mut self, bytes: &[u8]) {
        self.counters.received += 1;
        match self.seal.open(bytes) {
            Opened::Member(Frame::Hello {
                from,
                incarnation,
                to_incarnation: to,
                role,
                version,
                nonce,
                answers,
            }) => {
                if version == VERSION {
                    self.heard_hello(&from, incarnation, role, &Hello { to, nonce, answers });
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

    /// A message of the kernel's own. Those about its own moves are few; answers are as many as a peer asks for, so
    /// that there is an end to them: a peer that takes none of them loses them.
    pub(crate) fn say(&mut self, to: &str, lane: Lane, message: &Message) -> Option<u64> {
        let most = self.settings.limits.messages.saturating_mul(4);
        let peer = self.peers.get_mut(to).filter(|peer| peer.state != State::Greeting)?;
        let sender = &mut peer.link(lane).sender;
        if sender.waiting() >= most {
            self.counters.refused += 1;
            return None;
        }
        let sequence = sender.push(write(message));
        self.touched.insert(to.into());
        Some(sequence)
    }

    /// An answer to what a peer said: not when it takes none.
    pub(crate) fn reply(&mut self, to: &str, message: &Message) {
        let most = self.settings.limits.messages.saturating_mul(2);
        let waiting = self.peers.get(to).map_or(0, |peer| peer.lane(Lane::Control).sender.waiting());
        if waiting < most {
            self.say(to, Lane::Control, message);
        } else {
            self.counters.refused += 1;
        }
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
                let (aliases, version) = self.directory.told(&atom).unzip();
                let (epoch, node, alive) = (place.epoch, place.node.clone(), place.alive);
                let message = Message::Place { atom, epoch, node, alive, aliases, version };
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
