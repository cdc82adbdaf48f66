//! States that came about at random: bytes and back give the same, and damaged bytes give an error or a state
//! that holds.

use super::fakes::Shared;
use super::hostile::Dice;
use super::world::{ALL, CREATE, DIRECTORY, I, L, ROOT, World};
use sojourn_host::state::State;
use sojourn_host::{Errno, MemoryTree, Mount, Setup, Wasi};

/// How often a property is tried: much more often when asked for a soak.
pub fn rounds(usual: u64) -> u64 {
    if std::env::var_os("SOJOURN_SOAK").is_some() { 100 * usual } else { usual }
}

const NAMES: [&str; 10] = ["a", "b", "c", "a/b", "a/c", "b/a", "a/b/c", "..", "a/../b", "c/"];

/// Calls of all kinds, as the dice say.
fn live(world: &mut World, dice: &mut Dice, calls: u64) {
    for _ in 0..calls {
        let (one, other) = (dice.pick(&NAMES), dice.pick(&NAMES));
        let fd = u32::try_from(dice.below(9)).unwrap();
        // Most of these fail, as they should; what matters is the state that comes of it.
        let _: Result<(), Errno> = match dice.below(14) {
            0 => world.open(one, CREATE).map(|_| ()),
            1 => world.open_as(ROOT, one, DIRECTORY, ALL, 0).map(|_| ()),
            2 => world.mkdir(one),
            3 => world.rmdir(one),
            4 => world.unlink(one),
            5 => world.rename(one, other),
            6 => world.link(one, other),
            7 => world.symlink(one, other),
            8 => world.write(fd, one.as_bytes()).map(|_| ()),
            9 => world.seek(fd, dice.below(50).cast_signed(), 0).map(|_| ()),
            10 => world.close(fd),
            11 => world.call("fd_readdir", &[I(fd), I(0), I(100), L(0), I(200)]),
            12 => world.call("fd_renumber", &[I(fd), I(4)]),
            _ => world.call("random_get", &[I(0), I(9)]),
        };
    }
}

fn random_world(dice: &mut Dice) -> World {
    let machine = Shared::default();
    machine.lock().directories.insert("/srv".into(), MemoryTree::new());
    machine.lock().input.extend(b"unread");
    let memory = || Mount::memory("/m".into(), MemoryTree::with_limit(10_000));
    let host = || Mount::host("/h".into(), "/srv".into());
    let mounts = if dice.below(2) == 0 { vec![memory(), host()] } else { vec![host(), memory().read_only()] };
    let seed = (dice.below(2) == 0).then_some([9; 32]);
    let arguments = vec![b"prog".to_vec(); usize::try_from(dice.below(3)).unwrap()];
    let environment = vec![(b"A".to_vec(), b"1".to_vec())];
    let mut world = World::on(machine, Setup { arguments, environment, mounts, seed, ..Setup::default() });
    let calls = dice.below(60);
    live(&mut world, dice, calls);
    world
}

#[test]
fn a_state_through_bytes_is_the_same() {
    for seed in 0..rounds(400) {
        let dice = &mut Dice(seed);
        let mut world = random_world(dice);
        let bytes = match world.wasi.state() {
            Ok(bytes) => bytes,
            // A directory that was removed while open has nothing to be opened by.
            Err(error) => {
                assert!(error.to_string().contains("no name any more"), "seed {seed}: {error}");
                continue;
            }
        };
        let state = State::from_bytes(&bytes).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(state.to_bytes(), bytes, "seed {seed}");
        let mut there = Wasi::restore(&bytes, Vec::new(), world.machine.ports())
            .unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        assert_eq!(there.state().unwrap(), bytes, "seed {seed}");
    }
}

/// The same calls on a world that moves between any two and on one that stays: the same answers.
#[test]
fn moving_changes_nothing_that_a_guest_sees() {
    for seed in 0..rounds(150) {
        let start = || {
            World::new(Setup {
                mounts: vec![Mount::memory("/".into(), MemoryTree::with_limit(20_000))],
                seed: Some([1; 32]),
                ..Setup::default()
            })
        };
        let (mut stays, mut moves) = (start(), start());
        let (one, other) = (&mut Dice(seed), &mut Dice(seed));
        for step in 0..40 {
            live(&mut stays, one, 1);
            live(&mut moves, other, 1);
            assert!(stays.memory == moves.memory, "seed {seed} step {step}");
            moves = moves.move_to(Shared::default()).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        }
        assert_eq!(stays.wasi.inspect().mounts, moves.wasi.inspect().mounts, "seed {seed}");
        assert_eq!(stays.wasi.inspect().descriptors, moves.wasi.inspect().descriptors, "seed {seed}");
    }
}

#[test]
fn damaged_bytes_give_an_error_or_a_state_that_holds() {
    let mut errors = 0;
    for seed in 0..rounds(60) {
        let dice = &mut Dice(1_000 + seed);
        let mut world = random_world(dice);
        let Ok(bytes) = world.wasi.state() else { continue };
        for length in 0..bytes.len() {
            assert!(State::from_bytes(&bytes[..length]).is_err(), "seed {seed} cut to {length}");
        }
        for _ in 0..300 {
            let mut damaged = bytes.clone();
            let place = usize::try_from(dice.below(damaged.len() as u64)).unwrap();
            damaged[place] ^= 1 << dice.below(8);
            match Wasi::restore(&damaged, Vec::new(), world.machine.ports()) {
                Err(error) => errors += usize::from(!error.to_string().is_empty()),
                Ok(wasi) => {
                    let mut there =
                        World { wasi, memory: world.memory.clone(), ..random_world(&mut Dice(0)) };
                    live(&mut there, &mut Dice(seed), 20);
                }
            }
        }
    }
    assert!(errors > 5_000, "{errors} errors");
}

#[test]
fn other_versions_and_other_bytes_are_refused_in_words() {
    let bytes = World::with_memory().wasi.state().unwrap();
    let refused = |bytes: &[u8]| State::from_bytes(bytes).unwrap_err().to_string();
    assert!(refused(&[]).starts_with("the image's host state cannot be read: "));
    assert!(refused(b"not CBOR").starts_with("the image's host state cannot be read: "));
    let mut other = bytes.clone();
    assert_eq!(other[1], 1, "the version");
    other[1] = 2;
    assert!(refused(&other).contains("another version"), "{}", refused(&other));
    let longer = [bytes.as_slice(), &[0]].concat();
    assert!(refused(&longer).contains("bytes after its end"));
}
