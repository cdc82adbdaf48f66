//! Standard streams: reading, writing, waiting, stopping in the middle.

use super::fakes::{Event, Shared};
use super::world::{I, L, World};
use sojourn_engine::Reply;
use sojourn_host::{Errno, Setup};

const NONBLOCK: u32 = 4;

fn fresh() -> World {
    World::new(Setup::default())
}

#[test]
fn output_goes_to_its_stream() {
    let mut world = fresh();
    assert_eq!(world.write(1, b"out"), Ok(3));
    assert_eq!(world.write(2, b"err"), Ok(3));
    assert_eq!(world.write(0, b"in"), Err(Errno::BadDescriptor));
    assert_eq!(world.read(1, 1), Err(Errno::BadDescriptor));
    let machine = world.machine.lock();
    assert_eq!((machine.stdout.as_slice(), machine.stderr.as_slice()), (&b"out"[..], &b"err"[..]));
}

#[test]
fn several_buffers_are_written_in_their_order() {
    let mut world = fresh();
    world.put(0, b"abcdef");
    for (n, (at, length)) in [(4_u32, 2_u32), (0, 0), (0, 3)].into_iter().enumerate() {
        let place = 100 + u32::try_from(n).unwrap() * 8;
        world.put(place, &at.to_le_bytes());
        world.put(place + 4, &length.to_le_bytes());
    }
    world.call("fd_write", &[I(1), I(100), I(3), I(200)]).unwrap();
    assert_eq!(world.u32(200), 5);
    assert_eq!(world.machine.lock().stdout, b"efabc");
}

#[test]
fn input_is_read_as_it_comes_and_ends() {
    let mut world = fresh();
    world.machine.lock().later(10, Event::Input(b"hello".to_vec()));
    world.machine.lock().later(20, Event::InputEnds);
    assert_eq!(world.read(0, 2).unwrap(), b"he");
    assert_eq!(world.read(0, 100).unwrap(), b"llo");
    assert_eq!(world.read(0, 100).unwrap(), b"");
    assert_eq!(world.machine.lock().monotonic_ns, 5_020);
}

#[test]
fn nothing_is_waited_for_where_nothing_is_asked_or_nobody_wants_to_wait() {
    let mut world = fresh();
    assert_eq!(world.read(0, 0).unwrap(), b"");
    assert_eq!(world.write(1, b""), Ok(0));
    world.call("fd_fdstat_set_flags", &[I(0), I(NONBLOCK)]).unwrap();
    assert_eq!(world.read(0, 1), Err(Errno::Again));
    world.call("fd_fdstat_set_flags", &[I(1), I(NONBLOCK)]).unwrap();
    world.machine.lock().room = 2;
    assert_eq!(world.write(1, b"abc"), Ok(2));
    assert_eq!(world.write(1, b"c"), Err(Errno::Again));
}

#[test]
fn a_read_that_waits_is_suspended_and_made_again_elsewhere() {
    let mut world = fresh();
    world.machine.lock().later(10, Event::Stop);
    let before = world.memory.clone();
    assert_eq!(world.transfer("fd_read", 0, 8).0, Reply::Suspend);
    assert_eq!(world.memory[..0xC000], before[..0xC000]);
    let there = Shared::default();
    there.lock().later(99, Event::Input(b"late".to_vec()));
    let mut world = world.move_to(there).unwrap();
    assert_eq!(world.read(0, 8).unwrap(), b"late");
}

#[test]
fn input_that_was_given_but_not_read_moves() {
    let mut world = fresh();
    world.machine.lock().input.extend(b"abcdef");
    assert_eq!(world.read(0, 2).unwrap(), b"ab");
    let there = Shared::default();
    there.lock().input.extend(b"XY");
    there.lock().input_ended = true;
    let mut world = world.move_to(there).unwrap();
    assert_eq!(world.read(0, 3).unwrap(), b"cde");
    assert_eq!(world.read(0, 3).unwrap(), b"f");
    let mut world = world.move_to(Shared::default()).unwrap();
    assert_eq!(world.read(0, 3).unwrap(), b"XY");
}

#[test]
fn after_its_state_was_written_down_a_guest_may_go_on_here_too() {
    let mut world = fresh();
    world.machine.lock().input.extend(b"abcdef");
    world.wasi.state().unwrap();
    assert_eq!(world.read(0, 4).unwrap(), b"abcd");
    world.wasi.state().unwrap();
    assert_eq!(world.read(0, 4).unwrap(), b"ef");
}

#[test]
fn a_write_that_waits_goes_on_when_there_is_room() {
    let mut world = fresh();
    world.machine.lock().room = 3;
    world.machine.lock().later(10, Event::Room(2));
    world.machine.lock().later(20, Event::Room(9));
    assert_eq!(world.write(1, b"abcdefgh"), Ok(8));
    assert_eq!(world.machine.lock().stdout, b"abcdefgh");
}

#[test]
fn a_stop_in_the_middle_of_a_write_repeats_nothing() {
    let mut world = fresh();
    world.machine.lock().room = 3;
    world.machine.lock().later(10, Event::Stop);
    let bytes = b"abcdefgh";
    let written = world.write(1, bytes).unwrap();
    assert_eq!(written, 3);
    world.put(0xD000, &bytes[3..]);
    assert_eq!(world.transfer("fd_write", 1, 5).0, Reply::Suspend);
    assert_eq!(world.machine.lock().stdout, b"abc");
    let mut world = world.move_to(Shared::default()).unwrap();
    assert_eq!(world.transfer("fd_write", 1, 5), (Reply::Return, 5));
    assert_eq!(world.machine.lock().stdout, b"defgh");
}

#[test]
fn streams_say_what_they_are() {
    let mut world = fresh();
    world.call("fd_fdstat_get", &[I(0), I(0)]).unwrap();
    assert_eq!((world.u8(0), world.u16(2)), (0, 0));
    world.machine.lock().terminal = true;
    world.call("fd_fdstat_get", &[I(1), I(0)]).unwrap();
    assert_eq!(world.u8(0), 2, "a character device");
    let (seek, tell, write) = (1 << 2, 1 << 5, 1 << 6);
    assert_eq!(world.u64(8) & (seek | tell | write), write, "a terminal, to a C library");
    assert_eq!(world.fstat(1).unwrap().kind, 2);
    assert_eq!(world.seek(1, 0, 1), Err(Errno::SeekPipe));
    assert_eq!(world.call("fd_tell", &[I(0), I(0)]), Err(Errno::SeekPipe));
    assert_eq!(world.pread(0, 1, 0), Err(Errno::SeekPipe));
    assert_eq!(world.pwrite(1, b"x", 0), Err(Errno::SeekPipe));
    assert_eq!(world.call("fd_advise", &[I(0), L(0), L(0), I(0)]), Err(Errno::SeekPipe));
    assert_eq!(world.call("fd_sync", &[I(1)]), Err(Errno::Invalid));
    assert_eq!(world.call("fd_readdir", &[I(0), I(0), I(10), L(0), I(20)]), Err(Errno::NotDirectory));
}

#[test]
fn a_stream_may_be_closed_and_its_number_comes_again() {
    let mut world = World::with_memory();
    world.close(0).unwrap();
    assert_eq!(world.read(0, 1), Err(Errno::BadDescriptor));
    assert_eq!(world.open("f", 1), Ok(0));
}
