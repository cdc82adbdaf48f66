//! Writes the instrumented module.

use alloc::collections::BTreeSet;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use sojourn_image::Point;
use wasm_encoder::reencode::Reencode;
use wasm_encoder::{Encode, Instruction, RefType};
use wasmparser::{ExternalKind, FuncValidatorAllocations, ValType};

use crate::added::{Added, Written};
use crate::code::{self, Code};
use crate::emit::{Cold, Emitter, Kept, Reach, cold_code, with_cold_blocks};
use crate::error::Error;
use crate::info::{GlobalInfo, Info, MemoryInfo, Site, TableInfo};
use crate::layout::Layout;
use crate::outline::{self, Entrance, Outlined};
use crate::parse::{Module, refused_module};
use crate::plan::{Plan, is_function};
use crate::resume::GoingOn;
use crate::section::{Kind, Section, Types, encode_all, id, saved_type};
use crate::shim::{droppable_data, droppable_elements, probe, shim_body, shim_name};
use crate::{Flavour, Instrumented, check, limit, liveness, names, sites, spill, walk};

/// The pass.
pub(crate) fn instrument(wasm: &[u8], flavour: Flavour) -> Result<Instrumented, Error> {
    let module = Module::parse(wasm)?;
    let plan = Plan::new(&module, flavour)?;
    check::check(&module, &plan.scan)?;
    Rewriting::new(&module, &plan).run()
}

/// Function references in elements and initialisers, with wrappers in the place of host functions.
struct Wrapped<'w> {
    wrappers: &'w [Option<u32>],
}

impl Reencode for Wrapped<'_> {
    type Error = core::convert::Infallible;

    fn function_index(
        &mut self,
        function: u32,
    ) -> Result<u32, wasm_encoder::reencode::Error<core::convert::Infallible>> {
        Ok(self.wrappers.get(function as usize).copied().flatten().unwrap_or(function))
    }
}

/// In place of a number for types, where no call is awaited.
const NOTHING: u32 = u32::MAX;

/// A body that is written, with what its cold code needs.
struct Writing<'w, 'a> {
    code: &'w Code<'a>,
    /// Number of its first site.
    first: usize,
    /// What each site saves.
    kept: &'w [Vec<Kept>],
    /// Loops with functions of their own, and the functions.
    loops: &'w [(Outlined, u32)],
}

struct Rewriting<'m, 'a> {
    module: &'m Module<'a>,
    plan: &'m Plan,
    types: Types,
    functions: Section,
    codes: Section,
    exports: Section,
    elements: Section,
    wrappers: Vec<Option<u32>>,
    added: Added,
    sites: Vec<Site>,
    /// For each site the types that its call gives.
    awaited: Vec<u32>,
    result_types: Vec<&'m [ValType]>,
    saved_values: usize,
    /// Functions that a continuation may call.
    callees: BTreeSet<u32>,
}

impl<'m, 'a> Rewriting<'m, 'a> {
    fn new(module: &'m Module<'a>, plan: &'m Plan) -> Self {
        let mut next = u32::try_from(module.functions.len()).expect("validated count");
        let mut wrappers = Vec::new();
        for site in &plan.host_sites {
            wrappers.push(site.as_ref().map(|_| {
                next += 1;
                next - 1
            }));
        }
        Self {
            module,
            plan,
            types: Types::new(module.items(id::TYPE), module.types.len()),
            functions: Section::from_items(module.items(id::FUNCTION)),
            codes: Section::default(),
            exports: Section::default(),
            elements: Section::default(),
            wrappers,
            added: Added::new(next),
            sites: plan.host_sites.iter().flatten().cloned().collect(),
            awaited: vec![NOTHING; plan.host_sites.iter().flatten().count()],
            result_types: Vec::new(),
            saved_values: 0,
            callees: BTreeSet::new(),
        }
    }

    fn run(mut self) -> Result<Instrumented, Error> {
        self.bodies()?;
        self.wrap_host_functions();
        self.export_originals()?;
        self.export_state();
        self.added_functions();
        self.shims_and_probes();
        self.add_elements()?;
        let info = self.info();
        let wasm = self.assemble()?;
        Ok(Instrumented { wasm, info })
    }

