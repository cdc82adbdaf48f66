//! Spill helpers: functions that write one frame, shared by all sites that save the same types.
//!
//! ```text
//! (func $spill_i32_i64 (param i32 i64) (param $site i32)
//!   make room for 16 bytes at $top
//!   site | unwinding << 31, i32, i64 -> frame memory at $top
//!   $top += 16; $unwinding := 1)
//! ```
//!
//! As a call whose arguments are the values, nothing has to survive it in the cold block, and it is a third of
//! the size of the stores. The frame is the innermost one exactly when nothing unwinds yet.

use alloc::string::String;
use alloc::vec;
use alloc::vec::Vec;
use wasm_encoder::{BlockType, Encode, HeapType, Instruction, MemArg, ValType};

use crate::info::{TYPES, Type};
use crate::layout::Layout;
use crate::names;
use crate::section::{encode_all, parsed_type, val_type};

/// How many values of each type a helper takes, in the order of `TYPES`, and whether it begins the frame.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) struct Signature {
    counts: [u16; TYPES.len()],
    begins: bool,
    /// Whether zeros keep the values out of the argument registers.
    apart: bool,
}

impl Signature {
    /// Of values that are in the order of their types.
    pub(crate) fn of(types: impl Iterator<Item = Type>, begins: bool, apart: bool) -> Self {
        let mut counts = [0; TYPES.len()];
        for ty in types {
            counts[ty as usize] += 1;
        }
        Self { counts, begins, apart }
    }

    /// Parameters before the values.
    fn leading(self) -> u32 {
        if self.apart { LEADING } else { u32::from(self.begins) }
    }

    /// What a value is passed as.
    fn passed(self, ty: Type) -> Type {
        match ty {
            Type::F32 if self.apart => Type::I32,
            Type::F64 if self.apart => Type::I64,
            ty => ty,
        }
    }

    /// Types of its parameters.
    pub(crate) fn parameters(self) -> Vec<wasmparser::ValType> {
        let mut parameters = vec![wasmparser::ValType::I32; self.leading() as usize];
        parameters.extend(self.types().map(|ty| parsed_type(self.passed(ty))));
        parameters
    }

    /// Name under which a point's module finds it.
    pub(crate) fn name(self) -> String {
        names::spill(&self.counts, self.begins, self.apart)
    }

    fn types(self) -> impl Iterator<Item = Type> {
        TYPES
            .into_iter()
            .zip(self.counts)
            .flat_map(|(ty, count)| core::iter::repeat_n(ty, usize::from(count)))
    }
}

/// Where the helpers are that cold code calls.
pub(crate) trait Helpers {
    /// Function index of a helper.
    fn helper(&mut self, signature: Signature) -> u32;
}

/// The site, and zeros: they take the registers in which a native call passes its first arguments, so that no
/// value of a hot loop is drawn into one of these for the sake of the cold block. Floats go as their bits then.
/// On quicksort that is 1.01 instead of 1.07. After calls there are none: they cost size and helped only `fib`.
const LEADING: u32 = 4;

/// A call of a helper with these values, each a type and the local that holds it; `site` when it begins the frame.
pub(crate) fn call(
    spills: &mut dyn Helpers,
    site: Option<u32>,
    apart: bool,
    values: &[(Type, u32)],
    out: &mut Vec<u8>,
) {
    let signature = Signature::of(values.iter().map(|(ty, _)| *ty), site.is_some(), apart);
    if signature.leading() > 0 {
        Instruction::I32Const(site.unwrap_or(0).cast_signed()).encode(out);
        (1..signature.leading()).for_each(|_| Instruction::I32Const(0).encode(out));
    }
    for &(ty, local) in values {
        Instruction::LocalGet(local).encode(out);
        match ty {
            Type::F32 if apart => Instruction::I32ReinterpretF32.encode(out),
            Type::F64 if apart => Instruction::I64ReinterpretF64.encode(out),
            _ => {}
        }
    }
    Instruction::Call(spills.helper(signature)).encode(out);
}

/// Bytes that a value takes in the frame memory.
pub(crate) fn size(ty: Type) -> u32 {
    match ty {
        Type::I32 | Type::F32 | Type::FuncRef | Type::ExternRef => 4,
        Type::I64 | Type::F64 => 8,
        Type::V128 => 16,
    }
}

/// Bytes that a frame takes: the site, then its values.
pub(crate) fn frame_size(types: impl Iterator<Item = Type>) -> u32 {
    4 + types.map(size).sum::<u32>()
}

/// Pages by which the frame memory grows: more than any helper writes.
const GROWTH_PAGES: i32 = 16;

