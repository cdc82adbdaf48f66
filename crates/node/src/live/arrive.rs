//! An atom comes: pages into a fresh instance, then the rest, then it runs, held.

use super::atom::{Atom, Demand, Failure, Parts};
use super::console::AtomConsole;
use super::desk::{Desk, Gate};
use super::key_port::KeyPort;
use super::node::Shared;
use super::realm_port::RealmPort;
use super::thread::launch;
use super::wake::Wake;
use crate::error::Error;
use crate::guest::{Arriving as ArrivingGuest, Guest, Plan};
use crate::module::{Module, lock};
use crate::options::EngineName;
use sojourn_abi::{AtomState, Baggage, Channel, ChannelMode, Code, Contents, Facts, Piece};
use sojourn_engine::Limits;
use sojourn_host::Wasi;
use sojourn_host::ports::Ports;
use sojourn_image::Image;
use sojourn_kernel::Input;
use sojourn_post::Mailbox;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long a module may take between two of its parts.
const MODULE_PART: Duration = Duration::from_secs(20);

/// An atom that comes.
pub(crate) struct Arriving {
    epoch: u64,
    source: String,
    facts: Facts,
    module: Module,
    engine: EngineName,
    guest: Mutex<Option<Box<dyn ArrivingGuest>>>,
}

/// Of the room of a node, one part of so many is not for atoms that other atoms start.
const KEPT_FREE: usize = 8;

/// Room for an atom that is being started, until it counts itself.
pub(crate) struct Starting<'a>(&'a Mutex<usize>);

impl Drop for Starting<'_> {
    fn drop(&mut self) {
        *lock(self.0) -= 1;
    }
}

impl Shared {
    /// An atom is offered: looks whether it can be here, and makes room for it.
    pub(crate) fn decide(self: &Arc<Self>, atom: String, epoch: u64, source: String, facts: Facts) {
        self.crash_point("target:offered");
        self.beside("decide", move |shared| {
            let answer = match shared.prepare(&source, &facts) {
                Ok((module, engine, guest)) => {
                    let guest = Mutex::new(Some(guest));
                    let arriving = Arriving { epoch, source, facts, module, engine, guest };
                    lock(&shared.arrivals).insert(atom.clone(), Arc::new(arriving));
                    Input::Taken { atom, epoch }
                }
                Err((code, text)) => Input::Declined { atom, epoch, code, text },
            };
            shared.tell(answer);
        });
    }

    fn prepare(
        self: &Arc<Self>,
        source: &str,
        facts: &Facts,
    ) -> Result<(Module, EngineName, Box<dyn ArrivingGuest>), Failure> {
        self.hosts_atoms()?;
        let me = &self.settings.name;
        if let Some(mount) = facts.mounts.first() {
            let text = format!("{} has the directory {mount} of {source}'s machine open", facts.name);
            return Err((Code::Pinned, text));
        }
        let engine = facts.engine.parse::<EngineName>().map_err(|text| (Code::MissingFeature, text))?;
        self.room_for(facts.memory_bytes)?;
        let module = self.module(facts.module, source, MODULE_PART)?;
        self.suited(&module, &facts.name)?;
        let limits = self.limits(facts.memory_limit_bytes);
        let placeholder = Wasi::new(sojourn_host::Setup::default(), self.no_ports())
            .map_err(|error| (Code::Internal, error.to_string()))?;
        let plan = Plan::arrival(module.clone(), engine);
        let guest = plan.prepare(placeholder, limits).map_err(|error| refusal(&error, me, &facts.name))?;
        self.compile_ahead(plan, &facts.points);
        Ok((module, engine, guest))
    }

    /// Whether another atom with so much memory may be here.
    pub(crate) fn room_for(&self, bytes: u64) -> Result<(), Failure> {
        self.room(bytes, false, *lock(&self.starting))
    }

