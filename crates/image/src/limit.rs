//! What an image may hold. Readers refuse more before they allocate; writers refuse to write it.
//!
//! Counts follow the limits that browsers and engines share for modules
//! (<https://webassembly.github.io/spec/js-api/#limits>), so that every module they run has room.

use alloc::format;

use crate::chunk::Memory;
use crate::error::Error;
use crate::record::{Entry, Image, Table, Value};
use crate::section::Section;

/// Bytes of guest memory in one chunk; the last chunk of a memory may be shorter.
pub const CHUNK_BYTES: usize = 65_536;
/// Entries of the section directory.
pub const SECTIONS: u32 = 16;
/// Bytes of one structured (CBOR) section.
pub const STRUCTURED_BYTES: u64 = 1 << 28;
/// Bytes of the host's state, which holds the files of `memory` mounts.
pub const HOST_BYTES: u64 = 1 << 32;
/// Bytes of the mailbox.
pub const MAILBOX_BYTES: u64 = 1 << 30;
/// Bytes of an embedded module.
pub const MODULE_BYTES: u64 = 1 << 30;
/// Bytes of all stored chunks together.
pub const CHUNKS_BYTES: u64 = 1 << 40;
/// Frames on the stack.
pub const FRAMES: usize = 1 << 22;
/// Values in one frame: 50,000 locals, and operands.
pub const FRAME_VALUES: usize = 1 << 17;
/// Bytes of an export's name.
pub const NAME_BYTES: usize = 100_000;
/// Globals.
pub const GLOBALS: usize = 1_000_000;
/// Tables.
pub const TABLES: usize = 100_000;
/// Elements of one table.
pub const TABLE_ELEMENTS: usize = 10_000_000;
/// Dropped segments of one kind.
pub const SEGMENTS: usize = 10_000_000;
/// Memories.
pub const MEMORIES: usize = 100_000;
/// Bytes of one memory.
pub const MEMORY_BYTES: u64 = 1 << 40;

/// Checks what the types of an image leave open; the writer asks before it writes, and the reader after it has
/// parsed.
pub(crate) fn check(image: &Image) -> Result<(), Error> {
    let (Entry::Start { then: name } | Entry::Export { name }) = &image.entry;
    within(Section::Origin, "bytes in the name of the entry", name.len(), NAME_BYTES)?;
    within(Section::Frames, "frames", image.frames.len(), FRAMES)?;
    let values = image.frames.iter().map(|frame| frame.values.len()).max().unwrap_or(0);
    within(Section::Frames, "values in a frame", values, FRAME_VALUES)?;
    within(Section::Globals, "globals", image.globals.len(), GLOBALS)?;
    ascending(Section::Globals, image.globals.iter().map(|global| global.0))?;
    within(Section::Tables, "tables", image.tables.len(), TABLES)?;
    ascending(Section::Tables, image.tables.iter().map(|table| table.index))?;
    image.tables.iter().try_for_each(check_table)?;
    for dropped in [&image.dropped_data, &image.dropped_elements] {
        within(Section::Segments, "dropped segments", dropped.len(), SEGMENTS)?;
        ascending(Section::Segments, dropped.iter().copied())?;
    }
    within(Section::Memories, "memories", image.memories.len(), MEMORIES)?;
    ascending(Section::Memories, image.memories.iter().map(Memory::index))?;
    image.memories.iter().try_for_each(check_memory)
}

fn check_table(table: &Table) -> Result<(), Error> {
    within(Section::Tables, "elements in a table", table.elements.len(), TABLE_ELEMENTS)?;
    let functions = |element: &Value| matches!(element, Value::FuncRef(_));
    let externs = |element: &Value| matches!(element, Value::ExternRef(_));
    if table.elements.iter().all(functions) || table.elements.iter().all(externs) {
        return Ok(());
    }
    let index = table.index;
    Err(Error::invalid(
        Section::Tables,
        format!("table {index} holds something else than references of one type"),
    ))
}

fn check_memory(memory: &Memory) -> Result<(), Error> {
    let (section, limit) = (Section::Memories, MEMORY_BYTES);
    if memory.size_bytes() > limit {
        return Err(Error::Limit { section, what: "bytes in a memory", found: memory.size_bytes(), limit });
    }
    ascending(section, memory.chunks().iter().map(|chunk| chunk.number))?;
    memory.chunks().iter().try_for_each(|chunk| {
        let most = memory.chunk_bytes(chunk.number);
        if (1..=most).contains(&(chunk.stored_bytes as usize)) {
            return Ok(());
        }
        let (number, index, stored) = (chunk.number, memory.index(), chunk.stored_bytes);
        let reason = format!("chunk {number} of memory {index} stores {stored} bytes for {most}");
        Err(Error::invalid(section, reason))
    })
}

fn within(section: Section, what: &'static str, found: usize, limit: usize) -> Result<(), Error> {
    let (found, limit) = (found as u64, limit as u64);
    if found <= limit { Ok(()) } else { Err(Error::Limit { section, what, found, limit }) }
}

fn ascending(section: Section, indices: impl Iterator<Item = u32>) -> Result<(), Error> {
    if indices.is_sorted_by(|a, b| a < b) {
        return Ok(());
    }
    Err(Error::invalid(section, "indices are not ascending"))
}
