//! `path_*`.

pub(super) mod link;
pub(super) mod open;
pub(super) mod rename;
pub(super) mod stat;
mod walk;

use super::{Call, Outcome, rights};
use crate::Errno;

/// Bit of `lookupflags`.
const FOLLOW: u32 = 1;

/// Whether `lookupflags` ask to follow a symbolic link at the end.
fn follows(flags: u32) -> Result<bool, Errno> {
    if flags & !FOLLOW == 0 { Ok(flags & FOLLOW != 0) } else { Err(Errno::Invalid) }
}

pub(super) fn create_directory(call: &mut Call<'_>) -> Outcome {
    let path = call.path(1)?;
    let right = rights::PATH_CREATE_DIRECTORY;
    Ok(call.wasi.at(call.u32(0), right, &path, false, |wasi, place| {
        wasi.changeable(place.mount)?;
        wasi.tree(place.mount).make_directory(place.dir, &place.name)
    })?)
}

pub(super) fn remove_directory(call: &mut Call<'_>) -> Outcome {
    let path = call.path(1)?;
    let right = rights::PATH_REMOVE_DIRECTORY;
    Ok(call.wasi.at(call.u32(0), right, &path, false, |wasi, place| {
        wasi.changeable(place.mount)?;
        wasi.tree(place.mount).remove_directory(place.dir, &place.name)
    })?)
}

pub(super) fn unlink_file(call: &mut Call<'_>) -> Outcome {
    let path = call.path(1)?;
    let right = rights::PATH_UNLINK_FILE;
    Ok(call.wasi.at(call.u32(0), right, &path, false, |wasi, place| {
        wasi.changeable(place.mount)?;
        let tree = wasi.tree(place.mount);
        if place.slash {
            return Err(tree.enter(place.dir, &place.name).map_or_else(
                |errno| errno,
                |node| {
                    tree.close(node);
                    Errno::IsDirectory
                },
            ));
        }
        tree.remove_file(place.dir, &place.name)
    })?)
}
