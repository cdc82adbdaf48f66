//! What is refused, and what people are told.

use std::net::{TcpListener, UdpSocket};
use std::time::Instant;

use sojourn_node::mesh::limit::JOIN_PATIENCE;
use sojourn_node::mesh::{MeshError, MeshSettings, Role, TlsFiles};

use crate::certificates::{Authority, Folder};
use crate::nets::{Direct, InProcess, Net, Routed, realm, silent};
use crate::seat::{BOUND, Seat, beside, deaf, settings};

/// What opening says.
fn refusal(net: &impl Net, settings: &MeshSettings) -> MeshError {
    match net.open(settings, deaf()) {
        Ok(_) => panic!("{settings:?} was taken"),
        Err(error) => error,
    }
}

fn refused(settings: &MeshSettings) -> MeshError {
    refusal(&Direct::tcp(), settings)
}

fn lone(listen: &str) -> MeshSettings {
    MeshSettings { listen: vec![listen.into()], ..settings(&realm(), "lone") }
}

fn joining(join: &str) -> MeshSettings {
    MeshSettings { join: vec![join.into()], ..settings(&realm(), "lone") }
}

/// A port at which nobody listens: it was free a moment ago.
fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

#[test]
fn names_that_are_none() {
    let _beside = beside();
    for net in [&InProcess::new() as &dyn Opens, &Direct::tcp()] {
        for name in ["", "Node", "a/b", "**", &"x".repeat(65)] {
            let error = net.refusal(&settings("realm", name));
            let text = format!("'{name}' cannot name a node; use 1 to 64 of a-z, 0-9 and '-'");
            assert_eq!(error, MeshError::Setting(text));
        }
        let error = net.refusal(&settings("my realm", "a")).to_string();
        assert_eq!(error, "'my realm' cannot name a realm; use 1 to 64 of a-z, 0-9 and '-'");
    }
}

/// Nets behind one type.
trait Opens {
    fn refusal(&self, settings: &MeshSettings) -> MeshError;
    fn first(&self, name: &str) -> Seat;
    fn beside(&self, name: &str, join: &Seat) -> MeshSettings;
}

impl<N: Net> Opens for N {
    fn refusal(&self, settings: &MeshSettings) -> MeshError {
        refusal(self, settings)
    }

    fn first(&self, name: &str) -> Seat {
        self.seat(name, None)
    }

    fn beside(&self, name: &str, join: &Seat) -> MeshSettings {
        self.settings(name, Some(join))
    }
}

#[test]
fn a_name_that_is_taken() {
    let _beside = beside();
    for net in [&InProcess::new() as &dyn Opens, &Direct::tcp(), &Direct::quic(), &Routed::new()] {
        let a = net.first("a");
        let settings = net.beside("a", &a);
        let text = format!(
            "a node named 'a' is already in realm '{}'; choose another name, or stop that one",
            settings.realm
        );
        assert_eq!(net.refusal(&settings), MeshError::Setting(text));
        assert_eq!(a.history("a"), []);
        // As soon as that one is gone, the name is free.
        a.mesh.close();
        let b = net.first("b");
        b.sees(&[]);
    }
}

#[test]
fn a_name_that_is_taken_by_one_whom_only_the_entrance_sees() {
    let _beside = beside();
    let net = Direct::tcp();
    let a = net.seat("a", None);
    let b = net.seat("b", Some(&a));
    a.sees(&[&b]);
    let error = refusal(&net, &net.settings("b", Some(&a))).to_string();
    assert!(error.starts_with("a node named 'b' is already in realm"), "{error}");
    assert_eq!(a.history("b"), [(true, b.me.incarnation)]);
}

#[test]
fn a_node_of_another_realm() {
    let _beside = beside();
    for net in [&InProcess::new() as &dyn Opens, &Direct::tcp(), &Direct::tls(), &Direct::quic()] {
        let a = net.first("a");
        for role in [Role::Node, Role::Client] {
            let mut settings = net.beside("b", &a);
            let theirs = std::mem::replace(&mut settings.realm, "other".into());
            settings.me.role = role;
            let at = &settings.join[0];
            let text = format!("the node at {at} is of realm '{theirs}', not 'other'; use --realm {theirs}");
            assert_eq!(net.refusal(&settings), MeshError::Realm(text));
        }
        a.sees(&[]);
    }
}

#[test]
fn nobody_there() {
    let _beside = beside();
    let port = free_port();
    let begin = Instant::now();
    let error = refused(&joining(&format!("tcp/127.0.0.1:{port}")));
    let text =
        format!("nobody answers at tcp/127.0.0.1:{port}; start a node there first, or join another address");
    assert_eq!(error, MeshError::Join(text.clone()));
    assert!(begin.elapsed() >= JOIN_PATIENCE, "a node waits for one that is about to start");

    let mut client = joining(&format!("tcp/127.0.0.1:{port}"));
    client.me.role = Role::Client;
    // Where the machine is busy, not the first time.
    let end = Instant::now() + BOUND;
    loop {
        let begin = Instant::now();
        assert_eq!(refused(&client), MeshError::Join(text.clone()));
        if begin.elapsed() < JOIN_PATIENCE / 2 {
            break;
        }
        assert!(Instant::now() < end, "a client says so at once");
    }

    let hub = InProcess::new();
    let mut nobody = hub.settings("a", None);
    nobody.join = vec!["loopback/nobody".into()];
    let text = "nobody answers at loopback/nobody; start a node there first, or join another address";
    assert_eq!(refusal(&hub, &nobody), MeshError::Join(text.into()));
}

