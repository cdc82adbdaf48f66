//! The specification's scripts give the same verdicts through the pass as without it.

use sojourn_conformance::engines::in_parallel;
use sojourn_conformance::script::{Line, run};
use sojourn_conformance::suite;
use sojourn_conformance::verdicts::{Comparison, compare};
use sojourn_conformance::world::instrumented::Through;
use sojourn_conformance::world::{wasmi, wasmtime};
use sojourn_instrument::Flavour;

#[test]
fn verdicts_on_wasmtime() {
    let engine = wasmtime::engine();
    let world = || wasmtime::Wasmtime::new(&engine);
    for flavour in [Flavour::Atomic, Flavour::Counter] {
        check("wasmtime", flavour, &|text| run(&mut world(), text), &|text| {
            run(&mut Through::new(world(), flavour), text)
        });
    }
}

#[test]
fn verdicts_on_wasmi() {
    let engine = wasmi::engine();
    let world = || wasmi::Wasmi::new(&engine);
    let flavour = Flavour::Counter;
    check("wasmi", flavour, &|text| run(&mut world(), text), &|text| {
        run(&mut Through::new(world(), flavour), text)
    });
}

type Runner<'a> = &'a (dyn Fn(&str) -> Result<Vec<Line>, wast::Error> + Sync);

fn check(engine: &str, flavour: Flavour, plain: Runner<'_>, through: Runner<'_>) {
    let Some(folder) = suite::folder() else { return };
    let scripts = suite::scripts(&folder);
    let one = |(name, text): &(String, String)| {
        let plain = plain(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        let through = through(text).unwrap_or_else(|error| panic!("{name}: {error}"));
        compare(engine, name, &plain, &through)
    };
    let total: Comparison = in_parallel(&scripts, one).into_iter().collect();
    println!("{engine}, {flavour:?}: {} scripts, {total}", scripts.len());
    assert!(total.wrong.is_empty(), "{} differ:\n{}", total.wrong.len(), total.wrong.join("\n"));
}
