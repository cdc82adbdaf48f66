//! Values as scripts write them, free of any engine.

use wast::core::{AbstractHeapType, HeapType, NanPattern, V128Pattern, WastArgCore, WastRetCore};
use wast::token::{F32, F64};
use wast::{WastArg, WastRet};

/// A value that goes into or comes out of a guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripted {
    /// 32-bit integer.
    I32(i32),
    /// 64-bit integer.
    I64(i64),
    /// 32-bit float, as bits.
    F32(u32),
    /// 64-bit float, as bits.
    F64(u64),
    /// Vector, little-endian lanes.
    V128(u128),
    /// A function, or null.
    Function {
        /// Whether it is null.
        null: bool,
    },
    /// The script's host reference with this number, or null.
    Extern(Option<u32>),
    /// A reference of another kind.
    Other {
        /// Whether it is null.
        null: bool,
    },
}

/// An argument of a script; `None` for a kind that no engine here takes.
#[must_use]
pub fn argument(argument: &WastArg<'_>) -> Option<Scripted> {
    let WastArg::Core(core) = argument else { return None };
    Some(match core {
        WastArgCore::I32(value) => Scripted::I32(*value),
        WastArgCore::I64(value) => Scripted::I64(*value),
        WastArgCore::F32(value) => Scripted::F32(value.bits),
        WastArgCore::F64(value) => Scripted::F64(value.bits),
        WastArgCore::V128(value) => Scripted::V128(u128::from_le_bytes(value.to_le_bytes())),
        WastArgCore::RefNull(heap) => null_of(heap),
        WastArgCore::RefExtern(number) => Scripted::Extern(Some(*number)),
        WastArgCore::RefHost(_) => return None,
    })
}

fn null_of(heap: &HeapType<'_>) -> Scripted {
    match heap {
        HeapType::Abstract { ty: AbstractHeapType::Func | AbstractHeapType::NoFunc, .. }
        | HeapType::Concrete(_) => Scripted::Function { null: true },
        HeapType::Abstract { ty: AbstractHeapType::Extern | AbstractHeapType::NoExtern, .. } => {
            Scripted::Extern(None)
        }
        _ => Scripted::Other { null: true },
    }
}

/// Whether a script's expectation holds for what came.
#[must_use]
pub fn holds(expected: &WastRet<'_>, got: Scripted) -> bool {
    match expected {
        WastRet::Core(core) => holds_core(core, got),
        _ => false,
    }
}

fn holds_core(expected: &WastRetCore<'_>, got: Scripted) -> bool {
    match (expected, got) {
        (WastRetCore::I32(want), Scripted::I32(have)) => *want == have,
        (WastRetCore::I64(want), Scripted::I64(have)) => *want == have,
        (WastRetCore::F32(want), Scripted::F32(have)) => holds_f32(*want, have),
        (WastRetCore::F64(want), Scripted::F64(have)) => holds_f64(want, have),
        (WastRetCore::V128(want), Scripted::V128(have)) => holds_v128(want, have),
        (WastRetCore::RefExtern(None), Scripted::Extern(Some(_))) => true,
        (WastRetCore::RefExtern(Some(want)), Scripted::Extern(Some(have))) => *want == have,
        (WastRetCore::RefNull(_), Scripted::Function { null } | Scripted::Other { null }) => null,
        (WastRetCore::RefNull(_), Scripted::Extern(handle)) => handle.is_none(),
        (WastRetCore::Either(wanted), _) => wanted.iter().any(|want| holds_core(want, got)),
        (WastRetCore::RefFunc(_), Scripted::Function { null }) | (_, Scripted::Other { null }) => !null,
        _ => false,
    }
}

fn holds_f32(want: NanPattern<F32>, have: u32) -> bool {
    const CANONICAL: u32 = 0x7fc0_0000;
    match want {
        NanPattern::CanonicalNan => have & 0x7fff_ffff == CANONICAL,
        NanPattern::ArithmeticNan => have & CANONICAL == CANONICAL,
        NanPattern::Value(want) => want.bits == have,
    }
}

fn holds_f64(want: &NanPattern<F64>, have: u64) -> bool {
    const CANONICAL: u64 = 0x7ff8_0000_0000_0000;
    match want {
        NanPattern::CanonicalNan => have & 0x7fff_ffff_ffff_ffff == CANONICAL,
        NanPattern::ArithmeticNan => have & CANONICAL == CANONICAL,
        NanPattern::Value(want) => want.bits == have,
    }
}

fn holds_v128(want: &V128Pattern, have: u128) -> bool {
    let bytes = have.to_le_bytes();
    match want {
        V128Pattern::I8x16(lanes) => lanes.iter().flat_map(|lane| lane.to_le_bytes()).eq(bytes),
        V128Pattern::I16x8(lanes) => lanes.iter().flat_map(|lane| lane.to_le_bytes()).eq(bytes),
        V128Pattern::I32x4(lanes) => lanes.iter().flat_map(|lane| lane.to_le_bytes()).eq(bytes),
        V128Pattern::I64x2(lanes) => lanes.iter().flat_map(|lane| lane.to_le_bytes()).eq(bytes),
        V128Pattern::F32x4(lanes) => {
            let (chunks, _) = bytes.as_chunks::<4>();
            lanes.iter().zip(chunks).all(|(lane, chunk)| holds_f32(*lane, u32::from_le_bytes(*chunk)))
        }
        V128Pattern::F64x2(lanes) => {
            let (chunks, _) = bytes.as_chunks::<8>();
            lanes.iter().zip(chunks).all(|(lane, chunk)| holds_f64(lane, u64::from_le_bytes(*chunk)))
        }
    }
}
