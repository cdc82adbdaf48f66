//! Mailboxes of clients at nodes in this process, on a mesh in this process.

use sojourn_abi::{Alias, Code, Event, EventKind, Request, Response};
use sojourn_node::live::{Node, Settings};
use sojourn_node::mesh::Role;
use sojourn_node::mesh::loopback::Hub;
use std::thread;
use std::time::{Duration, Instant};

/// Bound of every wait.
const PATIENCE: Duration = Duration::from_mins(1);
/// The same, where a node waits.
const WAIT_MS: u32 = 60_000;

/// Two nodes and a client that know each other.
struct Realm {
    first: Node,
    second: Node,
    client: Node,
}

impl Realm {
    fn new() -> Self {
        let hub = Hub::new();
        let open = |name: &str, role| {
            let settings = Settings { name: name.into(), role, realm: "boxes".into(), ..Settings::default() };
            Node::open_on(settings, |settings, sink| hub.open(settings, sink)).unwrap()
        };
        let [first, second] = ["first", "second"].map(|name| open(name, Role::Node));
        let realm = Self { first, second, client: open("client", Role::Client) };
        for node in [&realm.first, &realm.second] {
            let end = Instant::now() + PATIENCE;
            while Self::peers(node) == 0 {
                assert!(Instant::now() < end, "nodes do not meet");
                thread::yield_now();
            }
        }
        let end = Instant::now() + PATIENCE;
        while realm.client.connected(PATIENCE).unwrap().len() < 2 {
            assert!(Instant::now() < end, "the client does not meet all");
            thread::yield_now();
        }
        realm
    }

    fn peers(node: &Node) -> usize {
        let Response::NodeRows { rows } = node.request(Request::Node {}, None, PATIENCE) else { return 0 };
        rows[0].peers.len()
    }

    /// The client asks a node.
    fn ask(&self, node: &Node, request: Request) -> Response {
        self.client.request(request, Some(node.name()), 2 * PATIENCE)
    }

    fn open(&self, node: &Node, name: &str) -> String {
        match self.ask(node, Request::OpenBox { name: name.into(), aliases: Vec::new() }) {
            Response::Placed { atom, node: place, .. } => {
                assert_eq!(place, node.name());
                atom
            }
            other => panic!("{other:?}"),
        }
    }

    fn post(&self, node: &Node, to: &str, data: &[u8], name: Option<&str>) -> Response {
        let name = name.map(Into::into);
        self.ask(node, Request::Post { to: to.into(), event: message(data), wait_ms: WAIT_MS, name })
    }

    fn receive(&self, node: &Node, name: &str, most: u32, after: u64) -> (u64, Vec<Event>) {
        match self.ask(node, Request::Receive { name: name.into(), most, wait_ms: WAIT_MS, after }) {
            Response::Events { number, events, lost: 0 } => (number, events),
            other => panic!("{other:?}"),
        }
    }
}

fn message(data: &[u8]) -> Event {
    Event { data: data.into(), ty: "test".into(), ..Event::default() }
}

fn data(events: &[Event]) -> Vec<&[u8]> {
    events.iter().map(|event| event.data.as_slice()).collect()
}

/// The text of a refusal with this code.
fn refused(response: Response, code: Code) -> String {
    match response {
        Response::Failed { code: found, text, .. } if found == code.number() => text,
        other => panic!("{other:?}"),
    }
}

#[test]
fn messages_between_nodes_come_in_order_and_once() {
    let realm = Realm::new();
    let name = realm.open(&realm.second, "inbox");
    assert_eq!(name, "second/inbox");
    let whole: Vec<Vec<u8>> = (0..500).map(|number: u32| number.to_string().into_bytes()).collect();
    for each in &whole {
        // From the other node, with the local name, as whoever has no box.
        let Response::Sent { to, .. } = realm.post(&realm.first, "inbox", each, None) else { panic!() };
        assert_eq!(to, name);
    }
    let (mut came, mut after): (Vec<Event>, u64) = (Vec::new(), 0);
    while came.len() < whole.len() {
        let (number, events) = realm.receive(&realm.second, &name, 64, after);
        assert_eq!(number, after + 1);
        after = number;
        came.extend(events);
    }
    assert_eq!(data(&came), whole);
    assert!(came.iter().all(|event| event.source == "first/.client" && event.ty == "test"));
}

