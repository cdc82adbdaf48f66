//! The programs of the sweep are valid and end the same on both engines without the pass.

use sojourn_conformance::engines::{in_parallel, wasmi, wasmtime};
use sojourn_conformance::guest_host::GuestHost;
use sojourn_conformance::program::{Needs, PROGRAMS, Program};
use sojourn_conformance::sweep::ending;
use sojourn_engine::{Engine, Instance};

#[test]
fn programs_end_alike_on_both_engines_without_the_pass() {
    let check = |program: &Program| {
        let wasm = program.wasm();
        let first = run(wasmtime(), &wasm);
        if program.needs == Needs::Nothing {
            assert_eq!(first, run(wasmi(), &wasm), "{}", program.name);
        }
    };
    in_parallel(PROGRAMS, check);
}

fn run<E: Engine>(engine: &E, wasm: &[u8]) -> (String, GuestHost) {
    let module = engine.compile(wasm).expect("the engine takes it");
    let mut instance = engine.instantiate(&module, GuestHost::default()).expect("its imports are there");
    let outcome = instance.call("run", &[]).expect("it has an export run");
    (ending(&outcome), instance.host().clone())
}
