//! Reading and writing what an instance holds.

use super::{instance, results};
use sojourn_engine::{Engine, EngineError, Instance, Value};

const GLOBALS: &str = r#"(module
  (func $f)
  (table (export "sojourn:refs") 1 1 funcref) (elem (i32.const 0) $f)
  (global (export "i32") (mut i32) (i32.const 1))
  (global (export "i64") (mut i64) (i64.const 1))
  (global (export "f32") (mut f32) (f32.const 1))
  (global (export "f64") (mut f64) (f64.const 1))
  (global (export "v128") (mut v128) (v128.const i64x2 1 1))
  (global (export "func") (mut funcref) (ref.null func))
  (global (export "extern") (mut externref) (ref.null extern))
  (global (export "fixed") i32 (i32.const 5)))"#;

pub fn globals_of_every_type<E: Engine>(engine: &E) {
    let mut guest = instance(engine, GLOBALS);
    let cases = [
        ("i32", Value::I32(-5)),
        ("i64", Value::I64(-5)),
        ("f32", Value::F32(0x7fa0_0001)),
        ("f64", Value::F64(0x7ff4_0000_0000_0001)),
        ("v128", Value::V128(u128::MAX - 1)),
        ("func", Value::FuncRef(Some(0))),
        ("func", Value::FuncRef(None)),
        ("extern", Value::ExternRef(Some(u32::MAX))),
    ];
    for (name, value) in cases {
        guest.set_global(name, value).unwrap();
        assert_eq!(guest.global(name).unwrap(), value);
    }
    assert!(matches!(guest.set_global("i32", Value::I64(1)), Err(EngineError::Export(_))));
    assert!(matches!(guest.set_global("func", Value::FuncRef(Some(1))), Err(EngineError::Export(_))));
}

pub fn immutable_globals_stay<E: Engine>(engine: &E) {
    let mut guest = instance(engine, GLOBALS);
    assert!(matches!(guest.set_global("fixed", Value::I32(6)), Err(EngineError::Export(_))));
    assert_eq!(guest.global("fixed").unwrap(), Value::I32(5));
}

pub fn memories_grow_and_are_written<E: Engine>(engine: &E) {
    let text = r#"(module (memory (export "m") 1 10)
      (func (export "size") (result i32) memory.size)
      (func (export "last") (result i32) (i32.load8_u (i32.const 0x2ffff))))"#;
    let mut guest = instance(engine, text);
    guest.grow_memory("m", 3 << 16).unwrap();
    guest.grow_memory("m", 2 << 16).unwrap();
    let bytes = guest.memory("m").unwrap();
    assert_eq!(bytes.len(), 3 << 16);
    *bytes.last_mut().unwrap() = 200;
    assert_eq!(results(&mut guest, "size", &[]), [Value::I32(3)]);
    assert_eq!(results(&mut guest, "last", &[]), [Value::I32(200)]);
}

pub fn memories_beyond_limits_are_an_error<E: Engine>(engine: &E) {
    let mut guest = instance(engine, r#"(module (memory (export "m") 1 10))"#);
    for bytes in [11 << 16, 1 << 33, u64::MAX] {
        assert!(matches!(guest.grow_memory("m", bytes), Err(EngineError::Resource(_))));
    }
    assert_eq!(guest.memory("m").unwrap().len(), 1 << 16);
}

pub fn several_memories<E: Engine>(engine: &E) {
    let text = r#"(module (memory (export "a") 1) (memory $b (export "b") i64 2)
      (func (export "run") (result i32) (i32.load8_u $b (i64.const 1))))"#;
    let mut guest = instance(engine, text);
    guest.memory("b").unwrap()[1] = 3;
    assert_eq!(guest.memory("a").unwrap()[1], 0);
    assert_eq!(results(&mut guest, "run", &[]), [Value::I32(3)]);
}

const TABLES: &str = r#"(module
  (func $a (result i32) i32.const 10)
  (func $b (result i32) i32.const 20)
  (table (export "sojourn:refs") 2 2 funcref) (elem (i32.const 0) $a $b)
  (table $t (export "t") 3 100 funcref)
  (elem (table $t) (i32.const 1) func $b)
  (table $e (export "e") 2 externref)
  (func (export "call") (param i32) (result i32) (call_indirect $t (result i32) (local.get 0)))
  (func (export "host") (param i32) (result externref) (table.get $e (local.get 0))))"#;

pub fn tables_of_functions<E: Engine>(engine: &E) {
    let mut guest = instance(engine, TABLES);
    let mut found = [Value::I32(0); 3];
    guest.table_read("t", 0, &mut found).unwrap();
    assert_eq!(found, [Value::FuncRef(None), Value::FuncRef(Some(1)), Value::FuncRef(None)]);
    guest.table_write("t", 1, &[Value::FuncRef(Some(0)), Value::FuncRef(Some(1))]).unwrap();
    assert_eq!(results(&mut guest, "call", &[Value::I32(1)]), [Value::I32(10)]);
    assert_eq!(results(&mut guest, "call", &[Value::I32(2)]), [Value::I32(20)]);
    for bad in [Value::FuncRef(Some(2)), Value::ExternRef(None), Value::I32(0)] {
        assert!(matches!(guest.table_write("t", 0, &[bad]), Err(EngineError::Export(_))), "{bad:?}");
    }
    assert!(guest.table_write("t", 3, &[Value::FuncRef(None)]).is_err());
    assert!(guest.table_read("t", 2, &mut found).is_err());
}

pub fn tables_of_host_references<E: Engine>(engine: &E) {
    let mut guest = instance(engine, TABLES);
    let handle = Value::ExternRef(Some(5));
    guest.table_write("e", 1, &[handle]).unwrap();
    assert_eq!(results(&mut guest, "host", &[Value::I32(1)]), [handle]);
    assert!(guest.table_write("e", 0, &[Value::FuncRef(None)]).is_err());
}

pub fn tables_grow<E: Engine>(engine: &E) {
    let mut guest = instance(engine, TABLES);
    guest.grow_table("t", 100).unwrap();
    guest.grow_table("t", 50).unwrap();
    assert_eq!(guest.table_size("t").unwrap(), 100);
    for size in [101, u64::MAX] {
        assert!(matches!(guest.grow_table("t", size), Err(EngineError::Resource(_))));
    }
}

pub fn unknown_names_are_errors<E: Engine>(engine: &E) {
    let mut guest = instance(engine, GLOBALS);
    assert!(guest.global("x").is_err() && guest.set_global("x", Value::I32(0)).is_err());
    assert!(guest.memory("i32").is_err() && guest.grow_memory("x", 1 << 16).is_err());
    assert!(guest.table_size("x").is_err() && guest.grow_table("i32", 1).is_err());
}
