//! `path_filestat_*`.

use super::follows;
use crate::Errno;
use crate::tree::{FileType, Stat};
use crate::wasi::fd::stat::{filestat, nowhere};
use crate::wasi::{Call, Outcome, Stop, rights};

pub(in crate::wasi) fn filestat_get(call: &mut Call<'_>) -> Outcome {
    let stat = path_filestat(call)?;
    call.memory.write(call.u32(4), &filestat(&stat))
}

/// Facts about what a path leads to.
pub(in crate::wasi) fn path_filestat(call: &mut Call<'_>) -> Result<Stat, Stop> {
    let path = call.path(2)?;
    let follow = follows(call.u32(1))?;
    let right = rights::PATH_FILESTAT_GET;
    Ok(call.wasi.at(call.u32(0), right, &path, follow, |wasi, place| {
        if wasi.channel_at(place.mount, &place.path).is_some() {
            return if place.slash { Err(Errno::NotDirectory) } else { Ok(nowhere(FileType::Unknown)) };
        }
        let stat = wasi.tree(place.mount).stat_at(place.dir, &place.name)?;
        if place.slash && stat.kind != FileType::Directory {
            return Err(Errno::NotDirectory);
        }
        Ok(Stat { device: place.mount.into(), ..stat })
    })?)
}

pub(in crate::wasi) fn set_times(call: &mut Call<'_>) -> Outcome {
    let path = call.path(2)?;
    let follow = follows(call.u32(1))?;
    let times = call.wasi.times(call.u64(4), call.u64(5), call.u16(6)?)?;
    let right = rights::PATH_FILESTAT_SET_TIMES;
    Ok(call.wasi.at(call.u32(0), right, &path, follow, |wasi, place| {
        wasi.changeable(place.mount)?;
        wasi.tree(place.mount).set_times_at(place.dir, &place.name, times)
    })?)
}
