//! Indices of what the pass adds, the same in the instrumented module and in its continuations.
//!
//! All of it stands behind what the original has, so that no index of the original changes. Only functions are
//! numbered anew in a continuation.

use crate::Flavour;
use crate::parse::Module;

/// Indices of the added memories, globals and tables.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Layout {
    pub(crate) flavour: Flavour,
    /// Memory index of the control memory (atomic flavour).
    pub(crate) control: u32,
    /// Memory index of the frame memory.
    pub(crate) frames: u32,
    pub(crate) top: u32,
    pub(crate) unwinding: u32,
    pub(crate) pending: u32,
    pub(crate) funcref_count: u32,
    pub(crate) externref_count: u32,
    /// Global index of the counter (counter flavour).
    pub(crate) counter: u32,
    /// Global index of the counter's limit (counter flavour).
    pub(crate) limit: u32,
    /// Whether the three tables exist.
    pub(crate) references: bool,
    pub(crate) refs: u32,
    pub(crate) saved_funcrefs: u32,
    pub(crate) saved_externrefs: u32,
}

impl Layout {
    pub(crate) fn new(module: &Module<'_>, flavour: Flavour, references: bool) -> Self {
        let index = |count: usize| u32::try_from(count).expect("validated count");
        let (memories, globals) = (index(module.memories.len()), index(module.globals.len()));
        let tables = index(module.tables.len());
        let control = memories;
        Self {
            flavour,
            control,
            frames: if flavour == Flavour::Atomic { control + 1 } else { control },
            top: globals,
            unwinding: globals + 1,
            pending: globals + 2,
            funcref_count: globals + 3,
            externref_count: globals + 4,
            counter: globals + 5,
            limit: globals + 6,
            references,
            refs: tables,
            saved_funcrefs: tables + 1,
            saved_externrefs: tables + 2,
        }
    }

    /// Number of globals with the added ones.
    pub(crate) fn global_count(&self) -> u32 {
        if self.flavour == Flavour::Counter { self.limit + 1 } else { self.counter }
    }

    /// Number of tables with the added ones.
    pub(crate) fn table_count(&self) -> u32 {
        if self.references { self.saved_externrefs + 1 } else { self.refs }
    }
}
