//! Which pages were written, by each way of finding out: one suite for all.

mod guest;

use guest::{Copy, Guest, numbers};
use sojourn_node::pages::{PAGE_BYTES, Tracker};
use std::io::{Read, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

type Make = fn(&mut Guest) -> Tracker;

/// The best way that there is: where the suite runs on Linux, the system's own.
fn system(guest: &mut Guest) -> Tracker {
    Tracker::new(guest.window()).zero_from(Guest::initialized())
}

fn comparing(guest: &mut Guest) -> Tracker {
    Tracker::comparing(guest.window()).zero_from(Guest::initialized())
}

fn writes_are_given_once(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    tracker.arm().unwrap();
    guest.poke(5 * PAGE_BYTES + 17, 1);
    guest.poke(6 * PAGE_BYTES, 1);
    guest.poke(30 * PAGE_BYTES - 1, 1);
    let mut copy = Copy::fresh();
    let pages = tracker.take().unwrap();
    assert_eq!(pages, [5..7, 29..30]);
    copy.send(&mut tracker, &pages);
    assert_eq!(tracker.take().unwrap(), []);
    guest.poke(6 * PAGE_BYTES, 2);
    let pages = tracker.take().unwrap();
    assert_eq!(numbers(&pages), [6]);
    copy.send(&mut tracker, &pages);
    assert_eq!(copy.memory, guest.memory());
}

fn fresh_guests_have_little_to_send(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    let first = numbers(&tracker.first().unwrap());
    assert!(first.iter().all(|page| page * PAGE_BYTES as u64 <= Guest::initialized()), "{first:?}");
}

fn pages_put_back_are_given_again(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    let mut copy = Copy::fresh();
    let first = tracker.first().unwrap();
    copy.send(&mut tracker, &first);
    guest.poke(20 * PAGE_BYTES, 1);
    let pages = tracker.take().unwrap();
    tracker.put_back(pages);
    guest.poke(22 * PAGE_BYTES, 1);
    let pages = tracker.take().unwrap();
    assert_eq!(numbers(&pages), [20, 22]);
    copy.send(&mut tracker, &pages);
    assert_eq!(tracker.take().unwrap(), []);
    assert_eq!(copy.memory, guest.memory());
}

fn what_was_touched_before_is_in_the_first(make: Make) {
    let mut guest = Guest::new();
    guest.poke(102, b'B');
    guest.poke(40 * PAGE_BYTES, 1);
    guest.poke(41 * PAGE_BYTES, 0);
    guest.call("peek", &[50 * 4096]);
    let mut tracker = make(&mut guest);
    let first = tracker.first().unwrap();
    let pages = numbers(&first);
    assert!(
        pages.contains(&0) && pages.contains(&40) && !pages.contains(&50) && !pages.contains(&60),
        "{pages:?}"
    );
    let mut copy = Copy::fresh();
    copy.send(&mut tracker, &first);
    assert_eq!(tracker.take().unwrap(), []);
    assert_eq!(copy.memory, guest.memory());
}

fn grown_memory_is_watched(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    let mut copy = Copy::fresh();
    let first = tracker.first().unwrap();
    copy.send(&mut tracker, &first);
    guest.call("grow", &[1000]);
    guest.poke(500 << 16, 9);
    guest.poke((1004 << 16) - 1, 9);
    let pages = tracker.take().unwrap();
    assert_eq!(numbers(&pages), [500 * 16, 1004 * 16 - 1]);
    assert_eq!(tracker.len(), 1004 << 16);
    copy.send(&mut tracker, &pages);
    assert_eq!(tracker.take().unwrap(), []);
    guest.poke(500 << 16, 8);
    let pages = tracker.take().unwrap();
    assert_eq!(numbers(&pages), [500 * 16]);
    copy.send(&mut tracker, &pages);
    assert_eq!(copy.memory, guest.memory());
}

/// Grown while no host call and no end of a call tells of it, as far as the system tells.
fn memory_that_grows_meanwhile_is_sent_meanwhile(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    let mut copy = Copy::fresh();
    let first = tracker.first().unwrap();
    copy.send(&mut tracker, &first);
    let before = tracker.len();
    let ended = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&ended);
    let running = std::thread::spawn(move || {
        guest.call("scatter", &[30_000_000, 5]);
        flag.store(true, Ordering::SeqCst);
        guest
    });
    let mut grown = false;
    while !ended.load(Ordering::SeqCst) {
        let pages = tracker.take().unwrap();
        assert!(pages.iter().all(|range| range.end * PAGE_BYTES as u64 <= tracker.len()));
        grown |= !ended.load(Ordering::SeqCst) && tracker.len() > before;
        copy.send(&mut tracker, &pages);
    }
    let mut guest = running.join().unwrap();
    let pages = tracker.take().unwrap();
    copy.send(&mut tracker, &pages);
    copy.memory.resize(guest.memory().len(), 0);
    assert!(copy.memory == guest.memory());
    assert_eq!(grown, tracker.is_protecting());
}

