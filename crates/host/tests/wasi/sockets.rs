//! Listeners and connections.

use super::fakes::{Event, Shared};
use super::world::{I, L, READ, World};
use sojourn_engine::Reply;
use sojourn_host::{Errno, MemoryTree, Mount, Setup, Wasi};

const LISTENER: u32 = 3;
const NONBLOCK: u32 = 4;
const PEEK: u32 = 1;
const WAIT_ALL: u32 = 2;
const LIST: u32 = 0x100;
const DATA: u32 = 0x1000;
const COUNT: u32 = 0x80;
const FLAGS: u32 = 0x84;
const STREAM_SOCKET: u8 = 6;

fn fresh() -> World {
    World::new(Setup { listeners: 1, ..Setup::default() })
}

/// A world with a connection at 4, which is number 1.
fn connected() -> World {
    let mut world = fresh();
    world.machine.lock().connect(0);
    assert_eq!(accept(&mut world), Ok(4));
    world
}

fn accept(world: &mut World) -> Result<u32, Errno> {
    world.call("sock_accept", &[I(LISTENER), I(0), I(COUNT)])?;
    Ok(world.u32(COUNT))
}

/// Arguments of a `sock_recv` or `sock_send` of one buffer.
fn transfer(world: &mut World, fd: u32, length: u32, flags: u32) -> Vec<super::world::Arg> {
    world.put(LIST, &DATA.to_le_bytes());
    world.put(LIST + 4, &length.to_le_bytes());
    vec![I(fd), I(LIST), I(1), I(flags), I(COUNT), I(FLAGS)]
}

fn recv(world: &mut World, length: u32, flags: u32) -> Result<Vec<u8>, Errno> {
    let arguments = transfer(world, 4, length, flags);
    world.call("sock_recv", &arguments)?;
    assert_eq!(world.u16(FLAGS), 0);
    Ok(world.get(DATA, world.u32(COUNT)).to_vec())
}

fn send(world: &mut World, bytes: &[u8]) -> Result<u32, Errno> {
    world.put(DATA, bytes);
    let arguments = transfer(world, 4, bytes.len().try_into().unwrap(), 0);
    world.call("sock_send", &arguments[..5])?;
    Ok(world.u32(COUNT))
}

/// User data, error, type, bytes and flags of each event.
fn poll(world: &mut World, waits: &[(u8, u32)]) -> (Reply, Vec<(u64, u16, u64, u16)>) {
    for (n, (tag, subject)) in (0..).zip(waits) {
        let at = 0x2000 + n * 48;
        world.put(at, &[0; 48]);
        world.put(at, &u64::from(n).to_le_bytes());
        world.put(at + 8, &[*tag]);
        if *tag == 0 {
            world.put(at + 16, &1_u32.to_le_bytes());
            world.put(at + 24, &u64::from(*subject).to_le_bytes());
        } else {
            world.put(at + 16, &subject.to_le_bytes());
        }
    }
    let count = I(waits.len().try_into().unwrap());
    let (reply, _) = world.reply("poll_oneoff", &[I(0x2000), I(0x3000), count, I(COUNT)]);
    let event = |at| (world.u64(at), world.u16(at + 8), world.u64(at + 16), world.u16(at + 24));
    let events = (0..world.u32(COUNT)).map(|n| event(0x3000 + n * 32)).collect();
    (reply, events)
}

#[test]
fn listeners_come_before_directories_and_both_are_found() {
    let mounts = vec![Mount::memory("/data".into(), MemoryTree::new())];
    let mut world = World::new(Setup { listeners: 2, mounts, ..Setup::default() });
    let prestat = |world: &mut World, fd| {
        world.call("fd_prestat_get", &[I(fd), I(0)]).unwrap();
        let length = world.u32(4);
        world.call("fd_prestat_dir_name", &[I(fd), I(64), I(length)]).unwrap();
        (world.u8(0), String::from_utf8(world.get(64, length).to_vec()).unwrap())
    };
    assert_eq!(prestat(&mut world, 3), (1, "listener-0".into()));
    assert_eq!(prestat(&mut world, 4), (1, "listener-1".into()));
    assert_eq!(prestat(&mut world, 5), (0, "/data".into()));
    assert_eq!(world.call("fd_prestat_get", &[I(6), I(0)]), Err(Errno::BadDescriptor));
    assert_eq!(world.wasi.inspect().environment, [b"LISTEN_FDS=2"]);
}

