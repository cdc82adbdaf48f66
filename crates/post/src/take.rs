//! What others say to an atom: taken once and in order, as far as there is room.

use crate::calls::Callback;
use crate::ends::LINKED;
use crate::inbound::{Inbound, Take, makes_sense};
use crate::outbound::size;
use crate::{Mailbox, Registration, limit};
use alloc::collections::{BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Code, Event, EventKind, Post, Receipt};

/// What became of a post.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Whether there is something new for the guest.
    pub news: bool,
    /// What its sender is to be told. The post was taken when its number is below `next`; otherwise it was not when
    /// `busy`, and waits for what lacks or has to come again when not.
    pub receipt: Receipt,
}

impl Mailbox {
    /// A post came. It is taken once and in order; one that finds no room is not taken, and its sender is told `busy`.
    pub fn accept(&mut self, post: Post) -> Accepted {
        self.accept_as(post, true)
    }

    /// Whether `accept` would keep a post: what is journaled before it is taken is looked at so. Once it is in the
    /// journal it counts as taken, and is given to `replay`.
    #[must_use]
    pub fn wants(&self, post: &Post) -> bool {
        let source = post.event.source.as_str();
        if !makes_sense(post) {
            return false;
        }
        let bytes = self.early_bytes.saturating_add(size(&post.event));
        let room = bytes <= self.limits.bytes && !self.refused.contains(source);
        let take = match self.inbound.get(source) {
            Some(pair) if post.run == pair.run => {
                let next = pair.next.max(post.first);
                Inbound::new(pair.run, next).look(post.run, post.number, self.limits.window)
            }
            Some(pair) if post.run < pair.run => Take::Old,
            _ => Inbound::new(post.run, post.first).look(post.run, post.number, self.limits.window),
        };
        match take {
            Take::Next => self.fits(&post.event),
            Take::Early => {
                room && self.inbound.get(source).is_none_or(|pair| !pair.has(post.run, post.number))
            }
            Take::Old | Take::TooFar => false,
        }
    }

    /// A post of the journal comes again after a crash, the oldest first, before any other: it was taken, so it finds
    /// room. Answers to calls that the guest is only about to make again are kept for it. Whether it is something new.
    pub fn replay(&mut self, post: Post) -> bool {
        self.accept_as(post, false).news
    }

    fn accept_as(&mut self, post: Post, bounded: bool) -> Accepted {
        let source = post.event.source.clone();
        if !makes_sense(&post) {
            return Accepted { news: false, receipt: self.receipt(&source, false) };
        }
        let fits = !bounded || self.fits(&post.event);
        if !self.inbound.contains_key(&source) {
            self.make_inbound(&source, post.run, post.first);
        }
        self.looked += 1;
        let Some(pair) = self.inbound.get_mut(&source) else { unreachable!("made just now") };
        pair.looked = self.looked;
        let in_vain = pair.note(post.run, post.first);
        self.early_bytes -= in_vain.values().map(size).sum::<usize>();
        let take = pair.look(post.run, post.number, self.limits.window);
        if take == Take::Next && fits && pair.early.is_empty() && self.refused.is_empty() {
            // As nearly all do.
            pair.advance();
            let receipt =
                Receipt { source, run: pair.run, to: self.name.clone(), next: pair.next, busy: false };
            return Accepted { news: self.put_as(post.event, bounded), receipt };
        }
        let news = match take {
            Take::Old | Take::TooFar => false,
            Take::Early => {
                self.wait(&source, post.number, post.event, bounded);
                false
            }
            Take::Next if !fits => {
                self.refused.insert(source.clone());
                false
            }
            Take::Next => {
                // It may be here, too: for lack of room when it was its turn.
                if let Some(same) = pair.early.remove(&post.number) {
                    self.early_bytes -= size(&same);
                }
                pair.advance();
                self.refused.remove(&source);
                self.put_as(post.event, bounded) | self.take_early(&source, bounded)
            }
        };
        let busy = self.refused.contains(&source);
        Accepted { news, receipt: self.receipt_of(source, busy) }
    }

