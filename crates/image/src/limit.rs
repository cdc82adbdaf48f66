//! What an image may hold. Readers refuse more before they allocate; writers refuse to write it.
//!
//! Counts follow the limits that browsers and engines share for modules
//! (<https://webassembly.github.io/spec/js-api/#limits>), so that every module they run has room.

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
