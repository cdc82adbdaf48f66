//! Processor, memory and load, as the system tells them.

use std::fs;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// Steps of `work` that the reference core does in a microsecond (docs/reference/facts.md).
const REFERENCE_STEPS_PER_US: u64 = 500;
/// Steps of one look at the speed: a few milliseconds.
const STEPS: u64 = 1 << 20;
/// Load is told of at least so long.
const SPAN: Duration = Duration::from_millis(200);
/// User, nice, system, idle, waiting for input and output, interrupts, soft ones, stolen.
const TIMES: usize = 8;

/// The machine's processor.
#[derive(Default)]
pub(super) struct Processor {
    /// The best that was seen.
    speed: u32,
    /// How often it was asked for.
    asked: u64,
    /// Busy and all ticks of all cores, when they were read last.
    before: Option<(Ticks, Instant)>,
    busy: u32,
}

#[derive(Clone, Copy)]
struct Ticks {
    busy: u64,
    all: u64,
}

impl Processor {
    /// Speed of a core in thousandths of the reference's: the best of some looks, ever more seldom, since others may
    /// have had the core meanwhile.
    pub(super) fn speed(&mut self) -> u32 {
        self.asked += 1;
        if self.asked.is_power_of_two() {
            self.speed = self.speed.max(measure());
        }
        self.speed
    }

    /// Cores that are busy, in thousandths, since it was asked the last time.
    pub(super) fn busy_millicores(&mut self) -> u32 {
        let now = Instant::now();
        let Some(ticks) = ticks(&fs::read_to_string("/proc/stat").unwrap_or_default()) else { return 0 };
        match self.before {
            Some((_, at)) if now.duration_since(at) < SPAN => {}
            Some((before, _)) => {
                self.busy = share(before, ticks, cores());
                self.before = Some((ticks, now));
            }
            None => self.before = Some((ticks, now)),
        }
        self.busy
    }
}

fn cores() -> u64 {
    std::thread::available_parallelism().map_or(1, |cores| cores.get() as u64)
}

fn share(before: Ticks, now: Ticks, cores: u64) -> u32 {
    let all = now.all.saturating_sub(before.all).max(1);
    let busy = now.busy.saturating_sub(before.busy);
    u32::try_from(busy.saturating_mul(cores).saturating_mul(1000) / all).unwrap_or(u32::MAX)
}

/// The first line of `/proc/stat`.
fn ticks(text: &str) -> Option<Ticks> {
    let line = text.lines().next()?.strip_prefix("cpu ")?;
    let times: Vec<u64> = line.split_whitespace().take(TIMES).map_while(|word| word.parse().ok()).collect();
    let all = times.iter().copied().fold(0, u64::saturating_add);
    let idle = times.get(3)?.saturating_add(*times.get(4).unwrap_or(&0));
    Some(Ticks { busy: all.saturating_sub(idle), all })
}

fn measure() -> u32 {
    let nanoseconds = u64::try_from(look().as_nanos()).unwrap_or(u64::MAX).max(1);
    let speed = STEPS.saturating_mul(1000).saturating_mul(1000) / (nanoseconds * REFERENCE_STEPS_PER_US);
    u32::try_from(speed).unwrap_or(u32::MAX)
}

/// A chain of steps of which each needs the one before (xorshift64*, Vigna 2016).
fn look() -> Duration {
    let began = Instant::now();
    let mut state = black_box(0x9E37_79B9_7F4A_7C15_u64);
    for _ in 0..STEPS {
        state ^= state >> 12;
        state ^= state << 25;
        state ^= state >> 27;
        state = state.wrapping_mul(0x2545_F491_4F6C_DD1D);
    }
    black_box(state);
    began.elapsed()
}

/// The machine's memory.
pub(super) struct Memory {
    pub(super) total: u64,
    pub(super) available: u64,
}

impl Memory {
    pub(super) fn now() -> Self {
        let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
        let limit = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
        let limit = limit.and_then(|text| text.trim().parse().ok()).unwrap_or(u64::MAX);
        let of = |name| kibibytes(&text, name).map_or(u64::MAX, |number| number.saturating_mul(1024));
        let total = of("MemTotal:").min(limit);
        Self { total, available: of("MemAvailable:").min(total) }
    }
}

fn kibibytes(text: &str, name: &str) -> Option<u64> {
    text.lines().find_map(|line| line.strip_prefix(name))?.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_read_and_garbage_is_not() {
        let read = ticks("cpu  100 0 50 800 50 0 0 0 0 0\ncpu0 1 2 3 4\n").unwrap();
        assert_eq!((read.busy, read.all), (150, 1000));
        for garbage in ["", "cpu", "cpu x", "intr 1 2 3"] {
            assert!(ticks(garbage).is_none(), "{garbage:?}");
        }
    }

    #[test]
    fn load_is_what_came_since() {
        let at = |busy, all| Ticks { busy, all };
        assert_eq!(share(at(0, 0), at(50, 100), 4), 2000);
        assert_eq!(share(at(50, 100), at(50, 100), 4), 0, "no time has passed");
        assert_eq!(share(at(50, 100), at(0, 0), 4), 0, "counters that went back");
    }

    #[test]
    fn a_machine_has_a_speed_and_memory() {
        let mut processor = Processor::default();
        assert!(processor.speed() > 0);
        let memory = Memory::now();
        assert!(memory.total > 0 && memory.available <= memory.total);
    }
}
