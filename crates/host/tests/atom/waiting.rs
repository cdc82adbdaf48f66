//! Every call that waits: stopped in the middle it has done nothing, and goes on elsewhere; a callback comes first, and
//! then it is made again; its deadline is where it was.

use super::fakes::{Event as Happens, Machine};
use super::guest::{Answer, Guest, HEAD, OUT, ROOM, comes, event};
use super::world::{Arg, I, L};
use sojourn_abi::{Code, Event, EventKind};
use sojourn_host::guest_calls;

/// A call that waits.
struct Waits {
    name: &'static str,
    /// So that it has to.
    set_up: fn(&mut Guest),
    /// With this deadline.
    arguments: fn(&mut Guest, i64) -> Vec<Arg>,
    /// What ends it.
    ends: fn(&mut Machine) -> Happens,
    /// What it says when its time is over; `None` where it has none.
    over: Option<Code>,
}

fn full(guest: &mut Guest) {
    for _ in 0..2 {
        guest.send("far/other", "before", 0).unwrap();
    }
}

fn asked(guest: &mut Guest) {
    guest.ask("far/other", -1).unwrap();
}

fn asks_then_full(guest: &mut Guest) {
    guest.realm(|realm| realm.comes(Event { call: 77, ..event(EventKind::Message, "ask", b"") }));
    guest.receive(0).unwrap();
    full(guest);
}

/// A connection at descriptor 4 that takes nothing more.
fn connected(guest: &mut Guest) {
    guest.world.machine.lock().connect(0);
    guest.call("accept", &[I(3), L(0), I(OUT)]).unwrap();
    assert_eq!(guest.world.u32(OUT), 4);
    guest.world.machine.lock().peer(1).room = 0;
}

fn granted(guest: &mut Guest) {
    guest.realm(|realm| realm.granted.push("connect db:5432".into()));
}

fn no_room(guest: &mut Guest) {
    guest.world.machine.lock().room = 0;
}

const CALLS: [Waits; 9] = [
    Waits {
        name: "send",
        set_up: full,
        arguments: |guest, deadline| {
            let draft = guest.draft(["t", "", ""], b"data", 0);
            guest.with("far/other", &[draft, L(deadline.cast_unsigned()), I(OUT)])
        },
        ends: |_| Happens::Has("far/other".into()),
        over: Some(Code::Busy),
    },
    Waits {
        name: "call",
        set_up: full,
        arguments: |guest, deadline| {
            let draft = guest.draft(["t", "", ""], b"data", 0);
            guest.with("far/other", &[draft, L(deadline.cast_unsigned()), L(u64::MAX), I(OUT)])
        },
        ends: |_| Happens::Has("far/other".into()),
        over: Some(Code::Busy),
    },
    Waits {
        name: "await",
        set_up: asked,
        arguments: |_, deadline| vec![L(1), L(deadline.cast_unsigned()), I(ROOM), I(100), I(HEAD)],
        ends: |_| Happens::Comes(Box::new(Event { call: 1, ..event(EventKind::Reply, "answer", b"") })),
        over: Some(Code::TimedOut),
    },
    Waits {
        name: "reply",
        set_up: asks_then_full,
        arguments: |guest, deadline| {
            let draft = guest.draft(["t", "", ""], b"data", 0);
            vec![L(1), draft, L(deadline.cast_unsigned())]
        },
        ends: |_| Happens::Has("far/other".into()),
        over: Some(Code::Busy),
    },
    Waits {
        name: "receive",
        set_up: |_| {},
        arguments: |_, deadline| vec![L(deadline.cast_unsigned()), I(ROOM), I(100), I(HEAD)],
        ends: |_| comes(EventKind::Message, "m"),
        over: Some(Code::TimedOut),
    },
    Waits {
        name: "connect",
        set_up: granted,
        arguments: |guest, deadline| guest.with("db:5432", &[L(deadline.cast_unsigned()), I(OUT)]),
        ends: |_| Happens::Takes(1, 100),
        over: Some(Code::TimedOut),
    },
    Waits {
        name: "accept",
        set_up: |_| {},
        arguments: |_, deadline| vec![I(3), L(deadline.cast_unsigned()), I(OUT)],
        ends: |_| Happens::Connect(0),
        over: Some(Code::TimedOut),
    },
    Waits {
        name: "read",
        set_up: connected,
        arguments: |_, deadline| vec![I(4), I(ROOM), I(100), L(deadline.cast_unsigned()), I(OUT)],
        ends: |_| Happens::Sends(1, b"bytes".to_vec()),
        over: Some(Code::TimedOut),
    },
    Waits {
        name: "write",
        set_up: connected,
        arguments: |guest, deadline| {
            let [at, length] = guest.bytes(b"bytes");
            vec![I(4), at, length, L(deadline.cast_unsigned()), I(OUT)]
        },
        ends: |_| Happens::Takes(1, 3),
        over: Some(Code::TimedOut),
    },
];

/// It has no deadline.
const LOG: Waits = Waits {
    name: "log",
    set_up: no_room,
    arguments: |guest, _| {
        let [at, length] = guest.text("a line");
        vec![I(2), at, length]
    },
    ends: |_| Happens::Room(100),
    over: None,
};

fn all() -> impl Iterator<Item = Waits> {
    CALLS.into_iter().chain([LOG])
}

fn set_up(waits: &Waits) -> Guest {
    let mut guest = Guest::new();
    guest.call("on_interrupt", &[L(11), I(0)]).unwrap();
    (waits.set_up)(&mut guest);
    guest
}

