//! Members of a realm: nodes and clients.

use crate::error::tree;
use crate::port::Port;
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sojourn_abi::{Code, Request, Response};
use sojourn_node::live;
use sojourn_node::mesh::Role;
use std::time::Duration;

/// How long a node waits for the realm that it joins.
const JOIN: Duration = Duration::from_secs(10);

/// A member of a realm in this process.
#[pyclass(frozen, module = "sojourn._core")]
pub struct Node(live::Node);

/// Joins a realm with resolved settings, a JSON object of key and value (null: none); `role` is node, client or gateway.
#[pyfunction]
pub fn node_open(py: Python<'_>, config: &str) -> PyResult<Node> {
    let settings = settings(config).map_err(tree::NodeError::new_err)?;
    let opened = py.detach(|| {
        let waits = settings.role != Role::Node || !settings.join.is_empty();
        let node = live::Node::open(settings).map_err(|error| error.to_string())?;
        if waits {
            node.connected(JOIN)?;
        }
        Ok::<_, String>(node)
    });
    opened.map(Node).map_err(tree::NodeError::new_err)
}

/// The settings of a JSON object.
fn settings(config: &str) -> Result<live::Settings, String> {
    let object: serde_json::Map<String, serde_json::Value> =
        serde_json::from_str(config).map_err(|error| format!("the settings are no JSON object: {error}"))?;
    let mut values = live::Values::new();
    let mut role = Role::Node;
    for (name, value) in object {
        match plain(&value) {
            Some(text) if name == "role" && text == "client" => role = Role::Client,
            Some(text) if name == "role" && text == "gateway" => role = Role::Gateway,
            Some(_) if name == "role" => {}
            Some(text) => drop(values.insert(name, text)),
            None => {}
        }
    }
    live::Settings::from_values(&values, role)
}

/// A value as a variable would say it.
fn plain(value: &serde_json::Value) -> Option<String> {
    match value {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text.clone()),
        serde_json::Value::Array(parts) => Some(parts.iter().filter_map(plain).collect::<Vec<_>>().join(",")),
        other => Some(other.to_string()),
    }
}

impl Node {
    /// The member itself.
    pub(crate) const fn member(&self) -> &live::Node {
        &self.0
    }
}

#[pymethods]
impl Node {
    #[getter]
    fn name(&self) -> &str {
        self.0.name()
    }

    fn peers(&self) -> Vec<String> {
        self.0.peers()
    }

    fn addresses(&self) -> Vec<String> {
        self.0.addresses()
    }

    #[pyo3(signature = (request, to, timeout_ms))]
    fn request<'py>(
        &self,
        py: Python<'py>,
        request: &[u8],
        to: Option<&str>,
        timeout_ms: u64,
    ) -> Bound<'py, PyBytes> {
        let response = match sojourn_abi::decode::<Request>(request) {
            Some(request) => py.detach(|| self.0.request(request, to, Duration::from_millis(timeout_ms))),
            None => Response::failed(Code::InvalidRequest, "the request cannot be read"),
        };
        PyBytes::new(py, &sojourn_abi::encode(&response))
    }

    fn put<'py>(&self, py: Python<'py>, content: &[u8]) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.put(content.to_vec()))
    }

    fn get<'py>(
        &self,
        py: Python<'py>,
        hash: [u8; 32],
        from_node: &str,
        timeout_ms: u64,
    ) -> PyResult<Bound<'py, PyBytes>> {
        let got = py.detach(|| self.0.get(hash, from_node, Duration::from_millis(timeout_ms)));
        got.map(|content| PyBytes::new(py, &content)).map_err(tree::NodeError::new_err)
    }

    #[pyo3(signature = (name, aliases))]
    fn open_port(slf: &Bound<'_, Self>, name: &str, aliases: Vec<(String, String)>) -> PyResult<Port> {
        crate::port::open(slf, name, aliases)
    }

    fn close(&self, py: Python<'_>) {
        py.detach(|| self.0.close());
    }
}
