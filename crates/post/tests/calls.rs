//! Futures, calls and callbacks.

use sojourn_abi::{Code, Event, EventKind, Post};
use sojourn_post::{FutureState, Limits, Mailbox, Registration};

fn limits() -> Limits {
    Limits { messages: 4, calls: 4, bytes: 1000, ..Limits::default() }
}

fn mailbox() -> Mailbox {
    Mailbox::new("n/a", 1, limits())
}

fn answer(from: &str, call: u64) -> Event {
    Event { kind: EventKind::Reply, source: from.into(), call, data: b"yes".to_vec(), ..Event::default() }
}

const WANTED: Registration = Registration { context: 9, nested: false };

#[test]
fn only_who_was_asked_answers_and_once() {
    let mut a = mailbox();
    let future = a.calls().future("n/b", None, &limits()).unwrap();
    assert_eq!(a.calls().state(future, 0), FutureState::Pending(None));
    assert!(!a.put(answer("n/c", future)) && !a.put(answer("n/b", future + 1)));
    assert!(a.put(answer("n/b", future)) && !a.put(answer("n/b", future)));
    assert_eq!(a.calls().state(future, u64::MAX), FutureState::Ready);
    assert_eq!(a.calls().answer(future).map(|event| event.data.len()), Some(3));
    assert!(a.calls().take(future).is_some());
    assert_eq!(a.calls().state(future, 0), FutureState::Unknown);
    assert_eq!(a.calls().cancel(future), Err(Code::UnknownFuture));
}

#[test]
fn a_future_fails_when_its_time_is_over() {
    let mut a = mailbox();
    let future = a.calls().future("n/b", Some(100), &limits()).unwrap();
    assert_eq!(a.calls().state(future, 99), FutureState::Pending(Some(100)));
    assert_eq!(a.calls().state(future, 100), FutureState::Ready);
    assert!(!a.put(answer("n/b", future)), "too late");
    let failure = a.calls().take(future).unwrap();
    assert_eq!((failure.kind, failure.code), (EventKind::Failed, Code::TimedOut.number().into()));
}

#[test]
fn a_future_that_was_given_up_is_not_resolved() {
    let mut a = mailbox();
    let future = a.calls().future("n/b", Some(5), &limits()).unwrap();
    a.calls().on_future(future, WANTED).unwrap();
    a.calls().cancel(future).unwrap();
    assert!(!a.put(answer("n/b", future)));
    a.calls().expire_callbacks(10);
    assert!(a.calls().due().is_none() && a.calls().next_expiry().is_none());
}

#[test]
fn answers_become_callbacks_also_those_that_were_there() {
    let mut a = mailbox();
    let (one, two) = (
        a.calls().future("n/b", None, &limits()).unwrap(),
        a.calls().future("n/b", Some(50), &limits()).unwrap(),
    );
    a.put(answer("n/b", one));
    a.calls().on_future(one, WANTED).unwrap();
    a.calls().on_future(two, WANTED).unwrap();
    assert_eq!(a.calls().on_future(99, WANTED), Err(Code::UnknownFuture));
    assert_eq!(a.calls().next_expiry(), Some(50));
    a.calls().expire_callbacks(49);
    assert_eq!(a.calls().begin().map(|due| due.event.call), Some(one));
    a.calls().expire_callbacks(50);
    assert!(a.calls().due().is_none(), "one runs, and it may not be interrupted");
    a.calls().end().unwrap();
    assert_eq!(a.calls().begin().map(|due| due.event.kind), Some(EventKind::Failed));
    a.calls().end().unwrap();
    assert_eq!(a.calls().end(), Err(Code::NothingDue));
}

#[test]
fn futures_are_bounded_also_those_that_became_callbacks() {
    let mut a = mailbox();
    for _ in 0..4 {
        let future = a.calls().future("n/b", None, &limits()).unwrap();
        a.calls().on_future(future, WANTED).unwrap();
        a.put(answer("n/b", future));
    }
    assert_eq!(a.calls().future("n/b", None, &limits()), Err(Code::Busy));
    a.calls().begin().unwrap();
    assert!(a.calls().future("n/b", None, &limits()).is_ok());
}

#[test]
fn an_answer_without_room_is_a_failure() {
    let mut a = mailbox();
    let large = |call| Event { data: vec![0; 1500], ..answer("n/b", call) };
    let futures: Vec<u64> = (0..4).map(|_| a.calls().future("n/b", None, &limits()).unwrap()).collect();
    assert!(futures.iter().all(|future| a.put(large(*future))));
    let codes: Vec<u32> = futures.iter().map(|future| a.calls().take(*future).unwrap().code).collect();
    assert_eq!(codes, [0, 0, Code::NoRoom.number().into(), Code::NoRoom.number().into()]);
}

