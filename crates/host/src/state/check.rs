//! Whether a state that was read fits itself: nothing later has to ask again.

use super::{Contents, Descriptor, FileRecord, State, What};
use crate::error::Error;
use crate::limit;
use crate::tree::FileType;
use alloc::format;
use alloc::string::{String, ToString};

impl State {
    /// The first thing that does not fit, if any.
    pub(crate) fn check(&self) -> Result<(), Error> {
        self.check_limits()?;
        self.channels.check().map_err(|error| state(error.to_string()))?;
        for mount in &self.mounts {
            if let Contents::Memory(tree) = &mount.contents {
                tree.check().map_err(|reason| state(format!("mount {:?}: {reason}", mount.guest)))?;
            }
        }
        for (number, descriptor) in &self.descriptors {
            self.check_descriptor(descriptor)
                .map_err(|reason| state(format!("descriptor {number}: {reason}")))?;
        }
        Ok(())
    }

    fn check_descriptor(&self, descriptor: &Descriptor) -> Result<(), String> {
        let record = match &descriptor.what {
            What::File(record) => record,
            What::Listener(place) if *place >= limit::LISTENERS => return Err("no such listener".to_string()),
            What::Channel(index) if self.channels.files.len() <= *index as usize => {
                return Err("no such channel".to_string());
            }
            What::Channel(_) | What::Stream(_) | What::Listener(_) | What::Connection(_) => return Ok(()),
        };
        let mount = self.mounts.get(record.mount as usize).ok_or("no such mount")?;
        check_path(&record.path)?;
        match &mount.contents {
            Contents::Memory(tree) if tree.kind(record.node) != Some(record.kind) => {
                Err("no such file in memory".to_string())
            }
            _ => check_kind(record),
        }
    }
}

fn check_kind(record: &FileRecord) -> Result<(), String> {
    match record.kind {
        FileType::Directory | FileType::Regular | FileType::CharacterDevice | FileType::BlockDevice => Ok(()),
        _ => Err("a kind of file that cannot be open".to_string()),
    }
}

/// A path of a record has no `..`: it cannot lead out of its mount.
fn check_path(path: &[u8]) -> Result<(), String> {
    let climbs = path.split(|byte| *byte == b'/').any(|name| name == b".." || name == b".");
    if climbs || path.starts_with(b"/") || path.contains(&0) {
        return Err("a path that leads out of its mount".to_string());
    }
    Ok(())
}

const fn state(reason: String) -> Error {
    Error::State { reason }
}
