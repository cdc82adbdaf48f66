//! The suite that every adapter passes, on Wasmtime without and with epoch checks.

#[path = "../../engine/conformance/mod.rs"]
mod conformance;

use sojourn_engine::Flavour;
use sojourn_engine_wasmtime::{Settings, Wasmtime};

conformance::suite! {
    plain: Wasmtime::new(Settings::default()).unwrap(),
    interruptible: Wasmtime::new(Settings { interruptible_counter: true, ..Settings::default() }).unwrap(),
}

/// Without a word to read, a guest is held where it looks at the epoch.
#[test]
fn a_guest_that_counts_is_held_at_an_epoch() {
    let engine = Wasmtime::new(Settings { interruptible_counter: true, ..Settings::default() }).unwrap();
    conformance::pausing::stands_still(conformance::stopping::stoppable_in(&engine, Flavour::Counter));
}
