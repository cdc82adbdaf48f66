//! The descriptor of a port: readable once it was rung, or a time has come, until somebody looks.
//!
//! It is an epoll instance over an event and a timer, so that both wake whoever waits for one descriptor, and neither
//! costs anything while nobody waits.

use crate::module::lock;
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// Nanoseconds of a second.
const SECOND: u64 = 1_000_000_000;
/// Later is never.
const LATEST_S: u64 = 1 << 32;

pub(super) struct Bell {
    both: OwnedFd,
    event: OwnedFd,
    timer: OwnedFd,
    /// Whether the event is written, or about to be, and was not read since.
    rung: AtomicBool,
    /// What the timer waits for, on the port's clock. It may come too early, and is set anew then.
    due: Mutex<Option<u64>>,
}

impl Bell {
    pub(super) fn new() -> io::Result<Self> {
        // SAFETY: the calls take numbers only; what they give is a new descriptor, or an error.
        let [both, event, timer] = unsafe {
            [
                owned(libc::epoll_create1(libc::EPOLL_CLOEXEC))?,
                owned(libc::eventfd(0, libc::EFD_CLOEXEC | libc::EFD_NONBLOCK))?,
                owned(libc::timerfd_create(libc::CLOCK_MONOTONIC, libc::TFD_CLOEXEC | libc::TFD_NONBLOCK))?,
            ]
        };
        for inner in [&event, &timer] {
            let mut wanted = libc::epoll_event { events: libc::EPOLLIN.cast_unsigned(), u64: 0 };
            // SAFETY: both descriptors are open, and the record lives as long as the call.
            let added = unsafe {
                libc::epoll_ctl(both.as_raw_fd(), libc::EPOLL_CTL_ADD, inner.as_raw_fd(), &raw mut wanted)
            };
            if added < 0 {
                return Err(io::Error::last_os_error());
            }
        }
        Ok(Self { both, event, timer, rung: AtomicBool::new(false), due: Mutex::default() })
    }

    /// Makes it readable.
    pub(super) fn ring(&self) {
        if self.rung.swap(true, SeqCst) {
            return;
        }
        let one = 1_u64.to_ne_bytes();
        // SAFETY: eight bytes are read from where eight are.
        unsafe { libc::write(self.event.as_raw_fd(), one.as_ptr().cast(), one.len()) };
    }

    /// It was heard: what comes from now on rings again.
    pub(super) fn quiet(&self) {
        let mut count = [0; 8];
        // Also when it is not known to be rung: who rings may be between its two steps, and whoever waits must not find
        // it readable for as long as that takes.
        // SAFETY: eight bytes are written to where there is room for eight.
        unsafe { libc::read(self.event.as_raw_fd(), count.as_mut_ptr().cast(), count.len()) };
        // Only now: who rings in between has its news looked at after this.
        self.rung.store(false, SeqCst);
    }

    /// It is to be readable at a time, too; what it waits for already may stay if it comes before that.
    pub(super) fn expect(&self, at: Option<u64>, now: u64) {
        let mut due = lock(&self.due);
        let stays = match (*due, at) {
            (None, None) => true,
            (Some(due), at) => due > now && at.is_none_or(|at| due <= at),
            (None, Some(_)) => false,
        };
        if !stays {
            *due = at;
            self.set_timer(at.map(|at| at.saturating_sub(now).max(1)));
        }
    }

    fn set_timer(&self, after_ns: Option<u64>) {
        let after_ns = after_ns.unwrap_or(0).min(LATEST_S * SECOND);
        let part = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let mut wanted = libc::itimerspec {
            it_interval: libc::timespec { tv_sec: 0, tv_nsec: 0 },
            it_value: libc::timespec { tv_sec: 0, tv_nsec: 0 },
        };
        wanted.it_value.tv_sec = part(after_ns / SECOND);
        wanted.it_value.tv_nsec = part(after_ns % SECOND);
        // SAFETY: the record lives as long as the call; what was before is not asked for.
        unsafe { libc::timerfd_settime(self.timer.as_raw_fd(), 0, &raw const wanted, std::ptr::null_mut()) };
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.both.as_fd()
    }
}

/// A descriptor that the system has just given.
///
/// # Safety
/// It is nobody else's.
unsafe fn owned(number: libc::c_int) -> io::Result<OwnedFd> {
    if number < 0 {
        return Err(io::Error::last_os_error());
    }
    // SAFETY: as said above.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether it is readable within so many milliseconds.
    fn readable(bell: &Bell, wait_ms: i32) -> bool {
        let mut asked = libc::pollfd { fd: bell.as_fd().as_raw_fd(), events: libc::POLLIN, revents: 0 };
        // SAFETY: one record, which lives as long as the call.
        unsafe { libc::poll(&raw mut asked, 1, wait_ms) == 1 }
    }

    #[test]
    fn it_is_readable_once_rung_until_it_was_heard() {
        let bell = Bell::new().unwrap();
        assert!(!readable(&bell, 0));
        bell.ring();
        bell.ring();
        assert!(readable(&bell, 0) && readable(&bell, 0));
        bell.quiet();
        assert!(!readable(&bell, 0));
        bell.ring();
        assert!(readable(&bell, 0));
    }

    #[test]
    fn it_is_readable_when_a_time_has_come() {
        let bell = Bell::new().unwrap();
        bell.expect(Some(u64::MAX), 0);
        assert!(!readable(&bell, 0));
        bell.expect(Some(2), 1);
        assert!(readable(&bell, 60_000), "an earlier time counts");
        bell.expect(None, 3);
        assert!(!readable(&bell, 0), "nothing is waited for any more");
    }

    #[test]
    fn a_time_that_is_waited_for_already_stays() {
        let bell = Bell::new().unwrap();
        bell.expect(Some(SECOND), 0);
        bell.expect(Some(2 * SECOND), 1);
        assert_eq!(*lock(&bell.due), Some(SECOND));
        bell.expect(Some(2 * SECOND), SECOND);
        assert_eq!(*lock(&bell.due), Some(2 * SECOND));
    }
}
