//! Where the atom is, what time it is there, and its log.

use super::fakes::Event as Happens;
use super::guest::{Answer, Guest, HEAD, OUT, ROOM};
use super::world::{Arg, I, L};
use sojourn_abi::Code;

fn line(guest: &mut Guest, level: u32, text: &str) -> Vec<Arg> {
    let [at, length] = guest.text(text);
    vec![I(level), at, length]
}

fn log(guest: &mut Guest, level: u32, text: &str) -> Answer {
    let arguments = line(guest, level, text);
    guest.answer("log", &arguments)
}

fn stderr(guest: &Guest) -> String {
    String::from_utf8(guest.world.machine.lock().stderr.clone()).unwrap()
}

#[test]
fn lines_are_logged_with_their_levels() {
    for mut guest in [Guest::new(), Guest::alone()] {
        for (level, text) in [(0, "a"), (1, "b\n"), (2, ""), (3, "é")] {
            assert_eq!(log(&mut guest, level, text), Answer::Done);
        }
        assert_eq!(stderr(&guest), "debug: a\ninfo: b\nwarning: \nerror: é\n");
        assert_eq!(log(&mut guest, 4, "x"), Answer::Code(Code::InvalidRequest));
    }
}

#[test]
fn a_line_is_whole_wherever_it_is_stopped() {
    for room in 0.."info: hello\n".len() {
        let mut guest = Guest::new();
        guest.world.machine.lock().room = room;
        guest.later(5, Happens::Stop);
        let arguments = line(&mut guest, 1, "hello");
        assert_eq!(guest.answer("log", &arguments), Answer::Suspend);
        let mut guest = guest.move_on();
        guest.world.machine.lock().stop = true;
        assert_eq!(guest.answer("log", &arguments), Answer::Suspend, "nothing more could be written");
        let mut guest = guest.move_on();
        guest.later(5, Happens::Room(3));
        guest.later(9, Happens::Room(100));
        assert_eq!(guest.answer("log", &arguments), Answer::Done);
        assert_eq!(log(&mut guest, 2, "next"), Answer::Done);
        assert_eq!(stderr(&guest), "info: hello\nwarning: next\n", "stopped after {room}");
    }
}

#[test]
fn a_line_has_a_bound() {
    let mut guest = Guest::new();
    guest.world.memory = vec![b'a'; 0x40000];
    assert_eq!(guest.call("log", &[I(0), I(0), I(65_537)]), Err(Code::TooLarge));
    assert_eq!(guest.call("log", &[I(0), I(0), I(65_536)]), Ok(()));
    assert_eq!(stderr(&guest).len(), "debug: \n".len() + 65_536);
}

#[test]
fn an_atom_knows_where_it_is() {
    let mut guest = Guest::new();
    assert_eq!(guest.call("here", &[I(ROOM), I(9), I(HEAD)]), Err(Code::TooSmall));
    assert_eq!(guest.world.u32(HEAD + 40), 10);
    guest.call("here", &[I(ROOM), I(10), I(HEAD)]).unwrap();
    let world = &guest.world;
    let text =
        |at| String::from_utf8(world.get(world.u32(HEAD + at), world.u32(HEAD + at + 4)).to_vec()).unwrap();
    assert_eq!((text(24), text(32)), ("home".into(), "gpu,eu".into()));
    let numbers = [0, 8, 16].map(|at| world.u64(HEAD + at));
    assert_eq!(numbers, [3, 4_000_000, 5 << 20]);
}

#[test]
fn an_atom_stays_for_a_while() {
    let mut guest = Guest::new();
    assert_eq!(guest.call("stay", &[L(1_000_000_001)]), Err(Code::TooLarge));
    guest.call("stay", &[L(1_000_000_000)]).unwrap();
    guest.call("wander", &[]).unwrap();
    assert_eq!(guest.realm(|realm| realm.deeds.clone()), ["stay Some(1000000000)", "stay None"]);
}

#[test]
fn its_clock_goes_on_where_it_stood() {
    let mut guest = Guest::new();
    guest.world.machine.lock().pass(100);
    let before = guest.now();
    let mut guest = guest.move_on();
    assert_eq!(guest.now(), before);
    guest.world.machine.lock().pass(7);
    assert_eq!((guest.now(), guest.world.u64(OUT)), (before + 7, before + 7));
}
