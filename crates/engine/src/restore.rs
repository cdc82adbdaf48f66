//! From an image to an instance that goes on.
//!
//! Images come from anywhere, so all that they say is checked against the module before it is used: each part
//! must be there exactly once, with the right types and indices that exist.

use crate::capture::{is_of, to_instance};
use crate::state::reason;
use crate::{Compile, Engine, HANDLE, Host, Instance, Limits, Outcome, StateError};
use alloc::format;
use alloc::string::ToString;
use alloc::vec;
use alloc::vec::Vec;
use sojourn_image::{Entry, Frame, Image, Memory, Table, Value};
use sojourn_instrument::{
    Continuations, Flavour, Info, Loaded, Spot, initialized_bytes, load_frames, names, spots,
};

/// Elements of a table that are written together.
const TABLE_STRIDE: usize = 4096;
/// Bytes in a page of the frame memory.
const PAGE_BYTES: u64 = 1 << 16;

/// What an image is to go on in: one module, compiled by one engine in one flavour.
pub struct Target<'a, E: Engine> {
    /// The engine.
    pub engine: &'a E,
    /// The instrumented module, compiled.
    pub module: &'a E::Module,
    /// The original module.
    pub original: &'a [u8],
    /// Facts about it.
    pub info: &'a Info,
    /// Flavour of `module`.
    pub flavour: Flavour,
}

/// An instance that goes on when `names::RESUME` is called, and how many polls of the counter flavour it
/// then repeats.
pub(crate) type Restored<I> = (I, u32);

impl<E: Engine> Target<'_, E> {
    /// The code that frames at these spots go on with, in their order.
    ///
    /// # Errors
    /// `StateError::Image` when the module has no such spots, `StateError::Engine` when the engine cannot.
    pub fn code(
        &self,
        spots: &[Spot],
        compile: impl Compile<E::Module>,
    ) -> Result<Vec<E::Module>, StateError> {
        let mut continuations = None;
        let mut write = |spot: &Spot| {
            let made = match continuations.take() {
                Some(made) => made,
                None => Continuations::new(self.original, self.info, self.flavour).map_err(image_error)?,
            };
            continuations.insert(made).module(spot).map_err(image_error)
        };
        compile.code(spots, &mut write)
    }
}

fn image_error(error: sojourn_instrument::Error) -> StateError {
    StateError::Image(reason(error))
}

/// Frames, and the code of their spots.
pub(crate) struct Ready<'a, M> {
    frames: &'a [Frame],
    spots: Vec<Spot>,
    modules: Vec<M>,
}

/// Makes an instance with the state of an image. `compile` gives the code of the frames' spots.
///
/// The caller has checked that `original` is the image's module, and has given the host its state.
///
/// # Errors
/// `StateError::Image` when the image does not fit the module, `StateError::Engine` when the engine cannot.
pub(crate) fn restore<E: Engine, H: Host>(
    target: &Target<'_, E>,
    image: &Image,
    host: H,
    limits: Limits,
    compile: impl Compile<E::Module>,
) -> Result<Restored<E::Instance<H>>, StateError> {
    movable(target.info)?;
    check_memories(target.info, image)?;
    check_registers(target.info, image)?;
    let ready = continuation_of(target, image, compile)?;
    let mut instance = target.engine.instantiate_within(target.module, host, limits)?;
    let initialized = initialized_bytes(target.original).map_err(|error| StateError::Image(reason(error)))?;
    for (index, memory) in image.memories.iter().enumerate() {
        write_memory(&mut instance, memory, initialized.get(index).copied().unwrap_or(0))?;
    }
    put_state(&mut instance, target.info, image)?;
    let repeated_polls = put_frames(target, &mut instance, &ready)?;
    Ok((instance, repeated_polls))
}

/// Lets an instance that has unwound go on in place, from what was read of it; gives the polls that it repeats.
///
/// # Errors
/// As `restore`. The instance is unwound still, and this can be tried again, unless `put_frames` failed.
pub(crate) fn go_on<E, I>(
    target: &Target<'_, E>,
    instance: &mut I,
    image: &Image,
    compile: impl Compile<E::Module>,
) -> Result<u32, StateError>
where
    I: Instance,
    E: Engine<Instance<I::Host> = I>,
{
    let ready = continuation_of(target, image, compile)?;
    let repeated_polls = put_frames(target, instance, &ready)?;
    for counter in [names::TOP, names::UNWINDING, names::SAVED_FUNCREF_COUNT, names::SAVED_EXTERNREF_COUNT] {
        instance.set_global(counter, Value::I32(0))?;
    }
    instance.clear_stop();
    Ok(repeated_polls)
}

