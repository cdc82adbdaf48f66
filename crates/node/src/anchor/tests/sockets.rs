//! Real sockets of this machine, with threads.

use super::moves::Dice;
use crate::anchor::limit::CONNECTIONS;
use crate::anchor::{Anchor, Connections, Relay, local};
use sojourn_host::Errno;
use sojourn_host::ports::{Awaited, ConnectionId, Shut, Sockets};
use std::io::{ErrorKind, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpStream};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError};
use std::thread;
use std::time::Duration;

const BOUND: Duration = Duration::from_mins(1);

/// What a guest waits on.
#[derive(Default)]
struct Bell {
    rung: Mutex<bool>,
    changed: Condvar,
}

impl Bell {
    fn ring(&self) {
        *self.rung.lock().unwrap() = true;
        self.changed.notify_all();
    }

    fn wait(&self) {
        let rung = self.rung.lock().unwrap();
        let waited = self.changed.wait_timeout_while(rung, BOUND, |rung| !*rung);
        let (mut rung, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        assert!(!timeout.timed_out(), "nothing happens");
        *rung = false;
    }
}

/// A guest's end, with what it waits on.
struct Guest {
    connections: Connections,
    bell: Arc<Bell>,
}

impl Guest {
    fn until<T>(&mut self, mut act: impl FnMut(&mut Connections) -> Result<T, Errno>) -> Result<T, Errno> {
        loop {
            match act(&mut self.connections) {
                Err(Errno::Again) => self.bell.wait(),
                other => return other,
            }
        }
    }

    fn accept(&mut self) -> ConnectionId {
        self.until(|one| one.accept(0)).unwrap()
    }

    fn receive(&mut self, id: ConnectionId, length: usize) -> Result<Vec<u8>, Errno> {
        let mut into = vec![0; length];
        let count = self.until(|one| one.receive(id, &mut into, false))?;
        into.truncate(count);
        Ok(into)
    }

    fn send_all(&mut self, id: ConnectionId, mut bytes: &[u8]) -> Result<(), Errno> {
        while !bytes.is_empty() {
            let count = self.until(|one| one.send(id, bytes))?;
            bytes = &bytes[count..];
        }
        Ok(())
    }

    /// Sends back what comes, until the end.
    fn echo(&mut self, id: ConnectionId) -> Result<u64, Errno> {
        let mut total = 0;
        loop {
            let bytes = self.receive(id, 64 << 10)?;
            if bytes.is_empty() {
                self.connections.shutdown(id, Shut { read: false, write: true })?;
                self.connections.close(id);
                return Ok(total);
            }
            self.send_all(id, &bytes)?;
            total += bytes.len() as u64;
        }
    }
}

fn here() -> (Guest, Anchor, SocketAddr) {
    let bell = Arc::new(Bell::default());
    let rings = Arc::clone(&bell);
    let (connections, anchor) = local(&["127.0.0.1:0".into()], move || rings.ring()).unwrap();
    let address = anchor.addresses()[0];
    (Guest { connections, bell }, anchor, address)
}

fn noise(seed: u64, length: usize) -> Vec<u8> {
    let mut dice = Dice(seed);
    (0..length).map(|_| dice.below(256).to_le_bytes()[0]).collect()
}

/// Writes on a thread of its own and reads everything.
fn exchange(address: SocketAddr, bytes: Vec<u8>) -> Vec<u8> {
    let stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(BOUND)).unwrap();
    let mut writer = stream.try_clone().unwrap();
    let writing = thread::spawn(move || {
        writer.write_all(&bytes).unwrap();
        writer.shutdown(Shutdown::Write).unwrap();
    });
    let mut all = Vec::new();
    (&stream).read_to_end(&mut all).unwrap();
    writing.join().unwrap();
    all
}

