//! What an atom says to others: numbered, and kept until a receipt comes.

use crate::outbound::{Outbound, size};
use crate::{Mailbox, limit};
use alloc::vec::Vec;
use sojourn_abi::{Code, Event, Post, Receipt};

impl Mailbox {
    /// Addresses a message: gives it its numbers. Then it is to be kept (`keep`), or passed on at once (`pass`), before
    /// another is addressed; or forgotten, and then it was never sent. `to` is a global name.
    ///
    /// # Errors
    /// `Code::Busy` when too many are on their way there, `Code::TooLarge`.
    pub fn address(&mut self, to: &str, mut event: Event) -> Result<Post, Code> {
        let bytes = size(&event);
        if event.data.len() > self.limits.message_bytes || bytes > 2 * self.limits.message_bytes {
            return Err(Code::TooLarge);
        }
        if !self.outbound.contains_key(to) {
            self.make_outbound(to)?;
        }
        let pair = &self.outbound[to];
        if !self.lets(Some(pair), bytes) {
            return Err(Code::Busy);
        }
        self.last_id += 1;
        event.id = self.last_id;
        event.source.clone_from(&self.name);
        Ok(Post { to: to.into(), run: self.run, first: pair.first(), number: pair.next(), event })
    }

    /// Whether a pair takes so many bytes more. A first message goes however large it is, unless too much is kept already.
    fn lets(&self, pair: Option<&Outbound>, bytes: usize) -> bool {
        let pair_lets = pair.is_none_or(|pair| {
            let few = pair.unconfirmed() < self.limits.window;
            pair.unconfirmed() == 0 || (few && pair.bytes.saturating_add(bytes) <= self.limits.bytes)
        });
        pair_lets && self.kept_bytes <= limit::KEPT.saturating_mul(self.limits.bytes)
    }

    fn make_outbound(&mut self, to: &str) -> Result<(), Code> {
        if self.outbound.len() >= self.limits.pairs {
            self.forget_quiet();
        }
        if self.outbound.len() >= self.limits.pairs {
            return Err(Code::Busy);
        }
        self.outbound.insert(to.into(), Outbound::after(self.floor));
        Ok(())
    }

    /// Forgets pairs in which nothing is on its way. What begins later goes on above all of their numbers: its receiver,
    /// who may remember them, takes that as a sender whose earlier messages have all come.
    fn forget_quiet(&mut self) {
        let quiet = self.outbound.values().filter(|pair| pair.unconfirmed() == 0);
        self.floor = quiet.map(|pair| pair.next() - 1).fold(self.floor, u64::max);
        self.outbound.retain(|_, pair| pair.unconfirmed() > 0);
    }

    /// Whether a message of so many bytes would be taken for somebody; see `message_size`.
    #[must_use]
    pub fn has_room(&self, to: &str, bytes: usize) -> bool {
        self.lets(self.outbound.get(to), bytes)
    }

    /// Whether any message would be.
    #[must_use]
    pub fn has_room_for_any(&self, to: &str) -> bool {
        self.has_room(to, self.limits.message_bytes.saturating_mul(2))
    }

    /// Whether nothing is on its way to somebody, so that a message may go the short way.
    #[must_use]
    pub fn is_clear(&self, to: &str) -> bool {
        self.outbound.get(to).is_none_or(|pair| pair.unconfirmed() == 0)
    }

    /// Whether nothing is on its way to anybody.
    #[must_use]
    pub const fn keeps_nothing(&self) -> bool {
        self.kept_bytes == 0
    }

    /// Keeps a message that was addressed last, until its receipt comes.
    pub fn keep(&mut self, to: &str, event: Event) {
        if let Some(pair) = self.outbound.get_mut(to) {
            self.kept_bytes += pair.keep(event);
        }
    }

    /// The receiver has the message that was addressed last.
    pub fn pass(&mut self, to: &str) {
        if let Some(pair) = self.outbound.get_mut(to) {
            pair.pass();
        }
    }

    /// A receipt came; how many messages it was for.
    pub fn confirm(&mut self, receipt: &Receipt) -> usize {
        if receipt.run != self.run || receipt.source != self.name {
            return 0;
        }
        let Some(pair) = self.outbound.get_mut(&receipt.to) else { return 0 };
        pair.hear(receipt.busy);
        let (count, bytes) = pair.confirm(receipt.next);
        self.kept_bytes -= bytes;
        count
    }

    /// Whether somebody who had no room has told since that there is some, so that what is kept may go again; asked
    /// once. `confirm` goes before.
    pub fn may_go_again(&mut self, to: &str) -> bool {
        self.outbound.get_mut(to).is_some_and(Outbound::take_again)
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
        let (count, bytes) = pair.confirm(next);
        self.kept_bytes -= bytes;
        count
    }
}
