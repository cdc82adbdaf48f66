//! Compiling, and making instances.

use crate::config::Settings;
use crate::convert::{function_type, value_type};
use crate::host_call::host_function;
use crate::instance::{State, WasmtimeInstance};
use crate::limit::Metered;
use crate::references::{enter, fits};
use crate::trap::outcome;
use sojourn_engine::{Engine, EngineError, Flavour, Host, Import, Limits, Outcome, Provided, Spot, Trap};
use std::hash::{DefaultHasher, Hash, Hasher};
use wasmtime::{
    AsContextMut, Extern, ExternType, Global, ImportType, Instance, Memory, Module, SharedMemory, Store,
    Table,
};

/// Version of Wasmtime that the workspace pins.
const VERSION: &str = "48.0.8";

/// Wasmtime, with Cranelift.
#[derive(Clone)]
pub struct Wasmtime {
    engine: wasmtime::Engine,
    settings: Settings,
}

impl Wasmtime {
    /// Wasmtime with these settings.
    ///
    /// # Errors
    /// `EngineError::Resource` when Wasmtime does not run on this machine.
    pub fn new(settings: Settings) -> Result<Self, EngineError> {
        Ok(Self { engine: settings.engine()?, settings })
    }

    /// The settings it was made with.
    #[must_use]
    pub fn settings(&self) -> Settings {
        self.settings
    }
}

impl Engine for Wasmtime {
    type Module = Module;
    type Instance<H: Host> = WasmtimeInstance<H>;

    const NAME: &'static str = "wasmtime";

    fn flavour(&self) -> Flavour {
        Flavour::Atomic
    }

    fn fingerprint(&self) -> String {
        let mut hasher = DefaultHasher::new();
        self.engine.precompile_compatibility_hash().hash(&mut hasher);
        format!("wasmtime-{VERSION}-{}-{:016x}", std::env::consts::ARCH, hasher.finish())
    }

    fn compile(&self, wasm: &[u8]) -> Result<Module, EngineError> {
        Module::from_binary(&self.engine, wasm).map_err(|error| EngineError::Compile(format!("{error:#}")))
    }

    fn serialize(&self, module: &Module) -> Option<Vec<u8>> {
        module.serialize().ok()
    }

    unsafe fn deserialize(&self, bytes: &[u8]) -> Result<Module, EngineError> {
        // SAFETY: the caller gives bytes that `serialize` made, unchanged.
        unsafe { Module::deserialize(&self.engine, bytes) }
            .map_err(|error| EngineError::Compile(format!("{error:#}")))
    }

    fn instantiate_within<H: Host>(
        &self,
        module: &Module,
        host: H,
        limits: Limits,
    ) -> Result<WasmtimeInstance<H>, EngineError> {
        let mut store = Store::new(&self.engine, State::new(&self.engine, host, limits));
        store.limiter(|state| &mut state.meter);
        State::watch_control(&mut store);
        State::watch_epoch(&mut store, self.settings.interruptible_counter);
        let mut imports = Vec::new();
        for import in module.imports() {
            imports.push(provide(&mut store, &import)?);
        }
        let main = Instance::new(&mut store, module, &imports);
        let main = main.map_err(|error| match store.data().meter.refusal() {
            Some(reason) => EngineError::Resource(reason),
            None => refused(&error, module),
        })?;
        Metered::settle(&mut store, main);
        Ok(WasmtimeInstance::new(store, main))
    }

    fn link<H: Host>(
        &self,
        instance: &mut WasmtimeInstance<H>,
        spot: &Spot,
        module: &Module,
    ) -> Result<u32, EngineError> {
        instance.link(spot, module)
    }
}

fn refused(error: &wasmtime::Error, module: &Module) -> EngineError {
    let trapped = error.is::<wasmtime::Trap>() || error.is::<crate::trap::Ending>();
    match outcome(error, module) {
        Outcome::Trapped(trap) if trapped => EngineError::Instantiate(trap),
        Outcome::Exited(status) => EngineError::Instantiate(Trap {
            message: format!("exit with status {status} in the start function"),
            functions: Vec::new(),
        }),
        _ => EngineError::Resource(format!("{error:#}")),
    }
}

pub(crate) fn missing(import: &ImportType<'_>) -> EngineError {
    EngineError::MissingImport { module: import.module().into(), name: import.name().into() }
}

/// What the host gives for an import, made.
fn provide<H: Host>(store: &mut Store<State<H>>, import: &ImportType<'_>) -> Result<Extern, EngineError> {
    let ty = import.ty();
    let function = match &ty {
        ExternType::Func(ty) => Some(function_type(ty).ok_or_else(|| missing(import))?),
        _ => None,
    };
    let asked = Import { module: import.module(), name: import.name(), function };
    let provided = store.data().host.provide(&asked).ok_or_else(|| missing(import))?;
    match (ty, provided) {
        (ExternType::Func(ty), Provided::Function(function)) => {
            let signature = asked.function.ok_or_else(|| missing(import))?;
            Ok(host_function(store, ty, signature, function).into())
        }
        (ExternType::Global(ty), Provided::Global(value)) => {
            if value_type(ty.content()).is_none_or(|ty| !fits(&value, ty)) {
                return Err(missing(import));
            }
            let value = enter(store.as_context_mut(), value)?;
            Global::new(store, ty, value).map(Extern::from).map_err(|error| resource(&error))
        }
        (ExternType::Memory(ty), Provided::Memory) if ty.is_shared() => {
            let memory = SharedMemory::new(store.engine(), ty).map_err(|error| resource(&error))?;
            Ok(memory.into())
        }
        (ExternType::Memory(ty), Provided::Memory) => {
            Memory::new(store, ty).map(Extern::from).map_err(|error| resource(&error))
        }
        (ExternType::Table(ty), Provided::Table) => {
            let null = wasmtime::Ref::null(ty.element().heap_type());
            Table::new(store, ty, null).map(Extern::from).map_err(|error| resource(&error))
        }
        _ => Err(missing(import)),
    }
}

fn resource(error: &wasmtime::Error) -> EngineError {
    EngineError::Resource(format!("{error:#}"))
}
