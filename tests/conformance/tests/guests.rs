//! Programs compiled from C and Rust, stopped at 500 random polls each and finished on each engine.

use sojourn_conformance::engines::{in_parallel, places};
use sojourn_conformance::random::Random;
use sojourn_conformance::sweep::{Task, Whole, difference};
use sojourn_conformance::travel::Place;
use sojourn_conformance::wasi_host::WasiHost;
use std::path::Path;

/// Stops of a program.
const SAMPLES: u64 = 500;
/// Hops of a chain.
const HOPS: usize = 200;

/// A program of `examples/build.py`, its arguments and its standard input.
type Guest = (&'static str, &'static [&'static str], &'static str);

const GUESTS: &[Guest] = &[
    ("binary-trees", &["binary-trees", "4"], ""),
    ("chess", &["chess", "1"], ""),
    ("fannkuch", &["fannkuch", "5"], ""),
    ("fib", &["fib", "9"], ""),
    ("heapsort", &["heapsort", "50"], ""),
    ("lua", &["lua"], "local t = {} for i = 1, 20 do t[i] = i * i end print(#t, t[7], ('x'):rep(3))"),
    ("n-body", &["n-body", "20"], ""),
    ("quicksort", &["quicksort", "50"], ""),
];

#[test]
fn random_stops_of_compiled_programs() {
    over_guests(|task, whole, places| {
        let mut random = Random::seeded();
        let mut wrong = Vec::new();
        for sample in 0..SAMPLES.min(whole.polls) {
            let poll = 1 + random.below(whole.polls);
            let from = places[usize::from(sample & 1 == 1)];
            let to = places[usize::from(sample & 2 == 2)];
            wrong.extend(task.stop_once(whole, from, &[to], poll));
        }
        wrong
    });
}

#[test]
fn chains_of_hops_of_compiled_programs() {
    over_guests(|task, whole, places| {
        let stride = (whole.polls / HOPS as u64).max(1);
        task.chain(whole, places, stride, HOPS).err().into_iter().collect()
    });
}

type Check<'a> = &'a (dyn Fn(&Task<'_, WasiHost>, &Whole, &[&dyn Place<WasiHost>]) -> Vec<String> + Sync);

fn over_guests(check: impl Fn(&Task<'_, WasiHost>, &Whole, &[&dyn Place<WasiHost>]) -> Vec<String> + Sync) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../build/guests");
    let wrong = in_parallel(GUESTS, |guest| {
        let (name, ..) = guest;
        let Ok(wasm) = std::fs::read(folder.join(format!("{name}.wasm"))) else {
            eprintln!("SKIPPED: {name} is not built; examples/build.py builds it");
            return Vec::new();
        };
        over_guest(guest, &wasm, &check)
    });
    let wrong: Vec<String> = wrong.into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

fn over_guest((name, arguments, input): &Guest, wasm: &[u8], check: Check<'_>) -> Vec<String> {
    let places = match places::<WasiHost>(wasm, true) {
        Ok(places) => places,
        Err(reason) => return vec![format!("{name}: {reason}")],
    };
    let places: Vec<&dyn Place<WasiHost>> = places.iter().map(|place| &**place).collect();
    let task = Task { export: "_start", arguments: &[], host: &|| WasiHost::new(arguments, input) };
    let whole = task.whole(places[0]).expect("it starts");
    assert!(!whole.seen.remains.deeds.is_empty(), "{name} prints nothing");
    println!("{name}: {} polls, {}", whole.polls, whole.seen.remains.deeds.trim());
    let mut wrong: Vec<String> =
        difference(&whole.seen, &task.whole(places[1]).expect("it starts").seen).into_iter().collect();
    wrong.extend(check(&task, &whole, &places));
    wrong.into_iter().map(|reason| format!("{name}: {reason}")).collect()
}
