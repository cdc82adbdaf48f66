//! Writes instructions of a body with their stashes and checks, for the hot module and for continuations alike.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use wasm_encoder::{Catch, Encode, Instruction};
use wasmparser::{BlockType, Operator};

use crate::code::{Code, Draft, ENTRY, mark};
use crate::layout::Layout;
use crate::poll;
use crate::shim::Shim;
use crate::spill;

/// How functions and what cannot be imported are reached from the module that is written.
pub(crate) enum Reach<'r> {
    /// The instrumented module: all as it was, but for wrapped host functions.
    Own {
        /// Wrapper of each imported function, by its index.
        wrappers: &'r [Option<u32>],
    },
    /// A continuation: functions are imported, segments are reached through shims.
    Imported { functions: &'r BTreeMap<u32, u32>, shims: &'r BTreeMap<Shim, u32> },
}

/// A writer of one function.
pub(crate) struct Emitter<'e, 'a> {
    pub(crate) code: &'e Code<'a>,
    pub(crate) layout: &'e Layout,
    pub(crate) reach: &'e Reach<'e>,
    pub(crate) bytes: &'e [u8],
    /// The local that holds the counter.
    pub(crate) cached: Option<u32>,
    pub(crate) out: Vec<u8>,
    /// For each construct of the original that is open (the body first): its label among those written.
    pub(crate) labels: Vec<u32>,
    /// Labels written and open, the body's block first.
    pub(crate) opened: u32,
    /// Sites met, in the order of their cold blocks.
    pub(crate) cold: Vec<usize>,
    cold_of: BTreeMap<usize, u32>,
}

impl<'e, 'a> Emitter<'e, 'a> {
    /// Begins inside the block that stands for the body.
    pub(crate) fn new(code: &'e Code<'a>, layout: &'e Layout, reach: &'e Reach<'e>, bytes: &'e [u8]) -> Self {
        let cached = poll::cached(layout, code);
        let mut out = Vec::new();
        poll::load(layout, cached, &mut out);
        Self {
            code,
            layout,
            reach,
            bytes,
            cached,
            out,
            labels: alloc::vec![0],
            opened: 1,
            cold: Vec::new(),
            cold_of: BTreeMap::new(),
        }
    }

    /// Writes the instructions `from..to`, each with what follows it.
    pub(crate) fn range(&mut self, from: u32, to: u32) {
        for at in from..to {
            if !self.code.is(at, mark::DEAD) {
                self.hand_over_counter(at);
                self.instruction(at);
                self.take_over_counter(at);
                self.stash(at);
                self.check_after(at);
            }
        }
    }

    /// Opens a label that no construct of the original has.
    pub(crate) fn open(&mut self, instruction: &Instruction<'_>) {
        instruction.encode(&mut self.out);
        self.opened += 1;
    }

    /// Closes the innermost label.
    pub(crate) fn close(&mut self) {
        Instruction::End.encode(&mut self.out);
        self.opened -= 1;
    }

    /// Whoever runs next looks for the counter in its global.
    fn hand_over_counter(&mut self, at: u32) {
        if self.cached.is_none() {
            return;
        }
        let leaves = matches!(
            self.code.operators[at as usize],
            Operator::Return
                | Operator::ReturnCall { .. }
                | Operator::ReturnCallIndirect { .. }
                | Operator::ReturnCallRef { .. }
                | Operator::Throw { .. }
                | Operator::ThrowRef
        );
        if leaves || self.code.is(at, mark::COUNTS) {
            poll::store(self.layout, self.cached, &mut self.out);
        }
    }

    pub(crate) fn take_over_counter(&mut self, at: u32) {
        if self.code.is(at, mark::COUNTS) {
            poll::load(self.layout, self.cached, &mut self.out);
        }
    }

