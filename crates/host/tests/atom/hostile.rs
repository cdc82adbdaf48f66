//! Every call, from the table, with pointers and lengths that lead out of the guest's memory, into each other, or
//! nowhere: a code each time, and nothing happened.

use super::guest::{Answer, DRAFT, Guest, HEAD, OUT, ROOM};
use super::world::{Arg, I, L, MEMORY};
use sojourn_abi::{Code, EventKind};
use sojourn_engine::{Host, Import, Provided, Reply, Value, ValueType};
use sojourn_host::{Function, GUEST_CALLS, Kind, guest_calls};

const END: u32 = 65_536;
const _: () = assert!(END as usize == MEMORY);

/// A place and a length that do not lie in the memory.
const OUTSIDE: [(u32, u32); 8] = [
    (END, 1),
    (END - 1, 2),
    (0, END + 1),
    (1, u32::MAX),
    (u32::MAX, 1),
    (u32::MAX, u32::MAX),
    (u32::MAX - 3, 8),
    (0x8000_0000, 16),
];

/// Arguments of a call that lie in the memory, and where each parameter's begin.
fn sane(call: &Function) -> (Vec<Arg>, Vec<usize>) {
    let (mut arguments, mut places) = (Vec::new(), Vec::new());
    for kind in call.kinds {
        places.push(arguments.len());
        match kind {
            Kind::U32 => arguments.push(I(1)),
            Kind::U64 => arguments.push(L(1)),
            Kind::Deadline => arguments.push(L(u64::MAX)),
            Kind::Text | Kind::Bytes => arguments.extend([I(0x7000), I(9)]),
            Kind::Into => arguments.extend([I(ROOM), I(0x800)]),
            Kind::Out32 | Kind::Out64 => arguments.push(I(OUT)),
            Kind::Draft => arguments.push(I(DRAFT)),
            Kind::Head | Kind::Place => arguments.push(I(HEAD)),
        }
    }
    (arguments, places)
}

/// A guest whose every call could do something; a stop is asked for, so that nothing waits.
fn guest() -> Guest {
    let mut guest = Guest::new();
    guest.world.put(0x7000, b"far/other");
    guest.draft(["type", "", ""], b"data", 0);
    guest.ask("far/other", -1).unwrap();
    guest.realm(|realm| {
        realm.comes(super::guest::event(EventKind::Message, "m", b"hello"));
        realm.granted = vec!["connect far/other".into(), "listen far/other".into()];
    });
    guest.world.machine.lock().stop = true;
    guest
}

/// Changes the bytes that a pointer has, or that a record has.
fn bytes_of(kind: Kind) -> Option<u32> {
    match kind {
        Kind::U32 | Kind::U64 | Kind::Deadline => None,
        Kind::Text | Kind::Bytes | Kind::Into => Some(0),
        Kind::Out32 => Some(4),
        Kind::Out64 => Some(8),
        Kind::Draft => Some(40),
        Kind::Head => Some(72),
        Kind::Place => Some(48),
    }
}

fn refused(guest: &mut Guest, call: &Function, arguments: &[Arg], what: &str) {
    let before = guest.all();
    let answer = guest.answer(call.name, arguments);
    assert_eq!(answer, Answer::Code(Code::BadPointer), "{} {arguments:x?}: {what}", call.name);
    assert!(guest.all() == before, "{} {arguments:x?}: {what} did something", call.name);
}

#[test]
fn no_pointer_leads_out_of_the_memory() {
    let mut guest = guest();
    let mut tried = 0;
    for call in guest_calls() {
        let (sane, places) = sane(call);
        for (kind, place) in call.kinds.iter().zip(places) {
            let Some(bytes) = bytes_of(*kind) else { continue };
            for (at, length) in OUTSIDE {
                let mut arguments = sane.clone();
                arguments[place] = I(at);
                if bytes == 0 {
                    arguments[place + 1] = I(length);
                } else {
                    arguments[place] = I(if at < END { END - bytes + 1 } else { at });
                }
                refused(&mut guest, call, &arguments, &format!("{kind:?}"));
                tried += 1;
            }
        }
    }
    assert!(tried > 500, "{tried}");
}

#[test]
fn no_pointer_in_a_draft_leads_out_of_the_memory() {
    let mut guest = guest();
    for call in guest_calls().filter(|call| call.kinds.contains(&Kind::Draft)) {
        let (arguments, _) = sane(call);
        for field in (DRAFT..DRAFT + 32).step_by(8) {
            for (at, length) in OUTSIDE {
                let kept = guest.world.get(field, 8).to_vec();
                guest.world.put(field, &at.to_le_bytes());
                guest.world.put(field + 4, &length.to_le_bytes());
                refused(&mut guest, call, &arguments, "in the draft");
                guest.world.put(field, &kept);
            }
        }
    }
}

