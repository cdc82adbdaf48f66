//! Sending, asking, answering, receiving.

use super::fakes::Event as Happens;
use super::guest::{EVER, Guest, HEAD, Message, OUT, ROOM, comes, event};
use super::world::{I, L};
use sojourn_abi::{Code, Event, EventKind};

#[test]
fn a_message_is_sent_as_its_draft_says() {
    let mut guest = Guest::new();
    let draft = guest.draft(["order", "7", "text/plain"], b"two of them", 0);
    let arguments = guest.with("far/other", &[draft, L(0), I(OUT)]);
    guest.call("send", &arguments).unwrap();
    assert_eq!(guest.world.u64(OUT), 1);
    let expected = Event {
        id: 1,
        source: "home/me".into(),
        ty: "order".into(),
        subject: "7".into(),
        content_type: "text/plain".into(),
        data: b"two of them".to_vec(),
        ..Event::default()
    };
    assert_eq!(guest.realm(|realm| realm.sent.clone()), [("far/other".to_string(), expected)]);
}

#[test]
fn a_local_name_is_any_atom_of_that_name_and_an_unknown_one_is_nobody() {
    let mut guest = Guest::new();
    assert_eq!(guest.send("third", "t", 0), Ok(1));
    assert_eq!(guest.realm(|realm| realm.sent[0].0.clone()), "far/third");
    for nobody in ["nobody", "far/nobody", "", "/"] {
        assert_eq!(guest.send(nobody, "t", 0), Err(Code::UnknownAtom), "{nobody:?}");
    }
}

#[test]
fn interrupts_are_flagged_and_other_flags_are_kept_for_later() {
    let mut guest = Guest::new();
    let draft = guest.draft(["t", "", ""], b"", 1);
    let arguments = guest.with("far/other", &[draft, L(0), I(OUT)]);
    guest.call("send", &arguments).unwrap();
    assert_eq!(guest.realm(|realm| realm.sent[0].1.kind), EventKind::Interrupt);
    guest.draft(["t", "", ""], b"", 2);
    assert_eq!(guest.call("send", &arguments), Err(Code::InvalidRequest));
    guest.draft(["t", "", ""], b"", 0);
    guest.world.put(super::guest::DRAFT + 36, &[1]);
    assert_eq!(guest.call("send", &arguments), Err(Code::InvalidRequest));
    assert_eq!(guest.realm(|realm| realm.sent.len()), 1);
}

#[test]
fn a_full_way_is_busy_or_waited_for() {
    let mut guest = Guest::new();
    let start = guest.now();
    assert_eq!((guest.send("far/other", "1", 0), guest.send("far/other", "2", 0)), (Ok(1), Ok(2)));
    assert_eq!(guest.send("far/other", "3", 0), Err(Code::Busy));
    let soon = guest.soon(20);
    assert_eq!(guest.send("far/other", "3", soon), Err(Code::Busy));
    assert_eq!(guest.now() - start, 20);
    assert_eq!(guest.send("far/third", "3", 0), Ok(3), "another way is free");
    guest.later(30, Happens::Has("far/other".into()));
    assert_eq!(guest.send("far/other", "4", EVER), Ok(4));
    assert_eq!(guest.now() - start, 50);
    let sent = guest.realm(|realm| realm.sent.iter().map(|(_, event)| event.ty.clone()).collect::<String>());
    assert_eq!(sent, "1234");
}

#[test]
fn a_node_that_is_busy_for_no_reason_that_could_end_is_told_of() {
    let mut guest = Guest::new();
    guest.realm(|realm| realm.busy = true);
    assert_eq!(guest.send("far/other", "1", EVER), Err(Code::Busy));
    assert_eq!(guest.ask("far/other", EVER), Err(Code::Busy));
    guest.realm(|realm| realm.busy = false);
    assert_eq!(guest.ask("far/other", EVER), Ok(1), "what was not sent has no number");
}

#[test]
fn what_is_too_large_is_not_sent() {
    let mut guest = Guest::new();
    guest.realm(|realm| {
        let limits = sojourn_post::Limits { message_bytes: 3, ..super::guest::limits() };
        realm.mailbox = sojourn_post::Mailbox::new("home/me", 1, limits);
    });
    assert_eq!(guest.send("far/other", "t", EVER), Err(Code::TooLarge));
    assert_eq!(guest.ask("far/other", EVER), Err(Code::TooLarge));
}

#[test]
fn a_message_is_received_with_its_parts() {
    let mut guest = Guest::new();
    let event = Event {
        id: 9,
        kind: EventKind::Message,
        source: "far/other".into(),
        ty: "order".into(),
        subject: "seven".into(),
        content_type: "text/plain".into(),
        data: b"hello".to_vec(),
        call: 3,
        code: 0,
    };
    guest.realm(|realm| realm.comes(event));
    let expected = Message {
        id: 9,
        call: 1,
        kind: 0,
        code: 0,
        source: "far/other".into(),
        ty: "order".into(),
        subject: "seven".into(),
        content_type: "text/plain".into(),
        data: b"hello".to_vec(),
    };
    assert_eq!(guest.receive(0), Ok(expected));
    assert_eq!(guest.world.u32(HEAD + 56), ROOM, "the data is aligned as the room is");
    assert_eq!(guest.realm(|realm| realm.freed), 1);
    assert_eq!(guest.receive(0), Err(Code::TimedOut));
}