    /// Room for an atom that is to be started: it is taken as long as what is given back lives. Atoms do not fill all of
    /// a node with those that they start, so that people find room who want to do something about it.
    pub(crate) fn room_to_start(&self, by_atom: bool) -> Result<Starting<'_>, Failure> {
        let mut starting = lock(&self.starting);
        self.room(0, by_atom, *starting)?;
        *starting += 1;
        Ok(Starting(&self.starting))
    }

    fn room(&self, bytes: u64, by_atom: bool, starting: usize) -> Result<(), Failure> {
        let (me, settings) = (&self.settings.name, &self.settings);
        let (mut most, mut most_bytes) = (settings.max_atoms, settings.max_memory_bytes);
        if by_atom {
            (most, most_bytes) = (most - most / KEPT_FREE, most_bytes - most_bytes / KEPT_FREE as u64);
        }
        let (mut living, mut used) = (0, 0_u64);
        for atom in lock(&self.atoms).values() {
            if let Some(bytes) = atom.state().uses() {
                (living, used) = (living + 1, used.saturating_add(bytes));
            }
        }
        if living + lock(&self.arrivals).len() + starting >= most {
            return Err((Code::NoRoom, format!("{me} has {living} atoms, which is its limit")));
        }
        if bytes > settings.atom_memory_bytes {
            let most = settings.atom_memory_bytes;
            return Err((
                Code::NoRoom,
                format!("it needs {bytes} bytes of memory, and {me} gives an atom {most}"),
            ));
        }
        if used.saturating_add(bytes) > most_bytes {
            let left = most_bytes.saturating_sub(used);
            return Err((
                Code::NoRoom,
                format!("it needs {bytes} bytes of memory, and {me} has room for {left}"),
            ));
        }
        Ok(())
    }

    /// What an atom may use here: what its start allowed, and no more than this node gives.
    pub(crate) fn limits(&self, allowed_bytes: Option<u64>) -> Limits {
        let most = self.settings.atom_memory_bytes;
        let memory_bytes = allowed_bytes.unwrap_or(most).min(most);
        Limits { memory_bytes, ..Limits::default() }
    }

    /// A module: one used lately, one kept here, or from somebody who has it.
    pub(crate) fn module(&self, hash: [u8; 32], from: &str, timeout: Duration) -> Result<Module, Failure> {
        if let Some(module) = Module::used_lately(&sojourn_image::ModuleHash(hash)) {
            return Ok(module);
        }
        let wasm = self.want(hash, from, timeout)?;
        crate::store::keep(&sojourn_image::ModuleHash(hash), &wasm);
        Module::new(wasm.as_slice()).map_err(|error| (Code::InvalidModule, error.to_string()))
    }

    /// Pages came.
    pub(crate) fn pages(&self, atom: &str, epoch: u64, memory: u32, size: u64, pieces: &[Piece]) {
        let Some(arriving) = lock(&self.arrivals).get(atom).cloned() else { return };
        if arriving.epoch != epoch {
            return;
        }
        self.crash_point("target:pages");
        let mut guest = lock(&arriving.guest);
        let Some(open) = guest.as_mut() else { return };
        if let Err((code, text)) = write(&mut **open, memory, size, pieces) {
            *guest = None;
            self.tell(Input::Declined { atom: atom.into(), epoch, code, text });
        }
    }

    /// All is there: lets it run, held.
    pub(crate) fn build(
        self: &Arc<Self>,
        id: &str,
        epoch: u64,
        image: &[u8],
        sizes: Vec<u64>,
        baggage: &[u8],
    ) {
        self.crash_point("target:sealed");
        let contents = sojourn_abi::decode::<Baggage>(baggage).filter(|_| image.is_empty());
        let contents = contents.and_then(|baggage| baggage.contents);
        let Some(contents) = contents else {
            return self.declined(id, epoch, self.try_build(id, epoch, image, sizes, baggage));
        };
        let id = id.to_string();
        self.beside("baggage", move |shared| {
            let built = shared.build_from(&id, epoch, &contents, sizes);
            shared.declined(&id, epoch, built);
        });
    }

    fn declined(&self, id: &str, epoch: u64, built: Result<(), Failure>) {
        if let Err((code, text)) = built {
            self.tell(Input::Declined { atom: id.into(), epoch, code, text });
        }
    }

    /// Fetches what was too large for a message, and builds from that.
    fn build_from(
        self: &Arc<Self>,
        id: &str,
        epoch: u64,
        contents: &Contents,
        sizes: Vec<u64>,
    ) -> Result<(), Failure> {
        let source = lock(&self.arrivals).get(id).map(|arriving| arriving.source.clone());
        let source = source.ok_or_else(|| (Code::Aborted, format!("{id} is not expected any more")))?;
        let image = self.want(contents.image, &source, MODULE_PART)?;
        let baggage = self.want(contents.baggage, &source, MODULE_PART)?;
        let built = self.try_build(id, epoch, &image, sizes, &baggage);
        for hash in [contents.image, contents.baggage] {
            self.contents.forget(&hash);
        }
        built
    }

    fn try_build(
        self: &Arc<Self>,
        id: &str,
        epoch: u64,
        image: &[u8],
        sizes: Vec<u64>,
        baggage: &[u8],
    ) -> Result<(), Failure> {
        let arriving = lock(&self.arrivals).remove(id);
        let gone = || (Code::Aborted, format!("{id} is not expected any more"));
        let arriving = arriving.filter(|arriving| arriving.epoch == epoch).ok_or_else(gone)?;
        let guest = lock(&arriving.guest).take().ok_or_else(gone)?;
        let invalid = |text: String| (Code::InvalidRequest, text);
        let image = Image::decode(image).map_err(|error| invalid(error.to_string()))?;
        let mut baggage: Baggage =
            sojourn_abi::decode(baggage).ok_or_else(|| invalid("its baggage cannot be read".into()))?;
        baggage.moves += 1;
        baggage.name.clone_from(&arriving.facts.name);
        baggage.memory_limit_bytes = arriving.facts.memory_limit_bytes;
        self.check_baggage(&baggage)?;
        let atom =
            self.make_atom(id, &arriving.module, arriving.engine, baggage.clone(), AtomState::Held, epoch);
        let ports = self.ports(&atom, Vec::new(), &baggage, true)?;
        self.admit(&atom);
        let (shared, name) = (Arc::clone(self), id.to_string());
        let build = move |_: &Atom| -> Result<Box<dyn Guest>, Failure> {
            let world = Wasi::restore(&image.host, Vec::new(), ports)
                .map_err(|error| (Code::InvalidRequest, error.to_string()))?;
            let me = "this node";
            guest.finish(&image, &sizes, world).map_err(|error| refusal(&error, me, "it"))
        };
        let first = move |built: Result<(), Failure>| match built {
            Ok(()) => {
                shared.tell_aliases(&name);
                shared.tell(Input::Built { atom: name.clone(), epoch });
                shared.crash_point("target:built");
            }
            Err((code, text)) => {
                shared.dismiss(&name);
                shared.tell(Input::Declined { atom: name.clone(), epoch, code, text });
            }
        };
        launch(self, atom, build, first)
    }

    /// This node speaks for it now.
    pub(crate) fn open_gate(self: &Arc<Self>, id: &str, epoch: u64) {
        self.crash_point("target:released");
        let Some(atom) = self.atom(id) else { return };
        {
            let mut state = atom.state();
            state.epoch = epoch;
            if state.phase == AtomState::Held {
                state.phase = AtomState::Running;
            }
        }
        atom.stdout.open();
        atom.stderr.open();
        self.relays.open(self, id, epoch);
        self.open_desk(&atom.desk);
        atom.changed();
        self.settle(&atom);
        self.crash_point("target:owned");
    }

    /// The move failed, or somebody else speaks for it.
    pub(crate) fn discard(&self, id: &str, which: impl Fn(u64) -> bool) {
        {
            let mut arrivals = lock(&self.arrivals);
            if arrivals.get(id).is_some_and(|arriving| which(arriving.epoch)) {
                arrivals.remove(id);
            }
        }
        // One that was restored here meanwhile has another epoch, and stays.
        let Some(known) = self.atom(id).filter(|atom| which(atom.state().epoch)) else { return };
        if let Some(atom) = self.dismiss(&known.id) {
            atom.stdout.leave();
            atom.stderr.leave();
            // One that ended meanwhile needs no asking.
            let _ = atom.demand(Demand::Vanish);
        }
        self.relays.left(id);
    }

    /// An atom is here from now on: it can be found, and messages reach it.
    pub(crate) fn admit(&self, atom: &Arc<Atom>) {
        lock(&self.atoms).insert(atom.id.clone(), Arc::clone(atom));
        self.posts.add(&atom.desk);
    }

    /// An atom is not here any more.
    pub(crate) fn dismiss(&self, id: &str) -> Option<Arc<Atom>> {
        let atom = lock(&self.atoms).remove(id)?;
        self.posts.remove(&atom.desk);
        Some(atom)
    }

    /// An atom with its streams, its seat and its desk.
    pub(crate) fn make_atom(
        self: &Arc<Self>,
        id: &str,
        module: &Module,
        engine: EngineName,
        baggage: Baggage,
        phase: AtomState,
        epoch: u64,
    ) -> Arc<Atom> {
        let (wake, seat) = (Arc::new(Wake::default()), Arc::new(self.scheduler.seat()));
        let desk = desk(id, &baggage, phase, &wake);
        self.journal_from_here(&desk);
        let parts = Parts { module: module.clone(), engine, baggage, wake, seat, desk };
        let atom = Atom::new(id, parts, phase, epoch);
        let (shared, awoken) = (Arc::downgrade(self), Arc::downgrade(&atom));
        atom.desk.set_awaken(move || {
            if let (Some(shared), Some(atom)) = (shared.upgrade(), awoken.upgrade()) {
                shared.awaken(&atom);
            }
        });
        atom
    }

    /// What an atom's guest has of the machine.
    pub(crate) fn ports(
        self: &Arc<Self>,
        atom: &Arc<Atom>,
        stdin: Vec<u8>,
        baggage: &Baggage,
        held: bool,
    ) -> Result<Ports, Failure> {
        let rings = [Arc::clone(&atom.stdout), Arc::clone(&atom.stderr)];
        let console = AtomConsole::new(stdin, rings, Arc::clone(&atom.wake), Arc::clone(&atom.seat));
        let mut ports = crate::ports::machine(Box::new(console));
        ports.post = Box::new(RealmPort::new(self, atom));
        ports.keys = Box::new(KeyPort::new(self, atom));
        ports.sockets = self.relays.sockets(self, atom, baggage, held)?;
        Ok(ports)
    }

    pub(crate) fn no_ports(&self) -> Ports {
        let wake = Arc::new(Wake::default());
        let ring = || Arc::new(super::ring::Ring::new(1, Arc::clone(&wake)));
        let seat = Arc::new(self.scheduler.seat());
        let console = AtomConsole::new(Vec::new(), [ring(), ring()], Arc::clone(&wake), seat);
        crate::ports::machine(Box::new(console))
    }

    /// Atoms that run, or are about to.
    pub(crate) fn living(&self) -> Vec<Arc<Atom>> {
        lock(&self.atoms).values().filter(|atom| atom.state().alive()).cloned().collect()
    }

    /// An atom has ended: others of those that have ended may be forgotten.
    pub(crate) fn ended(&self, atom: &Atom) {
        const REMEMBERED: usize = 256;
        self.relays.ended(&atom.id);
        let mut ended = lock(&self.ended);
        ended.push_back(atom.id.clone());
        if ended.len() > REMEMBERED
            && let Some(oldest) = ended.pop_front()
        {
            let mut atoms = lock(&self.atoms);
            // It may have been restored.
            if atoms.get(&oldest).is_some_and(|atom| !atom.state().alive()) {
                atoms.remove(&oldest);
            }
        }
    }
}

