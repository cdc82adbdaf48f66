//! Compiling, and making instances.

use crate::config::Settings;
use crate::convert::{function_type, value_type};
use crate::host_call::host_function;
use crate::instance::{State, WasmiInstance};
use crate::limit::Metered;
use crate::references::enter;
use crate::trap::{is_trap, outcome};
use sojourn_engine::{
    Engine, EngineError, Flavour, Host, Import, Limits, Outcome, Provided, Spot, Trap, type_of,
};
use wasmi::{
    AsContextMut, Error, Extern, ExternType, Global, ImportType, Instance, Memory, Module, Ref, Store, Table,
};

/// Version of wasmi that the workspace pins.
const VERSION: &str = "2.0.0";

/// wasmi, an interpreter.
#[derive(Clone)]
pub struct Wasmi {
    engine: wasmi::Engine,
    settings: Settings,
}

impl Wasmi {
    /// wasmi with these settings.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self { engine: settings.engine(), settings }
    }
}

impl Engine for Wasmi {
    type Module = Module;
    type Instance<H: Host> = WasmiInstance<H>;

    const NAME: &'static str = "wasmi";

    fn flavour(&self) -> Flavour {
        Flavour::Counter
    }

    fn fingerprint(&self) -> String {
        let fuel = if self.settings.interruptible { "fuel" } else { "free" };
        format!("wasmi-{VERSION}-{fuel}")
    }

    fn compile(&self, wasm: &[u8]) -> Result<Module, EngineError> {
        Module::new(&self.engine, wasm).map_err(|error| EngineError::Compile(error.to_string()))
    }

    fn serialize(&self, _: &Module) -> Option<Vec<u8>> {
        None
    }

    unsafe fn deserialize(&self, _: &[u8]) -> Result<Module, EngineError> {
        Err(EngineError::Compile("wasmi keeps no compiled code".into()))
    }

    fn instantiate_within<H: Host>(
        &self,
        module: &Module,
        host: H,
        limits: Limits,
    ) -> Result<WasmiInstance<H>, EngineError> {
        let mut store = Store::new(&self.engine, State::new(host, limits));
        store.limiter(|state| &mut state.meter);
        if self.settings.interruptible {
            // The start function of a module without the pass runs to its end.
            store.set_fuel(u64::MAX).map_err(|error| resource(&error))?;
        }
        let mut imports = Vec::new();
        for import in module.imports() {
            imports.push(provide(&mut store, &import)?);
        }
        let main = Instance::new(&mut store, module, &imports);
        let main = main.map_err(|error| match store.data().meter.refusal() {
            Some(reason) => EngineError::Resource(reason),
            None => refused(&error),
        })?;
        Metered::settle(&mut store, main);
        Ok(WasmiInstance::new(store, main, self.settings.interruptible))
    }

    fn link<H: Host>(
        &self,
        instance: &mut WasmiInstance<H>,
        spot: &Spot,
        module: &Module,
    ) -> Result<u32, EngineError> {
        instance.link(spot, module)
    }
}

fn refused(error: &Error) -> EngineError {
    match outcome(error) {
        Outcome::Trapped(trap) if is_trap(error) => EngineError::Instantiate(trap),
        Outcome::Exited(status) => EngineError::Instantiate(Trap {
            message: format!("exit with status {status} in the start function"),
            functions: Vec::new(),
        }),
        _ => resource(error),
    }
}

fn resource(error: &Error) -> EngineError {
    EngineError::Resource(error.to_string())
}

pub(crate) fn missing(import: &ImportType<'_>) -> EngineError {
    EngineError::MissingImport { module: import.module().into(), name: import.name().into() }
}

/// What the host gives for an import, made.
fn provide<H: Host>(store: &mut Store<State<H>>, import: &ImportType<'_>) -> Result<Extern, EngineError> {
    let function = match import.ty() {
        ExternType::Func(ty) => Some(function_type(ty)),
        _ => None,
    };
    let asked = Import { module: import.module(), name: import.name(), function };
    let provided = store.data().host.provide(&asked).ok_or_else(|| missing(import))?;
    match (import.ty(), provided) {
        (ExternType::Func(ty), Provided::Function(function)) => {
            Ok(host_function(store, ty.clone(), function_type(ty), function).into())
        }
        (ExternType::Global(ty), Provided::Global(value)) if value_type(ty.content()) == type_of(&value) => {
            let value = enter(&mut store.as_context_mut(), value)?;
            Ok(Global::new(store, value, ty.mutability()).into())
        }
        (ExternType::Memory(ty), Provided::Memory) => {
            Memory::new(store, *ty).map(Extern::from).map_err(|error| resource(&error))
        }
        (ExternType::Table(ty), Provided::Table) => {
            let null = Ref::null(ty.element());
            Table::new(store, *ty, null).map(Extern::from).map_err(|error| resource(&error))
        }
        _ => Err(missing(import)),
    }
}
