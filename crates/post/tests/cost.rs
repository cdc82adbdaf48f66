//! What a message costs on its way through two mailboxes: printed, and bounded so widely that only a cost which grows
//! with something breaks it.

use sojourn_abi::{Event, Post};
use sojourn_post::{Limits, Mailbox};
use std::time::{Duration, Instant};

/// Messages of a measurement.
const MESSAGES: u32 = 200_000;
/// Messages that come together.
const BATCH: u32 = 500;
/// Nanoseconds that one may take, on any machine.
const MOST_NS: u128 = 20_000;

fn event() -> Event {
    Event { ty: "tick".into(), data: vec![7; 64], ..Event::default() }
}

fn pair() -> (Mailbox, Mailbox) {
    let mailbox = |name| Mailbox::new(name, 1, Limits::default());
    (mailbox("node-1/sender"), mailbox("node-1/receiver"))
}

fn tell(what: &str, taken: Duration, messages: u32) {
    let each_ns = taken.as_nanos() / u128::from(messages);
    println!("{what}: {each_ns} ns");
    assert!(each_ns < MOST_NS, "{what}: {each_ns} ns");
}

#[test]
fn the_short_way() {
    let (mut sender, mut receiver) = pair();
    let begun = Instant::now();
    for _ in 0..MESSAGES {
        let post = sender.address("node-1/receiver", event()).expect("room");
        sender.pass("node-1/receiver");
        assert_eq!(receiver.offer(post), Ok(true));
        receiver.receive().expect("a message");
    }
    tell("address, pass, offer, receive", begun.elapsed(), MESSAGES);
}

/// Posts that came in order from a sender who is known, among many who are.
#[test]
fn posts_that_came() {
    for senders in [1, 1000] {
        let mut receiver = pair().1;
        let post = |sender: u32, number: u64| {
            let event = Event { source: format!("node-1/sender-{sender}"), ..event() };
            Post { to: "node-1/receiver".into(), run: 1, first: number, number, event }
        };
        for sender in 0..senders {
            receiver.accept(post(sender, 1));
            receiver.receive();
        }
        let (mut news, mut taken) = (0, Duration::ZERO);
        for batch in 0..MESSAGES / BATCH {
            let counts = batch * BATCH..(batch + 1) * BATCH;
            let posts: Vec<Post> =
                counts.map(|count| post(count % senders, u64::from(count / senders) + 2)).collect();
            let begun = Instant::now();
            for post in posts {
                news += u32::from(receiver.accept(post).news);
                receiver.receive();
            }
            taken += begun.elapsed();
        }
        tell(&format!("accept and receive, of {senders}"), taken, MESSAGES);
        assert_eq!(news, MESSAGES);
    }
}

#[test]
fn kept_and_confirmed() {
    let (mut sender, mut receiver) = pair();
    let begun = Instant::now();
    for _ in 0..MESSAGES {
        let post = sender.address("node-1/receiver", event()).expect("room");
        sender.keep("node-1/receiver", post.event.clone());
        let receipt = receiver.accept(post).receipt;
        receiver.receive();
        assert_eq!(sender.confirm(&receipt), 1);
    }
    tell("address, keep, accept, receive, confirm", begun.elapsed(), MESSAGES);
}

/// Clients that come and go do not make it slow for the next one.
#[test]
fn more_senders_than_are_remembered() {
    let mut receiver = Mailbox::new("node-1/receiver", 1, Limits { pairs: 4096, ..Limits::default() });
    let begun = Instant::now();
    for sender in 0..MESSAGES {
        let event = Event { source: format!("node-1/{sender}"), ..event() };
        let post = Post { to: "node-1/receiver".into(), run: 1, first: 1, number: 1, event };
        assert!(receiver.accept(post).news);
        receiver.receive();
    }
    tell("accept and receive, of strangers", begun.elapsed(), MESSAGES);
}
