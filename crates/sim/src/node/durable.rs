//! Durable atoms: what comes for them is in the journal of their node's disk before they see it and before anybody is
//! told that it came. When their node is killed they go on from their image, with what the journal has since, and do
//! again what they did: so they do nothing but answer, always the same after the same.

use super::source::kept;
use super::{Job, Key};
use crate::plan::Sabotage;
use crate::world::World;
use sojourn_abi::{Event, Post, Receipt};
use sojourn_post::office::Gate;

/// Messages that a durable atom answers in a step.
const ANSWERS: usize = 3;

impl World {
    /// Whether an atom is durable.
    pub(crate) fn is_durable(&self, atom: &str) -> bool {
        self.plan.durable && (atom.ends_with('1') || atom.ends_with('3'))
    }

    /// The node whose disk has all of a durable atom, unless it is gone for good.
    pub(crate) fn stay(&self, atom: &str) -> Option<usize> {
        let node = self.stays.get(atom).copied().filter(|_| self.is_durable(atom))?;
        // A copy that waits for a release may still come to life: only a life that all believe is newer ends it.
        let gone = self.nodes[node].finished || self.presence_of(atom).1;
        (!gone).then_some(node)
    }

    /// Answers messages of atoms that are not durable, as long as there is room for answers.
    pub(super) fn serve_messages(&mut self, node: usize, key: &Key) {
        for _ in 0..ANSWERS {
            let Some(instance) = self.instance(node, key) else { return };
            let Some(next) = instance.guest.mailbox.next() else { return };
            let source = next.source.clone();
            let cause = next.data.as_slice().try_into().map_or(0, u64::from_le_bytes);
            if !instance.guest.mailbox.has_room(&source, 0) {
                // A node does not keep messages for ever for somebody whom nobody runs.
                if self.calm && self.presence_of(&source) == (false, false) {
                    let Some(instance) = self.instance(node, key) else { return };
                    instance.guest.mailbox.abandon(&source);
                }
                return;
            }
            self.hear(node, key);
            if !self.is_durable(&source) {
                self.answer_message(node, key, &source, cause);
            }
        }
    }

    fn answer_message(&mut self, node: usize, key: &Key, to: &str, cause: u64) {
        let now_ns = self.clock.now_ns();
        let Some(process) = &mut self.nodes[node].process else { return };
        let Some(instance) = process.atoms.get_mut(key) else { return };
        let gate = instance.gate();
        let said = instance.guest.talk.said.entry(to.into()).or_default();
        let letter = self.checkers.letters.answered(*said, cause, now_ns);
        let event = Event { data: letter.to_le_bytes().to_vec(), ..Event::default() };
        let Ok(post) = instance.guest.mailbox.address(to, event) else { return };
        *said = letter;
        instance.guest.mailbox.keep(to, post.event.clone());
        if gate.lets_out() {
            self.letters(node, None, vec![post], Vec::new());
        }
    }

    /// A post for a durable atom whose mailbox is open; what its sender is to be told at once.
    pub(super) fn take_durably(&mut self, node: usize, from: Option<&str>, post: Post) -> Option<Receipt> {
        let careless = self.plan.sabotage == Some(Sabotage::TakesUnjournaled);
        let key = self.newest(node, &post.to)?;
        let instance = self.instance(node, &key)?;
        if !instance.based {
            self.wait(node, post);
            return None;
        }
        if careless || !instance.guest.mailbox.wants(&post) {
            return self.take_post(node, post);
        }
        let posts = vec![post];
        let count = self.nodes[node].disk.append(&posts);
        // What came first is safe first, and taken first.
        let now_ns = self.clock.now_ns();
        let delay_ns = self.draw_delay();
        let at_ns = self.nodes[node].disk.busy_until(now_ns + delay_ns);
        self.later(node, at_ns - now_ns, Job::Journaled { from: from.map(str::to_string), posts, count });
        None
    }

    /// Messages are in the journal: they are taken, and their senders told.
    pub(crate) fn journaled(&mut self, node: usize, from: Option<&str>, posts: Vec<Post>, count: usize) {
        self.nodes[node].disk.sync_journal(count);
        let mut told = Vec::new();
        for post in posts {
            let Some(key) = self.newest(node, &post.to) else { continue };
            let Some(instance) = self.instance(node, &key) else { continue };
            if instance.gate() != Gate::Open {
                self.wait(node, post);
                continue;
            }
            let source = post.event.source.clone();
            instance.guest.mailbox.replay(post);
            told.push(instance.guest.mailbox.receipt(&source, false));
        }
        self.hand_back(node, from, told);
    }

    /// A durable atom is here from now on: keeps its first image, before it takes anything.
    pub(crate) fn base(&mut self, node: usize, key: &Key) {
        if self.is_durable(&key.0) {
            let delay_ns = self.draw_delay();
            self.later(node, delay_ns, Job::Based(key.clone()));
        }
    }

    /// The first image is kept: what waited is taken.
    pub(crate) fn based(&mut self, node: usize, key: &Key) {
        let Some(instance) = self.instance(node, key) else { return };
        if instance.based || instance.gate() != Gate::Open {
            return;
        }
        instance.based = true;
        let waited = std::mem::take(&mut instance.waiting);
        let image = kept(key, &instance.guest);
        self.nodes[node].disk.write(image);
        self.nodes[node].disk.sync();
        self.stays.insert(key.0.clone(), node);
        self.follow(node, waited);
    }
}
