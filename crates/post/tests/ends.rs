//! Ends: heard once, by those who watch, whoever brings the word.

use sojourn_abi::{Code, Event, EventKind, Post};
use sojourn_post::ends::{EXITED, FAILED, LINKED, LOST, STOPPED, ended};
use sojourn_post::{Limits, Mailbox};

fn mailbox(name: &str) -> Mailbox {
    Mailbox::new(name, 1, Limits { pairs: 2, messages: 2, ..Limits::default() })
}

fn says(to: &mut Mailbox, source: &str, kind: EventKind, code: u32) {
    let number = to.receipt(source, false).next;
    let event = Event { kind, code, source: source.into(), ..Event::default() };
    let to_name = to.name().to_string();
    to.accept(Post { to: to_name, run: 1, first: 1, number, event });
}

fn end(atom: &str, ty: &str, code: u32) -> Event {
    ended(atom, ty, code, String::new())
}

#[test]
fn an_end_is_heard_once_by_those_who_watch_whoever_brings_the_word() {
    let mut mailbox = mailbox("n/a");
    assert!(!mailbox.put(end("n/b", EXITED, 0)), "it does not watch");
    mailbox.watch("n/b", false).unwrap();
    mailbox.watch("n/b", false).unwrap();
    assert!(mailbox.put(end("n/b", LOST, 13)));
    assert!(!mailbox.put(end("n/b", EXITED, 0)), "it was told");
    let heard = mailbox.receive().unwrap();
    assert_eq!((heard.source.as_str(), heard.ty.as_str(), heard.code), ("n/b", LOST, 13));
    assert!(mailbox.receive().is_none());
    mailbox.watch("n/b", false).unwrap();
    assert!(mailbox.put(end("n/b", EXITED, 3)), "it watches anew");
}

#[test]
fn whoever_takes_its_watch_back_hears_nothing() {
    let mut mailbox = mailbox("n/a");
    mailbox.watch("n/b", true).unwrap();
    assert!(mailbox.unwatch("n/b") && !mailbox.unwatch("n/b"));
    assert!(!mailbox.put(end("n/b", FAILED, 0)));
    assert_eq!((mailbox.len(), mailbox.doomed_by()), (0, None));
}

#[test]
fn a_link_takes_along_both_ways_and_only_when_it_went_badly() {
    for (ty, code, badly) in [
        (EXITED, 0, false),
        (EXITED, 1, true),
        (STOPPED, 0, false),
        (FAILED, 0, true),
        (LOST, 16, true),
        ("ended", 1, false),
    ] {
        let mut watches = mailbox("n/a");
        watches.watch("n/b", true).unwrap();
        assert!(watches.put(end("n/b", ty, code)));
        assert_eq!(watches.doomed_by().is_some(), badly, "{ty} {code}");
        let mut other = mailbox("n/b");
        says(&mut other, "n/a", EventKind::Watch, LINKED);
        assert_eq!(other.put(end("n/a", ty, code)), badly, "{ty} {code}");
        assert_eq!((other.doomed_by().is_some(), other.len()), (badly, 0), "nothing for the guest");
        assert_eq!(other.watchers().count(), 0, "whoever has ended watches nobody");
        let mut merely_watches = mailbox("n/a");
        merely_watches.watch("n/b", false).unwrap();
        merely_watches.put(end("n/b", ty, code));
        assert_eq!(merely_watches.doomed_by(), None);
    }
}

#[test]
fn doom_goes_along_and_ends_with_a_pardon() {
    let mut mailbox = mailbox("n/a");
    mailbox.watch("n/b", true).unwrap();
    mailbox.watch("n/c", true).unwrap();
    mailbox.put(end("n/b", FAILED, 0));
    mailbox.put(end("n/c", FAILED, 0));
    let mut moved = Mailbox::from_bytes(&mailbox.to_bytes(), *mailbox.limits()).unwrap();
    assert_eq!(moved.doomed_by(), Some("n/b"), "the first");
    moved.pardon();
    assert_eq!(moved.doomed_by(), None);
}

#[test]
fn watches_are_bounded_and_so_are_words_that_nobody_hears() {
    let mut mailbox = mailbox("n/a");
    for name in ["n/b", "n/c"] {
        mailbox.watch(name, false).unwrap();
    }
    assert_eq!(mailbox.watch("n/d", false), Err(Code::Busy));
    mailbox.watch("n/c", true).unwrap();
    for _ in 0..4 {
        mailbox.watch("n/b", false).unwrap();
        mailbox.put_if_it_fits(end("n/b", EXITED, 0)).unwrap();
    }
    mailbox.watch("n/b", false).unwrap();
    assert_eq!(mailbox.put_if_it_fits(end("n/b", EXITED, 0)), Err(Code::Busy));
    assert!(mailbox.watches("n/b"), "the word can come later");
}
