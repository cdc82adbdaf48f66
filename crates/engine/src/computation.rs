//! A computation: an instance, and which of its calls is under way.

use crate::restore::{Target, restore};
use crate::{Engine, EngineError, Host, Instance, Outcome, StateError, capture};
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_image::{Entry, Image, ModuleHash, Value};
use sojourn_instrument::{Info, names};

/// An instance, and which of its calls is under way.
pub struct Computation<I> {
    instance: I,
    entry: Entry,
    arguments: Vec<Value>,
    going_on: bool,
    repeated_polls: u32,
}

impl<I: Instance> Computation<I> {
    /// A fresh instance, about to run its start function if it has one, and then an export.
    #[must_use]
    pub fn new(instance: I, info: &Info, export: String, arguments: Vec<Value>) -> Self {
        let entry = match info.start {
            Some(_) => Entry::Start { then: export },
            None => Entry::Export { name: export },
        };
        Self { instance, entry, arguments, going_on: false, repeated_polls: 0 }
    }

    /// A computation that goes on from an image. `compile` compiles the continuation, perhaps from a cache.
    ///
    /// The caller has checked that the target's module is the image's, and has given the host its state.
    ///
    /// # Errors
    /// `StateError::Image` when the image does not fit the module, `StateError::Engine` when the engine
    /// cannot.
    pub fn resume<E, H>(
        target: &Target<'_, E>,
        image: &Image,
        host: H,
        compile: impl FnOnce(&[u8]) -> Result<E::Module, StateError>,
    ) -> Result<Self, StateError>
    where
        E: Engine<Instance<H> = I>,
        H: Host,
    {
        let (instance, repeated_polls) = restore(target, image, host, compile)?;
        let entry = image.entry.clone();
        Ok(Self { instance, entry, arguments: Vec::new(), going_on: true, repeated_polls })
    }

    /// The instance.
    pub fn instance(&mut self) -> &mut I {
        &mut self.instance
    }

    /// Counter flavour: stop at exactly this poll from here (1 is the first that has not been met yet).
    ///
    /// # Errors
    /// `EngineError::Export` without a counter.
    pub fn stop_at(&mut self, poll: u64) -> Result<(), EngineError> {
        self.instance.stop_at(poll.saturating_add(self.repeated_polls.into()))
    }

    /// Counter flavour: polls met since it was made or `stop_at` was called; those that a continuation
    /// repeats do not count.
    ///
    /// # Errors
    /// `EngineError::Export` without a counter.
    pub fn polls(&mut self) -> Result<u64, EngineError> {
        Ok(self.instance.polls()?.saturating_sub(self.repeated_polls.into()))
    }

    /// Runs until it ends, stops, exits or traps.
    ///
    /// # Errors
    /// `EngineError::Export` when there is no such export, or it takes other arguments.
    pub fn run(&mut self) -> Result<Outcome, EngineError> {
        loop {
            let outcome = self.call()?;
            self.going_on = false;
            match (outcome, &self.entry) {
                (Outcome::Finished(_), Entry::Start { then }) => {
                    self.entry = Entry::Export { name: then.clone() };
                }
                (outcome, _) => return Ok(outcome),
            }
        }
    }

    fn call(&mut self) -> Result<Outcome, EngineError> {
        match &self.entry {
            _ if self.going_on => self.instance.call(names::RESUME, &[]),
            Entry::Start { .. } => self.instance.call(names::START, &[]),
            Entry::Export { name } => self.instance.call(name, &self.arguments),
        }
    }

    /// The image of a computation that has stopped, all but the host's part. The computation is of no more
    /// use afterwards.
    ///
    /// # Errors
    /// As `capture`; `StateError::Guest` when it stopped in its start function while arguments wait.
    pub fn capture(&mut self, info: &Info, module: ModuleHash) -> Result<Image, StateError> {
        if matches!(self.entry, Entry::Start { .. }) && !self.arguments.is_empty() {
            let reason = "it stopped in its start function, and arguments of the export would be lost";
            return Err(StateError::Guest(reason.into()));
        }
        capture(&mut self.instance, info, module, self.entry.clone())
    }

    /// The instance, for what else is to be done with it.
    #[must_use]
    pub fn into_instance(self) -> I {
        self.instance
    }
}
