//! A world whose modules are stopped every few polls and go on as a new instance, through the bytes of an image.
//!
//! A module that another one meets, or that shares a memory, table or global of `spectest`, stays where it is.

use super::instrumented::{Through, through};
use super::{Failure, World};
use crate::value::Scripted;
use sojourn_engine::{
    Computation, Engine, EngineError, Host, Import, Instance, Outcome, Provided, Reply, StateError, Target,
    Value,
};
use sojourn_image::{Image, ModuleHash};
use sojourn_instrument::{Flavour, Info, names};
use wasmparser::{Parser, Payload, TypeRef};

/// Stops of one call; what remains of it runs freely, so that long loops end.
const HOPS_OF_A_CALL: usize = 12;
/// More polls than any script meets.
const NEVER: u64 = u64::MAX / 2;

/// Another world, with what can be moved out of it moved all the time.
pub struct Hopping<W: World, E: Engine> {
    direct: Through<W>,
    engine: &'static E,
    every: u64,
    movable: Vec<Movable<E>>,
    /// How often an instance was replaced.
    pub hops: usize,
}

/// Where an instance is.
#[derive(Clone)]
pub enum Placed<I> {
    /// In the world underneath.
    Direct(I),
    /// Among those that move, by its number.
    Movable(usize),
}

struct Movable<E: Engine> {
    original: Vec<u8>,
    info: Info,
    code: E::Module,
    /// `None` once an image of it did not fit.
    instance: Option<E::Instance<Silent>>,
}

/// The functions of `spectest`, which do nothing.
pub struct Silent;

impl Host for Silent {
    fn provide(&self, import: &Import<'_>) -> Option<Provided> {
        const KNOWN: [&str; 7] =
            ["print", "print_i32", "print_i64", "print_f32", "print_f64", "print_i32_f32", "print_f64_f64"];
        (import.module == "spectest" && KNOWN.contains(&import.name)).then_some(Provided::Function(0))
    }

    fn call(&mut self, _: u32, _: &mut [u8], _: &[Value], _: &mut [Value]) -> Reply {
        Reply::Return
    }
}

impl<W: World, E: Engine> Hopping<W, E> {
    /// Stops at every `every`-th poll of each call.
    #[must_use]
    pub fn new(world: W, engine: &'static E, every: u64) -> Self {
        Hopping { direct: Through::new(world, Flavour::Counter), engine, every, movable: Vec::new(), hops: 0 }
    }

    fn place(&mut self, wasm: &[u8]) -> Result<usize, Failure> {
        let made = through(wasm, Flavour::Counter)?;
        let code = self.engine.compile(&made.wasm).map_err(failed)?;
        let instance = Some(self.engine.instantiate(&code, Silent).map_err(failed)?);
        let start = made.info.start.is_some();
        let mut info = made.info;
        info.start = None;
        self.movable.push(Movable { original: wasm.to_vec(), info, code, instance });
        let number = self.movable.len() - 1;
        if start {
            self.call_movable(number, names::START, Vec::new())?;
        }
        Ok(number)
    }

    fn call_movable(
        &mut self,
        number: usize,
        export: &str,
        arguments: Vec<Value>,
    ) -> Result<Vec<Scripted>, Failure> {
        let module = &mut self.movable[number];
        let instance =
            module.instance.take().ok_or_else(|| Failure::Unusable("it was lost in a hop".into()))?;
        let mut run = Computation::new(instance, &module.info, export.into(), arguments);
        let mut hops = 0;
        let outcome = loop {
            let poll = if hops < HOPS_OF_A_CALL { self.every } else { NEVER };
            run.stop_at(poll).map_err(failed)?;
            match run.run().map_err(failed) {
                Ok(Outcome::Stopped) => {
                    run = hop(self.engine, module, &mut run).map_err(|error| lost(&error))?;
                }
                other => break other,
            }
            hops += 1;
        };
        self.hops += hops;
        module.instance = Some(run.into_instance());
        ended(outcome?)
    }
}

fn hop<E: Engine>(
    engine: &E,
    module: &Movable<E>,
    run: &mut Computation<E::Instance<Silent>>,
) -> Result<Computation<E::Instance<Silent>>, StateError> {
    let image = run.capture(&module.info, ModuleHash::of(&module.original))?;
    let unreadable = |error: sojourn_image::Error| StateError::Image(error.to_string());
    let bytes = image.encode().map_err(unreadable)?;
    let image = Image::decode(&bytes).map_err(unreadable)?;
    let target = Target {
        engine,
        module: &module.code,
        original: &module.original,
        info: &module.info,
        flavour: Flavour::Counter,
    };
    Computation::resume(&target, &image, Silent, |wasm: &[u8]| Ok(engine.compile(wasm)?))
}