#[test]
fn what_is_said_of_listeners_can_be_said_otherwise_and_without_them_nothing_is() {
    let environment = vec![(b"LISTEN_FDS".to_vec(), b"9".to_vec())];
    let world = World::new(Setup { listeners: 1, environment, ..Setup::default() });
    assert_eq!(world.wasi.inspect().environment, [b"LISTEN_FDS=9"]);
    assert!(World::new(Setup::default()).wasi.inspect().environment.is_empty());
    let many = Wasi::new(Setup { listeners: 65, ..Setup::default() }, Shared::default().ports());
    assert_eq!(many.map(|_| ()).unwrap_err().to_string(), "too many listeners: 64 are allowed");
}

#[test]
fn connections_are_accepted_in_their_order_and_awaited() {
    let mut world = fresh();
    world.machine.lock().later(7, Event::Connect(0));
    assert_eq!(accept(&mut world), Ok(4));
    assert_eq!(world.machine.lock().monotonic_ns, 5_007);
    world.machine.lock().connect(0);
    world.call("sock_accept", &[I(LISTENER), I(NONBLOCK), I(COUNT)]).unwrap();
    world.call("fd_fdstat_get", &[I(5), I(0)]).unwrap();
    assert_eq!((world.u8(0), world.u16(2)), (STREAM_SOCKET, 4));
    assert_eq!(world.read(5, 1), Err(Errno::Again));
    world.call("fd_fdstat_set_flags", &[I(LISTENER), I(NONBLOCK)]).unwrap();
    assert_eq!(accept(&mut world), Err(Errno::Again));
    assert_eq!(world.call("sock_accept", &[I(LISTENER), I(1), I(COUNT)]), Err(Errno::Invalid));
}

#[test]
fn a_suspended_accept_is_made_again_elsewhere() {
    let mut world = fresh();
    world.machine.lock().later(1, Event::Stop);
    assert_eq!(world.reply("sock_accept", &[I(LISTENER), I(0), I(COUNT)]).0, Reply::Suspend);
    let there = Shared::default();
    there.lock().later(5, Event::Connect(0));
    let mut world = world.move_to(there).unwrap();
    assert_eq!(accept(&mut world), Ok(4));
}

#[test]
fn bytes_go_both_ways_by_either_pair_of_calls() {
    let mut world = connected();
    world.machine.lock().later(3, Event::Sends(1, b"hello world".to_vec()));
    assert_eq!(recv(&mut world, 5, 0).unwrap(), b"hello");
    assert_eq!(world.read(4, 100).unwrap(), b" world");
    assert_eq!(send(&mut world, b"one"), Ok(3));
    assert_eq!(world.write(4, b"two"), Ok(3));
    assert_eq!(world.machine.lock().peer(1).written, b"onetwo");
    assert_eq!(recv(&mut world, 0, 0).unwrap(), b"", "nothing asked for is not waited for");
}

#[test]
fn peeked_bytes_stay_and_all_of_them_can_be_waited_for() {
    let mut world = connected();
    world.machine.lock().peer(1).unread.extend(b"abc");
    assert_eq!(recv(&mut world, 9, PEEK).unwrap(), b"abc");
    world.machine.lock().later(3, Event::Sends(1, b"def".to_vec()));
    world.machine.lock().later(6, Event::Sends(1, b"ghijkl".to_vec()));
    assert_eq!(recv(&mut world, 7, PEEK | WAIT_ALL).unwrap(), b"abcdefg");
    assert_eq!(recv(&mut world, 7, WAIT_ALL).unwrap(), b"abcdefg");
    world.machine.lock().later(3, Event::Ends(1));
    assert_eq!(recv(&mut world, 7, WAIT_ALL).unwrap(), b"hijkl", "the end comes first");
    assert_eq!(recv(&mut world, 7, WAIT_ALL).unwrap(), b"");
    assert_eq!(recv(&mut world, 7, 4), Err(Errno::Invalid));
}

#[test]
fn a_stop_while_all_is_waited_for_takes_nothing() {
    let mut world = connected();
    world.machine.lock().peer(1).unread.extend(b"abc");
    world.machine.lock().later(2, Event::Stop);
    let arguments = transfer(&mut world, 4, 6, WAIT_ALL);
    assert_eq!(world.reply("sock_recv", &arguments).0, Reply::Suspend);
    assert_eq!(world.machine.lock().peer(1).unread, b"abc");
    world.machine.lock().stop = false;
    world.machine.lock().later(2, Event::Sends(1, b"def".to_vec()));
    assert_eq!(recv(&mut world, 6, WAIT_ALL).unwrap(), b"abcdef");
}

