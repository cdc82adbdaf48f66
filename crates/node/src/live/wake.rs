//! What an atom's thread waits on when its guest waits.
//!
//! Atoms that talk answer each other within microseconds, and to put a thread to sleep and wake it takes longer than
//! that. So a wait begins with looking again and again for a moment, as long as that has paid lately.

use crate::module::lock;
use std::hint::spin_loop;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering::Relaxed, Ordering::SeqCst};
use std::sync::{Condvar, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long it is looked before the thread sleeps.
const MOMENT: Duration = Duration::from_micros(25);
/// Looks between two glances at the clock.
const LOOKS: u32 = 64;
/// After so many moments in vain, none is tried...
const PATIENCE: u32 = 4;
/// ...but each time after so many waits.
const TRY_AGAIN: u32 = 32;

/// Makes a waiting guest look again, from any thread.
#[derive(Default)]
pub(crate) struct Wake {
    stop: AtomicBool,
    news: AtomicBool,
    sleepers: AtomicU32,
    /// Moments in vain, one after the other; beyond `PATIENCE`, waits since.
    vain: AtomicU32,
    gate: Mutex<()>,
    changed: Condvar,
}

/// Why a wait ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Woke {
    /// Something may have changed.
    News,
    /// The time is over.
    Timeout,
    /// A stop is asked for.
    Stop,
}

impl Wake {
    /// Something may have changed.
    pub(crate) fn notify(&self) {
        if !self.news.swap(true, SeqCst) {
            self.rouse();
        }
    }

    /// From now on no wait lasts.
    pub(crate) fn stop(&self) {
        self.stop.store(true, SeqCst);
        self.rouse();
    }

    /// A sleeper counts itself before it looks a last time, so either it sees what is new or it is seen here.
    fn rouse(&self) {
        if self.sleepers.load(SeqCst) > 0 {
            drop(lock(&self.gate));
            self.changed.notify_all();
        }
    }

    /// Takes a stop back.
    pub(crate) fn clear(&self) {
        self.stop.store(false, SeqCst);
    }

    /// Forgets news that came before; whoever is to wait looks at everything after this and then waits.
    pub(crate) fn listen(&self) {
        self.news.store(false, SeqCst);
    }

    /// Whether a stop is asked for.
    pub(crate) fn stops(&self) -> bool {
        self.stop.load(SeqCst)
    }

    fn look(&self) -> Option<Woke> {
        if self.stops() {
            return Some(Woke::Stop);
        }
        self.news.swap(false, SeqCst).then_some(Woke::News)
    }

    /// Waits for news since `listen`, a stop, or the deadline.
    pub(crate) fn wait(&self, deadline: Option<Instant>) -> Woke {
        if let Some(woke) = self.look() {
            return woke;
        }
        if self.may_pay()
            && let Some(woke) = self.look_for_a_moment(deadline)
        {
            return woke;
        }
        self.sleep(deadline)
    }

    fn may_pay(&self) -> bool {
        static ALONE: OnceLock<bool> = OnceLock::new();
        if *ALONE.get_or_init(|| std::thread::available_parallelism().map_or(1, usize::from) < 2) {
            return false;
        }
        let vain = self.vain.load(Relaxed);
        if vain < PATIENCE {
            return true;
        }
        self.vain.store(if vain >= PATIENCE + TRY_AGAIN { PATIENCE - 1 } else { vain + 1 }, Relaxed);
        false
    }

    fn look_for_a_moment(&self, deadline: Option<Instant>) -> Option<Woke> {
        let began = Instant::now();
        let most = deadline.map_or(MOMENT, |deadline| deadline.saturating_duration_since(began).min(MOMENT));
        loop {
            for _ in 0..LOOKS {
                if self.stop.load(Relaxed) || self.news.load(Relaxed) {
                    self.vain.store(0, Relaxed);
                    return self.look();
                }
                spin_loop();
            }
            if began.elapsed() >= most {
                self.vain.store(self.vain.load(Relaxed) + 1, Relaxed);
                return None;
            }
        }
    }

    fn sleep(&self, deadline: Option<Instant>) -> Woke {
        let mut gate = lock(&self.gate);
        self.sleepers.fetch_add(1, SeqCst);
        let woke = loop {
            if let Some(woke) = self.look() {
                break woke;
            }
            gate = match deadline {
                None => self.changed.wait(gate).unwrap_or_else(PoisonError::into_inner),
                Some(deadline) => {
                    let rest = deadline.saturating_duration_since(Instant::now());
                    if rest.is_zero() {
                        break Woke::Timeout;
                    }
                    self.changed.wait_timeout(gate, rest).unwrap_or_else(PoisonError::into_inner).0
                }
            };
        };
        self.sleepers.fetch_sub(1, SeqCst);
        woke
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::thread;

    #[test]
    fn nothing_is_missed_whoever_is_first() {
        let (one, other) = (Arc::new(Wake::default()), Arc::new(Wake::default()));
        let rounds = 20_000;
        let (ours, theirs) = (Arc::clone(&one), Arc::clone(&other));
        let echo = thread::spawn(move || {
            for _ in 0..rounds {
                assert_eq!(ours.wait(None), Woke::News);
                theirs.notify();
            }
        });
        for _ in 0..rounds {
            one.notify();
            assert_eq!(other.wait(None), Woke::News);
        }
        echo.join().unwrap();
    }

    #[test]
    fn a_stop_lasts_until_it_is_taken_back() {
        let wake = Wake::default();
        wake.stop();
        assert_eq!(wake.wait(None), Woke::Stop);
        wake.notify();
        assert_eq!(wake.wait(None), Woke::Stop);
        wake.clear();
        assert_eq!(wake.wait(None), Woke::News);
        assert_eq!(wake.wait(Some(Instant::now())), Woke::Timeout);
    }
}
