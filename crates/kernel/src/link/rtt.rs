//! When a message without acknowledgement is sent again: RFC 6298, with bounds of our own.

use crate::limit::Times;

/// Round trips, smoothed.
#[derive(Clone, Debug)]
pub struct Rtt {
    smoothed: Option<u64>,
    varying: u64,
    doubled: u32,
    first: u64,
    least: u64,
    most: u64,
}

impl Rtt {
    /// Nothing measured yet.
    pub fn new(times: &Times) -> Self {
        Self {
            smoothed: None,
            varying: 0,
            doubled: 0,
            first: times.resend_first_ns,
            least: times.resend_least_ns,
            most: times.resend_most_ns,
        }
    }

    /// A round trip of a message that was sent once.
    pub fn measure(&mut self, taken_ns: u64) {
        match self.smoothed {
            None => {
                self.smoothed = Some(taken_ns);
                self.varying = taken_ns / 2;
            }
            Some(smoothed) => {
                self.varying = self.varying / 4 * 3 + smoothed.abs_diff(taken_ns) / 4;
                self.smoothed = Some(smoothed / 8 * 7 + taken_ns / 8);
            }
        }
    }

    /// Nothing came in time: twice as long from now on.
    pub fn back_off(&mut self) {
        self.doubled = (self.doubled + 1).min(16);
    }

    /// Something new was acknowledged.
    pub fn recover(&mut self) {
        self.doubled = 0;
    }

    /// How long to wait for an acknowledgement.
    pub fn timeout(&self) -> u64 {
        let base = match self.smoothed {
            None => self.first,
            Some(smoothed) => smoothed.saturating_add(self.varying.saturating_mul(4)).max(self.least),
        };
        base.saturating_mul(1 << self.doubled).min(self.most)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_longer_after_each_miss_and_as_before_after_an_answer() {
        let times = Times::default();
        let mut rtt = Rtt::new(&times);
        assert_eq!(rtt.timeout(), times.resend_first_ns);
        rtt.measure(1_000_000);
        assert_eq!(rtt.timeout(), times.resend_least_ns);
        rtt.back_off();
        assert_eq!(rtt.timeout(), 2 * times.resend_least_ns);
        for _ in 0..40 {
            rtt.back_off();
        }
        assert_eq!(rtt.timeout(), times.resend_most_ns);
        rtt.recover();
        assert_eq!(rtt.timeout(), times.resend_least_ns);
    }

    #[test]
    fn follows_a_slow_way() {
        let mut rtt = Rtt::new(&Times::default());
        for _ in 0..50 {
            rtt.measure(400_000_000);
        }
        assert!((400_000_000..600_000_000).contains(&rtt.timeout()), "{}", rtt.timeout());
    }
}