/// The desk of an atom that starts or comes: its mailbox is in its baggage, where it has one already.
fn desk(id: &str, baggage: &Baggage, phase: AtomState, wake: &Arc<Wake>) -> Arc<Desk> {
    let life = baggage.life.clone().unwrap_or_default();
    let mut limits = sojourn_post::Limits::default();
    if life.mailbox_messages > 0 {
        limits.messages = life.mailbox_messages as usize;
    }
    let packed = baggage.mailbox.as_deref().and_then(|bytes| Mailbox::from_bytes(bytes, limits));
    let mut mailbox = packed.unwrap_or_else(|| Mailbox::new(id, super::realtime_ns(), limits));
    let reads = |channel: &&Channel| ChannelMode::of(&channel.mode).is_some_and(ChannelMode::reads);
    for channel in life.channels.iter().flatten().filter(reads).take(sojourn_host::limit::CHANNELS) {
        mailbox.open_channel(&channel.path);
    }
    let gate = if phase == AtomState::Held { Gate::Held } else { Gate::Open };
    Desk::new(mailbox, gate, life.durable, Arc::clone(wake))
}

/// Writes pieces into a memory.
fn write(guest: &mut dyn ArrivingGuest, memory: u32, size: u64, pieces: &[Piece]) -> Result<(), Failure> {
    let mut room = Vec::new();
    let told = |error: Error| match error {
        Error::Engine(text) => (Code::NoRoom, text),
        other => (Code::InvalidRequest, other.to_string()),
    };
    for piece in pieces {
        if piece.stored.is_empty() {
            guest.zero(memory, size, piece.offset, piece.length.into()).map_err(told)?;
        } else if piece.stored.len() == piece.length as usize {
            guest.write(memory, size, piece.offset, &piece.stored).map_err(told)?;
        } else {
            super::pieces::unpack(piece, &mut room)
                .ok_or_else(|| (Code::InvalidRequest, "a piece of its memory cannot be unpacked".into()))?;
            guest.write(memory, size, piece.offset, &room).map_err(told)?;
        }
    }
    Ok(())
}

/// Why an atom cannot be here.
pub(crate) fn refusal(error: &Error, node: &str, name: &str) -> Failure {
    let code = match error {
        Error::MissingImport { .. } => Code::MissingFunction,
        Error::InvalidModule(_) | Error::Refused(_) | Error::MissingExport(_) => Code::InvalidModule,
        Error::MissingMount(_) => Code::Pinned,
        Error::World(_) | Error::InvalidImage(_) | Error::WrongModule(_) => Code::InvalidRequest,
        Error::DiskFull { .. } => Code::DiskFull,
        Error::Engine(_) => Code::NoRoom,
        _ => Code::Internal,
    };
    (code, format!("{name} cannot be on {node}: {error}"))
}
