//! One function body as the pass sees it: instructions, constructs, sites, and which operands go to locals.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec::Vec;
use sojourn_image::Point;
use wasmparser::{Operator, ValType};

/// Position of a check before the first instruction.
pub(crate) const ENTRY: u32 = u32::MAX;

/// Marks of instructions.
pub(crate) mod mark {
    /// It can never run.
    pub(crate) const DEAD: u8 = 1;
    /// A check stands behind it.
    pub(crate) const CHECK: u8 = 2;
    /// Results of its are stashed.
    pub(crate) const STASH: u8 = 4;
    /// It is a call in which polls may be counted.
    pub(crate) const COUNTS: u8 = 8;
}

/// A block, loop, if or `try_table`.
#[derive(Clone, Debug)]
pub(crate) struct Construct {
    /// Its first instruction.
    pub(crate) start: u32,
    /// Its `else`, if it has one.
    pub(crate) middle: Option<u32>,
    /// Its `end`.
    pub(crate) end: u32,
    /// Operands below its parameters.
    pub(crate) height: u32,
}

/// Where an operand comes from when a frame goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    /// An unchanged local.
    Local(u32),
    /// A constant instruction, by position.
    Constant(u32),
    /// A temporary, by local index.
    Temporary(u32),
}

/// An operand that lies on the stack at a site.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Saved {
    pub(crate) origin: Origin,
    /// Instruction and result that made it.
    pub(crate) definition: (u32, u32),
}

/// A site of this function.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    /// `Poll` or `InProgress`.
    pub(crate) point: Point,
    /// The loop or call; `ENTRY` for a poll at the entry.
    pub(crate) instruction: u32,
    /// The instruction after which the check stands; `ENTRY` likewise.
    pub(crate) check: u32,
    /// All operands on the stack at the check, from the bottom.
    pub(crate) operands: Vec<Saved>,
    /// How many of them the call itself has made.
    pub(crate) results: u32,
    /// Whether the check looks for a request, or only for a callee that unwinds.
    pub(crate) polls: bool,
    /// A local that took the call's result before the check.
    pub(crate) assigned: Option<u32>,
    /// Locals that live at the check, ascending; filled by `liveness`.
    pub(crate) live: Vec<u32>,
}

/// A function body, analysed.
pub(crate) struct Code<'a> {
    pub(crate) function: u32,
    pub(crate) operators: Rc<Vec<Operator<'a>>>,
    /// Byte offset of each instruction in the original module, and one more for the end.
    pub(crate) offsets: Vec<usize>,
    /// What is to be done at each instruction besides copying it: bits of `mark`.
    pub(crate) marks: Vec<u8>,
    /// In order of their starts.
    pub(crate) constructs: Vec<Construct>,
    /// Parameters, locals and then temporaries.
    pub(crate) locals: Vec<ValType>,
    /// How many of `locals` the original has.
    pub(crate) original_locals: usize,
    /// Raw declarations of locals: count, bytes.
    pub(crate) declarations: (u32, &'a [u8]),
    /// Temporaries that take the last results of an instruction, from the lowest one taken to the top.
    pub(crate) stashes: BTreeMap<u32, Vec<u32>>,
    /// Results of instructions that have several.
    pub(crate) result_counts: BTreeMap<u32, u32>,
    /// In order of their checks.
    pub(crate) sites: Vec<Draft>,
}

impl Code<'_> {
    /// Byte offset by which people and images know a site.
    pub(crate) fn site_offset(&self, site: &Draft) -> usize {
        match site.instruction {
            // No instruction begins where the declarations of locals do.
            ENTRY => self.offsets[0] - self.declarations.1.len() - 1,
            instruction => self.offsets[instruction as usize],
        }
    }

    /// How many results an instruction has that has a stash.
    pub(crate) fn results_of(&self, instruction: u32) -> u32 {
        self.result_counts.get(&instruction).copied().unwrap_or(1)
    }

    /// Whether an instruction has a mark.
    pub(crate) fn is(&self, at: u32, mark: u8) -> bool {
        self.marks[at as usize] & mark != 0
    }

    /// Whether there is anything to rewrite.
    pub(crate) fn is_plain(&self) -> bool {
        self.sites.is_empty()
    }
}

/// Instructions after which nothing runs.
pub(crate) fn is_unconditional(operator: &Operator<'_>) -> bool {
    matches!(
        operator,
        Operator::Unreachable
            | Operator::Br { .. }
            | Operator::BrTable { .. }
            | Operator::Return
            | Operator::ReturnCall { .. }
            | Operator::ReturnCallIndirect { .. }
            | Operator::ReturnCallRef { .. }
            | Operator::Throw { .. }
            | Operator::ThrowRef
    )
}
