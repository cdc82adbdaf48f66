//! Connections that an atom opens, and takes; they are WASI's, too.

use super::fakes::Event as Happens;
use super::guest::{Answer, EVER, Guest, OUT, ROOM, comes};
use super::world::{I, L};
use sojourn_abi::{Code, EventKind};
use sojourn_host::state::State;
use sojourn_host::{Errno, PREVIEW1};

/// A guest that may connect and listen.
fn guest() -> Guest {
    let guest = Guest::new();
    let granted = ["connect db:5432", "connect nonsense", "listen *:0", "listen *:80"];
    guest.realm(|realm| realm.granted = granted.map(String::from).to_vec());
    guest
}

fn connect(guest: &mut Guest, address: &str, deadline: i64) -> Result<u32, Code> {
    let arguments = guest.with(address, &[L(deadline.cast_unsigned()), I(OUT)]);
    guest.call("connect", &arguments).map(|()| guest.world.u32(OUT))
}

fn read(guest: &mut Guest, fd: u32, deadline: i64) -> Result<Vec<u8>, Code> {
    guest.call("read", &[I(fd), I(ROOM), I(100), L(deadline.cast_unsigned()), I(OUT)])?;
    Ok(guest.world.get(ROOM, guest.world.u32(OUT)).to_vec())
}

fn write(guest: &mut Guest, fd: u32, bytes: &[u8]) -> Result<u32, Code> {
    let [at, length] = guest.bytes(bytes);
    guest.call("write", &[I(fd), at, length, L(0), I(OUT)]).map(|()| guest.world.u32(OUT))
}

/// The same guest as WASI sees it.
fn wasi<T>(guest: &mut Guest, act: impl FnOnce(&mut super::world::World) -> T) -> T {
    let module = std::mem::replace(&mut guest.world.module, PREVIEW1);
    let done = act(&mut guest.world);
    guest.world.module = module;
    done
}

#[test]
fn a_connection_is_opened_and_bytes_go_both_ways() {
    let mut guest = guest();
    guest.later(9, Happens::Takes(1, 100));
    assert_eq!(connect(&mut guest, "db:5432", EVER), Ok(4));
    assert_eq!(write(&mut guest, 4, b"question"), Ok(8));
    guest.later(3, Happens::Sends(1, b"answer".to_vec()));
    assert_eq!(read(&mut guest, 4, EVER).unwrap(), b"answer");
    assert_eq!(read(&mut guest, 4, 0), Err(Code::TimedOut));
    guest.world.machine.lock().peer(1).ended = true;
    assert_eq!(read(&mut guest, 4, EVER).unwrap(), b"");
    assert_eq!(guest.world.machine.lock().peer(1).written, b"question");
}

#[test]
fn a_write_takes_what_there_is_room_for() {
    let mut guest = guest();
    guest.later(9, Happens::Takes(1, 5));
    connect(&mut guest, "db:5432", EVER).unwrap();
    assert_eq!(write(&mut guest, 4, b"question"), Ok(5));
    assert_eq!(write(&mut guest, 4, b"ion"), Err(Code::TimedOut));
    assert_eq!(write(&mut guest, 4, b""), Ok(0));
    assert_eq!(guest.call("read", &[I(4), I(ROOM), I(0), L(u64::MAX), I(OUT)]), Ok(()), "of nothing");
}

#[test]
fn a_connection_that_cannot_be_opened_leaves_nothing() {
    let mut guest = guest();
    assert_eq!(connect(&mut guest, "elsewhere:1", EVER), Err(Code::NotGranted));
    assert_eq!(connect(&mut guest, "nonsense", EVER), Err(Code::Address));
    guest.later(5, Happens::Resets(1));
    assert_eq!(connect(&mut guest, "db:5432", EVER), Err(Code::Unreachable));
    assert_eq!(connect(&mut guest, "db:5432", 0), Err(Code::TimedOut));
    let mut machine = guest.world.machine.lock();
    assert!(machine.peer(1).closed && machine.peer(2).closed);
    drop(machine);
    let state = guest.world.wasi.inspect();
    assert_eq!((state.descriptors.len(), state.under_way.opening.len()), (4, 0));
}

