//! Messages of atoms at a node: the ways of `sojourn_post::office`, as a node that works goes them.

use super::{Job, Key};
use crate::checkers::letters::Excuse;
use crate::checkers::lineage;
use crate::clock::US;
use crate::plan::Sabotage;
use crate::talk::AGAIN_NS;
use crate::world::World;
use sojourn_abi::{Event, Lane, Message, Post, Receipt};
use sojourn_post::office::{self, Gate, Way};

/// Steps in a thousand in which an atom sends something.
const SENDS: u64 = 40;
/// Messages that an atom receives in a step.
const RECEIVES: usize = 3;
/// Posts that wait for a mailbox that cannot take them.
const WAITING: usize = 16;
/// Messages that go again at once.
const BATCH: usize = 5;

impl World {
    /// What an atom does with messages in a step.
    pub(super) fn talk(&mut self, node: usize, key: &Key) {
        if self.is_durable(&key.0) {
            return self.serve_messages(node, key);
        }
        if !self.calm && self.random.chance(SENDS) {
            self.say(node, key);
        }
        // Some receive seldom: their mailboxes fill.
        if self.calm || self.random.chance(100) || !key.0.ends_with('2') {
            for _ in 0..RECEIVES {
                self.hear(node, key);
            }
        }
    }

    /// An atom sends something to another.
    fn say(&mut self, node: usize, key: &Key) {
        let others: Vec<String> = self.atoms.iter().filter(|name| **name != key.0).cloned().collect();
        let Some(to) = self.random.pick(&others) else { return };
        let here = self.desk(node, &to);
        let known = here.is_some() || self.is_known(node, &to);
        let now_ns = self.clock.now_ns();
        let Some(process) = &mut self.nodes[node].process else { return };
        let Some(instance) = process.atoms.get_mut(key) else { return };
        let gate = instance.gate();
        let mailbox = &mut instance.guest.mailbox;
        if !known || !mailbox.has_room(&to, 0) {
            return;
        }
        let said = instance.guest.talk.said.entry(to.clone()).or_default();
        let letter = self.checkers.letters.sent(*said, now_ns);
        let event = Event { data: letter.to_le_bytes().to_vec(), ..Event::default() };
        let Ok(mut post) = mailbox.address(&to, event) else { return };
        *said = letter;
        // The short way, where both are here and nothing is on its way.
        if gate == Gate::Open && here == Some(Gate::Open) && mailbox.is_clear(&to) {
            mailbox.pass(&to);
            let Err(back) = self.offer(node, post) else { return };
            post = back;
            let Some(instance) = self.instance(node, key) else { return };
            instance.guest.mailbox.take_back(&to);
        }
        let Some(instance) = self.instance(node, key) else { return };
        instance.guest.mailbox.keep(&to, post.event.clone());
        if gate.lets_out() {
            self.letters(node, None, vec![post], Vec::new());
        }
    }

    #[expect(clippy::result_large_err, reason = "the post goes back as it came")]
    fn offer(&mut self, node: usize, post: Post) -> Result<(), Post> {
        if self.is_durable(&post.to) {
            return Err(post);
        }
        let Some(key) = self.newest(node, &post.to) else { return Err(post) };
        let Some(instance) = self.instance(node, &key) else { return Err(post) };
        instance.guest.mailbox.offer(post).map(drop)
    }

    /// An atom receives something, if there is anything.
    pub(super) fn hear(&mut self, node: usize, key: &Key) {
        let swaps = self.plan.sabotage == Some(Sabotage::TakesSwapped);
        let Some(instance) = self.instance(node, key) else { return };
        let guest = &mut instance.guest;
        let Some(event) = guest.mailbox.receive() else { return };
        let mut events = vec![event];
        if swaps && let Some(next) = guest.mailbox.receive() {
            events.insert(0, next);
        }
        for event in events {
            let letter = event.data.as_slice().try_into().map_or(0, u64::from_le_bytes);
            let pair = format!("{} to {}", event.source, key.0);
            let excuse = self.excuse(&event.source, &key.0);
            let Some(process) = &mut self.nodes[node].process else { return };
            let Some(instance) = process.atoms.get_mut(key) else { return };
            let heard = instance.guest.talk.heard.entry(event.source).or_default();
            let verdict = self.checkers.letters.received(&pair, heard, letter, excuse);
            self.judge(verdict);
        }
        self.freed(node, key);
    }

