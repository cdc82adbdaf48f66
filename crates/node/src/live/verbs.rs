//! What a node does when it is asked.

use super::arrive::refusal;
use super::ask::{about, failed, unknown_atom};
use super::atom::{Atom, Demand, Failure};
use super::journal::is_complete;
use super::node::Shared;
use super::ring::Piece;
use super::thread::launch;
use crate::guest::Plan;
use crate::options::EngineName;
use sojourn_abi::{
    Alias, AtomState, Baggage, Channel, ChannelMode, Code, Life, Metric, Mount, NodeRow, Output, Request,
    Response, Stream, Variable,
};
use sojourn_host::{ChannelFile, MemoryTree, Setup, Wasi};
use sojourn_image::Image;
use sojourn_kernel::Input;
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// How long a module may take between two of its parts.
const MODULE_PART: Duration = Duration::from_secs(20);
/// Most bytes of output in one answer.
const OUTPUT_BYTES: u32 = 1 << 20;

/// Longer is not waited for reports.
const REPORTS_WAIT: Duration = Duration::from_secs(5);

/// How long an atom's thread may take to end once its image is there.
const SOON: Duration = Duration::from_secs(10);

/// What `Request::Start` says.
pub(super) struct Start {
    pub(super) module: [u8; 32],
    pub(super) name: String,
    pub(super) arguments: Vec<String>,
    pub(super) environment: Vec<Variable>,
    pub(super) mounts: Vec<Mount>,
    pub(super) stdin: Vec<u8>,
    pub(super) listen: Vec<String>,
    pub(super) engine: String,
    pub(super) images_every_ms: u64,
    pub(super) memory_bytes: u64,
    /// Local name that it is to have.
    pub(super) atom: Option<String>,
    /// How it lives.
    pub(super) life: Option<Life>,
    pub(super) aliases: Option<Vec<Alias>>,
    /// Its channels beside those that `life` or its module says, and who gets what it writes to them.
    pub(super) channels: Vec<Channel>,
    pub(super) channel_to: Option<String>,
    /// Who hears of its end, and whether it is linked.
    pub(super) watcher: Option<(String, bool)>,
    /// Whether another atom starts it.
    pub(super) by_atom: bool,
}

impl Shared {
    /// Answers a request about this node, or an atom that is here.
    pub(crate) fn here(self: &Arc<Self>, request: Request, asker: &str) -> Response {
        let atom = about(&request).map(str::to_string);
        match (self.try_here(request, asker), atom) {
            // It may have left while it was asked.
            (Err(said @ (Code::NotRunning, _)), Some(atom)) => {
                self.elsewhere(&atom).unwrap_or_else(|_| failed(said))
            }
            (said, _) => said.unwrap_or_else(failed),
        }
    }

