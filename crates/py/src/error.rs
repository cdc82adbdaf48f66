//! The one map from the Rust side's errors to Python's exceptions, which `sojourn.model.errors` defines.

use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use sojourn_abi::Code;
use sojourn_node::Error;

/// The exceptions by the names that they have in Python.
pub mod tree {
    macro_rules! import {
        ($($name:ident)*) => { $(pyo3::import_exception!(sojourn.model.errors, $name);)* };
    }
    import! {
        EngineError Finished HostError InvalidAnnotation InvalidImage InvalidModule MissingExport MissingImport MissingModule
        MissingMount NodeError Refused SojournError StorageError Stopped TooLate UnknownEngine WrongModule WrongVersion
    }
}

/// The exception for an error code of a node, of the class that `sojourn.model.node_errors` has for it.
pub fn node_error(py: Python<'_>, code: Code, text: &str) -> PyErr {
    static MAKE: PyOnceLock<Py<PyAny>> = PyOnceLock::new();
    let make = MAKE.get_or_try_init(py, || {
        py.import("sojourn.model.node_errors")?.getattr("node_error").map(Bound::unbind)
    });
    match make.and_then(|make| make.bind(py).call1((code.number(), text))) {
        Ok(error) => PyErr::from_value(error),
        Err(error) => error,
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
