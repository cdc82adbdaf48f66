//! Which pages of a running guest's memory were written: what a move has to send, round by round.
//!
//! ```text
//! Tracker::new(window)                the system's write protection where it has it, comparison elsewhere
//! first() -> pages                    that may differ from a fresh instance; from now on writes are noted
//! read(offset, into)                  copies, while the guest runs
//! take()  -> pages                    written since they were last given by `first` or `take`
//! ```
//!
//! A page that is written while it is read is given by the next `take`, so what was read last of each page is, once
//! the guest stands still and `take` has been obeyed a last time, what it holds.
//!
//! | | `protect` | `compare` |
//! |---|---|---|
//! | how | the system protects pages against writing, and lifts that by itself at a write | a hash of what was read |
//! | `take` | as long as it takes to look at page tables: a few milliseconds a GiB | reads all of the memory |
//! | guest | a fault at the first write to a page after each `take`, about a microsecond | nothing |
//! | where | Linux from 6.7 on, where the process may | anywhere |

mod compare;
mod hash;
mod populate;
#[cfg(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
))]
mod protect;
#[cfg(not(all(
    target_os = "linux",
    any(target_arch = "x86_64", target_arch = "aarch64", target_arch = "riscv64")
)))]
#[path = "absent.rs"]
mod protect;

pub(crate) use populate::populate;

use compare::Comparison;
use protect::Protection;
use sojourn_engine::Window;
use std::io;
use std::ops::Range;
use std::sync::Arc;

/// Bytes in a page, as pages are counted here whatever the processor's are.
pub const PAGE_BYTES: usize = 4096;

/// Memory grows by so many bytes at a time, or a multiple; a memory of other pages has no window.
const WASM_PAGE_BYTES: u64 = 1 << 16;

/// Pages by number, ascending, none twice.
pub type Pages = Vec<Range<u64>>;

/// Finds out which pages of a guest's memory were written.
pub struct Tracker {
    window: Arc<dyn Window>,
    watch: Watch,
    zero_from: u64,
    /// Pages that were given and not used.
    again: Pages,
    /// Bytes that the memory has at least, because pages were found there.
    found: u64,
}

enum Watch {
    Protect(Protection),
    Compare(Comparison),
}

impl Tracker {
    /// A tracker of the memory behind a window, armed where the system notes writes.
    #[must_use]
    pub fn new(window: Arc<dyn Window>) -> Self {
        match Protection::new(&*window) {
            Ok(protection) => Self::over(window, Watch::Protect(protection)),
            Err(_) => Self::comparing(window),
        }
    }

    /// As `new`, by comparison whatever the system has.
    #[must_use]
    pub fn comparing(window: Arc<dyn Window>) -> Self {
        Self::over(window, Watch::Compare(Comparison::new()))
    }

    fn over(window: Arc<dyn Window>, watch: Watch) -> Self {
        Self { window, watch, zero_from: u64::MAX, again: Pages::new(), found: 0 }
    }

    /// A fresh instance has only zeros from this byte on, so that pages of zeros there need not be in the first
    /// round.
    #[must_use]
    pub fn zero_from(self, bytes: u64) -> Self {
        Self { zero_from: bytes, ..self }
    }

    /// Whether the system notes the writes, so that `take` costs next to nothing.
    #[must_use]
    pub fn is_protecting(&self) -> bool {
        matches!(self.watch, Watch::Protect(_))
    }

    /// From now on writes are noted; those before are forgotten.
    ///
    /// # Errors
    /// The instance has gone, or the system cannot.
    pub fn arm(&mut self) -> io::Result<()> {
        self.again.clear();
        match &mut self.watch {
            Watch::Protect(protection) => protection.take(&*self.window).map(drop),
            Watch::Compare(comparison) => comparison.arm(&*self.window),
        }
    }

