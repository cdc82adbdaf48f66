//! A computation on any of the engines, ready to run.
//!
//! ```text
//! Plan::start / resume ──build──> Guest ──run──> stopped: registers, memory ──go_on──> Guest
//! Plan::arrival ──prepare──> Arriving ──write, zero──finish──> Guest
//! ```

mod plan;
#[cfg(test)]
mod tests;

pub(crate) use plan::{Expected, Plan};

use crate::continuation::Continuations;
use crate::error::Error;
use crate::limit::CONTINUATIONS;
use crate::module::{Lane, Module};
use crate::pages::{is_zero, populate};
use crate::ports::{Input, OutputTo, Streams, system};
use sojourn_engine::{
    Arrival, Computation, Engine, EngineError, Flavour, Instance, Limits, Outcome, StateError, Stopper,
    Target, Window, names, spots,
};
use sojourn_engine_wasmi::Wasmi;
use sojourn_engine_wasmtime::Wasmtime;
use sojourn_host::{Setup, Wasi};
use sojourn_image::{Frame, Image};
use std::sync::Arc;

/// A computation, whatever engine it is on.
pub(crate) trait Guest: Send {
    /// Runs until it ends, stops, exits or traps.
    fn run(&mut self) -> Result<Outcome, EngineError>;
    /// After a call has ended: the next `run` calls this export, in the same instance.
    fn begin(&mut self, export: &str);
    /// Whether it is in the middle of a call.
    fn is_going_on(&self) -> bool;
    /// Stops at exactly this poll; only where it counts polls.
    fn stop_at(&mut self, poll: u64) -> Result<(), Error>;
    /// Polls met, where it counts them.
    fn polls(&mut self) -> Option<u64>;
    /// Whether it counts polls.
    fn counts(&self) -> bool;
    /// Asks it to stop.
    fn stopper(&mut self) -> Arc<dyn Stopper>;
    /// Its image once it has stopped, all but the host's part.
    fn capture(&mut self) -> Result<Image, Error>;
    /// As `capture`, without memories: takes the same time however large they are.
    fn registers(&mut self) -> Result<Image, Error>;
    /// Lets it go on where it stopped, from what `registers` gave; a stop request that came meanwhile is taken
    /// back. It may be another guest afterwards, with a stopper and windows of its own: engines keep what they
    /// linked, so after `limit::CONTINUATIONS` times the instance is made anew.
    fn go_on(self: Box<Self>, registers: &Image) -> Result<Box<dyn Guest>, Error>;
    /// How many memories it has.
    fn memories(&self) -> u32;
    /// Bytes that a memory has.
    fn memory_bytes(&mut self, memory: u32) -> u64;
    /// From where on a fresh instance's memory holds zeros only.
    fn initialized_bytes(&self, memory: u32) -> u64;
    /// A memory, while the guest does not run.
    fn memory(&mut self, memory: u32) -> Result<&[u8], Error>;
    /// A window into a memory for other threads, where the engine has them.
    fn window(&mut self, memory: u32) -> Option<Arc<dyn Window>>;
    /// Its world.
    fn world(&mut self) -> &mut Wasi;
    /// Its world, for another guest.
    fn into_world(self: Box<Self>) -> Wasi;
}

/// A guest whose memories come while it still runs elsewhere. Memories have `size_bytes` there by now; bytes that
/// never come are those of a fresh instance.
pub(crate) trait Arriving: Send {
    /// Writes into a memory.
    fn write(&mut self, memory: u32, size_bytes: u64, offset: u64, bytes: &[u8]) -> Result<(), Error>;
    /// Zeroes a part of a memory.
    fn zero(&mut self, memory: u32, size_bytes: u64, offset: u64, length: u64) -> Result<(), Error>;
    /// All is there: the rest of its state, the sizes of its memories, its world.
    fn finish(
        self: Box<Self>,
        registers: &Image,
        sizes: &[u64],
        world: Wasi,
    ) -> Result<Box<dyn Guest>, Error>;
}