    fn bodies(&mut self) -> Result<(), Error> {
        let mut allocations = FuncValidatorAllocations::default();
        for position in 0..self.module.bodies.len() {
            let function = self.module.imported_functions as usize + position;
            let body = &self.module.bodies[position].body;
            if !self.plan.graph.suspends[function] && !self.names_wrapped(position) {
                self.codes.body(body.as_bytes());
                continue;
            }
            let (mut code, reusable) = walk::read(self.module, position, &self.plan.graph, allocations)?;
            allocations = reusable;
            if code.is_plain() && !self.names_wrapped(position) {
                self.codes.body(body.as_bytes());
                continue;
            }
            liveness::fill(&mut code);
            let written = self.body(position, &code)?;
            self.codes.body(&written);
        }
        Ok(())
    }

    /// Whether a body names a host function that has a wrapper.
    fn names_wrapped(&self, position: usize) -> bool {
        let facts = &self.plan.scan.functions[position];
        let wrapped = |function: &u32| matches!(self.wrappers.get(*function as usize), Some(Some(_)));
        facts.calls.iter().chain(&facts.tail_calls).chain(&facts.references).any(wrapped)
    }

    fn body(&mut self, position: usize, code: &Code<'a>) -> Result<Vec<u8>, Error> {
        if !code.is_plain() {
            sites::check_results(self.module, code)?;
            let facts = &self.plan.scan.functions[position];
            self.callees.extend(facts.calls.iter().chain(&facts.tail_calls));
        }
        let first = self.sites.len();
        let mut kept = Vec::with_capacity(code.sites.len());
        for draft in &code.sites {
            let values = sites::kept(self.module, code, draft)?;
            self.saved_values += values.len();
            if self.saved_values > limit::SAVED_VALUES {
                return Err(refused_module(
                    code.offsets[0],
                    "its sites save more values than the limit allows",
                ));
            }
            self.sites.push(sites::site(code, draft, &values));
            let awaited = sites::call_results(self.module, code, draft).map(|results| self.number(results));
            self.awaited.push(awaited.unwrap_or(NOTHING));
            kept.push(values);
        }
        let wrappers = self.wrappers.clone();
        let reach = Reach::Own { wrappers: &wrappers };
        let plan = self.plan;
        let mut emitter = Emitter::new(code, &plan.layout, &reach, self.module.bytes);
        let loops: Vec<(Outlined, u32)> =
            heads(&emitter.outlined).map(|outlined| (*outlined, self.added.reserve())).collect();
        let body = Writing { code, first, kept: &kept, loops: &loops };
        for &(outlined, function) in &loops {
            let written = self.outlined_loop(&body, &reach, outlined);
            self.added.set(function, written);
        }
        if code.sites.first().is_some_and(|site| site.check == code::ENTRY) {
            emitter.check(0);
        }
        emitter.range(0, u32::try_from(code.operators.len() - 1).expect("validated size"));
        let mut out = Vec::with_capacity(emitter.out.len() * 2);
        Self::locals(code, emitter.cached, &mut out);
        self.finish(&body, &emitter, &mut out);
        Ok(out)
    }

    /// What a function does from one of its loops on. Its parameters are all locals.
    fn outlined_loop(&mut self, body: &Writing<'_, 'a>, reach: &Reach<'_>, outlined: Outlined) -> Written {
        let (code, plan) = (body.code, self.plan);
        let mut emitter = Emitter::new(code, &plan.layout, reach, self.module.bytes);
        let inner =
            emitter.outlined.iter().find(|other| other.head == outlined.site && other.site != other.head);
        emitter.entrance = inner.and_then(|inner| Entrance::new(code, outlined, *inner));
        emitter.outlined.retain(|other| other.head != outlined.site);
        emitter.begin_after_parameter();
        let draft = &code.sites[outlined.site];
        let types = &mut self.types;
        let going =
            GoingOn { emitter, module: self.module, types, draft, index: outlined.site, dispatch: None };
        let emitter = going.run(Point::Poll);
        let mut out = Vec::with_capacity(emitter.out.len() * 2);
        match emitter.cached {
            Some(_) => {
                out.extend([1, 1]);
                wasm_encoder::ValType::I64.encode(&mut out);
            }
            None => out.push(0),
        }
        self.finish(body, &emitter, &mut out);
        let results = self.module.function_type(code.function).results();
        let ty = self.types.function(&outline::parameters(code), results);
        let offset = u32::try_from(code.site_offset(draft)).unwrap_or(u32::MAX);
        (names::from_loop(code.function, offset), ty, out)
    }

