//! `clock_*`.

use super::{Call, Outcome, Wasi};
use crate::Errno;

/// WASI's clocks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ClockId {
    Realtime,
    Monotonic,
    /// Of the process or the thread: a guest is one of each.
    Processor,
}

impl ClockId {
    pub(super) const fn new(number: u32) -> Result<Self, Errno> {
        match number {
            0 => Ok(Self::Realtime),
            1 => Ok(Self::Monotonic),
            2 | 3 => Ok(Self::Processor),
            _ => Err(Errno::Invalid),
        }
    }
}

impl Wasi {
    pub(super) fn time_ns(&mut self, clock: ClockId) -> u64 {
        match clock {
            ClockId::Realtime => self.now_realtime_ns(),
            ClockId::Monotonic => self.now_monotonic_ns(),
            ClockId::Processor => self.origins.processor_ns(&self.state.clocks, &mut *self.ports.clock),
        }
    }
}

/// All clocks count nanoseconds.
pub(super) fn res_get(call: &mut Call<'_>) -> Outcome {
    ClockId::new(call.u32(0))?;
    call.put_u64(1, 1)
}

pub(super) fn time_get(call: &mut Call<'_>) -> Outcome {
    let clock = ClockId::new(call.u32(0))?;
    let now_ns = call.wasi.time_ns(clock);
    call.put_u64(2, now_ns)
}
