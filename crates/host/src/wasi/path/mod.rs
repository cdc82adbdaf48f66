//! `path_*`.

pub(super) mod link;
pub(super) mod open;
pub(super) mod rename;
pub(super) mod stat;
mod walk;

use super::{Call, Outcome, rights};
use crate::Errno;

/// When a symbolic link at the end of a path is followed; those on its way always are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follow {
    /// What changes names looks at the name itself.
    Never,
    /// When a slash says that a directory is meant.
    Slash,
    Always,
}

/// What `lookupflags` ask for: their only bit is to follow.
fn follows(flags: u32) -> Result<Follow, Errno> {
    match flags {
        0 => Ok(Follow::Slash),
        1 => Ok(Follow::Always),
        _ => Err(Errno::Invalid),
    }
}

pub(super) fn create_directory(call: &mut Call<'_>) -> Outcome {
    let path = call.path(1)?;
    let right = rights::PATH_CREATE_DIRECTORY;
    Ok(call.wasi.at(call.u32(0), right, &path, Follow::Never, |wasi, place| {
        wasi.changeable(place.mount)?;
        wasi.tree(place.mount).make_directory(place.dir, &place.name)
    })?)
}

pub(super) fn remove_directory(call: &mut Call<'_>) -> Outcome {
    let path = call.path(1)?;
    let right = rights::PATH_REMOVE_DIRECTORY;
    Ok(call.wasi.at(call.u32(0), right, &path, Follow::Never, |wasi, place| {
        wasi.changeable(place.mount)?;
        wasi.tree(place.mount).remove_directory(place.dir, &place.name)
    })?)
}

pub(super) fn unlink_file(call: &mut Call<'_>) -> Outcome {
    let path = call.path(1)?;
    let right = rights::PATH_UNLINK_FILE;
    Ok(call.wasi.at(call.u32(0), right, &path, Follow::Never, |wasi, place| {
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
