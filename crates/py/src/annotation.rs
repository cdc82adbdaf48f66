//! What modules say of themselves.

use crate::error::tree::InvalidAnnotation;
use crate::module::binary;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sojourn_abi::Annotation;
use sojourn_abi::annotation::{AnnotationError, edit, find, write};

/// What a module says, as it was written; empty: nothing.
#[pyfunction]
pub fn annotation(wasm: &[u8]) -> PyResult<String> {
    find(&binary(wasm).map_err(crate::error::exception)?).map_err(|error| exception(&error))
}

/// Whether messages run it, by what it says or, where it says nothing, is; fails where what it says is wrong.
#[pyfunction]
pub fn is_reactive(wasm: &[u8]) -> PyResult<bool> {
    let said = Annotation::of(&binary(wasm).map_err(crate::error::exception)?);
    let said = said.map_err(|error| exception(&error))?;
    Ok(said.reactive)
}

/// A module that says something else: keys with other values, and without others. What it says then is right.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "what comes from Python comes whole")]
pub fn annotate<'py>(
    py: Python<'py>,
    wasm: &[u8],
    values: Vec<(String, String)>,
    remove: Vec<String>,
) -> PyResult<Bound<'py, PyBytes>> {
    let wasm = binary(wasm).map_err(crate::error::exception)?;
    let set: Vec<(&str, &str)> = values.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect();
    let remove: Vec<&str> = remove.iter().map(String::as_str).collect();
    let annotated = edited(&wasm, &set, &remove).map_err(|error| exception(&error))?;
    Ok(PyBytes::new(py, &annotated))
}

fn edited(wasm: &[u8], set: &[(&str, &str)], remove: &[&str]) -> Result<Vec<u8>, AnnotationError> {
    let annotated = write(wasm, &edit(&find(wasm)?, set, remove)?)?;
    Annotation::of(&annotated)?;
    Ok(annotated)
}

fn exception(error: &AnnotationError) -> PyErr {
    let line = error.line.map(|line| format!("line {line} of the annotation: ")).unwrap_or_default();
    let hint = (!error.hint.is_empty()).then(|| error.hint.clone());
    InvalidAnnotation::new_err((format!("{line}{}", error.text), hint))
}
