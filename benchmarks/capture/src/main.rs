//! Times capture. Driven by `sojourn bench capture`, which reads the lines of JSON on standard output.
//!
//! ```text
//! sojourn-bench-capture time JOB COLUMN,COLUMN REPEATS    processor seconds of every program in every column
//! sojourn-bench-capture hops JOB REPEATS                  stops every program and lets it go on
//! sojourn-bench-capture moves JOB                         moves every program as users do
//! sojourn-bench-capture image MEGABYTES REPEATS           writes and reads an image of random data
//! sojourn-bench-capture instrument REPEATS FILE...        speed of the pass
//! sojourn-bench-capture peak FILE                         memory that the pass takes, in a process of its own
//! sojourn-bench-capture polls IN OUT                      adds the polls that Asyncify is given
//! sojourn-bench-capture enlarge IN OUT MEGABYTES          the module with its functions repeated
//! ```
//!
//! A job (see `job`) is a file with one program a line.

mod clock;
mod column;
mod enlarge;
mod hops;
mod image;
mod job;
mod moves;
mod pass;
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
        ["hops", job, repeats] => {
            hops::run(&job::read(job)?, repeats.parse()?);
            Ok(())
        }
        ["moves", job] => {
            moves::run(&job::read(job)?);
            Ok(())
        }
        ["image", megabytes, repeats] => image::run(megabytes.parse()?, repeats.parse()?),
        ["instrument", repeats, files @ ..] => pass::speed(files, repeats.parse()?),
        ["peak", file] => pass::peak(file),
        ["enlarge", from, to, megabytes] => {
            Ok(fs::write(to, enlarge::to_megabytes(&fs::read(from)?, megabytes.parse()?)?)?)
        }
        ["polls", from, to] => Ok(fs::write(to, polls::add(&fs::read(from)?)?)?),
        _ => Err("usage: see the head of main.rs".into()),
    }
}

/// Prints that a program fails, in a column if there is one; the others go on.
fn report_failure(program: &str, column: Option<&str>, reason: &str) {
    let reason = reason.replace(['"', '\\', '\n'], " ");
    let column = column.map_or(String::new(), |column| format!(r#""column":"{column}","#));
    println!(r#"{{"program":"{program}",{column}"failed":"{reason}"}}"#);
}
