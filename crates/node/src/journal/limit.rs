//! Every bound of the journal, with what happens at it.

/// Bytes of a file of the journal; an entry that is longer has a longer file.
pub const SEGMENT_BYTES: u64 = 16 << 20;
/// A batch is written when it has so many bytes, and what comes after it goes into the next one.
pub const BATCH_BYTES: usize = 4 << 20;
/// Bytes that wait to be written; more is refused.
pub const WAITING_BYTES: usize = 64 << 20;
/// Bytes of one entry; more is refused.
pub const ENTRY_BYTES: usize = 16 << 20;
/// Files that are kept to be written again, so that no room has to be taken for the next one.
pub const SPARE_SEGMENTS: usize = 2;
/// Above so many files, what is still needed of the oldest one is written anew, and the file goes.
pub const MANY_SEGMENTS: usize = 6;
/// Bytes of all files together; more is refused.
pub const JOURNAL_BYTES: u64 = 4 << 30;