    /// Room was made: whoever was told that there is none hears of it.
    fn freed(&mut self, node: usize, key: &Key) {
        let Some(instance) = self.instance(node, key) else { return };
        if instance.gate() != Gate::Open {
            return;
        }
        let receipts = instance.guest.mailbox.freed();
        if !receipts.is_empty() {
            self.letters(node, None, Vec::new(), receipts);
        }
    }

    /// The newest of what is here of an atom.
    pub(super) fn newest(&self, node: usize, atom: &str) -> Option<Key> {
        let process = self.nodes[node].process.as_ref()?;
        let mut keys = process.atoms.range((atom.to_string(), 0)..=(atom.to_string(), u64::MAX));
        keys.next_back().map(|(key, _)| key.clone())
    }

    fn desk(&self, node: usize, atom: &str) -> Option<Gate> {
        let key = self.newest(node, atom)?;
        let gate = self.nodes[node].process.as_ref()?.atoms.get(&key)?.gate();
        Some(match (gate, self.plan.sabotage) {
            (Gate::Sealed, Some(Sabotage::TakesSealed)) | (Gate::Held, Some(Sabotage::TakesHeld)) => {
                Gate::Open
            }
            (gate, _) => gate,
        })
    }

    /// Where an atom is, or was last, as far as a node knows.
    fn place(&self, node: usize, atom: &str) -> Option<String> {
        Some(self.nodes[node].process.as_ref()?.kernel.place(atom)?.node)
    }

    /// Whether a node takes an atom for one that runs.
    fn is_known(&self, node: usize, atom: &str) -> bool {
        let place = self.nodes[node].process.as_ref().and_then(|process| process.kernel.place(atom));
        place.is_some_and(|place| place.alive)
    }

    /// Messages are looked at, soon.
    pub(super) fn letters(
        &mut self,
        node: usize,
        from: Option<String>,
        posts: Vec<Post>,
        receipts: Vec<Receipt>,
    ) {
        let delay_ns = self.random.between(10 * US, 300 * US);
        self.later(node, delay_ns, Job::Letters { from, posts, receipts });
    }

    /// Messages are looked at.
    pub(crate) fn letters_came(
        &mut self,
        node: usize,
        from: Option<&str>,
        posts: Vec<Post>,
        receipts: Vec<Receipt>,
    ) {
        let me = self.nodes[node].name.clone();
        let mut told = Vec::new();
        for post in posts {
            let place = self.place(node, &post.to);
            match office::of_post(self.desk(node, &post.to), place.as_deref(), &me, from) {
                Way::Take if self.is_durable(&post.to) => told.extend(self.take_durably(node, from, post)),
                Way::Take => told.extend(self.take_post(node, post)),
                Way::Wait => self.wait(node, post),
                Way::Dismiss => {
                    let (source, run) = (post.event.source, post.run);
                    told.push(Receipt { source, run, to: post.to, next: post.number + 1, busy: false });
                }
                Way::PassOn(other) => {
                    self.send(node, other, Lane::Control, Message::Posts { posts: vec![post] });
                }
                Way::Drop => {}
            }
        }
        self.hand_back(node, from, told);
        for receipt in receipts {
            self.receipt_came(node, from, receipt);
        }
    }

    pub(super) fn take_post(&mut self, node: usize, post: Post) -> Option<Receipt> {
        let twice = self.plan.sabotage == Some(Sabotage::TakesTwice) && self.random.chance(50);
        let key = self.newest(node, &post.to)?;
        let instance = self.instance(node, &key)?;
        if twice {
            instance.guest.mailbox.put(post.event.clone());
        }
        Some(instance.guest.mailbox.accept(post).receipt)
    }

    pub(super) fn wait(&mut self, node: usize, post: Post) {
        let Some(key) = self.newest(node, &post.to) else { return };
        let Some(instance) = self.instance(node, &key) else { return };
        if instance.waiting.len() < WAITING {
            instance.waiting.push(post);
        }
    }

    /// Receipts go to their senders, by way of the node that the posts came from where they are not here.
    pub(super) fn hand_back(&mut self, node: usize, from: Option<&str>, receipts: Vec<Receipt>) {
        for receipt in receipts {
            match from.filter(|_| self.desk(node, &receipt.source).is_none()) {
                Some(from) => {
                    self.send(node, from, Lane::Control, Message::Posted { receipts: vec![receipt] });
                }
                None => self.receipt_came(node, None, receipt),
            }
        }
    }