#[test]
fn an_echo_returns_every_byte() {
    let (mut guest, anchor, address) = here();
    let bytes = noise(1, 20 << 20);
    let sent = bytes.clone();
    let client = thread::spawn(move || exchange(address, sent));
    let id = guest.accept();
    assert_eq!(guest.echo(id), Ok(20 << 20));
    assert!(client.join().unwrap() == bytes);
    assert!(guest.connections.list().is_empty());
    anchor.close();
    assert!(anchor.is_over() && guest.connections.is_empty());
}

#[test]
fn a_slow_reader_holds_the_guest_back_and_gets_everything() {
    let (mut guest, _anchor, address) = here();
    let mut client = TcpStream::connect(address).unwrap();
    let id = guest.accept();
    let bytes = noise(2, 30 << 20);
    let sent = bytes.clone();
    let writing = thread::spawn(move || {
        guest.send_all(id, &sent).unwrap();
        guest.connections.close(id);
        guest
    });
    let (mut all, mut part) = (Vec::new(), vec![0; 1 << 12]);
    loop {
        match client.read(&mut part).unwrap() {
            0 => break,
            count => all.extend_from_slice(&part[..count]),
        }
    }
    assert!(all == bytes);
    drop(writing.join().unwrap());
}

#[test]
fn a_guest_that_does_not_read_holds_its_peer_back() {
    let (mut guest, _anchor, address) = here();
    let mut client = TcpStream::connect(address).unwrap();
    client.set_nonblocking(true).unwrap();
    let id = guest.accept();
    let part = vec![7; 1 << 20];
    let mut written = 0;
    // It is full when nothing was taken for a while.
    let mut refused = 0;
    while refused < 50 {
        match client.write(&part) {
            Ok(count) => (written, refused) = (written + count, 0),
            Err(error) if error.kind() == ErrorKind::WouldBlock => {
                refused += 1;
                let _ = client.peek(&mut [0]);
                thread::yield_now();
            }
            Err(error) => panic!("{error}"),
        }
        assert!(written < 64 << 20, "nothing holds it back");
    }
    assert_eq!(guest.connections.readiness(Awaited::Read(id)).bytes, 64 << 10);
    client.set_nonblocking(false).unwrap();
    let reading = thread::spawn(move || guest.echo(id).map(|total| (total, guest)));
    client.shutdown(Shutdown::Write).unwrap();
    let mut all = Vec::new();
    client.read_to_end(&mut all).unwrap();
    assert!(all.len() == written && all.iter().all(|byte| *byte == 7));
    assert_eq!(reading.join().unwrap().unwrap().0, written as u64);
}

#[test]
fn many_connections_at_once() {
    let (mut guest, anchor, address) = here();
    let clients: Vec<_> = (0..40)
        .map(|seed| {
            thread::spawn(move || {
                let bytes = noise(seed, 50_000);
                exchange(address, bytes.clone()) == bytes
            })
        })
        .collect();
    for _ in 0..40 {
        let id = guest.accept();
        guest.echo(id).unwrap();
    }
    assert!(clients.into_iter().all(|client| client.join().unwrap()));
    assert!(guest.connections.is_empty());
    assert_eq!(anchor.count(), 0);
}

#[test]
fn a_reset_of_the_peer_reaches_the_guest() {
    let (mut guest, _anchor, address) = here();
    let client = TcpStream::connect(address).unwrap();
    let id = guest.accept();
    guest.send_all(id, b"unread").unwrap();
    let mut client = client;
    client.read_exact(&mut [0; 1]).unwrap();
    // Closed with bytes that it has not read: the system resets it.
    drop(client);
    assert_eq!(guest.receive(id, 9), Err(Errno::ConnectionReset));
    assert_eq!(guest.connections.send(id, b"x"), Err(Errno::ConnectionReset));
    guest.connections.close(id);
    assert!(guest.connections.is_empty());
}

