//! Pairs: order, exactly once, room, and what is forgotten when there are too many.

use sojourn_abi::{Code, Event, EventKind, Post, Receipt};
use sojourn_post::{Limits, Mailbox, message_size};

fn limits() -> Limits {
    Limits { messages: 4, window: 8, pairs: 16, calls: 4, ..Limits::default() }
}

fn mailbox(name: &str) -> Mailbox {
    Mailbox::new(name, 1, limits())
}

fn message(text: &str) -> Event {
    Event { data: text.into(), ..Event::default() }
}

/// Addresses and keeps a message.
fn send(from: &mut Mailbox, to: &str, text: &str) -> Post {
    let post = from.address(to, message(text)).expect("room");
    from.keep(to, post.event.clone());
    post
}

fn texts(mailbox: &mut Mailbox) -> Vec<String> {
    std::iter::from_fn(|| mailbox.receive())
        .map(|event| String::from_utf8(event.data).expect("text"))
        .collect()
}

#[test]
fn messages_are_taken_once_and_in_order() {
    let (mut a, mut b) = (mailbox("n/a"), mailbox("n/b"));
    let posts: Vec<Post> = ["one", "two", "three"].iter().map(|text| send(&mut a, "n/b", text)).collect();
    for index in [2, 0, 0, 2, 1, 1, 0] {
        b.accept(posts[index].clone());
    }
    assert_eq!(texts(&mut b), ["one", "two", "three"]);
    let receipt = b.accept(posts[1].clone()).receipt;
    assert_eq!(receipt.next, 4);
    assert_eq!((a.confirm(&receipt), a.confirm(&receipt)), (3, 0));
    assert!(a.keeps_nothing() && a.waiting_for().next().is_none());
}

#[test]
fn the_short_way_is_for_the_next_one_alone() {
    let (mut a, mut b) = (mailbox("n/a"), mailbox("n/b"));
    let first = a.address("n/b", message("one")).unwrap();
    a.pass("n/b");
    assert_eq!(b.offer(first.clone()), Ok(true));
    assert_eq!(b.offer(first.clone()), Err(first), "it came before");
    let second = a.address("n/b", message("two")).unwrap();
    a.pass("n/b");
    a.take_back("n/b");
    a.keep("n/b", second.event.clone());
    let third = send(&mut a, "n/b", "three");
    assert_eq!(third.number, second.number + 1);
    assert_eq!(b.offer(third.clone()), Err(third.clone()), "one before it lacks");
    assert!(!b.accept(third.clone()).news);
    assert_eq!(b.offer(second.clone()), Err(second.clone()), "one after it waits");
    assert_eq!(b.accept(second).receipt.next, 4);
    assert_eq!(texts(&mut b), ["one", "two", "three"]);
}

#[test]
fn a_full_mailbox_says_so_and_says_when_there_is_room() {
    let (mut a, mut b) = (mailbox("n/a"), mailbox("n/b"));
    let posts: Vec<Post> = (0..7).map(|number| send(&mut a, "n/b", &number.to_string())).collect();
    for post in &posts[..4] {
        assert!(!b.accept(post.clone()).receipt.busy);
    }
    for post in &posts[4..] {
        let receipt = b.accept(post.clone()).receipt;
        assert_eq!((receipt.busy, receipt.next), (true, 5), "neither taken nor kept");
        a.confirm(&receipt);
    }
    assert!(!a.may_go_again("n/b"));
    assert!(b.accept(posts[0].clone()).receipt.busy, "also what comes twice is told so");
    assert!(b.freed().is_empty(), "nothing was taken out");
    b.receive();
    assert!(b.freed().is_empty(), "too little is free");
    b.receive();
    let told = b.freed();
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].source.as_str(), told[0].busy, told[0].next), ("n/a", false, 5));
    a.confirm(&told[0]);
    assert!(a.may_go_again("n/b") && !a.may_go_again("n/b"), "once");
    for post in a.unconfirmed("n/b", 10) {
        let receipt = b.accept(post).receipt;
        a.confirm(&receipt);
    }
    assert_eq!(texts(&mut b), ["2", "3", "4", "5"]);
    let told = b.freed();
    a.confirm(&told[0]);
    for post in a.unconfirmed("n/b", 10) {
        b.accept(post);
    }
    assert_eq!(texts(&mut b), ["6"]);
}

