//! What an atom may have goes where it goes.

use crate::world::World;
use sojourn_abi::Response;

/// Bytes that the guest may have.
const ALLOWED: u64 = 20 << 16;
/// Times that it is refused more.
const REFUSALS: usize = 20;

/// It has been refused `REFUSALS` times more, and never given any.
fn stays_within(world: &World, atom: &str) {
    let already = usize::try_from(world.row(atom).stdout_bytes).unwrap();
    let said = world.output(atom, already + REFUSALS);
    assert!(said.iter().all(|byte| *byte == b'.'), "{}", String::from_utf8_lossy(&said));
    // A page of it is the node's: guests are asked to stop there.
    let has = world.row(atom).memory_bytes;
    assert!((ALLOWED - (1 << 16)..=ALLOWED).contains(&has), "{has}");
}

#[test]
fn the_limit_of_its_memory_goes_with_an_atom() {
    let world = World::new(2, 1);
    let atom = world.start("grow.wat", ALLOWED, Vec::new());
    world.output(&atom, REFUSALS);
    for target in ["node-2", "node-1"] {
        let row = world.hop(&atom, target);
        assert_eq!((row.text, row.target.as_str()), (None, target));
        stays_within(&world, &atom);
    }
}

#[test]
fn the_limit_of_its_memory_is_restored_with_an_atom() {
    let world = World::new(2, 1);
    let atom = world.start("grow.wat", ALLOWED, Vec::new());
    world.output(&atom, REFUSALS);
    world.stop(&atom, true);
    let restored = world.restore(&atom, None, "node-2");
    assert!(matches!(restored, Response::Placed { .. }), "{restored:?}");
    stays_within(&world, &atom);
}
