//! A node, and what its parts share.
//!
//! ```text
//! mesh threads ----frame----> kernel (one lock) ----frames-----> mesh
//! verbs, atoms ----input----> kernel            ----the rest---> one thread, in order: `execute`
//! ```

use super::atom::Atom;
use super::content::Contents;
use super::image_keeper::Keeper;
use super::records::Moves;
use super::schedule::Scheduler;
use super::settings::Settings;
use crate::mesh::{Member, Mesh, MeshError, MeshEvent, MeshSettings, Role};
use crate::module::lock;
use sojourn_abi::{Lane, Message, Request, Response};
use sojourn_kernel::{Input, Kernel, Output};
use std::collections::{BTreeMap, HashMap, VecDeque};
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::SeqCst};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Condvar, Mutex, OnceLock, PoisonError, Weak};
use std::time::{Duration, Instant};

/// A member of a realm: a node that runs atoms, or a client that asks.
pub struct Node {
    pub(crate) shared: Arc<Shared>,
}

/// Why a node could not be opened: one line for people, and what to do.
#[derive(Clone, Debug)]
pub enum OpenError {
    /// The mesh.
    Mesh(MeshError),
    /// Its folder.
    Folder(crate::images::Error),
    /// The realm does not take it.
    Denied(String),
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Mesh(error) => error.fmt(f),
            Self::Folder(error) => error.fmt(f),
            Self::Denied(text) => f.write_str(text),
        }
    }
}

impl std::error::Error for OpenError {}

/// What the parts of a node share.
pub(crate) struct Shared {
    pub(crate) settings: Settings,
    pub(crate) incarnation: u64,
    pub(crate) began: Instant,
    pub(crate) scheduler: Scheduler,
    pub(crate) atoms: Mutex<BTreeMap<String, Arc<Atom>>>,
    /// Those of them that have ended, the last one last.
    pub(crate) ended: Mutex<VecDeque<String>>,
    /// Atoms that are being started and do not count themselves yet.
    pub(crate) starting: Mutex<usize>,
    pub(crate) arrivals: Mutex<HashMap<String, Arc<super::arrive::Arriving>>>,
    pub(crate) departures: Mutex<HashMap<String, Arc<super::leave::Departure>>>,
    pub(crate) contents: Contents,
    pub(crate) keeper: Option<Keeper>,
    pub(crate) moves: Moves,
    pub(crate) asked: Mutex<HashMap<u64, (String, Sender<Response>)>>,
    pub(crate) next_ask: AtomicU64,
    pub(crate) relays: super::relay::Relays,
    pub(crate) posts: super::post::PostOffice,
    pub(crate) ends: super::ends::Ends,
    pub(crate) outboxes: super::outbox::Outboxes,
    pub(crate) awake: super::rest::Awake,
    pub(crate) boxes: super::boxes::Boxes,
    pub(crate) orphans: super::port::Orphans,
    pub(crate) names: super::names::Names,
    pub(crate) facts: super::facts::Facts,
    pub(crate) gatherer: super::facts::Gatherer,
    pub(crate) denied: Mutex<Option<String>>,
    kernel: Mutex<Kernel>,
    /// The kernel's next time-out changed, a bulk lane has room, or a peer came or went.
    stirred: Condvar,
    outputs: Sender<Output>,
    mesh: OnceLock<Arc<dyn Mesh>>,
    closed: AtomicBool,
}

impl Node {
    /// Opens a node: joins its realm, and begins to work.
    ///
    /// # Errors
    /// `OpenError`; nothing of it remains then.
    pub fn open(settings: Settings) -> Result<Self, OpenError> {
        let mesh = |settings: &MeshSettings, sink| crate::mesh::zenoh::open(settings, sink);
        Self::open_on(settings, mesh)
    }

