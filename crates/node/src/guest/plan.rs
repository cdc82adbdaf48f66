//! What it takes to make a guest.

use super::{Arriving, ArrivingOn, Guest, On, Place, Placed};
use crate::error::Error;
use crate::module::Module;
use crate::options::EngineName;
use sojourn_engine::{Computation, Flavour, Limits};
use sojourn_engine_wasmi::Wasmi;
use sojourn_engine_wasmtime::Wasmtime;
use sojourn_host::Wasi;
use sojourn_image::{Frame, Image};
use std::sync::Arc;

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
    pub(crate) limits: Limits,
}

impl Plan {
    /// A guest that calls an export.
    pub(crate) fn start(module: Module, engine: EngineName, export: String, limits: Limits) -> Self {
        Self { module, engine, task: Task::Call(export), limits }
    }

    /// A guest that goes on from an image.
    pub(crate) fn resume(module: Module, engine: EngineName, image: Arc<Image>, limits: Limits) -> Self {
        Self { module, engine, task: Task::GoOn(image), limits }
    }

    /// A guest whose state comes in pieces.
    pub(crate) fn arrival(module: Module, engine: EngineName) -> Expected {
        Expected { module, engine }
    }

    /// A guest over this world; one that counts polls if `exact`.
    pub(crate) fn build(&self, world: Wasi, exact: bool) -> Result<Box<dyn Guest>, Error> {
        if let Task::Call(export) = &self.task
            && !self.module.info().exports.iter().any(|(name, _)| name == export)
        {
            return Err(Error::MissingExport(export.clone()));
        }
        match (self.engine, exact) {
            (EngineName::Wasmtime, false) => self.build_on::<Wasmtime>(Flavour::Atomic, world),
            (EngineName::Wasmtime, true) => self.build_on::<Wasmtime>(Flavour::Counter, world),
            (EngineName::Wasmi, _) => self.build_on::<Wasmi>(Flavour::Counter, world),
        }
    }

    fn build_on<E: Placed>(&self, flavour: Flavour, world: Wasi) -> Result<Box<dyn Guest>, Error> {
        let place = Place { module: self.module.clone(), flavour, limits: self.limits };
        let computation = match &self.task {
            Task::Call(export) => self.call::<E>(&place, world, export)?,
            Task::GoOn(image) => place.with_target::<E, _>(|target, compile| {
                Computation::resume_within(target, image, world, self.limits, compile)
            })?,
        };
        Ok(Box::new(On::<E> { computation, place }))
    }

    fn call<E: Placed>(
        &self,
        place: &Place,
        world: Wasi,
        export: &str,
    ) -> Result<Computation<E::Instance<Wasi>>, Error> {
        let lane = E::lane(&self.module, place.flavour)?;
        let instance = lane.engine.instantiate_within(&lane.main(&self.module)?, world, self.limits)?;
        Ok(Computation::new(instance, self.module.info(), export.into(), Vec::new()))
    }
}

/// A guest whose state is to come in pieces.
pub(crate) struct Expected {
    module: Module,
    engine: EngineName,
}

impl Expected {
    /// Makes room for it. `placeholder` is there in place of its world, which comes last.
    pub(crate) fn prepare(&self, placeholder: Wasi, limits: Limits) -> Result<Box<dyn Arriving>, Error> {
        match self.engine {
            EngineName::Wasmtime => self.prepare_on::<Wasmtime>(Flavour::Atomic, placeholder, limits),
            EngineName::Wasmi => self.prepare_on::<Wasmi>(Flavour::Counter, placeholder, limits),
        }
    }

    /// Compiles ahead what goes on from a stack at the points of these frames, outermost first; their values do not
    /// matter. A stack that stops elsewhere makes it of no use, and nothing worse.
    pub(crate) fn compile_ahead(&self, frames: &[Frame]) -> Result<(), Error> {
        let place = |flavour| Place { module: self.module.clone(), flavour, limits: Limits::default() };
        match self.engine {
            EngineName::Wasmtime => place(Flavour::Atomic).compile_ahead::<Wasmtime>(frames),
            EngineName::Wasmi => place(Flavour::Counter).compile_ahead::<Wasmi>(frames),
        }
    }

    fn prepare_on<E: Placed>(
        &self,
        flavour: Flavour,
        placeholder: Wasi,
        limits: Limits,
    ) -> Result<Box<dyn Arriving>, Error> {
        let place = Place { module: self.module.clone(), flavour, limits };
        let arrival = place.prepare::<E>(placeholder)?;
        Ok(Box::new(ArrivingOn::<E> { arrival, place }))
    }
}