#[test]
fn an_answer_that_was_lost_is_given_again() {
    let realm = Realm::new();
    let name = realm.open(&realm.first, "");
    for each in [b"1", b"2", b"3"] {
        realm.post(&realm.first, &name, each, None);
    }
    let (number, first) = realm.receive(&realm.first, &name, 2, 0);
    assert_eq!((number, data(&first)), (1, vec![&b"1"[..], b"2"]));
    // It did not come: asked as before, also for more.
    assert_eq!(realm.receive(&realm.first, &name, 9, 0), (1, first));
    // Whoever only says that it is there changes nothing.
    assert_eq!(realm.receive(&realm.first, &name, 0, 0), (1, Vec::new()));
    let (number, rest) = realm.receive(&realm.first, &name, 9, 1);
    assert_eq!((number, data(&rest)), (2, vec![&b"3"[..]]));
    let ahead = Request::Receive { name, most: 1, wait_ms: 0, after: 7 };
    refused(realm.ask(&realm.first, ahead), Code::InvalidRequest);
}

#[test]
fn a_call_is_answered_by_way_of_a_box() {
    let realm = Realm::new();
    let server = realm.open(&realm.second, "server");
    thread::scope(|scope| {
        let call = |question: &'static [u8]| {
            let asked =
                Request::Call { to: "server".into(), event: message(question), wait_ms: WAIT_MS, name: None };
            let realm = &realm;
            scope.spawn(move || realm.ask(&realm.first, asked))
        };
        // Two calls of one client at once, answered in turns.
        let (one, other) = (call(b"one"), call(b"other"));
        let mut after = 0;
        for _ in 0..2 {
            let (number, events) = realm.receive(&realm.second, &server, 1, after);
            after = number;
            let question = &events[0];
            assert_ne!(question.call, 0);
            let answer = Event {
                kind: EventKind::Reply,
                call: question.call,
                ..message(&[&question.data[..], b"?"].concat())
            };
            let reply = || Request::Post {
                to: question.source.clone(),
                event: answer.clone(),
                wait_ms: WAIT_MS,
                name: Some(server.clone()),
            };
            assert!(matches!(realm.ask(&realm.second, reply()), Response::Sent { .. }));
            refused(realm.ask(&realm.second, reply()), Code::UnknownCall);
        }
        for (call, answer) in [(one, &b"one?"[..]), (other, b"other?")] {
            let Response::Events { events, .. } = call.join().unwrap() else { panic!("no answer") };
            let [event] = events.as_slice() else { panic!("{events:?}") };
            assert_eq!((event.data.as_slice(), event.kind, event.call), (answer, EventKind::Reply, 0));
            assert_eq!(event.source, server);
        }
    });
}

#[test]
fn a_call_that_nobody_answers_fails_in_time_or_with_its_receiver() {
    let realm = Realm::new();
    let server = realm.open(&realm.second, "server");
    let call = |wait_ms| Request::Call { to: server.clone(), event: message(b""), wait_ms, name: None };
    assert!(refused(realm.ask(&realm.first, call(1)), Code::TimedOut).contains("second/server"));
    thread::scope(|scope| {
        let waits = scope.spawn(|| realm.ask(&realm.first, call(WAIT_MS)));
        // It has come, and its receiver ends without an answer.
        let (_, events) = realm.receive(&realm.second, &server, 1, 0);
        assert_eq!(events.len(), 1);
        realm.receive(&realm.second, &server, 1, 1);
        assert_eq!(realm.ask(&realm.second, Request::CloseBox { name: server.clone() }), Response::Done {});
        assert!(refused(waits.join().unwrap(), Code::NotRunning).contains("ended before"));
    });
}

#[test]
fn an_end_comes_once_to_whoever_watches() {
    let realm = Realm::new();
    let (listener, watched) = (realm.open(&realm.first, "watcher"), realm.open(&realm.second, "watched"));
    let watch = |atom: &str| Request::WatchAtom { name: listener.clone(), atom: atom.into() };
    assert_eq!(realm.ask(&realm.first, watch("nobody")), Response::Done {});
    let (after, events) = realm.receive(&realm.first, &listener, 9, 0);
    assert_eq!((events[0].kind, events[0].source.as_str(), events.len()), (EventKind::Ended, "nobody", 1));
    assert_eq!(realm.ask(&realm.first, watch("watched")), Response::Done {});
    // What one says to another comes in order: after this the watch has come, too.
    realm.post(&realm.first, "watched", b"are you there", Some(&listener));
    assert_eq!(data(&realm.receive(&realm.second, &watched, 9, 0).1), [b"are you there"]);
    assert_eq!(realm.ask(&realm.second, Request::CloseBox { name: watched.clone() }), Response::Done {});
    let (_, events) = realm.receive(&realm.first, &listener, 9, after);
    assert_eq!((events[0].kind, &events[0].source, events.len()), (EventKind::Ended, &watched, 1));
}

