//! `poll_oneoff`.

use super::fakes::{Event, Shared};
use super::world::{I, World};
use sojourn_engine::Reply;
use sojourn_host::{Errno, PREVIEW0, Setup};

const SECOND: u64 = 1_000_000_000;
const REALTIME: u32 = 0;
const MONOTONIC: u32 = 1;
const OUT: u32 = 0x2000;
const COUNT: u32 = 0x3000;

enum Wait {
    Clock { id: u32, time: u64, absolute: bool },
    Read(u32),
    Write(u32),
}

fn relative(time: u64) -> Wait {
    Wait::Clock { id: MONOTONIC, time, absolute: false }
}

/// Lays subscriptions out, with their index plus 100 as user data.
fn subscribe(world: &mut World, waits: &[Wait]) {
    let (size, clock) = if world.module == PREVIEW0 { (56, 24) } else { (48, 16) };
    for (n, wait) in (0..).zip(waits) {
        let at = n * size;
        world.put(at, &(u64::from(n) + 100).to_le_bytes());
        match wait {
            Wait::Clock { id, time, absolute } => {
                world.put(at + 8, &[0]);
                world.put(at + clock, &id.to_le_bytes());
                world.put(at + clock + 8, &time.to_le_bytes());
                world.put(at + clock + 24, &u16::from(*absolute).to_le_bytes());
            }
            Wait::Read(fd) => {
                world.put(at + 8, &[1]);
                world.put(at + 16, &fd.to_le_bytes());
            }
            Wait::Write(fd) => {
                world.put(at + 8, &[2]);
                world.put(at + 16, &fd.to_le_bytes());
            }
        }
    }
}

fn arguments(waits: &[Wait]) -> [super::world::Arg; 4] {
    [I(0), I(OUT), I(waits.len().try_into().unwrap()), I(COUNT)]
}

/// User data, error, type, bytes and flags.
type Told = (u64, u16, u8, u64, u16);

/// The events of a call.
fn poll(world: &mut World, waits: &[Wait]) -> Result<Vec<Told>, Errno> {
    subscribe(world, waits);
    world.call("poll_oneoff", &arguments(waits))?;
    let event =
        |at| (world.u64(at), world.u16(at + 8), world.u8(at + 10), world.u64(at + 16), world.u16(at + 24));
    Ok((0..world.u32(COUNT)).map(|n| event(OUT + n * 32)).collect())
}

fn now(world: &World) -> u64 {
    world.machine.lock().monotonic_ns
}

#[test]
fn a_sleep_takes_its_time_in_both_previews() {
    for module in [sojourn_host::PREVIEW1, PREVIEW0] {
        let mut world = World::new(Setup::default());
        world.module = module;
        let start = now(&world);
        assert_eq!(poll(&mut world, &[relative(3 * SECOND)]), Ok(vec![(100, 0, 0, 0, 0)]));
        assert_eq!(now(&world), start + 3 * SECOND);
    }
}

#[test]
fn an_absolute_time_is_a_moment_of_its_clock() {
    let mut world = World::new(Setup::default());
    let start = now(&world);
    let moment = world.machine.lock().realtime_ns + 5;
    poll(&mut world, &[Wait::Clock { id: REALTIME, time: moment, absolute: true }]).unwrap();
    assert_eq!(now(&world), start + 5);
    poll(&mut world, &[Wait::Clock { id: MONOTONIC, time: 7, absolute: true }]).unwrap();
    assert_eq!(now(&world), start + 7);
    poll(&mut world, &[Wait::Clock { id: REALTIME, time: 0, absolute: true }]).unwrap();
    assert_eq!(now(&world), start + 7, "a moment that is over");
}

#[test]
fn the_soonest_wins_and_what_comes_together_is_told_together() {
    let mut world = World::new(Setup::default());
    let events = poll(&mut world, &[relative(9), relative(4), relative(4), Wait::Read(0)]).unwrap();
    assert_eq!(events.iter().map(|event| event.0).collect::<Vec<_>>(), [101, 102]);
}

