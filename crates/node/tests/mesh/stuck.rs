//! A member that takes nothing holds up no other.
//!
//! Members of one process share threads of the mesh's, which a stuck one may hold up for as long as it is believed:
//! each of these tests has a process of its own, so that it disturbs no other.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex};

use sojourn_node::mesh::limit::QUEUE_BYTES;
use sojourn_node::mesh::{MeshEvent, MeshSettings, TlsFiles, zenoh};

use crate::nets::{Direct, InProcess, Net, Routed, silent};
use crate::seat::{Seat, alone, beside, settings};

const FRAME: usize = 1 << 20;

/// More than fits into any queue on the way.
const FRAMES: usize = 256;

/// Frames for the stuck one do not hold up those for another.
fn flood(from: &Seat, other: &Seat) {
    for index in 0..FRAMES {
        from.mesh.send("stuck", vec![0; FRAME]);
        let frame = index.to_le_bytes();
        from.carries(other, &frame);
        other.carries(from, &frame);
    }
}

/// Holds up its member at the first frame, and counts what comes then.
#[derive(Default)]
struct Gate {
    open: Mutex<bool>,
    opened: Condvar,
    bytes: AtomicUsize,
    last: AtomicBool,
}

impl Gate {
    fn take(&self, frame: &[u8]) {
        let waits = self.opened.wait_while(self.open.lock().unwrap(), |open| !*open);
        drop(waits.unwrap());
        self.bytes.fetch_add(frame.len(), Ordering::AcqRel);
        self.last.fetch_or(frame == LAST, Ordering::AcqRel);
    }

    fn open(&self) {
        *self.open.lock().unwrap() = true;
        self.opened.notify_all();
    }
}

const LAST: [u8; 1] = [9];

#[test]
fn in_process() {
    let _alone = alone();
    let net = InProcess::new();
    let gate = Arc::new(Gate::default());
    let holds = Arc::clone(&gate);
    let sink = Arc::new(move |event| {
        if let MeshEvent::Frame(frame) = event {
            holds.take(&frame);
        }
    });
    let stuck = net.open(&net.settings("stuck", None), sink).unwrap();
    let (a, b) = (net.seat("a", None), net.seat("b", None));
    flood(&a, &b);
    gate.open();
    a.until("a frame to get through again", |_| {
        a.mesh.send("stuck", LAST.to_vec());
        gate.last.load(Ordering::Acquire)
    });
    let kept = gate.bytes.load(Ordering::Acquire);
    assert!((QUEUE_BYTES / 2..=QUEUE_BYTES + FRAME).contains(&kept), "{kept} bytes were kept for it");
    stuck.close();
    a.sees(&[&b]);
}

/// A process that is stopped when it goes out of scope.
struct Process(Child);

impl Process {
    /// Another process that joins as `stuck`.
    fn start(settings: &MeshSettings) -> Self {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--exact", "stuck::another_process", "--ignored"]);
        command.env("SOJOURN_TEST_REALM", &settings.realm).env("SOJOURN_TEST_JOIN", &settings.join[0]);
        if let Some(tls) = &settings.tls {
            command.env("SOJOURN_TEST_CERTIFICATE", &tls.certificate).env("SOJOURN_TEST_KEY", &tls.key);
            command.env("SOJOURN_TEST_AUTHORITY", &tls.authority);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        Self(command.spawn().unwrap())
    }

    fn signal(&self, name: &str) {
        let status = Command::new("kill").args([name, &self.0.id().to_string()]).status().unwrap();
        assert!(status.success());
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Not a test by itself: it is there until its standard input ends.
#[test]
#[ignore = "the other process of tests"]
fn another_process() {
    let Ok(realm) = std::env::var("SOJOURN_TEST_REALM") else { return };
    let mut settings = settings(&realm, "stuck");
    settings.join = vec![std::env::var("SOJOURN_TEST_JOIN").unwrap()];
    let file = |name| std::env::var_os(name).map(PathBuf::from);
    settings.tls = file("SOJOURN_TEST_CERTIFICATE").map(|certificate| TlsFiles {
        certificate,
        key: file("SOJOURN_TEST_KEY").unwrap(),
        authority: file("SOJOURN_TEST_AUTHORITY").unwrap(),
    });
    let mesh = silent(&settings).unwrap();
    let _ = std::io::stdin().lines().count();
    mesh.close();
}

fn frozen(net: &impl Net) {
    let a = net.seat("a", None);
    let b = net.seat("b", Some(&a));
    a.sees(&[&b]);
    b.sees(&[&a]);
    let process = Process::start(&net.settings("stuck", Some(&a)));
    let there = |seat: &Seat| seat.mesh.members().iter().any(|member| member.name == "stuck");
    a.until("the other process", |_| there(&a));
    process.signal("-STOP");
    flood(&a, &b);
    a.until("it to be given up", |_| !there(&a));
    process.signal("-CONT");
    a.until("it to come back", |_| there(&a));
    drop(process);
    a.until("it to be gone", |_| !there(&a));
    assert_eq!(a.comings_and_goings("b"), [(true, b.me.incarnation)]);
}

/// Runs one of the tests below in a process of its own.
fn by_itself(name: &str) {
    let _alone = alone();
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("stuck::{name}"), "--ignored", "--nocapture"]).env(ALONE, "1");
    let done = command.output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&done.stdout), String::from_utf8_lossy(&done.stderr));
    assert!(done.status.success() && out.contains("1 passed"), "{out}{err}");
}

/// Set where a test is by itself.
const ALONE: &str = "SOJOURN_TEST_ALONE";

/// Each test by itself, and what starts it.
macro_rules! alone {
    ($($test:ident $inner:ident $net:expr;)+) => {$(
        #[test]
        fn $test() {
            by_itself(stringify!($inner));
        }

        #[test]
        #[ignore = "the other process of a test"]
        fn $inner() {
            if std::env::var_os(ALONE).is_some() {
                frozen(&$net);
            }
        }
    )+};
}

alone! {
    over_tcp alone_over_tcp Direct::tcp();
    over_quic alone_over_quic Direct::quic();
    through_a_router alone_through_a_router Routed::new();
}

#[test]
fn a_killed_process_is_seen_at_once_and_its_name_is_free() {
    let _beside = beside();
    let net = Direct::tcp();
    let a = net.seat("a", None);
    let process = Process::start(&net.settings("stuck", Some(&a)));
    a.until("the other process", |_| !a.mesh.members().is_empty());
    drop(process);
    let again = Seat::open(&net.settings("stuck", Some(&a)), zenoh::open);
    a.sees(&[&again]);
}
