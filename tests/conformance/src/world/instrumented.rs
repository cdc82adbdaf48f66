//! A world whose modules all go through the pass first.

use super::{Failure, World};
use crate::value::Scripted;
use sojourn_instrument::{Error, Flavour, Instrumented, Options, instrument, names};

/// Another world, seen through the pass.
pub struct Through<W> {
    world: W,
    flavour: Flavour,
}

impl<W: World> Through<W> {
    /// Everything given to `world` goes through the pass in this flavour.
    #[must_use]
    pub fn new(world: W, flavour: Flavour) -> Self {
        Through { world, flavour }
    }
}

/// The pass, with its errors as failures of a script.
///
/// # Errors
/// `Failure::Rejected` for an invalid module, `Failure::Refused` for one that cannot move.
pub fn through(wasm: &[u8], flavour: Flavour) -> Result<Instrumented, Failure> {
    instrument(wasm, Options { flavour, allow_pinned: false }).map_err(|error| match error {
        Error::Invalid { message, .. } => Failure::Rejected(message),
        Error::Refused { reason, .. } => Failure::Refused(reason),
        Error::Frames(message) => Failure::Unusable(message),
    })
}

impl<W: World> World for Through<W> {
    type Instance = W::Instance;

    fn check(&mut self, wasm: &[u8]) -> Result<(), Failure> {
        through(wasm, self.flavour).map(|_| ())
    }

    fn instantiate(&mut self, wasm: &[u8], alone: bool) -> Result<W::Instance, Failure> {
        let made = through(wasm, self.flavour)?;
        let instance = self.world.instantiate(&made.wasm, alone)?;
        if made.info.start.is_some() {
            self.world.call(&instance, names::START, &[])?;
        }
        Ok(instance)
    }

    fn register(&mut self, name: &str, instance: &W::Instance) {
        self.world.register(name, instance);
    }

    fn call(
        &mut self,
        instance: &W::Instance,
        export: &str,
        arguments: &[Scripted],
    ) -> Result<Vec<Scripted>, Failure> {
        self.world.call(instance, export, arguments)
    }

    fn global(&mut self, instance: &W::Instance, export: &str) -> Result<Scripted, Failure> {
        self.world.global(instance, export)
    }
}
