//! Calls from and to the guest, and how they end.

use super::world::World;
use super::{instance, instantiate, results};
use sojourn_engine::{Engine, EngineError, Instance, Outcome, Value};

const ECHO: &str = r#"(module
  (func (export "i32") (param i32) (result i32) local.get 0)
  (func (export "i64") (param i64) (result i64) local.get 0)
  (func (export "f32") (param f32) (result f32) local.get 0)
  (func (export "f64") (param f64) (result f64) local.get 0)
  (func (export "v128") (param v128) (result v128) local.get 0)
  (func (export "extern") (param externref) (result externref) local.get 0)
  (func (export "swap") (param i32 f64) (result f64 i32) local.get 1 local.get 0))"#;

pub fn values_of_every_type_cross<E: Engine>(engine: &E) {
    let mut guest = instance(engine, ECHO);
    let cases = [
        ("i32", Value::I32(i32::MIN)),
        ("i64", Value::I64(i64::MIN)),
        ("f32", Value::F32(1.5_f32.to_bits())),
        ("f64", Value::F64((-0.0_f64).to_bits())),
        ("v128", Value::V128(0x0011_2233_4455_6677_8899_aabb_ccdd_eeff)),
        ("extern", Value::ExternRef(Some(9))),
        ("extern", Value::ExternRef(None)),
    ];
    for (export, value) in cases {
        assert_eq!(results(&mut guest, export, &[value]), [value]);
    }
    let swapped = results(&mut guest, "swap", &[Value::I32(3), Value::F64(4)]);
    assert_eq!(swapped, [Value::F64(4), Value::I32(3)]);
}

pub fn nan_payloads_survive<E: Engine>(engine: &E) {
    let mut guest = instance(engine, ECHO);
    for value in [Value::F32(0x7fa0_1234), Value::F32(0xffc0_0001)] {
        assert_eq!(results(&mut guest, "f32", &[value]), [value]);
    }
    for value in [Value::F64(0x7ff4_0000_dead_beef), Value::F64(0xfff8_0000_0000_0001)] {
        assert_eq!(results(&mut guest, "f64", &[value]), [value]);
    }
}

pub fn wrong_arguments_are_an_error<E: Engine>(engine: &E) {
    let mut guest = instance(engine, ECHO);
    for arguments in [&[][..], &[Value::I64(1)], &[Value::I32(1), Value::I32(1)]] {
        assert!(matches!(guest.call("i32", arguments), Err(EngineError::Export(_))));
    }
    assert!(matches!(guest.call("nothing", &[]), Err(EngineError::Export(_))));
}

pub fn host_calls_see_memory_and_arguments<E: Engine>(engine: &E) {
    let text = r#"(module
      (import "host" "poke" (func $poke (param i32 i32) (result i32)))
      (memory (export "sojourn:m0") 1)
      (data (i32.const 5) "\11")
      (func (export "run") (result i32 i32)
        (call $poke (i32.const 5) (i32.const 0x22))
        (drop (memory.grow (i32.const 3)))
        (call $poke (i32.const 0x20000) (i32.const 1))
        drop
        (i32.load8_u (i32.const 5))))"#;
    let mut guest = instance(engine, text);
    assert_eq!(results(&mut guest, "run", &[]), [Value::I32(0x11), Value::I32(0x22)]);
    assert_eq!(guest.memory("sojourn:m0").unwrap()[0x20000], 1);
}

pub fn many_parameters_and_results<E: Engine>(engine: &E) {
    let count = 40;
    let types = "i64 ".repeat(count);
    let pushes: String =
        (0..count).flat_map(|index| ["i64.const ".to_string(), format!("{index} ")]).collect();
    let text = format!(
        r#"(module (import "host" "many" (func $many (param {types}) (result {types})))
           (func (export "run") (result {types}) {pushes} call $many))"#
    );
    let reversed: Vec<Value> = (0..40).rev().map(Value::I64).collect();
    assert_eq!(results(&mut instance(engine, &text), "run", &[]), reversed);
}

pub fn references_cross_host_calls<E: Engine>(engine: &E) {
    let text = r#"(module
      (import "host" "echo-ref" (func $echo (param externref funcref) (result externref funcref)))
      (table (export "sojourn:refs") 2 2 funcref)
      (elem (i32.const 0) $echo $seven)
      (table $called 1 funcref)
      (func $seven (result i32) i32.const 7)
      (func (export "run") (param externref) (result i32 externref)
        (local $got externref)
        (call $echo (local.get 0) (ref.func $seven))
        (table.set $called (i32.const 0))
        (local.set $got)
        (call_indirect $called (result i32) (i32.const 0))
        (local.get $got))
      (func $put (param funcref) (table.set $called (i32.const 0) (local.get 0)))
      (export "put" (func $put)))"#
        .replace("(table.set $called (i32.const 0))", "(call $put)");
    let mut guest = instance(engine, &text);
    let handle = Value::ExternRef(Some(77));
    assert_eq!(results(&mut guest, "run", &[handle]), [Value::I32(7), handle]);
    assert_eq!(guest.host().noted, [handle, Value::FuncRef(Some(1))]);
}

