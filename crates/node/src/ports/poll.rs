//! `poll(2)`: waiting for several descriptors at once.

use std::os::fd::{AsRawFd, BorrowedFd};
use std::time::Instant;

/// A question to `poll`.
pub(crate) fn asked(fd: BorrowedFd<'_>, events: libc::c_short) -> libc::pollfd {
    libc::pollfd { fd: fd.as_raw_fd(), events, revents: 0 }
}

/// Waits until one of the descriptors has something, at most so many milliseconds (-1: no bound). How many have
/// is the answer; 0 also when it was interrupted, with no answers then.
pub(crate) fn poll(descriptors: &mut [libc::pollfd], timeout_ms: libc::c_int) -> usize {
    let count = libc::nfds_t::try_from(descriptors.len()).unwrap_or(libc::nfds_t::MAX);
    // SAFETY: the pointer and the count are of a slice that lives, exclusively borrowed, across the call.
    let ready = unsafe { libc::poll(descriptors.as_mut_ptr(), count, timeout_ms) };
    usize::try_from(ready).unwrap_or(0)
}

/// What is left until then, rounded up, as `poll` takes it: -1 for no bound.
pub(crate) fn milliseconds(until: Option<Instant>) -> libc::c_int {
    let Some(until) = until else { return -1 };
    let left = until.saturating_duration_since(Instant::now());
    libc::c_int::try_from(left.as_nanos().div_ceil(1_000_000)).unwrap_or(libc::c_int::MAX)
}
