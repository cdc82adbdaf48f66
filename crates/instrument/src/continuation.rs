//! The module that goes on: one function for each point that a frame of the image stands at.
//!
//! Each function loads its frame's values into locals, does what is left of the constructs around its point
//! from the inside out, and returns what the original function returns:
//!
//! ```text
//! original             point in the loop at (*)        continuation
//! (block               a block is what remains of it   (block
//!   (loop                                                (block $exit (block $again
//!     A (*) B          a loop: what remains of this        B (branches to the loop go to $again)
//!     br_if 0)         round, then the whole loop          (br $exit))
//!   C)                                                    (loop A B br_if 0))
//! D                                                      C)
//!                                                      D
//! ```
//!
//! A call in progress becomes a call of the next inner frame's function. Frames lie in the frame memory,
//! outermost first, each with the number of its function, so frames of equal points share one function and a
//! deep recursion makes a small module. Memories, tables, globals and types have the indices of the original.

use alloc::collections::{BTreeMap, BTreeSet};
use alloc::vec::Vec;
use sojourn_image::{Frame, Point};
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{Encode, Instruction, RefType};
use wasmparser::{FuncValidatorAllocations, Operator, ValType};

use crate::code::{Code, Draft};
use crate::emit::{Emitter, Reach, cold_code, with_cold_blocks};
use crate::error::Error;
use crate::frames::{self, Loaded};
use crate::info::{Info, Site};
use crate::layout::Layout;
use crate::parse::Module;
use crate::resume::{Dispatch, GoingOn};
use crate::rewrite::{added_state, block_type, runs};
use crate::section::{Kind, Section, Types, encode_all, id, val_type};
use crate::shim::{Shim, shim_body, shim_name};
use crate::spill::{self, Spills};
use crate::{Continuation, Flavour, liveness, names, sites, walk};

/// Generates the continuation of these frames, outermost first.
pub(crate) fn generate(
    wasm: &[u8],
    info: &Info,
    flavour: Flavour,
    frames: &[Frame],
) -> Result<Continuation, Error> {
    let wasm = module(wasm, info, flavour, frames)?;
    Ok(Continuation { wasm, ..load(info, frames)? })
}

/// The module alone: of the frames only their points matter.
pub(crate) fn module(wasm: &[u8], info: &Info, flavour: Flavour, frames: &[Frame]) -> Result<Vec<u8>, Error> {
    let module = Module::parse(wasm)?;
    let layout = Layout::new(&module, flavour, info.references);
    let points = Points::new(info, frames)?;
    let codes = codes(&module, info, &points)?;
    check_chain(&module, info, &codes, frames)?;
    Generating::new(&module, info, &layout, &codes, &points)?.run()
}

/// All but the module.
pub(crate) fn load(info: &Info, frames: &[Frame]) -> Result<Continuation, Error> {
    let points = Points::new(info, frames)?;
    let mut loaded = Loaded::default();
    for (frame, &body) in frames.iter().zip(&points.of_frame) {
        let (site, _) = points.bodies[body as usize];
        loaded.add(body, &info.sites[site], frame)?;
    }
    let innermost = frames.last().map(|frame| frame.point);
    Ok(Continuation {
        wasm: Vec::new(),
        frames: loaded.bytes,
        funcrefs: loaded.funcrefs,
        externrefs: loaded.externrefs,
        repeated_polls: u32::from(innermost == Some(Point::Poll)),
    })
}

/// The different points that frames stand at, one function each.
struct Points {
    /// Site number and point, by function number.
    bodies: Vec<(usize, Point)>,
    /// Function number of each frame.
    of_frame: Vec<u32>,
}

impl Points {
    fn new(info: &Info, frames: &[Frame]) -> Result<Self, Error> {
        let mut numbers = BTreeMap::new();
        let mut points = Self { bodies: Vec::new(), of_frame: Vec::with_capacity(frames.len()) };
        for frame in frames {
            let site = frames::site_of(info, frame)?;
            let number = *numbers.entry((site, frame.point)).or_insert_with(|| {
                points.bodies.push((site, frame.point));
                points.bodies.len() - 1
            });
            points.of_frame.push(u32::try_from(number).expect("fewer points than sites"));
        }
        Ok(points)
    }
}

/// Bodies of the functions that frames stand in, by function index; those with their first site's number.
type Codes<'a> = BTreeMap<u32, (Code<'a>, usize)>;

