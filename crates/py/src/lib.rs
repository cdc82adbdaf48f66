//! The Python extension module `sojourn._core`: the only crate that names pyo3.
//!
//! A thin binding over `sojourn_node`. Bytes and flat rows cross, not object graphs; `error` maps every error of
//! the Rust side to one Python exception.

use pyo3::prelude::*;

#[pymodule]
mod _core {
    use pyo3::prelude::*;

    /// Version of the extension.
    #[pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