/// Lets happen what ends a call, so many nanoseconds from now.
fn ends(guest: &Guest, waits: &Waits, ns: u64) {
    let mut machine = guest.world.machine.lock();
    let event = (waits.ends)(&mut machine);
    machine.later(ns, event);
}

#[test]
fn every_call_that_waits_is_tried_here() {
    let mut here: Vec<&str> = all().map(|waits| waits.name).collect();
    // What it waits for is its node: `spawn` is tried with the calls of its group.
    here.push("spawn");
    here.sort_unstable();
    let mut named: Vec<&str> = guest_calls().filter(|call| call.waits).map(|call| call.name).collect();
    named.sort_unstable();
    assert_eq!(here, named);
}

#[test]
fn each_waits_for_what_it_is_for() {
    for waits in all() {
        let mut guest = set_up(&waits);
        let start = guest.now();
        let arguments = (waits.arguments)(&mut guest, -1);
        ends(&guest, &waits, 25);
        assert_eq!(guest.answer(waits.name, &arguments), Answer::Done, "{}", waits.name);
        assert_eq!(guest.now() - start, 25, "{}", waits.name);
    }
}

#[test]
fn each_ends_at_its_deadline() {
    for waits in all() {
        let Some(over) = waits.over else { continue };
        let mut guest = set_up(&waits);
        let soon = guest.soon(40);
        let arguments = (waits.arguments)(&mut guest, soon);
        assert_eq!(guest.call(waits.name, &arguments), Err(over), "{}", waits.name);
        assert_eq!(guest.now().cast_signed(), soon, "{}", waits.name);
        let arguments = (waits.arguments)(&mut guest, 0);
        assert_eq!(guest.call(waits.name, &arguments), Err(over), "{} without waiting", waits.name);
    }
}

#[test]
fn each_is_stopped_without_a_trace_and_goes_on_elsewhere() {
    for waits in all() {
        let mut guest = set_up(&waits);
        let start = guest.now();
        let arguments = (waits.arguments)(&mut guest, -1);
        let (memory, _, realm, _) = guest.all();
        guest.later(5, Happens::Stop);
        for _ in 0..3 {
            assert_eq!(guest.answer(waits.name, &arguments), Answer::Suspend, "{}", waits.name);
            let (memory_after, _, realm_after, _) = guest.all();
            assert!(memory_after == memory && realm_after == realm, "{} left something behind", waits.name);
            guest = guest.move_on();
            guest.world.machine.lock().stop = true;
        }
        guest.world.machine.lock().stop = false;
        ends(&guest, &waits, 20);
        assert_eq!(guest.answer(waits.name, &arguments), Answer::Done, "{}", waits.name);
        assert_eq!(guest.now() - start, 25, "{}", waits.name);
    }
}

#[test]
fn deadlines_are_where_they_were_after_a_move() {
    for waits in all() {
        let Some(over) = waits.over else { continue };
        let mut guest = set_up(&waits);
        let soon = guest.soon(40);
        let arguments = (waits.arguments)(&mut guest, soon);
        guest.later(15, Happens::Stop);
        assert_eq!(guest.answer(waits.name, &arguments), Answer::Suspend, "{}", waits.name);
        let mut guest = guest.move_on();
        let there = guest.world.machine.lock().monotonic_ns;
        assert_eq!(guest.call(waits.name, &arguments), Err(over), "{}", waits.name);
        assert_eq!(guest.now().cast_signed(), soon, "{}", waits.name);
        assert_eq!(guest.world.machine.lock().monotonic_ns - there, 25, "{}: only the rest", waits.name);
    }
}

#[test]
fn a_callback_comes_first_also_in_the_middle_and_the_call_is_made_again() {
    for waits in all() {
        let mut guest = set_up(&waits);
        let arguments = (waits.arguments)(&mut guest, -1);
        guest.later(5, comes(EventKind::Interrupt, "a"));
        assert_eq!(guest.call(waits.name, &arguments), Err(Code::Callback), "{}", waits.name);
        assert_eq!(guest.call(waits.name, &arguments), Err(Code::Callback), "{}: still due", waits.name);
        // Taken with room of its own, as the call's may hold what it is to write.
        let (kept, head) = (guest.world.memory.clone(), guest.callback().unwrap().0);
        assert_eq!(head.ty, "a", "{}", waits.name);
        // The guest moves while its callback runs.
        let mut guest = guest.move_on();
        guest.call("callback_end", &[]).unwrap();
        guest.world.memory = kept;
        ends(&guest, &waits, 20);
        assert_eq!(guest.answer(waits.name, &arguments), Answer::Done, "{}", waits.name);
    }
}

#[test]
fn what_ends_a_call_wins_over_a_stop_that_comes_with_it() {
    for waits in all() {
        let mut guest = set_up(&waits);
        let arguments = (waits.arguments)(&mut guest, -1);
        if waits.name == "connect" {
            // It has to have begun.
            guest.later(1, Happens::Stop);
            assert_eq!(guest.answer(waits.name, &arguments), Answer::Suspend);
        }
        ends(&guest, &waits, 0);
        guest.world.machine.lock().later(0, Happens::Stop);
        {
            let mut machine = guest.world.machine.lock();
            machine.stop = false;
            machine.happen();
        }
        assert_eq!(guest.answer(waits.name, &arguments), Answer::Done, "{}", waits.name);
    }
}
