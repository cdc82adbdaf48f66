//! All pairs of an atom, and what waits for its guest.

use crate::Limits;
use crate::calls::{Callback, Calls, Registration};
use crate::inbound::{Inbound, Take};
use crate::outbound::{Outbound, size};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use minicbor::{Decode, Encode};
use sojourn_abi::{Code, Event, EventKind, Post, Receipt};

/// What an atom has of messages.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Mailbox {
    /// Its global name.
    #[n(0)]
    pub(crate) name: String,
    /// Grows when it begins anew.
    #[n(1)]
    pub(crate) run: u64,
    /// Number of the last message that it sent, whoever it was for.
    #[n(2)]
    pub(crate) last_id: u64,
    #[n(3)]
    pub(crate) outbound: BTreeMap<String, Outbound>,
    #[n(4)]
    pub(crate) inbound: BTreeMap<String, Inbound>,
    /// Messages for the guest.
    #[n(5)]
    pub(crate) queue: VecDeque<Event>,
    #[cbor(skip)]
    pub(crate) queue_bytes: usize,
    /// Senders that were told `busy`.
    #[n(6)]
    pub(crate) refused: BTreeSet<String>,
    #[n(7)]
    pub(crate) calls: Calls,
    /// Who hears of its end, and whether it is linked.
    #[n(8)]
    pub(crate) watchers: BTreeMap<String, bool>,
    #[cbor(skip)]
    pub(crate) limits: Limits,
}

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Whether there is something new for the guest.
    pub news: bool,
    /// What its sender is to be told.
    pub receipt: Receipt,
}

impl Mailbox {
    /// An empty one. `run` is to be greater than that of any earlier atom of this name.
    #[must_use]
    pub fn new(name: &str, run: u64, limits: Limits) -> Self {
        Self {
            name: name.into(),
            run,
            last_id: 0,
            outbound: BTreeMap::new(),
            inbound: BTreeMap::new(),
            queue: VecDeque::new(),
            queue_bytes: 0,
            refused: BTreeSet::new(),
            calls: Calls::default(),
            watchers: BTreeMap::new(),
            limits,
        }
    }

    /// Its atom's global name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its run.
    #[must_use]
    pub const fn run(&self) -> u64 {
        self.run
    }

    /// Its bounds.
    #[must_use]
    pub const fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Futures, calls and callbacks.
    pub const fn calls(&mut self) -> &mut Calls {
        &mut self.calls
    }

    // ------------------------------------------------------------ to others

    /// Addresses a message: gives it its numbers. Then it is to be kept (`keep`), or passed on at once (`pass`).
    ///
    /// # Errors
    /// `Code::Busy` when too many are on their way there, `Code::TooLarge`.
    pub fn address(&mut self, to: &str, mut event: Event) -> Result<Post, Code> {
        if event.data.len() > self.limits.message_bytes || size(&event) > 2 * self.limits.message_bytes {
            return Err(Code::TooLarge);
        }
        if !self.outbound.contains_key(to) {
            self.make_outbound(to)?;
        }
        let pair = &self.outbound[to];
        if pair.unconfirmed() >= self.limits.window || pair.bytes > self.limits.bytes {
            return Err(Code::Busy);
        }
        self.last_id += 1;
        event.id = self.last_id;
        event.source.clone_from(&self.name);
        Ok(Post { to: to.into(), run: self.run, first: pair.first(), number: pair.next(), event })
    }

    fn make_outbound(&mut self, to: &str) -> Result<(), Code> {
        if self.outbound.len() >= self.limits.pairs {
            // Numbers of a pair that is quiet are begun anew by nobody: they stay.
            return Err(Code::Busy);
        }
        self.outbound.insert(to.into(), Outbound::default());
        Ok(())
    }

    /// Whether a message would be taken for somebody.
    #[must_use]
    pub fn has_room(&self, to: &str) -> bool {
        self.outbound
            .get(to)
            .is_none_or(|pair| pair.unconfirmed() < self.limits.window && pair.bytes <= self.limits.bytes)
    }

    /// Keeps a message that was addressed last, until its receipt comes.
    pub fn keep(&mut self, to: &str, event: Event) {
        self.outbound.entry(to.into()).or_default().keep(event);
    }

    /// The receiver has the message that was addressed last.
    pub fn pass(&mut self, to: &str) {
        self.outbound.entry(to.into()).or_default().pass();
    }

    /// A receipt came; how many messages it was for.
    pub fn confirm(&mut self, receipt: &Receipt) -> usize {
        if receipt.run != self.run {
            return 0;
        }
        self.outbound.get_mut(&receipt.to).map_or(0, |pair| pair.confirm(receipt.next))
    }

    /// Messages to somebody that have no receipt, at most so many, to be sent again.
    #[must_use]
    pub fn unconfirmed(&self, to: &str, most: usize) -> Vec<Post> {
        let Some(pair) = self.outbound.get(to) else { return Vec::new() };
        let post = |(number, event): (u64, &Event)| Post {
            to: to.into(),
            run: self.run,
            first: pair.first(),
            number,
            event: event.clone(),
        };
        pair.kept().take(most).map(post).collect()
    }

    /// Receivers of messages that have no receipt.
    pub fn waiting_for(&self) -> impl Iterator<Item = &str> {
        self.outbound.iter().filter(|(_, pair)| pair.unconfirmed() > 0).map(|(to, _)| to.as_str())
    }

    /// Messages to somebody who is no more are dropped; how many.
    pub fn abandon(&mut self, to: &str) -> usize {
        let Some(pair) = self.outbound.get_mut(to) else { return 0 };
        let next = pair.next();
        pair.confirm(next)
    }

