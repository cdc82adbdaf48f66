//! The host of the programs here: output, a file, references, calls that block.

use crate::travel::Companion;
use sojourn_engine::{FunctionType, Host, Import, Provided, Reply, Value, ValueType};

const FILE: &[u8] =
    b"A computation that lives on any machine moves between them while it runs, and loses nothing.";

/// Host functions: name, parameters, results. The place in the table is the number.
const FUNCTIONS: [(&str, &[ValueType], &[ValueType]); 6] = [
    ("emit", &[ValueType::I32], &[]),
    ("exit", &[ValueType::I32], &[]),
    ("block", &[ValueType::I32], &[ValueType::I32]),
    ("read", &[ValueType::I32, ValueType::I32], &[ValueType::I32]),
    ("handle", &[ValueType::I32], &[ValueType::ExternRef]),
    ("number", &[ValueType::ExternRef], &[ValueType::I32]),
];

/// State of the host; a copy of it goes with each image.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuestHost {
    /// What the guest emitted.
    pub output: Vec<i32>,
    /// Bytes of the file that were read.
    pub offset: usize,
    /// Whether each blocking call asks for a stop once before it answers.
    pub blocks: bool,
    asked: bool,
}

impl GuestHost {
    /// A host whose blocking calls stop the guest once each.
    #[must_use]
    pub fn blocking() -> Self {
        GuestHost { blocks: true, ..Self::default() }
    }

    fn block(&mut self, argument: i32, results: &mut [Value]) -> Reply {
        if self.blocks && !self.asked {
            self.asked = true;
            return Reply::Suspend;
        }
        self.asked = false;
        results[0] = Value::I32(argument.wrapping_mul(7).wrapping_add(1));
        Reply::Return
    }

    fn read(&mut self, memory: &mut [u8], address: i32, length: i32) -> i32 {
        let (Ok(address), Ok(length)) = (usize::try_from(address), usize::try_from(length)) else {
            return -1;
        };
        let piece = &FILE[self.offset..FILE.len().min(self.offset + length)];
        memory[address..address + piece.len()].copy_from_slice(piece);
        self.offset += piece.len();
        i32::try_from(piece.len()).unwrap_or(-1)
    }
}

impl Host for GuestHost {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        match (import.module, import.name, &import.function) {
            ("host", name, Some(function)) => provided(name, function),
            ("host", "base", None) => Some(Provided::Global(Value::I32(16))),
            ("host", "memory", None) => Some(Provided::Memory),
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
        match (FUNCTIONS[function as usize].0, arguments) {
            ("emit", [Value::I32(value)]) => self.output.push(*value),
            ("exit", [Value::I32(status)]) => return Reply::Exit(*status),
            ("block", [Value::I32(argument)]) => return self.block(*argument, results),
            ("read", [Value::I32(address), Value::I32(length)]) => {
                results[0] = Value::I32(self.read(memory, *address, *length));
            }
            ("handle", [Value::I32(number)]) => results[0] = Value::ExternRef(u32::try_from(*number).ok()),
            ("number", [Value::ExternRef(handle)]) => {
                let number = handle.map_or(-1, |handle| i32::try_from(handle).unwrap_or(-1));
                results[0] = Value::I32(number);
            }
            (name, _) => return Reply::Trap(format!("{name} was called with {arguments:?}")),
        }
        Reply::Return
    }
}

fn provided(name: &str, asked: &FunctionType) -> Option<Provided> {
    let place = FUNCTIONS.iter().position(|(known, ..)| *known == name)?;
    let (_, parameters, results) = FUNCTIONS[place];
    let fits = asked.parameters == parameters && asked.results == results;
    fits.then(|| Provided::Function(u32::try_from(place).unwrap_or(u32::MAX)))
}

impl Companion for GuestHost {
    fn pack(&mut self) -> Vec<u8> {
        let mut bytes = vec![u8::from(self.blocks), u8::from(self.asked)];
        bytes.extend_from_slice(&(self.offset as u64).to_le_bytes());
        bytes.extend(self.output.iter().flat_map(|value| value.to_le_bytes()));
        bytes
    }

    fn unpack(bytes: &[u8]) -> Self {
        let (flags, rest) = bytes.split_at(2);
        let (offset, output) = rest.split_first_chunk().expect("the offset is there");
        GuestHost {
            blocks: flags[0] == 1,
            asked: flags[1] == 1,
            offset: usize::try_from(u64::from_le_bytes(*offset)).expect("a small file"),
            output: output.as_chunks().0.iter().map(|value| i32::from_le_bytes(*value)).collect(),
        }
    }

    fn deeds(&self) -> String {
        format!("output {:?}, file read up to {}", self.output, self.offset)
    }
}
