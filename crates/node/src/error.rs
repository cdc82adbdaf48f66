//! What can go wrong in a node.

use sojourn_engine::{EngineError, StateError};
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// ```text
/// Error
/// ├── InvalidModule    not a WebAssembly module
/// ├── Refused          a module that cannot move
/// ├── MissingImport    a module that asks for something which is not provided
/// ├── MissingExport    a module without the function to call
/// ├── InvalidImage     bytes that are no image, or an image that does not fit its module
/// ├── WrongVersion     an image of a format version that this build does not read
/// ├── WrongModule      an image of another module
/// ├── MissingModule    an image whose module is not at hand
/// ├── MissingMount     an image that needs a directory which is not here
/// ├── World            arguments, mounts or streams that cannot be given to the guest
/// ├── DiskFull         no room for a file
/// ├── Io               any other failure of a file
/// ├── TooLate          `stop_at` after the guest has begun
/// └── Engine           the engine could not do its part: memory, limits
/// ```
#[derive(Clone, Debug)]
pub enum Error {
    /// Not a WebAssembly module.
    InvalidModule(String),
    /// A module that cannot move: function, offset and reason.
    Refused(String),
    /// A module that asks for something which is not provided.
    MissingImport {
        /// Module part of the name.
        module: String,
        /// Field part of the name.
        name: String,
    },
    /// A module without the function to call.
    MissingExport(String),
    /// Bytes that are no image, or an image that does not fit its module.
    InvalidImage(String),
    /// An image of a format version that this build does not read.
    WrongVersion(String),
    /// An image of another module.
    WrongModule(String),
    /// An image whose module is not at hand.
    MissingModule(String),
    /// An image that needs a directory which is not here.
    MissingMount(String),
    /// Arguments, mounts or streams that cannot be given to the guest.
    World(String),
    /// No room for a file.
    DiskFull {
        /// The file.
        path: PathBuf,
    },
    /// Any other failure of a file.
    Io {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: Arc<io::Error>,
    },
    /// `stop_at` after the guest has begun.
    TooLate,
    /// The engine could not do its part.
    Engine(String),
}

impl Error {
    /// Stable name of the kind, for other languages.
    #[must_use]
    pub fn kind(&self) -> &'static str {
        match self {
            Self::InvalidModule(_) => "InvalidModule",
            Self::Refused(_) => "Refused",
            Self::MissingImport { .. } => "MissingImport",
            Self::MissingExport(_) => "MissingExport",
            Self::InvalidImage(_) => "InvalidImage",
            Self::WrongVersion(_) => "WrongVersion",
            Self::WrongModule(_) => "WrongModule",
            Self::MissingModule(_) => "MissingModule",
            Self::MissingMount(_) => "MissingMount",
            Self::World(_) => "World",
            Self::DiskFull { .. } => "DiskFull",
            Self::Io { .. } => "Io",
            Self::TooLate => "TooLate",
            Self::Engine(_) => "Engine",
        }
    }

    /// A failure with this file.
    pub(crate) fn file(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull { path },
            _ => Self::Io { path, source: Arc::new(source) },
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::InvalidModule(message)
            | Self::Refused(message)
            | Self::InvalidImage(message)
            | Self::WrongVersion(message)
            | Self::WrongModule(message)
            | Self::MissingModule(message)
            | Self::MissingMount(message)
            | Self::World(message)
            | Self::Engine(message) => f.write_str(message),
            Self::MissingImport { module, name } => {
                write!(f, "the module imports {module}.{name}, which nothing here provides")
            }
            Self::MissingExport(name) => {
                write!(f, "the module exports no function {name:?}; name one that it exports")
            }
            Self::DiskFull { path } => write!(
                f,
                "no room on the disk for {}; what was there before is untouched; make room and try again",
                path.display()
            ),
            Self::Io { path, source } => write!(f, "{}: {source}", path.display()),
            Self::TooLate => f.write_str(
                "the guest has already begun, so it cannot be stopped at an exact poll any more; \
                 give stop_at to start or resume instead",
            ),
        }
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Io { source, .. } => Some(source.as_ref()),
            _ => None,
        }
    }
}

impl From<EngineError> for Error {
    fn from(error: EngineError) -> Self {
        match error {
            EngineError::MissingImport { module, name } => Self::MissingImport { module, name },
            other => Self::Engine(other.to_string()),
        }
    }
}

impl From<StateError> for Error {
    fn from(error: StateError) -> Self {
        match error {
            StateError::Engine(error) => error.into(),
            StateError::Image(_) => Self::InvalidImage(error.to_string()),
            StateError::Guest(_) => Self::Engine(error.to_string()),
        }
    }
}

impl From<sojourn_instrument::Error> for Error {
    fn from(error: sojourn_instrument::Error) -> Self {
        match error {
            sojourn_instrument::Error::Invalid { .. } => Self::InvalidModule(error.to_string()),
            sojourn_instrument::Error::Refused { .. } => Self::Refused(error.to_string()),
            sojourn_instrument::Error::Frames(_) => Self::InvalidImage(error.to_string()),
        }
    }
}

impl From<sojourn_image::Error> for Error {
    fn from(error: sojourn_image::Error) -> Self {
        match error {
            sojourn_image::Error::Version { .. } => Self::WrongVersion(error.to_string()),
            sojourn_image::Error::WrongModule { .. } => Self::WrongModule(error.to_string()),
            _ => Self::InvalidImage(error.to_string()),
        }
    }
}

impl From<sojourn_host::Error> for Error {
    fn from(error: sojourn_host::Error) -> Self {
        match error {
            sojourn_host::Error::State { .. } => Self::InvalidImage(error.to_string()),
            sojourn_host::Error::MissingMount { .. }
            | sojourn_host::Error::MissingFile { .. }
            | sojourn_host::Error::UnknownMount { .. } => Self::MissingMount(error.to_string()),
            _ => Self::World(error.to_string()),
        }
    }
}
