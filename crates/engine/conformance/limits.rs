//! What an instance may have.

use super::continuing::Program;
use super::results;
use super::world::World;
use sojourn_engine::{
    Arrival, Computation, Engine, EngineError, Instance, Limits, Outcome, StateError, Value,
};

const PAGE_BYTES: u64 = 1 << 16;
const LIMITS: Limits = Limits { memory_bytes: 10 * PAGE_BYTES, table_elements: 100 };

fn limited<E: Engine>(engine: &E, text: &str) -> Result<E::Instance<World>, EngineError> {
    let module = engine.compile(&wat::parse_str(text).unwrap()).unwrap();
    engine.instantiate_within(&module, World::default(), LIMITS)
}

/// A module whose frame memory and tables of saved references are those of the pass.
fn guest<E: Engine>(engine: &E, text: &str) -> E::Instance<World> {
    let added = r#"(memory (export "sojourn:frames") 1 16384)
      (table (export "sojourn:saved-funcrefs") 0 funcref))"#;
    let text = format!("{}{added}", text.trim_end().strip_suffix(')').unwrap());
    limited(engine, &text).unwrap()
}

const MEMORY: &str = r#"(module (memory (export "sojourn:m0") 4)
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0))))"#;

pub fn memory_beyond_the_limit_does_not_grow<E: Engine>(engine: &E) {
    let mut guest = guest(engine, MEMORY);
    assert_eq!(results(&mut guest, "grow", &[Value::I32(7)]), [Value::I32(-1)]);
    assert_eq!(results(&mut guest, "grow", &[Value::I32(6)]), [Value::I32(4)]);
    assert_eq!(results(&mut guest, "grow", &[Value::I32(1)]), [Value::I32(-1)]);
    assert_eq!(results(&mut guest, "grow", &[Value::I32(0)]), [Value::I32(10)]);
    assert!(matches!(guest.grow_memory("sojourn:m0", 11 * PAGE_BYTES), Err(EngineError::Resource(_))));
    guest.grow_memory("sojourn:frames", 1000 * PAGE_BYTES).unwrap();
    assert_eq!(guest.memory("sojourn:m0").unwrap().len() as u64, 10 * PAGE_BYTES);
}

pub fn several_memories_count_together<E: Engine>(engine: &E) {
    let text = r#"(module (memory (export "sojourn:m0") 1) (memory $b (export "sojourn:m1") 1 20)
      (func (export "first") (param i32) (result i32) (memory.grow (local.get 0)))
      (func (export "second") (param i32) (result i32) (memory.grow $b (local.get 0))))"#;
    let mut guest = guest(engine, text);
    assert_eq!(results(&mut guest, "first", &[Value::I32(5)]), [Value::I32(1)]);
    assert_eq!(results(&mut guest, "second", &[Value::I32(4)]), [Value::I32(-1)]);
    assert_eq!(results(&mut guest, "second", &[Value::I32(3)]), [Value::I32(1)]);
}

pub fn tables_beyond_the_limit_do_not_grow<E: Engine>(engine: &E) {
    let text = r#"(module (table (export "sojourn:t0") 40 1000 funcref) (table $b (export "sojourn:t1") 10 500 externref)
      (func (export "grow") (param i32) (result i32) (table.grow 0 (ref.null func) (local.get 0)))
      (func (export "host") (param i32) (result i32) (table.grow $b (ref.null extern) (local.get 0))))"#;
    let mut guest = guest(engine, text);
    assert_eq!(results(&mut guest, "grow", &[Value::I32(51)]), [Value::I32(-1)]);
    assert_eq!(results(&mut guest, "grow", &[Value::I32(30)]), [Value::I32(40)]);
    assert_eq!(results(&mut guest, "host", &[Value::I32(21)]), [Value::I32(-1)]);
    assert_eq!(results(&mut guest, "host", &[Value::I32(20)]), [Value::I32(10)]);
    assert!(matches!(guest.grow_table("sojourn:t0", 71), Err(EngineError::Resource(_))));
    guest.grow_table("sojourn:saved-funcrefs", 5000).unwrap();
}

pub fn a_beginning_beyond_the_limit_is_refused<E: Engine>(engine: &E) {
    for text in [
        "(module (memory 2000))",
        "(module (memory 600) (memory 600))",
        "(module (table 1000000 funcref))",
        r#"(module (import "host" "memory" (memory 2000)))"#,
    ] {
        assert!(matches!(limited(engine, text).err(), Some(EngineError::Resource(_))), "{text}");
    }
}

/// All its memory, and a stack deep enough that its frames need more than the limit.
const FULL: &str = r#"(module (memory 1)
  (func $deep (param i32) (result i32) (local $i i32)
    (if (i32.eqz (local.get 0)) (then
      (loop $again
        (local.set $i (i32.add (local.get $i) (i32.const 1)))
        (br_if $again (i32.lt_u (local.get $i) (i32.const 10))))
      (return (local.get $i))))
    (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
  (func (export "run") (result i32)
    (drop (memory.grow (i32.const 9)))
    (i32.add (i32.mul (memory.grow (i32.const 1)) (i32.const 100000)) (call $deep (i32.const 1000)))))"#;

pub fn a_full_guest_stops_and_goes_on<E: Engine>(engine: &E) {
    let program = Program::new(engine, FULL);
    let instance = engine.instantiate_within(&program.code, World::default(), LIMITS).unwrap();
    let mut run = Computation::new(instance, &program.passed.info, "run".into(), Vec::new());
    run.stop_at(5).unwrap();
    assert_eq!(run.run().unwrap(), Outcome::Stopped);
    let image = program.image(&mut run);
    program.stay(&mut run);
    let expected = Outcome::Finished(vec![Value::I32(1010 - 100_000)]);
    assert_eq!(run.run().unwrap(), expected);
    let (target, compile) = (program.target(), |wasm: &[u8]| program.compile(wasm));
    let mut elsewhere =
        Computation::resume_within(&target, &image, World::default(), LIMITS, compile).unwrap();
    assert_eq!(elsewhere.run().unwrap(), expected);
    let small = Limits { memory_bytes: 9 * PAGE_BYTES, ..LIMITS };
    assert!(matches!(
        Computation::resume_within(&target, &image, World::default(), small, compile).err(),
        Some(StateError::Engine(EngineError::Resource(_)))
    ));
}

pub fn arrivals_keep_to_the_limit<E: Engine>(engine: &E) {
    let program = Program::new(engine, FULL);
    let mut arrival: Arrival<E::Instance<World>> =
        Arrival::prepare(&program.target(), World::default(), LIMITS).unwrap();
    arrival.write(0, 10 * PAGE_BYTES, 9 * PAGE_BYTES, &[1]).unwrap();
    for size in [11 * PAGE_BYTES, 1 << 32] {
        assert!(matches!(arrival.write(0, size, 0, &[1]), Err(StateError::Engine(EngineError::Resource(_)))));
    }
}
