//! The node that an atom comes to.

use super::{Incoming, Instance, Job, Key};
use crate::checkers::{Property, breach};
use crate::guest::{Guest, Ring};
use crate::plan::{Point, Sabotage};
use crate::talk;
use crate::world::{LEASE_NS, World};
use sojourn_abi::{Baggage, Code, Piece, decode};
use sojourn_kernel::Input;
use sojourn_post::Mailbox;

/// Offers in a thousand that are declined.
const DECLINED: u64 = 80;
/// Atoms in a thousand that cannot be put together.
const SPOILED: u64 = 50;
/// Bytes of a memory, at most.
const MEMORY_BYTES: u64 = 1 << 20;

/// An atom from what came of it.
pub(crate) fn guest(
    name: &str,
    image: &[u8],
    mut memory: Vec<u8>,
    size: u64,
    baggage: &[u8],
    now_ns: u64,
) -> Option<Guest> {
    let baggage: Baggage = decode(baggage)?;
    memory.resize(usize::try_from(size.min(MEMORY_BYTES)).ok()?, 0);
    let output = baggage.stdout;
    let lease_ns = now_ns + LEASE_NS;
    let ring = Ring { start: output.start, bytes: output.bytes, read: output.read, lease_ns };
    let mailbox = match baggage.mailbox {
        Some(bytes) => Mailbox::from_bytes(&bytes, talk::limits())?,
        None => Mailbox::new(name, 1, talk::limits()),
    };
    Guest::from_image(image, memory, ring, mailbox)
}

impl World {
    fn declines(&mut self, per_mille: u64) -> bool {
        self.plan.crash.is_none() && self.turmoil() && self.random.chance(per_mille)
    }

    pub(super) fn decide(&mut self, node: usize, key: Key, source: String) {
        let serial = self.serial();
        let Some(process) = &mut self.nodes[node].process else { return };
        let here = process.atoms.iter().any(|((name, _), instance)| *name == key.0 && instance.speaks());
        process.incoming.insert(key.clone(), Incoming { serial, source, ..Incoming::default() });
        if here {
            process.incoming.remove(&key);
            let (atom, epoch) = key;
            let text = "it runs here".into();
            return self.feed(node, Input::Declined { atom, epoch, code: Code::AlreadyRuns, text });
        }
        let delay_ns = self.draw_delay();
        self.later(node, delay_ns, Job::Decide(key, serial));
    }

    fn incoming(&mut self, node: usize, key: &Key, serial: u64) -> Option<&mut Incoming> {
        let incoming = self.nodes[node].process.as_mut()?.incoming.get_mut(key)?;
        (incoming.serial == serial).then_some(incoming)
    }

    /// It is known whether an atom is taken.
    pub(crate) fn decided(&mut self, node: usize, key: Key, serial: u64) {
        if self.incoming(node, &key, serial).is_none() {
            return;
        }
        if self.declines(DECLINED) {
            return self.decline(node, key, "no room for it");
        }
        let input = Input::Taken { atom: key.0.clone(), epoch: key.1 };
        self.feed_at(node, input, Point::Accepted, &key.0);
    }

    fn decline(&mut self, node: usize, key: Key, why: &str) {
        if let Some(process) = &mut self.nodes[node].process {
            process.incoming.remove(&key);
        }
        let (atom, epoch) = key;
        self.feed(node, Input::Declined { atom, epoch, code: Code::NoRoom, text: why.into() });
    }

    pub(super) fn pages(&mut self, node: usize, key: &Key, size: u64, pieces: &[Piece]) {
        let Some(process) = &mut self.nodes[node].process else { return };
        let Some(incoming) = process.incoming.get_mut(key) else { return };
        let first = !std::mem::replace(&mut incoming.begun, true);
        incoming.memory.resize(usize::try_from(size.min(MEMORY_BYTES)).expect("small"), 0);
        for piece in pieces {
            let start = usize::try_from(piece.offset).unwrap_or(usize::MAX);
            let end = start.saturating_add(piece.stored.len());
            if let Some(place) = incoming.memory.get_mut(start..end) {
                place.copy_from_slice(&piece.stored);
            }
        }
        if first {
            self.reached(node, Point::FirstPages, &key.0);
        }
    }

