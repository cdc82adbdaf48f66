//! A large module: a real one with its functions repeated. The copies call what the originals call.

use crate::Outcome;
use wasm_encoder::{CodeSection, FunctionSection, Module, RawSection};
use wasmparser::{BinaryReader, CodeSectionReader, FunctionSectionReader, Parser, Payload};

const MEGABYTE: usize = 1_000_000;
const FUNCTION_SECTION: u8 = 3;
const CODE_SECTION: u8 = 10;

/// The module, with its functions repeated until it has this size.
pub fn to_megabytes(wasm: &[u8], megabytes: usize) -> Outcome<Vec<u8>> {
    let copies = (megabytes * MEGABYTE).div_ceil(wasm.len());
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(wasm) {
        let payload = payload?;
        let Some((id, range)) = payload.as_section() else { continue };
        let data = &wasm[range];
        match id {
            FUNCTION_SECTION => module.section(&functions(data, copies)?),
            CODE_SECTION => module.section(&bodies(data, copies)?),
            _ if matches!(payload, Payload::CustomSection(_)) => continue,
            _ => module.section(&RawSection { id, data }),
        };
    }
    Ok(module.finish())
}

fn functions(data: &[u8], copies: usize) -> Outcome<FunctionSection> {
    let types: Vec<u32> =
        FunctionSectionReader::new(BinaryReader::new(data, 0))?.into_iter().collect::<Result<_, _>>()?;
    let mut section = FunctionSection::new();
    for ty in types.repeat(copies) {
        section.function(ty);
    }
    Ok(section)
}

fn bodies(data: &[u8], copies: usize) -> Outcome<CodeSection> {
    let bodies: Vec<_> =
        CodeSectionReader::new(BinaryReader::new(data, 0))?.into_iter().collect::<Result<_, _>>()?;
    let mut section = CodeSection::new();
    for _ in 0..copies {
        for body in &bodies {
            section.raw(body.as_bytes());
        }
    }
    Ok(section)
}

#[cfg(test)]
mod tests {
    use super::{MEGABYTE, to_megabytes};
    use wasmparser::{Validator, WasmFeatures};

    #[test]
    fn the_larger_module_is_valid_and_has_the_size() {
        let data = "x".repeat(10_000);
        let body = "(call $f) ".repeat(20_000);
        let guest = format!(r#"(module (memory 1) (data (i32.const 0) "{data}") (func $f {body}))"#);
        let large = to_megabytes(&wat::parse_str(guest).unwrap(), 1).unwrap();
        Validator::new_with_features(WasmFeatures::all()).validate_all(&large).unwrap();
        assert!((MEGABYTE * 3 / 4..MEGABYTE * 5 / 4).contains(&large.len()));
    }
}
