//! Guests that go on in place, again and again, and that arrive page by page.

use super::*;
use crate::options::EngineName;
use sojourn_image::ModuleHash;

/// Writes all over a memory that grows, keeps a sum in a global, and exits with what it comes to.
const TEXT: &str = r#"(module
  (import "wasi_snapshot_preview1" "proc_exit" (func $exit (param i32)))
  (memory (export "memory") 2) (data (i32.const 70000) "data")
  (global $sum (mut i32) (i32.const 7))
  (func $mix (param $i i32) (local $at i32)
    (local.set $at (i32.and (i32.mul (local.get $i) (i32.const 0x9e3779b1)) (i32.const 0x1fffc)))
    (i32.store (local.get $at) (i32.add (i32.load (local.get $at)) (local.get $i)))
    (global.set $sum (i32.add (i32.rotl (global.get $sum) (i32.const 5)) (i32.load (local.get $at)))))
  (func (export "_start") (local $i i32)
    (loop $again
      (call $mix (local.get $i))
      (if (i32.eq (local.get $i) (i32.const 300)) (then
        (drop (memory.grow (i32.const 3)))
        (i32.store (i32.const 0x4fffc) (global.get $sum))))
      (local.set $i (i32.add (local.get $i) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $i) (i32.const 600))))
    (call $exit (i32.and (i32.add (global.get $sum) (i32.load (i32.const 0x4fffc))) (i32.const 0xffff)))))"#;

const ENGINES: [EngineName; 2] = [EngineName::Wasmtime, EngineName::Wasmi];

fn module() -> Module {
    Module::new(wat::parse_str(TEXT).unwrap()).unwrap()
}

/// A guest that counts polls.
fn begun(engine: EngineName) -> Box<dyn Guest> {
    let plan = Plan::start(module(), engine, "_start".into(), Limits::default());
    plan.build(nowhere().unwrap(), true).unwrap()
}

fn stopped(engine: EngineName, poll: u64) -> Box<dyn Guest> {
    let mut guest = begun(engine);
    guest.stop_at(poll).unwrap();
    assert_eq!(guest.run().unwrap(), Outcome::Stopped);
    guest
}

fn whole() -> Outcome {
    let outcome = begun(EngineName::Wasmi).run().unwrap();
    assert!(matches!(outcome, Outcome::Exited(_)));
    outcome
}

#[test]
fn a_guest_goes_on_more_often_than_an_instance_may() {
    for engine in ENGINES {
        let mut guest = begun(engine);
        let first = guest.window(0);
        let mut stops = 0;
        let outcome = loop {
            guest.stop_at(4).unwrap();
            match guest.run().unwrap() {
                Outcome::Stopped => {}
                ended => break ended,
            }
            stops += 1;
            let registers = guest.registers().unwrap();
            guest = guest.go_on(&registers).unwrap();
        };
        assert_eq!(outcome, whole());
        assert!(stops > 2 * CONTINUATIONS, "{stops} stops");
        if let (Some(first), Some(last)) = (first, guest.window(0)) {
            assert!(first.is_empty() && !last.is_empty(), "the instance was never made anew");
        }
    }
}

#[test]
fn a_guest_arrives_page_by_page_on_any_engine() {
    for (from, to) in ENGINES.into_iter().flat_map(|from| ENGINES.map(|to| (from, to))) {
        for poll in [1, 250, 301, 302, 599] {
            let mut guest = stopped(from, poll);
            let registers = guest.registers().unwrap();
            let plan = Plan::arrival(module(), to);
            plan.compile_ahead(&registers.frames).unwrap();
            let mut arriving = plan.prepare(nowhere().unwrap(), Limits::default()).unwrap();
            let (size, zero_from) = (guest.memory_bytes(0), guest.initialized_bytes(0));
            for (number, page) in (0..).zip(guest.memory(0).unwrap().chunks(4096)) {
                let offset = number * 4096;
                if offset < zero_from || page.iter().any(|byte| *byte != 0) {
                    arriving.write(0, size, offset, page).unwrap();
                }
            }
            let mut arrived = arriving.finish(&registers, &[size], guest.into_world()).unwrap();
            assert_eq!(arrived.run().unwrap(), whole(), "{from:?} to {to:?} after poll {poll}");
        }
    }
}

#[test]
fn what_was_compiled_ahead_is_at_hand() {
    let mut guest = stopped(EngineName::Wasmi, 17);
    let mut frames = guest.registers().unwrap().frames;
    for frame in &mut frames {
        frame.values.clear();
    }
    let module = Module::new(wat::parse_str(TEXT.replace("600", "601")).unwrap()).unwrap();
    let plan = Plan::arrival(module.clone(), EngineName::Wasmtime);
    let met = spots(module.info(), &frames).unwrap();
    let known = || module.wasmtime().unwrap().continuations().know(&met);
    assert!(!known());
    plan.compile_ahead(&frames).unwrap();
    assert!(known());
    frames[0].offset += 1;
    assert!(plan.compile_ahead(&frames).is_err());
}

#[test]
fn hostile_arrivals_are_refused() {
    let mut guest = stopped(EngineName::Wasmi, 17);
    let registers = guest.registers().unwrap();
    let arriving =
        || Plan::arrival(module(), EngineName::Wasmtime).prepare(nowhere().unwrap(), Limits::default());
    let mut target = arriving().unwrap();
    assert!(target.write(0, 1 << 40, 0, &[1]).is_err());
    assert!(target.zero(0, 2 << 16, 1, u64::MAX).is_err());
    assert!(target.write(7, 2 << 16, 0, &[1]).is_err());
    assert!(target.finish(&registers, &[1 << 16], nowhere().unwrap()).is_err());
    let mut hostile = Image::new(ModuleHash::of(b"another"), registers.entry.clone());
    hostile.globals.clone_from(&registers.globals);
    assert!(arriving().unwrap().finish(&hostile, &[2 << 16], nowhere().unwrap()).is_err());
}
