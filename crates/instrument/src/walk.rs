//! Walks a function body with its operand stack, to find its sites and the operands that lie under them.
//!
//! A site needs every value that lives there in a local. Locals are there already; an operand that lies under
//! a site is copied into a *temporary* right after the instruction that made it:
//!
//! ```text
//! before                    after
//! (i32.mul ..)              (i32.mul ..) (local.tee $t)
//! (call $f)                 (call $f) (check: the cold block saves $t)
//! i32.add                   i32.add
//! ```
//!
//! Constants are made again instead, and an unchanged local is read again. To an optimising engine the copy is
//! the same value under a second name, so the hot path pays nothing.

use alloc::collections::BTreeMap;
use alloc::rc::Rc;
use alloc::vec;
use alloc::vec::Vec;
use sojourn_image::Point;
use wasmparser::{BlockType, FuncValidator, FuncValidatorAllocations, Operator, ValType, ValidatorResources};

use crate::code::{Code, Construct, Draft, ENTRY, Origin, Saved, is_unconditional, mark};
use crate::error::Error;
use crate::graph::Graph;
use crate::info::Type;
use crate::parse::Module;
use crate::section::saved_type;

/// Reads and analyses the body at this position of the code section.
pub(crate) fn read<'a>(
    module: &Module<'a>,
    position: usize,
    graph: &Graph,
    allocations: FuncValidatorAllocations,
) -> Result<(Code<'a>, FuncValidatorAllocations), Error> {
    let mut reading = Reading::new(module, position, graph, allocations)?;
    reading.run()?;
    reading.finish_stashes()?;
    Ok((reading.code, reading.validator.into_allocations()))
}

/// An operand while the body is walked.
#[derive(Clone, Copy)]
struct Operand {
    definition: (u32, u32),
    origin: Option<Origin>,
    ty: Option<Type>,
    /// Its temporary must not be given to another operand: it lives in two arms.
    pinned: bool,
}

/// An open construct while the body is walked.
struct Open {
    construct: Option<usize>,
    height: usize,
    /// Parameters of an `if`, for its other arm.
    parameters: Vec<Operand>,
    results: u32,
}

struct Reading<'m, 'a> {
    module: &'m Module<'a>,
    graph: &'m Graph,
    validator: FuncValidator<ValidatorResources>,
    code: Code<'a>,
    stack: Vec<Operand>,
    open: Vec<Open>,
    /// Stack entries below this never have a local as origin.
    settled: usize,
    /// How many stack entries have each local as origin.
    local_uses: Vec<u32>,
    temporary_of: BTreeMap<(u32, u32), u32>,
    /// Types of instructions with several results.
    result_types: BTreeMap<u32, Vec<Option<Type>>>,
    /// Temporaries that no operand uses any more: type, local, since which instruction.
    free: Vec<(Type, u32, u32)>,
    /// While instructions are dead: how many constructs have begun among them.
    dead_depth: Option<u32>,
    /// A call whose check is still to come: call, where, operands under its results.
    pending: Option<(u32, u32, usize)>,
}

