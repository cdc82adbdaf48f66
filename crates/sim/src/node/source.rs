//! The node that an atom leaves.

use super::{Copying, Job, Key, Phase};
use crate::checkers::{Property, breach};
use crate::clock::US;
use crate::disk::Kept;
use crate::guest::Guest;
use crate::plan::{Point, Sabotage};
use crate::world::World;
use sojourn_abi::{Baggage, Code, Facts, Lane, Message, MoveState, Output, Piece, encode};
use sojourn_kernel::Input;

/// Rounds of pages, at most.
const ROUNDS: u32 = 4;
/// Pages left that end the rounds.
const FEW: usize = 2;
/// Messages of pages in one go.
const BURST: usize = 8;

/// What a node hands on with an atom.
pub(crate) fn baggage(guest: &Guest, sabotage: Option<Sabotage>) -> Vec<u8> {
    let ring = &guest.output;
    let stdout = match sabotage {
        Some(Sabotage::LeavesOutput) => Output { start: ring.end(), bytes: Vec::new(), read: ring.read },
        _ => Output { start: ring.start, bytes: ring.bytes.clone(), read: ring.read },
    };
    let mailbox = match sabotage {
        Some(Sabotage::LeavesMailbox) => None,
        _ => Some(guest.mailbox.to_bytes()),
    };
    encode(&Baggage { stdout, mailbox, ..Baggage::default() })
}

impl World {
    /// Somebody asks a node to move an atom, which may be nonsense.
    pub(crate) fn move_atom(&mut self, node: usize, atom: &str, target: &str) {
        let Some(process) = &mut self.nodes[node].process else { return };
        process.moves += 1;
        let id = process.moves;
        self.checkers.moves.asked(process.incarnation, id, atom);
        let facts = Facts { name: atom.into(), cause: "work".into(), ..Facts::default() };
        self.feed(node, Input::Move { id, atom: atom.into(), target: target.into(), facts });
    }

    /// Somebody gives a move up.
    pub(crate) fn cancel(&mut self, node: usize, atom: &str) {
        self.feed(node, Input::Cancel { atom: atom.into(), code: Code::Aborted, text: "given up".into() });
    }

    pub(super) fn stepped(&mut self, node: usize, id: u64, atom: &str, state: MoveState) {
        let Some(process) = &mut self.nodes[node].process else { return };
        let verdict = self.checkers.moves.step(process.incarnation, id, state);
        let leaving =
            process.atoms.iter_mut().find(|((name, _), instance)| name == atom && instance.copy.is_some());
        if state == MoveState::Released
            && let Some((_, instance)) = leaving
        {
            if self.plan.sabotage == Some(Sabotage::GoesOnAfterRelease) {
                instance.phase = Phase::Running;
            } else {
                instance.phase = Phase::Released;
                instance.open = false;
            }
        }
        self.judge(verdict);
        match state {
            MoveState::Offered => self.reached(node, Point::Offered, atom),
            MoveState::Released => self.reached(node, Point::ReleaseSent, atom),
            _ => {}
        }
    }

    pub(super) fn moved(&mut self, node: usize, id: u64, state: MoveState) {
        let Some(process) = &self.nodes[node].process else { return };
        let histories = &self.checkers.histories;
        let verdict =
            self.checkers.moves.ended(process.incarnation, id, state, |atom| histories.newest(atom));
        self.judge(verdict);
    }

    pub(super) fn copy(&mut self, node: usize, atom: &str, offer: u64, target: String) {
        let serial = self.serial();
        let Some(process) = &mut self.nodes[node].process else { return };
        let speaking =
            process.atoms.iter_mut().find(|((name, _), instance)| name == atom && instance.speaks());
        let Some((key, instance)) = speaking else { return };
        let key = key.clone();
        self.checkers.moves.copied(process.incarnation, atom, offer);
        let pages = (0..instance.guest.pages()).collect();
        instance.guest.dirty.clear();
        instance.copy =
            Some(Copying { serial, offer, target, pages, rounds: 1, converged: false, sealed: false });
        let delay_ns = self.draw_delay();
        self.later(node, delay_ns, Job::Pump(key));
    }

