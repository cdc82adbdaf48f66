//! Processor time of threads: what a guest used, whatever else the machine does.

use crate::Outcome;

/// The processor time of one thread, readable from any other while that thread lives.
#[derive(Clone, Copy)]
pub struct ThreadClock(libc::clockid_t);

impl ThreadClock {
    /// That of the calling thread.
    pub fn of_this_thread() -> Outcome<Self> {
        let mut clock = libc::CLOCK_THREAD_CPUTIME_ID;
        // SAFETY: the calling thread lives, and the one number is written.
        let failed = unsafe { libc::pthread_getcpuclockid(libc::pthread_self(), &raw mut clock) };
        if failed == 0 { Ok(Self(clock)) } else { Err("this system has no clock for a thread".into()) }
    }

    /// Seconds that the thread has used.
    pub fn seconds(self) -> f64 {
        let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
        // SAFETY: the clock writes the one record that it is given.
        unsafe { libc::clock_gettime(self.0, &raw mut time) };
        #[expect(clippy::cast_precision_loss, reason = "seconds and nanoseconds of a process fit")]
        let seconds = time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9;
        seconds
    }
}

/// Processor time of the calling thread.
pub fn processor_seconds() -> f64 {
    ThreadClock(libc::CLOCK_THREAD_CPUTIME_ID).seconds()
}
