//! Messages between atoms: to a desk of this node, or to the node that has the receiver.
//!
//! ```text
//! send: address -> receiver here, nothing under way: offered, done
//!               -> otherwise kept, then delivered here or transmitted, until a receipt comes
//! posts came: desk here: accepted, receipts go back;  elsewhere: passed on;  nowhere: dropped
//! receiver moved, or no receipt for a while: what is kept goes again
//! ```

use super::desk::{Desk, Gate};
use super::node::Shared;
use crate::module::lock;
use sojourn_abi::{Code, Event, EventKind, Message, Post, Receipt};
use sojourn_post::office::{self, Way};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};
use std::time::{Duration, Instant};

/// After how long without a receipt messages go again.
const AGAIN: Duration = Duration::from_secs(1);
/// How long messages are kept for an atom that nobody runs: its node may have been lost, and it be restored.
const GONE: Duration = Duration::from_mins(1);
/// Most messages that go again at once, to one receiver.
const BATCH: usize = 1024;

/// What a node has of messages.
#[derive(Default)]
pub(crate) struct PostOffice {
    desks: RwLock<HashMap<String, Arc<Desk>>>,
    /// Desks with messages that have no receipt.
    keeping: Mutex<BTreeMap<String, Instant>>,
    /// Atoms that nobody runs and that messages are kept for, and since when.
    gone: Mutex<BTreeMap<String, Instant>>,
}

impl PostOffice {
    /// A desk of this node.
    pub(crate) fn desk(&self, name: &str) -> Option<Arc<Desk>> {
        self.desks.read().unwrap_or_else(PoisonError::into_inner).get(name).cloned()
    }

    /// A desk is here from now on.
    pub(crate) fn add(&self, desk: &Arc<Desk>) {
        let mut desks = self.desks.write().unwrap_or_else(PoisonError::into_inner);
        desks.insert(desk.name.clone(), Arc::clone(desk));
    }

    /// A desk is not here any more.
    pub(crate) fn remove(&self, desk: &Arc<Desk>) {
        let mut desks = self.desks.write().unwrap_or_else(PoisonError::into_inner);
        if desks.get(&desk.name).is_some_and(|known| Arc::ptr_eq(known, desk)) {
            desks.remove(&desk.name);
        }
        lock(&self.keeping).remove(&desk.name);
    }

    /// All desks of this node.
    pub(crate) fn all(&self) -> Vec<Arc<Desk>> {
        self.desks.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    fn keeps(&self, name: &str) {
        lock(&self.keeping).entry(name.into()).or_insert_with(Instant::now);
    }

    /// Atoms that nobody has run for long; they are not thought of any more.
    fn take_gone(&self) -> Vec<String> {
        let mut gone = lock(&self.gone);
        let over: Vec<String> =
            gone.iter().filter(|(_, since)| since.elapsed() >= GONE).map(|(name, _)| name.clone()).collect();
        gone.retain(|name, _| !over.contains(name));
        over
    }

    fn keepers(&self) -> Vec<Arc<Desk>> {
        let names: Vec<String> = lock(&self.keeping).keys().cloned().collect();
        names.iter().filter_map(|name| self.desk(name)).collect()
    }
}

impl Shared {
    /// Sends a message in the name of a desk of this node; the number that it got. `to` is a global name.
    ///
    /// # Errors
    /// `UnknownAtom`, `Busy`, `TooLarge`; it was not sent.
    pub(crate) fn post(self: &Arc<Self>, from: &Arc<Desk>, to: &str, event: Event) -> Result<u64, Code> {
        let sending = from.sending();
        let here = self.posts.desk(to);
        if here.as_ref().is_some_and(|desk| desk.inner().gate == Gate::Ended) {
            return Err(Code::UnknownAtom);
        }
        let place = match &here {
            Some(_) => None,
            None => Some(self.place_of(to).ok_or(Code::UnknownAtom)?),
        };
        let mut inner = from.inner();
        let mut post = inner.mailbox.address(to, event)?;
        let id = post.event.id;
        // Of an atom that has ended, the word of its end goes out.
        let open = inner.gate.lets_out();
        if let Some(desk) = &here
            && open
            && inner.mailbox.is_clear(to)
        {
            inner.mailbox.pass(to);
            drop(inner);
            let Err(back) = desk.offer(post) else { return Ok(id) };
            post = back;
            inner = from.inner();
            inner.mailbox.take_back(to);
        }
        inner.mailbox.keep(to, post.event.clone());
        drop(inner);
        drop(sending);
        self.posts.keeps(&from.name);
        match (open, here, place) {
            (true, Some(desk), _) => {
                let receipts = self.deliver(&desk, vec![post], &self.settings.name);
                self.hand_back(receipts, &self.settings.name);
            }
            (true, None, Some(node)) => self.transmit(&node, vec![post], Vec::new()),
            _ => {}
        }
        Ok(id)
    }

    /// The node that speaks for an atom, if anybody does.
    fn place_of(&self, atom: &str) -> Option<String> {
        self.kernel(|kernel| kernel.place(atom)).filter(|place| place.alive).map(|place| place.node)
    }

