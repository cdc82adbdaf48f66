//! Values and types between Wasmtime and the engine traits.

use sojourn_engine::{FunctionType, Value, ValueType};
use std::mem::MaybeUninit;
use wasmtime::{FuncType, HeapType, ValRaw, ValType};

/// A type of the traits; `None` for one that does not cross the border.
pub(crate) fn value_type(ty: &ValType) -> Option<ValueType> {
    Some(match ty {
        ValType::I32 => ValueType::I32,
        ValType::I64 => ValueType::I64,
        ValType::F32 => ValueType::F32,
        ValType::F64 => ValueType::F64,
        ValType::V128 => ValueType::V128,
        ValType::Ref(reference) => match reference.heap_type().top() {
            HeapType::Func => ValueType::FuncRef,
            HeapType::Extern => ValueType::ExternRef,
            _ => return None,
        },
    })
}

/// A signature of the traits; `None` when one of its types does not cross the border.
pub(crate) fn function_type(ty: &FuncType) -> Option<FunctionType> {
    Some(FunctionType {
        parameters: ty.params().map(|ty| value_type(&ty)).collect::<Option<_>>()?,
        results: ty.results().map(|ty| value_type(&ty)).collect::<Option<_>>()?,
    })
}

/// Adds a number or vector as it lies in a raw call; references do not come this way.
///
/// Each arm adds a value of its own: one `Value` for all of them would be written in parts and copied as a
/// whole, which makes the processor wait (12 ns a parameter).
///
/// # Safety
/// The slot holds an initialised value of this type.
#[inline]
pub(crate) unsafe fn push_raw(values: &mut Vec<Value>, raw: &MaybeUninit<ValRaw>, ty: ValueType) {
    // SAFETY: the caller says that it is initialised.
    let raw = unsafe { raw.assume_init_ref() };
    match ty {
        ValueType::I32 => values.push(Value::I32(raw.get_i32())),
        ValueType::I64 => values.push(Value::I64(raw.get_i64())),
        ValueType::F32 => values.push(Value::F32(raw.get_f32())),
        ValueType::F64 => values.push(Value::F64(raw.get_f64())),
        ValueType::V128 => values.push(Value::V128(raw.get_v128())),
        ValueType::FuncRef => values.push(Value::FuncRef(None)),
        ValueType::ExternRef => values.push(Value::ExternRef(None)),
    }
}

/// Adds a zero of this type, for the host to replace.
#[inline]
pub(crate) fn push_zero(values: &mut Vec<Value>, ty: ValueType) {
    match ty {
        ValueType::I32 => values.push(Value::I32(0)),
        other => values.push(other.zero()),
    }
}

/// The opposite of `push_raw`; a reference becomes null.
#[inline]
pub(crate) fn to_raw(value: Value) -> ValRaw {
    match value {
        Value::I32(value) => ValRaw::i32(value),
        Value::I64(value) => ValRaw::i64(value),
        Value::F32(bits) => ValRaw::f32(bits),
        Value::F64(bits) => ValRaw::f64(bits),
        Value::V128(lanes) => ValRaw::v128(lanes),
        Value::FuncRef(_) | Value::ExternRef(_) => ValRaw::null(),
    }
}