    /// A message waits for one that lacks, as far as there is room; whoever has none left is sent it again.
    fn wait(&mut self, source: &str, number: u64, event: Event, bounded: bool) {
        let bytes = size(&event);
        let room = self.early_bytes.saturating_add(bytes) <= self.limits.bytes;
        if bounded && (!room || self.refused.contains(source)) {
            return;
        }
        let Some(pair) = self.inbound.get_mut(source) else { return };
        if let alloc::collections::btree_map::Entry::Vacant(place) = pair.early.entry(number) {
            place.insert(event);
            self.early_bytes += bytes;
        }
    }

    fn take_early(&mut self, source: &str, bounded: bool) -> bool {
        let mut news = false;
        while let Some(pair) = self.inbound.get_mut(source)
            && let Some(event) = pair.early.remove(&pair.next)
        {
            if bounded && !self.fits(&event) {
                if let Some(pair) = self.inbound.get_mut(source) {
                    pair.early.insert(pair.next, event);
                }
                self.refused.insert(source.into());
                break;
            }
            if let Some(pair) = self.inbound.get_mut(source) {
                pair.advance();
            }
            self.early_bytes -= size(&event);
            news |= self.put_as(event, bounded);
        }
        news
    }

    pub(crate) fn make_inbound(&mut self, source: &str, run: u64, first: u64) {
        if self.inbound.len() >= self.limits.pairs {
            self.forget_senders();
        }
        self.inbound.insert(source.into(), Inbound::new(run, first));
    }

    /// Forgets the senders that have been quiet for longest, some at once, as looking for them takes a while.
    fn forget_senders(&mut self) {
        let mut looked: Vec<u64> = self.inbound.values().map(|pair| pair.looked).collect();
        let some = looked.len() / limit::FORGOTTEN;
        let (_, last, _) = looked.select_nth_unstable(some);
        let last = *last;
        let mut gone = BTreeSet::new();
        self.inbound.retain(|name, pair| {
            let stays = pair.looked > last;
            if !stays {
                self.early_bytes -= pair.early.values().map(size).sum::<usize>();
                gone.insert(name.clone());
            }
            stays
        });
        self.refused.retain(|name| !gone.contains(name));
    }

    /// How far messages of somebody have come.
    #[must_use]
    pub fn receipt(&self, source: &str, busy: bool) -> Receipt {
        self.receipt_of(source.into(), busy)
    }

    fn receipt_of(&self, source: String, busy: bool) -> Receipt {
        let (run, next) = self.inbound.get(&source).map_or((0, 1), |pair| (pair.run, pair.next));
        Receipt { source, run, to: self.name.clone(), next, busy }
    }

    /// Whether a message finds room. Answers always do, since room is made for them where they are waited for; so does
    /// a first message, however large; and there is more room for the words of nodes than for those of atoms.
    #[must_use]
    pub fn fits(&self, event: &Event) -> bool {
        match event.kind {
            EventKind::Message | EventKind::Interrupt => {
                self.channels.fits(event, &self.limits).unwrap_or_else(|| self.has_place(event, 1))
            }
            EventKind::Ended | EventKind::Changed => self.has_place(event, 2),
            EventKind::Watch => {
                self.watchers.len() < self.limits.pairs || self.watchers.contains_key(&event.source)
            }
            EventKind::Reply | EventKind::Failed | EventKind::Unwatch => true,
        }
    }

    fn has_place(&self, event: &Event, times: usize) -> bool {
        let waiting = self.queue.len() + self.calls.due.len();
        let bytes = self.queue_bytes.saturating_add(self.calls.bytes).saturating_add(size(event));
        waiting == 0
            || (waiting < self.limits.messages.saturating_mul(times)
                && bytes <= self.limits.bytes.saturating_mul(times))
    }

    /// Puts a message where the guest finds it; whether there is something new for it.
    pub fn put(&mut self, event: Event) -> bool {
        self.put_as(event, true)
    }

    /// As `put`, as far as there is room.
    ///
    /// # Errors
    /// `Busy`: there is none.
    pub fn put_if_it_fits(&mut self, event: Event) -> Result<(), Code> {
        if !self.fits(&event) {
            return Err(Code::Busy);
        }
        self.put(event);
        Ok(())
    }