    /// Writes the body with its cold blocks.
    fn finish(&mut self, body: &Writing<'_, 'a>, emitter: &Emitter<'_, 'a>, out: &mut Vec<u8>) {
        let results = self.module.function_type(body.code.function).results();
        let cold: Vec<Vec<u8>> = emitter.cold.iter().map(|cold| self.cold(body, *cold, results)).collect();
        let block = self.block_type(results);
        with_cold_blocks(&emitter.out, block, &cold, &emitter.store_counter(), out);
    }

    fn cold(&mut self, body: &Writing<'_, 'a>, cold: Cold, results: &[ValType]) -> Vec<u8> {
        match cold {
            Cold::Save(site) => {
                let number = u32::try_from(body.first + site).expect("fewer than 2^31 sites");
                let hot = body.code.sites[site].point == Point::Poll;
                let mut out = cold_code(number, hot, &body.kept[site], &mut self.added);
                spill::dummies(results, &mut out);
                out
            }
            Cold::FromLoop(site) => {
                let found = body.loops.iter().find(|(outlined, _)| outlined.site == site);
                let (outlined, function) = found.expect("a loop of this function's");
                let mut out = Vec::new();
                outline::call(body.code, &body.kept[site], *outlined, *function, &mut out);
                out
            }
        }
    }

    /// A number for these types.
    fn number(&mut self, types: &'m [ValType]) -> u32 {
        let known = self.result_types.iter().position(|known| *known == types);
        let number = known.unwrap_or_else(|| {
            self.result_types.push(types);
            self.result_types.len() - 1
        });
        u32::try_from(number).expect("fewer than there are types")
    }

    fn added_functions(&mut self) {
        let first = Added::new(0);
        let added = core::mem::replace(&mut self.added, first);
        for (name, ty, body) in added.write(&self.plan.layout, &mut self.types) {
            let position = self.functions.add(|out| ty.encode(out));
            self.codes.body(&body);
            self.exports.export(&name, Kind::Function, self.module.imported_functions + position);
        }
    }

    fn block_type(&mut self, results: &[ValType]) -> wasm_encoder::BlockType {
        block_type(&mut self.types, results)
    }

    /// The original's declarations as they are, and one for each run of what is added.
    fn locals(code: &Code<'a>, cached: Option<u32>, out: &mut Vec<u8>) {
        let mut added = code.locals[code.original_locals..].to_vec();
        added.extend(cached.map(|_| ValType::I64));
        let temporaries = runs(&added);
        let groups = code.declarations.0 + u32::try_from(temporaries.len()).expect("few temporaries");
        groups.encode(out);
        out.extend_from_slice(code.declarations.1);
        for (count, ty) in temporaries {
            count.encode(out);
            crate::section::val_type(ty).encode(out);
        }
    }

    /// ```text
    /// (func $wrapper (param ..) (result ..)
    ///   (block $cold (call $host (param ..)) (br_if $cold (global.get $pending)) return)
    ///   pending := 0, save the arguments, return dummies)
    /// ```
    fn wrap_host_functions(&mut self) {
        let layout = &self.plan.layout;
        let mut number = 0;
        for (function, site) in (0..).zip(&self.plan.host_sites) {
            let Some(site) = site else { continue };
            let ty = self.module.function_type(function);
            let mut out = Vec::new();
            0_u32.encode(&mut out);
            Instruction::Block(wasm_encoder::BlockType::Empty).encode(&mut out);
            for (parameter, _) in (0..).zip(ty.params()) {
                Instruction::LocalGet(parameter).encode(&mut out);
            }
            let hot = [
                Instruction::Call(function),
                Instruction::GlobalGet(layout.pending),
                Instruction::BrIf(0),
                Instruction::Return,
                Instruction::End,
                Instruction::I32Const(0),
                Instruction::GlobalSet(layout.pending),
            ];
            encode_all(&hot, &mut out);
            out.extend(cold_code(number, false, &sites::host_kept(site), &mut self.added));
            spill::dummies(ty.results(), &mut out);
            Instruction::End.encode(&mut out);
            self.functions.add(|out| self.module.functions[function as usize].encode(out));
            self.codes.body(&out);
            number += 1;
        }
    }

    fn wrapped(&self, function: u32) -> u32 {
        self.wrappers.get(function as usize).copied().flatten().unwrap_or(function)
    }

