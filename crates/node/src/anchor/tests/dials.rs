//! Connections that the guest opens: once each, however often the way is cut before they stand.

use crate::anchor::atom_end::AtomEnd;
use crate::anchor::local;
use crate::anchor::relay::{Relay, Word};
use crate::anchor::socket_end::SocketEnd;
use sojourn_host::Errno;
use sojourn_host::ports::{Awaited, ConnectionId, Readiness, Sockets};
use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::mpsc::channel;
use std::time::Duration;

const BOUND: Duration = Duration::from_mins(1);
const PEER: &str = "127.0.0.1:7000";

fn writable(atom: &AtomEnd, id: u32) -> Readiness {
    atom.readiness(Awaited::Write(ConnectionId(id)))
}

/// Words of one end, all of them, to the other.
fn carry(atom: &mut AtomEnd, anchor: &mut SocketEnd) {
    loop {
        let words: Vec<Relay> = std::iter::from_fn(|| atom.poll()).collect();
        let answers: Vec<Relay> = {
            for word in &words {
                anchor.handle(word.clone());
            }
            std::iter::from_fn(|| anchor.poll()).collect()
        };
        for word in &answers {
            atom.handle(word);
        }
        if words.is_empty() && answers.is_empty() {
            return;
        }
    }
}

#[test]
fn what_is_no_address_is_refused_at_once() {
    let mut atom = AtomEnd::new(0);
    for address in ["", "host", ":80", "host:", "host:0", "host:70000", &format!("{}:80", "h".repeat(200))] {
        assert_eq!(atom.connect(address), Err(Errno::Invalid), "{address}");
    }
}

#[test]
fn one_connection_stands_after_every_cut() {
    let (mut atom, mut anchor) = (AtomEnd::new(0), SocketEnd::default());
    let id = atom.connect(PEER).unwrap();
    atom.open_gate(1);
    carry(&mut atom, &mut anchor);
    assert_eq!(anchor.take_wanted(), [(1, PEER.to_string())]);
    assert!(!writable(&atom, id).ready);
    assert_eq!(atom.send(id, b"x"), Err(Errno::Again));

    // It moves while it is opened: the ticket goes along, and is passed over where it is known.
    let mut atom = AtomEnd::from_bytes(&atom.to_bytes()).unwrap();
    atom.open_gate(2);
    carry(&mut atom, &mut anchor);
    assert!(anchor.take_wanted().is_empty());

    // It stands, and nobody hears of it: what was said is lost.
    let number = anchor.dialed(1, Some(PEER.into())).unwrap();
    while anchor.poll().is_some() {}
    assert!(!writable(&atom, id).ready);
    let mut atom = AtomEnd::from_bytes(&atom.to_bytes()).unwrap();
    atom.open_gate(3);
    carry(&mut atom, &mut anchor);
    assert!(writable(&atom, id).ready && !writable(&atom, id).hangup);
    assert_eq!(atom.send(id, b"hello"), Ok(5));
    carry(&mut atom, &mut anchor);
    assert_eq!(anchor.front(number), b"hello");
    assert!(anchor.take_wanted().is_empty());
}

#[test]
fn one_that_cannot_be_opened_is_told_after_every_cut() {
    let (mut atom, mut anchor) = (AtomEnd::new(0), SocketEnd::default());
    atom.open_gate(1);
    let id = atom.connect(PEER).unwrap();
    carry(&mut atom, &mut anchor);
    assert_eq!(anchor.dialed(1, None), None);
    while anchor.poll().is_some() {}
    atom.open_gate(1);
    carry(&mut atom, &mut anchor);
    assert!(writable(&atom, id).ready && writable(&atom, id).hangup);
    assert_eq!(atom.send(id, b"x"), Err(Errno::ConnectionReset));
    atom.close(id);
    assert_eq!(atom.connect(PEER), Ok(id));
}

#[test]
fn one_that_the_guest_gave_up_is_closed_when_it_stands() {
    let (mut atom, mut anchor) = (AtomEnd::new(0), SocketEnd::default());
    atom.open_gate(1);
    let id = atom.connect(PEER).unwrap();
    carry(&mut atom, &mut anchor);
    atom.close(id);
    let number = anchor.dialed(1, Some(PEER.into())).unwrap();
    carry(&mut atom, &mut anchor);
    let over: Vec<(u32, bool)> = anchor.take_over().iter().map(|over| (over.number, over.broken)).collect();
    assert_eq!(over, [(number, true)]);
    assert!(atom.entries.is_empty());
}

#[test]
fn a_lost_anchor_takes_what_is_being_opened_with_it() {
    let mut atom = AtomEnd::new(0);
    atom.open_gate(1);
    let id = atom.connect(PEER).unwrap();
    atom.lose_anchor();
    assert!(writable(&atom, id).hangup);
}

#[test]
fn an_older_claim_opens_nothing() {
    let mut anchor = SocketEnd::default();
    let connect = |epoch| Relay { epoch, claim: 1, word: Word::Connect { ticket: 1, address: PEER.into() } };
    let claim = Word::Claim { opened: 0, connections: Vec::new() };
    anchor.handle(Relay { epoch: 2, claim: 1, word: claim });
    anchor.handle(connect(1));
    assert!(anchor.take_wanted().is_empty());
    anchor.handle(connect(2));
    assert_eq!(anchor.take_wanted().len(), 1);
}

#[test]
fn a_real_peer_is_reached_and_one_that_is_not_there_is_not() {
    let peer = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = peer.local_addr().unwrap().to_string();
    let (rings, rung) = channel();
    let (mut guest, _anchor) = local(&[], move || {
        // Nobody listens when the test is over.
        let _ = rings.send(());
    })
    .unwrap();
    let id = guest.connect(&address).unwrap();
    let (mut stream, _) = peer.accept().unwrap();
    while !guest.readiness(Awaited::Write(id)).ready {
        rung.recv_timeout(BOUND).unwrap();
    }
    assert_eq!(guest.send(id, b"ping"), Ok(4));
    let mut four = [0; 4];
    stream.read_exact(&mut four).unwrap();
    stream.write_all(b"pong").unwrap();
    while guest.readiness(Awaited::Read(id)).bytes < 4 {
        rung.recv_timeout(BOUND).unwrap();
    }
    assert_eq!((guest.receive(id, &mut four, false), &four), (Ok(4), b"pong"));

    drop((peer, stream));
    let refused = guest.connect(&address).unwrap();
    while !guest.readiness(Awaited::Write(refused)).ready {
        rung.recv_timeout(BOUND).unwrap();
    }
    assert!(guest.readiness(Awaited::Write(refused)).hangup);
}
