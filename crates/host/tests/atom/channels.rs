//! Channels: files that messages are read from and written to.

use super::fakes::{Event as Happens, Realm, Shared};
use super::world::{ALL, CREATE, DIRECTORY, EXCLUSIVE, I, READ, TRUNCATE, WRITE, World};
use sojourn_abi::{ChannelMode, Event, EventKind};
use sojourn_engine::Reply;
use sojourn_host::state::State;
use sojourn_host::{ChannelFile, Errno, Error, MemoryTree, Mount, PREVIEW0, Setup, Wasi, limit};
use sojourn_post::Limits;
use std::collections::VecDeque;

const LIGHT: &str = "/ch/light/data";
const NONBLOCK: u32 = 4;
/// Descriptors of `/ch` and `/sys`, as there are no mounts.
const CH: u32 = 3;
const SYS: u32 = 4;
/// Where a subscription, its event and their count lie.
const ASKED: u32 = 0;
const TOLD: u32 = 0x100;
const COUNT: u32 = 0x200;

fn file(path: &str, mode: &str) -> ChannelFile {
    ChannelFile { path: path.into(), mode: ChannelMode::of(mode).unwrap() }
}

fn setup() -> Setup {
    let channels = vec![file(LIGHT, "rw"), file("/sys/signals", "r"), file("/ch/state/data", "w")];
    Setup { channels, channel_to: "far/other".into(), ..Setup::default() }
}

fn limits() -> Limits {
    Limits { window: 2, message_bytes: 1000, channel_messages: 4, channel_bytes: 100, ..Limits::default() }
}

fn machine() -> Shared {
    let machine = Shared::default();
    let mut realm = Realm::new(limits());
    for path in [LIGHT, "/sys/signals"] {
        realm.mailbox.open_channel(path);
    }
    machine.lock().realm = Some(realm);
    machine
}

fn program() -> World {
    World::on(machine(), setup())
}

fn message(path: &str, data: &[u8]) -> Event {
    Event { ty: "channel".into(), subject: path.into(), data: data.to_vec(), ..Event::default() }
}

fn comes(world: &World, path: &str, data: &[u8]) {
    world.machine.lock().realm().comes(message(path, data));
}

fn later(world: &World, ns: u64, what: Happens) {
    world.machine.lock().later(ns, what);
}

fn open(world: &mut World, flags: u32) -> u32 {
    world.open_as(CH, "light/data", 0, READ | WRITE | ALL, flags).unwrap()
}

/// Goes on elsewhere, with what the mailbox has.
fn move_on(world: World) -> World {
    let mut machine = world.machine.lock().moved();
    (machine.monotonic_ns, machine.plan) = (777_777, VecDeque::new());
    world.move_to(Shared::of(machine)).unwrap()
}

fn sent(world: &World) -> Vec<(String, String, String, Vec<u8>)> {
    let machine = &mut *world.machine.lock();
    let row = |(to, event): &(String, Event)| {
        (to.clone(), event.ty.clone(), event.subject.clone(), event.data.clone())
    };
    machine.realm().sent.iter().map(row).collect()
}

/// Polls to read, or to write; without an end.
fn subscribe(world: &mut World, fd: u32, write: bool) -> [super::world::Arg; 4] {
    world.put(ASKED, &[0; 56]);
    world.put(ASKED + 8, &[if write { 2 } else { 1 }]);
    world.put(ASKED + 16, &fd.to_le_bytes());
    [I(ASKED), I(TOLD), I(1), I(COUNT)]
}

#[test]
fn they_are_found_by_the_directories_that_a_program_starts_with() {
    let mut world = program();
    for (fd, name) in [(CH, "/ch"), (SYS, "/sys")] {
        world.call("fd_prestat_dir_name", &[I(fd), I(0), I(64)]).unwrap();
        assert_eq!(world.get(0, name.len().try_into().unwrap()), name.as_bytes());
    }
    assert_eq!(world.call("fd_prestat_get", &[I(5), I(0)]), Err(Errno::BadDescriptor), "no more");
    assert_eq!(world.names(CH, 200).unwrap(), [".", "..", "light", "state"]);
    let light = world.open_as(CH, "light", DIRECTORY, ALL & !WRITE, 0).unwrap();
    let data = world.open_as(light, "data", 0, READ, 0).unwrap();
    comes(&world, LIGHT, b"on");
    assert_eq!(world.read(data, 10).unwrap(), b"on");
    assert_eq!(world.open_as(CH, "dark/data", 0, READ, 0), Err(Errno::NoEntry));
    assert_eq!(world.at("path_unlink_file", CH, "light/data"), Err(Errno::ReadOnly));
    assert_eq!(world.at("path_create_directory", CH, "new"), Err(Errno::ReadOnly));
}

