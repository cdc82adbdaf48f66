//! `fd_prestat_*`: what a guest starts with.

use crate::Errno;
use crate::state::What;
use crate::wasi::{Call, Outcome};
use alloc::string::String;

/// Tag of a directory, the only kind that WASI has.
const DIRECTORY: u8 = 0;
/// Tag of a listener. Whoever looks for directories goes past a kind that he does not know, and on to the next
/// descriptor; at an error he would stop, and never find the directories after it.
const LISTENER: u8 = 1;

fn name(call: &Call<'_>) -> Result<String, Errno> {
    call.wasi.descriptor(call.u32(0))?.preopen.clone().ok_or(Errno::BadDescriptor)
}

fn tag(call: &Call<'_>) -> Result<u8, Errno> {
    let listens = matches!(call.wasi.descriptor(call.u32(0))?.what, What::Listener(_));
    Ok(if listens { LISTENER } else { DIRECTORY })
}

/// `prestat`: tag u8 at 0, length of the name u32 at 4.
pub(in crate::wasi) fn get(call: &mut Call<'_>) -> Outcome {
    let length = u32::try_from(name(call)?.len()).map_err(|_| Errno::Overflow)?;
    let at = call.u32(1);
    call.memory.write(at, &[tag(call)?, 0, 0, 0])?;
    call.memory.write_u32(at.wrapping_add(4), length)
}

pub(in crate::wasi) fn dir_name(call: &mut Call<'_>) -> Outcome {
    let name = name(call)?;
    if name.len() > call.u32(2) as usize {
        return Err(Errno::NameTooLong.into());
    }
    call.memory.write(call.u32(1), name.as_bytes())
}
