//! Writes found by comparison: for each page, the hash of what was last read of it.
//!
//! The hash is of the bytes that `read` gave, not of those that `take` saw: a page that changes and changes back
//! between the two would otherwise be believed sent.

use super::hash::Key;
use super::{PAGE_BYTES, Pages, add, gone, is_zero, page};
use sojourn_engine::Window;
use std::io;

/// Bytes read together.
const STRIDE_BYTES: usize = 16 * PAGE_BYTES;

/// Remembers what was read.
pub(super) struct Comparison {
    key: Key,
    /// Hash of each page; `None` when it is to be given whatever it holds.
    known: Vec<Option<u64>>,
    /// Pages beyond those known are zero in a fresh instance.
    zero: u64,
}

impl Comparison {
    pub(super) fn new() -> Self {
        let key = Key::new();
        let zero = key.hash(&[0; PAGE_BYTES]);
        Self { key, known: Vec::new(), zero }
    }

    /// What is there now counts as read.
    pub(super) fn arm(&mut self, window: &dyn Window) -> io::Result<()> {
        self.known.clear();
        let Self { key, known, .. } = self;
        pages_of(window, |_, page| known.push(Some(key.hash(page))))
    }

    pub(super) fn first(&mut self, window: &dyn Window, zero_from: u64) -> io::Result<Pages> {
        let mut pages = Pages::new();
        self.known.clear();
        let initialized = page(zero_from.saturating_add(PAGE_BYTES as u64 - 1));
        let Self { known, zero, .. } = self;
        pages_of(window, |number, page| {
            let fresh = number >= initialized && is_zero(page);
            known.push(fresh.then_some(*zero));
            if !fresh {
                add(&mut pages, number..number + 1);
            }
        })?;
        Ok(pages)
    }

    pub(super) fn take(&self, window: &dyn Window) -> io::Result<Pages> {
        let mut pages = Pages::new();
        pages_of(window, |number, page| {
            let known = usize::try_from(number)
                .ok()
                .and_then(|number| self.known.get(number))
                .copied()
                .unwrap_or(Some(self.zero));
            if known != Some(self.key.hash(page)) {
                add(&mut pages, number..number + 1);
            }
        })?;
        Ok(pages)
    }

    pub(super) fn read(&mut self, window: &dyn Window, offset: u64, into: &mut [u8]) -> usize {
        let copied = window.read(offset, into);
        let first = usize::try_from(page(offset)).expect("it was read");
        let read = into[..copied].chunks(PAGE_BYTES);
        if self.known.len() < first + read.len() {
            self.known.resize(first + read.len(), Some(self.zero));
        }
        for (known, bytes) in self.known[first..].iter_mut().zip(read) {
            let whole = bytes.len() == PAGE_BYTES && offset.is_multiple_of(PAGE_BYTES as u64);
            *known = whole.then(|| self.key.hash(bytes));
        }
        copied
    }
}

/// Every page that is known to be there, as it is now.
fn pages_of(window: &dyn Window, mut each: impl FnMut(u64, &[u8])) -> io::Result<()> {
    let mut bytes = vec![0; STRIDE_BYTES];
    let (mut offset, end) = (0, window.len());
    while offset < end {
        let copied = window.read(offset, &mut bytes);
        if copied == 0 {
            break;
        }
        for (number, page) in (page(offset)..).zip(bytes[..copied].chunks(PAGE_BYTES)) {
            each(number, page);
        }
        offset += copied as u64;
    }
    // One that has gone has no bytes; nor has one whose guest has no memory yet, which `hold` tells apart.
    if window.hold(&mut |_, _| {}) { Ok(()) } else { Err(gone()) }
}
