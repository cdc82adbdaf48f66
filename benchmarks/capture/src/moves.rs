//! Whole moves, as users have them: start, stop, image to bytes; bytes to image, resume. The module's code is compiled
//! once and kept, the continuation is compiled when it is needed.

use crate::Outcome;
use crate::job::Program;
use sojourn_image::{Memory, Section};
use sojourn_node::{Ending, Image, Module, ResumeOptions, StartOptions, Stdin, resume, start};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Moves of one run.
const MOVES: u64 = 20;
/// Least time between moves, and how far it varies.
const PAUSE_MS: (u64, u64) = (3, 11);

/// Prints a line of JSON for each move.
pub fn run(programs: &[Program]) {
    for program in programs {
        if let Err(reason) = measure(program) {
            crate::report_failure(&program.name, None, &reason.to_string());
        }
    }
}

fn measure(program: &Program) -> Outcome<()> {
    let module = Module::new(program.plain.clone())?;
    let stdin = Stdin::Bytes(program.stdin.clone());
    let options = StartOptions { args: program.arguments.clone(), stdin, ..StartOptions::default() };
    let mut running = start(&module, &options)?;
    for turn in 0..MOVES {
        // The guest begins when somebody waits for it.
        let pause = Duration::from_millis(PAUSE_MS.0 + turn * PAUSE_MS.0 % PAUSE_MS.1);
        if running.wait_for(pause).is_some() {
            break;
        }
        let Ending::Stopped(image) = running.stop()? else { break };
        let memory_bytes: u64 = image.memories.iter().map(Memory::stored_bytes).sum();
        let memories =
            image.header()?.sections.into_iter().find(|listed| listed.section == Section::Memories);
        let index_bytes = memories.map_or(0, |listed| listed.length);
        let bytes = image.encode()?;
        let image_bytes = bytes.len();
        drop(image);
        let options = ResumeOptions { module: Some(module.clone()), ..ResumeOptions::default() };
        let start = Instant::now();
        running = resume(Arc::new(Image::decode_owned(bytes)?), &options)?;
        let resume_ms = start.elapsed().as_secs_f64() * 1e3;
        println!(
            r#"{{"program":"{}","resume_ms":{resume_ms:.6},"image_bytes":{image_bytes},"memory_bytes":{memory_bytes},"index_bytes":{index_bytes}}}"#,
            program.name
        );
    }
    Ok(())
}
