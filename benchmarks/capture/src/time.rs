//! Run time: each program in each column, repeats interleaved so that a slow minute of the machine falls on all of them.

use crate::Outcome;
use crate::clock::processor_seconds;
use crate::column::Column;
use crate::job::Program;
use crate::world::World;
use sojourn_engine::{Engine, Instance, Outcome as Ended};
use sojourn_engine_wasmtime::Wasmtime;
use wasmparser::{Parser, Payload};

const ENTRY: &str = "_start";

/// A program compiled for a column.
struct Contestant {
    column: &'static str,
    engine: Wasmtime,
    module: <Wasmtime as Engine>::Module,
}

/// Prints a line of JSON for each size, each time, and each program that fails in a column.
pub fn run(programs: &[Program], columns: &str, repeats: usize) -> Outcome<()> {
    let columns: Vec<_> = columns.split(',').map(Column::named).collect::<Outcome<_>>()?;
    for program in programs {
        let mut contestants: Vec<_> = columns.iter().filter_map(|column| prepare(program, *column)).collect();
        let mut expected = None;
        contestants.retain(|contestant| match race(program, contestant) {
            Ok((_, output)) if expected.get_or_insert_with(|| output.clone()) == &output => true,
            Ok(_) => fails(program, contestant.column, "its output differs from the first column's"),
            Err(reason) => fails(program, contestant.column, &reason),
        });
        for _ in 0..repeats {
            for contestant in &contestants {
                let (seconds, _) = race(program, contestant)?;
                let (name, column) = (&program.name, contestant.column);
                println!(r#"{{"program":"{name}","column":"{column}","seconds":{seconds:.6}}}"#);
            }
        }
    }
    Ok(())
}

/// Compiles a program for a column; `None` when there is nothing to run.
fn prepare(program: &Program, (name, column): (&'static str, Column)) -> Option<Contestant> {
    match compile(program, name, column) {
        Ok(contestant) => contestant,
        Err(reason) => {
            fails(program, name, &reason.to_string());
            None
        }
    }
}

fn compile(program: &Program, name: &'static str, column: Column) -> Outcome<Option<Contestant>> {
    let Some(wasm) = column.module(program)? else { return Ok(None) };
    let engine = column.engine()?;
    let module = engine.compile(&wasm).map_err(|error| format!("{error:?}"))?;
    println!(
        r#"{{"program":"{}","column":"{name}","code_bytes":{},"native_bytes":{}}}"#,
        program.name,
        code_bytes(&wasm)?,
        module.text().len()
    );
    Ok(Some(Contestant { column: name, engine, module }))
}

fn fails(program: &Program, column: &str, reason: &str) -> bool {
    crate::report_failure(&program.name, Some(column), reason);
    false
}

/// Runs a program once: seconds and standard output.
fn race(program: &Program, contestant: &Contestant) -> Result<(f64, Vec<u8>), String> {
    let world = World::of(program);
    let instance = contestant.engine.instantiate(&contestant.module, world);
    let mut instance = instance.map_err(|error| format!("{error:?}"))?;
    let start = processor_seconds();
    let ended = instance.call(ENTRY, &[]).map_err(|error| format!("{error:?}"))?;
    let seconds = processor_seconds() - start;
    if !matches!(ended, Ended::Finished(_) | Ended::Exited(0)) {
        return Err(format!("{ended:?}"));
    }
    Ok((seconds, std::mem::take(&mut instance.host().stdout)))
}

/// Bytes of the code section.
fn code_bytes(wasm: &[u8]) -> Outcome<usize> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::CodeSectionStart { range, .. } = payload? {
            return Ok(range.len());
        }
    }
    Ok(0)
}
