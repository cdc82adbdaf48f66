//! Files that are channels. What came for them is in the mailbox; here is which there are, and who gets what is written.

use super::{Mount, numbered, record};
use crate::error::Error;
use crate::limit;
use crate::memory::MemoryTree;
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use sojourn_abi::{ChannelMode, check_channel_path};

/// A channel with this path that can be read is descriptor 0, too.
const STANDARD_INPUT: &str = "/dev/stdin";

/// All channels of a guest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Channels {
    /// The files; descriptors name them by index.
    pub files: Vec<ChannelFile>,
    /// Name of the atom that gets what is written.
    pub to: String,
}

/// A file that is a channel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChannelFile {
    /// Where the guest opens it.
    pub path: String,
    /// What it may do with it.
    pub mode: ChannelMode,
}

record!(Channels { files, to });
record!(ChannelFile { path, mode });
numbered!(ChannelMode { Read = 1, Write = 2, Both = 3 });

impl Channels {
    /// Whether they can be.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.files.len() > limit::CHANNELS {
            return Err(Error::Limit { what: "channels", limit: limit::CHANNELS as u64 });
        }
        for (place, file) in self.files.iter().enumerate() {
            self.check_file(place, file)
                .map_err(|reason| Error::Channel { path: file.path.clone(), reason })?;
        }
        Ok(())
    }

    fn check_file(&self, place: usize, file: &ChannelFile) -> Result<(), String> {
        check_channel_path(&file.path)?;
        if file.mode.writes() && self.to.is_empty() {
            return Err("it is written, and nobody is named who gets that (channel_to)".to_string());
        }
        for other in &self.files[..place] {
            if other.path == file.path {
                return Err("it is there twice".to_string());
            }
            if is_within(&file.path, &other.path) || is_within(&other.path, &file.path) {
                return Err(format!("one of it and {:?} would be a directory", other.path));
            }
        }
        Ok(())
    }

    /// The directories that they lie in, as mounts: those of the first names in their paths, each with a file in the
    /// place of each channel. C libraries find a path by the directories that a program starts with.
    ///
    /// # Errors
    /// `Error::Channel` where one of `mounts` would hide a channel, or be hidden.
    pub(crate) fn directories(&self, mounts: &[Mount]) -> Result<Vec<Mount>, Error> {
        let mut found: Vec<(&str, MemoryTree)> = Vec::new();
        for file in &self.files {
            let bad = |reason| Error::Channel { path: file.path.clone(), reason };
            let (root, rest) = root_of(&file.path);
            let hides = |mount: &&Mount| {
                let guest = mount.guest.trim_end_matches('/');
                guest == root || (is_within(guest, root) && is_within(&file.path, guest))
            };
            if let Some(mount) = mounts.iter().find(hides) {
                return Err(bad(format!("there is a mount at {:?}; put that elsewhere", mount.guest)));
            }
            if !found.iter().any(|(known, _)| *known == root) {
                found.push((root, MemoryTree::new()));
            }
            for (_, tree) in found.iter_mut().filter(|(known, _)| *known == root) {
                tree.add_file(rest, b"").map_err(|errno| bad(errno.to_string()))?;
            }
        }
        Ok(found.into_iter().map(|(root, tree)| Mount::memory(root.into(), tree).read_only()).collect())
    }

    /// The channel that is standard input, if there is one.
    pub(crate) fn standard_input(&self) -> Option<u32> {
        let place = self.files.iter().position(|file| file.path == STANDARD_INPUT && file.mode.reads())?;
        u32::try_from(place).ok()
    }

    /// Which channel lies at a path of a mount.
    pub(crate) fn find(&self, mount: &Mount, path: &[u8]) -> Option<u32> {
        let guest = mount.guest.trim_end_matches('/').as_bytes();
        let rest = |file: &ChannelFile| {
            file.path.as_bytes().strip_prefix(guest).and_then(|rest| rest.strip_prefix(b"/")) == Some(path)
        };
        self.files.iter().position(rest).and_then(|place| u32::try_from(place).ok())
    }
}

/// `/ch` and `light/data` of `/ch/light/data`.
fn root_of(path: &str) -> (&str, &str) {
    let end = path.bytes().skip(1).position(|byte| byte == b'/').map_or(path.len(), |at| at + 1);
    (&path[..end], path.get(end + 1..).unwrap_or_default())
}

/// Whether a path lies in a directory.
fn is_within(path: &str, directory: &str) -> bool {
    path.strip_prefix(directory).is_some_and(|rest| rest.starts_with('/'))
}
