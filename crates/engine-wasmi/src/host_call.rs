//! Host functions: from wasmi's values to `Host::call` and back.

use crate::instance::State;
use crate::references::{enter, leave};
use crate::trap::Ending;
use sojourn_engine::{EngineError, FunctionType, Host, Reply, Value, type_of};
use wasmi::{AsContextMut, Caller, Error, Extern, Func, FuncType, Store, Val};

/// The function that wasmi calls for host function `function`.
pub(crate) fn host_function<H: Host>(
    store: &mut Store<State<H>>,
    ty: FuncType,
    signature: FunctionType,
    function: u32,
) -> Func {
    Func::new(store, ty, move |mut caller, arguments, results| {
        call(&mut caller, function, &signature, arguments, results)
    })
}

fn call<H: Host>(
    caller: &mut Caller<'_, State<H>>,
    function: u32,
    signature: &FunctionType,
    arguments: &[Val],
    results: &mut [Val],
) -> Result<(), Error> {
    let mut values = std::mem::take(&mut caller.data_mut().values);
    values.clear();
    for argument in arguments {
        values.push(leave(&mut caller.as_context_mut(), argument).map_err(|error| trap(&error))?);
    }
    values.extend(signature.results.iter().map(|ty| ty.zero()));
    let (inward, outward) = values.split_at_mut(arguments.len());
    dispatch(caller, function, signature, inward, outward)?;
    for (slot, value) in results.iter_mut().zip(outward.iter()) {
        *slot = enter(&mut caller.as_context_mut(), *value).map_err(|error| trap(&error))?;
    }
    caller.data_mut().values = values;
    Ok(())
}

fn trap(error: &EngineError) -> Error {
    Error::host(Ending::Trap(error.to_string()))
}

fn dispatch<H: Host>(
    caller: &mut Caller<'_, State<H>>,
    function: u32,
    signature: &FunctionType,
    arguments: &[Value],
    results: &mut [Value],
) -> Result<(), Error> {
    let reply = match guest_memory(caller) {
        Some(memory) => {
            let (bytes, state) = memory.data_and_store_mut(&mut *caller);
            state.host.call(function, bytes, arguments, results)
        }
        None => caller.data_mut().host.call(function, &mut [], arguments, results),
    };
    match reply {
        Reply::Return => check(function, signature, results),
        Reply::Suspend => suspend(caller, signature, results),
        Reply::Exit(status) => Err(Error::host(Ending::Exit(status))),
        Reply::Trap(message) => Err(Error::host(Ending::Trap(message))),
    }
}

/// The guest's first memory. It is known once the guest is instantiated; before that only the start function
/// of a module without the pass runs.
fn guest_memory<H: Host>(caller: &Caller<'_, State<H>>) -> Option<wasmi::Memory> {
    let state = caller.data();
    if state.instantiated {
        return state.memory;
    }
    caller.get_export("memory").and_then(Extern::into_memory)
}

/// A host that answers with the wrong types is told so in its own words.
fn check(function: u32, signature: &FunctionType, results: &[Value]) -> Result<(), Error> {
    let right = results.iter().zip(&signature.results).all(|(value, &ty)| type_of(value) == ty);
    if right { Ok(()) } else { Err(Error::new(format!("host function {function}: wrong results"))) }
}

/// Tells the guest that the call has not happened; its wrapper saves the arguments and unwinds.
fn suspend<H: Host>(
    caller: &mut Caller<'_, State<H>>,
    signature: &FunctionType,
    results: &mut [Value],
) -> Result<(), Error> {
    let Some(pending) = caller.data().pending else {
        return Err(Error::new("a host call was interrupted in a module without the pass"));
    };
    pending.set(&mut *caller, Val::I32(1)).map_err(Error::from)?;
    State::raise_limit(&mut caller.as_context_mut())?;
    for (result, ty) in results.iter_mut().zip(&signature.results) {
        *result = ty.zero();
    }
    Ok(())
}
