//! The host of an atom whose realm is a mailbox, a map and a plan of what happens.

use crate::travel::Companion;
use crate::wasi_host::fakes::{Event as Happens, Machine, Realm, Shared};
use sojourn_abi::{Event, EventKind};
use sojourn_engine::{Host, Import, Provided, Reply, Value};
use sojourn_host::{Setup, Wasi};
use sojourn_post::Limits;
use std::sync::{Mutex, PoisonError};

/// What happens to a guest that makes a call which waits: something before it, something that ends it.
pub type Scene = (&'static str, fn(&mut Machine), fn() -> Happens);

/// When the interrupt comes whose callback runs inside the call.
const INTERRUPT_NS: u64 = 5;
/// When comes what ends the call.
const END_NS: u64 = 20;

/// Machines of guests that are on their way; an image has the place of its own. What there is outside of a guest does
/// not fit into one.
static PARKED: Mutex<Vec<Machine>> = Mutex::new(Vec::new());

fn message(kind: EventKind, call: u64) -> Event {
    let (source, data) = ("far/other".to_string(), b"some data".to_vec());
    Event { id: 5, kind, source, ty: "type".into(), data, call, ..Event::default() }
}

/// A connection that takes nothing.
fn accepted(machine: &mut Machine) {
    machine.connect(0);
    machine.peer(1).room = 0;
}

fn nothing(_: &mut Machine) {}

fn room_on_the_way() -> Happens {
    Happens::Has("far/other".into())
}

/// Every call that waits, by its name.
pub const SCENES: &[Scene] = &[
    ("send", nothing, room_on_the_way),
    ("call", nothing, room_on_the_way),
    ("await", nothing, || Happens::Comes(Box::new(message(EventKind::Reply, 1)))),
    ("reply", |machine| machine.realm().comes(message(EventKind::Message, 77)), room_on_the_way),
    ("receive", nothing, || Happens::Comes(Box::new(message(EventKind::Message, 0)))),
    ("spawn", |machine| machine.realm().comes(message(EventKind::Interrupt, 0)), || Happens::Room(1)),
    ("connect", |machine| machine.realm().granted.push("connect db:5432".into()), || Happens::Takes(1, 100)),
    ("accept", nothing, || Happens::Connect(0)),
    ("read", accepted, || Happens::Sends(1, b"bytes".to_vec())),
    ("write", accepted, || Happens::Takes(1, 3)),
    ("log", |machine| machine.room = 0, || Happens::Room(100)),
];

/// An atom's host.
pub struct AtomHost {
    wasi: Wasi,
    machine: Shared,
    /// Whether each call that has to wait is stopped once.
    stops: bool,
    asked: bool,
}

impl AtomHost {
    /// Where these things happen; `stops` each call once that has to wait.
    ///
    /// # Panics
    /// When the host does not take such a world.
    #[must_use]
    pub fn new((_, before, ends): Scene, stops: bool) -> Self {
        let machine = Shared::default();
        {
            let mut machine = machine.lock();
            machine.realm = Some(Realm::new(Limits { window: 2, ..Limits::default() }));
            before(&mut machine);
            let interrupt = Box::new(message(EventKind::Interrupt, 0));
            machine.later(INTERRUPT_NS, Happens::Comes(interrupt));
            machine.later(END_NS, ends());
        }
        let setup = Setup { listeners: 1, seed: Some([7; 32]), ..Setup::default() };
        let wasi = Wasi::new(setup, machine.ports()).expect("a world without mounts");
        Self { wasi, machine, stops, asked: false }
    }
}

impl Host for AtomHost {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        self.wasi.provide(import)
    }

    fn call(
        &mut self,
        function: u32,
        memory: &mut [u8],
        arguments: &[Value],
        results: &mut [Value],
    ) -> Reply {
        self.machine.lock().stop = self.stops && !self.asked;
        let reply = self.wasi.call(function, memory, arguments, results);
        self.asked = reply == Reply::Suspend;
        reply
    }
}

impl Companion for AtomHost {
    fn pack(&mut self) -> Vec<u8> {
        let state = self.wasi.state().expect("the world can be written down");
        let mut parked = PARKED.lock().unwrap_or_else(PoisonError::into_inner);
        parked.push(self.machine.lock().moved());
        let mut bytes = (parked.len() as u64 - 1).to_le_bytes().to_vec();
        bytes.extend([u8::from(self.stops), u8::from(self.asked)]);
        bytes.extend(state);
        bytes
    }

    fn unpack(bytes: &[u8]) -> Self {
        let (place, rest) = bytes.split_first_chunk().expect("its place comes first");
        let ([stops, asked], state) = rest.split_first_chunk().expect("two flags");
        let place = usize::try_from(u64::from_le_bytes(*place)).expect("not many machines");
        let parked = PARKED.lock().unwrap_or_else(PoisonError::into_inner);
        let machine = Shared::of(parked[place].moved());
        drop(parked);
        let wasi = Wasi::restore(state, Vec::new(), machine.ports()).expect("the world comes back");
        Self { wasi, machine, stops: *stops == 1, asked: *asked == 1 }
    }

    fn deeds(&self) -> String {
        let machine = self.machine.lock();
        let realm = machine.realm.as_ref().expect("it is in a realm");
        let sent: Vec<_> =
            realm.sent.iter().map(|(to, event)| (to, event.id, event.kind, event.call)).collect();
        let written: Vec<_> = machine.peers.values().map(|peer| &peer.written).collect();
        let log = String::from_utf8_lossy(&machine.stderr);
        let now_ns = machine.monotonic_ns;
        format!("sent {sent:?}, did {:?}, wrote {written:?}, logged {log:?}, at {now_ns}", realm.deeds)
    }
}
