//! Modules.

use crate::error::exception;
use crate::row::{SiteRow, site_kind};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sojourn_instrument::{Flavour, Options};
use sojourn_node::Error;
use std::borrow::Cow;

/// A module, checked and instrumented.
#[pyclass(frozen, module = "sojourn._core")]
pub struct Module(pub sojourn_node::Module);

#[pymethods]
impl Module {
    #[new]
    fn new(py: Python<'_>, wasm: &[u8]) -> PyResult<Self> {
        py.detach(|| sojourn_node::Module::new(&binary(wasm)?)).map(Self).map_err(exception)
    }

    #[getter]
    fn hash(&self) -> String {
        self.0.hash().to_string()
    }

    fn sites(&self, py: Python<'_>) -> Vec<SiteRow> {
        let row = |site: &sojourn_instrument::Site| (site.function, site.offset, site_kind(site.point));
        py.detach(|| self.0.info().sites.iter().map(row).collect())
    }
}

/// The pass alone.
#[pyfunction]
pub fn instrument<'py>(py: Python<'py>, wasm: &[u8], flavour: &str) -> PyResult<Bound<'py, PyBytes>> {
    let options = Options { flavour: flavour_named(flavour)?, allow_pinned: false };
    let made = py.detach(|| pass(wasm, options)).map_err(exception)?;
    Ok(PyBytes::new(py, &made))
}

/// A module in the binary form, which nodes take alone.
#[pyfunction]
pub fn to_binary<'py>(py: Python<'py>, wasm: &[u8]) -> PyResult<Bound<'py, PyBytes>> {
    Ok(PyBytes::new(py, &binary(wasm).map_err(exception)?))
}

fn pass(wasm: &[u8], options: Options) -> Result<Vec<u8>, Error> {
    Ok(sojourn_instrument::instrument(&binary(wasm)?, options)?.wasm)
}

fn flavour_named(name: &str) -> PyResult<Flavour> {
    match name {
        "atomic" => Ok(Flavour::Atomic),
        "counter" => Ok(Flavour::Counter),
        _ => {
            Err(PyValueError::new_err(format!("there is no flavour {name:?}; there are atomic and counter")))
        }
    }
}

/// The binary form; text is taken for what it says, and everything else is left for the pass to refuse.
pub(crate) fn binary(wasm: &[u8]) -> Result<Cow<'_, [u8]>, Error> {
    let begins = wasm.iter().find(|byte| !byte.is_ascii_whitespace());
    if !matches!(begins, Some(b'(' | b';')) {
        return Ok(Cow::Borrowed(wasm));
    }
    wat::parse_bytes(wasm)
        .map_err(|error| Error::InvalidModule(format!("not a module in the text format: {error}")))
}
