//! A guest that writes where it is told, and what a move would make of its memory.

use sojourn_engine::{
    Engine, Host, Import, Instance, Outcome, Provided, Reply, Value, Window, initialized_bytes,
};
use sojourn_engine_wasmtime::{Settings, Wasmtime, WasmtimeInstance};
use sojourn_node::pages::{PAGE_BYTES, Pages, Tracker};
use std::sync::Arc;

/// Data at two places, and four functions: write a byte, read one, grow, and write at random for some rounds.
const TEXT: &str = r#"(module
  (memory (export "memory") 4 65536)
  (data (i32.const 100) "begin") (data (i32.const 70000) "end")
  (func (export "poke") (param i32 i32) (i32.store8 (local.get 0) (local.get 1)))
  (func (export "peek") (param i32) (result i32) (i32.load8_u (local.get 0)))
  (func (export "grow") (param i32) (result i32) (memory.grow (local.get 0)))
  (func (export "scatter") (param $rounds i32) (param $x i32)
    (loop $again
      (local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
      (i32.store (i32.and (i32.shr_u (local.get $x) (i32.const 8)) (i32.const 0x3fffc)) (local.get $x))
      (if (i32.eqz (i32.and (local.get $rounds) (i32.const 0xffff)))
        (then (drop (memory.grow (i32.const 1)))
          (i32.store (i32.sub (i32.shl (memory.size) (i32.const 16)) (i32.const 4)) (local.get $x))))
      (local.set $rounds (i32.sub (local.get $rounds) (i32.const 1)))
      (br_if $again (local.get $rounds)))))"#;

/// A host without anything.
pub struct Nothing;

impl Host for Nothing {
    fn provide(&self, _: &Import<'_>) -> Option<Provided> {
        None
    }

    fn call(&mut self, _: u32, _: &mut [u8], _: &[Value], _: &mut [Value]) -> Reply {
        Reply::Return
    }
}

pub struct Guest(pub WasmtimeInstance<Nothing>);

impl Guest {
    pub fn new() -> Self {
        let engine = Wasmtime::new(Settings::default()).unwrap();
        let module = engine.compile(&wat::parse_str(TEXT).unwrap()).unwrap();
        Self(engine.instantiate(&module, Nothing).unwrap())
    }

    pub fn window(&mut self) -> Arc<dyn Window> {
        self.0.window("memory").expect("a 32-bit memory stays where it is")
    }

    /// From where on a fresh guest has zeros.
    pub fn initialized() -> u64 {
        initialized_bytes(&wat::parse_str(TEXT).unwrap()).unwrap()[0]
    }

    pub fn call(&mut self, name: &str, arguments: &[i32]) -> Vec<Value> {
        let arguments: Vec<Value> = arguments.iter().map(|value| Value::I32(*value)).collect();
        match self.0.call(name, &arguments).unwrap() {
            Outcome::Finished(results) => results,
            other => panic!("{name} ended as {other:?}"),
        }
    }

    pub fn poke(&mut self, address: usize, byte: u8) {
        self.call("poke", &[i32::try_from(address).unwrap(), byte.into()]);
    }

    pub fn memory(&mut self) -> &mut [u8] {
        self.0.memory("memory").unwrap()
    }
}

/// The memory as it would be at the other end of a move: a fresh one, and what was sent.
pub struct Copy {
    pub memory: Vec<u8>,
}

impl Copy {
    pub fn fresh() -> Self {
        Self { memory: Guest::new().memory().to_vec() }
    }

    /// Sends pages.
    pub fn send(&mut self, tracker: &mut Tracker, pages: &Pages) {
        let mut page = vec![0; PAGE_BYTES];
        for number in pages.iter().cloned().flatten() {
            let offset = usize::try_from(number).unwrap() * PAGE_BYTES;
            assert_eq!(tracker.read(offset as u64, &mut page), PAGE_BYTES, "page {number}");
            if self.memory.len() < offset + PAGE_BYTES {
                self.memory.resize(offset + PAGE_BYTES, 0);
            }
            self.memory[offset..offset + PAGE_BYTES].copy_from_slice(&page);
        }
    }
}

/// Page numbers, one by one.
pub fn numbers(pages: &Pages) -> Vec<u64> {
    pages.iter().cloned().flatten().collect()
}
