//! The check at a site: an i32 that is not zero when the frame is to be saved.

use alloc::vec::Vec;
use wasm_encoder::{Encode, Instruction, MemArg};

use crate::Flavour;
use crate::layout::Layout;

/// ```text
/// atomic    (i32.atomic.load $control (i32.const 0))
/// counter   $counter := $counter - 1; $counter < 1
/// ```
///
/// A plain load would not do: an engine may drop a poll that an outer poll dominates.
pub(crate) fn check(layout: &Layout, out: &mut Vec<u8>) {
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