    /// Writes one instruction as the module that is written needs it.
    pub(crate) fn instruction(&mut self, at: u32) {
        let code = self.code;
        match &code.operators[at as usize] {
            Operator::Block { .. } | Operator::Loop { .. } | Operator::If { .. } => {
                self.settle(at);
                self.raw(at);
                self.enter();
            }
            Operator::TryTable { try_table } => {
                self.try_table(at, try_table);
                self.enter();
            }
            Operator::End => {
                self.labels.pop();
                self.close();
            }
            Operator::Call { function_index } => self.call(at, *function_index, false),
            Operator::ReturnCall { function_index } => self.call(at, *function_index, true),
            Operator::RefFunc { function_index } => self.reference(at, *function_index),
            operator => {
                if let Reach::Imported { shims, .. } = self.reach {
                    if let Some(shim) = Shim::of(operator) {
                        Instruction::Call(shims[&shim]).encode(&mut self.out);
                        return;
                    }
                    if self.branch(operator) {
                        return;
                    }
                }
                self.raw(at);
            }
        }
    }

    /// Before a loop with parameters, an empty block. It costs nothing; without it wasmi 2.0 loses an operand that
    /// was just put into a local (`local.tee`, as temporaries are) when a parameter of the loop is a local too.
    fn settle(&mut self, at: u32) {
        if let Operator::Loop { blockty: BlockType::FuncType(_) } = self.code.operators[at as usize] {
            Instruction::Block(wasm_encoder::BlockType::Empty).encode(&mut self.out);
            Instruction::End.encode(&mut self.out);
        }
    }

    fn raw(&mut self, at: u32) {
        let at = at as usize;
        self.out.extend_from_slice(&self.bytes[self.code.offsets[at]..self.code.offsets[at + 1]]);
    }

    fn enter(&mut self) {
        self.labels.push(self.opened);
        self.opened += 1;
    }

    fn call(&mut self, at: u32, function: u32, tail: bool) {
        let target = match self.reach {
            Reach::Own { wrappers } => match wrappers.get(function as usize) {
                Some(Some(wrapper)) => *wrapper,
                _ => return self.raw(at),
            },
            Reach::Imported { functions, .. } => functions[&function],
        };
        let instruction = if tail { Instruction::ReturnCall(target) } else { Instruction::Call(target) };
        instruction.encode(&mut self.out);
    }

    fn reference(&mut self, at: u32, function: u32) {
        match self.reach {
            Reach::Own { wrappers } => match wrappers.get(function as usize) {
                Some(Some(wrapper)) => Instruction::RefFunc(*wrapper).encode(&mut self.out),
                _ => self.raw(at),
            },
            Reach::Imported { shims, .. } => {
                Instruction::Call(shims[&Shim::Reference { function }]).encode(&mut self.out);
            }
        }
    }

    /// Label of the original as a label of the module that is written.
    fn label(&self, depth: u32) -> u32 {
        let index = self.labels.len() - 1 - depth as usize;
        self.opened - 1 - self.labels[index]
    }

    /// Writes a branch with the label it has now; whether the instruction is one.
    fn branch(&mut self, operator: &Operator<'_>) -> bool {
        let instruction = match operator {
            Operator::Br { relative_depth } => Instruction::Br(self.label(*relative_depth)),
            Operator::BrIf { relative_depth } => Instruction::BrIf(self.label(*relative_depth)),
            Operator::BrOnNull { relative_depth } => Instruction::BrOnNull(self.label(*relative_depth)),
            Operator::BrOnNonNull { relative_depth } => Instruction::BrOnNonNull(self.label(*relative_depth)),
            Operator::BrTable { targets } => {
                let labels: Vec<u32> =
                    targets.targets().filter_map(Result::ok).map(|label| self.label(label)).collect();
                Instruction::BrTable(labels.into(), self.label(targets.default()))
            }
            _ => return false,
        };
        instruction.encode(&mut self.out);
        true
    }

    fn try_table(&mut self, at: u32, try_table: &wasmparser::TryTable) {
        if matches!(self.reach, Reach::Own { .. }) {
            return self.raw(at);
        }
        let catches = self.catches(try_table);
        let ty = wasm_encoder::BlockType::try_from(try_table.ty).expect("a block type of the module's own");
        Instruction::TryTable(ty, catches.into()).encode(&mut self.out);
    }

