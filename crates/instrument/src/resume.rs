//! What is left of a body after a point: the constructs around it from the inside out (see `continuation`).

use alloc::vec;
use alloc::vec::Vec;
use sojourn_image::Point;
use wasm_encoder::{Encode, Instruction, MemArg};
use wasmparser::{Operator, ValType};

use crate::code::{self, Code, Construct, Draft, Origin};
use crate::emit::Emitter;
use crate::parse::Module;
use crate::rewrite::block_type;
use crate::section::Types;

/// How the next inner frame is called: its function's number stands where its frame begins.
pub(crate) struct Dispatch {
    pub(crate) ty: u32,
    pub(crate) table: u32,
    pub(crate) cursor: u32,
    pub(crate) frames: u32,
}

impl Dispatch {
    fn write(&self, out: &mut Vec<u8>) {
        let at = MemArg { offset: 0, align: 0, memory_index: self.frames };
        Instruction::GlobalGet(self.cursor).encode(out);
        Instruction::I32Load(at).encode(out);
        Instruction::CallIndirect { type_index: self.ty, table_index: self.table }.encode(out);
    }
}

/// Writes what is left of a body after a point.
pub(crate) struct GoingOn<'g, 'e, 'a> {
    pub(crate) emitter: Emitter<'e, 'a>,
    pub(crate) module: &'g Module<'a>,
    pub(crate) types: &'g mut Types,
    pub(crate) draft: &'e Draft,
    pub(crate) index: usize,
    /// Where a call is in progress.
    pub(crate) dispatch: Option<Dispatch>,
}

impl<'e, 'a> GoingOn<'_, 'e, 'a> {
    /// Writes the body.
    pub(crate) fn run(mut self, point: Point) -> Emitter<'e, 'a> {
        let around = self.around();
        let operands = match point {
            Point::InProgress => self.draft.operands.len() - self.draft.results as usize,
            _ => self.draft.operands.len(),
        };
        let mut height = 0;
        for construct in &around {
            self.operands(height, construct.height as usize);
            height = construct.height as usize;
            self.reopen(construct);
        }
        self.operands(height, operands);
        let mut next = self.point(point);
        for construct in around.iter().rev() {
            let end = match construct.middle {
                Some(middle) if next <= middle => middle,
                _ => construct.end,
            };
            self.emitter.range(next, end);
            self.leave(construct);
            next = construct.end + 1;
        }
        let last = u32::try_from(self.emitter.code.operators.len() - 1).expect("validated size");
        self.emitter.range(next, last);
        self.emitter
    }

    /// Constructs around the point, from the outside in.
    fn around(&self) -> Vec<&'e Construct> {
        let at = self.draft.instruction;
        if at == code::ENTRY {
            return Vec::new();
        }
        let code: &'e Code<'_> = self.emitter.code;
        code.constructs.iter().filter(|construct| construct.start < at && at < construct.end).collect()
    }

    /// Pushes the operands `from..to`, as they were.
    fn operands(&mut self, from: usize, to: usize) {
        for saved in &self.draft.operands[from..to] {
            match saved.origin {
                Origin::Local(local) | Origin::Temporary(local) => {
                    Instruction::LocalGet(local).encode(&mut self.emitter.out);
                }
                Origin::Constant(at) => self.emitter.instruction(at),
            }
            self.stash(saved.definition);
        }
    }

    /// A later site may look for the operand in its temporary.
    fn stash(&mut self, (instruction, result): (u32, u32)) {
        let code = self.emitter.code;
        let Some(temporaries) = code.stashes.get(&instruction) else { return };
        let results = code.results_of(instruction);
        let lowest = results - u32::try_from(temporaries.len()).expect("few results");
        if let Some(place) = result.checked_sub(lowest) {
            Instruction::LocalTee(temporaries[place as usize]).encode(&mut self.emitter.out);
        }
    }

    fn reopen(&mut self, construct: &Construct) {
        let operator = &self.emitter.code.operators[construct.start as usize];
        let (parameters, results) = self.block_types(operator);
        let block = block_type(self.types, &results);
        match operator {
            Operator::TryTable { try_table } => {
                let catches = self.emitter.catches(try_table);
                self.emitter.open(&Instruction::TryTable(block, catches.into()));
            }
            Operator::Loop { .. } => {
                self.emitter.open(&Instruction::Block(block));
                if let Some(outlined) = self.outlined(construct) {
                    return self.emitter.begin_outlined(outlined);
                }
                let again = block_type(self.types, &parameters);
                self.emitter.open(&Instruction::Block(again));
            }
            _ => self.emitter.open(&Instruction::Block(block)),
        }
        self.emitter.begin();
    }

    /// The site of a loop that has a function of its own.
    fn outlined(&self, construct: &Construct) -> Option<usize> {
        let known = self.emitter.outlined.iter().find(|outlined| outlined.start == construct.start);
        known.map(|outlined| outlined.site)
    }

    fn leave(&mut self, construct: &Construct) {
        let Some(open) = self.emitter.labels.pop() else { return };
        let mut alive = self.emitter.dead.take().is_none();
        let is_loop = matches!(self.emitter.code.operators[construct.start as usize], Operator::Loop { .. });
        if is_loop && self.outlined(construct).is_none() {
            if alive {
                Instruction::Br(1).encode(&mut self.emitter.out);
            }
            self.emitter.close();
            if open.targeted {
                self.emitter.range(construct.start, construct.end + 1);
                alive |= self.emitter.dead.take().is_none();
            } else {
                Instruction::Unreachable.encode(&mut self.emitter.out);
            }
        } else if !is_loop {
            alive |= open.targeted;
        }
        self.emitter.close();
        if alive {
            self.emitter.stash(construct.end);
        } else {
            self.emitter.unreachable();
        }
    }

    fn block_types(&self, operator: &Operator<'_>) -> (Vec<ValType>, Vec<ValType>) {
        let ty = match operator {
            Operator::Block { blockty } | Operator::Loop { blockty } | Operator::If { blockty } => *blockty,
            Operator::TryTable { try_table } => try_table.ty,
            _ => wasmparser::BlockType::Empty,
        };
        match ty {
            wasmparser::BlockType::Empty => (Vec::new(), Vec::new()),
            wasmparser::BlockType::Type(ty) => (Vec::new(), vec![ty]),
            wasmparser::BlockType::FuncType(index) => {
                let ty = self.module.types[index as usize].as_ref().expect("validated block type");
                (ty.params().to_vec(), ty.results().to_vec())
            }
        }
    }

    /// Writes what happens at the point itself; gives the next instruction.
    fn point(&mut self, point: Point) -> u32 {
        let draft = self.draft;
        match point {
            Point::Poll if draft.check == code::ENTRY => {
                self.emitter.check(self.index);
                0
            }
            // The whole loop follows: it begins with the poll, which the counter is not to count again.
            Point::Poll => draft.instruction,
            Point::InProgress => {
                if let Some(dispatch) = &self.dispatch {
                    dispatch.write(&mut self.emitter.out);
                }
                self.emitter.take_over_counter(draft.instruction);
                self.emitter.stash(draft.instruction);
                for at in draft.instruction + 1..=draft.check {
                    self.emitter.instruction(at);
                    self.emitter.stash(at);
                }
                self.emitter.check(self.index);
                draft.check + 1
            }
            Point::Returned | Point::HostCall => draft.check + 1,
        }
    }
}