#[test]
fn a_mode_is_what_may_be_done() {
    let mut world = program();
    let mut open = |dir, path, oflags, rights| world.open_as(dir, path, oflags, rights, 0);
    assert_eq!(open(SYS, "signals", 0, WRITE), Err(Errno::Access));
    assert_eq!(open(CH, "state/data", 0, READ), Err(Errno::Access));
    assert_eq!(open(CH, "state/data", 0, READ | WRITE), Err(Errno::Access));
    assert!(open(CH, "state/data", CREATE | TRUNCATE, WRITE).is_ok(), "as fopen with w does");
    assert_eq!(open(CH, "state/data", CREATE | EXCLUSIVE, WRITE), Err(Errno::Exists));
    assert_eq!(open(CH, "light/data", DIRECTORY, READ), Err(Errno::NotDirectory));
    let reader = open(CH, "light/data", 0, ALL & !WRITE).unwrap();
    assert_eq!(world.write(reader, b"x"), Err(Errno::BadDescriptor));
    let writer = world.open_as(CH, "light/data", 0, WRITE, 0).unwrap();
    assert_eq!(world.read(writer, 1), Err(Errno::BadDescriptor));
    assert_eq!(world.seek(reader, 0, 1), Err(Errno::SeekPipe));
    assert_eq!(world.pread(reader, 1, 0), Err(Errno::SeekPipe));
    assert_eq!((world.fstat(reader).unwrap().kind, world.fstat(reader).unwrap().size), (0, 0));
    assert_eq!(world.close(reader), Ok(()));
    assert_eq!(world.read(reader, 1), Err(Errno::BadDescriptor));
}

#[test]
fn a_read_gives_one_message_or_the_rest_of_it() {
    let mut world = program();
    let (one, other) = (open(&mut world, 0), open(&mut world, 0));
    for data in [b"first".as_slice(), b"second", b"", b"last"] {
        comes(&world, LIGHT, data);
    }
    comes(&world, "/sys/signals", &[3; 128]);
    assert_eq!(world.read(one, 100).unwrap(), b"first");
    assert_eq!(world.read(one, 0).unwrap(), b"");
    assert_eq!(world.read(one, 3).unwrap(), b"sec");
    let mut world = move_on(world);
    assert_eq!(world.read(other, 100).unwrap(), b"ond", "descriptors of a channel share it");
    assert_eq!(world.read(one, 100).unwrap(), b"", "an empty message");
    assert_eq!(world.read(one, 100).unwrap(), b"last");
    let signals = world.open_as(SYS, "signals", 0, READ, 0).unwrap();
    assert_eq!(world.read(signals, 200).unwrap(), [3; 128]);
    assert_eq!(world.machine.lock().realm().freed, 6, "senders hear of room");
}

#[test]
fn one_of_this_path_is_standard_input_too() {
    const STDIN: &str = "/dev/stdin";
    let machine = machine();
    machine.lock().realm().mailbox.open_channel(STDIN);
    let mut world = World::on(machine, Setup { channels: vec![file(STDIN, "r")], ..setup() });
    for data in [b"typed\n".as_slice(), b"more"] {
        comes(&world, STDIN, data);
    }
    assert_eq!(world.read(0, 3).unwrap(), b"typ");
    let mut world = move_on(world);
    assert_eq!(world.read(0, 100).unwrap(), b"ed\n");
    assert_eq!(world.write(0, b"x"), Err(Errno::BadDescriptor));
    let by_path = world.open_as(CH, "stdin", 0, READ, 0).unwrap();
    assert_eq!(world.read(by_path, 100).unwrap(), b"more");
}

