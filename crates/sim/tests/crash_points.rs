//! Each step of a move, and what may happen at it: the source or the target is killed, with and without what it was
//! about to send, comes back or not, is cut off or not; or the move is given up and begun anew at once.

use sojourn_sim::{Crash, Plan, Point, Victim, run};

const SECOND: u64 = 1_000_000_000;
/// Seeds for each case: even ones have a network that loses nothing.
const SEEDS: u64 = 4;

fn each(mut check: impl FnMut(Crash, u64)) {
    for point in Point::ALL {
        for victim in [Victim::Source, Victim::Target, Victim::Nobody] {
            for torn in [false, true] {
                for restart_ns in [None, Some(SECOND / 10), Some(6 * SECOND)] {
                    for partition_ns in [0, 3 * SECOND, 25 * SECOND] {
                        let crash = Crash { point, victim, torn, restart_ns, partition_ns, again: false };
                        let nothing = victim == Victim::Nobody && (torn || restart_ns.is_some());
                        if !nothing {
                            (0..SEEDS).for_each(|seed| check(crash, seed));
                        }
                    }
                }
            }
        }
    }
}

/// The atom lives exactly once, and nothing waits, whatever happens to whom at which step.
#[test]
fn every_step_of_a_move() {
    let mut cases = 0;
    each(|crash, seed| {
        let summary = run(&Plan::directed(crash, seed)).unwrap_or_else(|failure| panic!("{failure}"));
        assert_eq!(summary.alive, 1, "{crash:?}, seed {seed}");
        assert_eq!(summary.lost, 0, "{crash:?}, seed {seed}");
        if crash.victim == Victim::Nobody {
            assert_eq!(summary.restored, 0, "nobody died: {crash:?}, seed {seed}");
        }
        cases += 1;
    });
    assert!(cases > 1500, "{cases}");
}

/// A move that is given up at a step and begun anew at once never meets what is left of the first.
#[test]
fn every_step_given_up_and_begun_anew() {
    for point in Point::ALL {
        for partition_ns in [0, SECOND / 2, 25 * SECOND] {
            for seed in 0..4 * SEEDS {
                let crash = Crash {
                    point,
                    victim: Victim::Nobody,
                    torn: false,
                    restart_ns: None,
                    partition_ns,
                    again: true,
                };
                let summary = run(&Plan::directed(crash, seed)).unwrap_or_else(|failure| panic!("{failure}"));
                assert_eq!((summary.alive, summary.restored), (1, 0), "{crash:?}, seed {seed}");
            }
        }
    }
}
