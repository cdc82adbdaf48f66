//! What a node does besides moves: it lets atoms run, answers requests, keeps images.

use super::source::kept;
use super::{Job, Key, Phase};
use crate::checkers::history::Step;
use crate::clock::{MS, SECOND};
use crate::disk::Kept;
use crate::guest::RING_BYTES;
use crate::plan::Sabotage;
use crate::world::{LEASE_NS, World};
use sojourn_abi::{Code, Lane, Message, Request, Response, decode, encode};
use sojourn_kernel::Input;

/// Bytes of an answer, at most.
const ANSWER_BYTES: u64 = 3000;
/// Tells an answer to `Request::Node` from one to a reader.
const PING: u64 = u64::MAX;

impl World {
    /// Lets an atom make steps, unless it does.
    pub(crate) fn start_stepping(&mut self, node: usize, key: &Key) {
        let Some(instance) = self.instance(node, key) else { return };
        if !std::mem::replace(&mut instance.stepping, true) {
            let delay_ns = self.draw_step();
            self.later(node, delay_ns, Job::Step(key.clone()));
        }
    }

    fn draw_step(&mut self) -> u64 {
        let slow = if self.turmoil() { 1 } else { 20 };
        slow * self.random.between(2 * MS, 20 * MS)
    }

    /// An atom makes a step, or ends.
    pub(crate) fn step(&mut self, node: usize, key: &Key) {
        let now_ns = self.clock.now_ns();
        let still = self.still;
        let Some(process) = &mut self.nodes[node].process else { return };
        let incarnation = process.incarnation;
        let Some(instance) = process.atoms.get_mut(key) else { return };
        let ends = instance.guest.ended() && instance.open;
        if matches!(instance.phase, Phase::Running | Phase::Halting) && ends {
            return self.end(node, key);
        }
        if !instance.runs() || still {
            instance.stepping = false;
            return;
        }
        self.talk(node, key);
        let Some(process) = &mut self.nodes[node].process else { return };
        let Some(instance) = process.atoms.get_mut(key) else { return };
        let unseen = !instance.open && instance.guest.output.bytes.len() + 8 > RING_BYTES;
        if !unseen && !instance.guest.output.full(now_ns) {
            let before = instance.guest.chain;
            let said = instance.guest.step(self.random.number());
            let step = Step { before, after: instance.guest.chain, number: instance.guest.step, said };
            if instance.open {
                let verdict = self.checkers.histories.stepped(&key.0, key.1, &step);
                self.judge(verdict);
            } else {
                self.checkers.histories.held(incarnation, &key.0, key.1, step);
            }
        }
        let delay_ns = self.draw_step();
        self.later(node, delay_ns, Job::Step(key.clone()));
    }

    /// An atom ends, by itself or because somebody stops it.
    pub(crate) fn end(&mut self, node: usize, key: &Key) {
        let Some(instance) = self.instance(node, key) else { return };
        instance.phase = Phase::Ended;
        instance.copy = None;
        instance.stepping = false;
        self.ended.insert((key.0.clone(), crate::checkers::lineage(key.1)));
        self.feed(node, Input::Ended { atom: key.0.clone() });
    }

    pub(super) fn room(&mut self, node: usize, peer: &str) {
        let Some(process) = &self.nodes[node].process else { return };
        let leaving = process
            .atoms
            .iter()
            .filter(|(_, instance)| instance.copy.as_ref().is_some_and(|copy| copy.target == peer));
        let keys: Vec<Key> = leaving.map(|(key, _)| key.clone()).collect();
        for key in keys {
            self.pump(node, &key);
        }
    }

    /// Somebody asks whether a node is there.
    pub(crate) fn ask(&mut self, node: usize, to: usize) {
        let id = self.serial();
        let name = self.nodes[to].name.clone();
        let Some(process) = &self.nodes[node].process else { return };
        let Some(session) = process.sessions.get(&name) else { return };
        self.checkers.asks.asked(id, process.incarnation, *session);
        let lane = if self.random.chance(800) { Lane::Control } else { Lane::Bulk };
        self.send(node, &name, lane, Message::Ask { id, to: None, request: Request::Node {} });
    }

    /// A request is answered.
    pub(crate) fn answer(&mut self, node: usize, to: &str, id: u64, request: Request) {
        let response = if let Request::Read { atom, from, most, .. } = request {
            self.serve_output(node, &atom, from, most, id)
        } else {
            let bytes = vec![7; usize::try_from(self.random.below(ANSWER_BYTES)).expect("small")];
            Response::Output { from: PING, bytes, end: true }
        };
        self.send(node, to, Lane::Control, Message::Answer { id, response });
    }