    /// Gives posts to a desk of this node; what their senders are to be told.
    fn deliver(self: &Arc<Self>, desk: &Arc<Desk>, posts: Vec<Post>, from: &str) -> Vec<Receipt> {
        if desk.durable {
            return self.deliver_durably(desk, posts, from);
        }
        let ends = posts.iter().any(|post| post.event.kind == EventKind::Ended);
        let receipts = Self::take(desk, posts);
        if ends {
            self.follow_links(desk);
        }
        receipts
    }

    /// Posts are taken, or wait while the desk is not open.
    pub(crate) fn take(desk: &Desk, posts: Vec<Post>) -> Vec<Receipt> {
        let mut receipts: BTreeMap<String, Receipt> = BTreeMap::new();
        let mut news = false;
        {
            let mut inner = desk.inner();
            let ended = inner.gate == Gate::Ended;
            for post in posts {
                let Some(post) = inner.admit(post) else { continue };
                let receipt = if ended {
                    let (source, run) = (post.event.source, post.run);
                    Receipt { source, run, to: post.to, next: post.number + 1, busy: false }
                } else {
                    let accepted = inner.mailbox.accept(post);
                    news |= accepted.news;
                    accepted.receipt
                };
                receipts.insert(receipt.source.clone(), receipt);
            }
        }
        if news {
            desk.notify();
        }
        receipts.into_values().collect()
    }

    /// Posts or receipts came from another node.
    pub(crate) fn letters_came(self: &Arc<Self>, from: &str, message: Message) {
        match message {
            Message::Posts { posts } => self.posts_came(from, posts),
            Message::Posted { receipts } => self.receipts_came(from, receipts),
            _ => {}
        }
    }

    /// Posts came from another node.
    pub(super) fn posts_came(self: &Arc<Self>, from: &str, posts: Vec<Post>) {
        let mut posts = posts.into_iter().peekable();
        while let Some(first) = posts.next() {
            let to = first.to.clone();
            let mut group = vec![first];
            group.extend(std::iter::from_fn(|| posts.next_if(|post| post.to == to)));
            let posts = group;
            if let Some(desk) = self.posts.desk(&to) {
                let receipts = self.deliver(&desk, posts, from);
                self.hand_back(receipts, from);
            } else {
                self.pass_on_posts(&to, posts, Some(from));
            }
        }
    }

    /// Posts for an atom that is not here: to whoever has it. What nobody takes is sent again by its sender.
    fn pass_on_posts(self: &Arc<Self>, to: &str, posts: Vec<Post>, from: Option<&str>) {
        // Also to where it was last: who has ended there says so, and who is only gone may be restored.
        let place = self.kernel(|kernel| kernel.place(to)).map(|place| place.node);
        if let Way::PassOn(node) = office::of_post(None, place.as_deref(), &self.settings.name, from) {
            self.transmit(node, posts, Vec::new());
        }
    }

    /// Receipts go to their senders, by way of the node that posts came from where they are not here.
    pub(crate) fn hand_back(self: &Arc<Self>, receipts: Vec<Receipt>, from: &str) {
        let mut far = Vec::new();
        for receipt in receipts {
            match self.posts.desk(&receipt.source) {
                Some(desk) => self.confirm(&desk, &receipt),
                None => far.push(receipt),
            }
        }
        if !far.is_empty() && from != self.settings.name {
            self.transmit(from, Vec::new(), far);
        } else {
            self.pass_on_receipts(far, None);
        }
    }

    fn pass_on_receipts(self: &Arc<Self>, receipts: Vec<Receipt>, from: Option<&str>) {
        for receipt in receipts {
            let place = self.place_of(&receipt.source);
            if let Way::PassOn(node) = office::of_receipt(None, place.as_deref(), &self.settings.name, from) {
                self.transmit(node, Vec::new(), vec![receipt]);
            }
        }
    }

    /// Receipts came from another node.
    pub(crate) fn receipts_came(self: &Arc<Self>, from: &str, receipts: Vec<Receipt>) {
        let mut far = Vec::new();
        for receipt in receipts {
            match self.posts.desk(&receipt.source) {
                Some(desk) => self.confirm(&desk, &receipt),
                None => far.push(receipt),
            }
        }
        self.pass_on_receipts(far, Some(from));
    }

    fn confirm(self: &Arc<Self>, desk: &Arc<Desk>, receipt: &Receipt) {
        let mut inner = desk.inner();
        if inner.gate == Gate::Sealed {
            // The mailbox was packed: it hears of this at its new place, when it sends again.
            return;
        }
        let was_full = !inner.mailbox.has_room_for_any(&receipt.to);
        let gone = inner.mailbox.confirm(receipt);
        let again = inner.mailbox.may_go_again(&receipt.to);
        let all_clear = inner.mailbox.keeps_nothing();
        drop(inner);
        if all_clear {
            lock(&self.posts.keeping).remove(&desk.name);
        }
        if was_full && gone > 0 {
            desk.notify();
        }
        if again {
            self.send_again(desk, &receipt.to);
        }
    }

