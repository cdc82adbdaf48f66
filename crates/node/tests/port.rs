//! Ports at nodes in this process, on a mesh in this process.

use sojourn_abi::{Alias, Code, Event, EventKind};
use sojourn_node::live::{Node, Port, Settings};
use sojourn_node::mesh::Role;
use sojourn_node::mesh::loopback::Hub;
use std::os::fd::{AsFd, AsRawFd};
use std::thread;
use std::time::{Duration, Instant};

/// Bound of every wait.
const PATIENCE: Duration = Duration::from_mins(1);

/// Two doors that know each other.
struct Realm {
    first: Node,
    second: Node,
    client: Node,
}

impl Realm {
    fn new() -> Self {
        let hub = Hub::new();
        let open = |name: &str, role| {
            let (name, realm) = (name.into(), "ports".into());
            let settings = Settings { name, role, realm, hosts: false, ..Settings::default() };
            Node::open_on(settings, |settings, sink| hub.open(settings, sink)).unwrap()
        };
        let [first, second] = ["first", "second"].map(|name| open(name, Role::Node));
        let realm = Self { first, second, client: open("client", Role::Client) };
        wait("nodes meet", || {
            (!realm.first.peers().is_empty() && !realm.second.peers().is_empty()).then_some(())
        });
        realm
    }

    /// A port at each, which know each other.
    fn ports(&self) -> (Port, Port) {
        let here = self.first.open_port("here", Vec::new()).unwrap();
        let there = self.second.open_port("there", Vec::new()).unwrap();
        meet(&here, &there);
        (here, there)
    }
}

fn meet(one: &Port, other: &Port) {
    wait("names are known", || one.resolve(other.name()).and_then(|_| other.resolve(one.name())).ok());
}

fn wait<T>(what: &str, mut ask: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + PATIENCE;
    loop {
        if let Some(answer) = ask() {
            return answer;
        }
        assert!(Instant::now() < end, "waited too long: {what}");
        thread::yield_now();
    }
}

/// Whether its descriptor is readable within a time.
fn readable(port: &Port, within: Duration) -> bool {
    let mut asked = libc::pollfd { fd: port.as_fd().as_raw_fd(), events: libc::POLLIN, revents: 0 };
    // SAFETY: one record, which lives as long as the call.
    unsafe { libc::poll(&raw mut asked, 1, i32::try_from(within.as_millis()).unwrap()) == 1 }
}

/// So many events, as the descriptor tells of them.
fn taken(port: &Port, count: usize) -> Vec<Event> {
    let mut events = Vec::new();
    while events.len() < count {
        assert!(readable(port, PATIENCE), "{} of {count} came", events.len());
        events.extend(port.take(1024));
    }
    assert_eq!(events.len(), count);
    events
}

fn message(data: &[u8]) -> Event {
    Event { data: data.into(), ty: "test".into(), ..Event::default() }
}

fn code<T: std::fmt::Debug>(result: Result<T, (Code, String)>) -> Code {
    result.unwrap_err().0
}

#[test]
fn messages_calls_and_answers_come_in_order() {
    let realm = Realm::new();
    let (here, there) = realm.ports();
    assert!(!readable(&there, Duration::ZERO) && there.take(9).is_empty());
    here.send("there", message(b"one")).unwrap();
    let call = here.call(there.name(), message(b"two"), None).unwrap();
    here.send(there.name(), message(b"three")).unwrap();
    let came = taken(&there, 3);
    let data: Vec<&[u8]> = came.iter().map(|event| event.data.as_slice()).collect();
    assert_eq!(data, [b"one".as_slice(), b"two", b"three"]);
    assert!(came.iter().all(|event| event.source == here.name() && event.ty == "test"));
    assert_eq!((came[0].call, came[2].call), (0, 0));
    there.send(here.name(), message(b"before")).unwrap();
    there.reply(came[1].call, message(b"yes")).unwrap();
    there.send(here.name(), message(b"after")).unwrap();
    let heard: Vec<_> =
        taken(&here, 3).into_iter().map(|event| (event.kind, event.call, event.data)).collect();
    let expected = [
        (EventKind::Message, 0, b"before".to_vec()),
        (EventKind::Reply, call, b"yes".to_vec()),
        (EventKind::Message, 0, b"after".to_vec()),
    ];
    assert_eq!(heard, expected);
    assert_eq!(code(there.reply(came[1].call, message(b"again"))), Code::UnknownCall);
    assert_eq!(code(here.send("nobody", message(b""))), Code::UnknownAtom);
    assert_eq!(code(here.call("first/nobody", message(b""), None)), Code::UnknownAtom);
    assert_eq!(code(here.send("there", message(&vec![0; 5 << 20]))), Code::TooLarge);
}

#[test]
fn a_full_port_tells_so_and_when_there_is_room() {
    let realm = Realm::new();
    let (here, there) = realm.ports();
    let (mut sent, mut came, mut refused) = (0_u32, 0_u32, 0);
    while refused < 3 {
        // Until the way is full, and what came is taken then.
        match here.send(there.name(), message(&[&sent.to_le_bytes()[..], &vec![0; 60_000]].concat())) {
            Ok(_) => sent += 1,
            Err((code, _)) => {
                assert_eq!(code, Code::Busy);
                refused += 1;
                drop(here.take(1));
                for event in wait("some come", || Some(there.take(4096)).filter(|events| !events.is_empty()))
                {
                    assert_eq!(event.data[..4], came.to_le_bytes());
                    came += 1;
                }
                while !readable(&here, Duration::from_millis(1)) {
                    for event in there.take(4096) {
                        assert_eq!(event.data[..4], came.to_le_bytes());
                        came += 1;
                    }
                }
            }
        }
    }
    wait("all come", || {
        for event in there.take(4096) {
            assert_eq!(event.data[..4], came.to_le_bytes());
            came += 1;
        }
        (came == sent).then_some(())
    });
    assert!(sent > 1000);
}

