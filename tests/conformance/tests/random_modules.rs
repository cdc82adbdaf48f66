//! Random valid modules: plain against the pass, and against stops.
//!
//! `SOJOURN_FUZZ_RUNS` sets how many, `SOJOURN_SEED` where they begin; with `SOJOURN_FUZZ_RUNS=1` the seed of a
//! failure runs it alone.

use sojourn_conformance::engines::in_parallel;
use sojourn_conformance::random::{Random, SEED_VARIABLE};
use sojourn_conformance::smith::{Tried, check};
use std::panic::{AssertUnwindSafe, catch_unwind};

const RUNS_VARIABLE: &str = "SOJOURN_FUZZ_RUNS";
const RUNS: u64 = 400;
/// In longer tests (`make soak`).
const SOAK_RUNS: u64 = 20_000;
/// Bytes that a module is made of.
const BYTES: usize = 2000;

#[test]
fn random_modules_do_the_same_with_stops() {
    let number = |name: &str, otherwise| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
    };
    let first: u64 = number(SEED_VARIABLE, 1);
    let usual = if std::env::var_os("SOJOURN_SOAK").is_some() { SOAK_RUNS } else { RUNS };
    let seeds: Vec<u64> = (first..first + number(RUNS_VARIABLE, usual)).collect();
    let results = in_parallel(&seeds, |seed| try_one(*seed));
    let wrong: Vec<&String> = results.iter().filter_map(|result| result.as_ref().err()).collect();
    let tried: Vec<&Tried> = results.iter().flatten().collect();
    let stops: usize = tried.iter().map(|tried| tried.stops).sum();
    let calls: usize = tried.iter().map(|tried| tried.calls).sum();
    let refused = tried.iter().filter(|tried| tried.refused).count();
    println!("{} modules, {calls} calls, {stops} stops, {refused} refused", seeds.len());
    let text: Vec<&str> = wrong.iter().map(|reason| reason.as_str()).collect();
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), text.join("\n"));
    assert!(seeds.len() < 100 || stops > seeds.len() / 2, "only {stops} stops");
}

fn try_one(seed: u64) -> Result<Tried, String> {
    let bytes = Random::new(seed).bytes(BYTES);
    let told = |reason: String| format!("{SEED_VARIABLE}={seed} {RUNS_VARIABLE}=1: {reason}");
    match catch_unwind(AssertUnwindSafe(|| check(&bytes))) {
        Ok(result) => result.map_err(told).inspect_err(|reason| println!("{reason}")),
        Err(panic) => {
            let message = panic.downcast_ref::<String>().cloned();
            Err(told(format!("panic: {}", message.unwrap_or_default())))
        }
    }
}
