//! The Python extension module `sojourn._core`: the only crate that names pyo3.
//!
//! A thin binding over `sojourn_node`. Bytes and flat rows cross, not object graphs; `error` maps every error of
//! the Rust side to one Python exception. Whatever waits or computes lets the interpreter lock go.

mod annotation;
mod error;
mod image;
mod module;
mod node;
mod options;
mod port;
mod repair;
mod row;
mod run;
mod world;

#[pyo3::pymodule]
mod _core {
    #[pymodule_export]
    use crate::annotation::{annotate, annotation, is_reactive};
    #[pymodule_export]
    use crate::image::Image;
    #[pymodule_export]
    use crate::module::{Module, instrument, to_binary};
    #[pymodule_export]
    use crate::node::{Node, node_open};
    #[pymodule_export]
    use crate::port::{Port, PortEvent};
    #[pymodule_export]
    use crate::repair::repair;
    #[pymodule_export]
    use crate::run::{Run, resume, start};

    /// Version of the extension.
    #[pyo3::pyfunction]
    fn version() -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}
