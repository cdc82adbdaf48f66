//! Pages for memory that is about to be written, at one call for many of them instead of a fault for each.

use super::PAGE_BYTES;

/// Fewer pages than these are not worth the call.
const LEAST_BYTES: usize = 8 * PAGE_BYTES;

/// Has the system give a memory its pages now. One that does not know how gives them when they are written.
pub(crate) fn populate(memory: &mut [u8]) {
    let base = memory.as_mut_ptr().addr();
    let first = base.next_multiple_of(PAGE_BYTES) - base;
    let whole = (memory.len().saturating_sub(first)) / PAGE_BYTES * PAGE_BYTES;
    if whole >= LEAST_BYTES {
        ask(&mut memory[first..][..whole]);
    }
}

#[cfg(target_os = "linux")]
fn ask(pages: &mut [u8]) {
    // SAFETY: whole pages of a live slice; what they hold stays as it is.
    let _ = unsafe { libc::madvise(pages.as_mut_ptr().cast(), pages.len(), libc::MADV_POPULATE_WRITE) };
}

#[cfg(not(target_os = "linux"))]
fn ask(_: &mut [u8]) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_memory_holds_stays() {
        for (start, length) in [(0, 20), (1, 19), (3, 8), (5, 0)] {
            let mut memory: Vec<u8> =
                (0..20 * PAGE_BYTES).map(|at| u8::try_from(at % 251).unwrap_or_default()).collect();
            let before = memory.clone();
            let (from, bytes) = (start * PAGE_BYTES / 2, length * PAGE_BYTES / 2);
            populate(&mut memory[from..][..bytes]);
            assert_eq!(memory, before);
        }
    }
}