#[test]
fn somebody_there_who_is_no_node() {
    let _beside = beside();
    let silent = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = format!("tcp/{}", silent.local_addr().unwrap());
    for role in [Role::Node, Role::Client] {
        let mut settings = joining(&at);
        settings.me.role = role;
        let error = refused(&settings);
        let text = format!(
            "what answers at {at} is no node that can be joined; check the address, and whether it wants tls/"
        );
        assert_eq!(error, MeshError::Join(text));
    }
}

#[test]
fn a_client_without_an_address() {
    let _beside = beside();
    let mut client = settings("realm", "a");
    client.me.role = Role::Client;
    let text = "a client needs a node; give an address to join";
    assert_eq!(refused(&client), MeshError::Setting(text.into()));
}

#[test]
fn a_port_that_is_taken() {
    let _beside = beside();
    let folder = Folder::new();
    let tls = Some(Authority::new(&folder, "authority").files(&folder, "member"));
    let held = (TcpListener::bind("127.0.0.1:0").unwrap(), UdpSocket::bind("127.0.0.1:0").unwrap());
    let (tcp, udp) = (held.0.local_addr().unwrap(), held.1.local_addr().unwrap());
    for at in [format!("tcp/{tcp}"), format!("tls/{tcp}"), format!("quic/{udp}")] {
        let error = refused(&MeshSettings { tls: tls.clone(), ..lone(&at) });
        let text = format!("{at} is taken by another program; choose another port, or port 0 for a free one");
        assert_eq!(error, MeshError::Listen(text));
    }

    let hub = InProcess::new();
    let first = hub.seat("a", None);
    let mut second = hub.settings("b", None);
    second.listen = first.mesh.addresses();
    let error = refusal(&hub, &second);
    assert!(
        matches!(&error, MeshError::Listen(text) if text.contains("is taken; choose another")),
        "{error}"
    );
}

#[test]
fn addresses_that_make_no_sense() {
    let _beside = beside();
    let error = refused(&lone("udp/127.0.0.1:1")).to_string();
    let forms = "tcp/HOST:PORT, tls/HOST:PORT or quic/HOST:PORT";
    assert_eq!(error, format!("'udp/127.0.0.1:1' is no address; write {forms}"));
    // For documentation only: no machine has it.
    let error = refused(&lone("tcp/192.0.2.1:0")).to_string();
    let todo = "is no address of this machine; listen on one of its own, or on 0.0.0.0 for all";
    assert_eq!(error, format!("tcp/192.0.2.1:0 {todo}"));
    let error = refused(&lone("tls/127.0.0.1:0")).to_string();
    let todo = "needs certificates; set tls.certificate, tls.key and tls.authority";
    assert_eq!(error, format!("tls/127.0.0.1:0 {todo}"));
}

#[test]
fn certificates_that_cannot_be_read() {
    let _beside = beside();
    let folder = Folder::new();
    let files = Authority::new(&folder, "authority").files(&folder, "member");
    let missing = folder.as_ref().join("missing.pem");
    let tls = Some(TlsFiles { key: missing.clone(), ..files.clone() });
    let error = refused(&MeshSettings { tls, ..lone("tls/127.0.0.1:0") }).to_string();
    assert!(error.starts_with(&format!("cannot read {}: ", missing.display())), "{error}");
    assert!(error.ends_with("; set tls.key to a PEM file"), "{error}");

    let nonsense = folder.file("nonsense.pem", "not a key");
    let tls = Some(TlsFiles { key: nonsense, ..files });
    let error = refused(&MeshSettings { tls, ..lone("tls/127.0.0.1:0") });
    let todo = "check that tls.certificate, tls.key and tls.authority are PEM files that belong together";
    assert!(matches!(&error, MeshError::Setting(text) if text.ends_with(todo)), "{error}");
}

#[test]
fn certificates_of_another_authority() {
    let _beside = beside();
    for net in [Direct::tls(), Direct::quic()] {
        let a = net.seat("a", None);
        let folder = Folder::new();
        let others = Authority::new(&folder, "other").files(&folder, "other-member");
        for role in [Role::Node, Role::Client] {
            let mut settings = net.settings("b", Some(&a));
            settings.tls = Some(others.clone());
            settings.me.role = role;
            let error = refusal(&net, &settings);
            let MeshError::Join(text) = &error else { panic!("{error:?}") };
            assert!(text.contains("check tls.certificate, tls.key and tls.authority on both"), "{text}");
        }
        a.sees(&[]);
    }
}

#[test]
fn a_refused_member_leaves_nothing_behind() {
    let _beside = beside();
    let a = Direct::tcp();
    let first = a.seat("a", None);
    let mut settings = a.settings("a", Some(&first));
    assert!(silent(&settings).is_err());
    settings.me.name = "b".into();
    let b = Seat::open(&settings, |settings, sink| a.open(settings, sink));
    first.sees(&[&b]);
}
