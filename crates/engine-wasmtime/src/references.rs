//! References: functions are slots of the table `names::REFS`, host references are handles.

use crate::instance::State;
use sojourn_engine::{EngineError, Host, Value, ValueType, names};
use std::collections::HashMap;
use wasmtime::{AsContext, AsContextMut, ExternRef, Func, Ref, Rooted, StoreContextMut, Table, Val};

/// The table of functions and, once it was needed, the way back from a function to its slot.
#[derive(Default)]
pub(crate) struct References {
    table: Option<Table>,
    slots: HashMap<usize, u32>,
}

impl References {
    pub(crate) fn new(table: Option<Table>) -> Self {
        Self { table, slots: HashMap::new() }
    }
}

/// The function in a slot.
fn function<H: Host>(mut store: StoreContextMut<'_, State<H>>, slot: u32) -> Result<Func, EngineError> {
    let table = store.data().references.table.ok_or_else(|| no_table(names::REFS))?;
    match table.get(&mut store, slot.into()) {
        Some(Ref::Func(Some(function))) => Ok(function),
        _ => Err(EngineError::Export(format!("there is no function in slot {slot} of the references"))),
    }
}

fn no_table(name: &str) -> EngineError {
    EngineError::Export(format!("the module has no table {name}, so function references cannot cross"))
}

/// The slot of a function. Wasmtime keeps one address for each function of an instance; the map of the
/// addresses in the table is made when the first reference is met, and the table never changes.
fn slot<H: Host>(mut store: StoreContextMut<'_, State<H>>, function: Func) -> Result<u32, EngineError> {
    let table = store.data().references.table.ok_or_else(|| no_table(names::REFS))?;
    if store.data().references.slots.is_empty() {
        let size = u32::try_from(table.size(&store)).unwrap_or(u32::MAX);
        let mut slots = HashMap::with_capacity(size as usize);
        for index in 0..size {
            if let Some(Ref::Func(Some(function))) = table.get(&mut store, index.into()) {
                slots.entry(function.to_raw(&mut store) as usize).or_insert(index);
            }
        }
        store.data_mut().references.slots = slots;
    }
    let address = function.to_raw(&mut store) as usize;
    store.data().references.slots.get(&address).copied().ok_or_else(|| {
        EngineError::Export("a function reference names a function of another module; it cannot leave".into())
    })
}

fn handle<T: 'static>(
    store: impl AsContext<Data = T>,
    reference: Rooted<ExternRef>,
) -> Result<u32, EngineError> {
    let data = reference.data(store.as_context()).map_err(|error| EngineError::Export(error.to_string()))?;
    data.and_then(|data| data.downcast_ref::<u32>()).copied().ok_or_else(|| {
        EngineError::Export("a host reference is not one of ours; it cannot leave the instance".into())
    })
}

/// A value of the guest's, for the host.
pub(crate) fn leave<H: Host>(store: StoreContextMut<'_, State<H>>, value: Val) -> Result<Value, EngineError> {
    Ok(match value {
        Val::I32(value) => Value::I32(value),
        Val::I64(value) => Value::I64(value),
        Val::F32(bits) => Value::F32(bits),
        Val::F64(bits) => Value::F64(bits),
        Val::V128(lanes) => Value::V128(lanes.as_u128()),
        Val::FuncRef(function) => Value::FuncRef(function.map(|f| slot(store, f)).transpose()?),
        Val::ExternRef(reference) => Value::ExternRef(reference.map(|r| handle(store, r)).transpose()?),
        _ => return Err(EngineError::Export("a value of this type cannot leave the instance".into())),
    })
}

/// A value of the host's, for the guest.
pub(crate) fn enter<H: Host>(
    mut store: StoreContextMut<'_, State<H>>,
    value: Value,
) -> Result<Val, EngineError> {
    Ok(match value {
        Value::I32(value) => Val::I32(value),
        Value::I64(value) => Val::I64(value),
        Value::F32(bits) => Val::F32(bits),
        Value::F64(bits) => Val::F64(bits),
        Value::V128(lanes) => Val::V128(lanes.into()),
        Value::FuncRef(slot) => Val::FuncRef(slot.map(|slot| function(store, slot)).transpose()?),
        Value::ExternRef(None) => Val::ExternRef(None),
        Value::ExternRef(Some(handle)) => {
            let reference = ExternRef::new(&mut store, handle);
            Val::ExternRef(Some(reference.map_err(|error| EngineError::Resource(error.to_string()))?))
        }
    })
}

/// A table element of the guest's, for the host.
pub(crate) fn leave_element<H: Host>(
    store: StoreContextMut<'_, State<H>>,
    element: Ref,
) -> Result<Value, EngineError> {
    leave(store, element.into())
}

/// A table element of the host's, for the guest.
pub(crate) fn enter_element<H: Host>(
    mut store: StoreContextMut<'_, State<H>>,
    value: Value,
) -> Result<Ref, EngineError> {
    enter(store.as_context_mut(), value)?
        .ref_()
        .ok_or_else(|| EngineError::Export("a table holds references only".into()))
}

/// Whether a value fits a type, references by kind.
pub(crate) fn fits(value: &Value, ty: ValueType) -> bool {
    sojourn_engine::type_of(value) == ty
}
