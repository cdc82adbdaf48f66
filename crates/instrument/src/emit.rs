//! Writes instructions of a body with their stashes and checks, for the hot module and for continuations alike.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::RefCell;
use wasm_encoder::{Catch, Encode, Instruction};
use wasmparser::{BlockType, Operator};

use crate::code::{Code, Draft, ENTRY, is_unconditional, mark};
use crate::imports::{Import, Imports};
use crate::layout::Layout;
use crate::outline::{self, Entrance, Outlined};
use crate::poll;
use crate::shim::Shim;
use crate::spill::{self, Helpers};

/// How functions and what cannot be imported are reached from the module that is written.
pub(crate) enum Reach<'r> {
    /// The instrumented module: all as it was, but for wrapped host functions.
    Own {
        /// Wrapper of each imported function, by its index.
        wrappers: &'r [Option<u32>],
    },
    /// A point's module: functions are imported, segments are reached through shims.
    Imported(&'r RefCell<Imports>),
}

/// Code that stands behind the body and is branched to.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Cold {
    /// Saves the frame at a site, by its place among the function's.
    Save(usize),
    /// Goes on in the function of a loop, by its site.
    FromLoop(usize),
}

/// Where branches to a construct of the original go.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Label {
    /// A label that was written, counted from the body's block.
    At(u32),
    /// A loop, by its site, that is gone on with in its function.
    FromLoop(usize),
}

/// A construct of the original that is open.
pub(crate) struct Open {
    label: Label,
    /// Something that was written branches to its label.
    pub(crate) targeted: bool,
    is_loop: bool,
    /// Its end is reached from where nothing branches: an arm of an `if`, or there is no other arm.
    falls: bool,
}

impl Open {
    fn new(label: Label) -> Self {
        Self { label, targeted: false, is_loop: false, falls: false }
    }
}