    /// Output of an atom from a byte on.
    pub(crate) fn serve_output(
        &mut self,
        node: usize,
        atom: &str,
        from: u64,
        most: u32,
        id: u64,
    ) -> Response {
        let now_ns = self.clock.now_ns();
        let shows = self.plan.sabotage == Some(Sabotage::ShowsHeld);
        let repeats = self.plan.sabotage == Some(Sabotage::RepeatsOutput);
        let elsewhere = || Response::failed(Code::NotRunning, format!("{atom} does not run there"));
        let Some(process) = &mut self.nodes[node].process else { return elsewhere() };
        let here = process.atoms.iter_mut().rev().find(|((name, _), instance)| {
            name == atom && (instance.speaks() || instance.phase == Phase::Ended || shows)
        });
        let Some((key, instance)) = here else { return elsewhere() };
        // Who begins to read once all has been sent would not be known where it goes.
        let sealed = instance.copy.as_ref().is_some_and(|copy| copy.sealed);
        if sealed && instance.guest.output.read.is_none() {
            return elsewhere();
        }
        let ring = &mut instance.guest.output;
        ring.read = Some(from);
        ring.lease_ns = now_ns + LEASE_NS;
        // Whoever is further than the atom read an older lineage: that tells nothing about what is read of this one.
        if !repeats && from <= ring.end() {
            ring.forget(from);
        }
        let start = if from > ring.end() { ring.end() } else { from.max(ring.start) };
        let start = if repeats && from > ring.start + 9 { from - 9 } else { start };
        let skip = usize::try_from(start - ring.start).expect("in the ring");
        let bytes: Vec<u8> = ring.bytes.iter().skip(skip).take(most as usize).copied().collect();
        let (epoch, end) = (key.1, instance.phase == Phase::Ended);
        let verdict = self.checkers.histories.said(atom, epoch, start, &bytes);
        self.checkers.readers.served(atom, now_ns);
        self.served(atom, id, epoch);
        self.judge(verdict);
        Response::Output { from: start, bytes, end }
    }

    pub(super) fn answered(&mut self, id: u64, response: Response) {
        let Some(response) = self.take_reading(id, response) else { return };
        // What a reader no longer waits for comes all the same.
        if matches!(response, Response::Output { from: PING, .. }) {
            let verdict = self.checkers.asks.answered(id);
            self.judge(verdict);
        }
    }

    /// A message could not be sent: answers are tried again, since whoever asked waits.
    pub(super) fn not_sent(&mut self, node: usize, to: &str, message: Message) {
        match message {
            Message::Answer { .. } => {
                let again = Job::Again { to: to.into(), lane: Lane::Control, message };
                self.later(node, SECOND / 4, again);
            }
            Message::Ask { id, request: Request::Node {}, .. } => self.checkers.asks.failed(id),
            _ => {}
        }
    }

    /// Keeps an image of an atom here, and a copy at another node.
    pub(crate) fn checkpoint(&mut self, node: usize, key: &Key, copy_at: usize) {
        let Some(instance) = self.instance(node, key) else { return };
        if !instance.speaks() || !instance.runs() {
            return;
        }
        let image = kept(key, &instance.guest);
        let bytes = write(&image);
        self.nodes[node].disk.write(image);
        let delay_ns = self.draw_delay();
        self.later(node, delay_ns, Job::Sync);
        if copy_at != node {
            let to = self.nodes[copy_at].name.clone();
            let message = Message::Content { hash: [0; 32], size: bytes.len() as u64, offset: 0, bytes };
            self.send(node, &to, Lane::Bulk, message);
        }
    }

    /// A copy of an image has come.
    pub(super) fn keep_copy(&mut self, node: usize, bytes: &[u8]) {
        let Some(image) = read(bytes) else { return };
        self.nodes[node].disk.write(image);
        let delay_ns = self.draw_delay();
        self.later(node, delay_ns, Job::Sync);
    }
}

/// An image as bytes: the parts that a node would send are records of the wire already.
fn write(kept: &Kept) -> Vec<u8> {
    encode(&Message::Final {
        atom: kept.atom.clone(),
        epoch: kept.epoch,
        image: [kept.step.to_le_bytes().as_slice(), &kept.image].concat(),
        sizes: Vec::new(),
        baggage: encode(&Message::Content {
            hash: [0; 32],
            size: 0,
            offset: kept.baggage.len() as u64,
            bytes: [kept.baggage.as_slice(), &kept.memory].concat(),
        }),
    })
}

fn read(bytes: &[u8]) -> Option<Kept> {
    let Message::Final { atom, epoch, image, baggage, .. } = decode(bytes)? else { return None };
    let Message::Content { offset, bytes, .. } = decode(&baggage)? else { return None };
    let (step, image) = image.split_at_checked(8)?;
    let (baggage, memory) = bytes.split_at_checked(usize::try_from(offset).ok()?)?;
    let step = u64::from_le_bytes(step.try_into().ok()?);
    Some(Kept {
        atom,
        epoch,
        step,
        image: image.to_vec(),
        memory: memory.to_vec(),
        baggage: baggage.to_vec(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_image_comes_back_from_its_bytes() {
        let kept = Kept {
            atom: "a".into(),
            epoch: 5,
            step: 6,
            image: vec![1, 2],
            memory: vec![3; 100],
            baggage: vec![4; 7],
        };
        assert_eq!(read(&write(&kept)), Some(kept));
        assert_eq!(read(b"nonsense"), None);
    }
}