    pub(super) fn build(&mut self, node: usize, key: Key, image: Vec<u8>, size: u64, baggage: Vec<u8>) {
        self.reached(node, Point::Build, &key.0);
        let Some(process) = &mut self.nodes[node].process else { return };
        let Some(incoming) = process.incoming.get_mut(&key) else { return };
        let serial = incoming.serial;
        let delay_ns = self.draw_delay();
        self.later(node, delay_ns, Job::Build { key, serial, image, size, baggage });
    }

    /// An atom is put together.
    pub(crate) fn built(&mut self, node: usize, key: Key, serial: u64, parts: (&[u8], u64, &[u8])) {
        let (image, size, baggage) = parts;
        let now_ns = self.clock.now_ns();
        let sabotage = self.plan.sabotage;
        let Some(incoming) = self.incoming(node, &key, serial) else { return };
        if sabotage == Some(Sabotage::NeverBuilt) {
            return;
        }
        let memory = std::mem::take(&mut incoming.memory);
        let source = incoming.source.clone();
        if self.declines(SPOILED) {
            return self.decline(node, key, "it cannot be put together");
        }
        let Some(guest) = guest(&key.0, image, memory, size, baggage, now_ns) else {
            return self.judge(breach(Property::History, format!("{} came as what is no atom", key.0)));
        };
        let verdict = self.checkers.histories.built(&key.0, key.1, guest.digest());
        self.judge(verdict);
        let Some(process) = &mut self.nodes[node].process else { return };
        process.incoming.remove(&key);
        let mut instance = Instance::new(guest, sabotage == Some(Sabotage::OpensEarly));
        instance.source = Some(source);
        let here = (key.0.clone(), key.1 + 1);
        process.atoms.insert(here.clone(), instance);
        self.start_stepping(node, &here);
        let input = Input::Built { atom: key.0.clone(), epoch: key.1 };
        self.feed_at(node, input, Point::Ready, &key.0);
    }

    pub(super) fn open(&mut self, node: usize, key: &Key) {
        let now_ns = self.clock.now_ns();
        let Some(process) = &mut self.nodes[node].process else { return };
        let incarnation = process.incarnation;
        let Some(instance) = process.atoms.get_mut(key) else {
            let text = format!("{} opens {}, which is not there", self.nodes[node].name, key.0);
            return self.judge(breach(Property::Moves, text));
        };
        instance.open = true;
        // Nobody could read while it was held, however long that took.
        instance.guest.output.lease_ns = now_ns + LEASE_NS;
        self.checkers.moves.opened(&key.0, key.1);
        let verdict = self.checkers.histories.opened(incarnation, &key.0, key.1);
        self.judge(verdict);
        self.start_stepping(node, key);
        self.opened(node, key);
        self.reached(node, Point::ReleaseReceived, &key.0);
    }

    pub(super) fn discard(&mut self, node: usize, key: &Key) {
        let Some(process) = &mut self.nodes[node].process else { return };
        process.incoming.remove(key);
        let here = (key.0.clone(), key.1 + 1);
        let Some(instance) = process.atoms.get(&here) else { return };
        if instance.open && self.plan.sabotage.is_none() {
            let text = format!("{} drops {}, for which it speaks", self.nodes[node].name, key.0);
            return self.judge(breach(Property::Moves, text));
        }
        let waiting = process.atoms.remove(&here).map(|instance| instance.waiting);
        self.checkers.histories.dropped(process.incarnation, &here.0, here.1);
        self.follow(node, waiting.unwrap_or_default());
    }
}