#[test]
fn those_who_wait_for_an_atom_that_has_ended_hear_of_it() {
    let mut a = mailbox();
    let futures: Vec<u64> =
        ["n/b", "n/c", "n/b"].iter().map(|to| a.calls().future(to, None, &limits()).unwrap()).collect();
    a.put(answer("n/b", futures[2]));
    assert_eq!(a.calls().fail("n/b", Code::NotRunning), 1);
    let states: Vec<FutureState> = futures.iter().map(|future| a.calls().state(*future, 0)).collect();
    assert_eq!(states, [FutureState::Ready, FutureState::Pending(None), FutureState::Ready]);
    assert_eq!(a.calls().answer(futures[0]).unwrap().code, Code::NotRunning.number().into());
    assert_eq!(a.calls().answer(futures[2]).unwrap().code, 0);
}

#[test]
fn interrupts_are_messages_or_callbacks_as_the_guest_wants() {
    let mut a = mailbox();
    let interrupt =
        |id| Event { kind: EventKind::Interrupt, id, source: "n/b".into(), call: 5, ..Event::default() };
    a.put(interrupt(1));
    a.put(Event { id: 2, ..Event::default() });
    a.on_interrupt(Some(Registration { context: 7, nested: true }));
    assert_eq!(a.next().map(|event| event.id), Some(2));
    a.put(interrupt(3));
    let first = a.calls().begin().unwrap();
    assert_eq!(first.registration.context, 7);
    assert_eq!(a.calls().asked(first.event.call), Some(("n/b", 5)));
    // The other is a message again, before all others, and a call as it was.
    a.on_interrupt(None);
    assert!(a.calls().due().is_none());
    let message = a.receive().unwrap();
    assert_eq!(message.id, 3);
    assert_eq!(a.calls().asked(message.call), Some(("n/b", 5)));
    assert_ne!(message.call, first.event.call);
    assert_eq!(a.receive().map(|event| event.id), Some(2));
    a.calls().answered(message.call);
    assert_eq!(a.calls().asked(message.call), None);
}

#[test]
fn calls_that_nobody_answers_are_forgotten() {
    let mut a = mailbox();
    for call in 1..=10 {
        a.put(Event { source: "n/b".into(), call, ..Event::default() });
        a.receive();
    }
    let known = (1..=10).filter(|call| a.calls().asked(*call).is_some()).count();
    assert_eq!(known, 4);
}

/// After a crash the guest makes its calls again; the answers came before, and only from the journal.
#[test]
fn answers_of_the_journal_wait_for_their_calls() {
    let mut a = mailbox();
    let image = a.to_bytes();
    let future = a.calls().future("n/b", None, &limits()).unwrap();
    let post = Post { to: "n/a".into(), run: 1, first: 1, number: 1, event: answer("n/b", future) };
    assert!(a.accept(post.clone()).news);
    let mut restored = Mailbox::from_bytes(&image, limits()).unwrap();
    assert!(!restored.replay(post.clone()) && !restored.replay(post.clone()));
    let mut again = Mailbox::from_bytes(&restored.to_bytes(), limits()).unwrap();
    assert_eq!(again, restored, "it may be taken down once more in between");
    assert_eq!(again.calls().future("n/b", None, &limits()), Ok(future));
    assert_eq!(again.calls().state(future, 0), FutureState::Ready);
    assert!(!again.accept(post).news);
}

/// What was taken finds room when it comes from the journal.
#[test]
fn a_journal_is_not_refused() {
    let mut a = mailbox();
    for number in 1..=100 {
        let event = Event { source: "n/b".into(), data: vec![0; 100], ..Event::default() };
        assert!(a.replay(Post { to: "n/a".into(), run: 1, first: 1, number, event }));
    }
    let again = Mailbox::from_bytes(&a.to_bytes(), limits()).unwrap();
    assert_eq!(again.len(), 100);
}