#[test]
fn messages_come_in_their_order_and_are_waited_for() {
    let mut guest = Guest::new();
    let start = guest.now();
    for (ns, ty) in [(5, "a"), (5, "b"), (12, "c")] {
        guest.later(ns, comes(EventKind::Message, ty));
    }
    let types: Vec<String> = (0..3).map(|_| guest.receive(EVER).unwrap().ty).collect();
    assert_eq!((types.concat().as_str(), guest.now() - start), ("abc", 12));
    let soon = guest.soon(30);
    assert_eq!(guest.receive(soon), Err(Code::TimedOut));
    assert_eq!(guest.now() - start, 42);
    assert_eq!(guest.receive(soon), Err(Code::TimedOut), "a deadline that is over is not waited for");
}

#[test]
fn a_message_for_which_there_is_no_room_stays() {
    let mut guest = Guest::new();
    guest.realm(|realm| realm.comes(event(EventKind::Message, "type", b"0123456789")));
    let needed = 10 + 4 + 9;
    for room in [0, 1, needed - 1] {
        guest.world.put(HEAD, &[0xAA; 72]);
        assert_eq!(guest.call("receive", &[L(0), I(ROOM), I(room), I(HEAD)]), Err(Code::TooSmall));
        assert_eq!(guest.world.u32(HEAD + 64), needed);
    }
    guest.call("receive", &[L(0), I(ROOM), I(needed), I(HEAD)]).unwrap();
    assert_eq!(guest.message().data, b"0123456789");
    assert_eq!(guest.world.u32(HEAD + 64), needed);
}

#[test]
fn a_call_is_answered_to_its_future() {
    let mut guest = Guest::new();
    let future = guest.ask("far/other", EVER).unwrap();
    assert_eq!(guest.realm(|realm| realm.sent[0].1.call), future);
    assert_eq!(guest.wait(future, 0), Err(Code::TimedOut));
    assert_eq!(guest.wait(future + 1, 0), Err(Code::UnknownFuture));
    let answer = Event { call: future, ..event(EventKind::Reply, "answer", b"42") };
    guest.later(7, Happens::Comes(Box::new(answer)));
    let arguments = [L(future), L(u64::MAX), I(ROOM), I(4), I(HEAD)];
    assert_eq!(guest.call("await", &arguments), Err(Code::TooSmall));
    assert_eq!(guest.world.u32(HEAD + 64), 2 + 6 + 9);
    let message = guest.wait(future, 0).unwrap();
    assert_eq!((message.kind, message.ty.as_str(), message.data.as_slice()), (2, "answer", &b"42"[..]));
    assert_eq!(guest.wait(future, 0), Err(Code::UnknownFuture), "it is taken once");
}

#[test]
fn a_call_that_is_not_answered_fails_at_its_time() {
    let mut guest = Guest::new();
    let expires = guest.soon(50);
    let future = guest.ask("far/other", expires).unwrap();
    let early = guest.soon(20);
    assert_eq!(guest.wait(future, early), Err(Code::TimedOut), "the future is as it was");
    let message = guest.wait(future, EVER).unwrap();
    assert_eq!((message.kind, message.code), (3, Code::TimedOut.number().into()));
    assert_eq!(guest.now().cast_signed(), expires);
    assert_eq!(guest.ask("far/other", 0), Err(Code::InvalidRequest), "it would be over before it begins");
}

#[test]
fn a_future_is_given_up() {
    let mut guest = Guest::new();
    let future = guest.ask("far/other", EVER).unwrap();
    guest.call("cancel", &[L(future)]).unwrap();
    assert_eq!(guest.call("cancel", &[L(future)]), Err(Code::UnknownFuture));
    guest.realm(|realm| realm.comes(Event { call: future, ..event(EventKind::Reply, "", b"") }));
    assert_eq!(guest.wait(future, 0), Err(Code::UnknownFuture));
    assert_eq!(guest.receive(0), Err(Code::TimedOut), "nor is the answer a message");
}

#[test]
fn a_call_is_answered_once() {
    let mut guest = Guest::new();
    guest.realm(|realm| realm.comes(Event { call: 77, ..event(EventKind::Message, "ask", b"") }));
    let asked = guest.receive(0).unwrap().call;
    let draft = guest.draft(["answer", "", ""], b"42", 0);
    let reply = |guest: &mut Guest, call| guest.call("reply", &[L(call), draft, L(0)]);
    assert_eq!(reply(&mut guest, asked + 1), Err(Code::UnknownCall));
    assert_eq!(reply(&mut guest, 0), Err(Code::UnknownCall));
    reply(&mut guest, asked).unwrap();
    let (to, answer) = guest.realm(|realm| realm.sent[0].clone());
    assert_eq!((to.as_str(), answer.kind, answer.call), ("far/other", EventKind::Reply, 77));
    assert_eq!(reply(&mut guest, asked), Err(Code::UnknownCall));
    guest.draft(["answer", "", ""], b"42", 1);
    assert_eq!(reply(&mut guest, asked), Err(Code::InvalidRequest), "an answer interrupts nobody");
}

#[test]
fn an_answer_for_which_there_is_no_room_on_the_way_can_be_given_later() {
    let mut guest = Guest::new();
    guest.realm(|realm| realm.comes(Event { call: 77, ..event(EventKind::Message, "ask", b"") }));
    let asked = guest.receive(0).unwrap().call;
    for _ in 0..2 {
        guest.send("far/other", "x", 0).unwrap();
    }
    let draft = guest.draft(["answer", "", ""], b"42", 0);
    assert_eq!(guest.call("reply", &[L(asked), draft, L(0)]), Err(Code::Busy));
    guest.realm(|realm| realm.has("far/other"));
    assert_eq!(guest.call("reply", &[L(asked), draft, L(0)]), Ok(()));
}