#[test]
fn calls_fail_when_their_time_is_over_and_when_nobody_is_there_to_answer() {
    let realm = Realm::new();
    let (here, there) = realm.ports();
    let late = here.call("there", message(b"slow"), Some(Duration::from_millis(2100))).unwrap();
    let later = here.call("there", message(b"slower"), Some(Duration::from_millis(2200))).unwrap();
    let given_up = here.call("there", message(b"never"), Some(Duration::from_secs(2))).unwrap();
    here.cancel(given_up);
    let asked = taken(&there, 3);
    let failed: Vec<_> =
        taken(&here, 2).into_iter().map(|event| (event.kind, event.call, event.code)).collect();
    let timed_out = u32::from(Code::TimedOut.number());
    assert_eq!(failed, [(EventKind::Failed, late, timed_out), (EventKind::Failed, later, timed_out)]);
    there.reply(asked[0].call, message(b"too late")).unwrap();
    let lost = here.call("there", message(b"last"), None).unwrap();
    assert_eq!(taken(&there, 1)[0].data, b"last");
    there.close();
    let end = taken(&here, 1).remove(0);
    assert_eq!((end.kind, end.call, end.code), (EventKind::Failed, lost, Code::NotRunning.number().into()));
    assert_eq!(code(here.call("there", message(b""), None)), Code::UnknownAtom);
}

#[test]
fn an_end_is_told_to_who_watches() {
    let realm = Realm::new();
    let (here, there) = realm.ports();
    here.watch("there").unwrap();
    here.watch("second/nobody").unwrap();
    let none = taken(&here, 1).remove(0);
    assert_eq!((none.kind, none.source.as_str()), (EventKind::Ended, "second/nobody"));
    here.send("there", message(b"last words")).unwrap();
    taken(&there, 1);
    // What it says before its end comes before the word of it.
    there.send("here", message(b"farewell")).unwrap();
    there.close();
    there.close();
    let heard: Vec<_> = taken(&here, 2).into_iter().map(|event| (event.kind, event.source)).collect();
    let name = || String::from("second/there");
    assert_eq!(heard, [(EventKind::Message, name()), (EventKind::Ended, name())]);
    assert_eq!(code(there.send("here", message(b""))), Code::UnknownAtom);
    let (again, other) = (realm.second.open_port("twice", Vec::new()).unwrap(), &here);
    meet(other, &again);
    other.watch("twice").unwrap();
    other.unwatch("twice");
    drop(again);
    wait("it is gone", || other.resolve("twice").is_err().then_some(()));
    assert!(other.take(9).is_empty());
}

#[test]
fn names_are_as_those_of_atoms() {
    let realm = Realm::new();
    let alias = |alias: &str| Alias { scope: "door".into(), alias: alias.into() };
    let port = realm.first.open_port(".door", vec![alias("http")]).unwrap();
    assert_eq!(port.name(), "first/.door");
    assert_eq!(code(realm.first.open_port(".door", Vec::new()).map(drop)), Code::AtomNameTaken);
    assert_eq!(code(realm.first.open_port("a b", Vec::new()).map(drop)), Code::InvalidName);
    assert_eq!(code(realm.client.open_port("port", Vec::new()).map(drop)), Code::InvalidRequest);
    let other = realm.second.open_port("", Vec::new()).unwrap();
    wait("its alias is known", || {
        other.find("door", "http", true).ok().filter(|names| names == &[port.name()])
    });
    port.set_alias(alias("out")).unwrap();
    port.clear_alias("door", "http").unwrap();
    wait("the other alias is known", || {
        let known = |pattern| other.find("door", pattern, false).unwrap();
        (known("out") == [port.name()] && known("http").is_empty()).then_some(())
    });
    assert_eq!(code(other.find("", "(", true)), Code::InvalidPattern);
    let name = port.name().to_string();
    drop(port);
    wait("the name is free", || other.resolve(&name).is_err().then_some(()));
    wait("it can be had again", || realm.first.open_port(".door", Vec::new()).ok());
}

#[test]
fn thousands_of_calls_wait_at_once() {
    const CALLS: usize = 66_000;
    let realm = Realm::new();
    let (here, there) = realm.ports();
    let mut asked = Vec::with_capacity(CALLS);
    let (mut next, mut seen) = (0_u64, 0_u64);
    wait("all calls are on their way", || {
        while asked.len() < CALLS
            && let Ok(call) = here.call(there.name(), message(&next.to_le_bytes()), Some(PATIENCE * 10))
        {
            asked.push(call);
            next += 1;
        }
        for event in there.take(4096) {
            assert_eq!(event.data, seen.to_le_bytes(), "in order");
            // The answers wait until all calls do.
            assert_eq!(event.call, seen + 1);
            seen += 1;
        }
        (seen == CALLS as u64).then_some(())
    });
    assert!(here.take(1).is_empty());
    let mut answered = 1;
    let mut heard = Vec::with_capacity(CALLS);
    wait("all answers come", || {
        while answered <= seen && there.reply(answered, message(b"")).is_ok() {
            answered += 1;
        }
        drop(there.take(1));
        heard.extend(here.take(4096).into_iter().map(|event| (event.kind, event.call)));
        (heard.len() == CALLS).then_some(())
    });
    assert!(heard.iter().zip(&asked).all(|(heard, call)| *heard == (EventKind::Reply, *call)), "in order");
}