/// An engine that modules have code for.
trait Placed: Engine {
    /// The engine with the code that a module has there.
    fn lane(module: &Module, flavour: Flavour) -> Result<Lane<'_, Self>, Error>;
}

impl Placed for Wasmtime {
    fn lane(module: &Module, flavour: Flavour) -> Result<Lane<'_, Self>, Error> {
        match flavour {
            Flavour::Atomic => module.wasmtime(),
            Flavour::Counter => module.wasmtime_counter(),
        }
    }
}

impl Placed for Wasmi {
    fn lane(module: &Module, _: Flavour) -> Result<Lane<'_, Self>, Error> {
        Ok(module.wasmi())
    }
}

/// What guests on one engine are made of.
#[derive(Clone)]
struct Place {
    module: Module,
    flavour: Flavour,
    limits: Limits,
}

impl Place {
    /// Calls `work` with what images of the module go on in, and what compiles continuations.
    fn with_target<E: Placed, T>(
        &self,
        work: impl FnOnce(&Target<'_, E>, Continuations<'_, E>) -> Result<T, StateError>,
    ) -> Result<T, Error> {
        let lane = E::lane(&self.module, self.flavour)?;
        let code = lane.main(&self.module)?;
        let target = Target {
            engine: lane.engine,
            module: &code,
            original: self.module.wasm(),
            info: self.module.info(),
            flavour: self.flavour,
        };
        Ok(work(&target, lane.continuations())?)
    }

    /// Compiles what goes on from a stack at the points of these frames, unless it is at hand.
    fn compile_ahead<E: Placed>(&self, frames: &[Frame]) -> Result<(), Error> {
        self.with_target::<E, _>(|target, continuations| {
            let spots = spots(target.info, frames).map_err(|error| StateError::Image(error.to_string()))?;
            target.code(&spots, continuations).map(|_| ())
        })
    }

    /// An instance that is to be given the state of a computation.
    fn prepare<E: Placed>(&self, world: Wasi) -> Result<Arrival<E::Instance<Wasi>>, Error> {
        self.with_target::<E, _>(|target, _| Arrival::prepare(target, world, self.limits))
    }
}

/// A computation on one engine.
struct On<E: Engine> {
    computation: Computation<E::Instance<Wasi>>,
    place: Place,
}

impl<E: Placed> On<E> {
    /// The same computation in a fresh instance.
    #[expect(clippy::boxed_local, reason = "as `Guest::go_on` has it")]
    fn anew(mut self: Box<Self>, registers: &Image) -> Result<Box<dyn Guest>, Error> {
        let place = self.place.clone();
        let mut arrival = place.prepare::<E>(nowhere()?)?;
        let sizes = self.computation.memory_sizes(place.module.info())?;
        for ((index, &size_bytes), zero_from) in
            (0..).zip(&sizes).zip(place.module.initialized().iter().copied().chain(std::iter::repeat(0)))
        {
            let memory = self.computation.instance().memory(&names::memory(index))?;
            for (number, bytes) in (0..).zip(memory.chunks(COPIED_BYTES)) {
                let offset = number * COPIED_BYTES as u64;
                if offset < zero_from || !is_zero(bytes) {
                    arrival.write(index, size_bytes, offset, bytes)?;
                }
            }
        }
        let world = self.computation.into_instance().into_host();
        let computation = place.with_target::<E, _>(|target, compile| {
            arrival.finish(target, registers, &sizes, world, compile)
        })?;
        Ok(Box::new(Self { computation, place }))
    }
}

/// Bytes copied together from one instance to another; all zero, they are left out.
const COPIED_BYTES: usize = 4096;

