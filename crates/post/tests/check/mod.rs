//! Whatever bytes come: they are refused, or are a mailbox that is written as the same bytes again, and that works.

use sojourn_abi::{Event, EventKind, Post, Receipt};
use sojourn_post::{Limits, Mailbox, Registration};

/// Checks some bytes; whether they are a mailbox.
pub fn check(bytes: &[u8]) -> bool {
    let few = Limits {
        messages: 1,
        bytes: 100,
        window: 1,
        pairs: 2,
        calls: 1,
        message_bytes: 100,
        channel_messages: 1,
        channel_bytes: 100,
    };
    if let Some(mailbox) = Mailbox::from_bytes(bytes, few) {
        works(mailbox);
    }
    let Some(mailbox) = Mailbox::from_bytes(bytes, Limits::default()) else { return false };
    let again = mailbox.to_bytes();
    assert_eq!(Mailbox::from_bytes(&again, Limits::default()).as_ref(), Some(&mailbox));
    works(mailbox);
    true
}

/// Does with a mailbox what can be done with one.
fn works(mut mailbox: Mailbox) {
    let limits = *mailbox.limits();
    let mut others: Vec<String> = mailbox.waiting_for().map(str::to_string).collect();
    others.extend(mailbox.watchers().map(|(name, _)| name.to_string()));
    others.push("node-9/other".into());
    let registration = Registration { context: 1, nested: true };
    mailbox.on_interrupt(Some(registration));
    while mailbox.calls().begin().is_some() {}
    while mailbox.calls().end().is_ok() {}
    mailbox.on_interrupt(None);
    for other in &others {
        if let Ok(post) = mailbox.address(other, Event::default()) {
            mailbox.keep(other, post.event);
        }
        let (source, run) = (mailbox.name().to_string(), mailbox.run());
        let posts = mailbox.unconfirmed(other, 3);
        let next = posts.last().map_or(u64::MAX, |post| post.number);
        mailbox.confirm(&Receipt { source, run, to: other.clone(), next, busy: true });
        mailbox.abandon(other);
        assert!(mailbox.is_clear(other));
        let Receipt { run, next, .. } = mailbox.receipt(other, false);
        for kind in [EventKind::Message, EventKind::Interrupt, EventKind::Reply, EventKind::Watch] {
            for number in [next.saturating_add(1), next, 1] {
                let event = Event { kind, source: other.clone(), call: 1, ..Event::default() };
                let post = Post { to: String::new(), run, first: 1, number, event };
                let wanted = mailbox.wants(&post);
                let taken = mailbox.offer(post.clone()).is_ok();
                assert!(wanted || !taken);
                assert!(!mailbox.accept(post.clone()).news || wanted);
                mailbox.replay(post);
            }
        }
        if let Ok(future) = mailbox.calls().future(other, Some(1), &limits) {
            let _ = mailbox.calls().on_future(future, registration);
        }
        mailbox.calls().fail(other, sojourn_abi::Code::NotRunning);
    }
    mailbox.calls().expire_callbacks(u64::MAX);
    assert_eq!(mailbox.calls().next_expiry(), None);
    while mailbox.receive().is_some() {
        mailbox.freed();
    }
    assert!(mailbox.is_empty() && mailbox.keeps_nothing());
    mailbox.forget_guest();
    mailbox.begin_anew(u64::MAX);
    assert!(!mailbox.to_bytes().is_empty());
}
