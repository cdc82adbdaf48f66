//! Continuation modules, references across them, compiled code as bytes.

use super::{instance, results};
use crate::conformance::world::World;
use sojourn_engine::{Engine, EngineError, Instance, Outcome, Spot, Value};
use sojourn_image::Point;

const MAIN: &str = r#"(module
  (import "host" "note" (func $note (param i32)))
  (memory (export "sojourn:m0") 1)
  (memory (export "sojourn:frames") 1)
  (global (export "sojourn:top") (mut i32) (i32.const 8))
  (table (export "sojourn:refs") 2 2 funcref) (elem (i32.const 0) $note $twice)
  (table (export "sojourn:t0") 1 funcref)
  (global (export "kept") (mut funcref) (ref.null func))
  (func $twice (export "sojourn:f1") (param i32) (result i32) (i32.mul (local.get 0) (i32.const 2)))
  (export "sojourn:f0" (func $note)))"#;

const CONTINUATION: &str = r#"(module
  (import "sojourn" "sojourn:f0" (func $note (param i32)))
  (import "sojourn" "sojourn:f1" (func $twice (param i32) (result i32)))
  (import "sojourn" "sojourn:m0" (memory $m 1))
  (import "sojourn" "sojourn:frames" (memory $frames 1))
  (import "sojourn" "sojourn:top" (global $top (mut i32)))
  (import "sojourn" "sojourn:refs" (table $refs 2 funcref))
  (import "sojourn" "sojourn:t0" (table $t 1 funcref))
  (import "sojourn" "sojourn:points" (table $points 0 funcref))
  (import "sojourn" "sojourn:cursor" (global $cursor (mut i32)))
  (func (export "sojourn:point") (result i32)
    (global.set $cursor (i32.add (global.get $cursor) (i32.const 4)))
    (global.set $top (i32.const 0))
    (table.set $t (i32.const 0) (table.get $refs (i32.const 1)))
    (i32.store $m (i32.const 4) (i32.load $frames (i32.const 0)))
    (call $note (i32.const 99))
    (call $twice (i32.load $frames (i32.const 0)))))"#;

/// Where the continuations of these tests stand.
const SPOT: Spot = Spot { function: 1, offset: 0, point: Point::Poll };

fn linked<E: Engine>(engine: &E, continuation: &str) -> Result<E::Instance<World>, EngineError> {
    let mut guest = instance(engine, MAIN);
    let code = engine.compile(&wat::parse_str(continuation).unwrap())?;
    let slot = engine.link(&mut guest, &SPOT, &code)?;
    guest.enter(slot)?;
    Ok(guest)
}

pub fn a_continuation_shares_the_instance<E: Engine>(engine: &E) {
    let mut guest = linked(engine, CONTINUATION).unwrap();
    guest.memory("sojourn:frames").unwrap()[..4].copy_from_slice(&21_i32.to_le_bytes());
    assert_eq!(results(&mut guest, "sojourn:resume", &[]), [Value::I32(42)]);
    assert_eq!(guest.global("sojourn:top").unwrap(), Value::I32(0));
    assert_eq!(guest.memory("sojourn:m0").unwrap()[4], 21);
    assert_eq!(guest.host().noted, [Value::I32(99)]);
    assert_eq!(results(&mut guest, "sojourn:f1", &[Value::I32(3)]), [Value::I32(6)]);
}

pub fn a_continuation_of_another_module_is_refused<E: Engine>(engine: &E) {
    for import in [
        r#"(import "sojourn" "sojourn:f9" (func))"#,
        r#"(import "else" "sojourn:f0" (func (param i32)))"#,
        r#"(import "sojourn" "sojourn:f1" (func (param f64)))"#,
        r#"(import "sojourn" "sojourn:top" (memory 1))"#,
    ] {
        assert!(linked(engine, &format!("(module {import})")).is_err(), "{import}");
    }
}

pub fn spots_keep_their_slots<E: Engine>(engine: &E) {
    let mut guest = instance(engine, MAIN);
    assert!(guest.enter(0).is_err());
    let calls = r#"(module
      (import "sojourn" "sojourn:points" (table $points 0 funcref))
      (import "sojourn" "sojourn:cursor" (global $cursor (mut i32)))
      (func (export "sojourn:point") (result i32)
        (global.set $cursor (i32.const 8))
        (call_indirect $points (result i32) (i32.const 0))))"#;
    let [inner, outer] =
        [CONTINUATION, calls].map(|text| engine.compile(&wat::parse_str(text).unwrap()).unwrap());
    let spots = [SPOT, Spot { offset: 9, ..SPOT }];
    for _ in 0..2 {
        assert_eq!(engine.link(&mut guest, &spots[0], &inner).unwrap(), 0);
        assert_eq!(engine.link(&mut guest, &spots[1], &outer).unwrap(), 1);
        guest.memory("sojourn:frames").unwrap()[..4].copy_from_slice(&4_i32.to_le_bytes());
        guest.enter(1).unwrap();
        assert_eq!(results(&mut guest, "sojourn:resume", &[]), [Value::I32(8)]);
        guest.enter(0).unwrap();
        assert_eq!(results(&mut guest, "sojourn:resume", &[]), [Value::I32(8)]);
    }
    // More than the table has room for at first.
    for number in 2..200 {
        let spot = Spot { function: number, ..SPOT };
        assert_eq!(engine.link(&mut guest, &spot, &inner).unwrap(), number);
    }
    guest.enter(199).unwrap();
    assert_eq!(results(&mut guest, "sojourn:resume", &[]), [Value::I32(8)]);
    assert!(guest.enter(200).is_err());
    let nothing = engine.compile(&wat::parse_str("(module)").unwrap()).unwrap();
    assert!(engine.link(&mut guest, &Spot { offset: 10, ..SPOT }, &nothing).is_err());
}

pub fn references_keep_their_identity<E: Engine>(engine: &E) {
    let mut guest = linked(engine, CONTINUATION).unwrap();
    assert!(matches!(guest.call("sojourn:resume", &[]), Ok(Outcome::Finished(_))));
    let mut found = [Value::I32(0)];
    guest.table_read("sojourn:t0", 0, &mut found).unwrap();
    assert_eq!(found, [Value::FuncRef(Some(1))]);
    guest.set_global("kept", Value::FuncRef(Some(0))).unwrap();
    assert_eq!(guest.global("kept").unwrap(), Value::FuncRef(Some(0)));
}

pub fn compiled_code_survives_bytes<E: Engine>(engine: &E) {
    let code = engine.compile(&wat::parse_str(MAIN).unwrap()).unwrap();
    let Some(bytes) = engine.serialize(&code) else {
        // SAFETY: an engine that gives no bytes takes none.
        assert!(unsafe { engine.deserialize(b"") }.is_err());
        return;
    };
    // SAFETY: the bytes are those just made, by the same engine.
    let code = unsafe { engine.deserialize(&bytes) }.unwrap();
    let mut guest = engine.instantiate(&code, World::default()).unwrap();
    assert_eq!(results(&mut guest, "sojourn:f1", &[Value::I32(3)]), [Value::I32(6)]);
    assert!(
        engine.fingerprint().len() > E::NAME.len() && engine.fingerprint() == engine.clone().fingerprint()
    );
}