    /// As `open`, on another mesh.
    ///
    /// # Errors
    /// As `open`.
    pub fn open_on(
        settings: Settings,
        mesh: impl FnOnce(&MeshSettings, crate::mesh::Sink) -> Result<Arc<dyn Mesh>, MeshError>,
    ) -> Result<Self, OpenError> {
        let incarnation = super::random_u64();
        let keeper = match (&settings.folder, settings.role) {
            (Some(folder), Role::Node) => Some(Keeper::open(folder, &settings).map_err(OpenError::Folder)?),
            _ => None,
        };
        let (outputs, todo) = channel();
        let shared = Arc::new(Shared {
            incarnation,
            began: Instant::now(),
            scheduler: Scheduler::new(settings.workers, settings.slice),
            atoms: Mutex::default(),
            ended: Mutex::default(),
            starting: Mutex::default(),
            arrivals: Mutex::default(),
            departures: Mutex::default(),
            contents: Contents::default(),
            keeper,
            moves: Moves::default(),
            asked: Mutex::default(),
            // An answer may reach the next process of this name.
            next_ask: AtomicU64::new(super::random_u64() >> 1),
            relays: super::relay::Relays::default(),
            posts: super::post::PostOffice::default(),
            ends: super::ends::Ends::default(),
            outboxes: super::outbox::Outboxes::default(),
            awake: super::rest::Awake::default(),
            boxes: super::boxes::Boxes::default(),
            orphans: super::port::Orphans::default(),
            names: super::names::Names::new(&settings.name),
            facts: super::facts::Facts::default(),
            gatherer: super::facts::Gatherer::default(),
            denied: Mutex::default(),
            kernel: Mutex::new(Kernel::new(kernel_settings(&settings, incarnation))),
            stirred: Condvar::new(),
            outputs,
            mesh: OnceLock::new(),
            closed: AtomicBool::new(false),
            settings,
        });
        shared.join(mesh).map_err(OpenError::Mesh)?;
        shared.work(todo);
        Ok(Self { shared })
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.shared.settings.name
    }

    /// Addresses at which others can join.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        self.shared.mesh.get().map(|mesh| mesh.addresses()).unwrap_or_default()
    }

    /// Asks a node; `to` names it, and without it the node at the address that was joined is asked, or this one.
    /// The answer to all that goes wrong on the way is `Response::Failed`, too.
    #[must_use]
    pub fn request(&self, request: Request, to: Option<&str>, timeout: Duration) -> Response {
        self.shared.request(request, to, timeout)
    }

    /// Makes a content available to others for ten minutes.
    #[must_use]
    pub fn put(&self, content: Vec<u8>) -> [u8; 32] {
        self.shared.contents.put(content)
    }

    /// A content from somebody.
    ///
    /// # Errors
    /// Why it did not come, for people.
    pub fn get(&self, hash: [u8; 32], from: &str, timeout: Duration) -> Result<Arc<Vec<u8>>, String> {
        self.shared.want(hash, from, timeout).map_err(|(_, text)| text)
    }

    /// Nodes that it has a session with now, by name.
    #[must_use]
    pub fn peers(&self) -> Vec<String> {
        self.shared.nodes_met()
    }

    /// Waits until a session with somebody who runs atoms stands; their names.
    ///
    /// # Errors
    /// Why none does: denied, or nobody answers in this time.
    pub fn connected(&self, timeout: Duration) -> Result<Vec<String>, String> {
        self.shared.connected(timeout)
    }

    /// Ends it: its atoms end without images, and others hear that it is gone.
    pub fn close(&self) {
        self.shared.close();
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        self.close();
    }
}

fn kernel_settings(settings: &Settings, incarnation: u64) -> sojourn_kernel::Settings {
    let mut kernel = sojourn_kernel::Settings::new(settings.name.clone(), incarnation, settings.role.into());
    kernel.realm.clone_from(&settings.realm);
    kernel.key = settings.key;
    // The target may have to fetch and compile the module.
    kernel.times.offer_ns = 120_000_000_000;
    kernel
}

impl Shared {
    fn join(
        self: &Arc<Self>,
        mesh: impl FnOnce(&MeshSettings, crate::mesh::Sink) -> Result<Arc<dyn Mesh>, MeshError>,
    ) -> Result<(), MeshError> {
        let settings = MeshSettings {
            realm: self.settings.realm.clone(),
            me: Member {
                name: self.settings.name.clone(),
                incarnation: self.incarnation,
                role: self.settings.role,
            },
            listen: self.settings.listen.clone(),
            join: self.settings.join.clone(),
            discover: self.settings.discover,
            router: self.settings.router,
            tls: self.settings.tls.clone(),
        };
        let heard = Arc::downgrade(self);
        let sink = Arc::new(move |event| {
            if let Some(shared) = heard.upgrade() {
                shared.hear(event);
            }
        });
        let mesh = mesh(&settings, sink)?;
        // What came before this line was told is lost, as on any mesh; hellos are repeated.
        let _ = self.mesh.set(mesh);
        for member in self.mesh.get().map(|mesh| mesh.members()).unwrap_or_default() {
            self.hear(MeshEvent::Up(member));
        }
        Ok(())
    }