fn the_systems_writes_are_seen(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    guest.memory()[..1 << 17].fill(1);
    tracker.arm().unwrap();
    let (mut reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(&[7; 3 * PAGE_BYTES]).unwrap();
    reader.read_exact(&mut guest.memory()[10 * PAGE_BYTES + 5..13 * PAGE_BYTES + 5]).unwrap();
    let pages = tracker.take().unwrap();
    assert_eq!(numbers(&pages), [10, 11, 12, 13]);
    let mut copy = Copy { memory: vec![1; 4 << 16] };
    copy.send(&mut tracker, &pages);
    assert_eq!(copy.memory[..1 << 17], guest.memory()[..1 << 17]);
}

/// A page that changes and changes back while it is read must not be believed sent.
fn changes_that_are_taken_back_are_sent(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    let mut copy = Copy::fresh();
    let first = tracker.first().unwrap();
    copy.send(&mut tracker, &first);
    guest.poke(20 * PAGE_BYTES, 1);
    let pages = tracker.take().unwrap();
    guest.poke(20 * PAGE_BYTES, 2);
    copy.send(&mut tracker, &pages);
    guest.poke(20 * PAGE_BYTES, 1);
    let pages = tracker.take().unwrap();
    copy.send(&mut tracker, &pages);
    assert_eq!(copy.memory, guest.memory());
}

fn rounds_while_the_guest_writes_end_equal(make: Make) {
    for seed in 1..4 {
        let mut guest = Guest::new();
        let mut tracker = make(&mut guest);
        let mut copy = Copy::fresh();
        let (begun, ended) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicBool::new(false)));
        let flags = (Arc::clone(&begun), Arc::clone(&ended));
        let running = std::thread::spawn(move || {
            flags.0.store(true, Ordering::SeqCst);
            guest.call("scatter", &[30_000_000, seed]);
            flags.1.store(true, Ordering::SeqCst);
            guest
        });
        while !begun.load(Ordering::SeqCst) {
            std::thread::yield_now();
        }
        let first = tracker.first().unwrap();
        copy.send(&mut tracker, &first);
        let mut rounds = 0;
        while !ended.load(Ordering::SeqCst) {
            let pages = tracker.take().unwrap();
            copy.send(&mut tracker, &pages);
            rounds += 1;
        }
        let mut guest = running.join().unwrap();
        let pages = tracker.take().unwrap();
        copy.send(&mut tracker, &pages);
        assert!(rounds > 1, "the guest was done too soon");
        copy.memory.resize(guest.memory().len().max(copy.memory.len()), 0);
        assert!(copy.memory == guest.memory(), "seed {seed}: differs after {rounds} rounds");
    }
}

fn a_guest_that_has_gone_is_an_error(make: Make) {
    let mut guest = Guest::new();
    let mut tracker = make(&mut guest);
    tracker.first().unwrap();
    drop(guest);
    assert!(tracker.take().is_err() && tracker.first().is_err() && tracker.arm().is_err());
    assert_eq!(tracker.read(0, &mut [0; PAGE_BYTES]), 0);
}

/// The same tests for each way.
macro_rules! suite {
    ($($way:ident: { $($name:ident),* $(,)? })*) => {
        $(mod $way {
            $(#[test]
            fn $name() {
                super::$name(super::$way);
            })*
        })*
    };
}

suite! {
    system: {
        writes_are_given_once, fresh_guests_have_little_to_send, pages_put_back_are_given_again, what_was_touched_before_is_in_the_first,
        grown_memory_is_watched, memory_that_grows_meanwhile_is_sent_meanwhile, the_systems_writes_are_seen, changes_that_are_taken_back_are_sent,
        rounds_while_the_guest_writes_end_equal, a_guest_that_has_gone_is_an_error,
    }
    comparing: {
        writes_are_given_once, fresh_guests_have_little_to_send, pages_put_back_are_given_again, what_was_touched_before_is_in_the_first,
        grown_memory_is_watched, memory_that_grows_meanwhile_is_sent_meanwhile, the_systems_writes_are_seen, changes_that_are_taken_back_are_sent,
        rounds_while_the_guest_writes_end_equal, a_guest_that_has_gone_is_an_error,
    }
}