#[test]
fn one_that_is_being_opened_goes_on_elsewhere_and_is_not_begun_twice() {
    let mut guest = guest();
    guest.later(5, Happens::Stop);
    let arguments = guest.with("db:5432", &[L(u64::MAX), I(OUT)]);
    assert_eq!(guest.answer("connect", &arguments), Answer::Suspend);
    let mut guest = guest.move_on();
    assert_eq!(guest.world.wasi.inspect().under_way.opening.len(), 1);
    guest.call("on_interrupt", &[L(1), I(0)]).unwrap();
    guest.later(2, comes(EventKind::Interrupt, "a"));
    assert_eq!(guest.call("connect", &arguments), Err(Code::Callback));
    let mut guest = guest.move_on();
    guest.later(2, Happens::Takes(1, 100));
    guest.call("callback", &[I(ROOM), I(100), I(0x200), I(OUT)]).unwrap();
    guest.call("callback_end", &[]).unwrap();
    assert_eq!(guest.call("connect", &arguments), Ok(()));
    assert_eq!(guest.world.machine.lock().peers.len(), 1);
    assert_eq!(guest.world.wasi.inspect().under_way, sojourn_host::state::UnderWay::default());
}

#[test]
fn no_more_are_opened_at_once_than_may_be() {
    let mut guest = guest();
    guest.later(1, Happens::Stop);
    for number in 0..64 {
        guest.realm(|realm| realm.granted.push(format!("connect db:{number}")));
        let arguments = guest.with(&format!("db:{number}"), &[L(u64::MAX), I(OUT)]);
        assert_eq!(guest.answer("connect", &arguments), Answer::Suspend);
    }
    assert_eq!(connect(&mut guest, "db:5432", EVER), Err(Code::NoRoom));
    guest.move_on();
}

#[test]
fn a_connection_moves_with_its_atom() {
    let mut guest = guest();
    guest.later(9, Happens::Takes(1, 100));
    connect(&mut guest, "db:5432", EVER).unwrap();
    guest.later(5, Happens::Sends(1, b"answer".to_vec()));
    let mut guest = guest.move_on();
    guest.later(5, Happens::Sends(1, b"answer".to_vec()));
    assert_eq!(read(&mut guest, 4, EVER).unwrap(), b"answer");
    let mut elsewhere =
        Guest { world: guest.world.move_to(super::fakes::Shared::default()).unwrap(), ..Guest::new() };
    assert_eq!(read(&mut elsewhere, 4, EVER), Err(Code::Reset), "one that did not come along");
    assert_eq!(write(&mut elsewhere, 4, b"x"), Err(Code::Reset));
    assert_eq!(elsewhere.call("close", &[I(4)]), Ok(()));
}

#[test]
fn listeners_are_opened_and_take_connections() {
    let mut guest = guest();
    let listen = |guest: &mut Guest, address| {
        let arguments = guest.with(address, &[I(OUT)]);
        guest.call("listen", &arguments).map(|()| guest.world.u32(OUT))
    };
    assert_eq!(listen(&mut guest, "elsewhere:1"), Err(Code::NotGranted));
    assert_eq!(listen(&mut guest, "*:80"), Err(Code::Address));
    assert_eq!(listen(&mut guest, "*:0"), Ok(4));
    guest.later(5, Happens::Connect(7));
    guest.call("accept", &[I(4), L(u64::MAX), I(OUT)]).unwrap();
    assert_eq!(guest.world.u32(OUT), 5);
    assert_eq!(
        wasi(&mut guest, |world| world.call("fd_prestat_get", &[I(4), I(0)])),
        Err(Errno::BadDescriptor)
    );
    guest.call("close", &[I(4)]).unwrap();
    assert_eq!(guest.world.machine.lock().closed_listeners, [7]);
    assert_eq!(guest.call("accept", &[I(4), L(0), I(OUT)]), Err(Code::BadDescriptor));
}

