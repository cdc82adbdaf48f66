//! `path_link`, `path_symlink`, `path_readlink`.

use super::{Follow, follows};
use crate::Errno;
use crate::wasi::{Call, Outcome, rights};

pub(in crate::wasi) fn link(call: &mut Call<'_>) -> Outcome {
    let (old, new) = (call.path(2)?, call.path(5)?);
    let follow = follows(call.u32(1))?;
    let (from, to) = (call.u32(0), call.u32(4));
    Ok(call.wasi.at(from, rights::PATH_LINK_SOURCE, &old, follow, |wasi, source| {
        wasi.at(to, rights::PATH_LINK_TARGET, &new, Follow::Never, |wasi, target| {
            if source.mount != target.mount {
                return Err(Errno::CrossDevice);
            }
            wasi.changeable(target.mount)?;
            if target.slash {
                return Err(Errno::NoEntry);
            }
            wasi.tree(source.mount).link(source.dir, &source.name, target.dir, &target.name)
        })
    })?)
}

/// The target is not looked at, except that an absolute one leads out.
pub(in crate::wasi) fn symlink(call: &mut Call<'_>) -> Outcome {
    let (target, path) = (call.path(0)?, call.path(3)?);
    if target.is_empty() {
        return Err(Errno::NoEntry.into());
    }
    if target.starts_with(b"/") {
        return Err(Errno::Permission.into());
    }
    Ok(call.wasi.at(call.u32(2), rights::PATH_SYMLINK, &path, Follow::Never, |wasi, place| {
        wasi.changeable(place.mount)?;
        if place.slash {
            return Err(Errno::NoEntry);
        }
        wasi.tree(place.mount).symlink(&target, place.dir, &place.name)
    })?)
}

/// As much of the target as fits.
pub(in crate::wasi) fn readlink(call: &mut Call<'_>) -> Outcome {
    let path = call.path(1)?;
    let buffer = call.memory.stretch(call.u32(3), call.u32(4))?;
    call.writable(5, 4)?;
    let target = call.wasi.at(call.u32(0), rights::PATH_READLINK, &path, Follow::Never, |wasi, place| {
        wasi.tree(place.mount).read_link(place.dir, &place.name)
    })?;
    let count = target.len().min(buffer.len());
    call.memory.bytes_mut(buffer)[..count].copy_from_slice(&target[..count]);
    call.put_size(5, count)
}
