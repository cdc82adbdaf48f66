//! Between two live processes every message that was taken comes once, in the order of its lane.

use super::{Breach, Property, Verdict};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// One direction of one lane between two processes.
type Way = (u64, u64, u8);

/// A message under way; one that is droppable may come or not.
#[derive(Clone, Copy, Debug)]
struct Mail {
    mark: u64,
    droppable: bool,
}

#[derive(Debug, Default)]
struct Lane {
    waiting: VecDeque<Mail>,
    delivered: BTreeSet<u64>,
}

/// All lanes. Processes are known by their incarnations, messages by their digests.
#[derive(Debug, Default)]
pub struct Lanes {
    ways: BTreeMap<Way, Lane>,
    /// Messages delivered.
    pub delivered: u64,
}

fn breach(text: String) -> Verdict {
    Err(Breach { property: Property::Lanes, text })
}

impl Lanes {
    /// A process takes a message for another.
    pub fn sent(&mut self, way: (u64, u64, u8), mark: u64, droppable: bool) {
        self.ways.entry(way).or_default().waiting.push_back(Mail { mark, droppable });
    }

    /// A process says that it could not send a message.
    ///
    /// # Errors
    /// When it has come, or was never sent.
    pub fn undelivered(&mut self, from: u64, to: u64, message: u64, what: &str) -> Verdict {
        for way in [(from, to, 0), (from, to, 1)] {
            let Some(lane) = self.ways.get_mut(&way) else { continue };
            if let Some(index) = lane.waiting.iter().rposition(|mail| mail.mark == message) {
                lane.waiting.remove(index);
                return Ok(());
            }
        }
        breach(format!("said not to be sent, but it has come, or never was: {what}"))
    }

    /// A process gets a message.
    ///
    /// # Errors
    /// When it is not the next one of its lane.
    pub fn delivered(&mut self, from: u64, to: u64, message: u64, what: &str) -> Verdict {
        self.delivered += 1;
        let ways = || [(from, to, 0), (from, to, 1)];
        for way in ways() {
            let Some(lane) = self.ways.get_mut(&way) else { continue };
            let passed =
                lane.waiting.iter().take_while(|mail| mail.droppable && mail.mark != message).count();
            if lane.waiting.get(passed).is_some_and(|mail| mail.mark == message) {
                lane.waiting.drain(..=passed);
                lane.delivered.insert(message);
                return Ok(());
            }
        }
        let lanes = || ways().into_iter().filter_map(|way| self.ways.get(&way));
        let before = |lane: &Lane| lane.waiting.iter().position(|mail| mail.mark == message);
        if let Some(missing) = lanes().find_map(before) {
            return breach(format!("{missing} messages before it are missing: {what}"));
        }
        if lanes().any(|lane| lane.delivered.contains(&message)) {
            return breach(format!("came twice: {what}"));
        }
        breach(format!("never sent to this process by that one: {what}"))
    }

    /// Messages under way between two processes.
    #[must_use]
    pub fn waiting(&self, from: u64, to: u64) -> usize {
        let lanes = [(from, to, 0), (from, to, 1)];
        let lanes = lanes.iter().filter_map(|way| self.ways.get(way));
        lanes.flat_map(|lane| &lane.waiting).filter(|mail| !mail.droppable).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn two() -> Lanes {
        let mut lanes = Lanes::default();
        lanes.sent((1, 2, 0), 10, false);
        lanes.sent((1, 2, 0), 11, false);
        lanes
    }

    #[test]
    fn in_order_and_once() {
        let mut lanes = two();
        assert!(lanes.delivered(1, 2, 10, "").is_ok());
        assert!(lanes.delivered(1, 2, 10, "").unwrap_err().text.contains("twice"));
        assert!(lanes.delivered(1, 2, 11, "").is_ok());
        assert_eq!(lanes.waiting(1, 2), 0);
    }

    #[test]
    fn a_gap_and_a_stranger_are_breaches() {
        assert!(two().delivered(1, 2, 11, "").unwrap_err().text.contains("missing"));
        assert!(two().delivered(3, 2, 10, "").is_err());
    }

    #[test]
    fn only_what_is_droppable_may_be_left_out() {
        let mut lanes = Lanes::default();
        lanes.sent((1, 2, 1), 10, true);
        lanes.sent((1, 2, 1), 11, true);
        lanes.sent((1, 2, 1), 12, false);
        assert!(lanes.delivered(1, 2, 11, "").is_ok());
        assert!(lanes.delivered(1, 2, 10, "").is_err());
        assert_eq!(lanes.waiting(1, 2), 1);
    }

    #[test]
    fn what_was_not_sent_does_not_come() {
        let mut lanes = two();
        assert!(lanes.undelivered(1, 2, 10, "").is_ok());
        assert!(lanes.delivered(1, 2, 11, "").is_ok());
        assert!(lanes.undelivered(1, 2, 11, "").is_err());
    }
}
