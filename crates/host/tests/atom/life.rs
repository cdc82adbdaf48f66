//! Atoms that begin and end, and names.

use super::fakes::Event as Happens;
use super::guest::{Answer, Guest, OUT, ROOM, comes, event};
use super::world::{Arg, I, L};
use sojourn_abi::{Code, EventKind};

fn spawn(guest: &mut Guest, name: &str, flags: u32, room: u32) -> Vec<Arg> {
    let texts = [guest.text("home/me"), guest.text(name), guest.bytes(b"argument")].concat();
    [texts.as_slice(), &[I(flags), I(ROOM), I(room), I(OUT)]].concat()
}

#[test]
fn an_atom_is_started() {
    let mut guest = Guest::new();
    let arguments = spawn(&mut guest, "child", 3, 129);
    guest.call("spawn", &arguments).unwrap();
    assert_eq!(guest.found(), "home/child");
    let expected = "spawn Spawn { module: \"home/me\", name: \"child\", argument: [97, 114, 103, 117, 109, 101, 110, 116], watched: true, linked: true }";
    assert_eq!(guest.realm(|realm| realm.deeds.clone()), [expected]);
    assert_eq!(guest.call("spawn", &arguments), Err(Code::AtomNameTaken));
}

#[test]
fn nothing_is_started_whose_name_could_not_be_told() {
    let mut guest = Guest::new();
    let arguments = spawn(&mut guest, "child", 0, 128);
    assert_eq!(guest.call("spawn", &arguments), Err(Code::TooSmall));
    assert_eq!(guest.world.u32(OUT), 129);
    let arguments = spawn(&mut guest, "child", 4, 129);
    assert_eq!(guest.call("spawn", &arguments), Err(Code::InvalidRequest));
    guest.call("on_interrupt", &[L(11), I(0)]).unwrap();
    guest.realm(|realm| realm.comes(event(EventKind::Interrupt, "a", b"")));
    let arguments = spawn(&mut guest, "child", 0, 129);
    assert_eq!(guest.call("spawn", &arguments), Err(Code::Callback));
    assert!(guest.realm(|realm| realm.deeds.is_empty()));
    guest.callback().unwrap();
    guest.call("callback_end", &[]).unwrap();
    let arguments = spawn(&mut guest, "child", 0, 129);
    guest.world.machine.lock().stop = true;
    assert_eq!(guest.answer("spawn", &arguments), Answer::Done, "what is begun is not left");
}

#[test]
fn an_atom_ends_with_its_status() {
    let mut guest = Guest::new();
    assert_eq!(guest.answer("exit", &[I(7)]), Answer::Exit(7));
    assert_eq!(guest.answer("exit", &[I(u32::MAX)]), Answer::Exit(-1));
}

#[test]
fn an_atom_knows_its_name() {
    let mut guest = Guest::new();
    assert_eq!(guest.call("self", &[I(ROOM), I(6), I(OUT)]), Err(Code::TooSmall));
    assert_eq!(guest.world.u32(OUT), 7);
    guest.call("self", &[I(ROOM), I(7), I(OUT)]).unwrap();
    assert_eq!(guest.found(), "home/me");
    let mut guest = guest.move_on();
    guest.call("self", &[I(ROOM), I(7), I(OUT)]).unwrap();
    assert_eq!(guest.found(), "home/me");
}

#[test]
fn ends_are_watched_and_links_asked_for() {
    let mut guest = Guest::new();
    for (call, flags) in [("watch", Some(0)), ("watch", Some(2)), ("unwatch", None)] {
        let flags: Vec<Arg> = flags.map(I).into_iter().collect();
        let arguments = guest.with("far/other", &flags);
        guest.call(call, &arguments).unwrap();
    }
    let deeds = guest.realm(|realm| realm.deeds.clone());
    assert_eq!(deeds, ["watch far/other false", "watch far/other true", "unwatch far/other"]);
    let arguments = guest.with("far/other", &[I(1)]);
    assert_eq!(guest.call("watch", &arguments), Err(Code::InvalidRequest));
    let arguments = guest.with("nobody", &[]);
    assert_eq!(guest.call("unwatch", &arguments), Err(Code::UnknownAtom));
    guest.later(
        3,
        Happens::Comes(Box::new(sojourn_abi::Event { code: 9, ..event(EventKind::Ended, "", b"") })),
    );
    let message = guest.receive(-1).unwrap();
    assert_eq!((message.kind, message.code, message.source.as_str()), (4, 9, "far/other"));
}

#[test]
fn aliases_are_given_and_taken_back() {
    let mut guest = Guest::new();
    for call in ["alias_set", "alias_clear"] {
        let arguments = [guest.text("topic"), guest.text("prices, größer")].concat();
        guest.call(call, &arguments).unwrap();
    }
    let deeds = guest.realm(|realm| realm.deeds.clone());
    assert_eq!(deeds, ["alias topic:prices, größer", "no alias topic:prices, größer"]);
}

#[test]
fn atoms_are_found_by_pattern() {
    let mut guest = Guest::new();
    let find = |guest: &mut Guest, call, scope, pattern, room| {
        let texts = [guest.text(scope), guest.text(pattern)].concat();
        guest.call(call, &[texts.as_slice(), &[I(ROOM), I(room), I(OUT)]].concat()).map(|()| guest.found())
    };
    assert_eq!(find(&mut guest, "find_any", "", "other", 100), Ok("home/other".into()));
    assert_eq!(find(&mut guest, "find_all", "", "other", 21), Ok("home/other\nfar/other\n".into()));
    assert_eq!(find(&mut guest, "find_all", "topic", "other", 0), Ok(String::new()));
    assert_eq!(find(&mut guest, "find_any", "topic", "other", 100), Err(Code::UnknownAtom));
    for call in ["find_any", "find_all"] {
        assert_eq!(find(&mut guest, call, "", "(", 100), Err(Code::InvalidPattern));
        assert_eq!(find(&mut guest, call, "", "other", 9), Err(Code::TooSmall));
    }
    assert_eq!(guest.world.u32(OUT), 21, "all of them");
}

#[test]
fn a_message_of_another_kind_waits_its_turn() {
    let mut guest = Guest::new();
    guest.later(1, comes(EventKind::Changed, "put"));
    guest.later(1, comes(EventKind::Message, "m"));
    assert_eq!((guest.receive(-1).unwrap().kind, guest.receive(-1).unwrap().kind), (5, 0));
}
