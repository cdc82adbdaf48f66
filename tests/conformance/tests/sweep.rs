//! Small programs stopped at every poll, made bytes, and finished on each engine.

use sojourn_conformance::engines::{in_parallel, places};
use sojourn_conformance::guest_host::GuestHost;
use sojourn_conformance::program::{Needs, PROGRAMS, Program};
use sojourn_conformance::random::Random;
use sojourn_conformance::sweep::{Task, Way, Whole, difference};
use sojourn_conformance::travel::Place;

/// Runs with at most so many polls are stopped at each of them.
const EVERY_POLL: u64 = 600;
/// Stops of a longer run.
const SAMPLES: usize = 500;
/// Hops of a chain.
const HOPS: usize = 200;

const TASK: Task<'_, GuestHost> = Task { export: "run", arguments: &[], host: &GuestHost::default };

type Places<'a> = [&'a dyn Place<GuestHost>];

#[test]
fn every_stop_of_every_program() {
    over_programs(|whole, places| {
        let mut wrong = Vec::new();
        for poll in polls(whole.polls) {
            for from in places {
                wrong.extend(TASK.stop_once(whole, *from, places, poll));
            }
        }
        wrong
    });
}

#[test]
fn chains_of_hops_that_alternate_engines() {
    over_programs(|whole, places| {
        let stride = (whole.polls / HOPS as u64).max(1);
        match TASK.chain(whole, places, stride, HOPS) {
            Ok(hops) if hops as u64 >= whole.polls.min(HOPS as u64) => Vec::new(),
            Ok(hops) => vec![format!("only {hops} hops in {} polls", whole.polls)],
            Err(reason) => vec![reason],
        }
    });
}

#[test]
fn every_stop_goes_on_in_place() {
    over_programs(|whole, places| {
        let at = |poll| places.iter().filter_map(move |place| TASK.stop_and_stay(whole, *place, poll));
        polls(whole.polls).into_iter().flat_map(at).collect()
    });
}

#[test]
fn chains_in_place() {
    over_programs(|whole, places| {
        let stride = (whole.polls / HOPS as u64).max(1);
        let on = |place: &&dyn Place<GuestHost>| {
            TASK.chain_by(&[Way::InPlace], whole, &[*place], stride, HOPS).err()
        };
        places.iter().filter_map(on).collect()
    });
}

#[test]
fn chains_of_all_ways_that_alternate_engines() {
    // Five places and five ways would always pair the same.
    let ways = [Way::Pages, Way::InPlace, Way::Image, Way::InPlace, Way::Pages, Way::Pages, Way::InPlace];
    over_programs(|whole, places| {
        let stride = (whole.polls / HOPS as u64).max(1);
        TASK.chain_by(&ways, whole, places, stride, HOPS).err().into_iter().collect()
    });
}

#[test]
fn host_calls_that_block_go_on_in_place() {
    let blocking = Task { export: "run", arguments: &[], host: &GuestHost::blocking };
    over_programs(|whole, places| {
        let on = |place: &&dyn Place<GuestHost>| {
            blocking.chain_by(&[Way::InPlace], whole, &[*place], u64::MAX / 4, usize::MAX).err()
        };
        places.iter().filter_map(on).collect()
    });
}

#[test]
fn host_calls_that_block_are_issued_again() {
    let blocking = Task { export: "run", arguments: &[], host: &GuestHost::blocking };
    over_programs(|whole, places| match blocking.chain(whole, places, u64::MAX / 4, usize::MAX) {
        Ok(_) => Vec::new(),
        Err(reason) => vec![reason],
    });
}

#[test]
fn host_calls_that_block_between_stops_at_every_poll() {
    let blocking = Task { export: "run", arguments: &[], host: &GuestHost::blocking };
    over_programs(|whole, places| match blocking.chain(whole, places, 1, HOPS) {
        Ok(_) => Vec::new(),
        Err(reason) => vec![reason],
    });
}

/// Runs each program whole on each engine, then `check` on it; all that went wrong fails the test together.
fn over_programs(check: impl Fn(&Whole, &Places<'_>) -> Vec<String> + Sync) {
    let one = |program: &Program| -> Vec<String> {
        let places = match places::<GuestHost>(&program.wasm(), program.needs == Needs::Nothing) {
            Ok(places) => places,
            Err(reason) => return vec![format!("{}: {reason}", program.name)],
        };
        let places: Vec<&dyn Place<GuestHost>> = places.iter().map(|place| &**place).collect();
        let whole = TASK.whole(places[0]).expect("it starts");
        let mut wrong = Vec::new();
        for place in &places {
            let other = TASK.whole(*place).expect("it starts");
            wrong.extend(difference(&whole.seen, &other.seen));
            if other.polls != whole.polls {
                wrong.push(format!("{} polls, but {} on {}", whole.polls, other.polls, place.name()));
            }
        }
        assert!(whole.polls > 0, "{} is never stopped", program.name);
        wrong.extend(check(&whole, &places));
        wrong.into_iter().map(|reason| format!("{}: {reason}", program.name)).collect()
    };
    let wrong: Vec<String> = in_parallel(PROGRAMS, one).into_iter().flatten().collect();
    assert!(wrong.is_empty(), "{} went wrong:\n{}", wrong.len(), wrong.join("\n"));
}

/// Every poll of a short run; as many as a short run has of a long one, spread at random.
fn polls(count: u64) -> Vec<u64> {
    if count <= EVERY_POLL {
        return (1..=count).collect();
    }
    let mut random = Random::seeded();
    (0..SAMPLES).map(|_| 1 + random.below(count)).collect()
}
