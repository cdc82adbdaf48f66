//! Modules: checked, instrumented, and compiled at most once for each engine.

use crate::cache::{self, Part, Source};
use crate::continuation::{Continuations, Known};
use crate::error::Error;
use crate::limit::{GUEST_STACK_BYTES, READY_MODULES, STACK_FRAMES, STACKS};
use sojourn_engine::{Engine, Flavour, initialized_bytes};
use sojourn_engine_wasmi::Wasmi;
use sojourn_engine_wasmtime::Wasmtime;
use sojourn_image::{Frame, Image, ModuleHash};
use sojourn_instrument::{Info, Instrumented, Options, Site, instrument};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

/// A WebAssembly module. Clones share everything.
#[derive(Clone)]
pub struct Module(Arc<Inner>);

struct Inner {
    wasm: Vec<u8>,
    hash: ModuleHash,
    info: Info,
    /// Of each memory: from where on a fresh instance has zeros only.
    initialized: Vec<u64>,
    atomic: OnceLock<Vec<u8>>,
    counter: OnceLock<Vec<u8>>,
    /// Where guests have stopped lately, the last one last; frames without values.
    stacks: Mutex<Vec<Vec<Frame>>>,
    on_wasmtime: Ready<Wasmtime>,
    on_wasmtime_counter: Ready<Wasmtime>,
    on_wasmi: Ready<Wasmi>,
}

impl fmt::Debug for Module {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Module").field("hash", &self.0.hash).finish_non_exhaustive()
    }
}

/// Code of one module for one engine.
pub(crate) struct Ready<E: Engine> {
    main: Mutex<Option<E::Module>>,
    spots: Known<E>,
}

impl<E: Engine> Ready<E> {
    fn new() -> Self {
        Self { main: Mutex::new(None), spots: Known::new() }
    }
}

/// An engine with the code that a module has there.
pub(crate) struct Lane<'a, E: Engine> {
    pub(crate) engine: &'a E,
    pub(crate) ready: &'a Ready<E>,
    pub(crate) flavour: Flavour,
    module: ModuleHash,
}

