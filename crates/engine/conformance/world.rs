//! The host of these tests.

use sojourn_engine::{Host, Import, Provided, Reply, Value};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// Names of its functions, under the module name `host`; the place in the list is the number.
const FUNCTIONS: [&str; 9] = ["note", "poke", "many", "echo-ref", "exit", "fail", "wait", "lie", "tick"];

/// Remembers what it is told.
#[derive(Default)]
pub struct World {
    /// Arguments of `note`.
    pub noted: Vec<Value>,
    /// `wait` answers that it cannot end.
    pub waiting: bool,
    /// How often `tick` was called, for other threads to see.
    pub ticks: Arc<AtomicU64>,
}

impl Host for World {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        match (import.module, import.name) {
            ("host", "answer") => Some(Provided::Global(Value::I32(42))),
            ("host", "memory") => Some(Provided::Memory),
            ("host", "table") => Some(Provided::Table),
            ("host", name) => {
                let number = FUNCTIONS.iter().position(|known| *known == name)?;
                Some(Provided::Function(u32::try_from(number).ok()?))
            }
            _ => None,
        }
    }

    fn call(
        &mut self,
        function: u32,
        memory: &mut [u8],
        arguments: &[Value],
        results: &mut [Value],
    ) -> Reply {
        match (FUNCTIONS[function as usize], arguments) {
            ("note", _) => self.noted.extend(arguments),
            ("poke", [Value::I32(address), Value::I32(byte)]) => {
                let address = usize::try_from(*address).unwrap();
                results[0] = Value::I32(i32::from(memory[address]));
                memory[address] = u8::try_from(*byte).unwrap();
            }
            ("many", _) => {
                let reversed = arguments.iter().rev();
                results.iter_mut().zip(reversed).for_each(|(result, argument)| *result = *argument);
            }
            ("echo-ref", _) => {
                self.noted.extend(arguments);
                results.copy_from_slice(arguments);
            }
            ("tick", _) => {
                self.ticks.fetch_add(1, Ordering::SeqCst);
            }
            ("exit", [Value::I32(status)]) => return Reply::Exit(*status),
            ("fail", _) => return Reply::Trap("the world ended".into()),
            ("wait", _) if self.waiting => return Reply::Suspend,
            ("wait", _) => results.fill(Value::I32(7)),
            ("lie", _) => results.fill(Value::F64(0)),
            (name, arguments) => return Reply::Trap(format!("{name} was called with {arguments:?}")),
        }
        Reply::Return
    }
}