fn codes<'a>(module: &Module<'a>, info: &Info, points: &Points) -> Result<Codes<'a>, Error> {
    let mut codes = BTreeMap::new();
    let mut allocations = FuncValidatorAllocations::default();
    for &(site, point) in &points.bodies {
        let function = info.sites[site].function;
        if point == Point::HostCall || codes.contains_key(&function) {
            continue;
        }
        let position = (function.checked_sub(module.imported_functions))
            .filter(|position| (*position as usize) < module.bodies.len())
            .ok_or_else(|| Error::frames("a frame stands in a function that the module does not have"))?;
        let (mut code, reusable) = walk::read(module, position as usize, &info.graph, allocations)?;
        allocations = reusable;
        liveness::fill(&mut code);
        let first = info.sites.partition_point(|site| site.function < function);
        codes.insert(function, (code, first));
    }
    Ok(codes)
}

/// Every frame but the innermost must be in a call, and the next one must return what that call gives.
fn check_chain(module: &Module<'_>, info: &Info, codes: &Codes<'_>, frames: &[Frame]) -> Result<(), Error> {
    let Some((innermost, outer)) = frames.split_last() else {
        return Err(Error::frames("there are none"));
    };
    if innermost.point == Point::InProgress {
        return Err(Error::frames("the innermost frame waits for a call that has no frame"));
    }
    for (frame, inner) in outer.iter().zip(&frames[1..]) {
        if frame.point != Point::InProgress {
            return Err(Error::frames("a frame that is in no call has another frame in it"));
        }
        let (code, first) = &codes[&frame.function];
        let draft = &code.sites[frames::site_of(info, frame)? - first];
        if call_results(module, code, draft) != module.function_type(inner.function).results() {
            return Err(Error::frames(alloc::format!(
                "function {} cannot have been called by function {} at byte {}",
                inner.function,
                frame.function,
                frame.offset
            )));
        }
    }
    Ok(())
}

/// Result types of the call at a site.
fn call_results<'m>(module: &'m Module<'_>, code: &Code<'_>, draft: &Draft) -> &'m [ValType] {
    let ty = match code.operators[draft.instruction as usize] {
        Operator::Call { function_index } => module.function_type(function_index),
        Operator::CallIndirect { type_index, .. } | Operator::CallRef { type_index } => {
            module.types[type_index as usize].as_ref().expect("validated call")
        }
        _ => return &[],
    };
    ty.results()
}

struct Generating<'g, 'a> {
    module: &'g Module<'a>,
    info: &'g Info,
    layout: &'g Layout,
    codes: &'g Codes<'a>,
    points: &'g Points,
    types: Types,
    imports: Section,
    imported_functions: u32,
    functions: BTreeMap<u32, u32>,
    shims: BTreeMap<Shim, u32>,
    spills: Spills,
}

impl<'g, 'a> Generating<'g, 'a> {
    fn new(
        module: &'g Module<'a>,
        info: &'g Info,
        layout: &'g Layout,
        codes: &'g Codes<'a>,
        points: &'g Points,
    ) -> Result<Self, Error> {
        let mut generating = Self {
            module,
            info,
            layout,
            codes,
            points,
            types: Types::new(module.items(id::TYPE), module.types.len()),
            imports: Section::default(),
            imported_functions: 0,
            functions: BTreeMap::new(),
            shims: BTreeMap::new(),
            spills: Spills::new(0),
        };
        generating.import_functions();
        generating.import_state()?;
        let bodies = u32::try_from(points.bodies.len()).expect("fewer points than sites");
        generating.spills = Spills::new(generating.imported_functions + bodies);
        Ok(generating)
    }

    /// Imports what the bodies call: functions, wrappers of host functions, shims.
    fn import_functions(&mut self) {
        let mut called = BTreeSet::new();
        let mut shims = BTreeSet::new();
        for (code, _) in self.codes.values() {
            for operator in code.operators.iter() {
                if let Operator::Call { function_index } | Operator::ReturnCall { function_index } = operator
                {
                    called.insert(*function_index);
                }
                shims.extend(Shim::of(operator));
            }
        }
        let host_calls = self.points.bodies.iter().filter(|(_, point)| *point == Point::HostCall);
        called.extend(host_calls.map(|(site, _)| self.info.sites[*site].function));
        for function in called {
            let ty = self.module.functions[function as usize];
            let index = self.import_function(&names::function(function), ty);
            self.functions.insert(function, index);
        }
        for shim in shims {
            let (parameters, results, _) = shim_body(self.module, shim, self.info.typed_references);
            let ty = self.types.function(&parameters, &results);
            let index = self.import_function(&shim_name(shim), ty);
            self.shims.insert(shim, index);
        }
    }