#[test]
fn more_than_a_port_holds_is_waited_for_in_parts() {
    let mut world = connected();
    let bytes: Vec<u8> = (0..40_000_u32).map(|n| n.to_le_bytes()[0]).collect();
    world.machine.lock().peer(1).unread.extend(&bytes[..33_000]);
    world.machine.lock().later(2, Event::Sends(1, bytes[33_000..].to_vec()));
    assert_eq!(recv(&mut world, 40_000, WAIT_ALL).unwrap(), bytes);
}

#[test]
fn a_scattered_read_fills_its_buffers_in_their_order() {
    let mut world = connected();
    world.machine.lock().peer(1).unread.extend(b"abcdef");
    for (n, (at, length)) in (0..).zip([(DATA, 2_u32), (DATA + 64, 0), (DATA + 128, 3)]) {
        world.put(LIST + n * 8, &at.to_le_bytes());
        world.put(LIST + n * 8 + 4, &length.to_le_bytes());
    }
    world.call("fd_read", &[I(4), I(LIST), I(3), I(COUNT)]).unwrap();
    assert_eq!(
        (world.u32(COUNT), world.get(DATA, 2), world.get(DATA + 128, 3)),
        (5, &b"ab"[..], &b"cde"[..])
    );
}

#[test]
fn a_stop_in_the_middle_of_a_send_repeats_nothing() {
    let mut world = connected();
    world.machine.lock().peer(1).room = 3;
    world.machine.lock().later(9, Event::Stop);
    assert_eq!(send(&mut world, b"abcdef"), Ok(3));
    let arguments = transfer(&mut world, 4, 3, 0);
    assert_eq!(world.reply("sock_send", &arguments[..5]).0, Reply::Suspend);
    world.machine.lock().stop = false;
    world.machine.lock().later(9, Event::Takes(1, 100));
    assert_eq!(send(&mut world, b"def"), Ok(3));
    assert_eq!(world.machine.lock().peer(1).written, b"abcdef");
    assert_eq!(world.call("sock_send", &[I(4), I(LIST), I(1), I(1), I(COUNT)]), Err(Errno::Invalid));
}

#[test]
fn ends_and_resets_are_told_as_on_any_system() {
    let mut world = connected();
    world.machine.lock().peer(1).unread.extend(b"x");
    world.machine.lock().peer(1).ended = true;
    assert_eq!(world.read(4, 9).unwrap(), b"x");
    assert_eq!(world.read(4, 9).unwrap(), b"");
    assert_eq!(world.write(4, b"half"), Ok(4), "half closed");
    world.call("sock_shutdown", &[I(4), I(2)]).unwrap();
    assert_eq!(world.write(4, b"x"), Err(Errno::Pipe));
    world.machine.lock().peer(1).ended = false;
    world.machine.lock().later(4, Event::Resets(1));
    assert_eq!(world.read(4, 9), Err(Errno::ConnectionReset), "while it waits");
    assert_eq!(world.write(4, b"x"), Err(Errno::ConnectionReset));
    assert_eq!(world.call("sock_shutdown", &[I(4), I(1)]), Err(Errno::NotConnected));
}

#[test]
fn each_socket_refuses_what_is_not_its_own() {
    let mut world = connected();
    assert_eq!(world.read(LISTENER, 1), Err(Errno::NotConnected));
    assert_eq!(world.write(LISTENER, b"x"), Err(Errno::BadDescriptor));
    assert_eq!(
        world.call("sock_recv", &[I(LISTENER), I(0), I(0), I(0), I(8), I(16)]),
        Err(Errno::NotConnected)
    );
    assert_eq!(world.call("sock_shutdown", &[I(LISTENER), I(3)]), Err(Errno::NotConnected));
    assert_eq!(world.call("sock_accept", &[I(4), I(0), I(8)]), Err(Errno::Invalid));
    for fd in [LISTENER, 4] {
        assert_eq!(world.fstat(fd).unwrap().kind, STREAM_SOCKET);
        assert_eq!(world.seek(fd, 0, 1), Err(Errno::SeekPipe));
        assert_eq!(world.pread(fd, 1, 0), Err(Errno::SeekPipe));
        assert_eq!(world.call("fd_readdir", &[I(fd), I(0), I(10), L(0), I(20)]), Err(Errno::NotDirectory));
        assert_eq!(world.at("path_create_directory", fd, "d"), Err(Errno::NotDirectory));
    }
    world.call("fd_fdstat_set_rights", &[I(4), L(READ), L(0)]).unwrap();
    assert_eq!(world.write(4, b"x"), Err(Errno::BadDescriptor));
    assert_eq!(world.call("sock_shutdown", &[I(4), I(3)]), Err(Errno::NotCapable));
}