    fn export_originals(&mut self) -> Result<(), Error> {
        for export in &self.module.exports {
            let (kind, index) = match export.kind {
                ExternalKind::Func => (Kind::Function, self.wrapped(export.index)),
                ExternalKind::Table => (Kind::Table, export.index),
                ExternalKind::Memory => (Kind::Memory, export.index),
                ExternalKind::Global => (Kind::Global, export.index),
                ExternalKind::Tag => (Kind::Tag, export.index),
                ExternalKind::FuncExact => {
                    return Err(refused_module(0, "it exports an exact function type"));
                }
            };
            self.exports.export(export.name, kind, index);
        }
        Ok(())
    }

    fn export_state(&mut self) {
        let layout = &self.plan.layout;
        let module = self.module;
        let counted = |count: usize| 0..u32::try_from(count).expect("validated count");
        for index in counted(module.memories.len()) {
            self.exports.export(&names::memory(index), Kind::Memory, index);
        }
        for index in counted(module.tables.len()) {
            self.exports.export(&names::table(index), Kind::Table, index);
        }
        for index in counted(module.globals.len()) {
            self.exports.export(&names::global(index), Kind::Global, index);
        }
        for index in counted(module.tags.len()) {
            self.exports.export(&names::tag(index), Kind::Tag, index);
        }
        for &(name, kind, index) in &added_state(layout) {
            self.exports.export(name, kind, index);
        }
        let wrapped = (0..).zip(&self.plan.host_sites).filter(|(_, site)| site.is_some());
        let callees: BTreeSet<u32> =
            wrapped.map(|(function, _)| function).chain(self.callees.clone()).collect();
        for function in callees {
            self.exports.export(&names::function(function), Kind::Function, self.wrapped(function));
        }
        if let Some(start) = module.start {
            self.exports.export(names::START, Kind::Function, self.wrapped(start));
        }
    }