/// The code that an image's frames go on with.
pub(crate) fn continuation_of<'a, E: Engine>(
    target: &Target<'_, E>,
    image: &'a Image,
    compile: impl Compile<E::Module>,
) -> Result<Ready<'a, E::Module>, StateError> {
    if image.frames.is_empty() {
        if image.entry != (Entry::Export { name: HANDLE.into() }) {
            return Err(StateError::Image("there are no frames".into()));
        }
        // It is at rest between two calls.
        return Ok(Ready { frames: &image.frames, spots: Vec::new(), modules: Vec::new() });
    }
    let spots = spots(target.info, &image.frames).map_err(image_error)?;
    // The frames are looked at before anything is compiled for them.
    load_frames(target.info, &image.frames, &spots, &vec![0; spots.len()]).map_err(image_error)?;
    let modules = target.code(&spots, compile)?;
    Ok(Ready { frames: &image.frames, spots, modules })
}

/// Gives an instance that is fresh, memories apart, the tables, globals and dropped segments of an image.
pub(crate) fn put_state<I: Instance>(instance: &mut I, info: &Info, image: &Image) -> Result<(), StateError> {
    for table in &image.tables {
        write_table(instance, info, table)?;
    }
    for (index, value) in &image.globals {
        instance.set_global(&names::global(*index), to_instance(info, *value)?)?;
    }
    for segment in &image.dropped_data {
        run(instance, &names::data_drop(*segment))?;
    }
    for segment in &image.dropped_elements {
        run(instance, &names::element_drop(*segment))?;
    }
    Ok(())
}

/// Links the frames' spots and puts the frames in place; gives the polls that going on repeats.
pub(crate) fn put_frames<E, I>(
    target: &Target<'_, E>,
    instance: &mut I,
    ready: &Ready<'_, E::Module>,
) -> Result<u32, StateError>
where
    I: Instance,
    E: Engine<Instance<I::Host> = I>,
{
    if ready.frames.is_empty() {
        return Ok(0);
    }
    let mut slots = Vec::with_capacity(ready.spots.len());
    for (spot, module) in ready.spots.iter().zip(&ready.modules) {
        slots.push(target.engine.link::<I::Host>(instance, spot, module)?);
    }
    let loaded = load_frames(target.info, ready.frames, &ready.spots, &slots).map_err(image_error)?;
    write_frames(instance, target.info, &loaded)?;
    let outermost = ready.frames.first().map(Spot::of);
    let slot = outermost.and_then(|spot| ready.spots.binary_search(&spot).ok()).map(|place| slots[place]);
    instance.enter(slot.ok_or_else(|| StateError::Image("there are no frames".into()))?)?;
    Ok(loaded.repeated_polls)
}

/// Whether the module can move at all.
pub(crate) fn movable(info: &Info) -> Result<(), StateError> {
    match &info.pinned {
        Some(reason) => Err(StateError::Image(format!("its module cannot move: {reason}"))),
        None => Ok(()),
    }
}

/// Whether the image has exactly the parts that the module has, memories apart.
pub(crate) fn check_registers(info: &Info, image: &Image) -> Result<(), StateError> {
    check_entry(info, &image.entry)?;
    let mutable = (0..).zip(&info.tables).filter(|(_, table)| table.mutable);
    same("tables", image.tables.iter().map(|table| table.index), mutable.map(|(index, _)| index))?;
    let mutable = (0..).zip(&info.globals).filter(|(_, global)| global.mutable);
    same("globals", image.globals.iter().map(|(index, _)| *index), mutable.map(|(index, _)| index))?;
    among("data segments", &image.dropped_data, &info.droppable_data)?;
    among("element segments", &image.dropped_elements, &info.droppable_elements)?;
    check_types(info, image)
}

/// Whether the image has the memories that the module has.
fn check_memories(info: &Info, image: &Image) -> Result<(), StateError> {
    let memories = image.memories.iter().map(Memory::index);
    same("memories", memories, (0..).zip(&info.memories).map(|(index, _)| index))?;
    check_sizes(info, image.memories.iter().map(Memory::size_bytes))
}

/// Whether the module's memories can have these sizes.
pub(crate) fn check_sizes(info: &Info, sizes: impl ExactSizeIterator<Item = u64>) -> Result<(), StateError> {
    if sizes.len() != info.memories.len() {
        return Err(StateError::Image(format!(
            "{} memories instead of {}",
            sizes.len(),
            info.memories.len()
        )));
    }
    for ((index, known), size) in (0..).zip(&info.memories).zip(sizes) {
        if size % known.page_bytes != 0 || size / known.page_bytes < known.minimum_pages {
            return Err(StateError::Image(format!("memory {index} has {size} bytes")));
        }
    }
    Ok(())
}