#[test]
fn poll_tells_of_listeners_and_connections() {
    let mut world = connected();
    let waits = [(1, LISTENER), (1, 4), (2, 4), (0, 9)];
    world.machine.lock().peer(1).room = 5;
    assert_eq!(poll(&mut world, &waits).1, [(2, 0, 5, 0)]);
    world.machine.lock().peer(1).room = 0;
    world.machine.lock().later(3, Event::Sends(1, b"abc".to_vec()));
    assert_eq!(poll(&mut world, &waits).1, [(1, 0, 3, 0)]);
    world.machine.lock().connect(0);
    world.machine.lock().peer(1).ended = true;
    assert_eq!(poll(&mut world, &waits).1, [(0, 0, 1, 0), (1, 0, 3, 0)], "bytes before the end");
    world.read(4, 9).unwrap();
    assert_eq!(poll(&mut world, &waits[1..]).1, [(0, 0, 0, 1)], "a hangup");
    assert_eq!(accept(&mut world), Ok(5));
    world.machine.lock().peer(1).reset = true;
    assert_eq!(poll(&mut world, &waits[1..]).1, [(0, 0, 0, 1), (1, 0, 0, 1)]);
    let (reply, events) = poll(&mut world, &[(1, LISTENER), (0, 9)]);
    assert_eq!((reply, events), (Reply::Return, vec![(1, 0, 0, 0)]), "time ends the wait");
}

#[test]
fn closed_and_replaced_descriptors_let_go_of_their_sockets() {
    let mut world = connected();
    world.machine.lock().connect(0);
    world.machine.lock().connect(0);
    assert_eq!((accept(&mut world), accept(&mut world)), (Ok(5), Ok(6)));
    world.close(4).unwrap();
    assert_eq!(recv(&mut world, 1, 0), Err(Errno::BadDescriptor));
    world.call("fd_renumber", &[I(6), I(5)]).unwrap();
    let machine = world.machine.lock();
    assert_eq!([1, 2, 3].map(|id| machine.peers[&id].closed), [true, true, false]);
    drop(machine);
    world.machine.lock().peer(3).unread.extend(b"moved");
    assert_eq!(world.read(5, 9).unwrap(), b"moved");
    world.call("fd_renumber", &[I(5), I(LISTENER)]).unwrap();
    assert_eq!(world.machine.lock().closed_listeners, [0]);
    world.machine.lock().peer(3).unread.extend(b"again");
    assert_eq!(world.read(LISTENER, 9).unwrap(), b"again");
}

#[test]
fn connections_go_on_elsewhere_and_those_that_nobody_holds_are_reset() {
    let mut world = connected();
    world.call("fd_fdstat_set_flags", &[I(4), I(NONBLOCK)]).unwrap();
    let there = Shared::default();
    there.lock().connect(0);
    there.lock().waiting.clear();
    there.lock().peer(1).unread.extend(b"there");
    let mut world = world.move_to(there).unwrap();
    assert_eq!(world.read(4, 9).unwrap(), b"there");
    assert_eq!(world.read(4, 9), Err(Errno::Again), "flags move");
    let mut world = world.move_to(Shared::default()).unwrap();
    assert_eq!(world.read(4, 9), Err(Errno::ConnectionReset));
    world.machine.lock().connect(0);
    assert_eq!(accept(&mut world), Ok(5));
    world.machine.lock().peer(2).unread.extend(b"new");
    assert_eq!(world.read(5, 9).unwrap(), b"new");
}

#[test]
fn a_state_with_sockets_through_bytes_is_the_same_and_damage_is_found() {
    let mut world = connected();
    let bytes = world.wasi.state().unwrap();
    let state = sojourn_host::state::State::from_bytes(&bytes).unwrap();
    assert_eq!((state.to_bytes(), &state), (bytes.clone(), world.wasi.inspect()));
    let mut unknown = bytes;
    let place = unknown.windows(3).position(|part| part == [0xA1, 1, 1]).expect("the connection");
    unknown[place + 1] = 3;
    let refused = sojourn_host::state::State::from_bytes(&unknown).unwrap_err();
    assert!(refused.to_string().contains("unknown kind of socket"), "{refused}");
}