/// An answer to a call of a life that is over resolves nothing of the next one.
#[test]
fn futures_of_another_life_have_other_numbers() {
    let mut a = mailbox();
    let image = a.to_bytes();
    let before = a.calls().future("n/b", None, &limits()).unwrap();
    let mut lives = vec![before];
    for run in 2..5 {
        let mut restored = Mailbox::from_bytes(&image, limits()).unwrap();
        restored.begin_anew(run);
        lives.push(restored.calls().future("n/b", None, &limits()).unwrap());
        assert!(!restored.put(answer("n/b", before)));
    }
    lives.dedup();
    assert_eq!(lives.len(), 4);
}

#[test]
fn a_call_that_was_not_sent_leaves_no_number_behind() {
    let mut a = mailbox();
    let future = a.calls().future("n/b", Some(5), &limits()).unwrap();
    a.calls().take_back(future);
    assert_eq!(a.calls().state(future, 0), FutureState::Unknown);
    assert_eq!(a.calls().future("n/c", None, &limits()), Ok(future));
    let later = a.calls().future("n/c", None, &limits()).unwrap();
    a.calls().take_back(future);
    assert_eq!(a.calls().future("n/d", None, &limits()), Ok(later + 1), "only the last one is taken back");
}

#[test]
fn a_guest_that_begins_anew_has_the_messages_that_nobody_received() {
    let mut a = mailbox();
    let future = a.calls().future("n/b", None, &limits()).unwrap();
    a.calls().on_future(future, WANTED).unwrap();
    a.on_interrupt(Some(WANTED));
    let event = |id, kind| Event { id, kind, source: "n/b".into(), call: 5, ..Event::default() };
    a.put(event(1, EventKind::Message));
    let received = a.receive().unwrap();
    a.put(event(2, EventKind::Message));
    a.put(event(3, EventKind::Interrupt));
    a.put(answer("n/b", future));
    a.calls().begin().unwrap();
    a.put(event(4, EventKind::Interrupt));
    let unanswered = a.forget_guest();
    assert_eq!(
        unanswered,
        [("n/b".to_string(), 5), ("n/b".to_string(), 5)],
        "one received, one in its callback"
    );
    assert!(a.calls().due().is_none() && a.calls().end().is_err());
    assert_eq!(a.calls().asked(received.call), None);
    let left: Vec<Event> = std::iter::from_fn(|| a.receive()).collect();
    let left: Vec<(u64, u64)> =
        left.iter().map(|event| (event.id, a.calls().asked(event.call).unwrap().1)).collect();
    assert_eq!(left, [(4, 5), (2, 5)]);
    assert!(a.calls().future("n/b", None, &limits()).unwrap() > future);
}

#[test]
fn answers_that_are_queued_come_in_the_order_of_all() {
    let mut a = mailbox();
    a.queue_answers();
    let mut future = |to: &str, at| a.calls().future(to, at, &limits()).unwrap();
    let [answered, failed, late] = [future("n/b", None), future("n/c", None), future("n/d", Some(100))];
    let message = |id| Event { id, source: "n/z".into(), ..Event::default() };
    assert!(a.put(message(1)));
    assert!(a.put(answer("n/b", answered)));
    assert!(!a.put(answer("n/b", answered)), "once");
    assert_eq!(a.calls().fail("n/c", Code::NotRunning), 1);
    assert!(a.put(message(2)));
    assert_eq!(a.calls().next_expiry(), Some(100));
    a.calls().expire_callbacks(100);
    assert_eq!(a.calls().next_expiry(), None);
    assert!(!a.is_empty() && a.len() == 5);
    let came: Vec<_> = std::iter::from_fn(|| a.receive()).map(|event| (event.kind, event.call)).collect();
    let expected = [
        (EventKind::Message, 0),
        (EventKind::Reply, answered),
        (EventKind::Failed, failed),
        (EventKind::Message, 0),
        (EventKind::Failed, late),
    ];
    assert_eq!(came, expected);
    assert!(a.is_empty() && !a.put(answer("n/d", late)), "too late");
}

#[test]
fn queued_answers_beyond_their_room_are_failures() {
    let mut a = mailbox();
    a.queue_answers();
    let large = |call| Event { data: vec![0; 1500], ..answer("n/b", call) };
    let kinds: Vec<EventKind> = (0..4)
        .map(|_| {
            let future = a.calls().future("n/b", None, &limits()).unwrap();
            assert!(a.put(large(future)));
        })
        .collect::<Vec<()>>()
        .into_iter()
        .filter_map(|()| a.receive())
        .map(|event| event.kind)
        .collect();
    // Four times the 1,000 bytes of messages.
    assert_eq!(kinds, [EventKind::Reply, EventKind::Reply, EventKind::Failed, EventKind::Failed]);
}
