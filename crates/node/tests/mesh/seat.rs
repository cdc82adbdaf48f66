//! A member under test: its mesh, and what it has heard.

use std::sync::{Arc, Condvar, Mutex, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use sojourn_node::mesh::{Member, Mesh, MeshError, MeshEvent, MeshSettings, Role, Sink};

/// How long anything may take.
pub const BOUND: Duration = Duration::from_mins(1);

/// How often a link may break while something is carried over it.
const TRIES: u8 = 20;

/// How often is looked again.
const LOOK: Duration = Duration::from_millis(20);

/// Tests that send much take the processors and the mesh's threads for seconds, and signs of life of others then come
/// late: they run alone.
static MUCH: RwLock<()> = RwLock::new(());

/// A test that runs beside others.
pub fn beside() -> RwLockReadGuard<'static, ()> {
    MUCH.read().unwrap_or_else(PoisonError::into_inner)
}

/// A test that no other runs beside.
pub fn alone() -> RwLockWriteGuard<'static, ()> {
    MUCH.write().unwrap_or_else(PoisonError::into_inner)
}

#[derive(Default)]
struct Heard {
    events: Mutex<Vec<MeshEvent>>,
    changed: Condvar,
    /// Frames that were sent again: they may come once more.
    again: Mutex<Vec<Vec<u8>>>,
}

impl Heard {
    /// Lets frames go that were sent twice and are not the one that is waited for now.
    fn forget_doubles(&self, events: &mut Vec<MeshEvent>, wanted: Option<&[u8]>) {
        let again = self.again.lock().unwrap();
        events.retain(|event| match event {
            MeshEvent::Frame(frame) => Some(&frame[..]) == wanted || !again.contains(frame),
            _ => true,
        });
    }
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
        let mut events = self.heard.events.lock().unwrap();
        self.heard.forget_doubles(&mut events, None);
        let frame = |event: &MeshEvent| match event {
            MeshEvent::Frame(frame) => Some(frame.clone()),
            _ => None,
        };
        events.iter().filter_map(frame).collect()
    }

    /// Waits for the next frame that it is sent, and lets it go; of a mesh that never loses one.
    pub fn takes(&self, frame: &[u8]) {
        assert!(self.takes_unless(frame, |_| false));
    }

    /// The same, unless what has been heard says that it will not come; whether it came.
    fn takes_unless(&self, frame: &[u8], lost: impl Fn(&[MeshEvent]) -> bool) -> bool {
        let length = frame.len();
        let wanted = MeshEvent::Frame(frame.to_vec());
        let is_frame = |event: &MeshEvent| matches!(event, MeshEvent::Frame(_));
        let mut events = self.heard.events.lock().unwrap();
        let end = Instant::now() + BOUND;
        loop {
            self.heard.forget_doubles(&mut events, Some(frame));
            let first = events.iter().position(is_frame);
            if let Some(first) = first.filter(|first| events[*first] == wanted) {
                events.remove(first);
                return true;
            }
            // Another frame comes first: those before it were lost, which is told a moment later, or never may be.
            if lost(&events) {
                return false;
            }
            let left = end.saturating_duration_since(Instant::now());
            let heard = brief(&events);
            assert!(!left.is_zero(), "{} waits for {length} bytes; it has heard {heard}", self.me.name);
            events = self.heard.changed.wait_timeout(events, left.min(LOOK)).unwrap().0;
        }
    }

    /// Sends frames, one after the other, until the other has taken all of them in order: those that are on their way
    /// while a link breaks may be lost, and links break where a machine has no time for signs of life. It begins
    /// again then, with frames for another try.
    pub fn carries_all(&self, to: &Self, frames: impl Fn(u8) -> Vec<Vec<u8>>) {
        let breaks = |seat: &Self, of: &Self| changes(&seat.heard.events.lock().unwrap(), &of.me.name).len();
        for attempt in 0..TRIES {
            let (there, here) = (breaks(to, self), breaks(self, to));
            let frames = frames(attempt);
            for frame in &frames {
                self.mesh.send(&to.me.name, frame.clone());
            }
            let broken = |events: &[MeshEvent]| {
                changes(events, &self.me.name).len() > there || breaks(self, to) > here
            };
            if frames.iter().all(|frame| to.takes_unless(frame, broken)) {
                return;
            }
            to.heard.again.lock().unwrap().extend(frames);
            let sees = |seat: &Self, other: &Self| seat.mesh.members().contains(&other.me);
            to.until("the other to come back", |_| sees(to, self) && sees(self, to));
        }
        panic!("the link from {} to {} broke {TRIES} times", self.me.name, to.me.name);
    }

    /// The same with one frame.
    pub fn carries(&self, to: &Self, frame: &[u8]) {
        self.carries_all(to, |_| vec![frame.to_vec()]);
    }

    /// As `history`, without links that broke and were made again between the same two processes.
    pub fn comings_and_goings(&self, name: &str) -> Vec<(bool, u64)> {
        let mut kept: Vec<(bool, u64)> = Vec::new();
        for (there, incarnation) in self.history(name) {
            if there && kept.last() == Some(&(false, incarnation)) {
                kept.pop();
            } else {
                kept.push((there, incarnation));
            }
        }
        kept
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