    /// Room was made at a desk: senders that were told `busy` hear of it.
    pub(crate) fn freed(self: &Arc<Self>, desk: &Desk) {
        let told = desk.inner().mailbox.freed();
        for receipt in told {
            match self.posts.desk(&receipt.source) {
                Some(sender) => self.confirm(&sender, &receipt),
                None => self.pass_on_receipts(vec![receipt], None),
            }
        }
    }

    /// What a desk keeps for somebody goes again.
    pub(crate) fn send_again(self: &Arc<Self>, desk: &Arc<Desk>, to: &str) {
        let posts = {
            let inner = desk.inner();
            match inner.gate {
                Gate::Open | Gate::Ended => inner.mailbox.unconfirmed(to, BATCH),
                Gate::Held | Gate::Sealed => return,
            }
        };
        if posts.is_empty() {
            return;
        }
        match self.posts.desk(to) {
            Some(receiver) => {
                let receipts = self.deliver(&receiver, posts, &self.settings.name);
                self.hand_back(receipts, &self.settings.name);
            }
            None => self.pass_on_posts(to, posts, None),
        }
    }

    /// An atom is elsewhere, or has ended: desks with messages for it.
    pub(crate) fn receiver_located(self: &Arc<Self>, atom: &str, alive: bool) {
        for desk in self.posts.keepers() {
            let waits = !desk.inner().mailbox.is_clear(atom);
            if waits && alive {
                self.send_again(&desk, atom);
            }
        }
        if alive {
            self.orphans.lives(atom);
            lock(&self.posts.gone).remove(atom);
        } else {
            self.receiver_ended(atom);
        }
        // It ended here, and was restored elsewhere: what is for it goes there.
        let restored = alive && self.place_of(atom).is_some_and(|node| node != self.settings.name);
        if let Some(desk) = self.posts.desk(atom).filter(|_| restored)
            && desk.inner().gate == Gate::Ended
        {
            self.posts.remove(&desk);
        }
    }

    /// A desk is open from now on: what waited is taken, and what its atom said meanwhile goes.
    pub(crate) fn open_desk(self: &Arc<Self>, desk: &Arc<Desk>) {
        let waited = desk.open();
        self.posts_came(&self.settings.name.clone(), waited);
        self.send_all_again(desk);
        self.freed(desk);
        self.look_for_ends(desk);
        self.follow_links(desk);
    }

    fn send_all_again(self: &Arc<Self>, desk: &Arc<Desk>) {
        let waiting: Vec<String> = desk.inner().mailbox.waiting_for().map(str::to_string).collect();
        if !waiting.is_empty() {
            self.posts.keeps(&desk.name);
        }
        for to in waiting {
            self.send_again(desk, &to);
        }
    }

    /// A desk has left with its atom: what waited follows it.
    pub(crate) fn desk_left(self: &Arc<Self>, desk: &Arc<Desk>) {
        self.posts.remove(desk);
        let waited = desk.close(Gate::Sealed);
        if !waited.is_empty() {
            self.pass_on_posts(&desk.name, waited, None);
        }
    }
}

/// Sends again what has no receipt for long, as long as there is a node.
pub(super) fn send_late(watched: &Weak<Shared>) {
    while let Some(shared) = watched.upgrade() {
        if shared.closed() {
            return;
        }
        let late: BTreeSet<String> = {
            let now = Instant::now();
            let mut keeping = lock(&shared.posts.keeping);
            let late = keeping.iter_mut().filter(|(_, since)| now.duration_since(**since) >= AGAIN);
            late.map(|(name, since)| {
                *since = now;
                name.clone()
            })
            .collect()
        };
        for name in late {
            match shared.posts.desk(&name) {
                Some(desk) => shared.send_all_again(&desk),
                None => drop(lock(&shared.posts.keeping).remove(&name)),
            }
        }
        for atom in shared.posts.take_gone() {
            for desk in shared.posts.keepers() {
                desk.inner().mailbox.abandon(&atom);
            }
        }
        shared.fail_orphaned(GONE);
        shared.tell_of_the_lost();
        drop(shared);
        std::thread::sleep(AGAIN / 4);
    }
}

impl Shared {
    /// Whoever waits for an atom that has ended hears of it: futures fail.
    fn receiver_ended(self: &Arc<Self>, atom: &str) {
        let may_be_restored = self.orphans.has(atom);
        for desk in self.posts.all() {
            let mut inner = desk.inner();
            let unheard: Vec<Post> = inner.mailbox.unconfirmed(atom, usize::MAX);
            if !unheard.is_empty() {
                lock(&self.posts.gone).entry(atom.into()).or_insert_with(Instant::now);
            }
            let failed = if may_be_restored && inner.mailbox.queues_answers() {
                0
            } else {
                inner.mailbox.calls().fail(atom, Code::NotRunning)
            };
            // Who waits for room on the way there waits in vain.
            let news = failed > 0 || !unheard.is_empty();
            drop(inner);
            // Others rest on: there may be thousands of them.
            if news {
                desk.notify();
            }
        }
    }
}

/// What those are told who watch an atom that is none.
pub(crate) fn unknown(atom: &str) -> Event {
    sojourn_post::ends::ended(atom, "ended", Code::UnknownAtom.number().into(), String::new())
}
