//! Frames as bytes, and the tables of moves as text, beside what is kept. `SOJOURN_BLESS=1` writes anew.

use sojourn_abi::{Alias, Data, Facts, Frame, Lane, Message, Piece, Point, Role, VERSION, encode};
use sojourn_kernel::migrate::{Next, source, target};
use sojourn_kernel::{MAC, Opened, Seal};
use std::fmt::Write as _;
use std::path::PathBuf;

fn check(name: &str, found: &str) {
    let path = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/golden/wire")).join(name);
    if std::env::var_os("SOJOURN_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(&path, found).expect("written");
    }
    let kept = std::fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(found, kept, "{name} has changed: SOJOURN_BLESS=1 writes it anew, if that is meant");
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.chunks(32) {
        for byte in line {
            write!(text, "{byte:02x}").expect("text takes all");
        }
        text.push('\n');
    }
    text
}

fn frames() -> Vec<(&'static str, Frame)> {
    let (from, incarnation, to_incarnation) = ("node-1".to_string(), 0x0102_0304_0506_0708, 42);
    let hello = |to_incarnation| Frame::Hello {
        from: from.clone(),
        incarnation,
        to_incarnation,
        role: Role::Node,
        version: VERSION,
        nonce: None,
        answers: None,
    };
    let answering = Frame::Hello {
        from: from.clone(),
        incarnation,
        to_incarnation: Some(to_incarnation),
        role: Role::Node,
        version: VERSION,
        nonce: Some(3),
        answers: Some(500),
    };
    let message = Message::Accept { atom: "lua-1".into(), epoch: (1 << 32) + 7 };
    vec![
        ("hello", hello(None)),
        ("hello-known", hello(Some(to_incarnation))),
        ("hello-answering", answering),
        (
            "denied",
            Frame::Denied { from: from.clone(), code: 12, text: "node-1 does not let node-2 in".into() },
        ),
        (
            "data",
            Frame::Data {
                from: from.clone(),
                incarnation,
                to_incarnation,
                lane: Lane::Control,
                sequence: 300,
                next: 17,
                payload: encode(&message),
            },
        ),
        (
            "ack",
            Frame::Ack {
                from,
                incarnation,
                to_incarnation,
                lane: Lane::Bulk,
                next: 300,
                beyond: vec![302, 303, 310],
                room: 16 << 20,
            },
        ),
    ]
}

#[test]
fn frames_stay_as_they_are() {
    let key: [u8; 32] = std::array::from_fn(|index| u8::try_from(index).expect("small"));
    let seal = Seal::new("garden", &key);
    for (name, frame) in frames() {
        let bytes = seal.close(&frame);
        check(&format!("{name}.hex"), &hex(&bytes));
        match seal.open(&bytes) {
            Opened::Data(data) => {
                let Frame::Data { from, incarnation, to_incarnation, lane, sequence, next, payload } = frame
                else {
                    panic!("{name}")
                };
                let payload = &payload[..];
                let from = &from[..];
                let expected = Data { from, incarnation, to_incarnation, lane, sequence, next, payload };
                assert_eq!(data, expected);
            }
            opened => {
                let expected = match &frame {
                    Frame::Denied { .. } => Opened::Anybody(frame),
                    _ => Opened::Member(frame),
                };
                assert_eq!(opened, expected, "{name}");
            }
        }
    }
}

#[test]
fn messages_stay_as_they_are() {
    let facts = Facts {
        name: "lua".into(),
        module: [0xab; 32],
        module_bytes: 123_456,
        engine: "wasmtime".into(),
        memory_bytes: 1 << 20,
        mounts: vec!["/data".into()],
        points: vec![Point { function: 7, offset: 1234, kind: 1 }],
        cause: "by hand".into(),
        images_every_ms: 60_000,
        memory_limit_bytes: None,
    };
    let piece = Piece { offset: 65_536, length: 4096, stored: vec![1, 2, 3] };
    let atom = || "lua-1".to_string();
    let messages = [
        (
            "place",
            Message::Place {
                atom: atom(),
                epoch: 3,
                node: "node-2".into(),
                alive: true,
                aliases: None,
                version: None,
            },
        ),
        (
            "place-aliases",
            Message::Place {
                atom: "node-1/lua".into(),
                epoch: 3,
                node: "node-2".into(),
                alive: true,
                aliases: Some(vec![Alias { scope: "topic".into(), alias: "prices/oil".into() }]),
                version: Some(7),
            },
        ),
        ("offer", Message::Offer { atom: atom(), epoch: 3, facts }),
        ("pages", Message::Pages { atom: atom(), epoch: 3, memory: 0, size: 1 << 20, pieces: vec![piece] }),
        (
            "final",
            Message::Final {
                atom: atom(),
                epoch: 3,
                image: vec![9; 5],
                sizes: vec![1 << 20],
                baggage: vec![8; 4],
            },
        ),
        ("resolved", Message::Resolved { atom: atom(), epoch: 3, yours: true }),
    ];
    for (name, message) in messages {
        check(&format!("message-{name}.hex"), &hex(&encode(&message)));
    }
}

#[test]
fn a_frame_is_only_good_with_its_key_its_realm_and_all_of_its_bits() {
    let seal = Seal::new("garden", &[1; 32]);
    for (name, frame) in frames() {
        let bytes = seal.close(&frame);
        for other in [Seal::new("garden", &[2; 32]), Seal::new("gardens", &[1; 32])] {
            let opened = other.open(&bytes);
            assert!(!matches!(opened, Opened::Member(_) | Opened::Data(_)), "{name}: {opened:?}");
        }
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            let opened = seal.open(&changed);
            assert!(!matches!(opened, Opened::Member(_) | Opened::Data(_)), "{name}, bit {bit}: {opened:?}");
        }
        for length in 0..bytes.len() {
            assert!(
                !matches!(seal.open(&bytes[..length]), Opened::Member(_) | Opened::Data(_)),
                "{name}, {length} bytes"
            );
        }
        let authentic = !matches!(frame, Frame::Denied { .. });
        assert_eq!(bytes[..MAC] != [0; MAC], authentic, "{name}");
    }
}

fn row<S: std::fmt::Debug, A: std::fmt::Debug>(
    text: &mut String,
    event: &str,
    next: &Next<S>,
    actions: &[A],
) {
    let next = match next {
        Next::Stay => "-".to_string(),
        Next::To(state) => format!("{state:?}"),
        Next::End => "end".to_string(),
    };
    let actions: Vec<String> = actions.iter().map(|action| format!("{action:?}")).collect();
    let line = format!("  {event:<10} {next:<10} {}", actions.join(" "));
    writeln!(text, "{}", line.trim_end()).expect("text takes all");
}

#[test]
fn the_tables_of_moves_stay_as_they_are() {
    let mut text = String::new();
    for state in source::State::ALL {
        writeln!(text, "source {state:?}").expect("text takes all");
        for event in source::Event::ALL {
            let cell = source::cell(state, event);
            row(&mut text, &format!("{event:?}"), &cell.next, cell.actions);
        }
    }
    for state in target::State::ALL {
        writeln!(text, "target {state:?}").expect("text takes all");
        for event in target::Event::ALL {
            let cell = target::cell(state, event);
            row(&mut text, &format!("{event:?}"), &cell.next, cell.actions);
        }
    }
    check("moves.txt", &text);
}
