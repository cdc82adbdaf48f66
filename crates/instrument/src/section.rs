//! Sections of the module that is written: items of the original as they are, and what is added behind them.

use alloc::vec::Vec;
use wasm_encoder::Encode;
use wasmparser::ValType;

use crate::info::Type;

/// Items of one section.
#[derive(Default)]
pub(crate) struct Section {
    count: u32,
    bytes: Vec<u8>,
}

impl Section {
    /// Begins with the original's items.
    pub(crate) fn from_items((count, bytes): (u32, &[u8])) -> Self {
        Self { count, bytes: bytes.to_vec() }
    }

    /// Adds an item and gives its index in the section.
    pub(crate) fn add(&mut self, write: impl FnOnce(&mut Vec<u8>)) -> u32 {
        write(&mut self.bytes);
        self.count += 1;
        self.count - 1
    }

    /// Adds a function body: its size, then its bytes.
    pub(crate) fn body(&mut self, body: &[u8]) -> u32 {
        self.add(|out| body.encode(out))
    }

    /// Adds an export.
    pub(crate) fn export(&mut self, name: &str, kind: Kind, index: u32) {
        self.add(|out| {
            name.encode(out);
            out.push(kind as u8);
            index.encode(out);
        });
    }

    /// Adds an import.
    pub(crate) fn import(&mut self, module: &str, name: &str, kind: Kind, ty: impl FnOnce(&mut Vec<u8>)) {
        self.add(|out| {
            module.encode(out);
            name.encode(out);
            out.push(kind as u8);
            ty(out);
        });
    }

    /// Writes the section, if it has items.
    pub(crate) fn write(&self, id: u8, out: &mut Vec<u8>) {
        if self.count == 0 {
            return;
        }
        let mut count = Vec::new();
        self.count.encode(&mut count);
        out.push(id);
        (count.len() + self.bytes.len()).encode(out);
        out.extend_from_slice(&count);
        out.extend_from_slice(&self.bytes);
    }
}

/// Kinds of imports and exports, as the binary format numbers them.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Function = 0,
    Table = 1,
    Memory = 2,
    Global = 3,
    Tag = 4,
}

/// Section ids of the binary format.
pub(crate) mod id {
    pub(crate) const TYPE: u8 = 1;
    pub(crate) const IMPORT: u8 = 2;
    pub(crate) const FUNCTION: u8 = 3;
    pub(crate) const TABLE: u8 = 4;
    pub(crate) const MEMORY: u8 = 5;
    pub(crate) const GLOBAL: u8 = 6;
    pub(crate) const EXPORT: u8 = 7;
    pub(crate) const ELEMENT: u8 = 9;
    pub(crate) const CODE: u8 = 10;
    pub(crate) const DATA: u8 = 11;
    pub(crate) const TAG: u8 = 13;
}

/// Function types of a module that is written: the original's as they are, and those added.
pub(crate) struct Types {
    pub(crate) section: Section,
    original: u32,
    added: Vec<(Vec<ValType>, Vec<ValType>)>,
}

impl Types {
    /// Begins with the original's types; `count` is their number (a group of several is one item).
    pub(crate) fn new(items: (u32, &[u8]), count: usize) -> Self {
        let original = u32::try_from(count).expect("validated: fewer than 2^32 types");
        Self { section: Section::from_items(items), original, added: Vec::new() }
    }

    /// Index of a function type, added when it is new.
    pub(crate) fn function(&mut self, parameters: &[ValType], results: &[ValType]) -> u32 {
        let found = self.added.iter().position(|(p, r)| p == parameters && r == results);
        let index = found.unwrap_or_else(|| {
            self.added.push((parameters.to_vec(), results.to_vec()));
            self.section.add(|out| {
                out.push(0x60);
                encode_types(parameters, out);
                encode_types(results, out);
            });
            self.added.len() - 1
        });
        self.original + u32::try_from(index).expect("few types are added")
    }
}

fn encode_types(types: &[ValType], out: &mut Vec<u8>) {
    types.len().encode(out);
    for ty in types {
        val_type(*ty).encode(out);
    }
}

/// Writes instructions one after the other.
pub(crate) fn encode_all(instructions: &[wasm_encoder::Instruction<'_>], out: &mut Vec<u8>) {
    for instruction in instructions {
        instruction.encode(out);
    }
}

/// The encoder's value type for a parsed one.
pub(crate) fn val_type(ty: ValType) -> wasm_encoder::ValType {
    ty.try_into().expect("a type of the module's own, not of the validator's")
}

/// The parsed value type of a type that can be saved.
pub(crate) fn parsed_type(ty: Type) -> ValType {
    match ty {
        Type::I32 => ValType::I32,
        Type::I64 => ValType::I64,
        Type::F32 => ValType::F32,
        Type::F64 => ValType::F64,
        Type::V128 => ValType::V128,
        Type::FuncRef => ValType::FUNCREF,
        Type::ExternRef => ValType::EXTERNREF,
    }
}

/// The type a value can be saved as, if it can.
pub(crate) fn saved_type(ty: ValType) -> Option<Type> {
    match ty {
        ValType::I32 => Some(Type::I32),
        ValType::I64 => Some(Type::I64),
        ValType::F32 => Some(Type::F32),
        ValType::F64 => Some(Type::F64),
        ValType::V128 => Some(Type::V128),
        ValType::FUNCREF => Some(Type::FuncRef),
        ValType::EXTERNREF => Some(Type::ExternRef),
        ValType::Ref(_) => None,
    }
}
