//! The check at a site: an i32 that is not zero when the frame is to be saved.

use alloc::vec::Vec;
use sojourn_image::Point;
use wasm_encoder::{Encode, Instruction, MemArg};
use wasmparser::Operator;

use crate::Flavour;
use crate::code::{Code, ENTRY};
use crate::layout::Layout;
use crate::section::encode_all;

/// ```text
/// atomic    (i32.atomic.load $control (i32.const 0))
/// counter   $counter := $counter - 1; $counter < 1
/// ```
///
/// A plain load would not do: an engine may drop a poll that an outer poll dominates.
///
/// In a function with loops a local holds the counter between calls (`cached`): a decrement of a register instead
/// of a load that waits for the store of the last one. On lu that is the difference between 1.36 and 1.1.
pub(crate) fn check(layout: &Layout, cached: Option<u32>, out: &mut Vec<u8>) {
    if let Some(local) = cached {
        let instructions = [
            Instruction::LocalGet(local),
            Instruction::I64Const(1),
            Instruction::I64Sub,
            Instruction::LocalTee(local),
            Instruction::I64Const(1),
            Instruction::I64LtS,
        ];
        return encode_all(&instructions, out);
    }
    match layout.flavour {
        Flavour::Atomic => {
            Instruction::I32Const(0).encode(out);
            let memarg = MemArg { offset: 0, align: 2, memory_index: layout.control };
            Instruction::I32AtomicLoad(memarg).encode(out);
        }
        Flavour::Counter => {
            Instruction::GlobalGet(layout.counter).encode(out);
            Instruction::I64Const(1).encode(out);
            Instruction::I64Sub.encode(out);
            Instruction::GlobalSet(layout.counter).encode(out);
            Instruction::GlobalGet(layout.counter).encode(out);
            Instruction::I64Const(1).encode(out);
            Instruction::I64LtS.encode(out);
        }
    }
}

/// The local that holds the counter in this function, if one does: the first behind its temporaries.
///
/// A function that catches exceptions has none: its handlers would not know how far the callee has counted.
///
/// None at all for now: an engine without shared memory stops a guest from another thread by lowering the global
/// between two slices of fuel. A loop that counts in a local never sees it, and puts the old count back before its
/// next call: `(loop (br 0))` on wasmi could not be stopped any more. Whoever wants the local back must keep a
/// variant of the counter that sees the global (for wasmi, and for Wasmtime after `stop_at`).
pub(crate) fn cached(layout: &Layout, code: &Code<'_>) -> Option<u32> {
    const COUNTS_IN_A_LOCAL: bool = false;
    let loops = code.sites.iter().any(|site| site.point == Point::Poll && site.check != ENTRY);
    let catches = |operator: &Operator<'_>| matches!(operator, Operator::TryTable { .. });
    let held = COUNTS_IN_A_LOCAL
        && layout.flavour == Flavour::Counter
        && loops
        && !code.operators.iter().any(catches);
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