/// A writer of one function.
pub(crate) struct Emitter<'e, 'a> {
    pub(crate) code: &'e Code<'a>,
    pub(crate) layout: &'e Layout,
    pub(crate) reach: &'e Reach<'e>,
    pub(crate) bytes: &'e [u8],
    /// Loops with a function of their own, but for the one whose function this is.
    pub(crate) outlined: Vec<Outlined>,
    /// Where this is a loop's function: how it gets into the inner loop.
    pub(crate) entrance: Option<Entrance>,
    /// The local that holds the counter.
    pub(crate) cached: Option<u32>,
    pub(crate) out: Vec<u8>,
    /// Constructs of the original that are open, the body first.
    pub(crate) labels: Vec<Open>,
    /// Labels written and open, the body's block first.
    pub(crate) opened: u32,
    /// What is branched to, in the order in which it is to stand.
    pub(crate) cold: Vec<Cold>,
    /// Nothing reaches what comes now; how many constructs have begun since.
    pub(crate) dead: Option<u32>,
    cold_of: BTreeMap<Cold, u32>,
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
            outlined: outline::loops(code),
            entrance: None,
            cached,
            out,
            labels: alloc::vec![Open::new(Label::At(0))],
            opened: 1,
            cold: Vec::new(),
            dead: None,
            cold_of: BTreeMap::new(),
        }
    }

    /// In a loop's function a parameter stands behind the locals; the counter comes after it.
    pub(crate) fn begin_after_parameter(&mut self) {
        self.cached = self.cached.map(|local| local + 1);
        self.out.clear();
        poll::load(self.layout, self.cached, &mut self.out);
    }

    /// Writes the instructions `from..to`, each with what follows it. What nothing reaches from here is left out.
    pub(crate) fn range(&mut self, from: u32, to: u32) {
        let mut at = from;
        while at < to {
            self.leave_entrance(at);
            if self.code.is(at, mark::DEAD) || self.passes_over(at) {
                at += 1;
                continue;
            }
            if let Some(outlined) = self.outlined.iter().find(|outlined| outlined.start == at).copied() {
                let label = self.cold(Cold::FromLoop(outlined.site));
                Instruction::Br(label).encode(&mut self.out);
                self.dead = Some(0);
                at = outlined.end + 1;
                continue;
            }
            self.hand_over_counter(at);
            self.instruction(at);
            self.pass_entrance(at);
            if self.dead.is_none() {
                self.take_over_counter(at);
                self.stash(at);
                self.check_after(at);
            }
            at += 1;
        }
    }

    /// What comes after this instruction is passed over on the way into the inner loop.
    fn pass_entrance(&mut self, at: u32) {
        if let Some(entrance) = &self.entrance
            && entrance.begins_after(at)
        {
            Instruction::LocalGet(entrance.local).encode(&mut self.out);
            Instruction::I32Eqz.encode(&mut self.out);
            self.open(&Instruction::If(wasm_encoder::BlockType::Empty));
        }
    }

    fn leave_entrance(&mut self, at: u32) {
        let Some(entrance) = &self.entrance else { return };
        let (local, inner) = (entrance.local, entrance.is_inner(at));
        if entrance.ends_before(at) {
            self.close();
            self.dead = None;
        }
        if inner {
            Instruction::I32Const(0).encode(&mut self.out);
            Instruction::LocalSet(local).encode(&mut self.out);
        }
    }

    /// Whether nothing reaches an instruction; an `else` or `end` of the construct that is open is written.
    fn passes_over(&mut self, at: u32) -> bool {
        let Some(depth) = &mut self.dead else { return false };
        match self.code.operators[at as usize] {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. } => *depth += 1,
            Operator::Else | Operator::End if *depth == 0 => return false,
            Operator::End => *depth -= 1,
            _ => {}
        }
        true
    }

    /// Says that nothing reaches what comes next.
    pub(crate) fn unreachable(&mut self) {
        Instruction::Unreachable.encode(&mut self.out);
        self.dead = Some(0);
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

    /// Begins a construct of the original: branches to it go to the innermost label.
    pub(crate) fn begin(&mut self) {
        self.labels.push(Open::new(Label::At(self.opened - 1)));
    }

    /// Begins a loop that is gone on with in its function.
    pub(crate) fn begin_outlined(&mut self, site: usize) {
        self.labels.push(Open::new(Label::FromLoop(site)));
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
                self.enter(&code.operators[at as usize]);
            }
            Operator::TryTable { try_table } => {
                self.try_table(at, try_table);
                self.enter(&code.operators[at as usize]);
            }
            Operator::Else => {
                let alive = self.dead.take().is_none();
                if let Some(open) = self.labels.last_mut() {
                    open.falls = alive;
                }
                self.raw(at);
            }
            Operator::End => self.end(),
            Operator::Call { function_index } => self.call(at, *function_index, false),
            Operator::ReturnCall { function_index } => self.call(at, *function_index, true),
            Operator::RefFunc { function_index } => self.reference(at, *function_index),
            operator => {
                if let Reach::Imported(imports) = self.reach
                    && let Some(shim) = Shim::of(operator)
                {
                    let shim = imports.borrow_mut().index(Import::Shim(shim));
                    Instruction::Call(shim).encode(&mut self.out);
                } else if !self.branch(operator) {
                    self.raw(at);
                }
                if is_unconditional(operator) {
                    self.dead = Some(0);
                }
            }
        }
        if matches!(code.operators[at as usize], Operator::ReturnCall { .. }) {
            self.dead = Some(0);
        }
    }

    /// The end of a construct. An engine takes what follows as reached, so it is told when it is not.
    fn end(&mut self) {
        let alive = self.dead.take().is_none();
        self.close();
        let Some(open) = self.labels.pop() else { return };
        if !alive && !open.falls && (open.is_loop || !open.targeted) {
            self.unreachable();
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

    fn enter(&mut self, operator: &Operator<'_>) {
        self.opened += 1;
        self.begin();
        if let Some(open) = self.labels.last_mut() {
            open.is_loop = matches!(operator, Operator::Loop { .. });
            // Unless there is another arm, which says it then.
            open.falls = matches!(operator, Operator::If { .. });
        }
    }

    fn call(&mut self, at: u32, function: u32, tail: bool) {
        let target = match self.reach {
            Reach::Own { wrappers } => match wrappers.get(function as usize) {
                Some(Some(wrapper)) => *wrapper,
                _ => return self.raw(at),
            },
            Reach::Imported(imports) => imports.borrow_mut().index(Import::Function(function)),
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
            Reach::Imported(imports) => {
                let shim = imports.borrow_mut().index(Import::Shim(Shim::Reference { function }));
                Instruction::Call(shim).encode(&mut self.out);
            }
        }
    }

    /// Label of the original as a label of the module that is written.
    fn label(&mut self, depth: u32) -> u32 {
        let index = self.labels.len() - 1 - depth as usize;
        self.labels[index].targeted = true;
        match self.labels[index].label {
            Label::At(label) => self.opened - 1 - label,
            Label::FromLoop(site) => self.cold(Cold::FromLoop(site)),
        }
    }

    /// Whether labels are the original's, and so are the bytes.
    fn keeps_labels(&self) -> bool {
        matches!(self.reach, Reach::Own { .. }) && self.entrance.is_none()
    }

    /// Writes a branch with the label it has now; whether the instruction is one that was written.
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
        if self.keeps_labels() {
            return false;
        }
        instruction.encode(&mut self.out);
        true
    }

    fn try_table(&mut self, at: u32, try_table: &wasmparser::TryTable) {
        let catches = self.catches(try_table);
        if self.keeps_labels() {
            return self.raw(at);
        }
        let ty = wasm_encoder::BlockType::try_from(try_table.ty).expect("a block type of the module's own");
        Instruction::TryTable(ty, catches.into()).encode(&mut self.out);
    }

    /// Catch clauses with the labels they have now.
    pub(crate) fn catches(&mut self, try_table: &wasmparser::TryTable) -> Vec<Catch> {
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

    /// Label of code that stands behind the body.
    fn cold(&mut self, code: Cold) -> u32 {
        let next = u32::try_from(self.cold.len()).expect("few sites");
        let number = *self.cold_of.entry(code).or_insert(next);
        if number == next {
            self.cold.push(code);
        }
        self.opened + number
    }

    /// Writes the check of a site, with its branch to the cold block.
    pub(crate) fn check(&mut self, site: usize) {
        let cold = self.cold(Cold::Save(site));
        if self.code.sites[site].polls {
            poll::branch(self.layout, self.cached, cold, &mut self.out);
        } else {
            Instruction::GlobalGet(self.layout.unwinding).encode(&mut self.out);
            Instruction::BrIf(cold).encode(&mut self.out);
        }
    }
}

/// Puts a written body between its cold blocks, each of which leaves the results on the stack.
///
/// ```text
/// (block $cold1 (block $cold0 (block (result ..) body) return) cold code 0, return) cold code 1
/// ```
pub(crate) fn with_cold_blocks(
    body: &[u8],
    results: wasm_encoder::BlockType,
    cold: &[Vec<u8>],
    store_counter: &[u8],
    out: &mut Vec<u8>,
) {
    for _ in cold {
        Instruction::Block(wasm_encoder::BlockType::Empty).encode(out);
    }
    Instruction::Block(results).encode(out);
    out.extend_from_slice(body);
    Instruction::End.encode(out);
    out.extend_from_slice(store_counter);
    for code in cold {
        Instruction::Return.encode(out);
        Instruction::End.encode(out);
        out.extend_from_slice(store_counter);
        out.extend_from_slice(code);
    }
    Instruction::End.encode(out);
}

/// A value that a site saves: what it is, its type, the local that holds it.
pub(crate) type Kept = (sojourn_image::Slot, crate::info::Type, u32);

/// Cold code of a site: the values as arguments of its spill helpers. `hot` says that it is a poll.
pub(crate) fn cold_code(number: u32, hot: bool, kept: &[Kept], spills: &mut dyn Helpers) -> Vec<u8> {
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
