//! Run time: each program in each column, repeats interleaved so that a slow minute of the machine falls on all of them.

use crate::Outcome;
use crate::column::Column;
use crate::job::Program;
use crate::world::World;
use sojourn_engine::{Engine, Instance, Outcome as Ended};
use sojourn_engine_wasmtime::Wasmtime;
use std::fmt::Display;
use wasmparser::{Parser, Payload};

const ENTRY: &str = "_start";

/// A program compiled for a column.
struct Contestant {
    column: &'static str,
    engine: Wasmtime,
    module: <Wasmtime as Engine>::Module,
}

/// Prints a line of JSON for each size and each time.
pub fn run(programs: &[Program], columns: &str, repeats: usize) -> Outcome<()> {
    let columns: Vec<_> = columns.split(',').map(Column::named).collect::<Outcome<_>>()?;
    for program in programs {
        let contestants = prepare(program, &columns)?;
        let expected = contestants.first().map(|first| race(program, first, None)).transpose()?;
        for _ in 0..repeats {
            for contestant in &contestants {
                race(program, contestant, expected.as_deref())?;
            }
        }
    }
    Ok(())
}

fn prepare(program: &Program, columns: &[(&'static str, Column)]) -> Outcome<Vec<Contestant>> {
    let mut contestants = Vec::new();
    for &(name, column) in columns {
        let Some(wasm) = column.module(program)? else { continue };
        let engine = column.engine()?;
        let module = engine.compile(&wasm).map_err(|error| told(program, name, &format!("{error:?}")))?;
        let native = engine.serialize(&module).map_or(0, |bytes| text_bytes(&bytes));
        let code = code_bytes(&wasm)?;
        println!(
            r#"{{"program":"{}","column":"{name}","code_bytes":{code},"native_bytes":{native}}}"#,
            program.name
        );
        contestants.push(Contestant { column: name, engine, module });
    }
    Ok(contestants)
}

/// Runs a program once; its standard output. With `expected`, that is checked and the time is printed.
fn race(program: &Program, contestant: &Contestant, expected: Option<&[u8]>) -> Outcome<Vec<u8>> {
    let failed = |message: String| told(program, contestant.column, &message);
    let world = World::of(program);
    let instance = contestant.engine.instantiate(&contestant.module, world);
    let mut instance = instance.map_err(|error| failed(format!("{error:?}")))?;
    let start = processor_seconds();
    let ended = instance.call(ENTRY, &[]).map_err(|error| failed(format!("{error:?}")))?;
    let seconds = processor_seconds() - start;
    if !matches!(ended, Ended::Finished(_) | Ended::Exited(0)) {
        return Err(failed(format!("{ended:?}")).into());
    }
    let output = std::mem::take(&mut instance.host().stdout);
    if let Some(expected) = expected {
        if output != expected {
            return Err(failed("its output is not that of the first column".into()).into());
        }
        println!(r#"{{"program":"{}","column":"{}","seconds":{seconds:.6}}}"#, program.name, contestant.column);
    }
    Ok(output)
}

/// Processor time of this thread: what the guest used, whatever else the machine does.
pub fn processor_seconds() -> f64 {
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    // SAFETY: the clock writes the one record that it is given.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &raw mut time) };
    #[expect(clippy::cast_precision_loss, reason = "seconds and nanoseconds of a process fit")]
    let seconds = time.tv_sec as f64 + time.tv_nsec as f64 * 1e-9;
    seconds
}

/// Bytes of the code section.
fn code_bytes(wasm: &[u8]) -> Outcome<usize> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionStart { range, .. } = payload? {
            return Ok(usize::try_from(range.end - range.start)?);
        }
    }
    Ok(0)
}

/// Bytes of compiled code as the engine writes it.
fn text_bytes(compiled: &[u8]) -> usize {
    compiled.len()
}

fn told(program: &Program, column: &str, message: &dyn Display) -> String {
    format!("{} in column {column}: {message}", program.name)
}
