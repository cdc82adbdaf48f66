//! Functions that the pass adds as it writes bodies, numbered as they are asked for: spill helpers, and what
//! functions do from their large loops on.

use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::layout::Layout;
use crate::section::Types;
use crate::spill::{self, Helpers, Signature};

/// A function that was added: its name, its type, its body.
pub(crate) type Written = (String, u32, Vec<u8>);

enum Function {
    Spill(Signature),
    FromLoop(Option<Written>),
}

/// Added functions, in the order of their indices.
pub(crate) struct Added {
    first: u32,
    functions: Vec<Function>,
    spills: BTreeMap<Signature, u32>,
}

impl Added {
    /// The first one will have this function index.
    pub(crate) fn new(first: u32) -> Self {
        Self { first, functions: Vec::new(), spills: BTreeMap::new() }
    }

    /// An index for a function that is written later.
    pub(crate) fn reserve(&mut self) -> u32 {
        self.functions.push(Function::FromLoop(None));
        self.last()
    }

    /// The function for a reserved index.
    pub(crate) fn set(&mut self, index: u32, written: Written) {
        self.functions[(index - self.first) as usize] = Function::FromLoop(Some(written));
    }

    /// All of them.
    pub(crate) fn write(self, layout: &Layout, types: &mut Types) -> Vec<Written> {
        let written = |function| match function {
            Function::Spill(signature) => {
                let ty = types.function(&signature.parameters(), &[]);
                (signature.name(), ty, spill::body(layout, signature))
            }
            Function::FromLoop(written) => written.expect("every loop that was reserved is written"),
        };
        self.functions.into_iter().map(written).collect()
    }

    fn last(&self) -> u32 {
        self.first + u32::try_from(self.functions.len() - 1).expect("few functions are added")
    }
}

impl Helpers for Added {
    fn helper(&mut self, signature: Signature) -> u32 {
        if let Some(&known) = self.spills.get(&signature) {
            return known;
        }
        self.functions.push(Function::Spill(signature));
        let index = self.last();
        self.spills.insert(signature, index);
        index
    }
}