    /// Begins anew after a crash: what is sent from now on is not what was sent before, even under the same numbers.
    pub fn begin_anew(&mut self, run: u64) {
        self.run = run.max(self.run + 1);
        self.outbound.values_mut().for_each(Outbound::renumber);
    }

    // ------------------------------------------------------------ from others

    /// A post came. It is taken once and in order; one that finds no room is not taken, and its sender is told `busy`.
    pub fn accept(&mut self, post: Post) -> Accepted {
        let source = post.event.source.clone();
        if !self.inbound.contains_key(&source) {
            self.make_inbound(&source, post.run, post.first);
        }
        let window = self.limits.window;
        let Some(pair) = self.inbound.get_mut(&source) else { unreachable!("made just now") };
        let take = pair.look(post.run, post.first, post.number, window);
        let (mut news, mut busy) = (false, false);
        match take {
            Take::Old | Take::TooFar => {}
            Take::Early => drop(pair.early.insert(post.number, post.event)),
            Take::Next if !self.fits(&post.event) => busy = true,
            Take::Next => {
                news |= self.take(&source, post.event);
                (news, busy) = (self.take_early(&source) | news, self.refused.contains(&source));
            }
        }
        if busy {
            self.refused.insert(source.clone());
        }
        Accepted { news, receipt: self.receipt(&source, busy) }
    }

    pub(crate) fn make_inbound(&mut self, source: &str, run: u64, first: u64) {
        if self.inbound.len() >= self.limits.pairs {
            let idle = self.inbound.iter().find(|(_, pair)| pair.early.is_empty());
            let goes = idle.or_else(|| self.inbound.iter().next()).map(|(name, _)| name.clone());
            goes.map(|name| self.inbound.remove(&name));
        }
        self.inbound.insert(source.into(), Inbound::new(run, first));
    }

    /// How far messages of somebody have come.
    #[must_use]
    pub fn receipt(&self, source: &str, busy: bool) -> Receipt {
        let (run, next) = self.inbound.get(source).map_or((0, 1), |pair| (pair.run, pair.next));
        Receipt { source: source.into(), run, to: self.name.clone(), next, busy }
    }

    /// Whether a message finds room. Answers and the words of nodes always do: somebody waits for them.
    pub(crate) fn fits(&self, event: &Event) -> bool {
        match event.kind {
            EventKind::Message | EventKind::Interrupt => {
                let waiting = self.queue.len() + self.calls.due.len();
                waiting < self.limits.messages && self.queue_bytes + size(event) <= self.limits.bytes
            }
            _ => true,
        }
    }

    fn take(&mut self, source: &str, event: Event) -> bool {
        if let Some(pair) = self.inbound.get_mut(source) {
            pair.advance();
        }
        self.put(event)
    }

    fn take_early(&mut self, source: &str) -> bool {
        let mut news = false;
        while let Some(event) = self.inbound.get_mut(source).and_then(Inbound::ready) {
            if !self.fits(&event) {
                if let Some(pair) = self.inbound.get_mut(source) {
                    pair.early.insert(pair.next, event);
                }
                self.refused.insert(source.into());
                break;
            }
            news |= self.take(source, event);
        }
        news
    }

    /// Puts a message where the guest finds it; whether there is something new for it.
    pub fn put(&mut self, event: Event) -> bool {
        match (event.kind, self.calls.interrupts) {
            (EventKind::Reply | EventKind::Failed, _) => self.calls.resolve(event),
            (EventKind::Watch, _) => {
                self.watchers.insert(event.source, event.code == 2);
                false
            }
            (EventKind::Unwatch, _) => {
                self.watchers.remove(&event.source);
                false
            }
            (EventKind::Interrupt, Some(registration)) => {
                let event = self.numbered(event);
                self.calls.due.push_back(Callback { event, registration });
                true
            }
            _ => {
                self.queue_bytes += size(&event);
                self.queue.push_back(event);
                true
            }
        }
    }

    /// A call that is given to the guest has the number that it is answered with.
    fn numbered(&mut self, mut event: Event) -> Event {
        if event.call != 0 && matches!(event.kind, EventKind::Message | EventKind::Interrupt) {
            event.call = self.calls.received(&event.source, event.call, &self.limits);
        }
        event
    }

    /// Interrupts become callbacks, or messages again.
    pub fn on_interrupt(&mut self, registration: Option<Registration>) {
        self.calls.interrupts = registration;
        let Some(registration) = registration else { return };
        let (due, rest): (VecDeque<Event>, VecDeque<Event>) =
            self.queue.drain(..).partition(|event| event.kind == EventKind::Interrupt);
        self.queue = rest;
        for event in due {
            self.queue_bytes -= size(&event);
            let event = self.numbered(event);
            self.calls.due.push_back(Callback { event, registration });
        }
    }

    /// The next message, to look at.
    #[must_use]
    pub fn next(&self) -> Option<&Event> {
        self.queue.front()
    }

    /// Takes the next message.
    pub fn receive(&mut self) -> Option<Event> {
        let event = self.queue.pop_front()?;
        self.queue_bytes -= size(&event);
        Some(self.numbered(event))
    }

    /// Messages that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// Senders that were told `busy`, once half of the room is free: each with what it is to be told now. Messages of
    /// theirs that waited are taken.
    pub fn freed(&mut self) -> Vec<Receipt> {
        if self.refused.is_empty() || self.queue.len() * 2 > self.limits.messages {
            return Vec::new();
        }
        let told = core::mem::take(&mut self.refused);
        told.into_iter()
            .map(|source| {
                self.take_early(&source);
                self.receipt(&source, self.refused.contains(&source))
            })
            .collect()
    }

    /// Who hears of its end: names, and whether they are linked.
    pub fn watchers(&self) -> impl Iterator<Item = (&str, bool)> {
        self.watchers.iter().map(|(name, linked)| (name.as_str(), *linked))
    }
}