    /// Catch clauses with the labels they have now.
    pub(crate) fn catches(&self, try_table: &wasmparser::TryTable) -> Vec<Catch> {
        let written = |catch: &wasmparser::Catch| match *catch {
            wasmparser::Catch::One { tag, label } => Catch::One { tag, label: self.label(label) },
            wasmparser::Catch::OneRef { tag, label } => Catch::OneRef { tag, label: self.label(label) },
            wasmparser::Catch::All { label } => Catch::All { label: self.label(label) },
            wasmparser::Catch::AllRef { label } => Catch::AllRef { label: self.label(label) },
        };
        try_table.catches.iter().map(written).collect()
    }

    /// What brings the counter back to its global.
    pub(crate) fn store_counter(&self) -> Vec<u8> {
        let mut out = Vec::new();
        poll::store(self.layout, self.cached, &mut out);
        out
    }

    /// Copies the last results of an instruction to their temporaries and leaves them where they are.
    pub(crate) fn stash(&mut self, at: u32) {
        if !self.code.is(at, mark::STASH) {
            return;
        }
        let Some((lowest, above)) = self.code.stashes.get(&at).and_then(|stash| stash.split_first()) else {
            return;
        };
        for temporary in above.iter().rev() {
            Instruction::LocalSet(*temporary).encode(&mut self.out);
        }
        Instruction::LocalTee(*lowest).encode(&mut self.out);
        for temporary in above {
            Instruction::LocalGet(*temporary).encode(&mut self.out);
        }
    }

    fn check_after(&mut self, at: u32) {
        if !self.code.is(at, mark::CHECK) {
            return;
        }
        let sites = &self.code.sites;
        let first = usize::from(sites.first().is_some_and(|site| site.check == ENTRY));
        if let Ok(found) = sites[first..].binary_search_by_key(&at, |site| site.check) {
            self.check(first + found);
        }
    }

    /// Writes the check of a site, with its branch to the cold block.
    pub(crate) fn check(&mut self, site: usize) {
        let next = u32::try_from(self.cold.len()).expect("few sites");
        let number = *self.cold_of.entry(site).or_insert(next);
        if number == next {
            self.cold.push(site);
        }
        let cold = self.opened + number;
        if self.code.sites[site].polls {
            poll::branch(self.layout, self.cached, cold, &mut self.out);
        } else {
            Instruction::GlobalGet(self.layout.unwinding).encode(&mut self.out);
            Instruction::BrIf(cold).encode(&mut self.out);
        }
    }
}

/// Puts a written body between its cold blocks.
///
/// ```text
/// (block $cold1 (block $cold0 (block (result ..) body) return) cold code 0, return) cold code 1
/// ```
pub(crate) fn with_cold_blocks(
    body: &[u8],
    results: (wasm_encoder::BlockType, &[wasmparser::ValType]),
    cold: &[Vec<u8>],
    store_counter: &[u8],
    out: &mut Vec<u8>,
) {
    for _ in cold {
        Instruction::Block(wasm_encoder::BlockType::Empty).encode(out);
    }
    Instruction::Block(results.0).encode(out);
    out.extend_from_slice(body);
    Instruction::End.encode(out);
    out.extend_from_slice(store_counter);
    for spill in cold {
        Instruction::Return.encode(out);
        Instruction::End.encode(out);
        out.extend_from_slice(store_counter);
        out.extend_from_slice(spill);
        spill::dummies(results.1, out);
    }
    Instruction::End.encode(out);
}

/// A value that a site saves: what it is, its type, the local that holds it.
pub(crate) type Kept = (sojourn_image::Slot, crate::info::Type, u32);

/// Cold code of a site: the values as arguments of its spill helpers. `hot` says that it is a poll.
pub(crate) fn cold_code(number: u32, hot: bool, kept: &[Kept], spills: &mut spill::Spills) -> Vec<u8> {
    let mut out = Vec::new();
    let values: Vec<(crate::info::Type, u32)> = kept.iter().map(|&(_, ty, local)| (ty, local)).collect();
    let (first, rest) = values.split_at(values.len().min(crate::limit::SPILL_PARAMETERS));
    spill::call(spills, Some(number), hot, first, &mut out);
    for more in rest.chunks(crate::limit::SPILL_PARAMETERS) {
        spill::call(spills, None, hot, more, &mut out);
    }
    out
}

/// Whether a draft has the call's own results on the stack at this height.
pub(crate) fn is_result(draft: &Draft, height: usize) -> bool {
    height >= draft.operands.len() - draft.results as usize
}
