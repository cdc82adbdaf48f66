//! Two to five mailboxes that talk over a network which loses, repeats and reorders, while they move and crash, against
//! what must hold whatever happens: order per pair, once, and in the end everything.
//!
//! A run follows from its seed. `SOJOURN_SEED=… cargo test --release -p sojourn-post --test model` makes one again,
//! `SOJOURN_SEEDS=…` many.

mod world;

use std::panic::{AssertUnwindSafe, catch_unwind};
use world::World;

/// Runs of an ordinary test.
const SEEDS: u64 = 1500;

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}

#[test]
fn seeds_hold() {
    let first = number("SOJOURN_SEED");
    let count = number("SOJOURN_SEEDS").unwrap_or(if first.is_some() { 1 } else { SEEDS });
    let first = first.unwrap_or(0);
    let mut sum = [0; 5];
    for seed in first..first + count {
        let mut world = World::new(seed);
        let held = catch_unwind(AssertUnwindSafe(|| world.run()));
        assert!(
            held.is_ok(),
            "replay: SOJOURN_SEED={seed} cargo test --release -p sojourn-post --test model"
        );
        sum.iter_mut().zip(world.done()).for_each(|(sum, done)| *sum += done);
    }
    println!("{count} seeds: sent, received, moves, crashes, of those durable: {sum:?}");
    if count >= SEEDS {
        assert!(sum.iter().all(|done| *done > count), "the runs did what they are for: {sum:?}");
    }
}