/// A world without anything, for an instance whose own comes later.
fn nowhere() -> Result<Wasi, Error> {
    let streams = Streams::open(Input::Bytes(Vec::new()), OutputTo::Buffers)
        .map_err(|error| Error::World(format!("the guest's streams cannot be opened: {error}")))?;
    Ok(Wasi::new(Setup::default(), system(streams.console))?)
}

impl<E: Placed> Guest for On<E> {
    fn run(&mut self) -> Result<Outcome, EngineError> {
        self.computation.run()
    }

    fn begin(&mut self, export: &str) {
        self.computation.begin(export.into());
    }

    fn is_going_on(&self) -> bool {
        self.computation.is_going_on()
    }

    fn stop_at(&mut self, poll: u64) -> Result<(), Error> {
        Ok(self.computation.stop_at(poll)?)
    }

    fn polls(&mut self) -> Option<u64> {
        self.computation.polls().ok()
    }

    fn counts(&self) -> bool {
        self.place.flavour == Flavour::Counter
    }

    fn stopper(&mut self) -> Arc<dyn Stopper> {
        self.computation.instance().stopper()
    }

    fn capture(&mut self) -> Result<Image, Error> {
        let module = &self.place.module;
        Ok(self.computation.capture(module.info(), module.hash())?)
    }

    fn registers(&mut self) -> Result<Image, Error> {
        let module = &self.place.module;
        let registers = self.computation.registers(module.info(), module.hash())?;
        module.met(&registers.frames);
        Ok(registers)
    }

    fn go_on(mut self: Box<Self>, registers: &Image) -> Result<Box<dyn Guest>, Error> {
        if self.computation.continuations() >= CONTINUATIONS {
            return self.anew(registers);
        }
        let Self { computation, place } = &mut *self;
        place.with_target::<E, _>(|target, compile| computation.go_on(target, registers, compile))?;
        Ok(self)
    }

    fn memories(&self) -> u32 {
        u32::try_from(self.place.module.info().memories.len()).unwrap_or(u32::MAX)
    }

    fn memory_bytes(&mut self, memory: u32) -> u64 {
        self.memory(memory).map_or(0, |memory| memory.len() as u64)
    }

    fn initialized_bytes(&self, memory: u32) -> u64 {
        self.place.module.initialized().get(memory as usize).copied().unwrap_or(0)
    }

    fn memory(&mut self, memory: u32) -> Result<&[u8], Error> {
        Ok(self.computation.instance().memory(&names::memory(memory))?)
    }

    fn window(&mut self, memory: u32) -> Option<Arc<dyn Window>> {
        self.computation.instance().window(&names::memory(memory))
    }

    fn world(&mut self) -> &mut Wasi {
        self.computation.instance().host()
    }

    fn into_world(self: Box<Self>) -> Wasi {
        self.computation.into_instance().into_host()
    }
}

/// An arrival on one engine.
struct ArrivingOn<E: Engine> {
    arrival: Arrival<E::Instance<Wasi>>,
    place: Place,
}

impl<E: Placed> Arriving for ArrivingOn<E> {
    fn write(&mut self, memory: u32, size_bytes: u64, offset: u64, bytes: &[u8]) -> Result<(), Error> {
        let place = self.arrival.place(memory, size_bytes, offset, bytes.len() as u64)?;
        populate(place);
        place.copy_from_slice(bytes);
        Ok(())
    }

    fn zero(&mut self, memory: u32, size_bytes: u64, offset: u64, length: u64) -> Result<(), Error> {
        Ok(self.arrival.zero(memory, size_bytes, offset, length)?)
    }

    fn finish(
        self: Box<Self>,
        registers: &Image,
        sizes: &[u64],
        world: Wasi,
    ) -> Result<Box<dyn Guest>, Error> {
        let Self { arrival, place } = *self;
        let computation = place.with_target::<E, _>(|target, compile| {
            arrival.finish(target, registers, sizes, world, compile)
        })?;
        Ok(Box::new(On::<E> { computation, place }))
    }
}
