//! Images.

use crate::error::exception;
use crate::row::{self, FrameRow, ValueRow};
use crate::world::{self, FileRow, MountRow};
use pyo3::prelude::*;
use pyo3::pybacked::PyBackedBytes;
use pyo3::types::PyBytes;
use sojourn_image::chunk::{Chunk, Memory};
use sojourn_image::limit::CHUNK_BYTES;
use sojourn_image::{Entry, Header};
use sojourn_node::state::State;
use std::sync::Arc;

/// Start, end, stored bytes.
type ChunkRow = (u64, u64, u64);
/// Index, bytes, chunks.
type MemoryRow = (u32, u64, Vec<ChunkRow>);

/// A stopped computation.
#[pyclass(frozen, module = "sojourn._core")]
pub struct Image(pub Arc<sojourn_node::Image>);

#[pymethods]
impl Image {
    #[new]
    fn new(py: Python<'_>, data: PyBackedBytes) -> PyResult<Self> {
        py.detach(|| sojourn_node::Image::decode_owned(data))
            .map(|image| Self(Arc::new(image)))
            .map_err(exception)
    }

    fn to_bytes<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = py.detach(|| self.0.encode()).map_err(exception)?;
        Ok(PyBytes::new(py, &bytes))
    }

    #[getter]
    fn module_hash(&self) -> String {
        self.0.module_hash.to_string()
    }

    #[getter]
    fn entry(&self) -> String {
        match &self.0.entry {
            Entry::Start { then } => format!("start function, then {then}"),
            Entry::Export { name } => name.clone(),
        }
    }

    fn frames(&self, py: Python<'_>) -> Vec<FrameRow> {
        // Without its module an image is still worth looking at.
        let module = py.detach(|| sojourn_node::Module::of_image(&self.0)).ok();
        let name = |function| Some(module.as_ref()?.function_name(function)?.to_owned());
        self.0.frames.iter().map(|frame| row::frame(frame, name(frame.function))).collect()
    }

    fn sections(&self, py: Python<'_>) -> PyResult<Vec<(&'static str, u64)>> {
        let header = py.detach(|| Header::decode(&self.0.encode()?)).map_err(exception)?;
        Ok(header.sections.iter().map(|listed| (listed.section.name(), listed.length)).collect())
    }

    fn features(&self) -> Vec<&'static str> {
        self.0.features.names().collect()
    }

    fn globals(&self) -> Vec<ValueRow> {
        self.0.globals.iter().map(|(index, value)| row::global(*index, *value)).collect()
    }

    fn tables(&self) -> Vec<(u32, usize)> {
        self.0.tables.iter().map(|table| (table.index, table.elements.len())).collect()
    }

    fn arguments(&self) -> PyResult<Vec<String>> {
        Ok(world::arguments(&self.world()?))
    }

    fn mounts(&self) -> PyResult<Vec<MountRow>> {
        Ok(world::mounts(&self.world()?))
    }

    fn files(&self) -> PyResult<Vec<FileRow>> {
        Ok(world::files(&self.world()?))
    }

    fn memories(&self) -> Vec<MemoryRow> {
        self.0.memories.iter().map(memory).collect()
    }
}

impl Image {
    fn world(&self) -> PyResult<State> {
        State::from_bytes(&self.0.host).map_err(exception)
    }
}

fn memory(memory: &Memory) -> MemoryRow {
    let row = |chunk: &Chunk| {
        let start = u64::from(chunk.number) * CHUNK_BYTES as u64;
        (start, start + memory.chunk_bytes(chunk.number) as u64, u64::from(chunk.stored_bytes))
    };
    (memory.index(), memory.size_bytes(), memory.chunks().iter().map(row).collect())
}