    fn added_function(
        &mut self,
        name: &str,
        (parameters, results): (&[ValType], &[ValType]),
        body: &[Instruction<'_>],
    ) {
        let ty = self.types.function(parameters, results);
        let position = self.functions.add(|out| ty.encode(out));
        let mut out = vec![0];
        encode_all(body, &mut out);
        Instruction::End.encode(&mut out);
        self.codes.body(&out);
        self.exports.export(name, Kind::Function, self.module.imported_functions + position);
    }

    fn shims_and_probes(&mut self) {
        for shim in self.plan.shims() {
            let typed = self.plan.scan.calls_references;
            let (parameters, results, mut instruction) = shim_body(self.module, shim, typed);
            if let Instruction::RefFunc(function) = &mut instruction {
                *function = self.wrapped(*function);
            }
            let mut body: Vec<Instruction<'_>> =
                (0..).zip(&parameters).map(|(parameter, _)| Instruction::LocalGet(parameter)).collect();
            body.push(instruction);
            self.added_function(&shim_name(shim), (&parameters, &results), &body);
        }
        for segment in droppable_data(self.module, &self.plan.scan) {
            let length = self.module.passive_data[segment as usize].unwrap_or(0);
            let wide = self.module.memories[0].memory64;
            let init = Instruction::MemoryInit { mem: 0, data_index: segment };
            self.added_function(&names::data_probe(segment), (&[], &[]), &probe(wide, length, init));
        }
        for (segment, table, length) in droppable_elements(self.module, &self.plan.scan) {
            let wide = self.module.tables[table as usize].table64;
            let init = Instruction::TableInit { elem_index: segment, table };
            self.added_function(&names::element_probe(segment), (&[], &[]), &probe(wide, length, init));
        }
    }

    fn add_elements(&mut self) -> Result<(), Error> {
        let mut written = wasm_encoder::ElementSection::new();
        let mut wrapped = Wrapped { wrappers: &self.wrappers };
        for element in &self.module.elements {
            let result = wrapped.parse_element(&mut written, element.clone());
            result.map_err(|error| refused_module(0, &error.to_string()))?;
        }
        let mut count = written.len();
        let mut bytes = Vec::new();
        written.encode(&mut bytes);
        let mut reader = wasmparser::BinaryReader::new(&bytes, 0);
        reader.read_var_u32()?;
        reader.read_var_u32()?;
        let items = reader.original_position();
        bytes.drain(..items);
        if self.plan.layout.references && !self.plan.referable.is_empty() {
            count += 1;
            // Active, explicit table, offset 0, function indices.
            bytes.push(2);
            self.plan.layout.refs.encode(&mut bytes);
            Instruction::I32Const(0).encode(&mut bytes);
            Instruction::End.encode(&mut bytes);
            bytes.push(0);
            self.plan.referable.len().encode(&mut bytes);
            for &function in &self.plan.referable {
                self.wrapped(function).encode(&mut bytes);
            }
        }
        self.elements = Section::from_items((count, &bytes));
        Ok(())
    }

    fn assemble(&mut self) -> Result<Vec<u8>, Error> {
        let module = self.module;
        let layout = &self.plan.layout;
        let mut out = b"\0asm\x01\0\0\0".to_vec();
        self.types.section.write(id::TYPE, &mut out);
        Section::from_items(module.items(id::IMPORT)).write(id::IMPORT, &mut out);
        self.functions.write(id::FUNCTION, &mut out);
        self.tables()?.write(id::TABLE, &mut out);
        let mut memories = Section::from_items(module.items(id::MEMORY));
        if layout.flavour == Flavour::Atomic {
            memories.add(|out| out.extend([3, 1, 1]));
        }
        memories.add(|out| {
            out.push(1);
            1_u32.encode(out);
            limit::FRAME_PAGES.encode(out);
        });
        memories.write(id::MEMORY, &mut out);
        Section::from_items(module.items(id::TAG)).write(id::TAG, &mut out);
        self.globals()?.write(id::GLOBAL, &mut out);
        self.exports.write(id::EXPORT, &mut out);
        self.elements.write(id::ELEMENT, &mut out);
        if let Some(count) = module.data_count {
            wasm_encoder::Section::append_to(&wasm_encoder::DataCountSection { count }, &mut out);
        }
        self.codes.write(id::CODE, &mut out);
        Section::from_items(module.items(id::DATA)).write(id::DATA, &mut out);
        for range in &module.customs {
            out.extend_from_slice(&module.bytes[range.clone()]);
        }
        Ok(out)
    }

    fn tables(&self) -> Result<Section, Error> {
        let mut tables = self.initialised(id::TABLE, |wrapped, bytes| {
            let mut section = wasm_encoder::TableSection::new();
            for table in wasmparser::TableSectionReader::new(wasmparser::BinaryReader::new(bytes, 0))? {
                let result = wrapped.parse_table(&mut section, table?);
                result.map_err(|error| refused_module(0, &error.to_string()))?;
            }
            let mut out = Vec::new();
            section.encode(&mut out);
            Ok(out)
        })?;
        if self.plan.layout.references {
            let slots = u32::try_from(self.plan.referable.len()).expect("validated count");
            tables.add(|out| {
                RefType::FUNCREF.encode(out);
                out.push(1);
                slots.encode(out);
                slots.encode(out);
            });
            for element in [RefType::FUNCREF, RefType::EXTERNREF] {
                tables.add(|out| {
                    element.encode(out);
                    out.extend([0, 0]);
                });
            }
        }
        Ok(tables)
    }

    fn globals(&self) -> Result<Section, Error> {
        let mut globals = self.initialised(id::GLOBAL, |wrapped, bytes| {
            let mut section = wasm_encoder::GlobalSection::new();
            for global in wasmparser::GlobalSectionReader::new(wasmparser::BinaryReader::new(bytes, 0))? {
                let result = wrapped.parse_global(&mut section, global?);
                result.map_err(|error| refused_module(0, &error.to_string()))?;
            }
            let mut out = Vec::new();
            section.encode(&mut out);
            Ok(out)
        })?;
        let layout = &self.plan.layout;
        for _ in layout.top..=layout.externref_count {
            globals.add(|out| mutable_global(ValType::I32, &Instruction::I32Const(0), out));
        }
        if layout.flavour == Flavour::Counter {
            globals.add(|out| mutable_global(ValType::I64, &Instruction::I64Const(i64::MAX), out));
            globals.add(|out| mutable_global(ValType::I64, &Instruction::I64Const(0), out));
        }
        Ok(globals)
    }

    /// A section whose items may name functions: as it is, unless host functions are wrapped.
    fn initialised(
        &self,
        section: u8,
        rewrite: impl FnOnce(&mut Wrapped<'_>, &[u8]) -> Result<Vec<u8>, Error>,
    ) -> Result<Section, Error> {
        let (count, items) = self.module.items(section);
        if count == 0 || self.wrappers.iter().all(Option::is_none) {
            return Ok(Section::from_items((count, items)));
        }
        let mut whole = Vec::new();
        count.encode(&mut whole);
        whole.extend_from_slice(items);
        let written = rewrite(&mut Wrapped { wrappers: &self.wrappers }, &whole)?;
        let mut reader = wasmparser::BinaryReader::new(&written, 0);
        reader.read_var_u32()?;
        reader.read_var_u32()?;
        let start = reader.original_position();
        Ok(Section::from_items((count, &written[start..])))
    }

    fn info(&mut self) -> Info {
        let module = self.module;
        let functions = 0..u32::try_from(module.functions.len()).expect("validated count");
        let returned =
            functions.map(|function| self.number(module.function_type(function).results())).collect();
        let scan = &self.plan.scan;
        let imported = module.imports.iter().filter(|import| is_function(import));
        Info {
            memories: module
                .memories
                .iter()
                .map(|memory| MemoryInfo {
                    page_bytes: 1 << memory.page_size_log2.unwrap_or(16),
                    minimum_pages: memory.initial,
                })
                .collect(),
            tables: (0..)
                .zip(&module.tables)
                .map(|(index, table)| TableInfo {
                    functions: table.element_type == wasmparser::RefType::FUNCREF,
                    mutable: scan.may_change(module, index),
                })
                .collect(),
            globals: module
                .globals
                .iter()
                .map(|global| GlobalInfo { ty: saved_type(global.content_type), mutable: global.mutable })
                .collect(),
            referable: self.plan.referable.clone(),
            droppable_data: droppable_data(module, scan).collect(),
            droppable_elements: droppable_elements(module, scan).map(|(segment, _, _)| segment).collect(),
            start: module.start,
            exports: module
                .exports
                .iter()
                .filter(|export| export.kind == ExternalKind::Func)
                .map(|export| (export.name.to_string(), export.index))
                .collect(),
            function_names: module.function_names.clone(),
            function_count: u32::try_from(module.functions.len()).expect("validated count"),
            imported_functions: imported
                .map(|import| (import.module.to_string(), import.name.to_string()))
                .collect(),
            sites: core::mem::take(&mut self.sites),
            pinned: None,
            awaited: core::mem::take(&mut self.awaited),
            returned,
            graph: self.plan.graph.clone(),
            references: self.plan.layout.references,
            typed_references: scan.calls_references,
        }
    }
}

/// Loops that functions are of.
fn heads(outlined: &[Outlined]) -> impl Iterator<Item = &Outlined> {
    outlined.iter().filter(|outlined| outlined.site == outlined.head)
}

/// Exports of what the pass adds: name, kind, index.
pub(crate) fn added_state(layout: &Layout) -> Vec<(&'static str, Kind, u32)> {
    let mut state = vec![
        (names::FRAMES, Kind::Memory, layout.frames),
        (names::TOP, Kind::Global, layout.top),
        (names::UNWINDING, Kind::Global, layout.unwinding),
        (names::PENDING, Kind::Global, layout.pending),
    ];
    match layout.flavour {
        Flavour::Atomic => state.push((names::CONTROL, Kind::Memory, layout.control)),
        Flavour::Counter => {
            state.push((names::COUNTER, Kind::Global, layout.counter));
            state.push((names::LIMIT, Kind::Global, layout.limit));
        }
    }
    state.push((names::SAVED_FUNCREF_COUNT, Kind::Global, layout.funcref_count));
    state.push((names::SAVED_EXTERNREF_COUNT, Kind::Global, layout.externref_count));
    if layout.references {
        state.push((names::REFS, Kind::Table, layout.refs));
        state.push((names::SAVED_FUNCREFS, Kind::Table, layout.saved_funcrefs));
        state.push((names::SAVED_EXTERNREFS, Kind::Table, layout.saved_externrefs));
    }
    state
}

/// Block type of these results.
pub(crate) fn block_type(types: &mut Types, results: &[ValType]) -> wasm_encoder::BlockType {
    match results {
        [] => wasm_encoder::BlockType::Empty,
        [ty] => wasm_encoder::BlockType::Result(crate::section::val_type(*ty)),
        _ => wasm_encoder::BlockType::FunctionType(types.function(&[], results)),
    }
}

/// Runs of equal types.
pub(crate) fn runs(types: &[ValType]) -> Vec<(u32, ValType)> {
    let mut runs: Vec<(u32, ValType)> = Vec::new();
    for &ty in types {
        match runs.last_mut() {
            Some((count, last)) if *last == ty => *count += 1,
            _ => runs.push((1, ty)),
        }
    }
    runs
}

fn mutable_global(ty: ValType, value: &Instruction<'_>, out: &mut Vec<u8>) {
    crate::section::val_type(ty).encode(out);
    out.push(1);
    value.encode(out);
    Instruction::End.encode(out);
}
