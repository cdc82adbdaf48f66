//! The modules that go on: one for each spot that a frame can stand at, made when it is needed and the same ever after.
//!
//! Its function loads the frame's values into locals, does what is left of the constructs around its point
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
//! A call in progress becomes a call of the next inner frame's function. Frames lie in the frame memory, outermost
//! first, each with the slot of its spot in a table that all spots of an instance share: so a stack that was never
//! seen before goes on with modules that were, and a deep recursion needs only one. Loops that have functions of their
//! own (`outline`) are called there. Memories, tables, globals and types have the indices of the original.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::cell::RefCell;
use sojourn_image::Point;
use wasm_encoder::reencode::{Reencode, RoundtripReencoder};
use wasm_encoder::{Encode, Instruction, RefType};
use wasmparser::{FuncValidatorAllocations, ValType};

use crate::code::{Code, Draft};
use crate::emit::{Cold, Emitter, Reach, cold_code, with_cold_blocks};
use crate::error::Error;
use crate::frames;
use crate::imports::{Import, Imports};
use crate::info::{Info, Site};
use crate::layout::Layout;
use crate::parse::Module;
use crate::resume::{Dispatch, GoingOn};
use crate::rewrite::{added_state, block_type, runs};
use crate::section::{Kind, Section, Types, encode_all, id, val_type};
use crate::spot::Spot;
use crate::{Flavour, liveness, names, outline, sites, spill, trim, walk};

/// Makes the modules of spots. What was read of a function is kept for its other spots.
pub struct Continuations<'a> {
    module: Module<'a>,
    info: &'a Info,
    layout: Layout,
    /// Bodies of functions, with the number of their first site.
    codes: BTreeMap<u32, (Code<'a>, usize)>,
}

impl<'a> Continuations<'a> {
    /// Changes whenever the module of a spot does: what was compiled before is of no use then.
    pub const VERSION: u32 = 1;

    /// Reads the original module.
    ///
    /// # Errors
    /// `Error::Invalid` when `info` is of another module.
    pub fn new(wasm: &'a [u8], info: &'a Info, flavour: Flavour) -> Result<Self, Error> {
        let module = Module::parse(wasm)?;
        let layout = Layout::new(&module, flavour, info.references);
        Ok(Self { module, info, layout, codes: BTreeMap::new() })
    }

    /// The module that goes on with frames at a spot: its export `names::POINT` does, for the frame at the cursor.
    ///
    /// # Errors
    /// `Error::Frames` when the module has no such spot.
    pub fn module(&mut self, spot: &Spot) -> Result<Vec<u8>, Error> {
        let number = frames::site_at(self.info, spot)?;
        let function = spot.function;
        if spot.point != Point::HostCall && !self.codes.contains_key(&function) {
            self.read(function)?;
        }
        let mut types = Types::new(self.module.items(id::TYPE), self.module.types.len());
        let writing = Writing { from: self, imports: RefCell::default(), site: number };
        let body = match self.codes.get(&function) {
            Some((code, first)) if spot.point != Point::HostCall => {
                writing.body(code, *first, spot.point, &mut types)?
            }
            _ => writing.host_call(),
        };
        let results = self.module.function_type(function).results();
        let ty = types.function(&[], results);
        let module = writing.assemble(ty, &body, &mut types)?;
        Ok(trim::unused_types(module))
    }

    fn read(&mut self, function: u32) -> Result<(), Error> {
        let position = (function.checked_sub(self.module.imported_functions))
            .filter(|position| (*position as usize) < self.module.bodies.len())
            .ok_or_else(|| Error::frames("a frame stands in a function that the module does not have"))?;
        let allocations = FuncValidatorAllocations::default();
        let (mut code, _) = walk::read(&self.module, position as usize, &self.info.graph, allocations)?;
        liveness::fill(&mut code);
        let first = self.info.sites.partition_point(|site| site.function < function);
        self.codes.insert(function, (code, first));
        Ok(())
    }
}

