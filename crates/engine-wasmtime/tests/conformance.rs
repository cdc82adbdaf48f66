//! The suite that every adapter passes, on Wasmtime without and with epoch checks.

#[path = "../../engine/conformance/mod.rs"]
mod conformance;

use sojourn_engine_wasmtime::{Settings, Wasmtime};

conformance::suite! {
    plain: Wasmtime::new(Settings::default()).unwrap(),
    interruptible: Wasmtime::new(Settings { interruptible_counter: true, ..Settings::default() }).unwrap(),
}
