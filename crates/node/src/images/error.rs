//! What can go wrong in the store of images.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use sojourn_image::ModuleHash;

/// ```text
/// Error
/// ├── InUse           another process has the store open
/// ├── Damaged         a file of the store is not what was written
/// ├── DamagedImage    one image cannot be put together any more; the others can
/// ├── Version         a store of a version that this build does not read
/// ├── DiskFull        no room on the disk
/// ├── NoRoom          no room within `max_bytes`
/// ├── Missing         no image with this number
/// ├── TooLong         more of something than the store takes
/// ├── WrongModule     bytes that are not the module they are said to be
/// ├── Image           bytes that are no image, or an image beyond the limits of its format
/// └── Io              any other failure of a file
/// ```
#[derive(Clone, Debug)]
pub enum Error {
    /// Another process has the store open.
    InUse {
        /// The store's folder.
        folder: PathBuf,
        /// The other process, where it has left its number.
        process: Option<u32>,
    },
    /// A file of the store is not what was written.
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// One image cannot be put together any more.
    DamagedImage {
        /// Its number.
        id: u64,
        /// The file that is damaged.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A store of a version that this build does not read.
    Version {
        /// The file that says so.
        path: PathBuf,
        /// The version it has.
        found: u64,
        /// The version that this build reads.
        supported: u64,
    },
    /// No room on the disk.
    DiskFull {
        /// The file that could not be written.
        path: PathBuf,
    },
    /// No room within `max_bytes`: every image that is left is the last of its atom.
    NoRoom {
        /// The store's folder.
        folder: PathBuf,
        /// Bytes that would be held.
        needed_bytes: u64,
        /// Bytes that may be held.
        max_bytes: u64,
    },
    /// No image with this number.
    Missing {
        /// The number.
        id: u64,
    },
    /// More of something than the store takes.
    TooLong {
        /// Of what.
        what: &'static str,
        /// How many bytes there are.
        found: usize,
        /// How many there may be.
        limit: usize,
    },
    /// Bytes that are not the module they are said to be.
    WrongModule {
        /// The hash it was given with.
        expected: ModuleHash,
        /// The hash it has.
        found: ModuleHash,
    },
    /// Bytes that are no image, or an image beyond the limits of its format.
    Image(sojourn_image::Error),
    /// Any other failure of a file.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
}

impl Error {
    /// Stable name of the kind, for other languages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InUse { .. } => "InUse",
            Self::Damaged { .. } => "Damaged",
            Self::DamagedImage { .. } => "DamagedImage",
            Self::Version { .. } => "Version",
            Self::DiskFull { .. } => "DiskFull",
            Self::NoRoom { .. } => "NoRoom",
            Self::Missing { .. } => "Missing",
            Self::TooLong { .. } => "TooLong",
            Self::WrongModule { .. } => "WrongModule",
            Self::Image(_) => "Image",
            Self::Io { .. } => "Io",
        }
    }

    /// A failure with this file.
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            // A limit on the length of files is a disk that is full for us.
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull { path }
            }
            _ => Self::Io { path, source: Arc::new(source) },
        }
    }

    pub(crate) fn damaged(path: &Path, reason: impl Into<String>) -> Self {
        Self::Damaged { path: path.to_path_buf(), reason: reason.into() }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InUse { folder, process } => {
                write!(f, "the store {} is open in another process", folder.display())?;
                process.iter().try_for_each(|process| write!(f, " ({process})"))?;
                f.write_str("; end that node, or give this one a folder of its own")
            }
            Self::Damaged { path, reason } => write!(
                f,
                "{} is damaged: {reason}; nothing was removed: `sojourn repair` saves all that is whole in the node's \
                 folder, or give the node another one",
                path.display()
            ),
            Self::DamagedImage { id, path, reason } => write!(
                f,
                "image {id} is damaged: {}: {reason}; restore an older image of the atom, or take this one from \
                 another node",
                path.display()
            ),
            Self::Version { path, found, supported } => write!(
                f,
                "{} has version {found} and this build reads version {supported}; use a build that reads version \
                 {found}, or give the node another folder",
                path.display()
            ),
            Self::DiskFull { path } => write!(
                f,
                "no room on the disk for {}; what was kept before is untouched; make room and try again",
                path.display()
            ),
            Self::NoRoom { folder, needed_bytes, max_bytes } => write!(
                f,
                "the store {} may hold {max_bytes} bytes, and the last images of its atoms and this one need \
                 {needed_bytes}; nothing was changed; raise the limit, or remove atoms that are done",
                folder.display()
            ),
            Self::Missing { id } => {
                write!(
                    f,
                    "there is no image {id}: it was removed, or replaced by newer ones; list what is kept"
                )
            }
            Self::TooLong { what, found, limit } => {
                write!(f, "{what} has {found} bytes, and at most {limit} are kept; nothing was changed")
            }
            Self::WrongModule { expected, found } => {
                write!(f, "the module given as {expected} has hash {found}; it was not kept; fetch it again")
            }
            Self::Image(error) => error.fmt(f),
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source.as_ref()),
            Self::Image(error) => Some(error),
            _ => None,
        }
    }
}

impl From<sojourn_image::Error> for Error {
    fn from(error: sojourn_image::Error) -> Self {
        Self::Image(error)
    }
}
