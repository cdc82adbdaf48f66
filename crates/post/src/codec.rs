//! A mailbox as bytes: CBOR arrays in the order of the fields, after the version of all that.
//!
//! Bytes come with images, and so from anywhere. What is read takes memory in proportion to them; only then are
//! bounds looked at, and what follows from the rest is counted anew.

use crate::calls::Future;
use crate::outbound::size;
use crate::{Calls, Inbound, Limits, Mailbox, Outbound, limit};
use alloc::vec::Vec;
use sojourn_abi::Event;

/// Version of the bytes.
const VERSION: u32 = 1;

impl Mailbox {
    /// As bytes for an image.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        sojourn_abi::encode(&(VERSION, self))
    }

    /// From bytes; `None` when they are none, or go beyond the limits, which are not part of them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8], limits: Limits) -> Option<Self> {
        let (version, mut mailbox): (u32, Self) = sojourn_abi::decode(bytes)?;
        mailbox.limits = limits;
        (version == VERSION && mailbox.checked()).then_some(mailbox)
    }

    /// Whether all of it is within its bounds; what is not part of bytes is counted.
    fn checked(&mut self) -> bool {
        let limits = self.limits;
        let pairs = |count: usize| count <= limits.pairs;
        self.outbound.values_mut().for_each(Outbound::count);
        self.calls.count(&limits);
        let channels = self.channels.checked(&limits);
        self.queue_bytes = self.queue.iter().map(size).sum();
        self.kept_bytes = self.outbound.values().map(|pair| pair.bytes).sum();
        self.early_bytes = self.inbound.values().flat_map(|pair| pair.early.values()).map(size).sum();
        // Words of nodes and what a journal gave back find room beyond that of messages.
        let queue = limits.messages.saturating_mul(2).saturating_add(limit::REPLAYED);
        pairs(self.outbound.len())
            && pairs(self.inbound.len())
            && pairs(self.refused.len())
            && self.ends_checked(&limits)
            && channels
            && self.queue.len() <= queue
            && [self.run, self.last_id, self.floor, self.looked].iter().all(|number| *number <= limit::NUMBER)
            && self.outbound.values().all(|pair| pair.checked(self.last_id, &limits))
            && self.inbound.values().all(|pair| pair.checked(self.looked, &limits))
            && self.calls.checked(&limits)
    }
}

impl Outbound {
    fn checked(&self, last_id: u64, limits: &Limits) -> bool {
        let count = self.unconfirmed.len();
        // Each message of a pair is one of the atom's.
        count <= limits.window.max(1) && (count as u64) < self.next && self.next <= last_id + 1
    }
}

impl Inbound {
    fn checked(&self, looked: u64, limits: &Limits) -> bool {
        // The next one may be there: it came when there was no room for it.
        let beyond = |number: &u64| {
            *number >= self.next && *number <= limit::NUMBER && *number - self.next <= limits.window as u64
        };
        self.run <= limit::NUMBER
            && (1..=limit::NUMBER).contains(&self.next)
            && self.looked <= looked
            && self.early.len() <= limits.window.saturating_add(1)
            && self.early.keys().all(beyond)
    }
}

impl Calls {
    fn checked(&self, limits: &Limits) -> bool {
        let few = |count: usize| count <= limits.calls;
        let answers = |(number, future): (&u64, &Future)| {
            *number <= self.next_future && future.answer.as_ref().is_none_or(|event| event.call == *number)
        };
        let ahead = |(number, event): (&u64, &Event)| *number > self.next_future && event.call == *number;
        few(self.futures.len())
            && few(self.asked.len())
            && few(self.before.len())
            && few(self.depth as usize)
            && self.due.len() <= limits.calls.saturating_add(limits.messages).saturating_add(limit::REPLAYED)
            && self.next_future <= limit::NUMBER
            && self.next_call <= limit::NUMBER
            && self.asked.keys().all(|number| *number <= self.next_call)
            && self.futures.iter().all(answers)
            && self.before.iter().all(ahead)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn a_mailbox_comes_back() {
        let mut mailbox = Mailbox::new("n/a", 3, Limits::default());
        let event = Event { data: vec![1, 2, 3], ..Event::default() };
        let post = mailbox.address("n/b", event).unwrap();
        mailbox.keep("n/b", post.event);
        mailbox.calls().future("n/b", Some(7), &Limits::default()).unwrap();
        let bytes = mailbox.to_bytes();
        assert_eq!(Mailbox::from_bytes(&bytes, Limits::default()), Some(mailbox));
        let few = Limits { pairs: 0, ..Limits::default() };
        assert_eq!(Mailbox::from_bytes(&bytes, few), None);
        for end in 0..bytes.len() {
            assert_eq!(Mailbox::from_bytes(&bytes[..end], Limits::default()), None);
        }
    }
}