impl<E: Engine> Lane<'_, E> {
    /// What gives the code of the module's spots.
    pub(crate) fn continuations(&self) -> Continuations<'_, E> {
        Continuations { engine: self.engine, known: &self.ready.spots, module: self.module }
    }

    /// The module, compiled.
    pub(crate) fn main(&self, module: &Module) -> Result<E::Module, Error> {
        let mut main = lock(&self.ready.main);
        if let Some(code) = &*main {
            cache::at_hand();
            return Ok(code.clone());
        }
        let wasm = module.instrumented(self.flavour)?;
        let source = Source { module: module.hash(), part: Part::Module, wasm };
        let code = cache::compile(self.engine, source)?;
        *main = Some(code.clone());
        Ok(code)
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Modules used lately, the last one last.
static MODULES: Mutex<Vec<Module>> = Mutex::new(Vec::new());

impl Module {
    /// A module from its bytes: checked and instrumented, or taken from those used lately.
    ///
    /// # Errors
    /// `Error::InvalidModule`, `Error::Refused`.
    pub fn new(wasm: impl AsRef<[u8]>) -> Result<Self, Error> {
        let wasm = wasm.as_ref();
        let hash = ModuleHash::of(wasm);
        match Self::used_lately(&hash) {
            Some(module) => Ok(module),
            None => Self::prepare(wasm.to_vec(), hash),
        }
    }

    /// The module of an image: among those used lately, in the image, or in the store of this machine.
    ///
    /// # Errors
    /// `Error::MissingModule` when it is in none of them.
    pub fn of_image(image: &Image) -> Result<Self, Error> {
        if let Some(module) = Self::used_lately(&image.module_hash) {
            return Ok(module);
        }
        if let Some(wasm) = &image.module {
            image.check_module(wasm)?;
            return Self::prepare(wasm.clone(), image.module_hash);
        }
        match crate::store::find(&image.module_hash) {
            Some(wasm) => Self::prepare(wasm, image.module_hash),
            None => Err(Error::MissingModule(format!(
                "the image is of module {}, which this machine has not seen; give the module too",
                image.module_hash
            ))),
        }
    }

    fn prepare(wasm: Vec<u8>, hash: ModuleHash) -> Result<Self, Error> {
        let Instrumented { wasm: atomic, info } = pass(&wasm, Flavour::Atomic)?;
        let initialized = initialized_bytes(&wasm).unwrap_or_default();
        let module = Self(Arc::new(Inner {
            wasm,
            hash,
            info,
            initialized,
            atomic: OnceLock::from(atomic),
            counter: OnceLock::new(),
            stacks: Mutex::default(),
            on_wasmtime: Ready::new(),
            on_wasmtime_counter: Ready::new(),
            on_wasmi: Ready::new(),
        }));
        let mut modules = lock(&MODULES);
        if modules.len() >= READY_MODULES {
            modules.remove(0);
        }
        modules.push(module.clone());
        Ok(module)
    }

    /// One of those used lately.
    pub(crate) fn used_lately(hash: &ModuleHash) -> Option<Self> {
        let mut modules = lock(&MODULES);
        let place = modules.iter().position(|module| module.0.hash == *hash)?;
        let module = modules.remove(place);
        modules.push(module.clone());
        Some(module)
    }

    /// The module as it was given.
    #[must_use]
    pub fn wasm(&self) -> &[u8] {
        &self.0.wasm
    }

    /// Its hash, by which images name it.
    #[must_use]
    pub fn hash(&self) -> ModuleHash {
        self.0.hash
    }

    /// Facts about it.
    #[must_use]
    pub fn info(&self) -> &Info {
        &self.0.info
    }

    /// Of each memory: from where on a fresh instance has zeros only.
    pub(crate) fn initialized(&self) -> &[u64] {
        &self.0.initialized
    }

    /// Places where it can stop.
    #[must_use]
    pub fn sites(&self) -> &[Site] {
        &self.0.info.sites
    }

    /// Name of a function, where the module tells it.
    #[must_use]
    pub fn function_name(&self, function: u32) -> Option<&str> {
        let names = &self.0.info.function_names;
        let place = names.binary_search_by_key(&function, |(index, _)| *index).ok()?;
        Some(&names[place].1)
    }

    /// The module as the pass leaves it.
    ///
    /// # Errors
    /// Those of `new`, though not for a module that has been taken.
    pub fn instrumented(&self, flavour: Flavour) -> Result<&[u8], Error> {
        let kept = match flavour {
            Flavour::Atomic => &self.0.atomic,
            Flavour::Counter => &self.0.counter,
        };
        if let Some(wasm) = kept.get() {
            return Ok(wasm);
        }
        let made = pass(&self.0.wasm, flavour)?.wasm;
        Ok(kept.get_or_init(|| made))
    }

    /// A guest has stopped with these frames.
    pub(crate) fn met(&self, frames: &[Frame]) {
        if frames.len() > STACK_FRAMES {
            return;
        }
        let bare = |frame: &Frame| Frame { values: Vec::new(), ..*frame };
        let stack: Vec<Frame> = frames.iter().map(bare).collect();
        let mut stacks = lock(&self.0.stacks);
        stacks.retain(|known| *known != stack);
        if stacks.len() >= STACKS {
            stacks.remove(0);
        }
        stacks.push(stack);
    }

    /// Where guests have stopped lately, the last one last; frames without values.
    pub(crate) fn stacks(&self) -> Vec<Vec<Frame>> {
        lock(&self.0.stacks).clone()
    }

    pub(crate) fn wasmtime(&self) -> Result<Lane<'_, Wasmtime>, Error> {
        static ENGINE: OnceLock<Wasmtime> = OnceLock::new();
        let engine = engine(&ENGINE, false)?;
        Ok(Lane { engine, ready: &self.0.on_wasmtime, flavour: Flavour::Atomic, module: self.0.hash })
    }

    pub(crate) fn wasmtime_counter(&self) -> Result<Lane<'_, Wasmtime>, Error> {
        static ENGINE: OnceLock<Wasmtime> = OnceLock::new();
        let engine = engine(&ENGINE, true)?;
        Ok(Lane {
            engine,
            ready: &self.0.on_wasmtime_counter,
            flavour: Flavour::Counter,
            module: self.0.hash,
        })
    }

    pub(crate) fn wasmi(&self) -> Lane<'_, Wasmi> {
        static ENGINE: OnceLock<Wasmi> = OnceLock::new();
        let engine = ENGINE.get_or_init(|| Wasmi::new(sojourn_engine_wasmi::Settings::default()));
        Lane { engine, ready: &self.0.on_wasmi, flavour: Flavour::Counter, module: self.0.hash }
    }
}

fn engine(
    kept: &'static OnceLock<Wasmtime>,
    interruptible_counter: bool,
) -> Result<&'static Wasmtime, Error> {
    if let Some(engine) = kept.get() {
        return Ok(engine);
    }
    let settings =
        sojourn_engine_wasmtime::Settings { stack_bytes: GUEST_STACK_BYTES, interruptible_counter };
    let made = Wasmtime::new(settings)?;
    Ok(kept.get_or_init(|| made))
}

fn pass(wasm: &[u8], flavour: Flavour) -> Result<Instrumented, Error> {
    Ok(instrument(wasm, Options { flavour, allow_pinned: false })?)
}
