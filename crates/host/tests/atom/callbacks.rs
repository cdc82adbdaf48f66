//! Callbacks: in order, not nested unless asked, inside blocking calls and none elsewhere.

use super::fakes::Event as Happens;
use super::guest::{EVER, Guest, HEAD, OUT, ROOM, comes, event};
use super::world::{I, L};
use sojourn_abi::{Code, Event, EventKind};

fn interrupts(guest: &mut Guest, context: u64, flags: u32) {
    guest.call("on_interrupt", &[L(context), I(flags)]).unwrap();
}

fn begin(guest: &mut Guest) -> (String, u64) {
    let (message, context) = guest.callback().unwrap();
    (message.ty, context)
}

fn end(guest: &mut Guest) {
    guest.call("callback_end", &[]).unwrap();
}

fn answer(future: u64, ty: &str) -> Happens {
    Happens::Comes(Box::new(Event { call: future, ..event(EventKind::Reply, ty, b"") }))
}

#[test]
fn an_interrupt_is_a_message_until_somebody_wants_callbacks() {
    let mut guest = Guest::new();
    guest.realm(|realm| realm.comes(event(EventKind::Interrupt, "a", b"")));
    let message = guest.receive(EVER).unwrap();
    assert_eq!((message.kind, message.ty.as_str()), (1, "a"));
    assert_eq!(guest.callback(), Err(Code::NothingDue));
    guest.realm(|realm| realm.comes(event(EventKind::Interrupt, "b", b"")));
    interrupts(&mut guest, 11, 0);
    assert_eq!(guest.receive(EVER), Err(Code::Callback), "one that came before is due at once");
    assert_eq!(begin(&mut guest), ("b".into(), 11));
    end(&mut guest);
    interrupts(&mut guest, 0, 0);
    guest.realm(|realm| realm.comes(event(EventKind::Interrupt, "c", b"")));
    assert_eq!(guest.receive(EVER).unwrap().ty, "c");
}

#[test]
fn callbacks_come_in_order_before_the_call_goes_on() {
    let mut guest = Guest::new();
    interrupts(&mut guest, 11, 0);
    let future = guest.ask("far/other", EVER).unwrap();
    guest.call("on_future", &[L(future), L(22), I(0)]).unwrap();
    guest.later(5, comes(EventKind::Interrupt, "a"));
    guest.later(5, answer(future, "b"));
    guest.later(5, comes(EventKind::Interrupt, "c"));
    guest.later(9, comes(EventKind::Message, "d"));
    let mut seen = Vec::new();
    let message = loop {
        match guest.receive(EVER) {
            Err(Code::Callback) => seen.push(begin(&mut guest)),
            other => break other.unwrap(),
        }
        end(&mut guest);
    };
    assert_eq!(seen, [("a".into(), 11), ("b".into(), 22), ("c".into(), 11)]);
    assert_eq!(message.ty, "d");
    assert_eq!(guest.wait(future, 0), Err(Code::UnknownFuture), "its answer was the callback's");
}

#[test]
fn callbacks_are_not_nested_unless_asked() {
    let mut guest = Guest::new();
    interrupts(&mut guest, 11, 0);
    guest.realm(|realm| ["a", "b"].map(|ty| realm.comes(event(EventKind::Interrupt, ty, b""))));
    assert_eq!(begin(&mut guest).0, "a");
    assert_eq!(guest.receive(0), Err(Code::TimedOut), "none in a callback");
    assert_eq!(guest.callback(), Err(Code::NothingDue));
    end(&mut guest);
    assert_eq!(guest.receive(0), Err(Code::Callback));
    assert_eq!(begin(&mut guest).0, "b");
    interrupts(&mut guest, 12, 1);
    guest.later(3, comes(EventKind::Interrupt, "c"));
    assert_eq!(guest.receive(EVER), Err(Code::Callback), "now they may be");
    assert_eq!(begin(&mut guest), ("c".into(), 12));
    end(&mut guest);
    end(&mut guest);
    assert_eq!(guest.call("callback_end", &[]), Err(Code::NothingDue));
}

#[test]
fn there_are_none_outside_of_calls_that_wait() {
    let mut guest = Guest::new();
    interrupts(&mut guest, 11, 0);
    guest.realm(|realm| realm.comes(event(EventKind::Interrupt, "a", b"")));
    guest.now();
    guest.call("self", &[I(ROOM), I(200), I(OUT)]).unwrap();
    let key = guest.bytes(b"k");
    guest.call("kv_put", &[key, key, [I(OUT), I(0)]].concat()[..5]).unwrap();
    guest.call("cancel", &[L(9)]).unwrap_err();
    assert_eq!(guest.receive(0), Err(Code::Callback), "also in one that would not have to wait");
    assert_eq!(guest.receive(0), Err(Code::Callback), "until it is taken");
}

#[test]
fn a_future_that_fails_is_a_callback_in_time() {
    let mut guest = Guest::new();
    let expires = guest.soon(40);
    let future = guest.ask("far/other", expires).unwrap();
    guest.call("on_future", &[L(future), L(22), I(0)]).unwrap();
    assert_eq!(guest.receive(EVER), Err(Code::Callback));
    assert_eq!(guest.now().cast_signed(), expires);
    let (message, context) = guest.callback().unwrap();
    assert_eq!((message.kind, message.code, context), (3, Code::TimedOut.number().into(), 22));
}

#[test]
fn one_that_never_waits_hears_of_failures_too() {
    let mut guest = Guest::new();
    let expires = guest.soon(5);
    let future = guest.ask("far/other", expires).unwrap();
    guest.call("on_future", &[L(future), L(22), I(0)]).unwrap();
    assert_eq!(guest.receive(0), Err(Code::TimedOut));
    guest.world.machine.lock().pass(5);
    assert_eq!(guest.receive(0), Err(Code::Callback));
}

#[test]
fn a_callback_for_which_there_is_no_room_stays_due() {
    let mut guest = Guest::new();
    interrupts(&mut guest, 11, 0);
    guest.realm(|realm| realm.comes(event(EventKind::Interrupt, "a", b"0123456789")));
    let arguments = |room| [I(ROOM), I(room), I(HEAD), I(OUT)];
    assert_eq!(guest.call("callback", &arguments(19)), Err(Code::TooSmall));
    assert_eq!(guest.world.u32(HEAD + 64), 20);
    guest.call("callback", &arguments(20)).unwrap();
    assert_eq!((guest.message().data, guest.realm(|realm| realm.freed)), (b"0123456789".to_vec(), 1));
}

#[test]
fn a_call_in_an_interrupt_can_be_answered() {
    let mut guest = Guest::new();
    interrupts(&mut guest, 11, 0);
    guest.realm(|realm| realm.comes(Event { call: 77, ..event(EventKind::Interrupt, "ask", b"") }));
    let (message, _) = guest.callback().unwrap();
    let draft = guest.draft(["answer", "", ""], b"", 0);
    guest.call("reply", &[L(message.call), draft, L(0)]).unwrap();
    assert_eq!(guest.realm(|realm| realm.sent[0].1.call), 77);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let mut guest = Guest::new();
    assert_eq!(guest.call("on_interrupt", &[L(1), I(2)]), Err(Code::InvalidRequest));
    assert_eq!(guest.call("on_future", &[L(1), L(1), I(0)]), Err(Code::UnknownFuture));
    let future = guest.ask("far/other", EVER).unwrap();
    assert_eq!(guest.call("on_future", &[L(future), L(1), I(2)]), Err(Code::InvalidRequest));
    assert_eq!(guest.call("callback_end", &[]), Err(Code::NothingDue));
}