    /// Arms, and gives the pages that may differ from those of a fresh instance. Pages that were never touched are
    /// not touched by it either, nor are they among them where the system notes writes.
    ///
    /// # Errors
    /// As `arm`.
    pub fn first(&mut self) -> io::Result<Pages> {
        self.again.clear();
        let pages = match &mut self.watch {
            Watch::Protect(protection) => {
                protection.take(&*self.window)?;
                protection.populated(&*self.window, self.zero_from)
            }
            Watch::Compare(comparison) => comparison.first(&*self.window, self.zero_from),
        }?;
        self.note(&pages);
        Ok(pages)
    }

    /// The pages that were written since they were last given; from now on new writes to them are noted.
    ///
    /// # Errors
    /// As `arm`: then nothing is known, and everything is to be sent again, zeros too.
    pub fn take(&mut self) -> io::Result<Pages> {
        let written = match &mut self.watch {
            Watch::Protect(protection) => protection.take(&*self.window),
            Watch::Compare(comparison) => comparison.take(&*self.window),
        }?;
        self.note(&written);
        Ok(union(std::mem::take(&mut self.again), written))
    }

    fn note(&mut self, pages: &Pages) {
        let end = pages.last().map_or(0, |range| range.end * PAGE_BYTES as u64);
        self.found = self.found.max(end.next_multiple_of(WASM_PAGE_BYTES));
    }

    /// Bytes that the memory is known to have: all pages that were given are within. The window may know of fewer,
    /// when the guest has grown it by itself.
    #[must_use]
    pub fn len(&self) -> u64 {
        self.window.len().max(self.found)
    }

    /// Whether nothing is there, as far as is known.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Pages that were given and not used: the next `take` gives them too.
    pub fn put_back(&mut self, pages: Pages) {
        self.again = union(std::mem::take(&mut self.again), pages);
    }

    /// Copies from `offset` on, which is where a page begins: bytes copied, fewer than asked for at the end of the
    /// memory. Pages that were given must be read through this, and whole: what is compared is what was read here.
    pub fn read(&mut self, offset: u64, into: &mut [u8]) -> usize {
        match &mut self.watch {
            Watch::Protect(_) => Protection::read(&*self.window, offset, into),
            Watch::Compare(comparison) => comparison.read(&*self.window, offset, into),
        }
    }
}

/// What is said of a window whose instance has gone.
fn gone() -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, "the guest's memory has gone")
}

/// Number of the page that a byte lies in.
fn page(offset: u64) -> u64 {
    offset / PAGE_BYTES as u64
}

/// Whether all bytes are zero: without a branch inside, so that it becomes vector instructions.
pub(crate) fn is_zero(bytes: &[u8]) -> bool {
    bytes.iter().fold(0, |any, byte| any | byte) == 0
}

/// Adds pages behind those that there are.
fn add(pages: &mut Pages, more: Range<u64>) {
    match pages.last_mut() {
        _ if more.is_empty() => {}
        Some(last) if last.end == more.start => last.end = more.end,
        _ => pages.push(more),
    }
}

/// The pages that are in either.
fn union(left: Pages, right: Pages) -> Pages {
    if left.is_empty() || right.is_empty() {
        return if left.is_empty() { right } else { left };
    }
    let mut all: Pages = left.into_iter().chain(right).collect();
    all.sort_unstable_by_key(|range| range.start);
    let mut pages = Pages::new();
    for range in all {
        let from = pages.last().map_or(range.start, |last| last.end.max(range.start));
        add(&mut pages, from..range.end.max(from));
    }
    pages
}

#[cfg(test)]
mod tests {
    use super::union;

    #[test]
    #[expect(clippy::single_range_in_vec_init, reason = "lists of pages are lists of ranges")]
    fn unions_are_ascending_and_without_doubles() {
        assert_eq!(union(vec![2..4, 9..10], vec![]), [2..4, 9..10]);
        assert_eq!(union(vec![2..4, 9..10], vec![0..1, 3..6, 10..12]), [0..1, 2..6, 9..12]);
        assert_eq!(union(vec![0..10], vec![2..3, 4..5]), [0..10]);
    }
}
