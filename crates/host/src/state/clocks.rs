//! Time as the guest sees it, continuous across a move.
//!
//! The monotonic and processor clocks go on from where they stood: the time in which the guest was only an
//! image does not exist for them, so that a sleep of ten seconds that was stopped after four sleeps six more
//! wherever it goes on, and no timeout of the guest's fires because it was stored.
//!
//! The real-time clock is the machine's, because a guest that reads it wants to know what day it is: it jumps
//! ahead by the time stored. But it never goes back. When the machine's clock is behind what the guest has seen
//! (the target's clock is slow, or someone set it), the guest's clock runs at half the speed of the monotonic
//! one until the machine's has caught up: time stamps keep their order, a loop that waits for a time to pass
//! ends, and the error shrinks instead of staying for ever.

use super::record;
use crate::ports::Clock;

/// What the guest has seen of its clocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "every time says its unit")]
pub struct Clocks {
    /// Guest's monotonic time at `Origins::monotonic_ns`.
    monotonic_ns: u64,
    /// Guest's processor time at `Origins::processor_ns`.
    processor_ns: u64,
    /// Real time last seen.
    seen_realtime_ns: u64,
    /// Guest's monotonic time when that was.
    seen_at_ns: u64,
}

record!(Clocks { monotonic_ns, processor_ns, seen_realtime_ns, seen_at_ns });

/// The machine's clocks when the guest began to run here.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Origins {
    monotonic_ns: u64,
    processor_ns: u64,
}

impl Origins {
    pub(crate) fn now(clock: &mut dyn Clock) -> Self {
        Self { monotonic_ns: clock.monotonic_ns(), processor_ns: clock.processor_ns() }
    }

    /// Guest's monotonic time now.
    pub(crate) fn monotonic_ns(self, clocks: &Clocks, clock: &mut dyn Clock) -> u64 {
        let passed = clock.monotonic_ns().saturating_sub(self.monotonic_ns);
        clocks.monotonic_ns.saturating_add(passed)
    }

    /// Guest's processor time now.
    pub(crate) fn processor_ns(self, clocks: &Clocks, clock: &mut dyn Clock) -> u64 {
        let passed = clock.processor_ns().saturating_sub(self.processor_ns);
        clocks.processor_ns.saturating_add(passed)
    }

    /// Guest's real time now, which it then has seen.
    pub(crate) fn realtime_ns(self, clocks: &mut Clocks, clock: &mut dyn Clock) -> u64 {
        let monotonic_ns = self.monotonic_ns(clocks, clock);
        let floor =
            clocks.seen_realtime_ns.saturating_add(monotonic_ns.saturating_sub(clocks.seen_at_ns) / 2);
        let now = clock.realtime_ns().max(floor);
        clocks.seen_realtime_ns = now;
        clocks.seen_at_ns = monotonic_ns;
        now
    }

    /// The guest's clocks as they stand now, to go on from elsewhere.
    pub(crate) fn stop(self, clocks: &Clocks, clock: &mut dyn Clock) -> Clocks {
        Clocks {
            monotonic_ns: self.monotonic_ns(clocks, clock),
            processor_ns: self.processor_ns(clocks, clock),
            ..clocks.clone()
        }
    }
}