#[test]
fn a_message_fills_one_buffer_after_the_other() {
    let mut world = program();
    let fd = open(&mut world, 0);
    comes(&world, LIGHT, b"abcdefgh");
    for (n, (at, length)) in (0..).zip([(0x300_u32, 3_u32), (0x310, 0), (0x320, 2)]) {
        world.put(n * 8, &at.to_le_bytes());
        world.put(n * 8 + 4, &length.to_le_bytes());
    }
    world.call("fd_read", &[I(fd), I(0), I(3), I(COUNT)]).unwrap();
    assert_eq!(
        (world.u32(COUNT), world.get(0x300, 4), world.get(0x320, 3)),
        (5, &b"abc\0"[..], &b"de\0"[..])
    );
    assert_eq!(world.read(fd, 9).unwrap(), b"fgh");
    world.put(0x300, b"one");
    world.put(0x320, b"2!");
    world.call("fd_write", &[I(fd), I(0), I(3), I(COUNT)]).unwrap();
    assert_eq!(sent(&world)[0].3, b"one2!", "all buffers are one message");
}

#[test]
fn without_waiting_it_says_so() {
    let mut world = program();
    let fd = open(&mut world, NONBLOCK);
    assert_eq!(world.read(fd, 10), Err(Errno::Again));
    comes(&world, LIGHT, b"x");
    assert_eq!(world.read(fd, 10).unwrap(), b"x");
    assert_eq!((world.write(fd, b"1"), world.write(fd, b"2")), (Ok(1), Ok(1)));
    assert_eq!(world.write(fd, b"3"), Err(Errno::Again), "its way there is full");
    world.machine.lock().realm().has("far/other");
    assert_eq!(world.write(fd, b"3"), Ok(1));
    world.call("fd_fdstat_set_flags", &[I(fd), I(0)]).unwrap();
    later(&world, 30, Happens::Comes(Box::new(message(LIGHT, b"y"))));
    assert_eq!(world.read(fd, 10).unwrap(), b"y", "blocking again");
}

#[test]
fn a_write_is_a_message_as_long_as_one_may_be() {
    let mut world = program();
    let fd = open(&mut world, 0);
    let row =
        |data: &[u8]| ("far/other".to_string(), "channel".to_string(), LIGHT.to_string(), data.to_vec());
    assert_eq!(world.write(fd, b"hello"), Ok(5));
    assert_eq!(world.write(fd, b""), Ok(0), "nothing is no message");
    assert_eq!(world.write(fd, &[7; 1500]), Ok(1000));
    assert_eq!(sent(&world), [row(b"hello"), row(&[7; 1000])]);
}

#[test]
fn who_is_not_there_is_a_broken_pipe_that_people_hear_of_once() {
    let mut world = World::on(machine(), Setup { channel_to: "nobody".into(), ..setup() });
    let fd = open(&mut world, 0);
    for _ in 0..3 {
        assert_eq!(world.write(fd, b"x"), Err(Errno::Pipe));
    }
    let notes = |world: &World| world.machine.lock().realm().deeds.clone();
    assert_eq!(notes(&world).len(), 1);
    assert!(notes(&world)[0].contains(LIGHT) && notes(&world)[0].contains("nobody"), "{:?}", notes(&world));
    world.machine.lock().realm().names.push("home/nobody".into());
    assert_eq!(world.write(fd, b"x"), Ok(1));
    world.machine.lock().realm().names.pop();
    assert_eq!(world.write(fd, b"x"), Err(Errno::Pipe));
    assert_eq!(notes(&world).len(), 2);
}

