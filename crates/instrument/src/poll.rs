//! The check at a site: an i32 that is not zero when the frame is to be saved.

use alloc::vec::Vec;
use sojourn_image::Point;
use wasm_encoder::{Encode, Instruction, MemArg};
use wasmparser::Operator;

use crate::Flavour;
use crate::code::{Code, ENTRY};
use crate::layout::Layout;

/// Branches to a cold block when the frame is to be saved.
///
/// ```text
/// atomic    (br_if $cold (i32.atomic.load $control (i32.const 0)))
/// counter   $counter := $counter - 1; (br_if $cold ($counter <= $limit))
/// ```
///
/// A plain load would not do for the atomic flavour: an engine may drop a poll that an outer poll dominates.
///
/// In a function with loops a local holds the counter between calls (`cached`): a decrement of a register instead of
/// a load that waits for the store of the last one. The limit stays in its global, where the guest's engine raises it
/// to ask for a stop.
pub(crate) fn branch(layout: &Layout, cached: Option<u32>, cold: u32, out: &mut Vec<u8>) {
    match (layout.flavour, cached) {
        (Flavour::Atomic, _) => {
            Instruction::I32Const(0).encode(out);
            let memarg = MemArg { offset: 0, align: 2, memory_index: layout.control };
            Instruction::I32AtomicLoad(memarg).encode(out);
        }
        (Flavour::Counter, Some(local)) => {
            Instruction::LocalGet(local).encode(out);
            Instruction::I64Const(1).encode(out);
            Instruction::I64Sub.encode(out);
            Instruction::LocalTee(local).encode(out);
            Instruction::GlobalGet(layout.limit).encode(out);
            Instruction::I64LeS.encode(out);
        }
        (Flavour::Counter, None) => {
            Instruction::GlobalGet(layout.counter).encode(out);
            Instruction::I64Const(1).encode(out);
            Instruction::I64Sub.encode(out);
            Instruction::GlobalSet(layout.counter).encode(out);
            Instruction::GlobalGet(layout.counter).encode(out);
            Instruction::GlobalGet(layout.limit).encode(out);
            Instruction::I64LeS.encode(out);
        }
    }
    Instruction::BrIf(cold).encode(out);
}

/// The local that holds the counter in this function, if one does: the first behind its temporaries.
///
/// A function that catches exceptions has none: its handlers would not know how far the callee has counted.
pub(crate) fn cached(layout: &Layout, code: &Code<'_>) -> Option<u32> {
    let loops = code.sites.iter().any(|site| site.point == Point::Poll && site.check != ENTRY);
    let catches = |operator: &Operator<'_>| matches!(operator, Operator::TryTable { .. });
    let held = layout.flavour == Flavour::Counter && loops && !code.operators.iter().any(catches);
    held.then(|| u32::try_from(code.locals.len()).expect("few locals"))
}

/// Brings the counter into its local.
pub(crate) fn load(layout: &Layout, cached: Option<u32>, out: &mut Vec<u8>) {
    if let Some(local) = cached {
        Instruction::GlobalGet(layout.counter).encode(out);
        Instruction::LocalSet(local).encode(out);
    }
}

/// Brings the counter back to its global.
pub(crate) fn store(layout: &Layout, cached: Option<u32>, out: &mut Vec<u8>) {
    if let Some(local) = cached {
        Instruction::LocalGet(local).encode(out);
        Instruction::GlobalSet(layout.counter).encode(out);
    }
}