const ENDINGS: &str = r#"(module
  (import "host" "exit" (func $exit (param i32)))
  (import "host" "fail" (func $fail))
  (import "host" "lie" (func $lie (result i32)))
  (memory 1)
  (func (export "unreachable") unreachable)
  (func (export "divide") (drop (i32.div_s (i32.const 1) (i32.const 0))))
  (func (export "outside") (drop (i32.load (i32.const 65536))))
  (func (export "exit") (call $exit (i32.const 3)))
  (func (export "fail") (call $fail))
  (func (export "lie") (result i32) (call $lie))
  (func $deeper (export "recurse") (param i32) (result i32)
    (if (result i32) (i32.eqz (local.get 0))
      (then (i32.const 0))
      (else (i32.add (i32.const 1) (call $deeper (i32.sub (local.get 0) (i32.const 1)))))))
  (func (export "fine") (result i32) i32.const 1))"#;

pub fn traps_are_outcomes<E: Engine>(engine: &E) {
    let mut guest = instance(engine, ENDINGS);
    for export in ["unreachable", "divide", "outside", "lie"] {
        match guest.call(export, &[]).unwrap() {
            Outcome::Trapped(trap) => assert!(!trap.message.is_empty()),
            other => panic!("{export} ended as {other:?}"),
        }
    }
    assert_eq!(results(&mut guest, "fine", &[]), [Value::I32(1)]);
}

pub fn exit_is_an_outcome<E: Engine>(engine: &E) {
    let mut guest = instance(engine, ENDINGS);
    assert_eq!(guest.call("exit", &[]).unwrap(), Outcome::Exited(3));
}

pub fn host_traps_keep_their_words<E: Engine>(engine: &E) {
    match instance(engine, ENDINGS).call("fail", &[]).unwrap() {
        Outcome::Trapped(trap) => assert_eq!(trap.message, "the world ended"),
        other => panic!("ended as {other:?}"),
    }
}

pub fn endless_recursion_traps<E: Engine>(engine: &E) {
    let mut guest = instance(engine, ENDINGS);
    assert!(matches!(guest.call("recurse", &[Value::I32(-1)]).unwrap(), Outcome::Trapped(_)));
    assert_eq!(results(&mut guest, "fine", &[]), [Value::I32(1)]);
}

pub fn deep_recursion_fits<E: Engine>(engine: &E) {
    let depth = Value::I32(5_000);
    assert_eq!(results(&mut instance(engine, ENDINGS), "recurse", &[depth]), [depth]);
}

pub fn missing_import_is_named<E: Engine>(engine: &E) {
    let refused = instantiate(engine, r#"(module (import "far" "away" (func)))"#);
    let expected = EngineError::MissingImport { module: "far".into(), name: "away".into() };
    assert_eq!(refused.err(), Some(expected));
}

pub fn import_of_another_kind_is_refused<E: Engine>(engine: &E) {
    for text in [
        r#"(module (import "host" "answer" (global f64)))"#,
        r#"(module (import "host" "note" (global i32)))"#,
        r#"(module (import "host" "memory" (table 1 funcref)))"#,
    ] {
        assert!(matches!(instantiate(engine, text).err(), Some(EngineError::MissingImport { .. })), "{text}");
    }
}

pub fn host_gives_globals_memories_tables<E: Engine>(engine: &E) {
    let text = r#"(module
      (import "host" "answer" (global $answer i32))
      (import "host" "memory" (memory 2 4))
      (import "host" "table" (table 5 funcref))
      (func (export "run") (result i32 i32 i32) global.get $answer memory.size table.size))"#;
    let found = results(&mut instance(engine, text), "run", &[]);
    assert_eq!(found, [Value::I32(42), Value::I32(2), Value::I32(5)]);
}

pub fn instantiation_traps_are_told<E: Engine>(engine: &E) {
    for text in [
        r#"(module (memory 1) (data (i32.const 65536) "x"))"#,
        "(module (table 1 funcref) (func $f) (elem (i32.const 1) $f))",
        "(module (func $f unreachable) (start $f))",
    ] {
        assert!(matches!(instantiate(engine, text).err(), Some(EngineError::Instantiate(_))), "{text}");
    }
}

pub fn modules_without_the_pass_run<E: Engine>(engine: &E) {
    let text = r#"(module
      (import "host" "note" (func $note (param i32)))
      (import "host" "poke" (func $poke (param i32 i32) (result i32)))
      (memory (export "memory") 1)
      (func $start (drop (call $poke (i32.const 0) (i32.const 8))))
      (start $start)
      (func (export "run") (call $note (i32.load (i32.const 0)))))"#;
    let mut guest: E::Instance<World> = instance(engine, text);
    assert_eq!(guest.call("run", &[]).unwrap(), Outcome::Finished(vec![]));
    assert_eq!(guest.host().noted, [Value::I32(8)]);
    assert!(guest.stop_at(1).is_err() && guest.polls().is_err());
    guest.stopper().request();
    assert_eq!(guest.call("run", &[]).unwrap(), Outcome::Finished(vec![]));
}
