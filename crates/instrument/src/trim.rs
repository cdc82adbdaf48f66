//! Types of a continuation: those that it uses and no others.
//!
//! A continuation is written over the types of the original module, because the bodies that it copies name them
//! by index. Engines prepare calls for each type of a module whether it is used or not: Wasmtime takes 0.1 ms
//! each, and a module of some size has hundreds.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::convert::Infallible;
use wasm_encoder::reencode::{Error, Reencode};
use wasm_encoder::{Module, TypeSection};
use wasmparser::{CompositeInnerType, Parser, Payload, RecGroup, TypeSectionReader, ValType};

type Result<T> = core::result::Result<T, Error<Infallible>>;

/// The same module without the types that nothing in it names; as it is where they depend on each other.
pub(crate) fn unused_types(wasm: Vec<u8>) -> Vec<u8> {
    trimmed(&wasm).unwrap_or(wasm)
}

/// `None` when a type is more than a plain signature.
fn trimmed(wasm: &[u8]) -> Option<Vec<u8>> {
    let signatures = signatures(wasm)?;
    let mut uses = Uses::default();
    uses.parse_core_module(&mut Module::new(), Parser::new(0), wasm).ok()?;
    let mut waiting: Vec<u32> = uses.0.keys().copied().collect();
    while let Some(ty) = waiting.pop() {
        for &named in signatures.get(ty as usize)? {
            if uses.0.insert(named, 0).is_none() {
                waiting.push(named);
            }
        }
    }
    for (number, (_, index)) in (0..).zip(&mut uses.0) {
        *index = number;
    }
    let mut module = Module::new();
    Keep(uses.0).parse_core_module(&mut module, Parser::new(0), wasm).ok()?;
    Some(module.finish())
}

/// For each type the types that it names.
fn signatures(wasm: &[u8]) -> Option<Vec<Vec<u32>>> {
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::TypeSection(section) = payload.ok()? {
            return section.into_iter().map(|group| named(&group.ok()?)).collect();
        }
    }
    Some(Vec::new())
}

fn named(group: &RecGroup) -> Option<Vec<u32>> {
    let mut types = group.types();
    let (Some(ty), None) = (types.next(), types.next()) else { return None };
    let CompositeInnerType::Func(signature) = &ty.composite_type.inner else { return None };
    if !ty.is_final || ty.supertype_idx.is_some() {
        return None;
    }
    let references = signature.params().iter().chain(signature.results()).filter_map(|ty| match ty {
        ValType::Ref(reference) => reference.type_index(),
        _ => None,
    });
    references.map(|index| index.as_module_index()).collect()
}

/// Notes which types are named outside the type section.
#[derive(Default)]
struct Uses(BTreeMap<u32, u32>);

impl Reencode for Uses {
    type Error = Infallible;

    fn type_index(&mut self, ty: u32) -> Result<u32> {
        self.0.insert(ty, 0);
        Ok(ty)
    }

    fn parse_type_section(&mut self, _: &mut TypeSection, _: TypeSectionReader<'_>) -> Result<()> {
        Ok(())
    }
}

/// Keeps these types, under their new indices.
struct Keep(BTreeMap<u32, u32>);

impl Reencode for Keep {
    type Error = Infallible;

    fn type_index(&mut self, ty: u32) -> Result<u32> {
        Ok(self.0.get(&ty).copied().unwrap_or(ty))
    }

    fn parse_type_section(&mut self, types: &mut TypeSection, section: TypeSectionReader<'_>) -> Result<()> {
        for (ty, group) in (0..).zip(section) {
            if self.0.contains_key(&ty) {
                self.parse_recursive_type_group(types.ty(), group?)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trim(text: &str) -> Vec<u8> {
        let trimmed = unused_types(wat::parse_str(text).unwrap());
        wasmparser::Validator::new().validate_all(&trimmed).unwrap();
        trimmed
    }

    #[test]
    fn types_that_nothing_names_go() {
        let text = "(module (type (func (param i64))) (type $a (func (param i32) (result i32)))
          (type (func)) (type $c (func (param f64))) (type $b (func (result (ref null $c))))
          (import \"m\" \"f\" (func $f (type $a)))
          (table 1 funcref)
          (func (export \"run\") (result i32)
            (drop (call_indirect (type $b) (i32.const 0)))
            (block (param) (result i32) (call $f (i32.const 1)))))";
        let expected = "(module (type $a (func (param i32) (result i32)))
          (type $c (func (param f64))) (type $b (func (result (ref null $c)))) (type (func (result i32)))
          (import \"m\" \"f\" (func $f (type $a)))
          (table 1 funcref)
          (func (export \"run\") (type 3) (result i32)
            (drop (call_indirect (type $b) (i32.const 0)))
            (block (param) (result i32) (call $f (i32.const 1)))))";
        assert_eq!(trim(text), trim(expected));
    }

    #[test]
    fn types_that_depend_on_each_other_stay() {
        let wasm = wat::parse_str("(module (rec (type (func)) (type (struct))) (type (func)))").unwrap();
        assert_eq!(unused_types(wasm.clone()), wasm);
    }
}
