//! Whether everything is in order, and what there is in the end.

use crate::checkers::stuck::{self, Rest};
use crate::checkers::{Property, breach};
use crate::fault::connected;
use crate::node::{Instance, Phase};
use crate::world::World;
use sojourn_abi::Role;

/// Whether a receiver has heard a newer life of a sender: somebody restored the sender while it ran, and the newer life
/// is lost. Who says that an atom is gone ends its being heard.
fn is_past(sender: &Instance, receiver: &Instance) -> bool {
    let known = receiver.guest.mailbox.receipt(sender.guest.mailbox.name(), false);
    known.run > sender.guest.mailbox.run()
}

impl World {
    fn lives(&self, incarnation: u64) -> bool {
        self.processes().any(|(_, process)| process.incarnation == incarnation)
    }

    /// Pairs of processes that should have a session, and do not.
    fn strangers(&self) -> Option<(String, String)> {
        for (one, process) in self.processes() {
            for (other, peer) in self.processes() {
                let clients = one.role == Role::Client && other.role == Role::Client;
                let works = connected(process, &other.name, peer.incarnation);
                if one.name != other.name && !clients && !works {
                    return Some((one.name.clone(), other.name.clone()));
                }
            }
        }
        None
    }

    /// What there is of an atom.
    fn rest(&self, atom: &str) -> Rest {
        let there = |name: &str| self.find(name).is_some_and(|node| self.nodes[node].process.is_some());
        let mut rest = Rest {
            atom: atom.into(),
            ended: self.has_ended(atom),
            killed: self.harmed.contains(atom),
            image: self.newest_image(atom).is_some() && !self.free_nodes(atom).is_empty(),
            ..Rest::default()
        };
        let mut speaks_with = None;
        let mut excused = Vec::new();
        for (node, process) in self.processes() {
            for ((name, epoch), instance) in &process.atoms {
                if name != atom {
                    continue;
                }
                let target = instance.copy.as_ref().map(|copy| copy.target.as_str());
                let other = if instance.open { None } else { instance.source.as_deref().or(target) };
                let other = if instance.phase == Phase::Released { target } else { other };
                let stands = matches!(instance.phase, Phase::Frozen | Phase::Halting);
                if instance.speaks() && stands {
                    rest.waits.push(node.name.clone());
                } else if instance.speaks() {
                    rest.speakers.push(node.name.clone());
                    speaks_with = speaks_with.max(Some(*epoch));
                } else if instance.waits() && other.is_some_and(there) {
                    rest.waits.push(node.name.clone());
                } else if instance.waits() {
                    excused.push((node.name.clone(), *epoch));
                }
            }
            if process.incoming.keys().any(|(name, _)| name == atom) {
                rest.waits.push(node.name.clone());
            }
        }
        let older = excused.iter().filter(|(_, epoch)| speaks_with > Some(*epoch));
        rest.unheard = older.map(|(name, _)| name.clone()).collect();
        rest.excused = excused.into_iter().map(|(name, _)| name).collect();
        rest
    }

    /// A move that has not ended, and whose atom does not wait for a node that does not come back.
    fn unfinished(&self) -> Option<String> {
        let moves = self.checkers.moves.under_way();
        let waiting = moves.filter(|(_, _, atom)| self.rest(atom).excused.is_empty());
        waiting.map(|(_, id, atom)| format!("move {id} of {atom}")).next()
    }

    /// Whoever speaks for an atom, when exactly one does and it is well.
    fn speaker(&self, atom: &str) -> Option<&Instance> {
        let all = self.processes().flat_map(|(_, process)| &process.atoms);
        let mut speaking = all.filter(|((name, _), instance)| name == atom && instance.speaks());
        speaking.next().map(|(_, instance)| instance).filter(|_| speaking.next().is_none())
    }

    /// Messages that are still on their way, or have not been received, between atoms that are well.
    fn underway(&self) -> Option<String> {
        for atom in &self.atoms {
            let Some(instance) = self.speaker(atom) else { continue };
            let mailbox = &instance.guest.mailbox;
            // In the end atoms stand still, and those that have ended may still send what they kept.
            if !self.still && !mailbox.is_empty() {
                return Some(format!("{atom} has {} messages that it does not receive", mailbox.len()));
            }
            let heard = |to: &&str| self.speaker(to).is_some_and(|receiver| !is_past(instance, receiver));
            if let Some(to) = mailbox.waiting_for().find(heard) {
                return Some(format!("{atom} keeps messages for {to}, without a receipt"));
            }
        }
        None
    }

    /// Whether the last message of each pair has come.
    fn look_at_letters(&mut self) {
        let mut verdicts = Vec::new();
        for (from, to) in self.atoms.iter().flat_map(|from| self.atoms.iter().map(move |to| (from, to))) {
            let (Some(sender), Some(receiver)) = (self.speaker(from), self.speaker(to)) else { continue };
            if is_past(sender, receiver) {
                continue;
            }
            let said = sender.guest.talk.said.get(to).copied().unwrap_or(0);
            let heard = receiver.guest.talk.heard.get(from).copied().unwrap_or_default();
            let excuse = self.excuse(from, to);
            verdicts.push(self.checkers.letters.ended(&format!("{from} to {to}"), heard, said, excuse));
        }
        for verdict in verdicts {
            self.judge(verdict);
        }
    }

    /// Whether there is nothing left to happen but the ordinary.
    pub(crate) fn settled(&self) -> bool {
        let in_order = |atom: &String| {
            let rest = self.rest(atom);
            stuck::check(&rest).is_ok()
                && (rest.excused.is_empty() || !rest.speakers.is_empty() || !rest.image)
        };
        let now_ns = self.clock.now_ns();
        self.processes().all(|(_, process)| process.paused_until_ns <= now_ns)
            && self.strangers().is_none()
            && self.unfinished().is_none()
            && self.checkers.asks.waiting(|process| self.lives(process)).next().is_none()
            && self.atoms.iter().all(in_order)
            && self.underway().is_none()
    }

    /// The end: what is not in order now never will be.
    pub(crate) fn look_at_the_end(&mut self) {
        let stuck = |text: String| breach(Property::Stuck, text);
        if let Some((one, other)) = self.strangers() {
            return self.judge(stuck(format!("{one} has no session with {other}")));
        }
        for atom in self.atoms.clone() {
            let verdict = stuck::check(&self.rest(&atom));
            self.judge(verdict);
        }
        if let Some(what) = self.unfinished() {
            self.judge(stuck(format!("{what} has not ended")));
        }
        if let Some(what) = self.underway() {
            self.judge(stuck(what));
        }
        self.look_at_letters();
        let unanswered = self.checkers.asks.waiting(|process| self.lives(process)).next();
        if let Some(id) = unanswered {
            self.judge(stuck(format!("request {id} was never answered")));
        }
        let processes: Vec<u64> = self.processes().map(|(_, process)| process.incarnation).collect();
        for from in &processes {
            for to in &processes {
                let waiting = self.checkers.lanes.waiting(*from, *to);
                if waiting > 0 {
                    let text = format!("{waiting} messages from {from:#x} to {to:#x} never came");
                    self.judge(breach(Property::Lanes, text));
                }
            }
        }
    }
}
