//! Windows: a guest's memory, read from other threads while the guest runs.
//!
//! A 32-bit memory has its whole address space set aside from the start (`config::RESERVED_BYTES`), so it never
//! moves, and what was there once stays until the store goes. The instance owns its windows and shuts them before
//! the store goes; a reader that is inside is waited for.

use sojourn_engine::Window;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

/// A window into one memory.
pub(crate) struct MemoryWindow {
    address: usize,
    capacity: usize,
    /// Bytes known to be there; never more than there are.
    known: AtomicU64,
    open: RwLock<bool>,
}

impl MemoryWindow {
    /// A window into `capacity` bytes of address space at `address`.
    ///
    /// # Safety
    /// They must stay set aside until `shut`, and their first bytes readable as far as `learn` was told.
    pub(crate) unsafe fn new(address: usize, capacity: usize) -> Arc<Self> {
        Arc::new(Self { address, capacity, known: AtomicU64::new(0), open: RwLock::new(true) })
    }

    /// The memory has this many bytes now.
    pub(crate) fn learn(&self, bytes: usize) {
        self.known.fetch_max(bytes.min(self.capacity) as u64, Ordering::Release);
    }

    fn shut(&self) {
        *self.open.write().unwrap_or_else(PoisonError::into_inner) = false;
    }

    /// Calls `work` while the memory cannot go.
    fn inside<T>(&self, work: impl FnOnce() -> T) -> Option<T> {
        let open = self.open.read().unwrap_or_else(PoisonError::into_inner);
        open.then(work)
    }
}

impl Window for MemoryWindow {
    fn len(&self) -> u64 {
        self.inside(|| self.known.load(Ordering::Acquire)).unwrap_or(0)
    }

    fn read(&self, offset: u64, into: &mut [u8]) -> usize {
        let copied = self.inside(|| {
            let left = self.known.load(Ordering::Acquire).saturating_sub(offset);
            let length = usize::try_from(left).unwrap_or(usize::MAX).min(into.len());
            if length > 0 {
                let from = self.address + usize::try_from(offset).expect("below what is known");
                // SAFETY: the range ends at or before what is known to be there, and the window is open.
                unsafe { copy(from, &mut into[..length]) };
            }
            length
        });
        copied.unwrap_or(0)
    }

    fn hold(&self, work: &mut dyn FnMut(usize, usize)) -> bool {
        self.inside(|| work(self.address, self.capacity)).is_some()
    }
}

const WORD_BYTES: usize = size_of::<usize>();

/// Copies what a guest may be writing: by words, each of them whole.
///
/// # Safety
/// `into.len()` bytes at `from` must be readable.
unsafe fn copy(from: usize, into: &mut [u8]) {
    let before = from.next_multiple_of(WORD_BYTES) - from;
    let (head, rest) = into.split_at_mut(before.min(into.len()));
    let rest_bytes = rest.len();
    // SAFETY: these bytes are within those that the caller gave.
    unsafe { copy_bytes(from, head) };
    let aligned = (from + head.len()) as *mut usize;
    let mut words = rest.chunks_exact_mut(WORD_BYTES);
    for (place, word) in words.by_ref().enumerate() {
        // SAFETY: within those that the caller gave, and aligned. Guests write without Rust's knowledge; for host
        // calls, which hold a slice, this is a race whose outcome is either value, as for any debugger.
        let value = unsafe { AtomicUsize::from_ptr(aligned.add(place)) }.load(Ordering::Relaxed);
        word.copy_from_slice(&value.to_ne_bytes());
    }
    let tail = words.into_remainder();
    let done = head.len() + rest_bytes - tail.len();
    // SAFETY: these bytes are within those that the caller gave.
    unsafe { copy_bytes(from + done, tail) };
}

/// # Safety
/// As `copy`.
unsafe fn copy_bytes(from: usize, into: &mut [u8]) {
    for (place, byte) in into.iter_mut().enumerate() {
        // SAFETY: within those that the caller gave.
        *byte = unsafe { ((from + place) as *const u8).read_volatile() };
    }
}

/// The windows of an instance, shut when they are dropped.
#[derive(Default)]
pub(crate) struct Windows(Vec<(String, Arc<MemoryWindow>)>);

impl Windows {
    pub(crate) fn find(&self, name: &str) -> Option<Arc<MemoryWindow>> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, window)| window.clone())
    }

    pub(crate) fn add(&mut self, name: &str, window: Arc<MemoryWindow>) {
        self.0.push((name.into(), window));
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &MemoryWindow)> {
        self.0.iter().map(|(name, window)| (name.as_str(), &**window))
    }
}

impl Drop for Windows {
    fn drop(&mut self) {
        self.0.iter().for_each(|(_, window)| window.shut());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn copies_begin_and_end_anywhere() {
        let bytes: Vec<u8> = (0..=255).collect();
        for (start, end) in [(0, 256), (1, 255), (3, 5), (7, 8), (8, 8), (9, 40)] {
            let mut into = vec![0; end - start];
            // SAFETY: the range lies in `bytes`.
            unsafe { copy(bytes[start..].as_ptr() as usize, &mut into) };
            assert_eq!(into, bytes[start..end]);
        }
    }

    #[test]
    fn what_is_not_known_is_not_read() {
        let bytes = [7_u8; 100];
        let mut windows = Windows::default();
        // SAFETY: `bytes` lives to the end of the test.
        let window = unsafe { MemoryWindow::new(bytes.as_ptr() as usize, bytes.len()) };
        windows.add("m", window.clone());
        let mut into = [0; 60];
        assert_eq!((window.len(), window.read(0, &mut into)), (0, 0));
        window.learn(80);
        window.learn(50);
        assert_eq!((window.read(30, &mut into), window.read(80, &mut into)), (50, 0));
        assert_eq!(window.read(u64::MAX, &mut into), 0);
        assert!(window.hold(&mut |address, capacity| assert_eq!((address, capacity), (window.address, 100))));
        drop(windows);
        assert_eq!((window.len(), window.read(0, &mut into)), (0, 0));
        assert!(!window.hold(&mut |_, _| unreachable!()));
    }
}
