//! Channels: queues of their own beside that of the mailbox, with order, once and room as there.

use sojourn_abi::{Event, Post};
use sojourn_post::{CHANNEL, Limits, Mailbox};

const LIGHT: &str = "/ch/light/data";
const DARK: &str = "/ch/dark/data";

fn limits() -> Limits {
    Limits { messages: 2, channel_messages: 4, ..Limits::default() }
}

fn reader() -> Mailbox {
    let mut mailbox = Mailbox::new("n/reader", 1, limits());
    mailbox.open_channel(LIGHT);
    mailbox.open_channel(DARK);
    mailbox
}

fn sender(name: &str) -> Mailbox {
    Mailbox::new(name, 1, Limits::default())
}

fn message(path: &str, text: &str) -> Event {
    Event { ty: CHANNEL.into(), subject: path.into(), data: text.into(), ..Event::default() }
}

fn send(from: &mut Mailbox, event: Event) -> Post {
    let post = from.address("n/reader", event).expect("room");
    from.keep("n/reader", post.event.clone());
    post
}

/// A read of so many bytes.
fn read(mailbox: &mut Mailbox, path: &str, most: usize) -> Option<String> {
    let mut text = String::new();
    mailbox.read_channel(path, &mut |bytes| {
        let count = bytes.len().min(most);
        text = String::from_utf8(bytes[..count].to_vec()).expect("text");
        count
    })?;
    Some(text)
}

/// As it is elsewhere.
fn moved(mailbox: &Mailbox) -> Mailbox {
    Mailbox::from_bytes(&mailbox.to_bytes(), *mailbox.limits()).expect("a mailbox")
}

#[test]
fn whatever_comes_again_is_read_once_and_in_order() {
    let (mut from, mut to) = (sender("n/a"), reader());
    let posts: Vec<Post> = ["one", "two", "three"].map(|text| send(&mut from, message(LIGHT, text))).to_vec();
    // The last one first, each twice.
    for post in posts.iter().rev().chain(&posts) {
        to.accept(post.clone());
        to = moved(&to);
    }
    assert_eq!((to.len(), to.channel_messages()), (0, 3), "none of it is received");
    assert_eq!(read(&mut to, LIGHT, 2).as_deref(), Some("on"));
    let mut to = moved(&to);
    assert_eq!(to.channel_bytes(LIGHT), Some(1));
    for text in ["e", "two", "three"] {
        assert_eq!(read(&mut to, LIGHT, 99).as_deref(), Some(text));
    }
    assert_eq!(
        (read(&mut to, LIGHT, 99), to.channel_bytes(LIGHT), to.channel_bytes(DARK)),
        (None, None, None)
    );
}

#[test]
fn who_begins_anew_reads_whole_messages() {
    let (mut from, mut to) = (sender("n/a"), reader());
    to.accept(send(&mut from, message(LIGHT, "whole")));
    assert_eq!(read(&mut to, LIGHT, 3).as_deref(), Some("who"));
    to.forget_guest();
    assert_eq!(read(&mut to, LIGHT, 9).as_deref(), Some("whole"));
}

#[test]
fn whoever_found_a_channel_full_hears_of_room_though_the_mailbox_is_full() {
    let (mut one, mut other, mut to) = (sender("n/a"), sender("n/b"), reader());
    for text in ["1", "2"] {
        to.accept(send(&mut other, Event { data: text.into(), ..Event::default() }));
    }
    assert!(to.accept(send(&mut other, Event::default())).receipt.busy, "nobody receives");
    let mut posts = Vec::new();
    for text in ["1", "2", "3", "4", "5"] {
        posts.push(send(&mut one, message(LIGHT, text)));
    }
    let accepted: Vec<bool> = posts.iter().map(|post| to.accept(post.clone()).receipt.busy).collect();
    assert_eq!(accepted, [false, false, false, false, true]);
    assert!(!to.wants(&posts[4]) && to.wants(&send(&mut sender("n/c"), message(DARK, "x"))));
    assert_eq!(read(&mut to, LIGHT, 9).as_deref(), Some("1"));
    assert_eq!(to.freed(), [], "not before half of it is free");
    assert_eq!(read(&mut to, LIGHT, 9).as_deref(), Some("2"));
    let told: Vec<(String, bool)> = to.freed().into_iter().map(|told| (told.source, told.busy)).collect();
    assert!(told.contains(&("n/a".into(), false)), "{told:?}");
    assert!(!to.accept(posts[4].clone()).receipt.busy);
    for text in ["3", "4", "5"] {
        assert_eq!(read(&mut to, LIGHT, 9).as_deref(), Some(text));
    }
}

#[test]
fn bytes_that_say_what_cannot_be_are_refused() {
    let (mut from, mut to) = (sender("n/a"), reader());
    for text in ["one", "two"] {
        to.accept(send(&mut from, message(LIGHT, text)));
    }
    read(&mut to, LIGHT, 2);
    let bytes = to.to_bytes();
    assert_eq!(Mailbox::from_bytes(&bytes, limits()).map(|mailbox| mailbox.to_bytes()), Some(bytes.clone()));
    for end in 0..bytes.len() {
        assert_eq!(Mailbox::from_bytes(&bytes[..end], limits()), None);
    }
    // What was read of the first one: at most two of its three bytes.
    let taken = bytes.windows(5).position(|part| part == *b"Ctwo\x02").expect("the queue's end") + 4;
    let with = |byte: u8| [&bytes[..taken], &[byte], &bytes[taken + 1..]].concat();
    assert!(Mailbox::from_bytes(&with(1), limits()).is_some());
    assert_eq!(Mailbox::from_bytes(&with(3), limits()), None);
    let many = (0..65).fold(reader(), |mut mailbox, number| {
        mailbox.open_channel(&format!("/ch/{number}/data"));
        mailbox
    });
    assert_eq!(Mailbox::from_bytes(&many.to_bytes(), limits()), None);
}
