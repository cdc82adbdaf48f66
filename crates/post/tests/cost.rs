//! What a message costs on its way through two mailboxes: printed, and compared in the same run so widely that only a
//! cost which grows with something breaks it. The fastest of many batches are compared: others may use the machine.

use sojourn_abi::{Event, Post};
use sojourn_post::{Limits, Mailbox};
use std::ops::Range;
use std::time::{Duration, Instant};

/// Messages of a measurement.
const MESSAGES: u32 = 200_000;
/// Messages that come together.
const BATCH: u32 = 500;
/// How many times as long the last ones may take as the first ones, or those among many as those among few.
const MOST: u32 = 30;

fn event() -> Event {
    Event { ty: "tick".into(), data: vec![7; 64], ..Event::default() }
}

fn pair() -> (Mailbox, Mailbox) {
    let mailbox = |name| Mailbox::new(name, 1, Limits::default());
    (mailbox("node-1/sender"), mailbox("node-1/receiver"))
}

/// Times of batches of messages.
#[derive(Default)]
struct Times(Vec<Duration>);

impl Times {
    /// Of all of a way that messages go, in batches.
    fn of(mut batch: impl FnMut(Range<u32>)) -> Self {
        let mut times = Self::default();
        for first in (0..MESSAGES).step_by(BATCH as usize) {
            times.take(|| batch(first..first + BATCH));
        }
        times
    }

    fn take(&mut self, batch: impl FnOnce()) {
        let begun = Instant::now();
        batch();
        self.0.push(begun.elapsed());
    }

    fn fastest(times: &[Duration]) -> Duration {
        *times.iter().min().expect("batches")
    }

    /// Says what they were; the fastest batch.
    fn tell(&self, what: &str) -> Duration {
        let quarter = self.0.len() / 4;
        let (first, last) = (Self::fastest(&self.0[..quarter]), Self::fastest(&self.0[3 * quarter..]));
        println!("{what}: {} ns, at the end {} ns", (first / BATCH).as_nanos(), (last / BATCH).as_nanos());
        assert!(last < first * MOST, "{what}: {BATCH} took {first:?} at first and {last:?} at the end");
        first.min(last)
    }
}

#[test]
fn the_short_way() {
    let (mut sender, mut receiver) = pair();
    let times = Times::of(|batch| {
        for _ in batch {
            let post = sender.address("node-1/receiver", event()).expect("room");
            sender.pass("node-1/receiver");
            assert_eq!(receiver.offer(post), Ok(true));
            receiver.receive().expect("a message");
        }
    });
    times.tell("address, pass, offer, receive");
}

/// Posts that came in order from a sender who is known, among many who are.
#[test]
fn posts_that_came() {
    let [few, many] = [1, 1000].map(|senders| {
        let mut receiver = pair().1;
        let post = |sender: u32, number: u64| {
            let event = Event { source: format!("node-1/sender-{sender}"), ..event() };
            Post { to: "node-1/receiver".into(), run: 1, first: number, number, event }
        };
        for sender in 0..senders {
            receiver.accept(post(sender, 1));
            receiver.receive();
        }
        let (mut news, mut times) = (0, Times::default());
        for batch in 0..MESSAGES / BATCH {
            let counts = batch * BATCH..(batch + 1) * BATCH;
            let posts: Vec<Post> =
                counts.map(|count| post(count % senders, u64::from(count / senders) + 2)).collect();
            times.take(|| {
                for post in posts {
                    news += u32::from(receiver.accept(post).news);
                    receiver.receive();
                }
            });
        }
        assert_eq!(news, MESSAGES);
        times.tell(&format!("accept and receive, of {senders}"))
    });
    assert!(many < few * MOST, "{BATCH} took {few:?} of one sender and {many:?} of a thousand");
}

#[test]
fn kept_and_confirmed() {
    let (mut sender, mut receiver) = pair();
    let times = Times::of(|batch| {
        for _ in batch {
            let post = sender.address("node-1/receiver", event()).expect("room");
            sender.keep("node-1/receiver", post.event.clone());
            let receipt = receiver.accept(post).receipt;
            receiver.receive();
            assert_eq!(sender.confirm(&receipt), 1);
        }
    });
    times.tell("address, keep, accept, receive, confirm");
}

/// Clients that come and go do not make it slow for the next one.
#[test]
fn more_senders_than_are_remembered() {
    let mut receiver = Mailbox::new("node-1/receiver", 1, Limits { pairs: 4096, ..Limits::default() });
    let times = Times::of(|batch| {
        for sender in batch {
            let event = Event { source: format!("node-1/{sender}"), ..event() };
            let post = Post { to: "node-1/receiver".into(), run: 1, first: 1, number: 1, event };
            assert!(receiver.accept(post).news);
            receiver.receive();
        }
    });
    times.tell("accept and receive, of strangers");
}
