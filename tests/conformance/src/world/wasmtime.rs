//! Scripts on Wasmtime, without anything of ours.

use super::{Failure, SPECTEST, World};
use crate::value::Scripted;
use std::collections::HashMap;
use wasmtime::{
    Config, Engine, Extern, ExternRef, HeapType, Instance, Module, Store, Strategy, ThrownException, Trap,
    Val, ValType,
};

/// An engine with every feature that the scripts use.
///
/// # Panics
/// When Wasmtime does not take its own settings.
#[must_use]
pub fn engine() -> Engine {
    let mut config = Config::new();
    config
        .strategy(Strategy::Cranelift)
        .wasm_backtrace_max_frames(None)
        .cranelift_opt_level(wasmtime::OptLevel::None);
    config.wasm_tail_call(true).wasm_multi_memory(true).wasm_memory64(true).wasm_extended_const(true);
    config.wasm_function_references(true).wasm_gc(true).wasm_exceptions(true);
    config.wasm_simd(true).wasm_relaxed_simd(true).wasm_threads(true).shared_memory(true);
    Engine::new(&config).expect("Wasmtime takes these settings")
}

/// A store and the names in it.
pub struct Wasmtime {
    store: Store<()>,
    registered: HashMap<String, Instance>,
}

impl Wasmtime {
    /// A world with the module `spectest`.
    ///
    /// # Panics
    /// When `spectest` does not run.
    #[must_use]
    pub fn new(engine: &Engine) -> Self {
        let mut world = Wasmtime { store: Store::new(engine, ()), registered: HashMap::new() };
        let spectest = wat::parse_str(SPECTEST).expect("spectest is well formed");
        let instance = world.instantiate(&spectest, true).expect("spectest runs");
        world.register("spectest", &instance);
        world
    }

    fn imports(&mut self, module: &Module) -> Result<Vec<Extern>, Failure> {
        let Wasmtime { store, registered } = self;
        let find = |import: wasmtime::ImportType<'_>| {
            let found = registered.get(import.module());
            found.and_then(|instance| instance.get_export(&mut *store, import.name())).ok_or_else(|| {
                Failure::Unlinkable(format!("no import {}.{}", import.module(), import.name()))
            })
        };
        module.imports().map(find).collect()
    }

    fn value(&mut self, value: Scripted, ty: &ValType) -> Result<Val, Failure> {
        Ok(match value {
            Scripted::I32(value) => Val::I32(value),
            Scripted::I64(value) => Val::I64(value),
            Scripted::F32(bits) => Val::F32(bits),
            Scripted::F64(bits) => Val::F64(bits),
            Scripted::V128(bits) => Val::V128(bits.into()),
            Scripted::Extern(Some(number)) => {
                let made =
                    ExternRef::new(&mut self.store, number).map_err(|e| Failure::Unusable(e.to_string()))?;
                Val::ExternRef(Some(made))
            }
            _ => null_of(ty)?,
        })
    }

    fn scripted(&self, value: &Val) -> Scripted {
        match value {
            Val::I32(value) => Scripted::I32(*value),
            Val::I64(value) => Scripted::I64(*value),
            Val::F32(bits) => Scripted::F32(*bits),
            Val::F64(bits) => Scripted::F64(*bits),
            Val::V128(bits) => Scripted::V128(bits.as_u128()),
            Val::FuncRef(function) => Scripted::Function { null: function.is_none() },
            Val::ExternRef(handle) => Scripted::Extern(handle.as_ref().map(|handle| self.number(handle))),
            Val::AnyRef(reference) => Scripted::Other { null: reference.is_none() },
            Val::ExnRef(reference) => Scripted::Other { null: reference.is_none() },
            Val::ContRef(reference) => Scripted::Other { null: reference.is_none() },
        }
    }

    fn number(&self, handle: &wasmtime::Rooted<ExternRef>) -> u32 {
        let data = handle.data(&self.store).ok().flatten();
        data.and_then(|data| data.downcast_ref::<u32>()).copied().unwrap_or(u32::MAX)
    }
}

fn null_of(ty: &ValType) -> Result<Val, Failure> {
    let unusable = || Failure::Unusable(format!("no null of type {ty}"));
    let ValType::Ref(reference) = ty else { return Err(unusable()) };
    match reference.heap_type().top() {
        HeapType::Func => Ok(Val::FuncRef(None)),
        HeapType::Extern => Ok(Val::ExternRef(None)),
        HeapType::Any => Ok(Val::AnyRef(None)),
        HeapType::Exn => Ok(Val::ExnRef(None)),
        _ => Err(unusable()),
    }
}

/// What an error of running means for a script.
fn ended(error: &wasmtime::Error, otherwise: fn(String) -> Failure) -> Failure {
    match error.downcast_ref::<Trap>() {
        Some(Trap::StackOverflow) => Failure::Exhausted,
        Some(trap) => Failure::Trap(trap.to_string()),
        None if error.is::<ThrownException>() => Failure::Exception,
        None => otherwise(format!("{error:#}")),
    }
}

impl World for Wasmtime {
    type Instance = Instance;

    fn check(&mut self, wasm: &[u8]) -> Result<(), Failure> {
        Module::validate(self.store.engine(), wasm).map_err(|error| Failure::Rejected(format!("{error:#}")))
    }

    fn instantiate(&mut self, wasm: &[u8], _alone: bool) -> Result<Instance, Failure> {
        let module = Module::new(self.store.engine(), wasm)
            .map_err(|error| Failure::Rejected(format!("{error:#}")))?;
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
        let function = instance
            .get_func(&mut self.store, export)
            .ok_or_else(|| Failure::Unusable(format!("no function {export}")))?;
        let ty = function.ty(&self.store);
        let arguments = arguments
            .iter()
            .zip(ty.params())
            .map(|(argument, ty)| self.value(*argument, &ty))
            .collect::<Result<Vec<_>, _>>()?;
        let mut results = vec![Val::I32(0); ty.results().len()];
        function
            .call(&mut self.store, &arguments, &mut results)
            .map_err(|error| ended(&error, Failure::Unusable))?;
        Ok(results.iter().map(|value| self.scripted(value)).collect())
    }

    fn global(&mut self, instance: &Instance, export: &str) -> Result<Scripted, Failure> {
        let global = instance
            .get_global(&mut self.store, export)
            .ok_or_else(|| Failure::Unusable(format!("no global {export}")))?;
        let value = global.get(&mut self.store);
        Ok(self.scripted(&value))
    }
}