/// The module of one spot while it is written.
struct Writing<'w, 'a> {
    from: &'w Continuations<'a>,
    imports: RefCell<Imports>,
    /// Number of the spot's site.
    site: usize,
}

impl<'a> Writing<'_, 'a> {
    /// Imports all memories, tables, globals and tags, in the order of their indices, and what spots share.
    fn import_state(&self, imports: &mut Section) -> Result<(), Error> {
        let Continuations { module, layout, .. } = self.from;
        let mut same = RoundtripReencoder;
        let message = |error: wasm_encoder::reencode::Error| Error::frames(alloc::format!("{error}"));
        for (index, memory) in (0..).zip(&module.memories) {
            let ty = same.memory_type(*memory).map_err(message)?;
            imports.import(names::MODULE, &names::memory(index), Kind::Memory, |out| ty.encode(out));
        }
        for (index, table) in (0..).zip(&module.tables) {
            let ty = same.table_type(*table).map_err(message)?;
            imports.import(names::MODULE, &names::table(index), Kind::Table, |out| ty.encode(out));
        }
        for (index, global) in (0..).zip(&module.globals) {
            let ty = same.global_type(*global).map_err(message)?;
            imports.import(names::MODULE, &names::global(index), Kind::Global, |out| ty.encode(out));
        }
        for (index, &tag) in (0..).zip(&module.tags) {
            imports.import(names::MODULE, &names::tag(index), Kind::Tag, |out| {
                out.push(0);
                tag.encode(out);
            });
        }
        let mut added = added_state(layout);
        added.sort_unstable_by_key(|&(_, _, index)| index);
        for (name, kind, index) in added {
            let mut ty = Vec::new();
            self.added_type(kind, index, &mut ty);
            imports.import(names::MODULE, name, kind, |out| out.extend(ty));
        }
        imports.import(names::MODULE, names::POINTS, Kind::Table, |out| {
            RefType::FUNCREF.encode(out);
            out.extend([0, 0]);
        });
        imports.import(names::MODULE, names::CURSOR, Kind::Global, |out| {
            wasm_encoder::ValType::I32.encode(out);
            out.push(1);
        });
        Ok(())
    }

    /// Type of a memory, global or table that the pass added.
    fn added_type(&self, kind: Kind, index: u32, out: &mut Vec<u8>) {
        let Continuations { layout, info, .. } = self.from;
        match kind {
            Kind::Memory if index == layout.frames => {
                out.push(1);
                1_u32.encode(out);
                crate::limit::FRAME_PAGES.encode(out);
            }
            Kind::Memory => out.extend([3, 1, 1]),
            Kind::Table if index == layout.refs => {
                RefType::FUNCREF.encode(out);
                out.push(1);
                let slots = u32::try_from(info.referable.len()).expect("validated count");
                slots.encode(out);
                slots.encode(out);
            }
            Kind::Table => {
                let functions = index == layout.saved_funcrefs;
                if functions { RefType::FUNCREF } else { RefType::EXTERNREF }.encode(out);
                out.extend([0, 0]);
            }
            _ => {
                let counter = index >= layout.counter;
                if counter { wasm_encoder::ValType::I64 } else { wasm_encoder::ValType::I32 }.encode(out);
                out.push(1);
            }
        }
    }

    /// Global index of the place up to which frames are consumed.
    fn cursor(&self) -> u32 {
        self.from.layout.global_count()
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
            spill::load(&self.from.layout, ty, offset, out);
            Instruction::LocalSet(target).encode(out);
            offset += spill::size(ty);
        }
    }

    /// A host call is issued again through its wrapper, which saves itself when it stops again.
    fn host_call(&self) -> Vec<u8> {
        let Continuations { module, info, .. } = self.from;
        let site = &info.sites[self.site];
        let parameters = module.function_type(site.function).params();
        let targets: Vec<u32> = sites::host_kept(site).iter().map(|(_, _, local)| *local).collect();
        let mut out = Vec::new();
        self.prologue(site, parameters, &targets, &mut out);
        for (parameter, _) in (0..).zip(parameters) {
            Instruction::LocalGet(parameter).encode(&mut out);
        }
        let wrapper = self.imports.borrow_mut().index(Import::Function(site.function));
        Instruction::Call(wrapper).encode(&mut out);
        Instruction::End.encode(&mut out);
        out
    }

    fn body(&self, code: &Code<'a>, first: usize, point: Point, types: &mut Types) -> Result<Vec<u8>, Error> {
        let Continuations { module, info, layout, .. } = self.from;
        let reach = Reach::Imported(&self.imports);
        let index = self.site - first;
        let draft = &code.sites[index];
        let dispatch = sites::call_results(module, code, draft).map(|results| Dispatch {
            ty: types.function(&[], results),
            table: layout.table_count(),
            cursor: self.cursor(),
            frames: layout.frames,
        });
        let emitter = Emitter::new(code, layout, &reach, module.bytes);
        let going = GoingOn { emitter, module, types, draft, index, dispatch };
        let emitter = going.run(point);
        let mut cold = Vec::with_capacity(emitter.cold.len());
        for target in &emitter.cold {
            cold.push(self.cold(code, first, *target)?);
        }
        let targets: Vec<u32> =
            sites::kept(module, code, draft)?.iter().map(|(_, _, local)| *local).collect();
        let mut out = Vec::new();
        let mut locals = sites::local_types(code);
        locals.extend(emitter.cached.map(|_| ValType::I64));
        self.prologue(&info.sites[self.site], &locals, &targets, &mut out);
        let block = block_type(types, module.function_type(code.function).results());
        with_cold_blocks(&emitter.out, block, &cold, &emitter.store_counter(), &mut out);
        Ok(out)
    }

    fn cold(&self, code: &Code<'a>, first: usize, cold: Cold) -> Result<Vec<u8>, Error> {
        let module = &self.from.module;
        let (Cold::Save(site) | Cold::FromLoop(site)) = cold;
        let draft: &Draft = &code.sites[site];
        let kept = sites::kept(module, code, draft)?;
        let mut imports = self.imports.borrow_mut();
        if let Cold::FromLoop(_) = cold
            && let Some(outlined) = outline::loops(code).into_iter().find(|outlined| outlined.site == site)
        {
            let offset = code.site_offset(&code.sites[outlined.head]);
            let offset = u32::try_from(offset).unwrap_or(u32::MAX);
            let function = imports.index(Import::FromLoop { function: code.function, offset });
            let mut out = Vec::new();
            outline::call(code, &kept, outlined, function, &mut out);
            return Ok(out);
        }
        let number = u32::try_from(first + site).expect("fewer than 2^31 sites");
        let mut out = cold_code(number, draft.point == Point::Poll, &kept, &mut *imports);
        spill::dummies(module.function_type(code.function).results(), &mut out);
        Ok(out)
    }

    fn assemble(&self, ty: u32, body: &[u8], types: &mut Types) -> Result<Vec<u8>, Error> {
        let Continuations { module, info, codes, .. } = self.from;
        let function = info.sites[self.site].function;
        let locals = codes.get(&function).map(|(code, _)| outline::parameters(code)).unwrap_or_default();
        let functions = self.imports.borrow();
        let mut imports = Section::default();
        functions.write(module, info, &locals, types, &mut imports);
        self.import_state(&mut imports)?;
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        types.section.write(id::TYPE, &mut out);
        imports.write(id::IMPORT, &mut out);
        let mut section = Section::default();
        section.add(|out| ty.encode(out));
        section.write(id::FUNCTION, &mut out);
        let mut section = Section::default();
        section.export(names::POINT, Kind::Function, functions.count());
        section.write(id::EXPORT, &mut out);
        let mut section = Section::default();
        section.body(body);
        section.write(id::CODE, &mut out);
        Ok(out)
    }
}