#[test]
fn descriptors_are_those_of_wasi() {
    let mut guest = guest();
    guest.later(9, Happens::Takes(1, 100));
    connect(&mut guest, "db:5432", EVER).unwrap();
    wasi(&mut guest, |world| {
        assert_eq!(world.write(4, b"by wasi"), Ok(7));
        world.machine.lock().peer(1).unread.extend(b"answer");
        assert_eq!(world.read(4, 3).unwrap(), b"ans");
        world.call("sock_shutdown", &[I(4), I(2)]).unwrap();
    });
    assert_eq!(read(&mut guest, 4, 0).unwrap(), b"wer");
    assert_eq!(write(&mut guest, 4, b"x"), Err(Code::Reset));
    guest.world.machine.lock().connect(0);
    wasi(&mut guest, |world| world.call("sock_accept", &[I(3), I(4), I(OUT)])).unwrap();
    guest.later(3, Happens::Sends(2, b"x".to_vec()));
    assert_eq!(
        read(&mut guest, 5, EVER).unwrap(),
        b"x",
        "its own deadline decides, not the descriptor's flags"
    );
    guest.call("close", &[I(5)]).unwrap();
    assert_eq!(wasi(&mut guest, |world| world.close(5)), Err(Errno::BadDescriptor));
}

#[test]
fn what_is_no_connection_is_none() {
    let mut guest = guest();
    for fd in [0, 1, 2, 9, u32::MAX] {
        assert_eq!(read(&mut guest, fd, 0), Err(Code::BadDescriptor), "{fd}");
        assert_eq!(write(&mut guest, fd, b"x"), Err(Code::BadDescriptor), "{fd}");
        assert_eq!(guest.call("accept", &[I(fd), L(0), I(OUT)]), Err(Code::BadDescriptor), "{fd}");
        assert_eq!(guest.call("close", &[I(fd)]), Err(Code::BadDescriptor), "{fd}");
    }
    assert_eq!(read(&mut guest, 3, 0), Err(Code::BadDescriptor), "a listener");
}

#[test]
fn a_right_that_was_given_up_is_gone() {
    let mut guest = guest();
    guest.later(9, Happens::Takes(1, 100));
    connect(&mut guest, "db:5432", EVER).unwrap();
    wasi(&mut guest, |world| world.call("fd_fdstat_set_rights", &[I(4), L(0), L(0)])).unwrap();
    assert_eq!(read(&mut guest, 4, 0), Err(Code::BadDescriptor));
    assert_eq!(write(&mut guest, 4, b"x"), Err(Code::BadDescriptor));
}

#[test]
fn a_program_that_runs_alone_has_those_that_it_was_given() {
    let mut guest = Guest::alone();
    guest.world.machine.lock().connect(0);
    guest.call("accept", &[I(3), L(0), I(OUT)]).unwrap();
    guest.later(1, Happens::Sends(1, b"x".to_vec()));
    assert_eq!(read(&mut guest, 4, EVER).unwrap(), b"x");
    assert_eq!(connect(&mut guest, "db:5432", 0), Err(Code::NotGranted));
}

#[test]
fn what_calls_have_begun_is_in_the_bytes_where_there_is_something() {
    const FIELDS: usize = 2;
    let mut guest = guest();
    assert_eq!(guest.world.wasi.state().unwrap()[FIELDS], 0x88, "as it was before there were calls");
    guest.later(5, Happens::Stop);
    let arguments = guest.with("db:5432", &[L(u64::MAX), I(OUT)]);
    assert_eq!(guest.answer("connect", &arguments), Answer::Suspend);
    let bytes = guest.world.wasi.state().unwrap();
    assert_eq!(bytes[FIELDS], 0x89);
    let state = State::from_bytes(&bytes).unwrap();
    assert_eq!(state.under_way.opening[0].address, "db:5432");
    // Damaged, they are refused or mean something; what means something can be written down again.
    for at in 0..bytes.len() {
        for change in [0x01, 0x80, 0xFF] {
            let mut damaged = bytes.clone();
            damaged[at] ^= change;
            if let Ok(state) = State::from_bytes(&damaged) {
                assert_eq!(
                    State::from_bytes(&state.to_bytes()),
                    Ok(state),
                    "byte {at} changed by {change:x}"
                );
            }
        }
    }
    let mut state = state;
    state.under_way.line = vec![b'x'; (64 << 10) + 17];
    assert!(State::from_bytes(&state.to_bytes()).is_err(), "a line longer than one can be");
}