    fn receipt_came(&mut self, node: usize, from: Option<&str>, receipt: Receipt) {
        let me = self.nodes[node].name.clone();
        let place = self.place(node, &receipt.source);
        match office::of_receipt(self.desk(node, &receipt.source), place.as_deref(), &me, from) {
            Way::Take => {
                let Some(key) = self.newest(node, &receipt.source) else { return };
                let Some(instance) = self.instance(node, &key) else { return };
                instance.guest.mailbox.confirm(&receipt);
                if instance.guest.mailbox.may_go_again(&receipt.to) {
                    self.send_again(node, &key, &receipt.to);
                }
            }
            Way::PassOn(other) => {
                self.send(node, other, Lane::Control, Message::Posted { receipts: vec![receipt] });
            }
            Way::Wait | Way::Dismiss | Way::Drop => {}
        }
    }

    /// What an atom keeps for another goes again, also to where it was last: whoever has ended there says so, and for
    /// whoever is only gone it is kept, since it may be restored.
    fn send_again(&mut self, node: usize, key: &Key, to: &str) {
        if self.plan.sabotage == Some(Sabotage::NeverAgain) {
            return;
        }
        let Some(instance) = self.instance(node, key) else { return };
        if !instance.gate().lets_out() {
            return;
        }
        let posts = instance.guest.mailbox.unconfirmed(to, BATCH);
        if !posts.is_empty() {
            self.letters(node, None, posts, Vec::new());
        }
    }

    /// What an atom keeps for anybody goes again.
    pub(crate) fn send_all_again(&mut self, node: usize, key: &Key) {
        let Some(instance) = self.instance(node, key) else { return };
        let receivers: Vec<String> = instance.guest.mailbox.waiting_for().map(str::to_string).collect();
        for to in receivers {
            self.send_again(node, key, &to);
        }
        self.freed(node, key);
    }

    /// What has no receipt goes again.
    pub(crate) fn send_late(&mut self, node: usize) {
        self.later(node, AGAIN_NS, Job::Late);
        let Some(process) = &self.nodes[node].process else { return };
        let keys: Vec<Key> = process.atoms.keys().cloned().collect();
        for key in keys {
            self.send_all_again(node, &key);
        }
    }

    /// Somebody is elsewhere, or has ended: what is kept for it here goes again.
    pub(crate) fn located(&mut self, node: usize, atom: &str) {
        let Some(process) = &self.nodes[node].process else { return };
        let keys: Vec<Key> = process.atoms.keys().cloned().collect();
        for key in keys {
            self.send_again(node, &key, atom);
        }
    }

    /// A mailbox is open, for the first time or again: what waited is looked at, and all that is kept goes.
    pub(crate) fn opened(&mut self, node: usize, key: &Key) {
        let Some(instance) = self.instance(node, key) else { return };
        let waited = std::mem::take(&mut instance.waiting);
        self.follow(node, waited);
        self.later(node, US, Job::Opened(key.clone()));
        self.base(node, key);
    }

    /// Posts that waited for an atom which has left, or for which somebody else speaks.
    pub(super) fn follow(&mut self, node: usize, waited: Vec<Post>) {
        if !waited.is_empty() {
            self.letters(node, None, waited, Vec::new());
        }
    }

    /// What may be excused of a pair.
    pub(crate) fn excuse(&self, from: &str, to: &str) -> Excuse {
        let anew = self.restores.get(from).copied().unwrap_or(0);
        let newest = self.checkers.histories.newest(to);
        let mut all = self.processes().flat_map(|(_, process)| process.atoms.keys());
        // While two lives of it run, because somebody was mistaken, what the older one takes is lost with it.
        let two = all.any(|(name, epoch)| name == to && Some(lineage(*epoch)) < newest);
        let lost_ns = if two { Some(self.clock.now_ns()) } else { self.lost.get(to).copied() };
        Excuse { anew, lost_ns }
    }

    /// An atom, or one of two that both ran, was lost with what it had received by now.
    pub(crate) fn forgive(&mut self, atom: &str, now_ns: u64) {
        self.lost.insert(atom.into(), now_ns);
    }
}
