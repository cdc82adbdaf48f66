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

/// A number or vector as it lies in a raw call; references do not come this way.
///
/// # Safety
/// The slot holds an initialised value of this type.
pub(crate) unsafe fn from_raw(raw: &MaybeUninit<ValRaw>, ty: ValueType) -> Value {
    // SAFETY: the caller says that it is initialised.
    let raw = unsafe { raw.assume_init_ref() };
    match ty {
        ValueType::I32 => Value::I32(raw.get_i32()),
        ValueType::I64 => Value::I64(raw.get_i64()),
        ValueType::F32 => Value::F32(raw.get_f32()),
        ValueType::F64 => Value::F64(raw.get_f64()),
        ValueType::V128 => Value::V128(raw.get_v128()),
        ValueType::FuncRef | ValueType::ExternRef => ty.zero(),
    }
}

/// The opposite of `from_raw`; a reference becomes null.
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