fn lost(error: &StateError) -> Failure {
    Failure::Unusable(format!("lost in a hop: {error}"))
}

fn failed(error: EngineError) -> Failure {
    match error {
        EngineError::Compile(message) => Failure::Rejected(message),
        EngineError::MissingImport { module, name } => {
            Failure::Unlinkable(format!("no import {module}.{name}"))
        }
        // wasmi names the table and the segment.
        EngineError::Instantiate(trap) if trap.message.starts_with("out of bounds table access") => {
            Failure::Trap("out of bounds table access".into())
        }
        EngineError::Instantiate(trap) => Failure::Trap(trap.message),
        other => Failure::Unusable(other.to_string()),
    }
}

fn ended(outcome: Outcome) -> Result<Vec<Scripted>, Failure> {
    match outcome {
        Outcome::Finished(values) => Ok(values.into_iter().map(scripted).collect()),
        Outcome::Trapped(trap) if trap.message.contains("stack exhausted") => Err(Failure::Exhausted),
        Outcome::Trapped(trap) if trap.message.contains("exception") => Err(Failure::Exception),
        Outcome::Trapped(trap) => Err(Failure::Trap(trap.message)),
        other => Err(Failure::Unusable(format!("{other:?}"))),
    }
}

fn scripted(value: Value) -> Scripted {
    match value {
        Value::I32(value) => Scripted::I32(value),
        Value::I64(value) => Scripted::I64(value),
        Value::F32(bits) => Scripted::F32(bits),
        Value::F64(bits) => Scripted::F64(bits),
        Value::V128(bits) => Scripted::V128(bits),
        Value::FuncRef(function) => Scripted::Function { null: function.is_none() },
        Value::ExternRef(handle) => Scripted::Extern(handle),
    }
}

fn value(argument: &Scripted) -> Result<Value, Failure> {
    Ok(match *argument {
        Scripted::I32(value) => Value::I32(value),
        Scripted::I64(value) => Value::I64(value),
        Scripted::F32(bits) => Value::F32(bits),
        Scripted::F64(bits) => Value::F64(bits),
        Scripted::V128(bits) => Value::V128(bits),
        Scripted::Function { null: true } => Value::FuncRef(None),
        Scripted::Extern(handle) => Value::ExternRef(handle),
        Scripted::Function { .. } | Scripted::Other { .. } => {
            return Err(Failure::Unusable("an argument that cannot move".into()));
        }
    })
}

/// Whether it imports nothing but functions of `spectest`.
fn stands_alone(wasm: &[u8]) -> bool {
    Parser::new(0).parse_all(wasm).all(|payload| match payload {
        Ok(Payload::ImportSection(imports)) => imports.into_imports().all(|import| {
            import.is_ok_and(|import| import.module == "spectest" && matches!(import.ty, TypeRef::Func(_)))
        }),
        other => other.is_ok(),
    })
}

impl<W: World, E: Engine> World for Hopping<W, E> {
    type Instance = Placed<W::Instance>;

    fn check(&mut self, wasm: &[u8]) -> Result<(), Failure> {
        self.direct.check(wasm)
    }

    fn instantiate(&mut self, wasm: &[u8], alone: bool) -> Result<Self::Instance, Failure> {
        if alone && stands_alone(wasm) {
            return self.place(wasm).map(Placed::Movable);
        }
        self.direct.instantiate(wasm, alone).map(Placed::Direct)
    }

    fn register(&mut self, name: &str, instance: &Self::Instance) {
        if let Placed::Direct(instance) = instance {
            self.direct.register(name, instance);
        }
    }

    fn call(
        &mut self,
        instance: &Self::Instance,
        export: &str,
        arguments: &[Scripted],
    ) -> Result<Vec<Scripted>, Failure> {
        match instance {
            Placed::Direct(instance) => self.direct.call(instance, export, arguments),
            Placed::Movable(number) => {
                let arguments = arguments.iter().map(value).collect::<Result<_, _>>()?;
                self.call_movable(*number, export, arguments)
            }
        }
    }

    fn global(&mut self, instance: &Self::Instance, export: &str) -> Result<Scripted, Failure> {
        match instance {
            Placed::Direct(instance) => self.direct.global(instance, export),
            Placed::Movable(number) => {
                let instance = self.movable[*number].instance.as_mut();
                let instance = instance.ok_or_else(|| Failure::Unusable("it was lost in a hop".into()))?;
                instance.global(export).map(scripted).map_err(failed)
            }
        }
    }
}
