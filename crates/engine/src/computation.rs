//! A computation: an instance, and which of its calls is under way.

use crate::restore::{self, Target, restore};
use crate::{Compile, Engine, EngineError, Host, Instance, Limits, Outcome, StateError, capture, registers};
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
    continuations: u32,
}

impl<I: Instance> Computation<I> {
    /// A fresh instance, about to run its start function if it has one, and then an export.
    #[must_use]
    pub fn new(instance: I, info: &Info, export: String, arguments: Vec<Value>) -> Self {
        let entry = match info.start {
            Some(_) => Entry::Start { then: export },
            None => Entry::Export { name: export },
        };
        Self { instance, entry, arguments, going_on: false, repeated_polls: 0, continuations: 0 }
    }

    /// An instance that goes on when `names::RESUME` is called, or, where it was at rest, calls its entry.
    pub(crate) fn arrived(instance: I, image: &Image, repeated_polls: u32) -> Self {
        let (entry, going_on) = (image.entry.clone(), !image.frames.is_empty());
        Self { instance, entry, arguments: Vec::new(), going_on, repeated_polls, continuations: 0 }
    }

    /// After an export has ended: the next `run` calls this one, in the same instance.
    pub fn begin(&mut self, export: String) {
        (self.entry, self.arguments, self.going_on) = (Entry::Export { name: export }, Vec::new(), false);
    }

    /// Whether it is in the middle of a call: only then `run` goes on somewhere.
    pub const fn is_going_on(&self) -> bool {
        self.going_on
    }

    /// A computation that goes on from an image. `compile` gives the code of the frames'
    /// spots.
    ///
    /// The caller has checked that the target's module is the image's, and has given the host its state.
    ///
    /// # Errors
    /// As `resume_within`.
    pub fn resume<E, H>(
        target: &Target<'_, E>,
        image: &Image,
        host: H,
        compile: impl Compile<E::Module>,
    ) -> Result<Self, StateError>
    where
        E: Engine<Instance<H> = I>,
        H: Host,
    {
        Self::resume_within(target, image, host, Limits::default(), compile)
    }

    /// As `resume`, within these limits.
    ///
    /// # Errors
    /// `StateError::Image` when the image does not fit the module, `StateError::Engine` when the engine
    /// cannot.
    pub fn resume_within<E, H>(
        target: &Target<'_, E>,
        image: &Image,
        host: H,
        limits: Limits,
        compile: impl Compile<E::Module>,
    ) -> Result<Self, StateError>
    where
        E: Engine<Instance<H> = I>,
        H: Host,
    {
        let (instance, repeated_polls) = restore(target, image, host, limits, compile)?;
        Ok(Self::arrived(instance, image, repeated_polls))
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

    /// The image of a computation that has stopped, all but the host's part.
    ///
    /// # Errors
    /// As `registers`.
    pub fn capture(&mut self, info: &Info, module: ModuleHash) -> Result<Image, StateError> {
        self.all_is_in_frames()?;
        capture(&mut self.instance, info, module, self.entry.clone())
    }

    /// As `capture`, without the memories: takes the same time however large they are.
    ///
    /// # Errors
    /// Those of `sojourn_engine::registers`; `StateError::Guest` when it stopped in its start function while
    /// arguments wait.
    pub fn registers(&mut self, info: &Info, module: ModuleHash) -> Result<Image, StateError> {
        self.all_is_in_frames()?;
        registers(&mut self.instance, info, module, self.entry.clone())
    }

    fn all_is_in_frames(&self) -> Result<(), StateError> {
        if matches!(self.entry, Entry::Start { .. }) && !self.arguments.is_empty() {
            let reason = "it stopped in its start function, and arguments of the export would be lost";
            return Err(StateError::Guest(reason.into()));
        }
        Ok(())
    }

    /// Goes on where it stopped, in the same instance: the next `run` does. `image` is what `registers` or
    /// `capture` read since; its memories are not looked at. A stop request that came meanwhile is taken back.
    ///
    /// Engines do not free what was linked to an instance before the instance goes: see `continuations`.
    ///
    /// # Errors
    /// `StateError::Image` when the image is not of this computation, `StateError::Engine` when the engine cannot.
    pub fn go_on<E>(
        &mut self,
        target: &Target<'_, E>,
        image: &Image,
        compile: impl Compile<E::Module>,
    ) -> Result<(), StateError>
    where
        E: Engine<Instance<I::Host> = I>,
    {
        self.repeated_polls = restore::go_on(target, &mut self.instance, image, compile)?;
        self.going_on = !image.frames.is_empty();
        self.continuations += 1;
        Ok(())
    }

    /// How often it went on in this instance. Each time left a few KiB that only go with the instance.
    #[must_use]
    pub fn continuations(&self) -> u32 {
        self.continuations
    }

    /// Sizes of the guest's memories in bytes.
    ///
    /// # Errors
    /// `EngineError::Export` when the instance is of another module.
    pub fn memory_sizes(&mut self, info: &Info) -> Result<Vec<u64>, EngineError> {
        let names = (0..).zip(&info.memories).map(|(index, _)| names::memory(index));
        names.map(|name| Ok(self.instance.memory(&name)?.len() as u64)).collect()
    }

    /// The instance, for what else is to be done with it.
    #[must_use]
    pub fn into_instance(self) -> I {
        self.instance
    }
}
