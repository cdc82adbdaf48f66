//! The specification's scripts give the same verdicts through the pass as without it.

use sojourn_conformance::engines::{self, in_parallel};
use sojourn_conformance::left_out::REFUSED;
use sojourn_conformance::script::run;
use sojourn_conformance::suite;
use sojourn_conformance::verdicts::{Comparison, compare};
use sojourn_conformance::world::hopping::Hopping;
use sojourn_conformance::world::instrumented::Through;
use sojourn_conformance::world::{World, wasmi, wasmtime};
use sojourn_engine::Engine;
use sojourn_instrument::Flavour;
use std::sync::atomic::{AtomicUsize, Ordering};

/// Fewer would mean that the stops do not happen.
const LEAST_HOPS: usize = 1000;

/// Stops at every so manieth poll.
const EVERY: [u64; 2] = [1, 3];

#[test]
fn on_wasmtime() {
    let engine = wasmtime::engine();
    let world = || wasmtime::Wasmtime::new(&engine);
    let flavours = [Flavour::Atomic, Flavour::Counter];
    let Some(total) = compare_all("wasmtime", &flavours, &world, engines::wasmtime()) else { return };
    let rows = (0..).zip(REFUSED).filter(|(row, _)| !total.rows.contains(row));
    let needless: Vec<_> = rows.map(|(_, row)| row).collect();
    assert!(needless.is_empty(), "no module needs these rows: {needless:?}");
}

#[test]
fn on_wasmi() {
    let engine = wasmi::engine();
    let world = || wasmi::Wasmi::new(&engine);
    compare_all("wasmi", &[Flavour::Counter], &world, engines::wasmi());
}

/// Each script without the pass, through it, and with stops.
fn compare_all<W: World, E: Engine>(
    name: &str,
    flavours: &[Flavour],
    world: &(dyn Fn() -> W + Sync),
    engine: &'static E,
) -> Option<Comparison> {
    let folder = suite::folder()?;
    let scripts = suite::scripts(&folder);
    let hops = AtomicUsize::new(0);
    let one = |(script, text): &(String, String)| {
        let unreadable = |error| panic!("{script}: {error}");
        let plain = run(&mut world(), text).unwrap_or_else(unreadable);
        let mut result = Comparison::default();
        for flavour in flavours {
            let verdicts = run(&mut Through::new(world(), *flavour), text).unwrap_or_else(unreadable);
            result.extend(compare(name, &format!("{flavour:?}"), script, &plain, &verdicts));
        }
        for every in EVERY {
            let mut moving = Hopping::new(world(), engine, every);
            let verdicts = run(&mut moving, text).unwrap_or_else(unreadable);
            result.extend(compare(name, &format!("stops at each poll {every}"), script, &plain, &verdicts));
            hops.fetch_add(moving.hops, Ordering::Relaxed);
        }
        result
    };
    let total: Comparison = in_parallel(&scripts, one).into_iter().collect();
    let hops = hops.into_inner();
    println!("{name}: {} scripts, {total}, {hops} hops", scripts.len());
    assert!(hops > LEAST_HOPS, "only {hops} hops were made");
    assert!(total.wrong.is_empty(), "{} differ:\n{}", total.wrong.len(), total.wrong.join("\n"));
    Some(total)
}