#[test]
fn one_message_finds_room_however_large() {
    let few = Limits { bytes: 100, messages: 1, ..limits() };
    let (mut a, mut b) = (mailbox("n/a"), Mailbox::new("n/b", 1, few));
    for _ in 0..3 {
        let large = a.address("n/b", Event { data: vec![0; 10_000], ..Event::default() }).unwrap();
        a.pass("n/b");
        assert_eq!(b.offer(large), Ok(true));
        b.receive();
    }
}

#[test]
fn there_is_room_for_a_message_of_one_size_and_not_of_another() {
    let mut a = Mailbox::new("n/a", 1, Limits { bytes: 2000, ..limits() });
    let sized = |bytes| Event { data: vec![0; bytes], ..Event::default() };
    let kept = a.address("n/b", sized(1500)).unwrap();
    a.keep("n/b", kept.event);
    assert!(a.has_room("n/b", 0) && a.has_room("n/b", message_size(&sized(300))));
    assert!(!a.has_room("n/b", message_size(&sized(400))) && !a.has_room_for_any("n/b"));
    assert!(a.address("n/b", sized(300)).is_ok());
    assert_eq!(a.address("n/b", sized(400)), Err(Code::Busy));
}

#[test]
fn what_is_kept_is_bounded() {
    let mut a = mailbox("n/a");
    for number in 0..8 {
        send(&mut a, "n/b", &number.to_string());
    }
    assert!(!a.has_room("n/b", 0) && a.has_room("n/c", 0));
    assert_eq!(a.address("n/b", message("more")), Err(Code::Busy));
    assert_eq!(
        a.address("n/c", Event { data: vec![0; (4 << 20) + 1], ..Event::default() }),
        Err(Code::TooLarge)
    );
    let many_words = Event { subject: "x".repeat(9 << 20), ..Event::default() };
    assert_eq!(a.address("n/c", many_words), Err(Code::TooLarge));
    let mut small = Mailbox::new("n/a", 1, Limits { bytes: 1000, pairs: 1000, ..limits() });
    let mut sent = 0;
    for number in 0..1000 {
        match small.address(&format!("n/{number}"), Event { data: vec![0; 500], ..Event::default() }) {
            Ok(post) => small.keep(&format!("n/{number}"), post.event),
            Err(code) => assert_eq!(code, Code::Busy),
        }
        sent += usize::from(small.waiting_for().count() > sent);
    }
    assert!(sent < 10, "all pairs together are bounded, too: {sent}");
    assert_eq!(small.abandon("n/0"), 1);
}

/// A server that answers more clients than it can remember goes on to do so.
#[test]
fn pairs_that_are_quiet_are_forgotten() {
    let mut server = mailbox("n/server");
    let mut clients: Vec<Mailbox> = (0..100).map(|number| mailbox(&format!("n/{number}"))).collect();
    for round in 0..3 {
        for client in &mut clients {
            let asked = send(client, "n/server", &format!("{round}"));
            let receipt = server.accept(asked).receipt;
            assert_eq!(client.confirm(&receipt), 1);
            assert_eq!(texts(&mut server), [format!("{round}")]);
            let answer = send(&mut server, client.name(), &format!("{round}"));
            for _ in 0..2 {
                let receipt = client.accept(answer.clone()).receipt;
                server.confirm(&receipt);
            }
            assert_eq!(texts(client), [format!("{round}")]);
        }
    }
    assert!(server.keeps_nothing());
}

/// Of too many senders those are forgotten that have been quiet for longest.
#[test]
fn who_speaks_is_remembered() {
    let mut server = mailbox("n/server");
    let mut friend = mailbox("n/friend");
    for number in 0..200 {
        let post = send(&mut friend, "n/server", "again");
        let accepted = server.accept(post.clone());
        assert!(accepted.news);
        friend.confirm(&accepted.receipt);
        let mut stranger = mailbox(&format!("n/{number}"));
        assert!(server.accept(send(&mut stranger, "n/server", "once")).news);
        assert!(!server.accept(post).news, "it came before");
        server.receive();
        server.receive();
    }
}

