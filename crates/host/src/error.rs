//! What can go wrong when a guest's world is set up, saved or restored.

use crate::Errno;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

/// ```text
/// Error
/// ├── State            the saved state does not read
/// ├── Mount            a mount of a new guest is not there
/// ├── MissingMount     a mount of a saved guest is not there
/// ├── MissingFile      a file that a saved guest had open is not there
/// ├── UnknownMount     a mount was given that a saved guest does not have
/// ├── Channel          a channel of a new guest cannot be
/// ├── Unsaved          an open file cannot be written down
/// └── Limit            more than a named limit allows
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// The bytes are not a state that this version reads.
    State {
        /// What is wrong.
        reason: String,
    },
    /// A host directory cannot be mounted.
    Mount {
        /// Where the guest would see it.
        guest: String,
        /// The host directory.
        host: String,
        /// Why.
        errno: Errno,
    },
    /// A host directory that the saved guest had mounted cannot be mounted here.
    MissingMount {
        /// Where the guest sees it.
        guest: String,
        /// The host directory.
        host: String,
        /// A file in it that the guest had open, if any.
        file: Option<String>,
        /// Why.
        errno: Errno,
    },
    /// A file that the saved guest had open cannot be opened here.
    MissingFile {
        /// Where the guest sees the mount.
        guest: String,
        /// The host directory.
        host: String,
        /// The file, from the mount on.
        file: String,
        /// Why.
        errno: Errno,
    },
    /// A mount was given for a path under which the saved guest has none.
    UnknownMount {
        /// The path.
        guest: String,
        /// Where the guest has mounts.
        known: Vec<String>,
    },
    /// A channel cannot be given.
    Channel {
        /// Its path.
        path: String,
        /// Why.
        reason: String,
    },
    /// An open file has no name any more and is too large, or cannot be read, to travel in the image.
    Unsaved {
        /// Where the guest sees the mount.
        guest: String,
        /// The file, by its last name.
        file: String,
        /// Why.
        errno: Errno,
    },
    /// More than a named limit allows.
    Limit {
        /// What there is too much of.
        what: &'static str,
        /// How much is allowed.
        limit: u64,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::State { reason } => write!(f, "the image's host state cannot be read: {reason}"),
            Self::Mount { guest, host, errno } => {
                write!(f, "cannot mount the directory {host:?} as {guest:?}: {errno}")
            }
            Self::MissingMount { guest, host, file, errno } => {
                missing_mount(f, guest, host, file.as_deref(), *errno)
            }
            Self::MissingFile { guest, host, file, errno } => write!(
                f,
                "the guest had {file:?} open in its mount {guest:?}, but in the directory {host:?} here: {errno}; \
                 put the file there, or mount a directory that has it as {guest:?}"
            ),
            Self::UnknownMount { guest, known } => {
                write!(f, "the guest has no mount {guest:?} to replace; it has {known:?}")
            }
            Self::Channel { path, reason } => write!(f, "there cannot be a channel {path:?}: {reason}"),
            Self::Unsaved { guest, file, errno } => write!(
                f,
                "the guest has {file:?} open in its mount {guest:?}, the file has no name any more, and its \
                 contents cannot travel: {errno}; stop the guest again once it has closed the file"
            ),
            Self::Limit { what, limit } => write!(f, "too many {what}: {limit} are allowed"),
        }
    }
}

fn missing_mount(
    f: &mut fmt::Formatter<'_>,
    guest: &str,
    host: &str,
    file: Option<&str>,
    errno: Errno,
) -> fmt::Result {
    write!(f, "the guest's mount {guest:?} needs the directory {host:?}, and here: {errno}; ")?;
    if let Some(file) = file {
        write!(f, "the guest had {file:?} open in it; ")?;
    }
    write!(f, "make that directory available, or mount another one as {guest:?}")
}

impl core::error::Error for Error {}
