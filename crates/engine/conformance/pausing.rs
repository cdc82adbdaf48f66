//! Pauses: the thread stands at a poll, and goes on from there.

use super::stopping::{looped, stoppable};
use super::world::World;
use sojourn_engine::{Engine, Instance, Outcome, Stopper, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// Longest wait for anything to happen.
const BOUND: Duration = Duration::from_secs(30);
/// How long a guest must not have moved to stand still; any of them moves every few microseconds.
const STILL: Duration = Duration::from_millis(20);
/// Most that a guest does after it was told to pause: what is left of a slice.
const SLICE: u64 = 200_000;

fn wait_until(what: &str, mut happened: impl FnMut() -> bool) {
    let start = Instant::now();
    while !happened() {
        assert!(start.elapsed() < BOUND, "not within {BOUND:?}: {what}");
        thread::yield_now();
    }
}

/// Waits until the count does not change any more, and gives it.
fn still(ticks: &AtomicU64) -> u64 {
    let (mut last, mut since) = (ticks.load(Ordering::SeqCst), Instant::now());
    wait_until("the guest stands still", || {
        let now = ticks.load(Ordering::SeqCst);
        if now != last {
            (last, since) = (now, Instant::now());
        }
        since.elapsed() >= STILL
    });
    last
}

/// A guest, the thread to call it on being the caller's; what asks it and what it has counted.
fn parts<I: Instance<Host = World>>(guest: &mut I) -> (Arc<dyn Stopper>, Arc<AtomicU64>) {
    (guest.stopper(), Arc::clone(&guest.host().ticks))
}

/// Pauses a guest that counts without end twice, and stops it in the second pause.
pub fn stands_still<I: Instance<Host = World>>(mut guest: I) {
    let (stopper, ticks) = parts(&mut guest);
    thread::scope(|scope| {
        let running = scope.spawn(move || (guest.call("count", &[Value::I64(i64::MAX)]).unwrap(), guest));
        wait_until("the guest runs", || ticks.load(Ordering::SeqCst) > 0);
        stopper.pause();
        stopper.pause();
        let before = still(&ticks);
        stopper.unpause();
        wait_until("the guest goes on", || ticks.load(Ordering::SeqCst) > before);
        stopper.pause();
        let paused_at = ticks.load(Ordering::SeqCst);
        still(&ticks);
        assert!(!running.is_finished());
        stopper.request();
        let (outcome, mut guest) = running.join().unwrap();
        assert_eq!(outcome, Outcome::Stopped);
        let counted = ticks.load(Ordering::SeqCst);
        assert_eq!(looped(&mut guest), counted);
        assert!(counted - paused_at <= SLICE, "it went on: {paused_at} to {counted}");
    });
}

pub fn a_paused_loop_stands_still<E: Engine>(engine: &E) {
    stands_still(stoppable(engine));
}

pub fn a_pause_before_the_call_holds_it<E: Engine>(engine: &E) {
    let mut guest = stoppable(engine);
    let (stopper, ticks) = parts(&mut guest);
    stopper.pause();
    let calling = AtomicBool::new(false);
    thread::scope(|scope| {
        let running = scope.spawn(|| {
            calling.store(true, Ordering::SeqCst);
            guest.call("count", &[Value::I64(1000)]).unwrap()
        });
        wait_until("the guest is called", || calling.load(Ordering::SeqCst));
        assert_eq!(still(&ticks), 0);
        stopper.unpause();
        assert_eq!(running.join().unwrap(), Outcome::Finished(vec![Value::I64(1000)]));
    });
}

pub fn many_pauses_change_nothing<E: Engine>(engine: &E) {
    const LOOPS: i64 = 300_000;
    let mut guest = stoppable(engine);
    let (stopper, ticks) = parts(&mut guest);
    thread::scope(|scope| {
        let running = scope.spawn(|| guest.call("count", &[Value::I64(LOOPS)]).unwrap());
        while !running.is_finished() {
            let before = ticks.load(Ordering::SeqCst);
            stopper.pause();
            thread::yield_now();
            stopper.unpause();
            let moved = || ticks.load(Ordering::SeqCst) > before || running.is_finished();
            wait_until("the guest goes on", moved);
        }
        assert_eq!(running.join().unwrap(), Outcome::Finished(vec![Value::I64(LOOPS)]));
    });
    assert_eq!(ticks.load(Ordering::SeqCst), LOOPS.unsigned_abs());
}

pub fn a_stop_ends_a_pause<E: Engine>(engine: &E) {
    for ask in [
        |stopper: &dyn Stopper| {
            stopper.pause();
            stopper.request();
            stopper.unpause();
        },
        |stopper: &dyn Stopper| {
            stopper.request();
            stopper.pause();
        },
    ] {
        let mut guest = stoppable(engine);
        ask(guest.stopper().as_ref());
        assert_eq!(guest.call("count", &[Value::I64(1000)]).unwrap(), Outcome::Stopped);
        assert_eq!(looped(&mut guest), 0);
    }
}

pub fn a_pause_is_over_when_it_is_taken_back<E: Engine>(engine: &E) {
    let mut guest = stoppable(engine);
    let stopper = guest.stopper();
    stopper.unpause();
    stopper.pause();
    stopper.unpause();
    stopper.unpause();
    assert_eq!(guest.call("count", &[Value::I64(10)]).unwrap(), Outcome::Finished(vec![Value::I64(10)]));
    stopper.request();
    guest.clear_stop();
    stopper.pause();
    stopper.unpause();
    assert_eq!(guest.call("count", &[Value::I64(10)]).unwrap(), Outcome::Finished(vec![Value::I64(10)]));
}
