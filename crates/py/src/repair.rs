//! What a node keeps on its disk, repaired.

use crate::error::tree::StorageError;
use pyo3::prelude::*;
use std::path::PathBuf;

/// Repairs a node's folder: images that are whole, what is lost, and whether anything was damaged.
#[pyfunction]
#[expect(clippy::needless_pass_by_value, reason = "the shape that the border takes")]
pub fn repair(py: Python<'_>, folder: PathBuf) -> PyResult<(usize, Vec<String>, bool)> {
    let repaired = py.detach(|| sojourn_node::repair(&folder));
    let repaired = repaired.map_err(|error| StorageError::new_err(error.to_string()))?;
    Ok((repaired.images, repaired.lost, repaired.damaged))
}
