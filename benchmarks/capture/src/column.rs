//! The columns: ways to run the same program.

use crate::Outcome;
use crate::job::Program;
use sojourn_engine::Flavour;
use sojourn_engine_wasmtime::{Settings, Wasmtime};
use sojourn_instrument::{Options, instrument};

/// A way to run a program.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// The module as it is.
    Plain,
    /// Through the pass, atomic flavour.
    Atomic,
    /// Through the pass, counter flavour.
    Counter,
    /// With polls, through Asyncify.
    Asyncify,
    /// The module as it is, with Wasmtime's epoch checks; no state could be saved.
    Epochs,
}

impl Column {
    /// All columns, by the names that the report has for them.
    pub const ALL: [(&str, Self); 5] = [
        ("plain", Self::Plain),
        ("atomic", Self::Atomic),
        ("counter", Self::Counter),
        ("asyncify", Self::Asyncify),
        ("epochs", Self::Epochs),
    ];

    /// A column by its name.
    pub fn named(name: &str) -> Outcome<(&'static str, Self)> {
        let found = Self::ALL.into_iter().find(|(known, _)| *known == name);
        found.ok_or_else(|| format!("no column named {name}").into())
    }

    /// The engine it runs on: the same settings for all, but for the epoch checks.
    pub fn engine(self) -> Outcome<Wasmtime> {
        let settings = Settings { interruptible_counter: self == Self::Epochs, ..Settings::default() };
        Wasmtime::new(settings).map_err(|error| format!("{error:?}").into())
    }

    /// The module it runs; `None` when the job has none for it.
    pub fn module(self, program: &Program) -> Outcome<Option<Vec<u8>>> {
        match self {
            Self::Plain | Self::Epochs => Ok(Some(program.plain.clone())),
            Self::Atomic => through_pass(program, Flavour::Atomic).map(Some),
            Self::Counter => through_pass(program, Flavour::Counter).map(Some),
            Self::Asyncify => Ok(program.asyncify.clone()),
        }
    }
}

fn through_pass(program: &Program, flavour: Flavour) -> Outcome<Vec<u8>> {
    let made = instrument(&program.plain, Options { flavour, allow_pinned: false });
    made.map(|made| made.wasm).map_err(|error| format!("{}: {error:?}", program.name).into())
}