    /// Sends pages as long as there is room; then goes on to whatever is next.
    pub(crate) fn pump(&mut self, node: usize, key: &Key) {
        for _ in 0..BURST {
            let Some(instance) = self.instance(node, key) else { return };
            let Some(copy) = &mut instance.copy else { return };
            if copy.sealed {
                return;
            }
            if copy.pages.is_empty() {
                if instance.phase == Phase::Frozen {
                    return self.seal(node, key);
                }
                if copy.converged {
                    return;
                }
                if instance.guest.dirty.len() <= FEW || copy.rounds >= ROUNDS {
                    copy.converged = true;
                    let input = Input::Converged { atom: key.0.clone() };
                    return self.feed_at(node, input, Point::Converged, &key.0);
                }
                copy.rounds += 1;
                copy.pages = std::mem::take(&mut instance.guest.dirty);
            }
            if !self.send_pages(node, key) {
                return;
            }
        }
        let delay_ns = self.random.between(20 * US, 400 * US);
        self.later(node, delay_ns, Job::Pump(key.clone()));
    }

    /// Sends some pages; false when there is no room.
    fn send_pages(&mut self, node: usize, key: &Key) -> bool {
        let most = usize::try_from(self.plan.bulk_bytes).expect("fits") / 4 / self.plan.page_bytes;
        let Some(process) = &mut self.nodes[node].process else { return false };
        let Some(instance) = process.atoms.get_mut(key) else { return false };
        let guest = &instance.guest;
        let Some(copy) = &mut instance.copy else { return false };
        let pages: Vec<usize> = copy.pages.iter().copied().take(most.clamp(1, 8)).collect();
        let piece = |page: &usize| Piece {
            offset: (page * guest.page_bytes) as u64,
            length: u32::try_from(guest.page_bytes).expect("small"),
            stored: guest.page(*page).to_vec(),
        };
        let message = Message::Pages {
            atom: key.0.clone(),
            epoch: copy.offer,
            memory: 0,
            size: guest.memory.len() as u64,
            pieces: pages.iter().map(piece).collect(),
        };
        if process.kernel.room(&copy.target) < encode(&message).len() as u64 {
            return false;
        }
        for page in &pages {
            copy.pages.remove(page);
        }
        let target = copy.target.clone();
        self.send(node, &target, Lane::Bulk, message);
        true
    }

    pub(super) fn halt(&mut self, node: usize, atom: &str, offer: u64) {
        self.reached(node, Point::Halt, atom);
        let Some(process) = &mut self.nodes[node].process else { return };
        let leaving = process.atoms.iter_mut().find_map(|(key, instance)| {
            let serial = instance.copy.as_ref().filter(|copy| copy.offer == offer)?.serial;
            (key.0 == atom).then_some((key.clone(), instance, serial))
        });
        let Some((key, instance, serial)) = leaving else { return };
        instance.phase = Phase::Halting;
        let delay_ns = self.draw_delay();
        self.later(node, delay_ns, Job::Halt(key, serial));
    }

    /// The atom has come to its poll.
    pub(crate) fn halted(&mut self, node: usize, key: &Key, serial: u64) {
        let forgets = self.plan.sabotage == Some(Sabotage::ForgetsPage);
        let Some(instance) = self.instance(node, key) else { return };
        let Some(copy) = &mut instance.copy else { return };
        if instance.phase != Phase::Halting || copy.serial != serial {
            return;
        }
        instance.phase = Phase::Frozen;
        copy.pages.extend(std::mem::take(&mut instance.guest.dirty));
        if forgets {
            copy.pages.pop_first();
        }
        self.pump(node, key);
    }

