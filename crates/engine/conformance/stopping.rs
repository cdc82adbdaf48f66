//! Stop requests, exact polls, suspended host calls.

use super::world::World;
use super::{instance, results};
use sojourn_engine::{Engine, Flavour, Instance, Outcome, Value, names};

/// A module that an instance of this engine can be asked to stop: `spin` loops as often as it is told and says
/// how often it did; unwound, it leaves that number in the frame memory. `count` does the same and tells the host
/// each time. `wait` calls the host, and leaves what
/// the host answered in `answer`.
pub fn stoppable<E: Engine>(engine: &E) -> E::Instance<World> {
    stoppable_in(engine, engine.flavour())
}

pub fn stoppable_in<E: Engine>(engine: &E, flavour: Flavour) -> E::Instance<World> {
    let (word, poll) = match flavour {
        Flavour::Atomic => (
            r#"(memory $control (export "sojourn:control") 1 1 shared)"#,
            "(i32.atomic.load $control (i32.const 0))",
        ),
        Flavour::Counter => (
            r#"(global $counter (export "sojourn:counter") (mut i64) (i64.const 0))
               (global $limit (export "sojourn:limit") (mut i64) (i64.const 0))"#,
            "(global.set $counter (i64.sub (global.get $counter) (i64.const 1)))
             (i64.le_s (global.get $counter) (global.get $limit))",
        ),
    };
    let text = r#"(module
      (import "host" "wait" (func $wait (result i32)))
      (import "host" "note" (func $note (param i32)))
      (import "host" "tick" (func $tick))
      (memory (export "sojourn:m0") 1)
      WORD
      (memory $frames (export "sojourn:frames") 1)
      (global $top (export "sojourn:top") (mut i32) (i32.const 0))
      (global $unwinding (export "sojourn:unwinding") (mut i32) (i32.const 0))
      (global $pending (export "sojourn:pending") (mut i32) (i32.const 0))
      (global $answer (export "answer") (mut i32) (i32.const -1))
      (func (export "spin") (param $n i64) (result i64) (local $i i64)
        (loop $again
          POLL
          (if (then
            (i64.store $frames (global.get $top) (local.get $i))
            (global.set $top (i32.add (global.get $top) (i32.const 8)))
            (global.set $unwinding (i32.const 1))
            (return (i64.const 0))))
          (local.set $i (i64.add (local.get $i) (i64.const 1)))
          (br_if $again (i64.lt_u (local.get $i) (local.get $n))))
        (local.get $i))
      (func (export "count") (param $n i64) (result i64) (local $i i64)
        (loop $again
          POLL
          (if (then
            (i64.store $frames (global.get $top) (local.get $i))
            (global.set $top (i32.add (global.get $top) (i32.const 8)))
            (global.set $unwinding (i32.const 1))
            (return (i64.const 0))))
          (call $tick)
          (local.set $i (i64.add (local.get $i) (i64.const 1)))
          (br_if $again (i64.lt_u (local.get $i) (local.get $n))))
        (local.get $i))
      (func (export "wait") (result i32)
        (global.set $answer (call $wait))
        (if (global.get $pending) (then
          (global.set $pending (i32.const 0))
          (global.set $unwinding (i32.const 1))
          (return (i32.const 0))))
        (global.get $answer)))"#;
    instance(engine, &text.replace("WORD", word).replace("POLL", poll))
}

/// How often an unwound `spin` had looped.
pub fn looped<I: Instance>(guest: &mut I) -> u64 {
    assert_eq!(guest.global(names::TOP).unwrap(), Value::I32(8));
    u64::from_le_bytes(guest.memory(names::FRAMES).unwrap()[..8].try_into().unwrap())
}

pub fn a_request_before_the_call_stops_at_the_first_poll<E: Engine>(engine: &E) {
    let mut guest = stoppable(engine);
    guest.stopper().request();
    assert_eq!(guest.call("spin", &[Value::I64(1000)]).unwrap(), Outcome::Stopped);
    assert_eq!(looped(&mut guest), 0);
}

pub fn another_thread_stops_a_loop<E: Engine>(engine: &E) {
    let mut guest = stoppable(engine);
    let stopper = guest.stopper();
    let (starting, started) = std::sync::mpsc::channel();
    let requester = std::thread::spawn(move || {
        started.recv().unwrap();
        stopper.request();
    });
    starting.send(()).unwrap();
    assert_eq!(guest.call("spin", &[Value::I64(i64::MAX)]).unwrap(), Outcome::Stopped);
    requester.join().unwrap();
}

pub fn clearing_takes_a_request_back<E: Engine>(engine: &E) {
    let mut guest = stoppable(engine);
    guest.stopper().request();
    guest.clear_stop();
    assert_eq!(results(&mut guest, "spin", &[Value::I64(1000)]), [Value::I64(1000)]);
}

pub fn exact_polls<E: Engine>(engine: &E) {
    for poll in [1, 2, 77, 1000] {
        let mut guest = stoppable_in(engine, Flavour::Counter);
        guest.stop_at(poll).unwrap();
        assert_eq!(guest.call("spin", &[Value::I64(1000)]).unwrap(), Outcome::Stopped);
        assert_eq!(looped(&mut guest), poll - 1);
        assert_eq!(guest.polls().unwrap(), poll);
    }
    let mut guest = stoppable_in(engine, Flavour::Counter);
    guest.stop_at(1001).unwrap();
    assert_eq!(results(&mut guest, "spin", &[Value::I64(1000)]), [Value::I64(1000)]);
    assert_eq!(guest.polls().unwrap(), 1000);
    guest.clear_stop();
    assert_eq!(guest.polls().unwrap(), 0);
}

pub fn a_suspended_host_call_unwinds<E: Engine>(engine: &E) {
    for flavour in [engine.flavour(), Flavour::Counter] {
        let mut guest = stoppable_in(engine, flavour);
        guest.host().waiting = true;
        assert_eq!(guest.call("wait", &[]).unwrap(), Outcome::Stopped);
        guest.host().waiting = false;
        guest.set_global(names::UNWINDING, Value::I32(0)).unwrap();
        // The word is set, so that every frame above unwinds too.
        assert_eq!(guest.call("spin", &[Value::I64(10)]).unwrap(), Outcome::Stopped);
        guest.set_global(names::UNWINDING, Value::I32(0)).unwrap();
        guest.clear_stop();
        assert_eq!(results(&mut guest, "wait", &[]), [Value::I32(7)]);
    }
}

pub fn a_suspended_call_gives_zeros<E: Engine>(engine: &E) {
    let mut guest = stoppable(engine);
    guest.host().waiting = true;
    guest.call("wait", &[]).unwrap();
    assert_eq!(guest.global("answer").unwrap(), Value::I32(0));
    assert_eq!(guest.global(names::PENDING).unwrap(), Value::I32(0));
}

pub fn plain_modules_cannot_suspend<E: Engine>(engine: &E) {
    let text = r#"(module (import "host" "wait" (func $wait (result i32)))
      (func (export "run") (result i32) call $wait))"#;
    let mut guest = instance(engine, text);
    guest.host().waiting = true;
    assert!(matches!(guest.call("run", &[]).unwrap(), Outcome::Trapped(_)));
}
