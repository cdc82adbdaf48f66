//! Another module for an atom, while its author works on it: name, aliases, keys and messages stay; its memory where that
//! can be.

use super::arrive::refusal;
use super::atom::{Atom, Demand, Failure, Seal, Verdict};
use super::desk::Gate;
use super::node::Shared;
use super::thread::whole_with;
use super::verbs::setup;
use crate::guest::{Guest, Plan};
use crate::module::Module;
use sojourn_abi::{Annotation, AtomState, Baggage, Code, Event, EventKind, Life, Response};
use sojourn_host::Wasi;
use sojourn_image::Image;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

/// How long a module may take between two of its parts.
const MODULE_PART: Duration = Duration::from_secs(20);
/// How often an atom that handles a message is asked again whether it rests, and how long between.
const LOOKS: u32 = 50;
const PAUSE: Duration = Duration::from_millis(10);

/// Packs an atom for itself.
struct Packing {
    atom: Arc<Atom>,
    packed: Sender<Result<Image, Failure>>,
}

impl Seal for Packing {
    fn seal(&mut self, guest: &mut dyn Guest, registers: &Image) -> Result<(), Failure> {
        let mailbox = self.atom.desk.seal();
        let image = whole_with(guest, registers.clone(), &self.atom, mailbox);
        // Whoever asked waits for it.
        let _ = self.packed.send(Ok(image));
        Ok(())
    }

    fn failed(&mut self, failure: Failure) {
        let _ = self.packed.send(Err(failure));
    }
}

/// What the new atom begins with.
struct Anew {
    module: Module,
    baggage: Baggage,
    image: Image,
    /// Why its memory is fresh.
    fresh: Option<String>,
}

impl Shared {
    /// Gives an atom another module. Until that one stands, the old one is stopped and can go on.
    ///
    /// # Errors
    /// The module cannot be here, or cannot be this atom's; the old one goes on.
    pub(super) fn reload(
        self: &Arc<Self>,
        id: &str,
        hash: [u8; 32],
        asker: &str,
    ) -> Result<Response, Failure> {
        let old = self.atom(id).ok_or_else(|| super::ask::unknown_atom(id))?;
        let module = self.module(hash, asker, MODULE_PART)?;
        let said = self.suited(&module, &old.name)?;
        self.try_out(&old, &module)?;
        let (image, verdict) = self.pack(&old)?;
        let made = anew(&old, module, &said, image).and_then(|anew| self.replace(&old, anew));
        match made {
            Ok(response) => {
                // Its thread waits for nothing else.
                let _ = verdict.send(Verdict::Leave);
                let waited = old.desk.close(Gate::Sealed);
                self.posts_came(&self.settings.name, waited);
                if let Some(atom) = self.atom(id) {
                    self.open_desk(&atom.desk);
                }
                self.make_first_image(id);
                Ok(response)
            }
            Err(failure) => {
                self.open_desk(&old.desk);
                let _ = verdict.send(Verdict::GoOn);
                Err(failure)
            }
        }
    }

    /// Whether a module can be run at all, before anything is stopped for it.
    fn try_out(&self, old: &Atom, module: &Module) -> Result<(), Failure> {
        let refused = |error| refusal(&error, &self.settings.name, &old.id);
        let world = Wasi::new(sojourn_host::Setup::default(), self.no_ports())
            .map_err(|error| refused(error.into()))?;
        let plan = Plan::arrival(module.clone(), old.engine);
        plan.prepare(world, self.limits(old.memory_limit_bytes)).map(drop).map_err(refused)
    }

    /// Stops an atom, between two messages if that can be, and packs it; it waits for the verdict.
    fn pack(self: &Arc<Self>, atom: &Arc<Atom>) -> Result<(Image, Sender<Verdict>), Failure> {
        for look in 0.. {
            let (packed, packing) = channel();
            let (verdict, judged) = channel();
            let seal = Packing { atom: Arc::clone(atom), packed };
            atom.demand(Demand::Seal(Box::new(seal), judged))?;
            let image = packing.recv().map_err(|_| (Code::Internal, "its thread failed".to_string()))??;
            if image.frames.is_empty() || !atom.life.reactive || look >= LOOKS {
                return Ok((image, verdict));
            }
            self.open_desk(&atom.desk);
            let _ = verdict.send(Verdict::GoOn);
            atom.wait_for_end(PAUSE);
        }
        unreachable!("it looks a bounded number of times")
    }