    fn seal(&mut self, node: usize, key: &Key) {
        let sabotage = self.plan.sabotage;
        let Some(instance) = self.instance(node, key) else { return };
        let Some(copy) = &mut instance.copy else { return };
        copy.sealed = true;
        let offer = copy.offer;
        let guest = &instance.guest;
        let input = Input::Sealed {
            atom: key.0.clone(),
            image: guest.image(),
            sizes: vec![guest.memory.len() as u64],
            baggage: baggage(guest, sabotage),
        };
        let digest = guest.digest();
        self.checkers.histories.sealed(&key.0, offer, digest);
        self.feed_at(node, input, Point::Sealed, &key.0);
    }

    pub(super) fn go_on(&mut self, node: usize, atom: &str) {
        let deaf = self.plan.sabotage == Some(Sabotage::DeafToGoOn);
        let Some(process) = &mut self.nodes[node].process else { return };
        let leaving =
            process.atoms.iter_mut().find(|((name, _), instance)| name == atom && instance.copy.is_some());
        let Some((key, instance)) = leaving else { return };
        let key = key.clone();
        match instance.phase {
            Phase::Released => {
                let text = format!("{atom} is to go on at {}, which has released it", self.nodes[node].name);
                return self.judge(breach(Property::Moves, text));
            }
            Phase::Frozen if deaf => return,
            Phase::Halting | Phase::Frozen => instance.phase = Phase::Running,
            Phase::Running | Phase::Ended => {}
        }
        instance.copy = None;
        self.start_stepping(node, &key);
        self.opened(node, &key);
    }

    pub(super) fn leave(&mut self, node: usize, atom: &str) {
        let left = self.take(node, atom, |phase| phase == Phase::Released);
        if left.is_none() && self.plan.sabotage.is_none() {
            let text =
                format!("{atom} is to be forgotten at {}, which did not release it", self.nodes[node].name);
            self.judge(breach(Property::Moves, text));
        }
        if let Some((_, instance)) = left {
            self.follow(node, instance.waiting);
        }
        self.reached(node, Point::Owned, atom);
    }

    pub(super) fn lose(&mut self, node: usize, key: &Key) {
        let Some((here, instance)) = self.take(node, &key.0, |phase| phase == Phase::Released) else {
            return;
        };
        let kept = kept(&here, &instance.guest);
        self.nodes[node].disk.write(kept);
        let delay_ns = self.draw_delay();
        self.later(node, delay_ns, Job::Sync);
    }

    pub(super) fn supersede(&mut self, node: usize, atom: &str, epoch: u64) {
        if self.plan.sabotage == Some(Sabotage::DeafToSupersede) {
            return;
        }
        let now_ns = self.clock.now_ns();
        let Some(process) = &mut self.nodes[node].process else { return };
        let mut waiting = Vec::new();
        process.atoms.retain(|(name, older), instance| {
            let goes =
                name == atom && *older < epoch && (instance.speaks() || instance.phase == Phase::Ended);
            if goes {
                waiting.append(&mut instance.waiting);
            }
            !goes
        });
        self.forgive(atom, now_ns);
        self.follow(node, waiting);
    }

    /// Takes an atom of a phase away.
    fn take(
        &mut self,
        node: usize,
        atom: &str,
        wanted: impl Fn(Phase) -> bool,
    ) -> Option<(Key, super::Instance)> {
        let process = self.nodes[node].process.as_mut()?;
        let mut keys = process.atoms.iter().filter(|((name, _), _)| name == atom);
        let key = keys.find(|(_, instance)| wanted(instance.phase)).map(|(key, _)| key.clone())?;
        process.atoms.remove(&key).map(|instance| (key, instance))
    }
}

/// An atom as an image to be kept.
pub(crate) fn kept(key: &Key, guest: &Guest) -> Kept {
    Kept {
        atom: key.0.clone(),
        epoch: key.1,
        step: guest.step,
        image: guest.image(),
        memory: guest.memory.clone(),
        baggage: baggage(guest, None),
    }
}