#[test]
fn what_was_written_before_the_end_goes_out_and_a_lost_guest_is_a_reset() {
    let (mut guest, anchor, address) = here();
    let [mut whole, mut broken] = [0, 1].map(|_| TcpStream::connect(address).unwrap());
    let (first, second) = (guest.accept(), guest.accept());
    guest.send_all(first, b"good bye").unwrap();
    guest.send_all(second, b"part").unwrap();
    guest.connections.close(first);
    let mut text = String::new();
    whole.read_to_string(&mut text).unwrap();
    assert_eq!(text, "good bye");
    let mut part = [0; 4];
    broken.read_exact(&mut part).unwrap();
    drop(anchor);
    assert_eq!(broken.read(&mut part).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(TcpStream::connect(address).unwrap_err().kind(), ErrorKind::ConnectionRefused);
}

#[test]
fn a_closed_listener_refuses_and_resets_who_waits() {
    let (mut guest, anchor, address) = here();
    let mut waits = TcpStream::connect(address).unwrap();
    while !guest.connections.readiness(Awaited::Accept(0)).ready {
        guest.bell.wait();
    }
    guest.connections.close_listener(0);
    assert_eq!(waits.read(&mut [0]).unwrap_err().kind(), ErrorKind::ConnectionReset);
    assert_eq!(guest.connections.accept(0), Err(Errno::Invalid));
    let refused = (0..1_000).any(|_| {
        if let Err(error) = TcpStream::connect(address) {
            return error.kind() == ErrorKind::ConnectionRefused;
        }
        // The thread is about to close it.
        thread::yield_now();
        false
    });
    assert!(refused && anchor.is_over());
}

#[test]
fn more_connections_than_there_is_room_for_wait_until_one_is_closed() {
    // Twice as many descriptors as connections are needed, in one process.
    let (mut guest, anchor, address) = here();
    let mut clients: Vec<TcpStream> = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..CONNECTIONS.min(descriptors() / 3) {
        clients.push(TcpStream::connect(address).unwrap());
        ids.push(guest.accept());
    }
    assert_eq!(anchor.count(), ids.len());
    if ids.len() == CONNECTIONS {
        clients.push(TcpStream::connect(address).unwrap());
        assert_eq!(guest.connections.accept(0), Err(Errno::Again));
    }
    for id in ids {
        guest.connections.close(id);
    }
    let last = clients.pop().unwrap();
    drop(clients);
    if anchor.count() > 0 || guest.connections.readiness(Awaited::Accept(0)).ready {
        let id = guest.accept();
        guest.send_all(id, b"!").unwrap();
        assert_eq!((&last).read(&mut [0; 2]).unwrap(), 1);
    }
}

/// How many descriptors this process may have.
fn descriptors() -> usize {
    let limit = rustix::process::getrlimit(rustix::process::Resource::Nofile).current;
    limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))
}

#[test]
fn an_address_that_is_taken_is_named() {
    let (_guest, _anchor, address) = here();
    let refused = Anchor::listen(&[address.to_string()], |_| {}).unwrap_err().to_string();
    assert!(refused.starts_with(&format!("cannot listen on \"{address}\": ")), "{refused}");
    assert!(refused.ends_with("or port 0 for any"), "{refused}");
    let refused = Anchor::listen(&["nonsense".into()], |_| {}).unwrap_err().to_string();
    assert!(refused.contains("HOST:PORT"), "{refused}");
}