/// The body of a helper.
pub(crate) fn body(layout: &Layout, signature: Signature) -> Vec<u8> {
    let count = u32::try_from(signature.types().count()).expect("few parameters");
    let site = 0;
    let frame = signature.leading() + count;
    let begin = if signature.begins { 4 } else { 0 };
    let bytes = begin + signature.types().map(size).sum::<u32>();
    let mut out = Vec::new();
    1_u32.encode(&mut out);
    1_u32.encode(&mut out);
    ValType::I32.encode(&mut out);
    reserve(layout, frame, bytes, &mut out);
    if signature.begins {
        let tagged = [
            Instruction::LocalGet(frame),
            Instruction::LocalGet(site),
            Instruction::GlobalGet(layout.unwinding),
            Instruction::I32Const(31),
            Instruction::I32Shl,
            Instruction::I32Or,
            Instruction::I32Store(at(layout, 0)),
        ];
        encode_all(&tagged, &mut out);
    }
    let mut offset = begin;
    for (parameter, ty) in (signature.leading()..).zip(signature.types()) {
        store(layout, signature.passed(ty), parameter, frame, offset, &mut out);
        offset += size(ty);
    }
    let mut tail = vec![
        Instruction::LocalGet(frame),
        Instruction::I32Const(i32::try_from(bytes).expect("a small frame")),
        Instruction::I32Add,
        Instruction::GlobalSet(layout.top),
    ];
    if signature.begins {
        tail.extend([Instruction::I32Const(1), Instruction::GlobalSet(layout.unwinding)]);
    }
    tail.push(Instruction::End);
    encode_all(&tail, &mut out);
    out
}

/// Sets the frame local to the top and makes room there.
fn reserve(layout: &Layout, frame: u32, bytes: u32, out: &mut Vec<u8>) {
    let instructions = [
        Instruction::GlobalGet(layout.top),
        Instruction::LocalTee(frame),
        Instruction::I32Const(i32::try_from(bytes).expect("a small frame")),
        Instruction::I32Add,
        Instruction::MemorySize(layout.frames),
        Instruction::I32Const(16),
        Instruction::I32Shl,
        Instruction::I32GtU,
        Instruction::If(BlockType::Empty),
        Instruction::I32Const(GROWTH_PAGES),
        Instruction::MemoryGrow(layout.frames),
        Instruction::I32Const(-1),
        Instruction::I32Eq,
        Instruction::If(BlockType::Empty),
        Instruction::Unreachable,
        Instruction::End,
        Instruction::End,
    ];
    encode_all(&instructions, out);
}

fn store(layout: &Layout, ty: Type, parameter: u32, frame: u32, offset: u32, out: &mut Vec<u8>) {
    let memarg = at(layout, offset);
    let instruction = match ty {
        Type::I32 => Instruction::I32Store(memarg),
        Type::I64 => Instruction::I64Store(memarg),
        Type::F32 => Instruction::F32Store(memarg),
        Type::F64 => Instruction::F64Store(memarg),
        Type::V128 => Instruction::V128Store(memarg),
        Type::FuncRef => {
            let tables = (layout.saved_funcrefs, layout.funcref_count, HeapType::FUNC);
            return store_reference(tables, memarg, parameter, frame, out);
        }
        Type::ExternRef => {
            let tables = (layout.saved_externrefs, layout.externref_count, HeapType::EXTERN);
            return store_reference(tables, memarg, parameter, frame, out);
        }
    };
    Instruction::LocalGet(frame).encode(out);
    Instruction::LocalGet(parameter).encode(out);
    instruction.encode(out);
}

/// A reference goes to a table, its place in the table to the frame.
fn store_reference(
    (table, count, heap): (u32, u32, HeapType),
    memarg: MemArg,
    parameter: u32,
    frame: u32,
    out: &mut Vec<u8>,
) {
    let instructions = [
        Instruction::GlobalGet(count),
        Instruction::TableSize(table),
        Instruction::I32GeU,
        Instruction::If(BlockType::Empty),
        Instruction::RefNull(heap),
        Instruction::I32Const(64),
        Instruction::TableGrow(table),
        Instruction::I32Const(-1),
        Instruction::I32Eq,
        Instruction::If(BlockType::Empty),
        Instruction::Unreachable,
        Instruction::End,
        Instruction::End,
        Instruction::GlobalGet(count),
        Instruction::LocalGet(parameter),
        Instruction::TableSet(table),
        Instruction::LocalGet(frame),
        Instruction::GlobalGet(count),
        Instruction::I32Store(memarg),
        Instruction::GlobalGet(count),
        Instruction::I32Const(1),
        Instruction::I32Add,
        Instruction::GlobalSet(count),
    ];
    encode_all(&instructions, out);
}

/// The load of a saved value: the frame's address is on the stack.
pub(crate) fn load(layout: &Layout, ty: Type, offset: u32, out: &mut Vec<u8>) {
    let memarg = at(layout, offset);
    match ty {
        Type::I32 => Instruction::I32Load(memarg).encode(out),
        Type::I64 => Instruction::I64Load(memarg).encode(out),
        Type::F32 => Instruction::F32Load(memarg).encode(out),
        Type::F64 => Instruction::F64Load(memarg).encode(out),
        Type::V128 => Instruction::V128Load(memarg).encode(out),
        Type::FuncRef => {
            Instruction::I32Load(memarg).encode(out);
            Instruction::TableGet(layout.saved_funcrefs).encode(out);
        }
        Type::ExternRef => {
            Instruction::I32Load(memarg).encode(out);
            Instruction::TableGet(layout.saved_externrefs).encode(out);
        }
    }
}

fn at(layout: &Layout, offset: u32) -> MemArg {
    MemArg { offset: u64::from(offset), align: 0, memory_index: layout.frames }
}

/// What a function returns while it unwinds: a zero or null for each result. The caller looks at none of them.
pub(crate) fn dummies(results: &[wasmparser::ValType], out: &mut Vec<u8>) {
    for &ty in results {
        crate::outline::zero(val_type(ty), out);
    }
}
