//! References: functions are slots of the table `names::REFS`, host references are handles.

use crate::instance::State;
use sojourn_engine::{EngineError, Host, Value, names};
use std::collections::HashMap;
use wasmi::{AsContext, ExternRef, F32, F64, Func, Nullable, Ref, StoreContextMut, Table, V128, Val};

/// The table of functions and, once it was needed, the way back from a function to its slot.
#[derive(Default)]
pub(crate) struct References {
    table: Option<Table>,
    slots: HashMap<String, u32>,
}

impl References {
    pub(crate) fn new(table: Option<Table>) -> Self {
        Self { table, slots: HashMap::new() }
    }

    fn table(&self) -> Result<Table, EngineError> {
        self.table.ok_or_else(|| {
            let name = names::REFS;
            EngineError::Export(format!(
                "the module has no table {name}, so function references cannot cross"
            ))
        })
    }
}

/// wasmi offers no equality of functions, but its debug form names store and index and nothing else.
fn identity(function: Func) -> String {
    format!("{function:?}")
}

fn function<H: Host>(store: &StoreContextMut<'_, State<H>>, slot: u32) -> Result<Func, EngineError> {
    match store.data().references.table()?.get(store, slot.into()) {
        Some(Ref::Func(Nullable::Val(function))) => Ok(function),
        _ => Err(EngineError::Export(format!("there is no function in slot {slot} of the references"))),
    }
}

/// The slot of a function; the map is made when the first reference is met, and the table never changes.
fn slot<H: Host>(store: &mut StoreContextMut<'_, State<H>>, function: Func) -> Result<u32, EngineError> {
    if store.data().references.slots.is_empty() {
        let table = store.data().references.table()?;
        let size = u32::try_from(table.size(&*store)).unwrap_or(u32::MAX);
        let mut slots = HashMap::with_capacity(size as usize);
        for index in 0..size {
            if let Some(Ref::Func(Nullable::Val(function))) = table.get(&*store, index.into()) {
                slots.entry(identity(function)).or_insert(index);
            }
        }
        store.data_mut().references.slots = slots;
    }
    store.data().references.slots.get(&identity(function)).copied().ok_or_else(|| {
        EngineError::Export("a function reference names a function of another module; it cannot leave".into())
    })
}

fn handle<H: Host>(store: &StoreContextMut<'_, State<H>>, reference: ExternRef) -> Result<u32, EngineError> {
    reference.data(store.as_context()).downcast_ref::<u32>().copied().ok_or_else(|| {
        EngineError::Export("a host reference is not one of ours; it cannot leave the instance".into())
    })
}

/// A value of the guest's, for the host.
pub(crate) fn leave<H: Host>(
    store: &mut StoreContextMut<'_, State<H>>,
    value: &Val,
) -> Result<Value, EngineError> {
    Ok(match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(value) => Value::F32(value.to_bits()),
        Val::F64(value) => Value::F64(value.to_bits()),
        Val::V128(lanes) => Value::V128(lanes.as_u128()),
        Val::FuncRef(function) => Value::FuncRef(function.val().map(|f| slot(store, *f)).transpose()?),
        Val::ExternRef(reference) => {
            Value::ExternRef(reference.val().map(|r| handle(store, *r)).transpose()?)
        }
    })
}

/// A value of the host's, for the guest.
pub(crate) fn enter<H: Host>(
    store: &mut StoreContextMut<'_, State<H>>,
    value: Value,
) -> Result<Val, EngineError> {
    Ok(match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(F32::from_bits(bits)),
        Value::F64(bits) => Val::F64(F64::from_bits(bits)),
        Value::V128(lanes) => Val::V128(V128::from(lanes)),
        Value::FuncRef(None) => Val::FuncRef(Nullable::Null),
        Value::FuncRef(Some(slot)) => Val::FuncRef(Nullable::Val(function(store, slot)?)),
        Value::ExternRef(None) => Val::ExternRef(Nullable::Null),
        Value::ExternRef(Some(handle)) => Val::ExternRef(Nullable::Val(ExternRef::new(store, handle))),
    })
}

/// A table element of the guest's, for the host.
pub(crate) fn leave_element<H: Host>(
    store: &mut StoreContextMut<'_, State<H>>,
    element: Ref,
) -> Result<Value, EngineError> {
    let value = match element {
        Ref::Func(function) => Val::FuncRef(function),
        Ref::Extern(reference) => Val::ExternRef(reference),
    };
    leave(store, &value)
}

/// A table element of the host's, for the guest.
pub(crate) fn enter_element<H: Host>(
    store: &mut StoreContextMut<'_, State<H>>,
    value: Value,
) -> Result<Ref, EngineError> {
    match enter(store, value)? {
        Val::FuncRef(function) => Ok(Ref::Func(function)),
        Val::ExternRef(reference) => Ok(Ref::Extern(reference)),
        _ => Err(EngineError::Export("a table holds references only".into())),
    }
}
