//! The job: which programs, and what each is given.

use crate::Outcome;
use std::fs;

/// A program and what it is given.
pub struct Program {
    /// Its name in the report.
    pub name: String,
    /// The module as the compiler gave it.
    pub plain: Vec<u8>,
    /// The module with polls after Asyncify, where there is one.
    pub asyncify: Option<Vec<u8>>,
    /// All of standard input.
    pub stdin: Vec<u8>,
    /// Arguments, the program's name first.
    pub arguments: Vec<String>,
}

/// Reads a job: lines of `name`, plain module, Asyncify module, standard input, arguments, with tabs between; a file that
/// is not there is `-`.
pub fn read(path: &str) -> Outcome<Vec<Program>> {
    fs::read_to_string(path)?.lines().map(program).collect()
}

fn program(line: &str) -> Outcome<Program> {
    let mut fields = line.split('\t');
    let mut field = || fields.next().ok_or("a line of the job has too few fields");
    let (name, plain, asyncify, stdin) = (field()?, field()?, field()?, field()?);
    let asyncify = if asyncify == "-" { None } else { Some(fs::read(asyncify)?) };
    let stdin = if stdin == "-" { Vec::new() } else { fs::read(stdin)? };
    let arguments = [name].into_iter().chain(fields).map(String::from).collect();
    Ok(Program { name: name.into(), plain: fs::read(plain)?, asyncify, stdin, arguments })
}
