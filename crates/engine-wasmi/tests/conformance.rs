//! The suite that every adapter passes, on wasmi.

#[path = "../../engine/conformance/mod.rs"]
mod conformance;

use sojourn_engine_wasmi::{Settings, Wasmi};

conformance::suite! {
    metered: Wasmi::new(Settings::default()),
}
