//! Scripts on wasmi, without anything of ours.

use super::{Failure, SPECTEST, World};
use crate::value::Scripted;
use std::collections::HashMap;
use wasmi::errors::{ErrorKind, InstantiationError};
use wasmi::{
    Engine, Error, Extern, ExternRef, Func, Instance, Module, Nullable, Store, TrapCode, Val, ValType,
};

/// An engine with every feature that the scripts use and that it has.
#[must_use]
pub fn engine() -> Engine {
    Engine::default()
}

/// A store and the names in it.
pub struct Wasmi {
    engine: Engine,
    store: Store<()>,
    registered: HashMap<String, Instance>,
}

impl Wasmi {
    /// A world with the module `spectest`.
    ///
    /// # Panics
    /// When `spectest` does not run.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        let mut world =
            Wasmi { engine: engine.clone(), store: Store::new(engine, ()), registered: HashMap::new() };
        let spectest = wat::parse_str(SPECTEST).expect("spectest is well formed");
        let instance = world.instantiate(&spectest, true).expect("spectest runs");
        world.register("spectest", &instance);
        world
    }

    fn imports(&self, module: &Module) -> Result<Vec<Extern>, Failure> {
        let find = |import: wasmi::ImportType<'_>| {
            let found = self.registered.get(import.module());
            found.and_then(|instance| instance.get_export(&self.store, import.name())).ok_or_else(|| {
                Failure::Unlinkable(format!("no import {}.{}", import.module(), import.name()))
            })
        };
        module.imports().map(find).collect()
    }

    fn value(&mut self, value: Scripted) -> Result<Val, Failure> {
        Ok(match value {
            Scripted::I32(value) => Val::I32(value),
            Scripted::I64(value) => Val::I64(value),
            Scripted::F32(bits) => Val::F32(wasmi::F32::from_bits(bits)),
            Scripted::F64(bits) => Val::F64(wasmi::F64::from_bits(bits)),
            Scripted::V128(bits) => Val::V128(bits.into()),
            Scripted::Function { null: true } => Val::FuncRef(Nullable::Null),
            Scripted::Extern(None) => Val::ExternRef(Nullable::Null),
            Scripted::Extern(Some(number)) => Val::from(ExternRef::new(&mut self.store, number)),
            Scripted::Function { .. } | Scripted::Other { .. } => {
                return Err(Failure::Unusable("an argument that wasmi does not have".into()));
            }
        })
    }

    fn scripted(&self, value: &Val) -> Scripted {
        match value {
            Val::I32(value) => Scripted::I32(*value),
            Val::I64(value) => Scripted::I64(*value),
            Val::F32(value) => Scripted::F32(value.to_bits()),
            Val::F64(value) => Scripted::F64(value.to_bits()),
            Val::V128(value) => Scripted::V128(value.as_u128()),
            Val::FuncRef(function) => Scripted::Function { null: function.is_null() },
            Val::ExternRef(Nullable::Null) => Scripted::Extern(None),
            Val::ExternRef(Nullable::Val(handle)) => {
                Scripted::Extern(handle.data(&self.store).downcast_ref::<u32>().copied())
            }
        }
    }

    fn function(&self, instance: Instance, export: &str) -> Result<Func, Failure> {
        instance
            .get_func(&self.store, export)
            .ok_or_else(|| Failure::Unusable(format!("no function {export}")))
    }
}

/// What an error of running means for a script.
fn ended(error: &Error, otherwise: fn(String) -> Failure) -> Failure {
    match error.as_trap_code() {
        Some(TrapCode::StackOverflow) => Failure::Exhausted,
        Some(code) => Failure::Trap(code.to_string()),
        None if matches!(error.kind(), ErrorKind::Memory(_) | ErrorKind::Table(_)) => {
            Failure::Trap(error.to_string())
        }
        None if matches!(
            error.kind(),
            ErrorKind::Instantiation(InstantiationError::ElementSegmentDoesNotFit { .. })
        ) =>
        {
            Failure::Trap("out of bounds table access".into())
        }
        None => otherwise(error.to_string()),
    }
}

impl World for Wasmi {
    type Instance = Instance;

    fn check(&mut self, wasm: &[u8]) -> Result<(), Failure> {
        Module::validate(&self.engine, wasm).map_err(|error| Failure::Rejected(error.to_string()))
    }

    fn instantiate(&mut self, wasm: &[u8], _alone: bool) -> Result<Instance, Failure> {
        let module = Module::new(&self.engine, wasm).map_err(|error| Failure::Rejected(error.to_string()))?;
        let imports = self.imports(&module)?;
        Instance::new(&mut self.store, &module, &imports).map_err(|error| ended(&error, Failure::Unlinkable))
    }

    fn register(&mut self, name: &str, instance: &Instance) {
        self.registered.insert(name.to_owned(), *instance);
    }

    fn call(
        &mut self,
        instance: &Instance,
        export: &str,
        arguments: &[Scripted],
    ) -> Result<Vec<Scripted>, Failure> {
        let function = self.function(*instance, export)?;
        let arguments =
            arguments.iter().map(|argument| self.value(*argument)).collect::<Result<Vec<_>, _>>()?;
        let count = function.ty(&self.store).results().len();
        let mut results = vec![Val::default_for_ty(ValType::I32); count];
        function
            .call(&mut self.store, &arguments, &mut results)
            .map_err(|error| ended(&error, Failure::Unusable))?;
        Ok(results.iter().map(|value| self.scripted(value)).collect())
    }

    fn global(&mut self, instance: &Instance, export: &str) -> Result<Scripted, Failure> {
        let global = instance
            .get_global(&self.store, export)
            .ok_or_else(|| Failure::Unusable(format!("no global {export}")))?;
        Ok(self.scripted(&global.get(&self.store)))
    }
}