#[test]
fn streams_that_are_ready_are_told_at_once() {
    let mut world = World::new(Setup::default());
    world.machine.lock().input.extend(b"abc");
    let waits = [Wait::Read(0), Wait::Write(1), relative(9)];
    let events = poll(&mut world, &waits).unwrap();
    assert_eq!(events[0], (100, 0, 1, 3, 0));
    assert_eq!((events[1].0, events[1].2, events.len()), (101, 2, 2));
    world.machine.lock().input.clear();
    world.machine.lock().input_ended = true;
    assert_eq!(poll(&mut world, &[Wait::Read(0)]), Ok(vec![(100, 0, 1, 0, 1)]), "the other side is gone");
}

#[test]
fn input_ends_a_wait() {
    let mut world = World::new(Setup::default());
    world.machine.lock().later(SECOND, Event::Input(b"x".to_vec()));
    assert_eq!(poll(&mut world, &[relative(2 * SECOND), Wait::Read(0)]), Ok(vec![(101, 0, 1, 1, 0)]));
}

#[test]
fn files_are_always_ready_and_errors_are_events() {
    let mut world = World::with_memory();
    let fd = world.open("f", 1).unwrap();
    world.write(fd, b"0123456789").unwrap();
    world.seek(fd, 4, 0).unwrap();
    let waits = [Wait::Read(fd), Wait::Write(fd), Wait::Read(99), Wait::Read(1), Wait::Read(3)];
    let events = poll(&mut world, &waits).unwrap();
    assert_eq!(events[0], (100, 0, 1, 6, 0));
    assert_eq!(events.iter().map(|event| event.1).collect::<Vec<_>>(), [0, 0, 8, 8, 76]);
}

#[test]
fn a_sleep_stopped_in_the_middle_sleeps_only_the_rest() {
    let mut world = World::new(Setup::default());
    let waits = [relative(10 * SECOND)];
    subscribe(&mut world, &waits);
    world.machine.lock().later(4 * SECOND, Event::Stop);
    assert_eq!(world.reply("poll_oneoff", &arguments(&waits)).0, Reply::Suspend);

    let there = Shared::default();
    there.lock().monotonic_ns = 777 * SECOND;
    there.lock().realtime_ns += 3_600 * SECOND;
    there.lock().later(SECOND, Event::Stop);
    let mut world = world.move_to(there).unwrap();
    assert_eq!(world.reply("poll_oneoff", &arguments(&waits)).0, Reply::Suspend);

    let mut world = world.move_to(Shared::default()).unwrap();
    let start = now(&world);
    assert_eq!(world.reply("poll_oneoff", &arguments(&waits)).0, Reply::Return);
    assert_eq!(now(&world) - start, 5 * SECOND);

    let start = now(&world);
    poll(&mut world, &waits).unwrap();
    assert_eq!(now(&world) - start, 10 * SECOND, "the next sleep is whole");
}

#[test]
fn a_suspended_poll_wrote_nothing() {
    let mut world = World::new(Setup::default());
    let waits = [Wait::Read(0), relative(SECOND)];
    subscribe(&mut world, &waits);
    world.machine.lock().later(1, Event::Stop);
    let before = world.memory.clone();
    assert_eq!(world.reply("poll_oneoff", &arguments(&waits)).0, Reply::Suspend);
    assert_eq!(world.memory, before);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut world = World::new(Setup::default());
    assert_eq!(world.call("poll_oneoff", &[I(0), I(OUT), I(0), I(COUNT)]), Err(Errno::Invalid));
    assert_eq!(world.call("poll_oneoff", &[I(0), I(OUT), I(1 << 30), I(COUNT)]), Err(Errno::Invalid));
    world.put(8, &[3]);
    assert_eq!(world.call("poll_oneoff", &[I(0), I(OUT), I(1), I(COUNT)]), Err(Errno::Invalid));
    let unknown = Wait::Clock { id: 4, time: 0, absolute: false };
    assert_eq!(poll(&mut world, &[unknown]), Err(Errno::Invalid));
    let processor = Wait::Clock { id: 2, time: 0, absolute: false };
    assert_eq!(poll(&mut world, &[processor]).unwrap()[0].1, Errno::NotSupported.number());
}
