//! Types between wasmi and the engine traits.

use sojourn_engine::{FunctionType, ValueType};
use wasmi::{FuncType, RefType, ValType};

/// A type of the traits.
pub(crate) fn value_type(ty: ValType) -> ValueType {
    match ty {
        ValType::I32 => ValueType::I32,
        ValType::I64 => ValueType::I64,
        ValType::F32 => ValueType::F32,
        ValType::F64 => ValueType::F64,
        ValType::V128 => ValueType::V128,
        ValType::FuncRef => ValueType::FuncRef,
        ValType::ExternRef => ValueType::ExternRef,
    }
}

/// Type of the elements of a table.
pub(crate) fn element_type(ty: RefType) -> ValueType {
    match ty {
        RefType::Func => ValueType::FuncRef,
        RefType::Extern => ValueType::ExternRef,
    }
}

/// A signature of the traits.
pub(crate) fn function_type(ty: &FuncType) -> FunctionType {
    FunctionType {
        parameters: ty.params().iter().copied().map(value_type).collect(),
        results: ty.results().iter().copied().map(value_type).collect(),
    }
}
