//! `fd_advise`, `fd_allocate`, `fd_sync`, `fd_datasync`, `fd_filestat_set_size`.

use crate::Errno;
use crate::state::What;
use crate::wasi::{Call, Outcome, rights};

/// Advice is checked and otherwise not needed.
pub(in crate::wasi) fn advise(call: &mut Call<'_>) -> Outcome {
    if call.u32(3) > 5 || call.u64(1).checked_add(call.u64(2)).is_none() {
        return Err(Errno::Invalid.into());
    }
    call.wasi.file(call.u32(0), rights::FD_ADVISE, Errno::SeekPipe)?;
    Ok(())
}

/// Makes a file long enough.
pub(in crate::wasi) fn allocate(call: &mut Call<'_>) -> Outcome {
    let (offset, length) = (call.u64(1), call.u64(2));
    let file = call.wasi.file(call.u32(0), rights::FD_ALLOCATE | rights::FD_WRITE, Errno::SeekPipe)?;
    if length == 0 {
        return Err(Errno::Invalid.into());
    }
    let end = offset.checked_add(length).ok_or(Errno::FileTooBig)?;
    let tree = call.wasi.tree(file.mount);
    if tree.stat(file.node)?.size < end {
        tree.resize(file.node, end)?;
    }
    Ok(())
}

pub(in crate::wasi) fn set_size(call: &mut Call<'_>) -> Outcome {
    let right = rights::FD_FILESTAT_SET_SIZE | rights::FD_WRITE;
    let file = call.wasi.file(call.u32(0), right, Errno::Invalid)?;
    let size = call.u64(1);
    Ok(call.wasi.tree(file.mount).resize(file.node, size)?)
}

pub(in crate::wasi) fn sync(call: &mut Call<'_>) -> Outcome {
    bring_to_disk(call, rights::FD_SYNC, false)
}

pub(in crate::wasi) fn datasync(call: &mut Call<'_>) -> Outcome {
    bring_to_disk(call, rights::FD_DATASYNC, true)
}

fn bring_to_disk(call: &mut Call<'_>, right: u64, data_only: bool) -> Outcome {
    let descriptor = call.wasi.descriptor(call.u32(0))?.need(right)?;
    match &descriptor.what {
        What::Stream(_) | What::Listener(_) | What::Connection(_) | What::Channel(_) => {
            Err(Errno::Invalid.into())
        }
        What::File(record) => {
            let (mount, node) = (record.mount, record.node);
            Ok(call.wasi.tree(mount).sync(node, data_only)?)
        }
    }
}