#[test]
fn numbers_that_make_no_sense_do_nothing() {
    let mut b = mailbox("n/b");
    let event = || Event { source: "n/a".into(), ..message("x") };
    let post = |run, first, number| Post { to: "n/b".into(), run, first, number, event: event() };
    let numbers = [0, 1, 2, 3, 1 << 32, (1 << 62) - 1, 1 << 62, (1 << 62) + 1, u64::MAX - 1, u64::MAX];
    for run in numbers {
        for first in numbers {
            for number in numbers {
                let accepted = b.accept(post(run, first, number));
                assert!(!accepted.news || (first <= number && first > 0));
                let _ = b.offer(post(run, first, number));
                texts(&mut b);
            }
        }
    }
    let mut a = mailbox("n/a");
    send(&mut a, "n/b", "x");
    for run in numbers {
        for next in numbers {
            let receipt = Receipt { source: "n/z".into(), run, to: "n/b".into(), next, busy: false };
            assert_eq!(a.confirm(&receipt), 0, "of another sender");
            assert_eq!(a.confirm(&Receipt { source: "n/a".into(), to: "n/z".into(), ..receipt }), 0);
        }
    }
    let receipt = Receipt { source: "n/a".into(), run: 1, to: "n/b".into(), next: u64::MAX, busy: false };
    assert_eq!(a.confirm(&receipt), 1);
    assert_eq!(send(&mut a, "n/b", "y").number, 2);
}

/// A stranger who sends what cannot be taken yet gets no more room than a mailbox has.
#[test]
fn what_comes_early_is_bounded() {
    let mut b = Mailbox::new("n/b", 1, Limits { bytes: 10_000, window: 100, ..limits() });
    let before = b.to_bytes().len();
    for stranger in 0..10 {
        for number in 2..200 {
            let event = Event { source: format!("n/{stranger}"), data: vec![0; 500], ..Event::default() };
            let accepted = b.accept(Post { to: "n/b".into(), run: 1, first: 1, number, event });
            assert!(!accepted.news && accepted.receipt.next == 1);
        }
    }
    assert!(b.to_bytes().len() < before + 12_000, "{}", b.to_bytes().len());
}

#[test]
fn a_sender_that_begins_anew_is_heard_from_the_first() {
    let (mut a, mut b) = (mailbox("n/a"), mailbox("n/b"));
    let image = a.to_bytes();
    for text in ["one", "two"] {
        let post = send(&mut a, "n/b", text);
        assert!(b.accept(post).news);
    }
    let late = send(&mut a, "n/b", "of an earlier life");
    let mut restored = Mailbox::from_bytes(&image, limits()).unwrap();
    restored.begin_anew(7);
    let again = send(&mut restored, "n/b", "again");
    assert_eq!((again.run, again.number), (7, 1));
    let receipt = b.accept(again).receipt;
    assert_eq!(restored.confirm(&receipt), 1);
    assert!(!b.accept(late).news);
    assert_eq!(a.confirm(&receipt), 0, "it is for another life");
    assert_eq!(texts(&mut b), ["one", "two", "again"]);
    let mut twice = Mailbox::from_bytes(&image, limits()).unwrap();
    twice.begin_anew(3);
    assert!(!b.accept(send(&mut twice, "n/b", "a life that is over")).news);
}

#[test]
fn a_receiver_that_lost_messages_goes_on_with_what_its_sender_still_has() {
    let (mut a, mut b) = (mailbox("n/a"), mailbox("n/b"));
    let image = b.to_bytes();
    for text in ["one", "two"] {
        let receipt = b.accept(send(&mut a, "n/b", text)).receipt;
        a.confirm(&receipt);
    }
    send(&mut a, "n/b", "three");
    let mut restored = Mailbox::from_bytes(&image, limits()).unwrap();
    restored.begin_anew(2);
    for post in a.unconfirmed("n/b", 10) {
        restored.accept(post);
    }
    assert_eq!(texts(&mut restored), ["three"]);
}

#[test]
fn whoever_watches_is_known_and_words_of_nodes_find_more_room() {
    let mut b = mailbox("n/b");
    let mut number = 0;
    let mut said = |b: &mut Mailbox, kind, code| {
        number += 1;
        let event = Event { kind, code, source: "n/a".into(), ..Event::default() };
        b.accept(Post { to: "n/b".into(), run: 1, first: 1, number, event })
    };
    said(&mut b, EventKind::Watch, 2);
    assert_eq!(b.watchers().collect::<Vec<_>>(), [("n/a", true)]);
    said(&mut b, EventKind::Unwatch, 0);
    assert_eq!(b.watchers().count(), 0);
    for _ in 0..4 {
        assert!(said(&mut b, EventKind::Message, 0).news);
    }
    b.watch("n/a", false).unwrap();
    assert!(said(&mut b, EventKind::Ended, 0).news);
    assert!(!said(&mut b, EventKind::Message, 0).news);
}
