//! Instruments a module: `instrument IN OUT [atomic|counter]`, with what it took on standard error.

use std::time::Instant;

use sojourn_instrument::{Flavour, Options, instrument};

#[expect(clippy::cast_precision_loss, reason = "sizes for people")]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, input, output, flavour @ ..] = arguments.as_slice() else {
        return Err("instrument IN OUT [atomic|counter]".into());
    };
    let counter = flavour.first().is_some_and(|flavour| flavour == "counter");
    let flavour = if counter { Flavour::Counter } else { Flavour::Atomic };
    let wasm = std::fs::read(input)?;
    let begin = Instant::now();
    let done = instrument(&wasm, Options { flavour, allow_pinned: false })?;
    let seconds = begin.elapsed().as_secs_f64();
    eprintln!(
        "{} bytes -> {} bytes ({:.2}), {} sites, {:.1} MB/s",
        wasm.len(),
        done.wasm.len(),
        done.wasm.len() as f64 / wasm.len() as f64,
        done.info.sites.len(),
        wasm.len() as f64 / 1e6 / seconds
    );
    wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all()).validate_all(&done.wasm)?;
    std::fs::write(output, done.wasm)?;
    Ok(())
}
