//! `args_*`.

use super::{Call, Outcome};
use alloc::vec::Vec;

pub(super) fn get(call: &mut Call<'_>) -> Outcome {
    let strings = call.wasi.state.arguments.clone();
    put(call, &strings)
}

pub(super) fn sizes_get(call: &mut Call<'_>) -> Outcome {
    let sizes = sizes(&call.wasi.state.arguments);
    put_sizes(call, sizes)
}

/// Count of strings, and bytes of them with their ending zeros.
pub(super) fn sizes(strings: &[Vec<u8>]) -> (usize, usize) {
    (strings.len(), strings.iter().map(|string| string.len() + 1).sum())
}

pub(super) fn put_sizes(call: &mut Call<'_>, (count, bytes): (usize, usize)) -> Outcome {
    call.put_size(0, count)?;
    call.put_size(1, bytes)
}

/// Writes the strings, zero-ended, where argument 1 points, and pointers to them where argument 0 points.
pub(super) fn put(call: &mut Call<'_>, strings: &[Vec<u8>]) -> Outcome {
    let (mut pointer, mut at) = (call.u32(0), call.u32(1));
    for string in strings {
        call.memory.write_u32(pointer, at)?;
        call.memory.write(at, string)?;
        let end = at.wrapping_add(u32::try_from(string.len()).unwrap_or(u32::MAX));
        call.memory.write_u8(end, 0)?;
        (pointer, at) = (pointer.wrapping_add(4), end.wrapping_add(1));
    }
    Ok(())
}
