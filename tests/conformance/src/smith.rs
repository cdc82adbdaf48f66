//! Random valid modules: plain against the pass, and against stops.
//!
//! Everything follows from the bytes that a module is made of, so a failure comes again from them.

use crate::engines::{places, wasmtime};
use crate::guest_host::GuestHost;
use crate::program::through;
use crate::random::Random;
use crate::sweep::{Task, difference, ending};
use crate::travel::Place;
use arbitrary::Unstructured;
use sojourn_engine::{Engine, EngineError, Instance, Outcome, Value};
use sojourn_instrument::{Error, Flavour};
use wasm_smith::{Config, Module};
use wasmparser::{CompositeInnerType, ExternalKind, FuncType, Parser, Payload, TypeRef, ValType};

/// Loop turns and calls of a run before it traps.
const FUEL: u32 = 400;
/// Exports of a module that are called.
const CALLS: usize = 4;
/// Stops of each call.
const STOPS: u64 = 6;

/// What a module may ask of the host.
const HOST: &str = r#"(module
  (import "host" "emit" (func (param i32)))
  (import "host" "block" (func (param i32) (result i32)))
  (import "host" "handle" (func (param i32) (result externref)))
  (import "host" "number" (func (param externref) (result i32)))
  (import "host" "base" (global i32)))"#;

/// What was tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Tried {
    /// Calls compared.
    pub calls: usize,
    /// Stops among them.
    pub stops: usize,
    /// Whether the pass refused the module.
    pub refused: bool,
}

fn config() -> Config {
    Config {
        available_imports: Some(wat::parse_str(HOST).expect("it is well formed")),
        canonicalize_nans: true,
        export_everything: true,
        min_funcs: 2,
        max_funcs: 8,
        max_instructions: 120,
        max_imports: 4,
        max_memories: 3,
        max_memory32_bytes: 1 << 18,
        max_memory64_bytes: 1 << 18,
        memory_max_size_required: true,
        max_tables: 3,
        max_table_elements: 100,
        table_max_size_required: true,
        max_tags: 0,
        exceptions_enabled: false,
        gc_enabled: false,
        relaxed_simd_enabled: false,
        threads_enabled: false,
        wide_arithmetic_enabled: false,
        ..Config::default()
    }
}

/// The module made of these bytes; `None` when they make none.
#[must_use]
pub fn module(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut module = Module::new(config(), &mut Unstructured::new(bytes)).ok()?;
    module.ensure_termination(FUEL).ok()?;
    Some(module.to_bytes())
}

/// Compares the module made of these bytes with itself through the pass and with stops.
///
/// # Errors
/// What differs.
pub fn check(bytes: &[u8]) -> Result<Tried, String> {
    let Some(wasm) = module(bytes) else { return Ok(Tried::default()) };
    let mut random =
        Random::new(blake3::hash(bytes).as_bytes().iter().fold(0, |sum, byte| sum << 1 ^ u64::from(*byte)));
    check_module(&wasm, &mut random)
}

/// Compares a module with itself through the pass and with stops.
///
/// # Errors
/// What differs.
pub fn check_module(wasm: &[u8], random: &mut Random) -> Result<Tried, String> {
    let starts = match through(wasm, Flavour::Counter) {
        Ok(made) => made.info.start.is_some(),
        Err(Error::Refused { .. }) => return Ok(Tried { refused: true, ..Tried::default() }),
        Err(error) => return Err(format!("the pass does not take it: {error}")),
    };
    let places = places::<GuestHost>(wasm, true)?;
    let places: Vec<&dyn Place<GuestHost>> = places.iter().map(|place| &**place).collect();
    let mut tried = Tried::default();
    // Arguments that wait for a start function do not move.
    let callable = |(_, ty): &(String, FuncType)| !starts || ty.params().is_empty();
    for (export, ty) in functions(wasm).into_iter().filter(callable).take(CALLS) {
        let Some(arguments) = ty.params().iter().map(|ty| argument(*ty, random)).collect::<Option<Vec<_>>>()
        else {
            continue;
        };
        let in_call = |reason: String| format!("{export}{arguments:x?}: {reason}");
        tried.stops += check_call(wasm, &places, &export, &arguments, random).map_err(in_call)?;
        tried.calls += 1;
    }
    Ok(tried)
}

