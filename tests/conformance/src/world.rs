//! A world: the modules of one script on one engine, linked with each other by name.

pub mod hopping;
pub mod instrumented;
pub mod wasmi;
pub mod wasmtime;

use crate::value::Scripted;

/// Why a step of a script did not give values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The module is malformed or invalid, or uses what the engine does not have.
    Rejected(String),
    /// The pass does not take the module.
    Refused(String),
    /// An import is missing or of another type.
    Unlinkable(String),
    /// It trapped; the text names the kind of trap only.
    Trap(String),
    /// The stack is exhausted.
    Exhausted,
    /// It threw.
    Exception,
    /// No such export, or arguments that the engine does not take.
    Unusable(String),
}

/// The modules of one script on one engine.
pub trait World: Sized {
    /// An instance in it.
    type Instance: Clone;

    /// Checks a module without making an instance.
    ///
    /// # Errors
    /// `Failure::Rejected`, `Failure::Refused`.
    fn check(&mut self, wasm: &[u8]) -> Result<(), Failure>;

    /// Makes an instance and runs its start function. `alone` says that no other module of the script meets it.
    ///
    /// # Errors
    /// Any failure.
    fn instantiate(&mut self, wasm: &[u8], alone: bool) -> Result<Self::Instance, Failure>;

    /// Lets later modules import from an instance by this name.
    fn register(&mut self, name: &str, instance: &Self::Instance);

    /// Calls an export.
    ///
    /// # Errors
    /// Any failure that running can give.
    fn call(
        &mut self,
        instance: &Self::Instance,
        export: &str,
        arguments: &[Scripted],
    ) -> Result<Vec<Scripted>, Failure>;

    /// Value of an exported global.
    ///
    /// # Errors
    /// `Failure::Unusable` when there is none.
    fn global(&mut self, instance: &Self::Instance, export: &str) -> Result<Scripted, Failure>;
}

/// The module `spectest` that the specification's scripts import from.
pub const SPECTEST: &str = r#"(module
  (global (export "global_i32") i32 (i32.const 666))
  (global (export "global_i64") i64 (i64.const 666))
  (global (export "global_f32") f32 (f32.const 666.6))
  (global (export "global_f64") f64 (f64.const 666.6))
  (table (export "table") 10 20 funcref)
  (table (export "table64") i64 10 20 funcref)
  (memory (export "memory") 1 2)
  (func (export "print"))
  (func (export "print_i32") (param i32))
  (func (export "print_i64") (param i64))
  (func (export "print_f32") (param f32))
  (func (export "print_f64") (param f64))
  (func (export "print_i32_f32") (param i32 f32))
  (func (export "print_f64_f64") (param f64 f64)))"#;