    fn import_function(&mut self, name: &str, ty: u32) -> u32 {
        self.imports.import(names::MODULE, name, Kind::Function, |out| ty.encode(out));
        self.imported_functions += 1;
        self.imported_functions - 1
    }

    /// Imports all memories, tables, globals and tags, in the order of their indices.
    fn import_state(&mut self) -> Result<(), Error> {
        let mut same = RoundtripReencoder;
        let message = |error: wasm_encoder::reencode::Error| Error::frames(alloc::format!("{error}"));
        for (index, memory) in (0..).zip(&self.module.memories) {
            let ty = same.memory_type(*memory).map_err(message)?;
            self.imports.import(names::MODULE, &names::memory(index), Kind::Memory, |out| ty.encode(out));
        }
        for (index, table) in (0..).zip(&self.module.tables) {
            let ty = same.table_type(*table).map_err(message)?;
            self.imports.import(names::MODULE, &names::table(index), Kind::Table, |out| ty.encode(out));
        }
        for (index, global) in (0..).zip(&self.module.globals) {
            let ty = same.global_type(*global).map_err(message)?;
            self.imports.import(names::MODULE, &names::global(index), Kind::Global, |out| ty.encode(out));
        }
        for (index, &tag) in (0..).zip(&self.module.tags) {
            self.imports.import(names::MODULE, &names::tag(index), Kind::Tag, |out| {
                out.push(0);
                tag.encode(out);
            });
        }
        let mut added = added_state(self.layout);
        added.sort_unstable_by_key(|&(_, _, index)| index);
        for (name, kind, index) in added {
            let mut ty = Vec::new();
            self.added_type(kind, index, &mut ty);
            self.imports.import(names::MODULE, name, kind, |out| out.extend(ty));
        }
        Ok(())
    }

    /// Type of a memory, global or table that the pass added.
    fn added_type(&self, kind: Kind, index: u32, out: &mut Vec<u8>) {
        match kind {
            Kind::Memory if index == self.layout.frames => {
                out.push(1);
                1_u32.encode(out);
                crate::limit::FRAME_PAGES.encode(out);
            }
            Kind::Memory => out.extend([3, 1, 1]),
            Kind::Table if index == self.layout.refs => {
                RefType::FUNCREF.encode(out);
                out.push(1);
                let slots = u32::try_from(self.info.referable.len()).expect("validated count");
                slots.encode(out);
                slots.encode(out);
            }
            Kind::Table => {
                let functions = index == self.layout.saved_funcrefs;
                if functions { RefType::FUNCREF } else { RefType::EXTERNREF }.encode(out);
                out.extend([0, 0]);
            }
            _ => {
                let counter = index >= self.layout.counter;
                if counter { wasm_encoder::ValType::I64 } else { wasm_encoder::ValType::I32 }.encode(out);
                out.push(1);
            }
        }
    }

    fn run(mut self) -> Result<Vec<u8>, Error> {
        let mut functions = Section::default();
        let mut codes = Section::default();
        for number in 0..self.points.bodies.len() {
            let (site, point) = self.points.bodies[number];
            let results = self.module.function_type(self.info.sites[site].function).results();
            let ty = self.types.function(&[], results);
            functions.add(|out| ty.encode(out));
            let body = if point == Point::HostCall { self.host_call(site) } else { self.body(site, point)? };
            codes.body(&body);
        }
        for (ty, body) in self.spills.write(self.layout, &mut self.types) {
            functions.add(|out| ty.encode(out));
            codes.body(&body);
        }
        Ok(self.assemble(&functions, &codes))
    }

    /// Global index of the place up to which frames are consumed.
    fn cursor(&self) -> u32 {
        self.layout.global_count()
    }

    /// The locals, a local for the frame's address, and the loads.
    fn prologue(&self, site: &Site, locals: &[ValType], targets: &[u32], out: &mut Vec<u8>) {
        let frame = u32::try_from(locals.len()).expect("few locals");
        let mut declared = locals.to_vec();
        declared.push(ValType::I32);
        let groups = runs(&declared);
        groups.len().encode(out);
        for (count, ty) in groups {
            count.encode(out);
            val_type(ty).encode(out);
        }
        let bytes = spill::frame_size(site.values.iter().map(|(_, ty)| *ty));
        let advance = [
            Instruction::GlobalGet(self.cursor()),
            Instruction::LocalTee(frame),
            Instruction::I32Const(bytes.cast_signed()),
            Instruction::I32Add,
            Instruction::GlobalSet(self.cursor()),
        ];
        encode_all(&advance, out);
        let mut offset = 4;
        for (&(_, ty), &target) in site.values.iter().zip(targets) {
            Instruction::LocalGet(frame).encode(out);
            spill::load(self.layout, ty, offset, out);
            Instruction::LocalSet(target).encode(out);
            offset += spill::size(ty);
        }
    }