    fn put_as(&mut self, event: Event, bounded: bool) -> bool {
        match (event.kind, self.calls.interrupts) {
            (EventKind::Reply | EventKind::Failed, _) if !bounded && event.call > self.calls.next_future => {
                self.calls.keep(event);
                false
            }
            (EventKind::Reply | EventKind::Failed, _) => {
                let room = limit::ANSWERS.saturating_mul(self.limits.bytes);
                let waiting = if self.calls.in_order { self.queue_bytes } else { 0 };
                let news = self.calls.resolve_within(event, room.saturating_sub(waiting));
                self.queue_came();
                news
            }
            (EventKind::Watch, _) => {
                self.watchers.insert(event.source, event.code == LINKED);
                false
            }
            (EventKind::Unwatch, _) => {
                self.watchers.remove(&event.source);
                false
            }
            (EventKind::Ended, _) => self.hear_of_end(event),
            (EventKind::Interrupt, Some(registration)) => {
                self.calls.push(Callback { event, registration });
                true
            }
            _ if self.channels.has(&event) => {
                self.put_into_channel(event);
                true
            }
            _ => {
                self.queue(event);
                true
            }
        }
    }

    /// From now on answers and failures of calls are received as messages are, in the order in which all came. Not part
    /// of bytes: such a mailbox stays where it is.
    pub fn queue_answers(&mut self) {
        self.calls.in_order = true;
    }

    /// Whether they are.
    #[must_use]
    pub const fn queues_answers(&self) -> bool {
        self.calls.in_order
    }

    fn queue_came(&mut self) {
        for event in core::mem::take(&mut self.calls.came) {
            self.push_back(event);
        }
    }

    /// The guest receives it after what came before.
    pub(crate) fn queue(&mut self, event: Event) {
        self.queue_came();
        self.push_back(event);
    }

    fn push_back(&mut self, event: Event) {
        let bytes = size(&event);
        self.queue_bytes += bytes;
        self.tally.add(bytes);
        self.queue.push_back(event);
    }

    /// Interrupts become callbacks, or messages again, which come before all others.
    pub fn on_interrupt(&mut self, registration: Option<Registration>) {
        self.calls.interrupts = registration;
        let is_one = |event: &Event| event.kind == EventKind::Interrupt;
        if let Some(registration) = registration {
            let (due, rest): (VecDeque<Event>, VecDeque<Event>) = self.queue.drain(..).partition(is_one);
            self.queue = rest;
            for event in due {
                self.queue_bytes -= size(&event);
                self.calls.push(Callback { event, registration });
            }
        } else {
            for event in self.calls.take_interrupts().into_iter().rev() {
                self.queue_bytes += size(&event);
                self.queue.push_front(event);
            }
        }
    }

    /// The next message, to look at.
    #[must_use]
    pub fn next(&self) -> Option<&Event> {
        self.queue.front()
    }

    /// Takes the next message. A call has the number that it is answered with.
    pub fn receive(&mut self) -> Option<Event> {
        self.queue_came();
        let mut event = self.queue.pop_front()?;
        self.queue_bytes -= size(&event);
        self.calls.number(&mut event);
        Some(event)
    }

    /// Messages that wait.
    #[must_use]
    pub fn len(&self) -> usize {
        self.queue.len() + self.calls.came.len()
    }

    /// Whether none waits.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Senders that were told `busy`, once half of the room of the mailbox, or of a channel, is free: each with what it is to be told now. Messages of
    /// theirs that waited are taken.
    pub fn freed(&mut self) -> Vec<Receipt> {
        let full = self.queue.len() * 2 > self.limits.messages || self.queue_bytes > self.limits.bytes / 2;
        let drained = core::mem::take(&mut self.drained);
        if self.refused.is_empty() || (full && !self.queue.is_empty() && !drained) {
            return Vec::new();
        }
        let told = core::mem::take(&mut self.refused);
        told.into_iter()
            .map(|source| {
                self.take_early(&source, true);
                let busy = self.refused.contains(&source);
                self.receipt_of(source, busy)
            })
            .collect()
    }
}