impl<'m, 'a> Reading<'m, 'a> {
    fn new(
        module: &'m Module<'a>,
        position: usize,
        graph: &'m Graph,
        allocations: FuncValidatorAllocations,
    ) -> Result<Self, Error> {
        let body = &module.bodies[position];
        let function = module.imported_functions + u32::try_from(position).expect("validated count");
        let mut validator = body.validator(allocations);
        let mut reader = body.body.get_binary_reader();
        validator.read_locals(&mut reader)?;
        let mut operators = Vec::new();
        let mut offsets = Vec::new();
        let mut reader = body.body.get_operators_reader()?;
        while !reader.eof() {
            let (operator, offset) = reader.read_with_offset()?;
            operators.push(operator);
            offsets.push(offset);
        }
        offsets.push(reader.original_position());
        let locals: Vec<ValType> =
            (0..validator.len_locals()).filter_map(|local| validator.get_local_type(local)).collect();
        let locals = own_types(module, function, &body.body, locals)?;
        let declarations = declarations(module, &body.body, offsets[0])?;
        let local_uses = vec![0; locals.len()];
        let marks = vec![0; operators.len()];
        let code = Code {
            function,
            operators: Rc::new(operators),
            offsets,
            marks,
            constructs: Vec::new(),
            original_locals: locals.len(),
            locals,
            declarations,
            stashes: BTreeMap::new(),
            result_counts: BTreeMap::new(),
            sites: Vec::new(),
        };
        let results = u32::try_from(module.function_type(function).results().len()).expect("few results");
        Ok(Self {
            module,
            graph,
            validator,
            code,
            stack: Vec::new(),
            open: vec![Open { construct: None, height: 0, parameters: Vec::new(), results }],
            settled: 0,
            local_uses,
            temporary_of: BTreeMap::new(),
            result_types: BTreeMap::new(),
            free: Vec::new(),
            dead_depth: None,
            pending: None,
        })
    }

    fn run(&mut self) -> Result<(), Error> {
        if self.graph.entry_poll[self.code.function as usize] {
            self.site(Point::Poll, ENTRY, ENTRY, 0, None)?;
        }
        let operators = Rc::clone(&self.code.operators);
        for (position, operator) in operators.iter().enumerate() {
            let at = u32::try_from(position).expect("validated size");
            let arity = operator.operator_arity(&self.validator);
            self.validator.op(self.code.offsets[position], operator)?;
            if self.passes_over(operator) {
                self.code.marks[position] = mark::DEAD;
                continue;
            }
            self.operator(at, operator, arity.unwrap_or((0, 0)))?;
            self.settle_pending(at)?;
        }
        Ok(())
    }

    /// Whether an instruction is dead; an `else` or `end` of the construct that is open is not.
    fn passes_over(&mut self, operator: &Operator<'_>) -> bool {
        let Some(depth) = &mut self.dead_depth else { return false };
        match operator {
            Operator::Block { .. }
            | Operator::Loop { .. }
            | Operator::If { .. }
            | Operator::TryTable { .. } => *depth += 1,
            Operator::Else | Operator::End if *depth == 0 => {
                self.dead_depth = None;
                return false;
            }
            Operator::End => *depth -= 1,
            _ => {}
        }
        true
    }

    fn operator(&mut self, at: u32, operator: &Operator<'a>, arity: (u32, u32)) -> Result<(), Error> {
        match *operator {
            Operator::Block { blockty } => self.begin(at, blockty),
            Operator::TryTable { ref try_table } => self.begin(at, try_table.ty),
            Operator::Loop { blockty } => self.begin_loop(at, blockty)?,
            Operator::If { blockty } => {
                self.pop(at);
                self.begin_if(at, blockty);
            }
            Operator::Else => self.other_arm(at),
            Operator::End => self.end(at),
            Operator::LocalGet { local_index } => self.read_local(at, local_index),
            Operator::LocalSet { local_index } => {
                self.pop(at);
                self.write_local(local_index);
            }
            Operator::LocalTee { local_index } => {
                self.pop(at);
                self.write_local(local_index);
                self.read_local(at, local_index);
            }
            Operator::BrIf { .. } => {
                self.pop(at);
            }
            _ => self.ordinary(at, operator, arity),
        }
        Ok(())
    }

    fn ordinary(&mut self, at: u32, operator: &Operator<'a>, (pops, pushes): (u32, u32)) {
        for _ in 0..pops {
            self.pop(at);
        }
        if is_unconditional(operator) {
            self.dead_depth = Some(0);
            return;
        }
        if self.is_site(operator) {
            self.pending = Some((at, self.check_of(at, pushes), self.stack.len()));
            self.code.marks[at as usize] |= mark::COUNTS;
        }
        self.push_results(at, pushes);
        if self.is_constant(operator) {
            let constant = self.stack.last_mut().expect("a constant is an operand");
            constant.origin = Some(Origin::Constant(at));
        }
    }

