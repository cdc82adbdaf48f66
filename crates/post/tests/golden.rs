//! Mailboxes as bytes: the test vectors in `tests/golden/post`. A mailbox of an older release is in images that people
//! keep, so its bytes are read as long as its version is.
//!
//! `SOJOURN_BLESS=1 cargo test --release -p sojourn-post --test golden` writes them anew.

use sojourn_abi::{Event, EventKind, Post};
use sojourn_post::{Limits, Mailbox, Registration, ends};
use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

/// Bytes as lines of hexadecimal digits.
fn hexadecimal(bytes: &[u8]) -> String {
    let mut text = String::new();
    for line in bytes.chunks(40) {
        for byte in line {
            write!(text, "{byte:02x}").expect("memory");
        }
        text.push('\n');
    }
    text
}

fn bytes(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let byte =
        |pair: &[u8]| u8::from_str_radix(std::str::from_utf8(pair).expect("digits"), 16).expect("digits");
    digits.chunks(2).map(byte).collect()
}

fn golden(name: &str, mailbox: &Mailbox) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/post").join(name);
    if std::env::var_os("SOJOURN_BLESS").is_some() {
        fs::write(&path, hexadecimal(&mailbox.to_bytes())).expect("a file");
    }
    let known = bytes(&fs::read_to_string(&path).expect("a file"));
    assert_eq!(known, mailbox.to_bytes(), "{name}: other bytes than before");
    assert_eq!(Mailbox::from_bytes(&known, *mailbox.limits()).as_ref(), Some(mailbox), "{name}");
}

#[test]
fn empty() {
    golden("empty.hex", &Mailbox::new("node-1/counter", 1, Limits::default()));
}

/// Something in every field.
#[test]
fn everything() {
    let limits = Limits { messages: 2, pairs: 3, ..Limits::default() };
    let mut mailbox = Mailbox::new("node-1/counter", 7, limits);
    let event = |kind, source: &str, call| Event {
        kind,
        source: source.into(),
        ty: "count".into(),
        subject: "sheep".into(),
        content_type: "text/plain".into(),
        data: b"one".to_vec(),
        call,
        ..Event::default()
    };
    for to in ["a", "b", "c", "node-2/keeps"] {
        let post = mailbox.address(to, event(EventKind::Message, "", 0)).expect("room");
        if to == "a" { mailbox.pass(to) } else { mailbox.keep(to, post.event) }
    }
    let mut number = 0;
    let came = |mailbox: &mut Mailbox, number: u64, event: Event| {
        mailbox.accept(Post { to: "node-1/counter".into(), run: 3, first: 1, number, event });
    };
    let future = mailbox.calls().future("node-2/keeps", Some(1_000_000), &limits).expect("room");
    let wanted = mailbox.calls().future("node-2/keeps", Some(2_000_000), &limits).expect("room");
    let nested = Registration { context: 11, nested: true };
    mailbox.calls().on_future(wanted, nested).expect("known");
    mailbox.on_interrupt(Some(Registration { context: 12, nested: false }));
    let messages = [
        event(EventKind::Reply, "node-2/keeps", future),
        event(EventKind::Watch, "node-2/keeps", 0),
        event(EventKind::Interrupt, "node-2/keeps", 4),
        event(EventKind::Interrupt, "node-2/keeps", 5),
    ];
    for event in messages {
        number += 1;
        came(&mut mailbox, number, event);
    }
    assert!(mailbox.calls().begin().is_some());
    came(&mut mailbox, 5, event(EventKind::Message, "node-2/keeps", 6));
    mailbox.receive().expect("a message");
    for (number, source) in [(1, "full"), (2, "full"), (3, "full"), (6, "early")] {
        came(&mut mailbox, number, event(EventKind::Message, source, 0));
    }
    let before = event(EventKind::Reply, "early", 99);
    mailbox.replay(Post { to: "node-1/counter".into(), run: 3, first: 1, number: 1, event: before });
    mailbox.watch("node-3/worker", true).expect("room");
    let lost = ends::ended("node-2/linked", ends::LOST, 13, String::new());
    mailbox.watch("node-2/linked", true).expect("room");
    mailbox.put(lost);
    golden("everything.hex", &mailbox);
}
