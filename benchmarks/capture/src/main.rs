//! Times capture. Driven by `sojourn bench capture`, which reads the lines of JSON on standard output.
//!
//! ```text
//! sojourn-bench-capture time JOB COLUMN,COLUMN REPEATS    processor seconds of every program in every column
//! sojourn-bench-capture polls IN OUT                      adds the polls that Asyncify is given
//! ```
//!
//! A job (see `job`) is a file with one program a line.

mod column;
mod job;
mod polls;
mod time;
mod world;

use std::error::Error;
use std::{env, fs};

/// What goes wrong here is told to whoever runs it, and ends the run.
type Outcome<T> = Result<T, Box<dyn Error>>;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["time", job, columns, repeats] => time::run(&job::read(job)?, columns, repeats.parse()?),
        ["polls", from, to] => Ok(fs::write(to, polls::add(&fs::read(from)?)?)?),
        _ => Err("usage: see the head of main.rs".into()),
    }
}