    /// A host call is issued again through its wrapper, which saves itself when it stops again.
    fn host_call(&self, number: usize) -> Vec<u8> {
        let site = &self.info.sites[number];
        let parameters = self.module.function_type(site.function).params();
        let targets: Vec<u32> = sites::host_kept(site).iter().map(|(_, _, local)| *local).collect();
        let mut out = Vec::new();
        self.prologue(site, parameters, &targets, &mut out);
        for (parameter, _) in (0..).zip(parameters) {
            Instruction::LocalGet(parameter).encode(&mut out);
        }
        Instruction::Call(self.functions[&site.function]).encode(&mut out);
        Instruction::End.encode(&mut out);
        out
    }

    fn body(&mut self, number: usize, point: Point) -> Result<Vec<u8>, Error> {
        let site = &self.info.sites[number];
        let (code, first) = &self.codes[&site.function];
        let results = self.module.function_type(site.function).results();
        let reach = Reach::Imported { functions: &self.functions, shims: &self.shims };
        let index = number - first;
        let draft = &code.sites[index];
        let called = self.types.function(&[], call_results_or_none(self.module, code, draft));
        let dispatch = Dispatch {
            ty: called,
            table: self.layout.table_count(),
            cursor: self.layout.global_count(),
            frames: self.layout.frames,
        };
        let emitter = Emitter::new(code, self.layout, &reach, self.module.bytes);
        let going = GoingOn { emitter, module: self.module, types: &mut self.types, draft, index, dispatch };
        let (body, order, cached, store_counter) = going.run(point);
        let mut cold = Vec::with_capacity(order.len());
        for site in order {
            let kept = sites::kept(self.module, code, &code.sites[site])?;
            let number = u32::try_from(first + site).expect("fewer than 2^31 sites");
            cold.push(cold_code(number, code.sites[site].point == Point::Poll, &kept, &mut self.spills));
        }
        let targets: Vec<u32> =
            sites::kept(self.module, code, draft)?.iter().map(|(_, _, local)| *local).collect();
        let mut out = Vec::new();
        let mut locals = sites::local_types(code);
        locals.extend(cached.map(|_| ValType::I64));
        self.prologue(site, &locals, &targets, &mut out);
        let block = block_type(&mut self.types, results);
        with_cold_blocks(&body, (block, results), &cold, &store_counter, &mut out);
        Ok(out)
    }

    fn assemble(&self, functions: &Section, codes: &Section) -> Vec<u8> {
        let bodies = u32::try_from(self.points.bodies.len()).expect("fewer points than sites");
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        self.types.section.write(id::TYPE, &mut out);
        self.imports.write(id::IMPORT, &mut out);
        functions.write(id::FUNCTION, &mut out);
        let mut tables = Section::default();
        tables.add(|out| {
            RefType::FUNCREF.encode(out);
            out.push(1);
            bodies.encode(out);
            bodies.encode(out);
        });
        tables.write(id::TABLE, &mut out);
        let mut globals = Section::default();
        globals.add(|out| {
            wasm_encoder::ValType::I32.encode(out);
            out.push(1);
            Instruction::I32Const(0).encode(out);
            Instruction::End.encode(out);
        });
        globals.write(id::GLOBAL, &mut out);
        let mut exports = Section::default();
        let outermost = self.imported_functions + self.points.of_frame[0];
        exports.export(names::RESUME, Kind::Function, outermost);
        exports.write(id::EXPORT, &mut out);
        let mut elements = Section::default();
        elements.add(|out| {
            out.push(2);
            self.layout.table_count().encode(out);
            Instruction::I32Const(0).encode(out);
            Instruction::End.encode(out);
            out.push(0);
            bodies.encode(out);
            (0..bodies).for_each(|body| (self.imported_functions + body).encode(out));
        });
        elements.write(id::ELEMENT, &mut out);
        codes.write(id::CODE, &mut out);
        out
    }
}

fn call_results_or_none<'m>(module: &'m Module<'_>, code: &Code<'_>, draft: &Draft) -> &'m [ValType] {
    if draft.point == Point::InProgress { call_results(module, code, draft) } else { &[] }
}
