//! `path_open`.

use super::walk::Place;
use super::{Follow, follows};
use crate::Errno;
use crate::state::{Descriptor, FileRecord, What};
use crate::tree::{FileType, Open};
use crate::wasi::fd::flag;
use crate::wasi::{Call, Outcome, Wasi, rights};

/// Bits of `oflags`.
mod open_flag {
    pub const CREATE: u16 = 1;
    pub const DIRECTORY: u16 = 2;
    pub const EXCLUSIVE: u16 = 4;
    pub const TRUNCATE: u16 = 8;
    pub const ALL: u16 = CREATE | DIRECTORY | EXCLUSIVE | TRUNCATE;
}

/// What a guest asks for.
struct Asked {
    how: Open,
    rights: u64,
    inheriting: u64,
    flags: u16,
}

pub(in crate::wasi) fn open(call: &mut Call<'_>) -> Outcome {
    call.writable(8, 4)?;
    let fd = call.u32(0);
    let path = call.path(2)?;
    let follow = follows(call.u32(1))?;
    let asked = asked(call)?;
    let number = call.wasi.state.free_descriptor().ok_or(Errno::TooManyOpen)?;
    let creates = if asked.how.create { rights::PATH_CREATE_FILE } else { 0 };
    let right = rights::PATH_OPEN | creates;
    let follow = if asked.how.create && asked.how.exclusive { Follow::Never } else { follow };
    let opened = call.wasi.at(fd, right, &path, follow, |wasi, place| wasi.open_place(place, &asked))?;
    call.wasi.state.descriptors.insert(number, opened);
    call.put_u32(8, number)
}

fn asked(call: &Call<'_>) -> Result<Asked, Errno> {
    let (oflags, flags) = (call.u16(4)?, call.u16(7)?);
    if oflags & !open_flag::ALL != 0 || flags & !flag::ALL != 0 {
        return Err(Errno::Invalid);
    }
    let inherited = call.wasi.descriptor(call.u32(0))?.inheriting;
    let rights = call.u64(5) & rights::ALL;
    if rights & !inherited & (rights::FILE | rights::DIRECTORY) != 0 {
        return Err(Errno::NotCapable);
    }
    let directory = oflags & open_flag::DIRECTORY != 0;
    let how = Open {
        write: rights & rights::FD_WRITE != 0 && !directory,
        create: oflags & open_flag::CREATE != 0,
        exclusive: oflags & open_flag::EXCLUSIVE != 0,
        truncate: oflags & open_flag::TRUNCATE != 0,
        directory,
    };
    if directory && (how.create || how.truncate) {
        return Err(Errno::Invalid);
    }
    Ok(Asked { how, rights, inheriting: call.u64(6) & inherited, flags })
}

impl Wasi {
    fn open_place(&mut self, place: &Place, asked: &Asked) -> Result<Descriptor, Errno> {
        let how = Open { directory: asked.how.directory || place.slash, ..asked.how };
        if let Some(index) = self.channel_at(place.mount, &place.path) {
            let exclusive = how.create && how.exclusive;
            return self.open_channel(index, asked.rights, asked.flags, (how.directory, exclusive));
        }
        if how.create && place.slash {
            return Err(Errno::IsDirectory);
        }
        if how.write || how.truncate {
            self.changeable(place.mount)?;
        }
        if how.create && self.changeable(place.mount).is_err() {
            self.tree(place.mount).stat_at(place.dir, &place.name).map_err(|_| Errno::ReadOnly)?;
        }
        let how = if self.changeable(place.mount).is_err() { Open { create: false, ..how } } else { how };
        let tree = self.tree(place.mount);
        let node = tree.open(place.dir, &place.name, how)?;
        let kind = match tree.stat(node) {
            Ok(stat) => stat.kind,
            Err(errno) => {
                tree.close(node);
                return Err(errno);
            }
        };
        let allowed = if kind == FileType::Directory { rights::DIRECTORY } else { rights::FILE };
        let (mount, path) = (place.mount, place.path.clone());
        let record = FileRecord { mount, path, kind, write: how.write, offset: 0, node, listing: None };
        Ok(Descriptor {
            what: What::File(record),
            rights: asked.rights & allowed,
            inheriting: asked.inheriting,
            flags: asked.flags,
            preopen: None,
        })
    }
}