#[test]
fn names_and_aliases_of_boxes_are_looked_at() {
    let realm = Realm::new();
    realm.open(&realm.first, "mine");
    let open = |name: &str, aliases| realm.ask(&realm.first, Request::OpenBox { name: name.into(), aliases });
    assert!(refused(open("mine", Vec::new()), Code::AtomNameTaken).contains("first/mine"));
    for wrong in [".hidden", "a b", "a/b", "..", &"x".repeat(65)] {
        refused(open(wrong, Vec::new()), Code::InvalidName);
    }
    let alias = |scope: &str, alias: &str| Alias { scope: scope.into(), alias: alias.into() };
    for wrong in [alias("", "x"), alias("topic", ""), alias("a b", "x"), alias("topic", "a\nb")] {
        refused(open("other", vec![wrong]), Code::InvalidName);
    }
    let many = (0..65).map(|number| alias("topic", &number.to_string())).collect();
    refused(open("other", many), Code::TooLarge);
    // Nothing of those is left.
    assert_eq!(realm.open(&realm.first, "other"), "first/other");
    // A name is free again when its box has gone, and the box is another one.
    realm.post(&realm.first, "other", b"for the first one", None);
    assert_eq!(realm.ask(&realm.first, Request::CloseBox { name: "first/other".into() }), Response::Done {});
    refused(realm.post(&realm.first, "other", b"for nobody", None), Code::UnknownAtom);
    realm.open(&realm.first, "other");
    realm.post(&realm.first, "other", b"for the second one", None);
    assert_eq!(data(&realm.receive(&realm.first, "first/other", 9, 0).1), [b"for the second one"]);
}

#[test]
fn what_makes_no_sense_is_refused() {
    let realm = Realm::new();
    let name = realm.open(&realm.first, "box");
    let post = |event: Event, name: Option<&str>| {
        let post = Request::Post { to: "box".into(), event, wait_ms: 0, name: name.map(Into::into) };
        realm.ask(&realm.first, post)
    };
    for kind in
        [EventKind::Failed, EventKind::Ended, EventKind::Changed, EventKind::Watch, EventKind::Unwatch]
    {
        refused(post(Event { kind, ..Event::default() }, Some(&name)), Code::InvalidRequest);
    }
    refused(
        post(Event { kind: EventKind::Reply, call: 9, ..Event::default() }, Some(&name)),
        Code::UnknownCall,
    );
    refused(post(Event::default(), Some("first/nobody")), Code::UnknownAtom);
    refused(post(Event::default(), Some("second/box")), Code::UnknownAtom);
    refused(realm.post(&realm.first, "nobody", b"", None), Code::UnknownAtom);
    for gone in ["nobody", "first/nobody", "", "/"] {
        let receive = Request::Receive { name: gone.into(), most: 1, wait_ms: WAIT_MS, after: 0 };
        refused(realm.ask(&realm.first, receive), Code::UnknownAtom);
        refused(realm.ask(&realm.first, Request::CloseBox { name: gone.into() }), Code::UnknownAtom);
    }
}

#[test]
fn a_box_that_nobody_empties_makes_its_senders_wait() {
    let realm = Realm::new();
    let name = realm.open(&realm.second, "full");
    let mut sent = 0;
    // What does not fit waits with its sender, and then there is no room there either.
    let text = loop {
        let post =
            Request::Post { to: name.clone(), event: message(&vec![0; 64 << 10]), wait_ms: 0, name: None };
        match realm.ask(&realm.first, post) {
            Response::Sent { .. } => sent += 1,
            other => break refused(other, Code::Busy),
        }
        assert!(sent < 10_000, "nothing bounds what waits");
    };
    assert!(text.contains("second/full"), "{text}");
    thread::scope(|scope| {
        let waits = scope.spawn(|| realm.post(&realm.first, &name, b"last", None));
        let (mut came, mut after) = (Vec::new(), 0);
        while came.last().is_none_or(|event: &Event| event.data != b"last") {
            let (number, events) = realm.receive(&realm.second, &name, 1000, after);
            after = number;
            came.extend(events);
        }
        assert!(matches!(waits.join().unwrap(), Response::Sent { .. }));
        assert_eq!(came.len(), sent + 1);
        assert!(came.is_sorted_by_key(|event| event.id));
    });
}
