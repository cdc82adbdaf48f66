//! A mailbox as bytes: CBOR arrays in the order of the fields, after the version of all that.
//!
//! Bytes come with images, and so from anywhere. What is read takes memory in proportion to them; only then are
//! bounds looked at, and what follows from the rest is counted anew.

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
        self.queue_bytes = self.queue.iter().map(size).sum();
        let pairs = self.outbound.len() <= limits.pairs && self.inbound.len() <= limits.pairs;
        let numbers = self.run <= limit::NUMBER && self.last_id <= limit::NUMBER;
        pairs
            && numbers
            && self.outbound.values_mut().all(|pair| pair.checked(&limits))
            && self.inbound.values().all(|pair| pair.checked(&limits))
            && self.refused.len() <= limits.pairs
            && self.watchers.len() <= limits.pairs
            && self.calls.checked(&limits)
    }
}

impl Outbound {
    fn checked(&mut self, limits: &Limits) -> bool {
        self.bytes = self.unconfirmed.iter().map(size).sum();
        let count = self.unconfirmed.len();
        count <= limits.window && (count as u64) < self.next && self.next <= limit::NUMBER
    }
}

impl Inbound {
    fn checked(&self, limits: &Limits) -> bool {
        let beyond = |number: &u64| {
            *number >= self.next && *number <= limit::NUMBER && *number - self.next <= limits.window as u64
        };
        let numbers = self.run <= limit::NUMBER && (1..=limit::NUMBER).contains(&self.next);
        numbers && self.early.len() <= limits.window && self.early.keys().all(beyond)
    }
}

impl Calls {
    fn checked(&self, limits: &Limits) -> bool {
        let answers = |(number, event): (&u64, Option<&Event>)| {
            *number <= self.next_future && event.is_none_or(|event| event.call == *number)
        };
        self.futures.len() <= limits.calls
            && self.asked.len() <= limits.calls
            && self.depth as usize <= limits.calls
            && self.next_future <= limit::NUMBER
            && self.next_call <= limit::NUMBER
            && self.asked.keys().all(|number| *number <= self.next_call)
            && self.futures.iter().map(|(number, future)| (number, future.answer.as_ref())).all(answers)
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
        let few = Limits { window: 0, ..Limits::default() };
        assert_eq!(Mailbox::from_bytes(&bytes, few), None);
        for end in 0..bytes.len() {
            assert_eq!(Mailbox::from_bytes(&bytes[..end], Limits::default()), None);
        }
    }
}
