//! Threads that are kept: one that has done its work waits a while for more, because to make one takes as long as to
//! start an atom.
//!
//! ```text
//! run ──> somebody waits: it gets the body     ──> done: waits LINGER for the next one, then ends
//!    └──> nobody does: a new thread for it     ──┘
//! ```
//!
//! There are as many as bodies ran at once in the last seconds, so whatever bounds those bounds these.

use crate::limit::THREAD_STACK_BYTES;
use crate::module::lock;
use std::collections::VecDeque;
use std::io;
use std::sync::{Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// How long a thread waits for its next body. What a guest has used of its stack is given back to the system then.
const LINGER: Duration = Duration::from_secs(5);

/// For what is done beside the rest.
static BESIDE: Pool = Pool::new(2 << 20);
/// For guests: their stacks are large.
static ATOMS: Pool = Pool::new(THREAD_STACK_BYTES);

type Body = Box<dyn FnOnce() + Send>;

/// Does something beside; `name` is what the system shows of it.
///
/// # Errors
/// There is no thread for it, and it is not done.
pub(crate) fn run(name: &str, body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    BESIDE.run(name, Box::new(body))
}

/// As `run`, on a stack for a guest.
///
/// # Errors
/// As `run`.
pub(crate) fn run_atom(body: impl FnOnce() + Send + 'static) -> io::Result<()> {
    ATOMS.run("atom", Box::new(body))
}

/// Threads with stacks of one size.
struct Pool {
    stack_bytes: usize,
    state: Mutex<State>,
    came: Condvar,
}

struct State {
    waiting: usize,
    bodies: VecDeque<(String, Body)>,
}

impl Pool {
    const fn new(stack_bytes: usize) -> Self {
        let state = State { waiting: 0, bodies: VecDeque::new() };
        Self { stack_bytes, state: Mutex::new(state), came: Condvar::new() }
    }

    fn run(&'static self, name: &str, body: Body) -> io::Result<()> {
        let mut state = lock(&self.state);
        if state.bodies.len() < state.waiting {
            state.bodies.push_back((name.into(), body));
            drop(state);
            self.came.notify_one();
            return Ok(());
        }
        drop(state);
        let begun = thread::Builder::new().name(name.into()).stack_size(self.stack_bytes);
        begun.spawn(move || self.serve(body)).map(drop)
    }

    /// What a thread does. A body that panics ends it, and nothing else: it is not counted while it works.
    fn serve(&self, first: Body) {
        first();
        while let Some((name, body)) = self.next() {
            // For those who look; a thread may also have another's name.
            if let Ok(name) = std::ffi::CString::new(name) {
                let _ = rustix::thread::set_name(&name);
            }
            body();
        }
    }

    fn next(&self) -> Option<(String, Body)> {
        let mut state = lock(&self.state);
        state.waiting += 1;
        let none = |state: &mut State| state.bodies.is_empty();
        let (mut state, _) =
            self.came.wait_timeout_while(state, LINGER, none).unwrap_or_else(PoisonError::into_inner);
        state.waiting -= 1;
        state.bodies.pop_front()
    }
}

/// Processor time that a thread uses from some moment on, seen from any thread of this process while it lives.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Meter {
    clock: libc::clockid_t,
    before_ns: u64,
}

impl Meter {
    /// Of the thread that calls this, from now on.
    pub(crate) fn begin() -> Self {
        // As pthread_getcpuclockid(3) makes it: the thread's number, inverted, and which of its clocks.
        let clock = (!rustix::thread::gettid().as_raw_nonzero().get() << 3) | 6;
        Self { clock, before_ns: clock_ns(clock).unwrap_or(0) }
    }

    /// Nanoseconds since then; `None` when the thread has ended.
    pub(crate) fn used_ns(self) -> Option<u64> {
        Some(clock_ns(self.clock)?.saturating_sub(self.before_ns))
    }
}

fn clock_ns(clock: libc::clockid_t) -> Option<u64> {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the pointer is to a `timespec` that lives across the call, which writes nothing else.
    let failed = unsafe { libc::clock_gettime(clock, &raw mut time) } != 0;
    let seconds = u64::try_from(time.tv_sec).ok()?;
    let nanoseconds = u64::try_from(time.tv_nsec).ok()?;
    (!failed).then_some(seconds * 1_000_000_000 + nanoseconds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::mpsc::channel;
    use std::thread::ThreadId;

    /// Bound of every wait here.
    const PATIENCE: Duration = Duration::from_mins(1);

    fn in_pool(pool: &'static Pool) -> ThreadId {
        let (said, heard) = channel();
        pool.run("test", Box::new(move || said.send(thread::current().id()).unwrap())).unwrap();
        heard.recv_timeout(PATIENCE).unwrap()
    }

    fn wait_idle(pool: &Pool, waiting: usize) {
        while lock(&pool.state).waiting != waiting {
            thread::yield_now();
        }
    }

    #[test]
    fn a_thread_that_is_done_does_what_comes_next() {
        static POOL: Pool = Pool::new(1 << 20);
        let first = in_pool(&POOL);
        wait_idle(&POOL, 1);
        assert_eq!(in_pool(&POOL), first);
    }

    #[test]
    fn nobody_waits_for_somebody_else_to_be_done() {
        static POOL: Pool = Pool::new(1 << 20);
        let (go, stop) = channel::<()>();
        let (said, heard) = channel();
        let body = move || {
            said.send(()).unwrap();
            stop.recv().unwrap();
        };
        POOL.run("blocked", Box::new(body)).unwrap();
        heard.recv_timeout(PATIENCE).unwrap();
        let other = in_pool(&POOL);
        wait_idle(&POOL, 1);
        assert_eq!(in_pool(&POOL), other);
        go.send(()).unwrap();
        wait_idle(&POOL, 2);
    }

    #[test]
    fn a_body_that_panics_takes_only_its_thread() {
        static POOL: Pool = Pool::new(1 << 20);
        let first = in_pool(&POOL);
        wait_idle(&POOL, 1);
        POOL.run("panics", Box::new(|| std::panic::resume_unwind(Box::new("on purpose")))).unwrap();
        // The first one has it; no other can take it.
        wait_idle(&POOL, 0);
        let second = in_pool(&POOL);
        assert_ne!(first, second);
        wait_idle(&POOL, 1);
        assert_eq!(in_pool(&POOL), second);
    }

    #[test]
    fn a_meter_counts_from_where_it_began() {
        let work = |until: u64| {
            let meter = Meter::begin();
            while meter.used_ns().unwrap() < until {
                std::hint::spin_loop();
            }
            meter
        };
        let first = work(20_000_000);
        let second = work(1_000_000);
        assert!(first.used_ns().unwrap() >= second.used_ns().unwrap() + 20_000_000);
        let (said, heard) = channel();
        let elsewhere = thread::spawn(move || said.send(Meter::begin()).unwrap());
        let gone = heard.recv_timeout(PATIENCE).unwrap();
        elsewhere.join().unwrap();
        // The thread's number may live on for a moment after it was joined.
        while gone.used_ns().is_some() {
            thread::yield_now();
        }
    }
}
