//! A member under test: its mesh, and what it has heard.

use std::sync::{Arc, Condvar, Mutex};
use std::time::{Duration, Instant};

use sojourn_node::mesh::{Member, Mesh, MeshError, MeshEvent, MeshSettings, Role, Sink};

/// How long anything may take.
pub const BOUND: Duration = Duration::from_secs(30);

/// How often is looked again.
const LOOK: Duration = Duration::from_millis(20);

#[derive(Default)]
struct Heard {
    events: Mutex<Vec<MeshEvent>>,
    changed: Condvar,
}

pub struct Seat {
    pub mesh: Arc<dyn Mesh>,
    pub me: Member,
    heard: Arc<Heard>,
}

/// A number that no other run takes.
pub fn random() -> u64 {
    getrandom::u64().expect("the system gives random numbers")
}

pub fn member(name: &str) -> Member {
    Member { name: name.into(), incarnation: random(), role: Role::Node }
}

/// Settings without addresses.
pub fn settings(realm: &str, name: &str) -> MeshSettings {
    MeshSettings {
        realm: realm.into(),
        me: member(name),
        listen: Vec::new(),
        join: Vec::new(),
        discover: false,
        router: false,
        tls: None,
    }
}

/// A sink for those who do not listen.
pub fn deaf() -> Sink {
    Arc::new(|_| {})
}

impl Seat {
    /// Opens a mesh. Tests of one process share threads of the mesh's, and one that holds them up lets others wait: who
    /// does not find its entrance tries again.
    pub fn open(
        settings: &MeshSettings,
        open: impl Fn(&MeshSettings, Sink) -> Result<Arc<dyn Mesh>, MeshError>,
    ) -> Self {
        let end = Instant::now() + BOUND;
        loop {
            let heard = Arc::new(Heard::default());
            let ears = Arc::clone(&heard);
            let sink = Arc::new(move |event| {
                ears.events.lock().unwrap().push(event);
                ears.changed.notify_all();
            });
            match open(settings, sink) {
                Ok(mesh) => return Self { mesh, me: settings.me.clone(), heard },
                Err(MeshError::Join(_)) if Instant::now() < end => {}
                Err(error) => panic!("{}: {error}", settings.me.name),
            }
        }
    }

    /// Waits until what has been heard is as wanted.
    pub fn until(&self, what: &str, mut wanted: impl FnMut(&[MeshEvent]) -> bool) {
        let end = Instant::now() + BOUND;
        let mut events = self.heard.events.lock().unwrap();
        while !wanted(&events) {
            let left = end.saturating_duration_since(Instant::now());
            assert!(!left.is_zero(), "{} waits for {what}; it has heard {}", self.me.name, brief(&events));
            // Not all that is wanted makes an event here.
            events = self.heard.changed.wait_timeout(events, left.min(LOOK)).unwrap().0;
        }
    }

    /// Waits until the members seen are just these.
    pub fn sees(&self, others: &[&Seat]) {
        let mut wanted: Vec<&Member> = others.iter().map(|seat| &seat.me).collect();
        wanted.sort_by_key(|member| &member.name);
        self.until(&format!("{wanted:?}"), |_| {
            let mut seen = self.mesh.members();
            // The one in the middle is seen by all, and not what is tested.
            seen.retain(|member| member.name != "router" || wanted.contains(&member));
            seen.sort_by(|a, b| a.name.cmp(&b.name));
            seen.iter().eq(wanted.iter().copied())
        });
    }

    pub fn frames(&self) -> Vec<Vec<u8>> {
        let events = self.heard.events.lock().unwrap();
        let frame = |event: &MeshEvent| match event {
            MeshEvent::Frame(frame) => Some(frame.clone()),
            _ => None,
        };
        events.iter().filter_map(frame).collect()
    }

    /// Waits for the next frame that it is sent, and lets it go.
    pub fn takes(&self, frame: &[u8]) {
        assert!(self.takes_unless(frame, |_| false));
    }

    /// The same, unless what has been heard says that it will not come; whether it came.
    pub fn takes_unless(&self, frame: &[u8], lost: impl Fn(&[MeshEvent]) -> bool) -> bool {
        let length = frame.len();
        let is_frame = |event: &MeshEvent| matches!(event, MeshEvent::Frame(_));
        self.until(&format!("a frame of {length} bytes"), |events| {
            events.iter().any(is_frame) || lost(events)
        });
        let mut events = self.heard.events.lock().unwrap();
        let Some(first) = events.iter().position(is_frame) else { return false };
        let MeshEvent::Frame(first) = events.remove(first) else { unreachable!() };
        assert!(first == frame, "{length} bytes were sent, {} other bytes came", first.len());
        true
    }

    /// Sends a frame until the other has taken it: one that is on its way while a link breaks may be lost, and links
    /// break where a machine has no time for signs of life.
    pub fn carries(&self, to: &Self, frame: &[u8]) {
        let breaks = |events: &[MeshEvent]| changes(events, &self.me.name).len();
        loop {
            let before = breaks(&to.heard.events.lock().unwrap());
            self.mesh.send(&to.me.name, frame.to_vec());
            if to.takes_unless(frame, |events| breaks(events) > before) {
                return;
            }
            let there = |seat: &Self, other: &Self| seat.mesh.members().contains(&other.me);
            to.until("the other to come back", |_| there(to, self) && there(self, to));
        }
    }

    /// What it has heard of a name: whether it came or went, and which process.
    pub fn history(&self, name: &str) -> Vec<(bool, u64)> {
        changes(&self.heard.events.lock().unwrap(), name)
    }
}

pub fn changes(events: &[MeshEvent], name: &str) -> Vec<(bool, u64)> {
    let change = |event: &MeshEvent| match event {
        MeshEvent::Up(member) if member.name == name => Some((true, member.incarnation)),
        MeshEvent::Down(member) if member.name == name => Some((false, member.incarnation)),
        _ => None,
    };
    events.iter().filter_map(change).collect()
}

fn brief(events: &[MeshEvent]) -> String {
    let brief = |event: &MeshEvent| match event {
        MeshEvent::Frame(frame) => format!("a frame of {} bytes", frame.len()),
        MeshEvent::Up(member) => format!("{member:?} up"),
        MeshEvent::Down(member) => format!("{member:?} down"),
    };
    events.iter().map(brief).collect::<Vec<_>>().join(", ")
}
