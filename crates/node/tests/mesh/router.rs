//! Ways that are not the straight one: entrances, clients, parts that were apart, a router of Zenoh's.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use sojourn_node::mesh::{MeshSettings, Role, zenoh};
use zenoh::open;

use crate::nets::{Direct, InProcess, Net, Routed, realm};
use crate::seat::{Seat, beside, changes, settings};

fn entrances(net: &impl Net) {
    let a = net.seat("a", None);
    let b = net.seat("b", Some(&a));
    assert_eq!(a.mesh.entrance(), None);
    assert_eq!(b.mesh.entrance(), Some(a.me.clone()));
    let mut settings = net.settings("laptop", Some(&b));
    settings.me.role = Role::Client;
    let client = Seat::open(&settings, |settings, sink| net.open(settings, sink));
    assert_eq!(client.mesh.entrance(), Some(b.me.clone()));
    b.until("the client", |_| b.mesh.members().contains(&client.me));
    client.carries(&b, &[1]);
    b.carries(&client, &[2]);
}

#[test]
fn a_member_knows_its_entrance() {
    let _beside = beside();
    entrances(&InProcess::new());
    entrances(&Direct::tcp());
    entrances(&Direct::tls());
    entrances(&Direct::quic());
}

#[test]
fn free_ports_are_told() {
    let _beside = beside();
    for (net, protocol) in [(Direct::tcp(), "tcp"), (Direct::tls(), "tls"), (Direct::quic(), "quic")] {
        let a = net.seat("a", None);
        let addresses = a.mesh.addresses();
        let port =
            addresses[0].strip_prefix(&format!("{protocol}/127.0.0.1:")).expect("the address asked for");
        assert_ne!(port.parse::<u16>().unwrap(), 0);
        assert_eq!(addresses.len(), 1);
    }
}

#[test]
fn a_client_finds_the_way_back_after_its_entrance_was_started_again() {
    let _beside = beside();
    let net = Direct::tcp();
    let a = net.seat("a", None);
    let mut settings = net.settings("laptop", Some(&a));
    settings.me.role = Role::Client;
    let client = Seat::open(&settings, open);
    client.sees(&[&a]);
    let listen = a.mesh.addresses();
    a.mesh.close();
    client.sees(&[]);
    let again = Seat::open(&MeshSettings { listen, ..net.settings("a", None) }, open);
    client.sees(&[&again]);
    assert_eq!(client.mesh.entrance(), Some(again.me.clone()));
    client.carries(&again, &[1]);
}

#[test]
fn two_parts_find_together_by_one_that_joins_both() {
    let _beside = beside();
    let net = Direct::tcp();
    let (a, b) = (net.seat("a", None), net.seat("b", None));
    let mut both = net.settings("c", Some(&a));
    both.join.extend(b.mesh.addresses());
    let c = Seat::open(&both, open);
    a.sees(&[&b, &c]);
    b.sees(&[&a, &c]);
    a.carries(&b, &[1]);
}

#[test]
fn nodes_that_join_each_other_start_in_any_order() {
    let _beside = beside();
    let net = Direct::tcp();
    let ports: Vec<u16> = (0..2)
        .map(|_| TcpListener::bind("127.0.0.1:0").unwrap())
        .map(|listener| listener.local_addr().unwrap().port())
        .collect();
    let settings = |name: &str, mine: usize| MeshSettings {
        listen: vec![format!("tcp/127.0.0.1:{}", ports[mine])],
        join: vec![format!("tcp/127.0.0.1:{}", ports[1 - mine])],
        ..net.settings(name, None)
    };
    let (first, second) = (settings("a", 0), settings("b", 1));
    let a = thread::spawn(move || Seat::open(&first, open));
    let b = Seat::open(&second, open);
    let a = a.join().unwrap();
    a.sees(&[&b]);
    b.sees(&[&a]);
    assert_eq!((a.mesh.entrance(), b.mesh.entrance()), (Some(b.me.clone()), Some(a.me.clone())));
}

#[test]
fn members_of_a_router_find_the_straight_way_where_there_is_one() {
    let _beside = beside();
    let net = Routed::new();
    let mut a = net.settings("a", None);
    a.listen = vec!["tcp/127.0.0.1:0".into()];
    let a = Seat::open(&a, open);
    let b = net.seat("b", None);
    a.sees(&[&b]);
    b.sees(&[&a]);
    let place = a.mesh.addresses().remove(0);
    a.until("a straight link", |_| connected(&place));
    net.close();
    // Without the router they still reach each other.
    b.until("a by the straight way", |_| {
        b.mesh.send("a", vec![1]);
        !a.frames().is_empty()
    });
}

