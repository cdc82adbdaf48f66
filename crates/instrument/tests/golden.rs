//! What the pass makes of small modules, beside them in tests/golden/instrument.
//!
//! The first line of a module names the flavour. `SOJOURN_BLESS=1 cargo test --release -p sojourn-instrument` writes
//! the results anew.

use sojourn_instrument::{Flavour, Options, instrument};
use std::path::{Path, PathBuf};
use std::{env, fs};

#[test]
fn modules_become_what_stands_beside_them() {
    let modules = modules();
    assert!(modules.len() >= 4, "the golden modules are gone");
    for path in modules {
        let text = fs::read_to_string(&path).expect("a readable module");
        let flavour = if text.starts_with(";; counter") { Flavour::Counter } else { Flavour::Atomic };
        let wasm = wat::parse_str(&text).expect("a valid module");
        let made =
            instrument(&wasm, Options { flavour, allow_pinned: false }).expect("a module that can move");
        wasmparser::Validator::new_with_features(wasmparser::WasmFeatures::all())
            .validate_all(&made.wasm)
            .expect("a valid result");
        compare(
            &path.with_extension("out"),
            &wasmprinter::print_bytes(&made.wasm).expect("a printable result"),
        );
    }
}

fn modules() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/instrument");
    let entries = fs::read_dir(folder).expect("the folder of golden modules");
    let paths = entries.map(|entry| entry.expect("a readable entry").path());
    paths.filter(|path| path.extension().is_some_and(|extension| extension == "wat")).collect()
}

fn compare(path: &Path, printed: &str) {
    if env::var_os("SOJOURN_BLESS").is_some() {
        fs::write(path, printed).expect("a writable result");
    }
    let wanted = fs::read_to_string(path).expect("a result beside the module; SOJOURN_BLESS=1 writes it");
    assert!(wanted == printed, "{} differs; SOJOURN_BLESS=1 writes it anew:\n{printed}", path.display());
}