    fn try_here(self: &Arc<Self>, request: Request, asker: &str) -> Result<Response, Failure> {
        match request {
            Request::Node {} => Ok(Response::NodeRows { rows: vec![self.node_row()] }),
            Request::AtomsHere {} => Ok(Response::AtomRows { rows: self.atom_rows() }),
            Request::Listen { atom, place, address } => self.relays.listen_for(&atom, place, &address),
            Request::Ping {} => Ok(Response::Done {}),
            Request::Report { after, most } => Ok(self.report(asker, after, most)),
            Request::Reports { wait_ms, most, anew } => {
                let wait = Duration::from_millis(wait_ms.into()).min(REPORTS_WAIT);
                Ok(self.reports(asker, wait, most, anew))
            }
            Request::Annotation { module } => Ok(self.annotation_of(module)),
            Request::Cache { most } => Ok(super::metrics::cached(most)),
            Request::Moves { atom } => Ok(Response::MoveRows { rows: self.moves.rows(atom.as_deref()) }),
            Request::MoveState { source, id, wait_ms, .. } if source == self.settings.name => {
                let deadline = Instant::now() + Duration::from_millis(wait_ms.into());
                let row = self.moves.row(id, deadline);
                let row = row.ok_or((Code::InvalidRequest, format!("{source} does not know move {id}")))?;
                Ok(Response::MoveRows { rows: vec![row] })
            }
            Request::MoveState { ref source, wait_ms, .. } => {
                let source = source.clone();
                let timeout = Duration::from_millis(wait_ms.into()) + Duration::from_secs(5);
                Ok(self.ask(&source, None, request, timeout))
            }
            Request::ImagesHere { atom } => {
                Ok(Response::ImageRows { rows: self.image_rows(atom.as_deref()) })
            }
            Request::Fetch { id } => self.fetch(id),
            Request::Keep { atom, epoch, taken_at_ns, cause, content } => {
                self.keep_copy(&atom, epoch, taken_at_ns, &cause, content, asker)
            }
            Request::RestoreHere { atom, epoch, content, anyway } => {
                self.restore_here(&atom, epoch, content, asker, anyway.unwrap_or(false))
            }
            Request::Start {
                module,
                name,
                arguments,
                environment,
                mounts,
                stdin,
                listen,
                engine,
                images_every_ms,
                memory_bytes,
                atom,
                life,
                aliases,
                channels,
                channel_to,
            } => {
                let start = Start {
                    module,
                    name,
                    arguments,
                    environment,
                    mounts,
                    stdin,
                    listen,
                    engine,
                    images_every_ms,
                    memory_bytes,
                    atom,
                    life,
                    aliases,
                    channels: channels.unwrap_or_default(),
                    channel_to,
                    watcher: None,
                    by_atom: false,
                };
                self.start(start, asker)
            }
            Request::Read { atom, stream, from, most, wait_ms } => {
                self.read(&atom, stream, from, most, wait_ms)
            }
            Request::Move { atom, target, cause } => self.move_away(&atom, &target, &cause),
            Request::Stop { atom, keep } => self.stop(&atom, keep),
            Request::Checkpoint { atom } => self.checkpoint(&atom),
            Request::Snapshot { atom } => self.snapshot(&atom),
            Request::Forget { atom } => self.forget(&atom),
            Request::Reload { atom, .. } if self.atom(&atom).is_none() => self.elsewhere(&atom),
            Request::Reload { atom, module } => self.reload(&atom, module, asker),
            Request::Keys { atom, prefix, after, most } => self.keys(&atom, &prefix, &after, most),
            Request::Find { scope, pattern, any } => {
                Ok(Response::Names { rows: self.find(&scope, &pattern, any)? })
            }
            other => self.box_request(other, asker),
        }
    }

    fn node_row(&self) -> NodeRow {
        let metric = |(name, value): (&str, u64)| Metric { name: name.into(), value };
        let (resident_bytes, processor_ns) = super::process_usage();
        NodeRow {
            name: self.settings.name.clone(),
            incarnation: self.incarnation,
            version: env!("CARGO_PKG_VERSION").into(),
            addresses: self.mesh_addresses(),
            workers: u32::try_from(self.settings.workers).unwrap_or(u32::MAX),
            atoms: u32::try_from(self.living().len()).unwrap_or(u32::MAX),
            running: u32::try_from(self.scheduler.wanting()).unwrap_or(u32::MAX),
            resident_bytes,
            processor_ns,
            uptime_ns: u64::try_from(self.began.elapsed().as_nanos()).unwrap_or(u64::MAX),
            peers: self.kernel(|kernel| {
                let peers = kernel.peers().into_iter();
                peers.filter(|(_, role)| *role == sojourn_abi::Role::Node).map(|(name, _)| name).collect()
            }),
            metrics: self.metrics().into_iter().map(metric).collect(),
            hosts: (!self.settings.hosts).then_some(false),
        }
    }

    fn atom_rows(&self) -> Vec<sojourn_abi::AtomRow> {
        let atoms: Vec<Arc<Atom>> = crate::module::lock(&self.atoms).values().cloned().collect();
        atoms.iter().map(|atom| atom.row(&self.settings.name, self.relays.count(&atom.id))).collect()
    }

    /// Where an atom is that is not here.
    fn elsewhere(&self, id: &str) -> Result<Response, Failure> {
        let place = self.kernel(|kernel| kernel.place(id)).ok_or_else(|| unknown_atom(id))?;
        if place.node == self.settings.name || !place.alive {
            let text = format!("{id} has ended or is gone; {} had it last", place.node);
            return Err((Code::NotRunning, text));
        }
        Ok(Response::Elsewhere { node: place.node, epoch: place.epoch })
    }

