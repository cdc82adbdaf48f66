//! Ports: mailboxes of this process. What comes is taken in one batch; a field of an event becomes an object of Python
//! when it is asked for.

use crate::error::{node_error, tree};
use crate::node::Node;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sojourn_abi::{Alias, Code, Event};
use sojourn_node::live;
use std::os::fd::{AsFd, AsRawFd, RawFd};
use std::time::Duration;

/// A port; its node lives as long as it does.
#[pyclass(frozen, module = "sojourn._core")]
pub struct Port {
    port: live::Port,
    node: Py<Node>,
}

/// What came to a port.
#[pyclass(frozen, module = "sojourn._core")]
pub struct PortEvent(Event);

/// Opens a port of a node.
pub fn open(node: &Bound<'_, Node>, name: &str, aliases: Vec<(String, String)>) -> PyResult<Port> {
    let aliases = aliases.into_iter().map(|(scope, alias)| Alias { scope, alias }).collect();
    let opened = node.get().member().open_port(name, aliases);
    done(node.py(), opened.map(|port| Port { port, node: node.clone().unbind() }))
}

fn done<T>(py: Python<'_>, result: Result<T, (Code, String)>) -> PyResult<T> {
    result.map_err(|(code, text)| node_error(py, code, &text))
}

fn message(data: &[u8], ty: &str, subject: &str, content_type: &str) -> Event {
    Event {
        ty: ty.into(),
        subject: subject.into(),
        content_type: content_type.into(),
        data: data.into(),
        ..Event::default()
    }
}

#[pymethods]
impl Port {
    #[getter]
    fn name(&self) -> &str {
        self.port.name()
    }

    #[getter]
    fn node(&self, py: Python<'_>) -> Py<Node> {
        self.node.clone_ref(py)
    }

    #[pyo3(signature = (to, data, *, r#type = "", subject = "", content_type = ""))]
    fn send(
        &self,
        py: Python<'_>,
        to: &str,
        data: &[u8],
        r#type: &str,
        subject: &str,
        content_type: &str,
    ) -> PyResult<u64> {
        done(py, self.port.send(to, message(data, r#type, subject, content_type)))
    }

    #[expect(clippy::too_many_arguments, reason = "the fields of a message, by keyword")]
    #[pyo3(signature = (to, data, *, r#type = "", subject = "", content_type = "", expires_s = None))]
    fn call(
        &self,
        py: Python<'_>,
        to: &str,
        data: &[u8],
        r#type: &str,
        subject: &str,
        content_type: &str,
        expires_s: Option<f64>,
    ) -> PyResult<u64> {
        let expires = expires_s.map(Duration::try_from_secs_f64).transpose();
        let expires =
            expires.map_err(|_| tree::SojournError::new_err("a call cannot expire at such a time"))?;
        done(py, self.port.call(to, message(data, r#type, subject, content_type), expires))
    }

    fn cancel(&self, call: u64) {
        self.port.cancel(call);
    }

    #[pyo3(signature = (call, data, *, r#type = "", subject = "", content_type = ""))]
    fn reply(
        &self,
        py: Python<'_>,
        call: u64,
        data: &[u8],
        r#type: &str,
        subject: &str,
        content_type: &str,
    ) -> PyResult<u64> {
        done(py, self.port.reply(call, message(data, r#type, subject, content_type)))
    }

    #[pyo3(signature = (most = 1024))]
    fn take(&self, most: usize) -> Vec<PortEvent> {
        self.port.take(most).into_iter().map(PortEvent).collect()
    }

    fn find_any(&self, py: Python<'_>, scope: &str, pattern: &str) -> PyResult<Option<String>> {
        Ok(done(py, self.port.find(scope, pattern, true))?.into_iter().next())
    }

    fn find_all(&self, py: Python<'_>, scope: &str, pattern: &str) -> PyResult<Vec<String>> {
        done(py, self.port.find(scope, pattern, false))
    }

    fn resolve(&self, name: &str) -> Option<String> {
        self.port.resolve(name).ok()
    }

    fn watch(&self, py: Python<'_>, atom: &str) -> PyResult<()> {
        done(py, self.port.watch(atom))
    }

    fn unwatch(&self, atom: &str) {
        self.port.unwatch(atom);
    }

    fn set_alias(&self, py: Python<'_>, scope: String, alias: String) -> PyResult<()> {
        done(py, self.port.set_alias(Alias { scope, alias }))
    }

    #[pyo3(signature = (scope, alias = ""))]
    fn clear_alias(&self, py: Python<'_>, scope: &str, alias: &str) -> PyResult<()> {
        done(py, self.port.clear_alias(scope, alias))
    }

    fn fileno(&self) -> RawFd {
        self.port.as_fd().as_raw_fd()
    }

    fn close(&self) {
        self.port.close();
    }
}

#[pymethods]
impl PortEvent {
    #[getter]
    fn id(&self) -> u64 {
        self.0.id
    }

    #[getter]
    fn kind(&self) -> u8 {
        self.0.kind as u8
    }

    #[getter]
    fn source(&self) -> &str {
        &self.0.source
    }

    #[getter]
    fn r#type(&self) -> &str {
        &self.0.ty
    }

    #[getter]
    fn subject(&self) -> &str {
        &self.0.subject
    }

    #[getter]
    fn content_type(&self) -> &str {
        &self.0.content_type
    }

    #[getter]
    fn data<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.data)
    }

    #[getter]
    fn call(&self) -> u64 {
        self.0.call
    }

    #[getter]
    fn code(&self) -> u32 {
        self.0.code
    }

    fn __repr__(&self) -> String {
        let Event { kind, source, ty, subject, data, .. } = &self.0;
        format!(
            "<sojourn.PortEvent {kind:?} from {source}, type {ty:?}, subject {subject:?}, {} bytes>",
            data.len()
        )
    }
}
