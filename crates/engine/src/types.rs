//! Types of what crosses the border between guest and host.

use alloc::vec::Vec;
use sojourn_image::Value;

/// Value types that cross the border between guest and host.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ValueType {
    /// 32-bit integer.
    I32,
    /// 64-bit integer.
    I64,
    /// 32-bit float.
    F32,
    /// 64-bit float.
    F64,
    /// Vector.
    V128,
    /// Nullable function reference.
    FuncRef,
    /// Nullable reference to something of the host's.
    ExternRef,
}

impl ValueType {
    /// Zero or null of this type: what a call returns while the stack unwinds.
    #[must_use]
    pub fn zero(self) -> Value {
        match self {
            Self::I32 => Value::I32(0),
            Self::I64 => Value::I64(0),
            Self::F32 => Value::F32(0),
            Self::F64 => Value::F64(0),
            Self::V128 => Value::V128(0),
            Self::FuncRef => Value::FuncRef(None),
            Self::ExternRef => Value::ExternRef(None),
        }
    }

    /// Whether it is a reference, which engines hand over more slowly than numbers.
    #[must_use]
    pub fn is_reference(self) -> bool {
        matches!(self, Self::FuncRef | Self::ExternRef)
    }
}

/// Type of a value.
#[must_use]
pub fn type_of(value: &Value) -> ValueType {
    match value {
        Value::I32(_) => ValueType::I32,
        Value::I64(_) => ValueType::I64,
        Value::F32(_) => ValueType::F32,
        Value::F64(_) => ValueType::F64,
        Value::V128(_) => ValueType::V128,
        Value::FuncRef(_) => ValueType::FuncRef,
        Value::ExternRef(_) => ValueType::ExternRef,
    }
}

/// Signature of a function.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct FunctionType {
    /// Parameters, in order.
    pub parameters: Vec<ValueType>,
    /// Results, in order.
    pub results: Vec<ValueType>,
}

impl FunctionType {
    /// Whether only numbers and vectors cross.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        !self.parameters.iter().chain(&self.results).any(|ty| ty.is_reference())
    }
}
