//! A computation on any of the engines, ready to run.

use crate::error::Error;
use crate::module::{Lane, Module};
use crate::options::EngineName;
use sojourn_engine::{
    Computation, Engine, EngineError, Flavour, Instance, Outcome, StateError, Stopper, Target,
};
use sojourn_host::Wasi;
use sojourn_image::Image;
use std::sync::Arc;

/// A computation, whatever engine it is on.
pub(crate) trait Guest: Send {
    /// Runs until it ends, stops, exits or traps.
    fn run(&mut self) -> Result<Outcome, EngineError>;
    /// Stops at exactly this poll; only where it counts polls.
    fn stop_at(&mut self, poll: u64) -> Result<(), Error>;
    /// Polls met, where it counts them.
    fn polls(&mut self) -> Option<u64>;
    /// Whether it counts polls.
    fn counts(&self) -> bool;
    /// Asks it to stop.
    fn stopper(&mut self) -> Arc<dyn Stopper>;
    /// Its image, all but the host's part.
    fn capture(&mut self) -> Result<Image, Error>;
    /// Its world.
    fn world(&mut self) -> &mut Wasi;
    /// Its world, for another guest.
    fn into_world(self: Box<Self>) -> Wasi;
}

/// What a guest does.
#[derive(Clone)]
pub(crate) enum Task {
    /// It calls this export.
    Call(String),
    /// It goes on.
    GoOn(Arc<Image>),
}

/// What it takes to make a guest, more than once if need be.
#[derive(Clone)]
pub(crate) struct Plan {
    pub(crate) module: Module,
    pub(crate) engine: EngineName,
    pub(crate) task: Task,
}

impl Plan {
    /// A guest over this world; one that counts polls if `exact`.
    pub(crate) fn build(&self, world: Wasi, exact: bool) -> Result<Box<dyn Guest>, Error> {
        if let Task::Call(export) = &self.task
            && !self.module.info().exports.iter().any(|(name, _)| name == export)
        {
            return Err(Error::MissingExport(export.clone()));
        }
        match (self.engine, exact) {
            (EngineName::Wasmtime, false) => self.build_on(&self.module.wasmtime()?, world),
            (EngineName::Wasmtime, true) => self.build_on(&self.module.wasmtime_counter()?, world),
            (EngineName::Wasmi, _) => self.build_on(&self.module.wasmi(), world),
        }
    }

    fn build_on<E: Engine>(&self, lane: &Lane<'_, E>, world: Wasi) -> Result<Box<dyn Guest>, Error> {
        let computation = match &self.task {
            Task::Call(export) => self.start(lane, world, export)?,
            Task::GoOn(image) => self.resume(lane, world, image)?,
        };
        Ok(Box::new(On::<E> { computation, module: self.module.clone(), flavour: lane.flavour }))
    }

    fn start<E: Engine>(
        &self,
        lane: &Lane<'_, E>,
        world: Wasi,
        export: &str,
    ) -> Result<Computation<E::Instance<Wasi>>, Error> {
        let info = self.module.info();
        let instance = lane.engine.instantiate(&lane.main(&self.module)?, world)?;
        Ok(Computation::new(instance, info, export.into(), Vec::new()))
    }

    fn resume<E: Engine>(
        &self,
        lane: &Lane<'_, E>,
        world: Wasi,
        image: &Image,
    ) -> Result<Computation<E::Instance<Wasi>>, Error> {
        let code = lane.main(&self.module)?;
        let target = Target {
            engine: lane.engine,
            module: &code,
            original: self.module.wasm(),
            info: self.module.info(),
            flavour: lane.flavour,
        };
        let compile = |wasm: &[u8]| lane.ready.continuation(lane.engine, wasm).map_err(StateError::from);
        Ok(Computation::resume(&target, image, world, compile)?)
    }
}

/// A computation on one engine.
struct On<E: Engine> {
    computation: Computation<E::Instance<Wasi>>,
    module: Module,
    flavour: Flavour,
}

impl<E: Engine> Guest for On<E> {
    fn run(&mut self) -> Result<Outcome, EngineError> {
        self.computation.run()
    }

    fn stop_at(&mut self, poll: u64) -> Result<(), Error> {
        Ok(self.computation.stop_at(poll)?)
    }

    fn polls(&mut self) -> Option<u64> {
        self.computation.polls().ok()
    }

    fn counts(&self) -> bool {
        self.flavour == Flavour::Counter
    }

    fn stopper(&mut self) -> Arc<dyn Stopper> {
        self.computation.instance().stopper()
    }

    fn capture(&mut self) -> Result<Image, Error> {
        Ok(self.computation.capture(self.module.info(), self.module.hash())?)
    }

    fn world(&mut self) -> &mut Wasi {
        self.computation.instance().host()
    }

    fn into_world(self: Box<Self>) -> Wasi {
        self.computation.into_instance().into_host()
    }
}