#[test]
fn of_nothing_it_does_not_matter_where_it_is() {
    let mut guest = Guest::new();
    guest.world.put(DRAFT, &u32::MAX.to_le_bytes());
    assert_eq!(guest.call("kv_watch", &[I(u32::MAX), I(0), I(1)]), Ok(()));
    let arguments = guest.with("far/other", &[I(DRAFT), L(0), I(OUT)]);
    assert_eq!(guest.call("send", &arguments), Ok(()));
    assert_eq!(guest.realm(|realm| realm.sent[0].1.ty.clone()), "");
}

#[test]
fn texts_are_utf8() {
    let mut guest = guest();
    guest.world.machine.lock().stop = false;
    for call in guest_calls().filter(|call| call.kinds.contains(&Kind::Text)) {
        let (sane, places) = sane(call);
        for (_, place) in call.kinds.iter().zip(places).filter(|(kind, _)| **kind == Kind::Text) {
            let mut arguments = sane.clone();
            arguments[place] = I(0x7100);
            guest.world.put(0x7100, b"far/oth\xFFr");
            let before = guest.all();
            let answer = guest.answer(call.name, &arguments);
            assert_eq!(answer, Answer::Code(Code::InvalidRequest), "{} {arguments:x?}", call.name);
            assert!(guest.all() == before, "{} did something", call.name);
        }
    }
    for field in [0, 8, 16] {
        guest.draft(["type", "subject", "text/plain"], b"\xFF", 0);
        guest.world.put(DRAFT + field, &0x7100_u32.to_le_bytes());
        guest.world.put(DRAFT + field + 4, &9_u32.to_le_bytes());
        let arguments = guest.with("far/other", &[I(DRAFT), L(0), I(OUT)]);
        assert_eq!(guest.call("send", &arguments), Err(Code::InvalidRequest), "field at {field}");
    }
}

/// Small numbers that every test draws the same (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.throw() % from.len() as u64).unwrap()]
    }
}

fn value(dice: &mut Dice, ty: ValueType) -> Value {
    let end = END.cast_signed();
    let small = [
        0,
        1,
        2,
        3,
        4,
        7,
        9,
        42,
        64,
        0x100,
        0x200,
        0x300,
        0x4000,
        0x7000,
        end - 72,
        end - 40,
        end - 8,
        end - 1,
    ];
    let far = [end, end + 1, -1, -4, -72, i32::MAX, i32::MIN];
    match ty {
        ValueType::I64 => {
            Value::I64(dice.pick(&[0, 1, 2, 3, -1, i64::MAX, i64::MIN, 1 << 32, 5_000_000_000]))
        }
        _ if dice.throw().is_multiple_of(4) => Value::I32(dice.pick(&far)),
        _ => Value::I32(dice.pick(&small)),
    }
}

/// Places overlap as they like; what comes of it is the guest's own affair, but every call is answered.
#[test]
fn every_call_survives_whatever_it_is_given() {
    let mut dice = Dice(7);
    for call in guest_calls() {
        let mut guest = guest();
        for round in 0..3_000_u64 {
            if round % 50 == 0 {
                guest = self::guest();
                guest.realm(|realm| realm.mailbox.on_interrupt(None));
                guest.realm(|realm| realm.comes(super::guest::event(EventKind::Message, "m", b"hello")));
            }
            let signature = call.signature();
            let import = Import { module: GUEST_CALLS, name: call.name, function: Some(signature.clone()) };
            let Some(Provided::Function(number)) = guest.world.wasi.provide(&import) else { unreachable!() };
            let arguments: Vec<Value> = signature.parameters.iter().map(|ty| value(&mut dice, *ty)).collect();
            let mut results = [Value::I32(-1)];
            let reply = guest.world.wasi.call(number, &mut guest.world.memory, &arguments, &mut results);
            match reply {
                Reply::Return => assert_ne!(results[0], Value::I32(-1), "{} {arguments:?}", call.name),
                Reply::Suspend => assert!(call.waits, "{} {arguments:?}", call.name),
                Reply::Exit(_) => assert_eq!(call.name, "exit"),
                Reply::Trap(message) => panic!("{} {arguments:?}: {message}", call.name),
            }
        }
        let bytes = guest.world.wasi.state().unwrap();
        sojourn_host::state::State::from_bytes(&bytes).expect("a state that reads");
    }
}

#[test]
fn a_program_that_runs_alone_hears_that_there_is_no_realm() {
    let needs = |name: &str| {
        !matches!(name, "exit" | "now" | "log" | "accept" | "read" | "write" | "close" | "stay" | "wander")
    };
    let mut guest = Guest::alone();
    guest.world.put(0x7000, b"far/other");
    guest.draft(["type", "", ""], b"data", 0);
    for call in guest_calls().filter(|call| needs(call.name)) {
        let (mut arguments, _) = sane(call);
        if call.name == "spawn" {
            arguments[6] = I(0);
        }
        let expected =
            if matches!(call.name, "connect" | "listen") { Code::NotGranted } else { Code::NotInRealm };
        let answer = guest.answer(call.name, &arguments);
        // A link is asked for with 2.
        let flagged = call.name == "watch" && answer == Answer::Code(Code::InvalidRequest);
        assert!(flagged || answer == Answer::Code(expected), "{} gave {answer:?}", call.name);
    }
}