fn check_entry(info: &Info, entry: &Entry) -> Result<(), StateError> {
    let name = match entry {
        Entry::Start { .. } if info.start.is_none() => {
            return Err(StateError::Image("it is in a start function, which the module has not".into()));
        }
        Entry::Start { then: name } | Entry::Export { name } => name,
    };
    if info.exports.iter().any(|(known, _)| known == name) {
        return Ok(());
    }
    Err(StateError::Image(format!("it was called as {name:?}, which the module does not export")))
}

fn check_types(info: &Info, image: &Image) -> Result<(), StateError> {
    for (index, value) in &image.globals {
        if !info.globals[*index as usize].ty.is_some_and(|ty| is_of(value, ty)) {
            return Err(StateError::Image(format!("global {index} has another type")));
        }
    }
    for table in &image.tables {
        let functions = info.tables[table.index as usize].functions;
        if table.elements.iter().any(|element| matches!(element, Value::FuncRef(_)) != functions) {
            return Err(StateError::Image(format!("table {} has elements of another type", table.index)));
        }
    }
    Ok(())
}

fn same(
    what: &str,
    found: impl Iterator<Item = u32>,
    expected: impl Iterator<Item = u32>,
) -> Result<(), StateError> {
    if found.eq(expected) {
        return Ok(());
    }
    Err(StateError::Image(format!("it does not have the module's {what}, each once and in order")))
}

fn among(what: &str, found: &[u32], known: &[u32]) -> Result<(), StateError> {
    match found.iter().find(|segment| !known.contains(segment)) {
        Some(segment) => Err(StateError::Image(format!(
            "{what}: number {segment} is dropped, which the module never does"
        ))),
        None => Ok(()),
    }
}

fn write_memory<I: Instance>(instance: &mut I, memory: &Memory, zero_from: u64) -> Result<(), StateError> {
    let name = names::memory(memory.index());
    instance.grow_memory(&name, memory.size_bytes())?;
    let bytes = instance.memory(&name)?;
    memory.write_to_fresh(bytes, zero_from).map_err(|error| StateError::Image(error.to_string()))
}

fn write_table<I: Instance>(instance: &mut I, info: &Info, table: &Table) -> Result<(), StateError> {
    let name = names::table(table.index);
    let size = table.elements.len() as u64;
    if instance.table_size(&name)? > size {
        return Err(StateError::Image(format!("table {} has only {size} elements", table.index)));
    }
    instance.grow_table(&name, size)?;
    write_references(instance, info, &name, &table.elements)
}

fn write_references<I: Instance>(
    instance: &mut I,
    info: &Info,
    name: &str,
    references: &[Value],
) -> Result<(), StateError> {
    for (start, stride) in (0..).step_by(TABLE_STRIDE).zip(references.chunks(TABLE_STRIDE)) {
        let elements: Result<Vec<Value>, StateError> =
            stride.iter().map(|element| to_instance(info, *element)).collect();
        instance.table_write(name, start, &elements?)?;
    }
    Ok(())
}

fn run<I: Instance>(instance: &mut I, export: &str) -> Result<(), StateError> {
    match instance.call(export, &[])? {
        Outcome::Finished(_) => Ok(()),
        other => Err(StateError::Image(format!("{export} ended as {other:?}"))),
    }
}

fn write_frames<I: Instance>(instance: &mut I, info: &Info, loaded: &Loaded) -> Result<(), StateError> {
    let bytes = &loaded.bytes;
    let size = (bytes.len() as u64).next_multiple_of(PAGE_BYTES);
    if !bytes.is_empty() {
        instance.grow_memory(names::FRAMES, size)?;
        let room = instance.memory(names::FRAMES)?.get_mut(..bytes.len());
        room.ok_or_else(|| StateError::Image("its frames have no room".into()))?.copy_from_slice(bytes);
    }
    let functions: Vec<Value> = loaded.funcrefs.iter().map(|function| Value::FuncRef(*function)).collect();
    write_saved(instance, info, names::SAVED_FUNCREFS, &functions)?;
    let handles: Vec<Value> = loaded.externrefs.iter().map(|handle| Value::ExternRef(*handle)).collect();
    write_saved(instance, info, names::SAVED_EXTERNREFS, &handles)
}

fn write_saved<I: Instance>(
    instance: &mut I,
    info: &Info,
    name: &str,
    references: &[Value],
) -> Result<(), StateError> {
    if references.is_empty() {
        return Ok(());
    }
    instance.grow_table(name, references.len() as u64)?;
    write_references(instance, info, name, references)
}
