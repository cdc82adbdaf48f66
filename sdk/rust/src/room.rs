//! Room that calls write to. What they write is copied out of it, so that the next call can have it.

use crate::error::{Result, check};
use crate::raw::{Bytes, Code, Head};
use std::cell::Cell;

const LEAST: usize = 512;
/// Larger room is given back after use.
const MOST_KEPT: usize = 64 << 10;

thread_local! {
    /// Taken by a call while it uses it; one inside its callback makes room of its own.
    static KEPT: Cell<Vec<u8>> = const { Cell::new(Vec::new()) };
}

/// Room, empty; its capacity counts.
pub struct Room(Vec<u8>);

impl Room {
    /// What is kept, or new.
    pub fn take() -> Self {
        let mut room = KEPT.take();
        room.clear();
        room.reserve(LEAST);
        Self(room)
    }

    /// Where it begins.
    pub fn at(&mut self) -> *mut u8 {
        self.0.as_mut_ptr()
    }

    /// How much there is.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Makes it at least so large, and larger than it was.
    pub fn grow(&mut self, size: usize) {
        let size = size.max(self.0.capacity() + 1);
        self.0.reserve(size);
    }

    /// The first bytes, that a call has written.
    ///
    /// # Safety
    /// So many were written.
    pub unsafe fn written(&self, length: usize) -> &[u8] {
        debug_assert!(length <= self.0.capacity());
        // SAFETY: the caller says that they were; it is our memory.
        unsafe { std::slice::from_raw_parts(self.0.as_ptr(), length) }
    }
}

impl Drop for Room {
    fn drop(&mut self) {
        if self.0.capacity() <= MOST_KEPT {
            KEPT.set(std::mem::take(&mut self.0));
        }
    }
}

/// Makes a call that says how much room it needs, with more until it is enough. What it wrote.
pub fn filled(mut call: impl FnMut(*mut u8, usize, *mut u32) -> i32) -> Result<Vec<u8>> {
    let mut room = Room::take();
    let mut length = 0_u32;
    loop {
        match check(call(room.at(), room.capacity(), &raw mut length)) {
            Err(Code::TooSmall) => room.grow(length as usize),
            // SAFETY: on success a call has written as much as it says.
            Ok(()) => return Ok(unsafe { room.written(length as usize) }.to_vec()),
            Err(code) => return Err(code),
        }
    }
}

/// The same for calls that give a head; what `read` makes of it while the room stands.
pub fn headed<T>(
    mut call: impl FnMut(*mut u8, usize, *mut Head) -> Result<()>,
    read: impl FnOnce(&Head) -> T,
) -> Result<T> {
    let mut room = Room::take();
    let mut head = Head::default();
    loop {
        match call(room.at(), room.capacity(), &raw mut head) {
            Err(Code::TooSmall) => room.grow(head.needed as usize),
            other => return other.map(|()| read(&head)),
        }
    }
}

/// Bytes of a record.
///
/// # Safety
/// A call has given them, and the room that it wrote to still stands.
pub unsafe fn bytes(bytes: &Bytes) -> Vec<u8> {
    if bytes.length == 0 {
        return Vec::new();
    }
    // SAFETY: the caller says that they are there.
    unsafe { std::slice::from_raw_parts(bytes.at, bytes.length) }.to_vec()
}

/// A text of a record; nodes give UTF-8.
///
/// # Safety
/// As [`bytes`].
pub unsafe fn text(from: &Bytes) -> String {
    // SAFETY: as the caller says.
    let bytes = unsafe { bytes(from) };
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}