/// Whether somebody is connected to an address of this machine, as far as the system tells.
fn connected(address: &str) -> bool {
    let port: u16 = address.rsplit_once(':').unwrap().1.parse().unwrap();
    let Ok(table) = std::fs::read_to_string("/proc/self/net/tcp") else { return true };
    let established = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        words.len() > 3 && words[1].ends_with(&format!(":{port:04X}")) && words[3] == "01"
    };
    table.lines().any(established)
}

#[test]
fn members_of_a_hub_lose_and_find_each_other() {
    let _beside = beside();
    let net = InProcess::new();
    let (a, b, c) = (net.seat("a", None), net.seat("b", None), net.seat("c", None));
    net.hub.cut("b", "a");
    net.hub.cut("a", "b");
    a.sees(&[&c]);
    b.sees(&[&c]);
    c.sees(&[&a, &b]);
    a.mesh.send("b", vec![1]);
    a.mesh.send("c", vec![2]);
    c.takes(&[2]);
    net.hub.heal("a", "b");
    a.sees(&[&b, &c]);
    a.until("a frame to get through again", |_| {
        a.mesh.send("b", vec![3]);
        b.frames().contains(&vec![3])
    });
    let number = b.me.incarnation;
    assert_eq!(a.history("b"), [(true, number), (false, number), (true, number)]);
    net.hub.cut("a", "c");
    c.mesh.close();
    assert_eq!(a.history("c").len(), 2, "one that is lost already does not go again");
}

/// Passes on what comes to an address of its own, until it is cut.
struct Wire {
    address: String,
    streams: Arc<Mutex<Vec<TcpStream>>>,
}

impl Wire {
    fn to(address: &str) -> Self {
        let to = address.strip_prefix("tcp/").unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("tcp/{}", listener.local_addr().unwrap());
        let streams = Arc::new(Mutex::new(Vec::new()));
        let held = Arc::clone(&streams);
        // One connection, then nobody is at the address any more.
        thread::spawn(move || {
            let (one, other) = (listener.accept().unwrap().0, TcpStream::connect(to).unwrap());
            held.lock().unwrap().extend([one.try_clone().unwrap(), other.try_clone().unwrap()]);
            let (from, back) = (one.try_clone().unwrap(), other.try_clone().unwrap());
            for (mut source, mut target) in [(one, back), (other, from)] {
                thread::spawn(move || std::io::copy(&mut source, &mut target));
            }
        });
        Self { address, streams }
    }

    fn cut(&self) {
        for stream in self.streams.lock().unwrap().iter() {
            stream.shutdown(Shutdown::Both).unwrap();
        }
    }
}

#[test]
fn a_link_that_breaks_is_made_again_by_another_way() {
    let _beside = beside();
    let net = Direct::tcp();
    let a = net.seat("a", None);
    let wire = Wire::to(&a.mesh.addresses()[0]);
    let mut settings = net.settings("b", None);
    settings.join = vec![wire.address.clone()];
    let b = Seat::open(&settings, open);
    a.sees(&[&b]);
    b.sees(&[&a]);
    wire.cut();
    let number = a.me.incarnation;
    b.until("a to go and come back", |events| {
        changes(events, "a").starts_with(&[(true, number), (false, number), (true, number)])
    });
    b.sees(&[&a]);
    b.until("a frame of its own", |_| {
        b.mesh.send("a", vec![1]);
        !a.frames().is_empty()
    });
    assert_eq!(b.mesh.entrance(), Some(a.me.clone()));
}

/// A router as `zenohd` is one: it knows nothing of realms.
#[test]
fn a_router_of_zenohs_is_enough() {
    let _beside = beside();
    let mut config = ::zenoh::Config::default();
    for (key, value) in [
        ("mode", "\"router\""),
        ("listen/endpoints", "[\"tcp/127.0.0.1:0\"]"),
        ("scouting/multicast/enabled", "false"),
    ] {
        config.insert_json5(key, value).unwrap();
    }
    let router = ::zenoh::Wait::wait(::zenoh::open(config)).unwrap();
    let locators = ::zenoh::Wait::wait(router.info().locators());
    let at: Vec<String> = locators.iter().map(ToString::to_string).collect();
    let (one, other) = (realm(), realm());
    let seat = |realm: &str, name: &str| {
        Seat::open(&MeshSettings { join: at.clone(), ..settings(realm, name) }, open)
    };
    let (a, b, x) = (seat(&one, "a"), seat(&one, "b"), seat(&other, "a"));
    a.sees(&[&b]);
    b.sees(&[&a]);
    x.sees(&[]);
    let frame = vec![1; 1 << 20];
    b.carries(&a, &frame);
    assert!(x.frames().is_empty());
}
