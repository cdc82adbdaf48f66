//! Reads a module into what the pass works on, and validates it on the way.

use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::ops::Range;
use wasmparser::{
    Encoding, Export, ExternalKind, FuncToValidate, FuncType, FuncValidator, FuncValidatorAllocations,
    FunctionBody, GlobalType, Import, MemoryType, Name, NameSectionReader, Parser, Payload, TableType,
    TypeRef, ValidPayload, Validator, ValidatorResources, WasmFeatures,
};

use crate::error::Error;

/// What the pass can read: WebAssembly 3.0 (whose objects it then refuses where they would have to move).
pub(crate) const FEATURES: WasmFeatures = WasmFeatures::WASM3;

/// One section of the original, without its count.
#[derive(Clone, Default)]
pub(crate) struct Items {
    pub(crate) count: u32,
    pub(crate) range: Range<usize>,
}

/// A function with a body.
pub(crate) struct Function<'a> {
    pub(crate) body: FunctionBody<'a>,
    validate: FuncToValidate<ValidatorResources>,
}

impl Function<'_> {
    /// A fresh validator for this function.
    pub(crate) fn validator(
        &self,
        allocations: FuncValidatorAllocations,
    ) -> FuncValidator<ValidatorResources> {
        FuncToValidate {
            resources: self.validate.resources.clone(),
            index: self.validate.index,
            ty: self.validate.ty,
            features: self.validate.features,
        }
        .into_validator(allocations)
    }
}

/// A parsed module. Index spaces have the imports first.
#[derive(Default)]
pub(crate) struct Module<'a> {
    pub(crate) bytes: &'a [u8],
    /// Function types by type index; `None` for other types.
    pub(crate) types: Vec<Option<FuncType>>,
    pub(crate) imports: Vec<Import<'a>>,
    /// Type index of each function.
    pub(crate) functions: Vec<u32>,
    pub(crate) imported_functions: u32,
    pub(crate) tables: Vec<TableType>,
    pub(crate) imported_tables: u32,
    pub(crate) memories: Vec<MemoryType>,
    pub(crate) globals: Vec<GlobalType>,
    /// Type index of each tag.
    pub(crate) tags: Vec<u32>,
    pub(crate) exports: Vec<Export<'a>>,
    pub(crate) start: Option<u32>,
    pub(crate) bodies: Vec<Function<'a>>,
    /// Raw sections by id, for those that are copied or added to.
    pub(crate) sections: Vec<(u8, Items)>,
    pub(crate) data_count: Option<u32>,
    /// Length of each passive data segment; `None` for active ones.
    pub(crate) passive_data: Vec<Option<u32>>,
    /// Length and element type of each passive element segment; `None` for others.
    pub(crate) passive_elements: Vec<Option<(u32, wasmparser::RefType)>>,
    pub(crate) elements: Vec<wasmparser::Element<'a>>,
    /// Functions named in element segments, global and table initialisers, and exports.
    pub(crate) referenced: Vec<u32>,
    pub(crate) function_names: Vec<(u32, String)>,
    /// Ranges of custom sections (id byte and size included) that are kept.
    pub(crate) customs: Vec<Range<usize>>,
}

