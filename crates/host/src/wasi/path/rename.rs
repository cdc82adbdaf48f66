//! `path_rename`.

use super::Follow;
use super::walk::Place;
use crate::Errno;
use crate::memory::joined;
use crate::state::Descriptor;
use crate::tree::FileType;
use crate::wasi::{Call, Outcome, Wasi, rights};

pub(in crate::wasi) fn rename(call: &mut Call<'_>) -> Outcome {
    let (old, new) = (call.path(1)?, call.path(4)?);
    let (from, to) = (call.u32(0), call.u32(3));
    Ok(call.wasi.at(from, rights::PATH_RENAME_SOURCE, &old, Follow::Never, |wasi, source| {
        wasi.at(to, rights::PATH_RENAME_TARGET, &new, Follow::Never, |wasi, target| {
            wasi.rename(source, target)
        })
    })?)
}

impl Wasi {
    fn rename(&mut self, source: &Place, target: &Place) -> Result<(), Errno> {
        if source.mount != target.mount {
            return Err(Errno::CrossDevice);
        }
        self.changeable(source.mount)?;
        let tree = self.tree(source.mount);
        if source.slash || target.slash {
            let kind = tree.stat_at(source.dir, &source.name)?.kind;
            if kind != FileType::Directory {
                return Err(Errno::NotDirectory);
            }
        }
        tree.rename(source.dir, &source.name, target.dir, &target.name)?;
        self.records_follow(source, target);
        Ok(())
    }

    /// What is open under the old name is found under the new one when it is opened again elsewhere.
    fn records_follow(&mut self, source: &Place, target: &Place) {
        let records = self.state.descriptors.values_mut().filter_map(Descriptor::file_mut);
        for record in records.filter(|record| record.mount == source.mount) {
            match record.path.strip_prefix(source.path.as_slice()) {
                Some([]) => record.path.clone_from(&target.path),
                Some([b'/', rest @ ..]) => record.path = joined(&target.path, rest),
                _ => {}
            }
        }
    }
}
