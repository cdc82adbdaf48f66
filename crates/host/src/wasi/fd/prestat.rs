//! `fd_prestat_*`: what a guest starts with.

use crate::Errno;
use crate::wasi::{Call, Outcome};
use alloc::string::String;

/// Tag of a directory, the only kind there is.
const DIRECTORY: u8 = 0;

fn name(call: &Call<'_>) -> Result<String, Errno> {
    call.wasi.descriptor(call.u32(0))?.preopen.clone().ok_or(Errno::BadDescriptor)
}

/// `prestat`: tag u8 at 0, length of the name u32 at 4.
pub(in crate::wasi) fn get(call: &mut Call<'_>) -> Outcome {
    let length = u32::try_from(name(call)?.len()).map_err(|_| Errno::Overflow)?;
    let at = call.u32(1);
    call.memory.write(at, &[DIRECTORY, 0, 0, 0])?;
    call.memory.write_u32(at.wrapping_add(4), length)
}

pub(in crate::wasi) fn dir_name(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    if name.len() > call.u32(2) as usize {
        return Err(Errno::NameTooLong.into());
    }
    call.memory.write(call.u32(1), name.as_bytes())
}
