//! Runs.

use crate::error::{exception, tree};
use crate::image::Image;
use crate::module::Module;
use crate::options::{self, MountRow, Source};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use sojourn_node::{Ending, Error, ResumeOptions, StartOptions};
use std::sync::Arc;
use std::time::Duration;

/// How long a wait lasts before the interpreter is asked whether a signal came.
const SIGNAL_CHECK: Duration = Duration::from_millis(50);

/// A guest on its own thread.
#[pyclass(frozen, module = "sojourn._core")]
pub struct Run(sojourn_node::Run);

#[pymethods]
impl Run {
    fn stop(&self, py: Python<'_>) -> PyResult<Image> {
        image(py.detach(|| self.0.stop()))
    }

    fn stop_at(&self, py: Python<'_>, poll: u64) -> PyResult<Image> {
        image(py.detach(|| self.0.stop_at(poll)))
    }

    fn stopped(&self, py: Python<'_>) -> PyResult<Image> {
        image(patiently(py, || self.0.wait_for(SIGNAL_CHECK))?)
    }

    fn wait(&self, py: Python<'_>) -> PyResult<(Option<i32>, Option<String>)> {
        let ending = patiently(py, || self.0.wait_for(SIGNAL_CHECK))?;
        match ending.map_err(exception)? {
            Ending::Exited(status) => Ok((Some(status), None)),
            Ending::Trapped(trap) => Ok((None, Some(trap.message))),
            Ending::Stopped(_) => Err(tree::Stopped::new_err(
                "the run was stopped into an image, so that it has no exit status",
            )),
        }
    }

    fn read<'py>(&self, py: Python<'py>, stream: u8, size: usize) -> PyResult<Bound<'py, PyBytes>> {
        let output = if stream == 1 { self.0.stdout() } else { self.0.stderr() };
        let bytes = match output {
            Some(output) => patiently(py, || output.read_for(size, SIGNAL_CHECK))?,
            None => Vec::new(),
        };
        Ok(PyBytes::new(py, &bytes))
    }

    fn listening(&self) -> Vec<String> {
        self.0.listening().iter().map(ToString::to_string).collect()
    }

    fn close(&self, py: Python<'_>) {
        // Whoever closes a run wants neither its image nor to hear why there is none.
        let _ = py.detach(|| self.0.stop());
    }
}

/// Waits without the interpreter lock, and lets signals through: Ctrl-C ends the wait.
fn patiently<T: Send>(py: Python<'_>, wait: impl Fn() -> Option<T> + Sync) -> PyResult<T> {
    loop {
        if let Some(value) = py.detach(&wait) {
            return Ok(value);
        }
        py.check_signals()?;
    }
}

/// The image of a stop, or the exception for why there is none.
fn image(ending: Result<Ending, Error>) -> PyResult<Image> {
    match ending.map_err(exception)? {
        Ending::Stopped(image) => Ok(Image(image)),
        Ending::Exited(status) => Err(finished(&format!("ended with status {status}"))),
        Ending::Trapped(trap) => Err(finished(&format!("trapped: {}", trap.message))),
    }
}

fn finished(how: &str) -> PyErr {
    tree::Finished::new_err(format!("the run had {how} before it could be stopped"))
}

/// Starts a module.
#[pyfunction]
#[pyo3(signature = (module, args, env, stdin, mounts, engine, inherit, stop_at, listen=Vec::new()))]
#[expect(clippy::too_many_arguments, reason = "one for each option that Python passes")]
pub fn start(
    py: Python<'_>,
    module: &Module,
    args: Vec<String>,
    env: Vec<(String, String)>,
    stdin: Option<Source>,
    mounts: Vec<MountRow>,
    engine: &str,
    inherit: bool,
    stop_at: Option<u64>,
    listen: Vec<String>,
) -> PyResult<Run> {
    let chosen = StartOptions {
        args,
        env,
        stdin: options::stdin(stdin, inherit)?,
        mounts: options::mounts(mounts),
        engine: options::engine(engine)?,
        console: options::console(inherit),
        stop_at,
        listen,
        ..StartOptions::default()
    };
    py.detach(|| sojourn_node::start(&module.0, &chosen)).map(Run).map_err(exception)
}

/// Goes on from an image.
#[pyfunction]
#[pyo3(signature = (image, module, stdin, mounts, engine, inherit, stop_at, listen=Vec::new()))]
#[expect(clippy::too_many_arguments, reason = "one for each option that Python passes")]
pub fn resume(
    py: Python<'_>,
    image: &Image,
    module: Option<&Module>,
    stdin: Option<Source>,
    mounts: Vec<MountRow>,
    engine: &str,
    inherit: bool,
    stop_at: Option<u64>,
    listen: Vec<String>,
) -> PyResult<Run> {
    let chosen = ResumeOptions {
        module: module.map(|module| module.0.clone()),
        stdin: options::stdin(stdin, inherit)?,
        mounts: options::mounts(mounts),
        engine: options::engine(engine)?,
        console: options::console(inherit),
        stop_at,
        listen,
    };
    py.detach(|| sojourn_node::resume(Arc::clone(&image.0), &chosen)).map(Run).map_err(exception)
}