    fn hear(self: &Arc<Self>, event: MeshEvent) {
        let letters = self.tell_and_hear(match event {
            MeshEvent::Frame(frame) => Input::Frame(frame),
            MeshEvent::Up(member) => {
                Input::Up { name: member.name, incarnation: member.incarnation, role: member.role.into() }
            }
            MeshEvent::Down(member) => Input::Down { name: member.name, incarnation: member.incarnation },
        });
        for (from, message) in letters {
            self.letters_came(&from, message);
        }
    }

    /// Nanoseconds since this node began.
    fn now(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    /// Tells the kernel that something happened.
    pub(crate) fn tell(&self, input: Input) {
        let letters = self.tell_and_hear(input);
        self.hand_on(letters);
    }

    /// Messages between atoms that came where somebody has other things to do.
    fn hand_on(&self, letters: Vec<(String, Message)>) {
        for (from, message) in letters {
            let _ = self.outputs.send(Output::Deliver { from, message });
        }
    }

    /// As `tell`; what came of messages between atoms, which are on the path of every one of them, is given back.
    fn tell_and_hear(&self, input: Input) -> Vec<(String, Message)> {
        let mut kernel = lock(&self.kernel);
        let before = kernel.next_timeout();
        kernel.handle(input, self.now());
        let letters = self.take_outputs(&mut kernel);
        if kernel.next_timeout() != before {
            self.stirred.notify_all();
        }
        letters
    }

    /// Frames go out at once; everything else but messages between atoms is done in order by one thread.
    fn take_outputs(&self, kernel: &mut Kernel) -> Vec<(String, Message)> {
        let mut letters = Vec::new();
        while let Some(output) = kernel.poll() {
            match output {
                Output::Transmit { to, frame } => {
                    if let Some(mesh) = self.mesh.get() {
                        mesh.send(&to, frame);
                    }
                }
                Output::Room { .. } => self.stirred.notify_all(),
                Output::Deliver {
                    from,
                    message: message @ (Message::Posts { .. } | Message::Posted { .. }),
                } => {
                    letters.push((from, message));
                }
                other => {
                    self.names.follow(&other);
                    if matches!(other, Output::Connected { .. } | Output::Disconnected { .. }) {
                        self.stirred.notify_all();
                    }
                    // The thread is gone only when the node is closed.
                    let _ = self.outputs.send(other);
                }
            }
        }
        letters
    }

    /// Asks the kernel something.
    pub(crate) fn kernel<T>(&self, ask: impl FnOnce(&Kernel) -> T) -> T {
        ask(&lock(&self.kernel))
    }

    /// A short message for somebody.
    pub(crate) fn send(&self, to: &str, message: Message) {
        self.tell(Input::Send { to: to.into(), lane: Lane::Control, message });
    }

    /// A message in the bulk lane, when there is room for it: waits as long as `go_on` says so.
    ///
    /// # Errors
    /// There is no session any more, or nobody wants to go on.
    pub(crate) fn send_bulk(
        &self,
        to: &str,
        message: Message,
        bytes: usize,
        go_on: &dyn Fn() -> bool,
    ) -> Result<(), ()> {
        let mut kernel = lock(&self.kernel);
        loop {
            if !go_on() || self.closed.load(SeqCst) || !kernel.peers().iter().any(|(name, _)| name == to) {
                return Err(());
            }
            if kernel.room(to) >= bytes as u64 {
                kernel.handle(Input::Send { to: to.into(), lane: Lane::Bulk, message }, self.now());
                let letters = self.take_outputs(&mut kernel);
                self.stirred.notify_all();
                drop(kernel);
                self.hand_on(letters);
                return Ok(());
            }
            let waited = self.stirred.wait_timeout(kernel, Duration::from_millis(100));
            kernel = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Starts the node's own threads.
    fn work(self: &Arc<Self>, todo: Receiver<Output>) {
        let doing = Arc::downgrade(self);
        spawn("execute", move || {
            while let Ok(output) = todo.recv() {
                let Some(shared) = doing.upgrade() else { return };
                shared.execute(output);
            }
        });
        let timed = Arc::downgrade(self);
        spawn("timer", move || keep_time(&timed));
        let (gathered, late) = (Arc::downgrade(self), Arc::downgrade(self));
        spawn("posts", move || super::outbox::send_gathered(&gathered));
        spawn("posts again", move || super::post::send_late(&late));
        if self.keeper.is_some() {
            let kept = Arc::downgrade(self);
            spawn("images", move || super::image_keeper::keep_intervals(&kept));
        }
    }

    fn connected(&self, timeout: Duration) -> Result<Vec<String>, String> {
        let deadline = Instant::now() + timeout;
        let mut kernel = lock(&self.kernel);
        loop {
            let nodes: Vec<String> = kernel
                .peers()
                .into_iter()
                .filter(|(_, role)| *role == sojourn_abi::Role::Node)
                .map(|(name, _)| name)
                .collect();
            if !nodes.is_empty() {
                return Ok(nodes);
            }
            if let Some(text) = lock(&self.denied).clone() {
                return Err(text);
            }
            let rest = deadline.saturating_duration_since(Instant::now());
            if rest.is_zero() {
                return Err(format!("nobody of realm {:?} answers", self.settings.realm));
            }
            let waited = self.stirred.wait_timeout(kernel, rest.min(Duration::from_millis(100)));
            kernel = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// The member at the address that was joined.
    pub(crate) fn entrance(&self) -> Option<String> {
        self.mesh.get().and_then(|mesh| mesh.entrance()).map(|member| member.name)
    }

    pub(crate) fn mesh_addresses(&self) -> Vec<String> {
        self.mesh.get().map(|mesh| mesh.addresses()).unwrap_or_default()
    }

    /// Whether the node is closed.
    pub(crate) fn closed(&self) -> bool {
        self.closed.load(SeqCst)
    }

    fn close(&self) {
        if self.closed.swap(true, SeqCst) {
            return;
        }
        let atoms: Vec<Arc<Atom>> = lock(&self.atoms).values().cloned().collect();
        for atom in atoms {
            // One that has ended has nothing to vanish.
            let _ = atom.demand(super::atom::Demand::Vanish);
        }
        self.relays.close();
        if let Some(mesh) = self.mesh.get() {
            mesh.close();
        }
        // Whoever still waits for an answer gets none: without a sender the wait ends at once.
        lock(&self.asked).clear();
        self.stirred.notify_all();
    }

    /// An atom here, also one that has ended.
    pub(crate) fn atom(&self, id: &str) -> Option<Arc<Atom>> {
        lock(&self.atoms).get(id).cloned()
    }

    /// For tests: ends the process here, as if it were killed.
    pub(crate) fn crash_point(&self, step: &str) {
        if self.settings.crash_at.as_deref() == Some(step) {
            std::process::abort();
        }
    }
}

/// Calls the kernel when one of its times has come.
fn keep_time(timed: &Weak<Shared>) {
    while let Some(shared) = timed.upgrade() {
        if shared.closed() {
            return;
        }
        let mut kernel = lock(&shared.kernel);
        let now = shared.now();
        match kernel.next_timeout() {
            Some(due) if due <= now => {
                kernel.tick(now);
                let letters = shared.take_outputs(&mut kernel);
                drop(kernel);
                shared.hand_on(letters);
            }
            due => {
                let rest = due.map_or(Duration::from_mins(1), |due| Duration::from_nanos(due - now));
                drop(shared.stirred.wait_timeout(kernel, rest.min(Duration::from_mins(1))));
            }
        }
    }
}

/// A thread of the node's; one that cannot be had is a failure of the machine, which is told.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) {
    if let Err(error) = super::threads::run(name, body) {
        eprintln!("error: there is no thread for {name}: {error}");
    }
}
