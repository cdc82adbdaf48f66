//! The programs under `programs/`, what each needs, and what the pass says of it.

use sojourn_instrument::{Error, Flavour, Instrumented, Options, instrument};

/// Which engines a program runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Both.
    Nothing,
    /// Wasmtime only: what wasmi does not have.
    Wasmtime(&'static str),
}

/// A program in text format with an export `run`.
#[derive(Clone, Copy, Debug)]
pub struct Program {
    /// Name of its file.
    pub name: &'static str,
    /// Its text.
    pub text: &'static str,
    /// What it needs.
    pub needs: Needs,
}

macro_rules! programs {
    ($($name:literal $needs:expr,)*) => {
        &[$(Program { name: $name, text: include_str!(concat!("../programs/", $name, ".wat")), needs: $needs },)*]
    };
}

/// All of them.
pub const PROGRAMS: &[Program] = programs! {
    "ackermann" Needs::Nothing,
    "blocking-calls" Needs::Nothing,
    "br-table" Needs::Nothing,
    "deep-recursion" Needs::Nothing,
    "dropped-segments" Needs::Nothing,
    "exceptions" Needs::Wasmtime("exceptions"),
    "exit" Needs::Nothing,
    "extended-constants" Needs::Nothing,
    "globals" Needs::Nothing,
    "half-read-file" Needs::Nothing,
    "if-else" Needs::Nothing,
    "indirect-calls" Needs::Nothing,
    "loop-parameters" Needs::Nothing,
    "many-locals" Needs::Nothing,
    "memory-growth" Needs::Nothing,
    "memory64" Needs::Nothing,
    "multi-value" Needs::Nothing,
    "mutual-recursion" Needs::Nothing,
    "nan-payloads" Needs::Nothing,
    "nested-loops" Needs::Nothing,
    "operands-under-calls" Needs::Nothing,
    "recursion" Needs::Nothing,
    "references" Needs::Nothing,
    "select-drop" Needs::Nothing,
    "several-memories" Needs::Nothing,
    "sieve" Needs::Nothing,
    "simd" Needs::Nothing,
    "start" Needs::Nothing,
    "table-changes" Needs::Nothing,
    "tail-calls" Needs::Nothing,
    "tail-calls-indirect" Needs::Nothing,
    "trap-at-the-end" Needs::Nothing,
    "typed-references" Needs::Wasmtime("typed function references"),
    "unreachable-code" Needs::Nothing,
};

impl Program {
    /// As binary.
    ///
    /// # Panics
    /// When the text is not well formed.
    #[must_use]
    pub fn wasm(&self) -> Vec<u8> {
        wat::parse_str(self.text).unwrap_or_else(|error| panic!("{}.wat: {error}", self.name))
    }
}

/// A module through the pass.
///
/// # Errors
/// Those of the pass.
pub fn through(wasm: &[u8], flavour: Flavour) -> Result<Instrumented, Error> {
    instrument(wasm, Options { flavour, allow_pinned: false })
}
