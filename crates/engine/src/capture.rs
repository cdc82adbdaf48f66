//! From an instance that has unwound to an image.
//!
//! Everything is read through the reserved exports. Function references are slots of `names::REFS` at the
//! instance and function indices in the image; `Info::referable` leads from one to the other.

use crate::state::reason;
use crate::{Instance, Outcome, StateError};
use alloc::format;
use alloc::vec;
use alloc::vec::Vec;
use sojourn_image::{Entry, Frame, Image, Memory, ModuleHash, Table, Value};
use sojourn_instrument::{Info, Type, names, read_frames};

/// The image of an instance that has unwound (`Outcome::Stopped`): all but the host's part, which the caller
/// puts into `Image::host`. The instance stays as it is.
///
/// # Errors
/// As `registers`.
pub fn capture<I: Instance>(
    instance: &mut I,
    info: &Info,
    module: ModuleHash,
    entry: Entry,
) -> Result<Image, StateError> {
    let mut image = registers(instance, info, module, entry)?;
    for (index, _) in (0..).zip(&info.memories) {
        image.memories.push(Memory::capture(index, instance.memory(&names::memory(index))?));
    }
    Ok(image)
}

/// As `capture`, without the memories: takes the same time however large they are.
///
/// # Errors
/// `StateError::Guest` when frames or references do not fit the module, `StateError::Engine` when a reserved
/// export is missing.
pub fn registers<I: Instance>(
    instance: &mut I,
    info: &Info,
    module: ModuleHash,
    entry: Entry,
) -> Result<Image, StateError> {
    let mut image = Image::new(module, entry);
    image.frames = frames(instance, info)?;
    image.globals = globals(instance, info)?;
    image.tables = tables(instance, info)?;
    for &segment in &info.droppable_data {
        if traps(instance, &names::data_probe(segment))? {
            image.dropped_data.push(segment);
        }
    }
    for &segment in &info.droppable_elements {
        if traps(instance, &names::element_probe(segment))? {
            image.dropped_elements.push(segment);
        }
    }
    Ok(image)
}

fn frames<I: Instance>(instance: &mut I, info: &Info) -> Result<Vec<Frame>, StateError> {
    let functions = saved(instance, names::SAVED_FUNCREFS, names::SAVED_FUNCREF_COUNT)?
        .into_iter()
        .map(|value| match to_image(info, value)? {
            Value::FuncRef(function) => Ok(function),
            _ => Err(StateError::Guest("a saved function reference is something else".into())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let handles = saved(instance, names::SAVED_EXTERNREFS, names::SAVED_EXTERNREF_COUNT)?
        .into_iter()
        .map(|value| match value {
            Value::ExternRef(handle) => Ok(handle),
            _ => Err(StateError::Guest("a saved host reference is something else".into())),
        })
        .collect::<Result<Vec<_>, _>>()?;
    let top = count(instance, names::TOP)?;
    let memory = instance.memory(names::FRAMES)?;
    let used = memory
        .get(..top)
        .ok_or_else(|| StateError::Guest(format!("{top} bytes of frames in a memory of {}", memory.len())))?;
    read_frames(info, used, &functions, &handles).map_err(|error| StateError::Guest(reason(error)))
}

/// References that frames hold; a module without any has no table for them.
fn saved<I: Instance>(instance: &mut I, table: &str, counter: &str) -> Result<Vec<Value>, StateError> {
    if instance.table_size(table).is_err() {
        return Ok(Vec::new());
    }
    let mut values = vec![Value::I32(0); count(instance, counter)?];
    instance.table_read(table, 0, &mut values)?;
    Ok(values)
}

fn count<I: Instance>(instance: &mut I, name: &str) -> Result<usize, StateError> {
    match instance.global(name)? {
        Value::I32(count) => {
            usize::try_from(count).map_err(|_| StateError::Guest(format!("global {name} is {count}")))
        }
        _ => Err(StateError::Guest(format!("global {name} is no i32"))),
    }
}

fn globals<I: Instance>(instance: &mut I, info: &Info) -> Result<Vec<(u32, Value)>, StateError> {
    let mut values = Vec::new();
    for (index, global) in (0..).zip(&info.globals) {
        if global.mutable {
            let value = instance.global(&names::global(index))?;
            values.push((index, to_image(info, value)?));
        }
    }
    Ok(values)
}

fn tables<I: Instance>(instance: &mut I, info: &Info) -> Result<Vec<Table>, StateError> {
    let mut tables = Vec::new();
    for (index, _) in (0..).zip(&info.tables).filter(|(_, table)| table.mutable) {
        let name = names::table(index);
        let size = usize::try_from(instance.table_size(&name)?)
            .map_err(|_| StateError::Guest(format!("table {index} is too large")))?;
        let mut elements = vec![Value::I32(0); size];
        instance.table_read(&name, 0, &mut elements)?;
        for element in &mut elements {
            *element = to_image(info, *element)?;
        }
        tables.push(Table { index, elements });
    }
    Ok(tables)
}

/// Whether a probe traps. It cannot be told by results: the instance is unwinding.
fn traps<I: Instance>(instance: &mut I, probe: &str) -> Result<bool, StateError> {
    Ok(matches!(instance.call(probe, &[])?, Outcome::Trapped(_)))
}

/// A value as images have it: function indices instead of slots.
fn to_image(info: &Info, value: Value) -> Result<Value, StateError> {
    let Value::FuncRef(Some(slot)) = value else { return Ok(value) };
    match info.referable.get(slot as usize) {
        Some(&function) => Ok(Value::FuncRef(Some(function))),
        None => Err(StateError::Guest(format!("a function reference is slot {slot}, which there is not"))),
    }
}

/// A value as instances have it: slots instead of function indices.
pub(crate) fn to_instance(info: &Info, value: Value) -> Result<Value, StateError> {
    let Value::FuncRef(Some(function)) = value else { return Ok(value) };
    match info.referable.binary_search(&function) {
        Ok(slot) => Ok(Value::FuncRef(u32::try_from(slot).ok())),
        Err(_) => {
            Err(StateError::Image(format!("a reference names function {function}, which none can name")))
        }
    }
}

/// Whether a value is of a type.
pub(crate) fn is_of(value: &Value, ty: Type) -> bool {
    matches!(
        (value, ty),
        (Value::I32(_), Type::I32)
            | (Value::I64(_), Type::I64)
            | (Value::F32(_), Type::F32)
            | (Value::F64(_), Type::F64)
            | (Value::V128(_), Type::V128)
            | (Value::FuncRef(_), Type::FuncRef)
            | (Value::ExternRef(_), Type::ExternRef)
    )
}