/// An anchor and an atom that moves between two threads' hands while clients exchange bytes with it.
#[test]
fn streams_of_real_sockets_survive_moves() {
    let target: Arc<OnceLock<Mutex<Connections>>> = Arc::default();
    let to_atom = Arc::clone(&target);
    let anchor = Anchor::listen(&["127.0.0.1:0".into()], move |relay| {
        if let Some(connections) = to_atom.get() {
            let connections = connections.lock().unwrap().clone();
            connections.handle(through_bytes(&relay));
        }
    });
    let anchor = Arc::new(anchor.unwrap());
    let address = anchor.addresses()[0];
    let bell = Arc::new(Bell::default());
    let ring = || {
        let bell = Arc::clone(&bell);
        move || bell.ring()
    };
    let mut guest = Guest { connections: Connections::new(1, ring()), bell: Arc::clone(&bell) };
    target.set(Mutex::new(guest.connections.clone())).ok().unwrap();
    let open = |connections: &Connections, epoch| {
        let anchor = Arc::clone(&anchor);
        connections.open_gate(epoch, move |relay| anchor.handle(through_bytes(&relay)));
    };
    open(&guest.connections, 1);
    let clients: Vec<_> = (0..4)
        .map(|seed| {
            thread::spawn(move || {
                let bytes = noise(seed, 2 << 20);
                exchange(address, bytes.clone()) == bytes
            })
        })
        .collect();
    let mut ids: Vec<ConnectionId> = (0..4).map(|_| guest.accept()).collect();
    let (mut pending, mut epoch, mut turns) = (vec![Vec::new(); 4], 1, 0_u64);
    while !ids.is_empty() {
        turns += 1;
        let mut still = false;
        for place in (0..ids.len()).rev() {
            match turn(&mut guest.connections, ids[place], &mut pending[place]) {
                Turn::Over => {
                    ids.remove(place);
                    pending.remove(place);
                }
                Turn::Moved => still = true,
                Turn::Waits => {}
            }
        }
        if turns.is_multiple_of(5) {
            epoch += 1;
            guest.connections.hold();
            let there = Connections::restore(&guest.connections.state(), ring()).unwrap();
            *target.get().unwrap().lock().unwrap() = there.clone();
            open(&there, epoch);
            guest.connections = there;
        } else if !still && !ids.is_empty() {
            bell.wait();
        }
    }
    assert!(clients.into_iter().all(|client| client.join().unwrap()));
    assert!(epoch > 20, "{epoch}");
}

fn through_bytes(relay: &Relay) -> Relay {
    Relay::from_bytes(&relay.to_bytes()).unwrap()
}

enum Turn {
    Moved,
    Waits,
    Over,
}

/// Sends back what there is, as far as it goes.
fn turn(connections: &mut Connections, id: ConnectionId, pending: &mut Vec<u8>) -> Turn {
    if !pending.is_empty() {
        return match connections.send(id, pending) {
            Ok(count) => {
                pending.drain(..count);
                Turn::Moved
            }
            Err(errno) => {
                assert_eq!(errno, Errno::Again);
                Turn::Waits
            }
        };
    }
    let mut into = vec![0; 10_000];
    match connections.receive(id, &mut into, false) {
        Ok(0) => {
            connections.close(id);
            Turn::Over
        }
        Ok(count) => {
            pending.extend_from_slice(&into[..count]);
            Turn::Moved
        }
        Err(errno) => {
            assert_eq!(errno, Errno::Again);
            Turn::Waits
        }
    }
}

/// Prints what an echo through anchor and connections carries in this process.
#[test]
#[expect(clippy::cast_precision_loss, reason = "figures for people")]
#[ignore = "a measurement: cargo test --release -p sojourn-node --lib echo_speed -- --ignored --nocapture"]
fn echo_speed() {
    let (mut guest, _anchor, address) = here();
    let length = 512 << 20;
    let client = thread::spawn(move || {
        let begun = std::time::Instant::now();
        let all = exchange(address, vec![7; length]);
        (all.len(), begun.elapsed())
    });
    let id = guest.accept();
    guest.echo(id).unwrap();
    let (count, time) = client.join().unwrap();
    assert_eq!(count, length);
    println!("echo of 512 MiB: {:.0} MB/s each way", length as f64 / 1e6 / time.as_secs_f64());
    let client = thread::spawn(move || {
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_nodelay(true).unwrap();
        let mut times: Vec<Duration> = (0..20_000)
            .map(|_| {
                let begun = std::time::Instant::now();
                stream.write_all(&[7; 64]).unwrap();
                stream.read_exact(&mut [0; 64]).unwrap();
                begun.elapsed()
            })
            .collect();
        times.sort_unstable();
        (times[10_000], times[19_800])
    });
    let id = guest.accept();
    guest.echo(id).unwrap();
    let (half, most) = client.join().unwrap();
    println!("round trip of 64 bytes: p50 {half:?}, p99 {most:?}");
}
