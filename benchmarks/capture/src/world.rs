//! The world of a timed guest: arguments, standard input and output in memory, and nothing else, so that no host
//! call weighs on a column.

use crate::job::Program;
use sojourn_engine::{Host, Import, Provided, Reply, Value};

const SUCCESS: i32 = 0;
const BAD_FILE: i32 = 8;
const NOT_SUPPORTED: i32 = 52;
const CHARACTER_DEVICE: u8 = 2;
const FDSTAT_BYTES: usize = 24;
const WASI: &str = "wasi_snapshot_preview1";
/// Import that a guest of Asyncify polls with; its flag is never set while it is timed.
pub const POLL: (&str, &str) = ("bench", "poll");
/// Host calls by name; the position is the number of the host function.
const CALLS: [(&str, Call); 9] = [
    ("args_sizes_get", World::args_sizes_get),
    ("args_get", World::args_get),
    ("environ_sizes_get", |_, memory, arguments| {
        store(memory, at(arguments, 0)?, 0)?;
        store(memory, at(arguments, 1)?, 0)
    }),
    ("fd_read", World::fd_read),
    ("fd_write", World::fd_write),
    ("fd_fdstat_get", |_, memory, arguments| stream_status(memory, arguments)),
    ("fd_prestat_get", |_, _, _| Some(BAD_FILE)),
    ("clock_time_get", World::clock_time_get),
    ("random_get", |_, _, _| Some(SUCCESS)),
];
const EXIT: u32 = 1000;
const OTHER: u32 = 1001;

type Call = fn(&mut World, &mut [u8], &[Value]) -> Option<i32>;

/// See the head of this file. A copy goes on where this one is.
#[derive(Clone)]
pub struct World {
    arguments: Vec<String>,
    stdin: Vec<u8>,
    read: usize,
    ticks: u64,
    /// What the guest wrote to standard output.
    pub stdout: Vec<u8>,
}

impl World {
    /// The world of a program at its start.
    pub fn of(program: &Program) -> Self {
        let (arguments, stdin) = (program.arguments.clone(), program.stdin.clone());
        Self { arguments, stdin, read: 0, ticks: 0, stdout: Vec::new() }
    }

    fn args_sizes_get(&mut self, memory: &mut [u8], arguments: &[Value]) -> Option<i32> {
        let bytes: usize = self.arguments.iter().map(|argument| argument.len() + 1).sum();
        store(memory, at(arguments, 0)?, self.arguments.len())?;
        store(memory, at(arguments, 1)?, bytes)
    }

    fn args_get(&mut self, memory: &mut [u8], arguments: &[Value]) -> Option<i32> {
        let (mut slot, mut text) = (at(arguments, 0)?, at(arguments, 1)?);
        for argument in &self.arguments {
            store(memory, slot, text)?;
            slot += 4;
            let end = text + argument.len();
            memory.get_mut(text..end)?.copy_from_slice(argument.as_bytes());
            *memory.get_mut(end)? = 0;
            text = end + 1;
        }
        Some(SUCCESS)
    }

    fn fd_read(&mut self, memory: &mut [u8], arguments: &[Value]) -> Option<i32> {
        let mut sum = 0;
        for (start, length) in slices(memory, arguments)? {
            let rest = self.stdin.get(self.read..)?;
            let taken = length.min(rest.len());
            memory.get_mut(start..start + taken)?.copy_from_slice(&rest[..taken]);
            self.read += taken;
            sum += taken;
        }
        store(memory, at(arguments, 3)?, sum)
    }

    fn fd_write(&mut self, memory: &mut [u8], arguments: &[Value]) -> Option<i32> {
        let mut sum = 0;
        for (start, length) in slices(memory, arguments)? {
            self.stdout.extend_from_slice(memory.get(start..start + length)?);
            sum += length;
        }
        store(memory, at(arguments, 3)?, sum)
    }

    fn clock_time_get(&mut self, memory: &mut [u8], arguments: &[Value]) -> Option<i32> {
        self.ticks += 1;
        let start = at(arguments, 2)?;
        memory.get_mut(start..start + 8)?.copy_from_slice(&self.ticks.to_le_bytes());
        Some(SUCCESS)
    }
}

impl Host for World {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        if (import.module, import.name) == POLL {
            return Some(Provided::Function(OTHER));
        }
        if import.module != WASI {
            return None;
        }
        let known = CALLS.iter().position(|(name, _)| *name == import.name);
        let other = if import.name == "proc_exit" { EXIT } else { OTHER };
        Some(Provided::Function(known.and_then(|number| u32::try_from(number).ok()).unwrap_or(other)))
    }

    fn call(
        &mut self,
        function: u32,
        memory: &mut [u8],
        arguments: &[Value],
        results: &mut [Value],
    ) -> Reply {
        if let (EXIT, Some(Value::I32(status))) = (function, arguments.first()) {
            return Reply::Exit(*status);
        }
        let errno = match CALLS.get(function as usize) {
            Some((_, call)) => call(self, memory, arguments),
            None => Some(NOT_SUPPORTED),
        };
        match (errno, results.first_mut()) {
            (Some(errno), Some(result)) => *result = Value::I32(errno),
            (Some(_), None) => {}
            (None, _) => return Reply::Trap("a host call outside the guest's memory".into()),
        }
        Reply::Return
    }
}

/// Standard streams are all there is, and they look like terminals.
fn stream_status(memory: &mut [u8], arguments: &[Value]) -> Option<i32> {
    if at(arguments, 0)? > 2 {
        return Some(BAD_FILE);
    }
    let start = at(arguments, 1)?;
    let record = memory.get_mut(start..start + FDSTAT_BYTES)?;
    record.fill(0);
    record[0] = CHARACTER_DEVICE;
    Some(SUCCESS)
}

/// An address or length among the arguments.
fn at(arguments: &[Value], index: usize) -> Option<usize> {
    match arguments.get(index)? {
        Value::I32(value) => usize::try_from(value.cast_unsigned()).ok(),
        _ => None,
    }
}

fn store(memory: &mut [u8], start: usize, value: usize) -> Option<i32> {
    let value = u32::try_from(value).ok()?;
    memory.get_mut(start..start + 4)?.copy_from_slice(&value.to_le_bytes());
    Some(SUCCESS)
}

fn load(memory: &[u8], start: usize) -> Option<usize> {
    let bytes = memory.get(start..start + 4)?.try_into().ok()?;
    usize::try_from(u32::from_le_bytes(bytes)).ok()
}

/// Start and length of each buffer of `fd_read` or `fd_write`.
fn slices(memory: &[u8], arguments: &[Value]) -> Option<Vec<(usize, usize)>> {
    let (first, count) = (at(arguments, 1)?, at(arguments, 2)?);
    (0..count).map(|i| Some((load(memory, first + 8 * i)?, load(memory, first + 8 * i + 4)?))).collect()
}
