//! The one map from the Rust side's errors to Python's exceptions, which `sojourn.model.errors` defines.

use pyo3::PyErr;
use sojourn_node::Error;

/// The exceptions by the names that they have in Python.
pub mod tree {
    macro_rules! import {
        ($($name:ident)*) => { $(pyo3::import_exception!(sojourn.model.errors, $name);)* };
    }
    import! {
        EngineError Finished HostError InvalidAnnotation InvalidImage InvalidModule MissingExport MissingImport MissingModule
        MissingMount NodeError Refused StorageError Stopped TooLate UnknownEngine WrongModule WrongVersion
    }
}

/// The exception for an error.
pub fn exception(error: impl Into<Error>) -> PyErr {
    let error = error.into();
    let text = error.to_string();
    match error {
        Error::InvalidModule(_) => tree::InvalidModule::new_err(text),
        Error::Refused(_) => tree::Refused::new_err(text),
        Error::MissingImport { .. } => tree::MissingImport::new_err(text),
        Error::MissingExport(_) => tree::MissingExport::new_err(text),
        Error::InvalidImage(_) => tree::InvalidImage::new_err(text),
        Error::WrongVersion(_) => tree::WrongVersion::new_err(text),
        Error::WrongModule(_) => tree::WrongModule::new_err(text),
        Error::MissingModule(_) => tree::MissingModule::new_err(text),
        Error::MissingMount(_) => tree::MissingMount::new_err(text),
        Error::World(_) => tree::HostError::new_err(text),
        Error::DiskFull { .. } | Error::Io { .. } => tree::StorageError::new_err(text),
        Error::TooLate => tree::TooLate::new_err(text),
        Error::Engine(_) => tree::EngineError::new_err(text),
    }
}