    fn is_constant(&self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::I32Const { .. }
            | Operator::I64Const { .. }
            | Operator::F32Const { .. }
            | Operator::F64Const { .. }
            | Operator::V128Const { .. }
            | Operator::RefNull { .. }
            | Operator::RefFunc { .. } => true,
            Operator::GlobalGet { global_index } => !self.module.globals[*global_index as usize].mutable,
            _ => false,
        }
    }

    /// Whether a call may suspend, or must be a point because its function may run long without one.
    fn is_site(&self, operator: &Operator<'_>) -> bool {
        match operator {
            Operator::Call { function_index } => {
                self.graph.suspends[*function_index as usize] || self.graph.long[self.code.function as usize]
            }
            Operator::CallIndirect { type_index, .. } | Operator::CallRef { type_index } => {
                self.graph.type_suspends[*type_index as usize] || self.graph.long[self.code.function as usize]
            }
            _ => false,
        }
    }

    /// Whether a call is a point also when its callee does not unwind.
    fn is_point(&self, call: u32) -> bool {
        let caller = self.code.function;
        match self.code.operators[call as usize] {
            Operator::Call { function_index } => self.graph.is_point(caller, function_index),
            Operator::CallIndirect { type_index, .. } | Operator::CallRef { type_index } => {
                self.graph.is_indirect_point(caller, type_index)
            }
            _ => false,
        }
    }

    /// A result that goes to a local at once is checked after that: one value less to keep apart.
    fn check_of(&self, call: u32, results: u32) -> u32 {
        match self.code.operators.get(call as usize + 1) {
            Some(Operator::LocalSet { .. } | Operator::LocalTee { .. } | Operator::Drop) if results == 1 => {
                call + 1
            }
            _ => call,
        }
    }

    fn settle_pending(&mut self, at: u32) -> Result<(), Error> {
        let Some((call, check, base)) = self.pending else { return Ok(()) };
        if at != check {
            return Ok(());
        }
        self.pending = None;
        let assigned = match self.code.operators[check as usize] {
            Operator::LocalSet { local_index } | Operator::LocalTee { local_index } => Some(local_index),
            _ => None,
        };
        let results = u32::try_from(self.stack.len() - base).expect("few results");
        self.site(Point::InProgress, call, check, results, assigned.filter(|_| check != call))
    }

    fn site(
        &mut self,
        point: Point,
        instruction: u32,
        check: u32,
        results: u32,
        assigned: Option<u32>,
    ) -> Result<(), Error> {
        let mut operands = Vec::with_capacity(self.stack.len());
        for index in 0..self.stack.len() {
            let origin = self.settle_operand(index, instruction)?;
            operands.push(Saved { origin, definition: self.stack[index].definition });
        }
        let polls = point == Point::Poll || self.is_point(instruction);
        if check != ENTRY {
            self.code.marks[check as usize] |= mark::CHECK;
        }
        let live = Vec::new();
        self.code.sites.push(Draft { point, instruction, check, operands, results, polls, assigned, live });
        Ok(())
    }

    /// Gives an operand that lies under a site its place.
    fn settle_operand(&mut self, index: usize, instruction: u32) -> Result<Origin, Error> {
        let operand = self.stack[index];
        if let Some(origin) = operand.origin {
            return Ok(origin);
        }
        let Some(ty) = operand.ty else {
            return Err(self.refuse(instruction, "an operand here is of a type that cannot be moved"));
        };
        let temporary = self.temporary(ty, operand.definition, operand.pinned);
        let origin = Origin::Temporary(temporary);
        self.stack[index].origin = Some(origin);
        Ok(origin)
    }

    fn temporary(&mut self, ty: Type, definition: (u32, u32), pinned: bool) -> u32 {
        if let Some(&temporary) = self.temporary_of.get(&definition) {
            return temporary;
        }
        let reusable = self.free.iter().position(|&(free, _, since)| free == ty && since <= definition.0);
        let temporary = match reusable {
            Some(found) if !pinned => self.free.swap_remove(found).1,
            _ => self.new_temporary(ty),
        };
        self.temporary_of.insert(definition, temporary);
        temporary
    }

    fn new_temporary(&mut self, ty: Type) -> u32 {
        self.code.locals.push(crate::section::parsed_type(ty));
        u32::try_from(self.code.locals.len() - 1).expect("few temporaries")
    }

    fn pop(&mut self, at: u32) -> Option<Operand> {
        let operand = self.stack.pop()?;
        self.settled = self.settled.min(self.stack.len());
        match operand.origin {
            Some(Origin::Local(local)) => self.local_uses[local as usize] -= 1,
            Some(Origin::Temporary(temporary)) if !operand.pinned => {
                if let Some(ty) = operand.ty {
                    self.free.push((ty, temporary, at));
                }
            }
            _ => {}
        }
        Some(operand)
    }

    fn push(&mut self, definition: (u32, u32), ty: Option<Type>) {
        self.stack.push(Operand { definition, origin: None, ty, pinned: false });
    }

    /// Pushes what an instruction made, with the validator's types.
    fn push_results(&mut self, at: u32, count: u32) {
        if count == 1 {
            let ty = self.validator.get_operand_type(0).flatten().and_then(saved_type);
            return self.push((at, 0), ty);
        }
        if count == 0 {
            return;
        }
        let types: Vec<Option<Type>> = (0..count)
            .rev()
            .map(|depth| self.validator.get_operand_type(depth as usize).flatten().and_then(saved_type))
            .collect();
        for (result, ty) in (0..count).zip(&types) {
            self.push((at, result), *ty);
        }
        self.code.result_counts.insert(at, count);
        self.result_types.insert(at, types);
    }

    fn read_local(&mut self, at: u32, local: u32) {
        let ty = saved_type(self.code.locals[local as usize]);
        self.push((at, 0), ty);
        self.local_uses[local as usize] += 1;
        self.stack.last_mut().expect("just pushed").origin = Some(Origin::Local(local));
    }

    /// Operands that were read from this local before keep its old value.
    fn write_local(&mut self, local: u32) {
        if self.local_uses[local as usize] == 0 {
            return;
        }
        for operand in &mut self.stack {
            if operand.origin == Some(Origin::Local(local)) {
                operand.origin = None;
            }
        }
        self.local_uses[local as usize] = 0;
    }

    fn begin(&mut self, at: u32, ty: BlockType) {
        let (parameters, results) = self.block_arity(ty);
        let height = self.stack.len() - parameters;
        let construct = Some(self.code.constructs.len());
        let height_limit = u32::try_from(height).expect("validated size");
        self.code.constructs.push(Construct { start: at, middle: None, end: at, height: height_limit });
        self.open.push(Open { construct, height, parameters: Vec::new(), results });
    }

    /// What lies under a loop may meet a changed local when the loop comes round.
    fn begin_loop(&mut self, at: u32, ty: BlockType) -> Result<(), Error> {
        let (parameters, _) = self.block_arity(ty);
        for index in self.settled..self.stack.len() {
            if let Some(Origin::Local(local)) = self.stack[index].origin {
                self.local_uses[local as usize] -= 1;
                self.stack[index].origin = None;
            }
        }
        for _ in 0..parameters {
            self.pop(at);
        }
        self.settled = self.stack.len();
        self.push_results(at, u32::try_from(parameters).expect("few parameters"));
        self.begin(at, ty);
        self.site(Point::Poll, at, at, 0, None)
    }

    fn begin_if(&mut self, at: u32, ty: BlockType) {
        let (parameters, _) = self.block_arity(ty);
        let first = self.stack.len() - parameters;
        for operand in &mut self.stack[first..] {
            operand.pinned = true;
        }
        let kept = self.stack[first..].to_vec();
        self.begin(at, ty);
        self.open.last_mut().expect("just begun").parameters = kept;
    }

    fn other_arm(&mut self, at: u32) {
        let open = self.open.last_mut().expect("validated nesting");
        let construct = open.construct.expect("an else belongs to an if");
        self.code.constructs[construct].middle = Some(at);
        let height = open.height;
        let parameters = core::mem::take(&mut open.parameters);
        self.truncate(at, height);
        for mut operand in parameters {
            // The other arm may have changed the local; the temporary, if there is one, is as good.
            if let Some(Origin::Local(_)) = operand.origin {
                operand.origin = None;
            }
            self.stack.push(operand);
        }
    }

    fn end(&mut self, at: u32) {
        let open = self.open.pop().expect("validated nesting");
        self.truncate(at, open.height);
        if let Some(construct) = open.construct {
            self.code.constructs[construct].end = at;
            self.push_results(at, open.results);
        }
    }

    fn truncate(&mut self, at: u32, height: usize) {
        while self.stack.len() > height {
            self.pop(at);
        }
    }

    fn block_arity(&self, ty: BlockType) -> (usize, u32) {
        match ty {
            BlockType::Empty => (0, 0),
            BlockType::Type(_) => (0, 1),
            BlockType::FuncType(index) => {
                let ty = self.module.types[index as usize].as_ref().expect("validated block type");
                (ty.params().len(), u32::try_from(ty.results().len()).expect("few results"))
            }
        }
    }

    /// Temporaries of instructions with several results: all from the lowest one taken to the top.
    fn finish_stashes(&mut self) -> Result<(), Error> {
        let taken = core::mem::take(&mut self.temporary_of);
        let mut lowest: BTreeMap<u32, u32> = BTreeMap::new();
        for &(instruction, result) in taken.keys() {
            let low = lowest.entry(instruction).or_insert(result);
            *low = result.min(*low);
        }
        for (instruction, low) in lowest {
            let types = self.result_types.get(&instruction).cloned().unwrap_or_default();
            let mut temporaries = Vec::new();
            for result in low..u32::try_from(types.len()).expect("few results").max(1) {
                let temporary = match (taken.get(&(instruction, result)), types.get(result as usize)) {
                    (Some(&temporary), _) => temporary,
                    (None, Some(Some(ty))) => self.new_temporary(*ty),
                    _ => {
                        return Err(
                            self.refuse(instruction, "a result here is of a type that cannot be moved")
                        );
                    }
                };
                temporaries.push(temporary);
            }
            self.code.marks[instruction as usize] |= mark::STASH;
            self.code.stashes.insert(instruction, temporaries);
        }
        Ok(())
    }

    fn refuse(&self, instruction: u32, reason: &str) -> Error {
        let offset = match instruction {
            ENTRY => self.code.offsets[0],
            at => self.code.offsets[at as usize],
        };
        Error::Refused { function: self.module.name(self.code.function), offset, reason: reason.into() }
    }
}

/// Types of parameters and locals as the module writes them (the validator's have other indices).
fn own_types(
    module: &Module<'_>,
    function: u32,
    body: &wasmparser::FunctionBody<'_>,
    validated: Vec<ValType>,
) -> Result<Vec<ValType>, Error> {
    if validated.iter().all(|ty| saved_type(*ty).is_some()) {
        return Ok(validated);
    }
    let mut types = module.function_type(function).params().to_vec();
    for declaration in body.get_locals_reader()? {
        let (count, ty) = declaration?;
        types.extend(core::iter::repeat_n(ty, count as usize));
    }
    Ok(types)
}

/// Declarations of locals: their number, and their bytes without it.
fn declarations<'a>(
    module: &Module<'a>,
    body: &wasmparser::FunctionBody<'a>,
    first_instruction: usize,
) -> Result<(u32, &'a [u8]), Error> {
    let reader = body.get_locals_reader()?;
    let start = reader.original_position();
    Ok((reader.get_count(), &module.bytes[start..first_instruction]))
}