    pub(super) fn start(self: &Arc<Self>, order: Start, asker: &str) -> Result<Response, Failure> {
        let me = self.settings.name.clone();
        self.hosts_atoms()?;
        let engine = order.engine.parse::<EngineName>().map_err(|text| (Code::MissingFeature, text))?;
        let room = self.room_to_start(order.by_atom)?;
        let module = self.module(order.module, asker, MODULE_PART)?;
        let order = self.annotated(order, &module)?;
        super::names::check(order.aliases.as_deref().unwrap_or_default())?;
        let birth = self.birth(order.atom.as_deref(), &order.name)?;
        let (id, epoch) = (birth.name.clone(), birth.epoch);
        let images_every_ms = match order.images_every_ms {
            0 => u64::try_from(self.settings.images_every.as_millis()).unwrap_or(0),
            every => every,
        };
        let baggage = Baggage {
            name: order.name,
            started_at_ns: super::realtime_ns(),
            images_every_ms,
            memory_limit_bytes: (order.memory_bytes > 0).then_some(order.memory_bytes),
            aliases: order.aliases,
            life: order.life,
            ..Baggage::default()
        };
        self.check_baggage(&baggage)?;
        let atom = self.make_atom(&id, &module, engine, baggage.clone(), AtomState::Starting, epoch);
        if let Some((watcher, linked)) = &order.watcher {
            atom.desk.inner().mailbox.watched_by(watcher, *linked);
        }
        let listening = self.relays.listen(self, &id, epoch, &order.listen)?;
        let listeners = u32::try_from(listening.len()).unwrap_or(0);
        let setup = setup(&atom.life, order.mounts, listeners)?;
        let baggage = Baggage { anchor: (listeners > 0).then(|| me.clone()), ..baggage };
        let ports = self.ports(&atom, order.stdin, &baggage, false)?;
        let world = Wasi::new(setup, ports).map_err(|error| refusal(&error.into(), &me, &id))?;
        let plan =
            Plan::start(module, engine, atom.first_call().into(), self.limits(baggage.memory_limit_bytes));
        let (begun, begins) = channel();
        let place = me.clone();
        let name = id.clone();
        let build = move |_: &Atom| plan.build(world, false).map_err(|error| refusal(&error, &place, &name));
        let starting = Arc::clone(&atom);
        let first = move |built: Result<(), Failure>| {
            if built.is_ok() {
                starting.state().phase = AtomState::Running;
            }
            let _ = begun.send(built);
        };
        self.admit(&atom);
        drop(room);
        self.own(&atom, epoch);
        let launched = launch(self, atom, build, first).and_then(|()| {
            begins.recv().unwrap_or_else(|_| Err((Code::Internal, "its thread failed".into())))
        });
        if let Err(failure) = launched {
            self.dismiss(&id);
            self.tell(Input::Ended { atom: id.clone() });
            self.relays.ended(&id);
            return Err(failure);
        }
        self.make_first_image(&id);
        Ok(Response::Placed { atom: id, node: me, epoch, listening })
    }

    fn read(
        &self,
        id: &str,
        stream: Stream,
        from: u64,
        most: u32,
        wait_ms: u32,
    ) -> Result<Response, Failure> {
        let Some(atom) = self.atom(id) else { return self.elsewhere(id) };
        let ring = match stream {
            Stream::Stdout => &atom.stdout,
            Stream::Stderr => &atom.stderr,
        };
        let deadline = Instant::now() + Duration::from_millis(wait_ms.into());
        match ring.read(from, most.min(OUTPUT_BYTES) as usize, deadline) {
            Piece::Bytes { from, bytes, end } => Ok(Response::Output { from, bytes, end }),
            // One that was given another module is another atom here, with the same output.
            Piece::Moving => Err((Code::Busy, format!("{id} is being moved; ask again"))),
            Piece::Left => match self.atom(id).filter(|other| !Arc::ptr_eq(other, &atom)) {
                Some(_) => self.read(id, stream, from, most, wait_ms),
                None => self.elsewhere(id),
            },
        }
    }

