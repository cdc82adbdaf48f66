//! Speed and memory of the pass.

use crate::Outcome;
use crate::clock::processor_seconds;
use sojourn_engine::Flavour;
use sojourn_instrument::{Options, instrument};
use std::fs;

const OPTIONS: Options = Options { flavour: Flavour::Atomic, allow_pinned: false };
const PEAK: &str = "VmHWM:";

/// Prints a line of JSON for each file and repeat.
pub fn speed(files: &[&str], repeats: usize) -> Outcome<()> {
    for file in files {
        let wasm = fs::read(file)?;
        for _ in 0..repeats {
            let start = processor_seconds();
            let made = instrument(&wasm, OPTIONS).map_err(|error| format!("{file}: {error:?}"))?;
            let seconds = processor_seconds() - start;
            let (before, after) = (wasm.len(), made.wasm.len());
            println!(r#"{{"file":"{file}","bytes":{before},"bytes_after":{after},"seconds":{seconds:.6}}}"#);
        }
    }
    Ok(())
}

/// Prints the most memory that this process had, having instrumented a file.
pub fn peak(file: &str) -> Outcome<()> {
    let wasm = fs::read(file)?;
    let made = instrument(&wasm, OPTIONS).map_err(|error| format!("{file}: {error:?}"))?;
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(PEAK)).ok_or("this system does not tell")?;
    let kib: u64 = line.trim().trim_end_matches("kB").trim().parse()?;
    println!(r#"{{"bytes":{},"bytes_after":{},"peak_kib":{kib}}}"#, wasm.len(), made.wasm.len());
    Ok(())
}