#[test]
fn polls_tell_messages_and_room() {
    for module in [sojourn_host::PREVIEW1, PREVIEW0] {
        let mut world = World { module, ..program() };
        let fd = open(&mut world, 0);
        let polled = |world: &mut World, write| {
            let arguments = subscribe(world, fd, write);
            world.call("poll_oneoff", &arguments).unwrap();
            (world.u16(TOLD + 8), world.u8(TOLD + 10), world.u64(TOLD + 16), world.u16(TOLD + 24))
        };
        assert_eq!(polled(&mut world, true), (0, 2, 1000, 0));
        later(&world, 30, Happens::Comes(Box::new(message("/sys/signals", b"other"))));
        later(&world, 50, Happens::Comes(Box::new(message(LIGHT, b"light"))));
        let start = world.machine.lock().monotonic_ns;
        assert_eq!(polled(&mut world, false), (0, 1, 5, 0));
        assert_eq!(world.machine.lock().monotonic_ns - start, 50);
        assert_eq!(world.read(fd, 3).unwrap(), b"lig");
        assert_eq!(polled(&mut world, false), (0, 1, 2, 0));
        world.write(fd, b"1").unwrap();
        world.write(fd, b"2").unwrap();
        later(&world, 20, Happens::Has("far/other".into()));
        let start = world.machine.lock().monotonic_ns;
        assert_eq!(polled(&mut world, true), (0, 2, 1000, 0));
        assert_eq!(world.machine.lock().monotonic_ns - start, 20);
    }
}