    fn move_away(self: &Arc<Self>, id: &str, target: &str, cause: &str) -> Result<Response, Failure> {
        let Some(atom) = self.atom(id) else { return self.elsewhere(id) };
        let me = self.settings.name.clone();
        if !atom.state().alive() {
            return Err((Code::NotRunning, format!("{id} does not run any more")));
        }
        if target == me {
            return Err((Code::AlreadyThere, format!("{id} is already on {target}")));
        }
        let known = self.kernel(|kernel| kernel.peers().iter().any(|(name, _)| name == target));
        if !known {
            return Err((Code::UnknownNode, format!("there is no node {target:?} in the realm")));
        }
        if let Some(mount) = atom.state().pinned.first() {
            let text = format!("{id} has the directory {mount} of {me}'s machine open");
            return Err((Code::Pinned, text));
        }
        let id = self.begin_move(&atom, target, cause);
        Ok(Response::Moving { source: me, id })
    }

    fn stop(self: &Arc<Self>, id: &str, keep: bool) -> Result<Response, Failure> {
        let Some(atom) = self.atom(id) else { return self.elsewhere(id) };
        if !atom.state().alive() {
            let status = atom.state().status;
            let stopped = Response::Stopped { status, images: self.image_rows(Some(id)) };
            return Ok(self.elsewhere(id).unwrap_or(stopped));
        }
        let (reply, image) = channel();
        atom.demand(Demand::End(reply))?;
        let image = image.recv().map_err(|_| (Code::Internal, "its thread failed".to_string()))??;
        let Some(image) = image else {
            let status = atom.state().status;
            return Ok(Response::Stopped { status, images: Vec::new() });
        };
        let epoch = atom.state().epoch;
        let images = if keep { self.keep_image(&atom, &image, epoch, "stopped")? } else { Vec::new() };
        // Whoever asks next finds it stopped.
        atom.wait_for_end(SOON);
        Ok(Response::Stopped { status: None, images })
    }

    /// An image of an atom, which goes on.
    pub(crate) fn image_of(atom: &Atom) -> Result<Arc<Image>, Failure> {
        let (reply, image) = channel();
        atom.demand(Demand::Image(reply))?;
        image.recv().map_err(|_| (Code::Ended, format!("{} ended meanwhile", atom.id)))?
    }

    fn checkpoint(self: &Arc<Self>, id: &str) -> Result<Response, Failure> {
        let Some(atom) = self.atom(id) else { return self.elsewhere(id) };
        let rows = self.checkpoint_of(&atom, "asked for")?;
        Ok(Response::ImageRows { rows })
    }

    fn snapshot(&self, id: &str) -> Result<Response, Failure> {
        let Some(atom) = self.atom(id) else { return self.elsewhere(id) };
        let mut image = (*Self::image_of(&atom)?).clone();
        image.module = Some(atom.module.wasm().to_vec());
        self.offer_image(&image)
    }

    /// An image as a content that others may want.
    pub(crate) fn offer_image(&self, image: &Image) -> Result<Response, Failure> {
        let bytes = image.encode().map_err(|error| (Code::Internal, error.to_string()))?;
        let length = bytes.len() as u64;
        Ok(Response::Fetched { content: self.contents.put(bytes), bytes: length })
    }

    fn keys(&self, id: &str, prefix: &[u8], after: &[u8], most: u32) -> Result<Response, Failure> {
        let Some(atom) = self.atom(id) else { return self.elsewhere(id) };
        let (rows, more) = crate::module::lock(&atom.keys).rows(prefix, after, most.max(1) as usize);
        Ok(Response::KeyRows { rows, more })
    }

    fn forget(&self, id: &str) -> Result<Response, Failure> {
        let Some(atom) = self.atom(id) else { return self.elsewhere(id) };
        if atom.state().alive() {
            return Err((Code::AlreadyRuns, format!("{id} runs")));
        }
        self.dismiss(id);
        self.forget_images(id)?;
        Ok(Response::Done {})
    }

