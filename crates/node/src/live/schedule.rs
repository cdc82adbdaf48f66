//! Who of many atoms runs: permits, slices, and a queue.
//!
//! Every atom has a thread of its own, which is its stack. A *worker* is a permit to run: there are as many as cores.
//! An atom takes a seat, enters before its guest runs and leaves when the guest waits. When others queue, one that has
//! had its slice is paused at its next poll and goes to the end of the queue, so that none holds a worker longer than
//! its slice and everybody gets a turn (round robin). Nothing is done while nobody queues.

use crate::module::lock;
use sojourn_engine::Stopper;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Hands out permits. Clones share everything.
#[derive(Clone)]
pub(crate) struct Scheduler(Arc<Inner>);

struct Inner {
    state: Mutex<State>,
    /// Somebody queues.
    queued: Condvar,
    slice: Duration,
}

struct State {
    free: usize,
    next: u64,
    seats: BTreeMap<u64, Place>,
    queue: VecDeque<u64>,
    pauses: u64,
}

struct Place {
    phase: Phase,
    stopper: Option<Arc<dyn Stopper>>,
    granted: Arc<Condvar>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Does not want to run.
    Out,
    /// Stands in the queue, before its guest runs.
    Waiting,
    /// Has a permit, since then.
    Running(Instant),
    /// Stands in the queue, paused in the middle of its guest.
    Paused,
}

/// What one atom has of the scheduler.
pub(crate) struct Seat {
    inner: Arc<Inner>,
    number: u64,
    granted: Arc<Condvar>,
}

impl Scheduler {
    /// With this many workers, and this slice.
    pub(crate) fn new(workers: usize, slice: Duration) -> Self {
        let state = State {
            free: workers.max(1),
            next: 0,
            seats: BTreeMap::new(),
            queue: VecDeque::new(),
            pauses: 0,
        };
        let inner = Arc::new(Inner { state: Mutex::new(state), queued: Condvar::new(), slice });
        let watched = Arc::downgrade(&inner);
        // Without this thread an atom keeps its worker until it waits.
        let _ = thread::Builder::new().name("slices".into()).spawn(move || watch(&watched));
        Self(inner)
    }

    /// A seat for an atom.
    pub(crate) fn seat(&self) -> Seat {
        let mut state = lock(&self.0.state);
        let number = state.next;
        state.next += 1;
        let granted = Arc::new(Condvar::new());
        let place = Place { phase: Phase::Out, stopper: None, granted: Arc::clone(&granted) };
        state.seats.insert(number, place);
        Seat { inner: Arc::clone(&self.0), number, granted }
    }

    /// Atoms that run or want to.
    pub(crate) fn wanting(&self) -> usize {
        lock(&self.0.state).seats.values().filter(|place| place.phase != Phase::Out).count()
    }

    /// How often an atom was paused for others.
    pub(crate) fn pauses(&self) -> u64 {
        lock(&self.0.state).pauses
    }
}

impl Drop for Scheduler {
    fn drop(&mut self) {
        self.0.queued.notify_all();
    }
}

impl Seat {
    /// Whom to pause: the guest that this seat's thread runs now.
    pub(crate) fn set_stopper(&self, stopper: Arc<dyn Stopper>) {
        if let Some(place) = lock(&self.inner.state).seats.get_mut(&self.number) {
            place.stopper = Some(stopper);
        }
    }

    /// Waits until this atom may run.
    pub(crate) fn enter(&self) {
        let mut state = lock(&self.inner.state);
        if state.free > 0 && state.queue.is_empty() {
            state.free -= 1;
            state.set(self.number, Phase::Running(Instant::now()));
            return;
        }
        state.set(self.number, Phase::Waiting);
        state.queue.push_back(self.number);
        self.inner.queued.notify_one();
        let waiting = |state: &mut State| state.phase(self.number) == Phase::Waiting;
        drop(self.granted.wait_while(state, waiting).unwrap_or_else(PoisonError::into_inner));
    }

    /// Gives the permit back, if it has one.
    pub(crate) fn leave(&self) {
        lock(&self.inner.state).leave(self.number);
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut state = lock(&self.inner.state);
        state.leave(self.number);
        state.seats.remove(&self.number);
    }
}

impl State {
    fn phase(&self, number: u64) -> Phase {
        self.seats.get(&number).map_or(Phase::Out, |place| place.phase)
    }

