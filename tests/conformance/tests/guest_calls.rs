//! Every guest call that waits, stopped on one engine and finished on the other: while it waits, at every poll around
//! it, and in a callback that runs inside it.

use sojourn_conformance::atom_host::{AtomHost, SCENES, Scene};
use sojourn_conformance::engines::{in_parallel, places};
use sojourn_conformance::sweep::{Task, Way, Whole, difference};
use sojourn_conformance::travel::Place;
use sojourn_host::guest_calls;

const PROGRAM: &str = include_str!("../programs/guest-calls.wat");

type Places<'a> = [&'a dyn Place<AtomHost>];

#[test]
fn every_call_that_waits_has_its_scene() {
    let mut scenes: Vec<&str> = SCENES.iter().map(|(name, ..)| *name).collect();
    let mut waits: Vec<&str> = guest_calls().filter(|call| call.waits).map(|call| call.name).collect();
    scenes.sort_unstable();
    waits.sort_unstable();
    assert_eq!(scenes, waits);
}

#[test]
fn a_call_that_is_stopped_while_it_waits_is_made_again_on_the_other_engine() {
    over_scenes(|scene, whole, places| {
        let stopping = || AtomHost::new(*scene, true);
        let task = Task { export: scene.0, arguments: &[], host: &stopping };
        let back: Vec<_> = places.iter().rev().copied().collect();
        // Before its callback, in it, and after it; a start is not left once it is begun.
        let least = if scene.0 == "spawn" { 1 } else { 3 };
        let chain = |places: &Places<'_>, ways: &[Way]| match task.chain_by(
            ways,
            whole,
            places,
            u64::MAX / 4,
            1000,
        ) {
            Ok(hops) if hops >= least => None,
            Ok(hops) => Some(format!("it was stopped only {hops} times")),
            Err(reason) => Some(reason),
        };
        let ways = [[Way::Image], [Way::Pages], [Way::InPlace]];
        let on_both = ways[..2].iter().flat_map(|way| [chain(places, way), chain(&back, way)]);
        let in_place = places.iter().map(|place| chain(&[*place], &ways[2]));
        on_both.chain(in_place).flatten().collect()
    });
}

#[test]
fn a_call_goes_on_after_a_stop_at_any_poll_around_it_and_in_its_callback() {
    over_scenes(|scene, whole, places| {
        let host = || AtomHost::new(*scene, false);
        let task = Task { export: scene.0, arguments: &[], host: &host };
        assert!(whole.polls > 10, "{} polls", whole.polls);
        let task = &task;
        let at = |poll| places.iter().flat_map(move |from| task.stop_once(whole, *from, places, poll));
        (1..=whole.polls).flat_map(at).collect()
    });
}

#[test]
fn calls_that_are_stopped_between_stops_at_every_poll() {
    over_scenes(|scene, whole, places| {
        let stopping = || AtomHost::new(*scene, true);
        let task = Task { export: scene.0, arguments: &[], host: &stopping };
        task.chain(whole, places, 1, 10_000).err().into_iter().collect()
    });
}

/// Runs each scene whole on each engine, then `check` on it; all that went wrong fails the test together.
fn over_scenes(check: impl Fn(&Scene, &Whole, &Places<'_>) -> Vec<String> + Sync) {
    let wasm = wat::parse_str(PROGRAM).expect("it is well formed");
    let one = |scene: &Scene| -> Vec<String> {
        let places = places::<AtomHost>(&wasm, true).expect("both engines take it");
        let places: Vec<&dyn Place<AtomHost>> = places.iter().map(|place| &**place).collect();
        let host = || AtomHost::new(*scene, false);
        let task = Task { export: scene.0, arguments: &[], host: &host };
        let whole = task.whole(places[0]).expect("it starts");
        assert!(whole.seen.ending.starts_with("returned"), "{}: {}", scene.0, whole.seen.ending);
        let other = task.whole(places[1]).expect("it starts");
        let mut wrong: Vec<String> = difference(&whole.seen, &other.seen).into_iter().collect();
        wrong.extend(check(scene, &whole, &places));
        wrong.into_iter().map(|reason| format!("{}: {reason}", scene.0)).collect()
    };
    let wrong: Vec<String> = in_parallel(SCENES, one).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}
