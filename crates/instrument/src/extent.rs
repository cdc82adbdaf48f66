//! How far a fresh memory holds anything.

use alloc::vec::Vec;
use wasmparser::{DataKind, Operator, Parser, Payload};

use crate::error::Error;

/// For each memory, by index, the address from which on it is all zero when it has just been instantiated:
/// the end of the last data segment that is written to it, or `u64::MAX` where that depends on an import.
///
/// # Errors
/// `Error::Invalid` for what is not a module.
pub fn initialized_bytes(wasm: &[u8]) -> Result<Vec<u64>, Error> {
    let mut ends = Vec::new();
    let mut parser = Parser::new(0);
    let mut rest = wasm;
    loop {
        let (consumed, payload) = match parser.parse(rest, true)? {
            wasmparser::Chunk::Parsed { consumed, payload } => (consumed, payload),
            wasmparser::Chunk::NeedMoreData(_) => return Ok(ends),
        };
        rest = &rest[consumed..];
        match payload {
            Payload::CodeSectionStart { size, .. } => {
                parser.skip_section();
                rest = rest.get(size as usize..).unwrap_or_default();
            }
            Payload::DataSection(section) => {
                for segment in section {
                    let segment = segment?;
                    if let DataKind::Active { memory_index, offset_expr } = segment.kind {
                        let start = address(&mut offset_expr.get_operators_reader());
                        let end =
                            start.map_or(u64::MAX, |start| start.saturating_add(segment.data.len() as u64));
                        let memory = memory_index as usize;
                        if ends.len() <= memory {
                            ends.resize(memory + 1, 0);
                        }
                        ends[memory] = end.max(ends[memory]);
                    }
                }
            }
            Payload::End(_) => return Ok(ends),
            _ => {}
        }
    }
}

/// The address that an offset names, when it is a constant.
fn address(operators: &mut wasmparser::OperatorsReader<'_>) -> Option<u64> {
    let start = match operators.read().ok()? {
        Operator::I32Const { value } => u64::from(value.cast_unsigned()),
        Operator::I64Const { value } => value.cast_unsigned(),
        _ => return None,
    };
    matches!(operators.read().ok()?, Operator::End).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::vec;

    #[test]
    fn the_last_segment_of_each_memory_counts() {
        let text = r#"(module (import "a" "b" (global $g i32))
          (memory 1) (memory 1) (memory 1) (memory i64 1)
          (func (result i32) i32.const 0)
          (data (i32.const 100) "abc") (data (i32.const 5) "x")
          (data (memory 1) (global.get $g) "y")
          (data (memory 3) (i64.const 7) "z")
          (data "passive"))"#;
        let ends = initialized_bytes(&wat::parse_str(text).unwrap()).unwrap();
        assert_eq!(ends, vec![103, u64::MAX, 0, 8]);
    }
}