/// A call that waits, what ends it, and what it gives then.
type Waits =
    (&'static str, fn(&mut World, u32) -> Vec<super::world::Arg>, fn() -> Happens, fn(&World) -> Vec<u8>);

const WAITS: [Waits; 4] = [
    (
        "fd_read",
        |world, fd| {
            let (list, count) = world.buffer(10);
            vec![I(fd), list, count, I(COUNT)]
        },
        || Happens::Comes(Box::new(message(LIGHT, b"came"))),
        |world| world.get(0xD000, world.u32(COUNT)).to_vec(),
    ),
    (
        "fd_write",
        |world, fd| {
            world.write(fd, b"1").unwrap();
            world.write(fd, b"2").unwrap();
            world.put(0xD000, b"late");
            let (list, count) = world.buffer(4);
            vec![I(fd), list, count, I(COUNT)]
        },
        || Happens::Has("far/other".into()),
        |world| sent(world).pop().unwrap().3,
    ),
    (
        "poll_oneoff",
        |world, fd| subscribe(world, fd, false).to_vec(),
        || Happens::Comes(Box::new(message(LIGHT, b"came"))),
        |world| world.get(TOLD + 16, 1).to_vec(),
    ),
    (
        "poll_oneoff",
        |world, fd| {
            world.write(fd, b"1").unwrap();
            world.write(fd, b"2").unwrap();
            subscribe(world, fd, true).to_vec()
        },
        || Happens::Has("far/other".into()),
        |world| world.get(TOLD + 16, 2).to_vec(),
    ),
];

#[test]
fn each_that_waits_is_stopped_without_a_trace_and_goes_on_elsewhere() {
    let given: [&[u8]; 4] = [b"came", b"late", &[4], &1000_u16.to_le_bytes()];
    for ((name, arguments, ends, gives), given) in WAITS.into_iter().zip(given) {
        let mut world = program();
        let fd = open(&mut world, 0);
        let arguments = arguments(&mut world, fd);
        let before = (world.memory.clone(), world.machine.lock().realm().clone());
        later(&world, 5, Happens::Stop);
        for _ in 0..3 {
            assert_eq!(world.reply(name, &arguments).0, Reply::Suspend, "{name}");
            let after = (world.memory.clone(), world.machine.lock().realm().clone());
            assert!(after == before, "{name} left something behind");
            world = move_on(world);
            world.machine.lock().stop = true;
        }
        world.machine.lock().stop = false;
        later(&world, 20, ends());
        world.call(name, &arguments).unwrap();
        assert_eq!(gives(&world), given, "{name}");
    }
}

#[test]
fn other_messages_are_received_as_ever() {
    let mut world = program();
    let call = Event { call: 7, ..message(LIGHT, b"a call is answered by nobody who reads") };
    let interrupt = Event { kind: EventKind::Interrupt, ..message(LIGHT, b"i") };
    let others = [message("/ch/state/data", b"w"), message("/ch/none", b""), call, interrupt];
    for event in others.iter().chain([&Event { ty: "other".into(), ..message(LIGHT, b"") }]) {
        world.machine.lock().realm().comes(event.clone());
    }
    assert_eq!(world.machine.lock().realm().mailbox.len(), 5);
    let fd = open(&mut world, NONBLOCK);
    assert_eq!(world.read(fd, 10), Err(Errno::Again));
    comes(&world, LIGHT, b"x");
    assert_eq!(world.machine.lock().realm().mailbox.len(), 5, "what is read is not received");
}

#[test]
fn a_channel_is_bounded_beside_the_mailbox() {
    let mut world = program();
    let fits = |world: &World, path, bytes: usize| {
        world.machine.lock().realm().mailbox.fits(&message(path, &vec![0; bytes]))
    };
    assert!(fits(&world, LIGHT, 1000), "one always finds room");
    comes(&world, LIGHT, &[0; 60]);
    assert!(fits(&world, LIGHT, 40) && !fits(&world, LIGHT, 41) && fits(&world, "/sys/signals", 41));
    for _ in 0..3 {
        comes(&world, LIGHT, b"x");
    }
    assert!(!fits(&world, LIGHT, 0) && fits(&world, "other", 100));
    let fd = open(&mut world, 0);
    world.read(fd, 59).unwrap();
    assert!(!fits(&world, LIGHT, 1), "half a message takes the room of one");
    world.read(fd, 59).unwrap();
    assert!(fits(&world, LIGHT, 1));
}

#[test]
fn what_cannot_be_is_refused_in_words() {
    let light = || file(LIGHT, "r");
    let memory = |guest: &str| Mount::memory(guest.into(), MemoryTree::new());
    for (channels, to, mounts, word) in [
        (vec![file("ch/light/data", "r")], "", vec![], "absolute"),
        (vec![file("/data", "r")], "", vec![], "in a directory"),
        (vec![file("/ch/../data", "r")], "", vec![], "plain names"),
        (vec![light(), file(LIGHT, "w")], "a", vec![], "twice"),
        (vec![light(), file("/ch/light/data/more", "r")], "", vec![], "directory"),
        (vec![file("/ch/light/data/more", "r"), light()], "", vec![], "directory"),
        (vec![file(LIGHT, "w")], "", vec![], "nobody is named"),
        (vec![light()], "", vec![memory("/ch")], "mount"),
        (vec![light()], "", vec![memory("/ch/light/")], "mount"),
    ] {
        let setup = Setup { channels, channel_to: to.into(), mounts, ..Setup::default() };
        let Err(error) = Wasi::new(setup, machine().ports()) else { panic!("{word}") };
        assert!(matches!(error, Error::Channel { .. }) && error.to_string().contains(word), "{error}");
    }
    let many = (0..=limit::CHANNELS).map(|n| file(&format!("/ch/{n}/data"), "r")).collect();
    let setup = Setup { channels: many, ..Setup::default() };
    let error = Wasi::new(setup, machine().ports()).err().unwrap();
    assert_eq!(error.to_string(), "too many channels: 64 are allowed");
    let beside =
        Setup { channels: vec![light()], mounts: vec![memory("/"), memory("/ch/dark")], ..Setup::default() };
    assert!(Wasi::new(beside, machine().ports()).is_ok());
}

#[test]
fn a_state_with_channels_that_cannot_be_is_refused() {
    let mut world = program();
    let fd = open(&mut world, 0);
    let state = State::from_bytes(&world.wasi.state().unwrap()).unwrap();
    assert_eq!(state.channels.files.len(), 3);
    let wrong: [fn(&mut State, u32); 3] = [
        |state, _| state.channels.files[0].path = "light".into(),
        |state, _| state.channels.files[1].path = LIGHT.into(),
        |state, _| state.channels.files.clear(),
    ];
    for change in wrong {
        let mut state = state.clone();
        change(&mut state, fd);
        assert!(matches!(State::from_bytes(&state.to_bytes()), Err(Error::State { .. })));
    }
    let plain = World::new(Setup::default()).wasi.state().unwrap();
    assert_eq!(State::from_bytes(&plain).unwrap().to_bytes(), plain);
}

#[test]
fn a_program_that_runs_alone_is_told_at_once() {
    let mut world = World::on(Shared::default(), setup());
    let fd = open(&mut world, 0);
    assert_eq!((world.read(fd, 10), world.write(fd, b"x")), (Err(Errno::Io), Err(Errno::Pipe)));
    for write in [false, true] {
        let arguments = subscribe(&mut world, fd, write);
        assert_eq!(world.call("poll_oneoff", &arguments), Ok(()));
    }
}
