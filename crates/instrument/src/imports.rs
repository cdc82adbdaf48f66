//! Functions that a point's module imports, numbered as its body asks for them.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::info::Info;
use crate::names;
use crate::parse::Module;
use crate::section::{Kind, Section, Types};
use crate::shim::{Shim, shim_body, shim_name};
use crate::spill::{Helpers, Signature};
use wasm_encoder::Encode;

/// A function of the instrumented module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Import {
    /// By its index in the original, or its wrapper.
    Function(u32),
    Shim(Shim),
    Spill(Signature),
    /// What a function does from the loop at this offset on.
    FromLoop {
        function: u32,
        offset: u32,
    },
}

/// Imported functions, in the order of their indices.
#[derive(Default)]
pub(crate) struct Imports {
    known: BTreeMap<Import, u32>,
    order: Vec<Import>,
}

impl Imports {
    /// Index of a function, imported when it is new.
    pub(crate) fn index(&mut self, import: Import) -> u32 {
        let next = self.count();
        let index = *self.known.entry(import).or_insert(next);
        if index == next {
            self.order.push(import);
        }
        index
    }

    /// How many there are.
    pub(crate) fn count(&self) -> u32 {
        u32::try_from(self.order.len()).expect("few imports")
    }

    /// Writes them. `loop_locals` are the parameters of what a function does from a loop on.
    pub(crate) fn write(
        &self,
        module: &Module<'_>,
        info: &Info,
        loop_locals: &[wasmparser::ValType],
        types: &mut Types,
        out: &mut Section,
    ) {
        for import in &self.order {
            let (name, ty): (String, u32) = match *import {
                Import::Function(function) => {
                    (names::function(function), module.functions[function as usize])
                }
                Import::Shim(shim) => {
                    let (parameters, results, _) = shim_body(module, shim, info.typed_references);
                    (shim_name(shim), types.function(&parameters, &results))
                }
                Import::Spill(signature) => (signature.name(), types.function(&signature.parameters(), &[])),
                Import::FromLoop { function, offset } => {
                    let results = module.function_type(function).results();
                    (names::from_loop(function, offset), types.function(loop_locals, results))
                }
            };
            out.import(names::MODULE, &name, Kind::Function, |out| ty.encode(out));
        }
    }
}

impl Helpers for Imports {
    fn helper(&mut self, signature: Signature) -> u32 {
        self.index(Import::Spill(signature))
    }
}
