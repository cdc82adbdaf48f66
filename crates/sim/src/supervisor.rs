//! Whoever decides that an atom is gone, and lets it go on from its newest image: a person, or a controller.
//!
//! It may be mistaken: whoever it cannot reach may well be alive. Then two lineages run until they meet, and the newer
//! one stays.

use crate::checkers::lineage;
use crate::clock::SECOND;
use crate::disk::Kept;
use crate::node::{Instance, Key, Node, Process};
use crate::plan::Sabotage;
use crate::world::{Event, World};
use sojourn_abi::Role;
use sojourn_kernel::Input;
use std::collections::BTreeMap;

/// How long an atom of which there is nothing left is waited for.
const GONE_NS: u64 = 4 * SECOND;
/// How long an atom that is held, or was released, is waited for.
const WAITS_NS: u64 = 25 * SECOND;

/// What it remembers.
#[derive(Debug, Default)]
pub(crate) struct Supervisor {
    missing_since: BTreeMap<String, u64>,
    lineages: BTreeMap<String, u64>,
}

impl World {
    /// Looks at all atoms, and restores those that seem to be gone.
    pub(crate) fn supervise(&mut self) {
        self.clock.after(SECOND, Event::Supervise);
        if self.still {
            return;
        }
        for atom in self.atoms.clone() {
            let gone = self.seems_gone(&atom);
            // For a durable atom nobody says that it is gone while it is not.
            let mistaken =
                self.plan.mistakes && self.turmoil() && !self.is_durable(&atom) && self.random.chance(50);
            if gone || (mistaken && !self.has_ended(&atom)) {
                self.restore(&atom);
            }
        }
    }

    pub(crate) fn has_ended(&self, atom: &str) -> bool {
        self.ended.iter().any(|(name, _)| name == atom)
    }

    /// What there is of an atom: somebody who speaks for it, and whether anything of it waits.
    pub(crate) fn presence_of(&self, atom: &str) -> (bool, bool) {
        let mut found = (false, false);
        for (_, process) in self.processes() {
            for (_, instance) in process.atoms.iter().filter(|((name, _), _)| name == atom) {
                found.0 |= instance.speaks();
                found.1 |= instance.waits();
            }
        }
        found
    }

    fn seems_gone(&mut self, atom: &str) -> bool {
        let (speaks, waits) = self.presence_of(atom);
        let now_ns = self.clock.now_ns();
        if speaks || self.has_ended(atom) {
            self.supervisor.missing_since.remove(atom);
            return false;
        }
        let since_ns = *self.supervisor.missing_since.entry(atom.into()).or_insert(now_ns);
        now_ns - since_ns >= if waits { WAITS_NS } else { GONE_NS }
    }

    /// The newest image of an atom on any disk whose node runs.
    pub(crate) fn newest_image(&self, atom: &str) -> Option<&Kept> {
        let disks = self.nodes.iter().filter(|node| node.process.is_some()).map(|node| &node.disk);
        disks.filter_map(|disk| disk.newest(atom)).max_by_key(|kept| kept.age())
    }

    /// Nodes that have nothing of an atom, and so can take it from an image.
    pub(crate) fn free_nodes(&self, atom: &str) -> Vec<usize> {
        let is_it = |(name, _): &Key| name == atom;
        let has = |process: &Process| process.atoms.keys().any(is_it) || process.incoming.keys().any(is_it);
        let free = |node: &Node| {
            node.role == Role::Node && node.process.as_ref().is_some_and(|process| !has(process))
        };
        (0..self.nodes.len()).filter(|index| free(&self.nodes[*index])).collect()
    }

    /// Lets an atom go on from its newest image, at a node that has nothing of it.
    fn restore(&mut self, atom: &str) {
        let stay = self.stay(atom);
        if stay.is_some_and(|node| self.nodes[node].process.is_none()) {
            // What is acknowledged is on its disk: it comes back.
            return;
        }
        let image = match stay {
            Some(node) => self.nodes[node].disk.newest(atom).cloned(),
            None => self.newest_image(atom).cloned(),
        };
        let Some(image) = image else { return };
        let places = self.free_nodes(atom);
        let Some(node) = self.random.pick(&places) else { return };
        let last = self.supervisor.lineages.get(atom).copied().unwrap_or(0).max(lineage(image.epoch));
        let keeps = self.plan.sabotage == Some(Sabotage::KeepsLineage);
        let epoch = if keeps { image.epoch + 1 } else { (last + 1) << 32 };
        let now_ns = self.clock.now_ns();
        let size = image.memory.len() as u64;
        let parts = (image.image.as_slice(), image.memory.clone(), image.baggage.as_slice());
        let Some(mut guest) = crate::node::guest(atom, parts.0, parts.1, size, parts.2, now_ns) else {
            return;
        };
        self.supervisor.lineages.insert(atom.into(), last + 1);
        self.supervisor.missing_since.remove(atom);
        self.restored += 1;
        match stay {
            Some(_) if self.plan.sabotage == Some(Sabotage::ForgetsJournal) => {}
            Some(node) => {
                self.recovered += 1;
                for post in self.nodes[node].disk.journal(atom) {
                    guest.mailbox.replay(post.clone());
                }
            }
            None => {
                if self.plan.sabotage != Some(Sabotage::KeepsRun) {
                    guest.mailbox.begin_anew(last + 2);
                }
                self.forgive(atom, now_ns);
                *self.restores.entry(atom.into()).or_default() += 1;
            }
        }
        self.trace.add(now_ns, || {
            format!("supervisor: {atom} goes on at {} from step {}", self.nodes[node].name, image.step)
        });
        let verdict = self.checkers.histories.restored(atom, (image.epoch, guest.step, guest.chain), epoch);
        self.judge(verdict);
        let Some(process) = &mut self.nodes[node].process else { return };
        process.atoms.insert((atom.into(), epoch), Instance::new(guest, true));
        self.start_stepping(node, &(atom.into(), epoch));
        self.opened(node, &(atom.into(), epoch));
        self.feed(node, Input::Own { atom: atom.into(), epoch });
    }
}
