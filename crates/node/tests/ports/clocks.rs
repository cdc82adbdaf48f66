//! Clocks and randomness.

use sojourn_host::ports::{Clock, Entropy};
use sojourn_node::ports::{SystemClock, SystemEntropy};
use std::time::{SystemTime, UNIX_EPOCH};

#[test]
fn clocks_are_the_machines() {
    let mut clock = SystemClock::new();
    let before = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    let now = u128::from(clock.realtime_ns());
    let after = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_nanos();
    assert!((before..=after).contains(&now));
    let (one, other) = (clock.monotonic_ns(), clock.monotonic_ns());
    assert!(one <= other);
    let start = clock.processor_ns();
    while clock.processor_ns() == start {}
}

#[test]
fn randomness_differs() {
    let mut draws = [[0; 32]; 2];
    for bytes in &mut draws {
        SystemEntropy.fill(bytes).unwrap();
    }
    assert_ne!(draws[0], draws[1]);
    assert_ne!(draws[0], [0; 32]);
}