    /// The new one takes the place of the old one.
    fn replace(self: &Arc<Self>, old: &Arc<Atom>, anew: Anew) -> Result<Response, Failure> {
        let id = old.id.clone();
        let Anew { module, baggage, image, fresh } = anew;
        self.check_baggage(&baggage)?;
        let epoch = ((old.state().epoch >> 32) + 1) << 32;
        let engine = old.engine;
        let atom = self.make_atom(&id, &module, engine, baggage.clone(), AtomState::Starting, epoch);
        // Its connections are of the module that was.
        self.relays.ended(&id);
        let ports = self.ports(&atom, Vec::new(), &baggage, false)?;
        let place = self.settings.name.clone();
        let name = id.clone();
        let refused = move |error| refusal(&error, &place, &name);
        let limits = self.limits(baggage.memory_limit_bytes);
        let (world, plan) = if fresh.is_some() {
            let setup = setup(&atom.life, Vec::new(), 0)?;
            let world = Wasi::new(setup, ports).map_err(|error| refused(error.into()))?;
            (world, Plan::start(module, engine, atom.first_call().into(), limits))
        } else {
            let world =
                Wasi::restore(&image.host, Vec::new(), ports).map_err(|error| refused(error.into()))?;
            (world, Plan::resume(module, engine, Arc::new(image), limits))
        };
        let (begun, begins) = channel();
        let build = move |_: &Atom| plan.build(world, false).map_err(refused);
        let starting = Arc::clone(&atom);
        let first = move |built: Result<(), Failure>| {
            if built.is_ok() {
                starting.state().phase = AtomState::Running;
            }
            let _ = begun.send(built);
        };
        let unanswered = if fresh.is_some() { atom.desk.inner().mailbox.forget_guest() } else { Vec::new() };
        self.admit(&atom);
        self.own(&atom, epoch);
        let launched = super::thread::launch(self, Arc::clone(&atom), build, first).and_then(|()| {
            begins.recv().unwrap_or_else(|_| Err((Code::Internal, "its thread failed".into())))
        });
        if let Err(failure) = launched {
            old.state().epoch = epoch;
            self.admit(old);
            self.own(old, epoch);
            return Err(failure);
        }
        for (source, call) in unanswered {
            let code = Code::NotRunning.number().into();
            let event = Event { kind: EventKind::Failed, call, code, ..Event::default() };
            // Whoever asked and has gone needs no answer.
            let _ = self.post(&atom.desk, &source, event);
        }
        Ok(Response::Reloaded { atom: id, epoch, fresh })
    }
}

/// The state of an atom as that of another module.
fn anew(old: &Atom, module: Module, said: &Annotation, mut image: Image) -> Result<Anew, Failure> {
    let packed: Baggage = sojourn_abi::decode(&image.mailbox)
        .ok_or_else(|| (Code::Internal, "its baggage cannot be read".to_string()))?;
    let fresh = fresh(old, &module, said, &image);
    image.module_hash = module.hash();
    let mut aliases = packed.aliases.clone().unwrap_or_default();
    aliases.extend(said.aliases.iter().filter(|alias| !old.state().aliases.contains(alias)).cloned());
    let begun = said.life();
    let life = Life {
        arguments: old.life.arguments.clone(),
        environment: old.life.environment.clone(),
        channels: old.life.channels.clone().or(begun.channels),
        channel_to: old.life.channel_to.clone().or(begun.channel_to),
        ..begun
    };
    let baggage = Baggage { aliases: Some(aliases), life: Some(life), ..packed };
    Ok(Anew { module, baggage, image, fresh })
}

/// Why the memory cannot stay; `None`: it can.
fn fresh(old: &Atom, module: &Module, said: &Annotation, image: &Image) -> Option<String> {
    let before = Annotation::of(old.module.wasm()).ok().and_then(|said| said.layout);
    let reason = match (&before, &said.layout) {
        _ if !old.life.reactive || !said.reactive => "only reactive atoms keep their memory",
        _ if !image.frames.is_empty() => "it was in the middle of a message",
        (Some(before), Some(now)) if before != now => "its layout has another name",
        (Some(_), Some(_)) if !image.tables.is_empty() => "it changes its tables",
        (Some(_), Some(_)) => {
            return match sojourn_instrument::same_data(old.module.wasm(), module.wasm()) {
                Ok(None) => None,
                Ok(Some(reason)) => Some(reason.into()),
                Err(error) => Some(error.to_string()),
            };
        }
        _ => "it names no layout",
    };
    Some(reason.into())
}