    /// Lets an image that came go on here.
    fn restore_here(
        self: &Arc<Self>,
        id: &str,
        epoch: u64,
        content: [u8; 32],
        asker: &str,
        anyway: bool,
    ) -> Result<Response, Failure> {
        self.hosts_atoms()?;
        let me = self.settings.name.clone();
        let bytes = self.want(content, asker, MODULE_PART)?;
        let image = Image::decode(&bytes).map_err(|error| (Code::InvalidRequest, error.to_string()))?;
        let module = match &image.module {
            Some(wasm) => crate::Module::new(wasm).map_err(|error| refusal(&error, &me, id))?,
            None => self.module(image.module_hash.0, asker, MODULE_PART)?,
        };
        self.room_for(image.memories.iter().map(sojourn_image::Memory::size_bytes).sum())?;
        let baggage: Baggage = sojourn_abi::decode(&image.mailbox)
            .ok_or_else(|| (Code::InvalidRequest, "the image is not one of an atom".to_string()))?;
        if !anyway {
            is_complete(id, &baggage)?;
        }
        // Connections of the past are gone: whoever restores says so to the guest.
        let baggage = Baggage { connections: Vec::new(), anchor: None, ..baggage };
        let baggage = Baggage {
            stdout: Output { read: None, ..baggage.stdout },
            stderr: Output { read: None, ..baggage.stderr },
            ..baggage
        };
        self.check_baggage(&baggage)?;
        let atom =
            self.make_atom(id, &module, EngineName::default(), baggage.clone(), AtomState::Starting, epoch);
        atom.desk.inner().mailbox.pardon();
        if !atom.desk.durable {
            // What it says again after the image may differ from what it said before.
            atom.desk.inner().mailbox.begin_anew(super::realtime_ns());
        }
        let ports = self.ports(&atom, Vec::new(), &baggage, false)?;
        let world =
            Wasi::restore(&image.host, Vec::new(), ports).map_err(|error| refusal(&error.into(), &me, id))?;
        let plan = Plan::resume(
            module,
            EngineName::default(),
            Arc::new(image),
            self.limits(baggage.memory_limit_bytes),
        );
        let (begun, begins) = channel();
        let (place, name, starting) = (me.clone(), id.to_string(), Arc::clone(&atom));
        let build = move |_: &Atom| plan.build(world, false).map_err(|error| refusal(&error, &place, &name));
        let first = move |built: Result<(), Failure>| {
            if built.is_ok() {
                starting.state().phase = AtomState::Running;
            }
            let _ = begun.send(built);
        };
        self.own(&atom, epoch);
        self.admit(&atom);
        let launched = launch(self, atom, build, first).and_then(|()| {
            begins.recv().unwrap_or_else(|_| Err((Code::Internal, "its thread failed".into())))
        });
        if let Err(failure) = launched {
            self.dismiss(id);
            self.tell(Input::Ended { atom: id.into() });
            return Err(failure);
        }
        self.make_first_image(id);
        Ok(Response::Placed { atom: id.into(), node: me, epoch, listening: Vec::new() })
    }
}

/// What a fresh guest is given.
pub(super) fn setup(life: &Life, mounts: Vec<Mount>, listeners: u32) -> Result<Setup, Failure> {
    let mounts = mounts.into_iter().map(mount).collect::<Result<_, _>>()?;
    let variable = |v: &Variable| (v.name.clone().into_bytes(), v.value.clone().into_bytes());
    Ok(Setup {
        arguments: life.arguments.iter().map(|argument| argument.clone().into_bytes()).collect(),
        environment: life.environment.iter().map(variable).collect(),
        listeners,
        mounts,
        seed: None,
        channels: life.channels.iter().flatten().map(channel_file).collect::<Result<_, _>>()?,
        channel_to: life.channel_to.clone().unwrap_or_default(),
    })
}

/// # Errors
/// `InvalidRequest` for a mode that there is not.
fn channel_file(channel: &Channel) -> Result<ChannelFile, Failure> {
    let Channel { path, mode } = channel;
    let known = ChannelMode::of(mode).ok_or_else(|| {
        (Code::InvalidRequest, format!("the channel {path:?} has the mode {mode:?}; there are r, w and rw"))
    })?;
    Ok(ChannelFile { path: path.clone(), mode: known })
}

fn mount(mount: Mount) -> Result<sojourn_host::Mount, Failure> {
    if let Some(host) = mount.host {
        return Ok(sojourn_host::Mount::host(mount.guest, host));
    }
    let mut tree = MemoryTree::new();
    for file in &mount.files {
        tree.add_file(&file.path, &file.contents).map_err(|errno| {
            (Code::InvalidRequest, format!("the file {:?} cannot be given: {errno}", file.path))
        })?;
    }
    Ok(sojourn_host::Mount::memory(mount.guest, tree))
}