    fn set(&mut self, number: u64, phase: Phase) {
        if let Some(place) = self.seats.get_mut(&number) {
            place.phase = phase;
        }
    }

    fn leave(&mut self, number: u64) {
        match self.phase(number) {
            Phase::Out => {}
            Phase::Running(_) => {
                self.set(number, Phase::Out);
                self.free += 1;
                self.grant();
            }
            Phase::Waiting | Phase::Paused => {
                // It was paused while in a host call, or stopped while paused: nothing may park it later.
                self.queue.retain(|other| *other != number);
                if let Some(place) = self.seats.get_mut(&number) {
                    place.phase = Phase::Out;
                    place.stopper.iter().for_each(|stopper| stopper.unpause());
                    // Whoever waits in `enter` is not left there.
                    place.granted.notify_all();
                }
            }
        }
    }

    /// Gives free permits to those who queue.
    fn grant(&mut self) {
        while self.free > 0
            && let Some(number) = self.queue.pop_front()
        {
            self.free -= 1;
            let Some(place) = self.seats.get_mut(&number) else { continue };
            if place.phase == Phase::Paused {
                place.stopper.iter().for_each(|stopper| stopper.unpause());
            }
            place.phase = Phase::Running(Instant::now());
            place.granted.notify_one();
        }
    }

    /// Pauses those who have had their slice while others queue, at most one for each who queues; tells when to
    /// look again.
    fn preempt(&mut self, slice: Duration) -> Duration {
        let now = Instant::now();
        let mut running: Vec<(Instant, u64)> = self
            .seats
            .iter()
            .filter_map(|(number, place)| match place.phase {
                Phase::Running(since) => Some((since, *number)),
                _ => None,
            })
            .collect();
        running.sort_unstable();
        let over = |since: &Instant| now.duration_since(*since) >= slice;
        let due: Vec<u64> =
            running.iter().take(self.queue.len()).filter(|(since, _)| over(since)).map(|(_, n)| *n).collect();
        for number in due {
            if let Some(place) = self.seats.get_mut(&number) {
                place.stopper.iter().for_each(|stopper| stopper.pause());
                place.phase = Phase::Paused;
            }
            self.pauses += 1;
            self.queue.push_back(number);
            self.free += 1;
        }
        self.grant();
        let oldest = self.seats.values().filter_map(|place| match place.phase {
            Phase::Running(since) => Some(since),
            _ => None,
        });
        oldest.min().map_or(slice, |since| (since + slice).saturating_duration_since(now))
    }
}

/// Ends slices, as long as there is a scheduler.
fn watch(watched: &Weak<Inner>) {
    while let Some(inner) = watched.upgrade() {
        let state = lock(&inner.state);
        if state.queue.is_empty() {
            // Looks now and then whether the scheduler is still wanted.
            let idle = |state: &mut State| state.queue.is_empty();
            let waited = inner.queued.wait_timeout_while(state, Duration::from_mins(1), idle);
            drop(waited);
            continue;
        }
        drop(state);
        let rest = lock(&inner.state).preempt(inner.slice);
        drop(inner);
        thread::sleep(rest.max(Duration::from_micros(200)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_waits_for_a_permit_is_not_left_there() {
        let scheduler = Scheduler::new(1, Duration::from_hours(1));
        let (first, second) = (scheduler.seat(), Arc::new(scheduler.seat()));
        first.enter();
        let waits = Arc::clone(&second);
        let thread = thread::spawn(move || waits.enter());
        while scheduler.wanting() < 2 {
            thread::yield_now();
        }
        second.leave();
        thread.join().unwrap();
        assert_eq!(scheduler.wanting(), 1, "it left before it had one");
    }

    #[test]
    fn a_permit_goes_to_whoever_has_waited_longest() {
        let scheduler = Scheduler::new(1, Duration::from_hours(1));
        let first = scheduler.seat();
        first.enter();
        let mut waiting = Vec::new();
        let order = Arc::new(Mutex::new(Vec::new()));
        for number in 1..4 {
            let (seat, order) = (scheduler.seat(), Arc::clone(&order));
            waiting.push(thread::spawn(move || {
                seat.enter();
                lock(&order).push(number);
                seat.leave();
            }));
            while scheduler.wanting() < number + 1 {
                thread::yield_now();
            }
        }
        first.leave();
        for thread in waiting {
            thread.join().unwrap();
        }
        assert_eq!(*lock(&order), [1, 2, 3]);
    }
}
