//! Code of the spots that guests of one module stop at, for one engine: at hand, on disk, or compiled now on all
//! cores.
//!
//! Any stack whose spots were met before, in whatever stacks, goes on without a look at its module.

use crate::cache::{self, Part, Source};
use crate::limit::READY_SPOTS;
use crate::module::lock;
use sojourn_engine::{Compile, Engine, Spot, StateError};
use sojourn_image::ModuleHash;
use std::collections::HashMap;
use std::sync::Mutex;
use std::thread;

/// Code by spot, with when it was asked for last, counted in askings.
pub(crate) struct Known<E: Engine>(Mutex<Askings<E>>);

/// How many askings there were, and code by spot with its last one.
type Askings<E> = (u64, HashMap<Spot, (<E as Engine>::Module, u64)>);

impl<E: Engine> Known<E> {
    pub(crate) fn new() -> Self {
        Self(Mutex::new((0, HashMap::new())))
    }

    fn find(&self, spots: &[Spot]) -> Vec<Option<E::Module>> {
        let (clock, code) = &mut *lock(&self.0);
        *clock += 1;
        let find = |spot: &Spot| {
            let (module, last) = code.get_mut(spot)?;
            *last = *clock;
            Some(module.clone())
        };
        spots.iter().map(find).collect()
    }

    /// Two threads may have compiled the same one; neither waited.
    fn keep(&self, spot: Spot, module: E::Module) {
        let (clock, code) = &mut *lock(&self.0);
        code.insert(spot, (module, *clock));
        if code.len() > READY_SPOTS
            && let Some(oldest) = code.iter().min_by_key(|(_, (_, last))| *last).map(|(spot, _)| *spot)
        {
            code.remove(&oldest);
        }
    }
}

/// Compiles the spots of one module, and keeps them.
pub(crate) struct Continuations<'a, E: Engine> {
    pub(crate) engine: &'a E,
    pub(crate) known: &'a Known<E>,
    pub(crate) module: ModuleHash,
}

impl<E: Engine> Continuations<'_, E> {
    /// Whether all of these are at hand.
    #[cfg(test)]
    pub(crate) fn know(&self, spots: &[Spot]) -> bool {
        self.known.find(spots).iter().all(Option::is_some)
    }
}

impl<E: Engine> Compile<E::Module> for Continuations<'_, E> {
    fn code(
        self,
        spots: &[Spot],
        write: &mut dyn FnMut(&Spot) -> Result<Vec<u8>, StateError>,
    ) -> Result<Vec<E::Module>, StateError> {
        let mut found = self.known.find(spots);
        let mut missing = Vec::new();
        for (place, spot) in spots.iter().enumerate() {
            if found[place].is_none() {
                missing.push((place, write(spot)?));
            }
        }
        for (place, module) in compile(self.engine, self.module, &missing)? {
            self.known.keep(spots[place], module.clone());
            found[place] = Some(module);
        }
        Ok(found.into_iter().flatten().collect())
    }
}

/// Compiles modules, each with its place among others, on all cores.
fn compile<E: Engine>(
    engine: &E,
    module: ModuleHash,
    missing: &[(usize, Vec<u8>)],
) -> Result<Vec<(usize, E::Module)>, StateError> {
    let each = |(place, wasm): &(usize, Vec<u8>)| {
        let source = Source { module, part: Part::Spot, wasm };
        Ok((*place, cache::compile_now(engine, source)?))
    };
    let cores = thread::available_parallelism().map_or(1, usize::from).min(missing.len());
    if cores < 2 {
        return missing.iter().map(each).collect();
    }
    thread::scope(|scope| {
        let share = |core: usize| -> Result<Vec<_>, StateError> {
            missing.iter().skip(core).step_by(cores).map(each).collect()
        };
        let others: Vec<_> = (1..cores).map(|core| scope.spawn(move || share(core))).collect();
        let mut code = share(0)?;
        for other in others {
            code.extend(other.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);
        }
        Ok(code)
    })
}
