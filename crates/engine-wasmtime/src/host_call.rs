//! Host functions: from Wasmtime's calling convention to `Host::call` and back.

use crate::convert::{push_raw, push_zero, to_raw};
use crate::instance::State;
use crate::references::{enter, leave};
use crate::trap::Ending;
use sojourn_engine::{FunctionType, Host, Reply, Value};
use std::mem::MaybeUninit;
use std::sync::Arc;
use wasmtime::{AsContextMut, Caller, Extern, Func, FuncType, Result, Store, Val, ValRaw};

/// The function that Wasmtime calls for host function `function`.
pub(crate) fn host_function<H: Host>(
    store: &mut Store<State<H>>,
    ty: FuncType,
    signature: FunctionType,
    function: u32,
) -> Func {
    let signature = Arc::new(signature);
    if !signature.is_plain() {
        return Func::new(store, ty, move |mut caller, arguments, results| {
            with_references(&mut caller, function, &signature, arguments, results)
        });
    }
    let raw = move |mut caller: Caller<'_, State<H>>, raw: &mut [MaybeUninit<ValRaw>]| {
        plain(&mut caller, function, &signature, raw)
    };
    // SAFETY: `signature` was made from `ty`, and `plain` reads and writes the slots by it.
    unsafe { Func::new_unchecked(store, ty, raw) }
}

/// A call in which only numbers and vectors cross: no `Val`, and no allocation after the first.
fn plain<H: Host>(
    caller: &mut Caller<'_, State<H>>,
    function: u32,
    signature: &FunctionType,
    raw: &mut [MaybeUninit<ValRaw>],
) -> Result<()> {
    let mut values = std::mem::take(&mut caller.data_mut().values);
    values.clear();
    for (raw, &ty) in raw.iter().zip(&signature.parameters) {
        // SAFETY: Wasmtime writes the parameters, in order, into the first slots.
        unsafe { push_raw(&mut values, raw, ty) };
    }
    for &ty in &signature.results {
        push_zero(&mut values, ty);
    }
    let (arguments, results) = values.split_at_mut(signature.parameters.len());
    dispatch(caller, function, signature, arguments, results)?;
    for (slot, result) in raw.iter_mut().zip(results) {
        slot.write(to_raw(*result));
    }
    caller.data_mut().values = values;
    Ok(())
}

/// A call in which references cross.
fn with_references<H: Host>(
    caller: &mut Caller<'_, State<H>>,
    function: u32,
    signature: &FunctionType,
    arguments: &[Val],
    results: &mut [Val],
) -> Result<()> {
    let mut inward = Vec::with_capacity(arguments.len());
    for argument in arguments {
        inward.push(leave(caller.as_context_mut(), *argument).map_err(wasmtime::Error::new)?);
    }
    let mut outward: Vec<Value> = signature.results.iter().map(|ty| ty.zero()).collect();
    dispatch(caller, function, signature, &inward, &mut outward)?;
    for (slot, result) in results.iter_mut().zip(outward) {
        *slot = enter(caller.as_context_mut(), result).map_err(wasmtime::Error::new)?;
    }
    Ok(())
}

fn dispatch<H: Host>(
    caller: &mut Caller<'_, State<H>>,
    function: u32,
    signature: &FunctionType,
    arguments: &[Value],
    results: &mut [Value],
) -> Result<()> {
    let reply = match guest_memory(caller) {
        Some(memory) => {
            let (bytes, state) = memory.data_and_store_mut(&mut *caller);
            if let Some(window) = &state.window {
                window.learn(bytes.len());
            }
            state.host.call(function, bytes, arguments, results)
        }
        None => caller.data_mut().host.call(function, &mut [], arguments, results),
    };
    match reply {
        Reply::Return => check(function, signature, results),
        Reply::Suspend => suspend(caller, signature, results),
        Reply::Exit(status) => Err(wasmtime::Error::new(Ending::Exit(status))),
        Reply::Trap(message) => Err(wasmtime::Error::new(Ending::Trap(message))),
    }
}

/// The guest's first memory. It is known once the guest is instantiated; before that only the start function
/// of a module without the pass runs.
fn guest_memory<H: Host>(caller: &mut Caller<'_, State<H>>) -> Option<wasmtime::Memory> {
    let state = caller.data();
    if state.instantiated {
        return state.memory;
    }
    caller.get_export("memory").and_then(Extern::into_memory)
}

/// A host that answers with the wrong types is caught here: raw slots have no types of their own.
fn check(function: u32, signature: &FunctionType, results: &[Value]) -> Result<()> {
    let right = results.iter().zip(&signature.results).all(|(value, &ty)| crate::references::fits(value, ty));
    if right { Ok(()) } else { Err(wasmtime::Error::msg(format!("host function {function}: wrong results"))) }
}

/// Tells the guest that the call has not happened; its wrapper saves the arguments and unwinds.
fn suspend<H: Host>(
    caller: &mut Caller<'_, State<H>>,
    signature: &FunctionType,
    results: &mut [Value],
) -> Result<()> {
    let Some(pending) = caller.data().pending else {
        return Err(wasmtime::Error::msg("a host call was interrupted in a module without the pass"));
    };
    pending.set(&mut *caller, Val::I32(1))?;
    caller.data().stop.stop();
    State::raise_limit(caller.as_context_mut())?;
    for (result, ty) in results.iter_mut().zip(&signature.results) {
        *result = ty.zero();
    }
    Ok(())
}
