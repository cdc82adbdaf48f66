//! `fd_seek`, `fd_tell`.

use crate::Errno;
use crate::wasi::{Call, Outcome, rights};

/// Where an offset counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::wasi) enum Whence {
    Set,
    Current,
    End,
}

pub(in crate::wasi) fn seek(call: &mut Call<'_>) -> Outcome {
    let whence = match call.u32(2) {
        0 => Whence::Set,
        1 => Whence::Current,
        2 => Whence::End,
        _ => return Err(Errno::Invalid.into()),
    };
    seek_from(call, whence)
}

pub(in crate::wasi) fn seek_from(call: &mut Call<'_>, whence: Whence) -> Outcome {
    let (fd, distance) = (call.u32(0), call.u64(1).cast_signed());
    call.writable(3, 8)?;
    let asks = distance == 0 && whence == Whence::Current;
    let right = if asks { rights::FD_TELL } else { rights::FD_SEEK };
    let file = call.wasi.file(fd, right, Errno::SeekPipe)?;
    let base = match whence {
        Whence::Set => 0,
        Whence::Current => file.offset,
        Whence::End => call.wasi.tree(file.mount).stat(file.node)?.size,
    };
    let offset = base.checked_add_signed(distance).filter(|offset| i64::try_from(*offset).is_ok());
    let offset = offset.ok_or(Errno::Invalid)?;
    call.wasi.set_offset(fd, offset);
    call.put_u64(3, offset)
}

pub(in crate::wasi) fn tell(call: &mut Call<'_>) -> Outcome {
    let file = call.wasi.file(call.u32(0), rights::FD_TELL, Errno::SeekPipe)?;
    call.put_u64(1, file.offset)
}