fn check_call(
    wasm: &[u8],
    places: &[&dyn Place<GuestHost>],
    export: &str,
    arguments: &[Value],
    random: &mut Random,
) -> Result<usize, String> {
    let task = Task { export, arguments, host: &GuestHost::default };
    let plain = match plain(wasm, export, arguments) {
        // Only the pass gives a module the table by which references to functions leave it.
        Err(reason) if reason.contains("function references cannot cross") => None,
        plain => Some(plain?),
    };
    let whole = match task.whole(places[0]) {
        Ok(whole) => whole,
        // Segments that do not fit.
        Err(_) if plain.is_some_and(|plain| plain.starts_with("trapped")) => return Ok(0),
        Err(reason) => return Err(format!("no instance through the pass: {reason}")),
    };
    if let Some(plain) = plain
        && plain != whole.seen.ending
    {
        return Err(format!("{} through the pass, {plain} without", whole.seen.ending));
    }
    let other = task.whole(places[1])?;
    if let Some(reason) = difference(&whole.seen, &other.seen) {
        return Err(format!("{} and {} differ: {reason}", places[0].name(), places[1].name()));
    }
    if whole.polls == 0 {
        return Ok(0);
    }
    let mut stops = 0;
    for index in 0..STOPS.min(whole.polls) {
        let poll = if whole.polls <= STOPS { index + 1 } else { 1 + random.below(whole.polls) };
        let from = places[usize::try_from(index).unwrap_or(0) % places.len()];
        if let Some(wrong) = task.stop_once(&whole, from, places, poll).first() {
            return Err(wrong.clone());
        }
        stops += 1;
    }
    task.chain(&whole, places, 1 + whole.polls / 20, 20)?;
    Ok(stops)
}

/// How the module ends without the pass.
fn plain(wasm: &[u8], export: &str, arguments: &[Value]) -> Result<String, String> {
    let code = wasmtime().compile(wasm).map_err(|error| error.to_string())?;
    match wasmtime().instantiate(&code, GuestHost::default()) {
        Ok(mut instance) => {
            let outcome = instance.call(export, arguments).map_err(|error| error.to_string())?;
            Ok(ending(&outcome))
        }
        Err(EngineError::Instantiate(trap)) => Ok(ending(&Outcome::Trapped(trap))),
        Err(error) => Err(error.to_string()),
    }
}

fn argument(ty: ValType, random: &mut Random) -> Option<Value> {
    let interesting = [0, 1, 2, 7, 100, u64::MAX, 1 << 31, random.number()];
    let number = interesting[usize::try_from(random.below(8)).unwrap_or(0)];
    let low = u32::try_from(number & 0xffff_ffff).unwrap_or(0);
    Some(match ty {
        ValType::I32 => Value::I32(low.cast_signed()),
        ValType::I64 => Value::I64(number.cast_signed()),
        ValType::F32 => Value::F32(f32::to_bits(if low == 0 { -0.0 } else { 1.5 })),
        ValType::F64 => Value::F64(f64::to_bits(if low == 0 { -0.0 } else { 1e10 })),
        ValType::V128 => Value::V128(u128::from(number) << 32 | 5),
        ValType::Ref(ty) if ty.is_func_ref() => Value::FuncRef(None),
        ValType::Ref(ty) if ty.is_extern_ref() => Value::ExternRef(Some(low & 0xff)),
        ValType::Ref(_) => return None,
    })
}

/// Exported functions and their types.
fn functions(wasm: &[u8]) -> Vec<(String, FuncType)> {
    let (mut types, mut functions, mut exports) = (Vec::new(), Vec::new(), Vec::new());
    for payload in Parser::new(0).parse_all(wasm).flatten() {
        match payload {
            Payload::TypeSection(section) => {
                for group in section.into_iter().flatten() {
                    types.extend(group.into_types().map(|ty| match ty.composite_type.inner {
                        CompositeInnerType::Func(function) => Some(function),
                        _ => None,
                    }));
                }
            }
            Payload::ImportSection(section) => {
                functions.extend(section.into_imports().flatten().filter_map(|import| match import.ty {
                    TypeRef::Func(ty) => Some(ty),
                    _ => None,
                }));
            }
            Payload::FunctionSection(section) => functions.extend(section.into_iter().flatten()),
            Payload::ExportSection(section) => exports.extend(section.into_iter().flatten()),
            _ => {}
        }
    }
    let function = |export: wasmparser::Export<'_>| {
        let ty = functions.get(export.index as usize).filter(|_| export.kind == ExternalKind::Func)?;
        Some((export.name.to_owned(), types.get(*ty as usize)?.clone()?))
    };
    exports.into_iter().filter_map(function).collect()
}