impl<'a> Module<'a> {
    /// Reads and validates everything but the function bodies.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut module = Module { bytes, ..Module::default() };
        let mut validator = Validator::new_with_features(FEATURES);
        let mut parser = Parser::new(0);
        parser.set_features(FEATURES);
        let mut ended = 0;
        for payload in parser.parse_all(bytes) {
            let payload = payload?;
            if let Payload::Version { encoding: Encoding::Component, .. } = payload {
                return Err(refused_module(0, "it is a component; give its core module"));
            }
            let valid = validator.payload(&payload)?;
            if let ValidPayload::Func(validate, body) = valid {
                module.bodies.push(Function { body, validate });
                continue;
            }
            ended = module.section(payload, ended)?;
        }
        Ok(module)
    }

    fn section(&mut self, payload: Payload<'a>, ended: usize) -> Result<usize, Error> {
        let mut end = ended;
        if let Some((id, range)) = payload.as_section() {
            end = range.end;
            if matches!(id, 1..=7 | 9 | 11 | 13) {
                let mut reader = wasmparser::BinaryReader::new(&self.bytes[range.clone()], range.start);
                let count = reader.read_var_u32()?;
                let start = reader.original_position();
                self.sections.push((id, Items { count, range: start..range.end }));
            }
        }
        match payload {
            Payload::TypeSection(section) => {
                for group in section {
                    for ty in group?.into_types() {
                        self.types.push(match ty.composite_type.inner {
                            wasmparser::CompositeInnerType::Func(ty) => Some(ty),
                            _ => None,
                        });
                    }
                }
            }
            Payload::ImportSection(section) => {
                for import in section.into_imports() {
                    self.import(import?);
                }
            }
            Payload::FunctionSection(section) => {
                for ty in section {
                    self.functions.push(ty?);
                }
            }
            Payload::TableSection(section) => {
                for table in section {
                    let table = table?;
                    self.tables.push(table.ty);
                    if let wasmparser::TableInit::Expr(expr) = table.init {
                        self.references(&expr)?;
                    }
                }
            }
            Payload::MemorySection(section) => {
                for memory in section {
                    self.memories.push(memory?);
                }
            }
            Payload::TagSection(section) => {
                for tag in section {
                    self.tags.push(tag?.func_type_idx);
                }
            }
            Payload::GlobalSection(section) => {
                for global in section {
                    let global = global?;
                    self.globals.push(global.ty);
                    self.references(&global.init_expr)?;
                }
            }
            Payload::ExportSection(section) => {
                for export in section {
                    let export = export?;
                    if matches!(export.kind, ExternalKind::Func | ExternalKind::FuncExact) {
                        self.referenced.push(export.index);
                    }
                    self.exports.push(export);
                }
            }
            Payload::StartSection { func, .. } => self.start = Some(func),
            Payload::ElementSection(section) => {
                for element in section {
                    self.element(element?)?;
                }
            }
            Payload::DataCountSection { count, .. } => self.data_count = Some(count),
            Payload::DataSection(section) => {
                for data in section {
                    let data = data?;
                    self.passive_data.push(match data.kind {
                        wasmparser::DataKind::Passive => {
                            Some(u32::try_from(data.data.len()).unwrap_or(u32::MAX))
                        }
                        wasmparser::DataKind::Active { .. } => None,
                    });
                }
            }
            Payload::CustomSection(section) => {
                end = section.range().end;
                if let wasmparser::KnownCustom::Name(names) = section.as_known() {
                    self.names(names);
                }
                // Debug information speaks of byte offsets that the pass moves.
                if !section.name().starts_with(".debug_") && section.name() != "sourceMappingURL" {
                    self.customs.push(ended.max(8)..end);
                }
            }
            Payload::Version { range, .. } | Payload::CodeSectionStart { range, .. } => end = range.end,
            _ => {}
        }
        Ok(end)
    }

    fn import(&mut self, import: Import<'a>) {
        match import.ty {
            TypeRef::Func(ty) | TypeRef::FuncExact(ty) => {
                self.functions.push(ty);
                self.imported_functions += 1;
            }
            TypeRef::Table(ty) => {
                self.tables.push(ty);
                self.imported_tables += 1;
            }
            TypeRef::Memory(ty) => self.memories.push(ty),
            TypeRef::Global(ty) => self.globals.push(ty),
            TypeRef::Tag(ty) => self.tags.push(ty.func_type_idx),
        }
        self.imports.push(import);
    }

    fn element(&mut self, element: wasmparser::Element<'a>) -> Result<(), Error> {
        let (count, ty) = match element.items.clone() {
            wasmparser::ElementItems::Functions(functions) => {
                let count = functions.count();
                for function in functions {
                    self.referenced.push(function?);
                }
                (count, wasmparser::RefType::FUNCREF)
            }
            wasmparser::ElementItems::Expressions(ty, expressions) => {
                let count = expressions.count();
                for expression in expressions {
                    self.references(&expression?)?;
                }
                (count, ty)
            }
        };
        let passive = matches!(element.kind, wasmparser::ElementKind::Passive);
        self.passive_elements.push(passive.then_some((count, ty)));
        self.elements.push(element);
        Ok(())
    }

    fn references(&mut self, expression: &wasmparser::ConstExpr<'a>) -> Result<(), Error> {
        for operator in expression.get_operators_reader() {
            if let wasmparser::Operator::RefFunc { function_index } = operator? {
                self.referenced.push(function_index);
            }
        }
        Ok(())
    }

    /// Names are for people: a damaged name section is passed over.
    fn names(&mut self, names: NameSectionReader<'a>) {
        for subsection in names {
            let Ok(Name::Function(map)) = subsection else { continue };
            self.function_names = map
                .into_iter()
                .map_while(Result::ok)
                .map(|naming| (naming.index, naming.name.to_string()))
                .collect();
            self.function_names.sort_by_key(|(index, _)| *index);
        }
    }

    /// Type of a function.
    pub(crate) fn function_type(&self, function: u32) -> &FuncType {
        self.types[self.functions[function as usize] as usize].as_ref().expect("validated: a function type")
    }

    /// Raw items of a section.
    pub(crate) fn items(&self, id: u8) -> (u32, &'a [u8]) {
        let found = self.sections.iter().find(|(section, _)| *section == id);
        found.map_or((0, &[][..]), |(_, items)| (items.count, &self.bytes[items.range.clone()]))
    }

    /// How people know a function.
    pub(crate) fn name(&self, function: u32) -> String {
        match self.function_names.binary_search_by_key(&function, |(index, _)| *index) {
            Ok(found) => alloc::format!("function `{}`", self.function_names[found].1),
            Err(_) => alloc::format!("function {function}"),
        }
    }
}

/// A refusal about the module as a whole.
pub(crate) fn refused_module(offset: usize, reason: &str) -> Error {
    Error::Refused { function: String::new(), offset, reason: reason.into() }
}
