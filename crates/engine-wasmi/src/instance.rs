//! A running instance.

use crate::config::SLICE_FUEL;
use crate::convert::{element_type, function_type};
use crate::limit::Metered;
use crate::points::Points;
use crate::references::{References, enter, enter_element, leave, leave_element};
use crate::stop::StopFlag;
use crate::trap::outcome;
use sojourn_engine::{EngineError, Host, Instance, Limits, Outcome, Stopper, Value, names, type_of};
use std::sync::Arc;
use wasmi::{
    AsContextMut, Error, Func, Global, Memory, Mutability, Ref, ResumableCall, Store, StoreContextMut, Table,
    Val,
};

/// Bytes in a page; wasmi is configured without custom page sizes.
pub(crate) const PAGE_BYTES: u64 = 1 << 16;

/// What host calls need of the instance they come from.
pub(crate) struct State<H> {
    pub(crate) host: H,
    pub(crate) references: References,
    /// Room for the arguments and results of a host call, kept for the next one.
    pub(crate) values: Vec<Value>,
    /// Set once the handles below are known.
    pub(crate) instantiated: bool,
    pub(crate) memory: Option<Memory>,
    pub(crate) pending: Option<Global>,
    pub(crate) meter: Metered,
    counter: Option<Global>,
    limit: Option<Global>,
}

impl<H: Host> State<H> {
    pub(crate) fn new(host: H, limits: Limits) -> Self {
        Self {
            host,
            references: References::default(),
            values: Vec::new(),
            instantiated: false,
            memory: None,
            pending: None,
            meter: Metered::new(limits),
            counter: None,
            limit: None,
        }
    }

    /// Makes the next poll stop.
    pub(crate) fn raise_limit(context: &mut StoreContextMut<'_, Self>) -> Result<(), Error> {
        let Some(limit) = context.data().limit else { return Ok(()) };
        limit.set(context, Val::I64(i64::MAX)).map_err(Error::from)
    }
}

fn integer(value: &Val) -> i64 {
    match value {
        Val::I32(value) => i64::from(*value),
        Val::I64(value) => *value,
        _ => 0,
    }
}

/// A running instance on wasmi.
pub struct WasmiInstance<H: Host> {
    pub(crate) store: Store<State<H>>,
    pub(crate) points: Points,
    pub(crate) main: wasmi::Instance,
    stop: Arc<StopFlag>,
    interruptible: bool,
    unwinding: Option<Global>,
    /// The counter at the last `stop_at` or `clear_stop`.
    counted_from: i64,
}

impl<H: Host> WasmiInstance<H> {
    pub(crate) fn new(mut store: Store<State<H>>, main: wasmi::Instance, interruptible: bool) -> Self {
        let memory = main.get_memory(&store, &names::memory(0)).or_else(|| main.get_memory(&store, "memory"));
        let pending = main.get_global(&store, names::PENDING);
        let counter = main.get_global(&store, names::COUNTER);
        let limit = main.get_global(&store, names::LIMIT);
        let unwinding = main.get_global(&store, names::UNWINDING);
        let references = References::new(main.get_table(&store, names::REFS));
        let state = store.data_mut();
        (state.instantiated, state.memory, state.pending) = (true, memory, pending);
        (state.counter, state.limit, state.references) = (counter, limit, references);
        let stop = StopFlag::new();
        let mut instance =
            Self { store, points: Points::default(), main, stop, interruptible, unwinding, counted_from: 0 };
        instance.set_counter(i64::MAX);
        instance
    }

    fn set_counter(&mut self, polls: i64) {
        self.counted_from = polls;
        if let Some(counter) = self.store.data().counter {
            // A counter that is not a mutable i64 is not ours; `stop_at` reports it.
            let _ = counter.set(&mut self.store, Val::I64(polls));
        }
        if let Some(limit) = self.store.data().limit {
            let _ = limit.set(&mut self.store, Val::I64(0));
        }
    }

    fn counter(&self) -> Result<Global, EngineError> {
        self.store.data().counter.ok_or_else(|| absent("global", names::COUNTER))
    }

    fn function(&self, name: &str) -> Result<Func, EngineError> {
        let entered = self.points.entered().filter(|_| name == names::RESUME);
        entered.or_else(|| self.main.get_func(&self.store, name)).ok_or_else(|| absent("function", name))
    }

    fn find_memory(&self, name: &str) -> Result<Memory, EngineError> {
        self.main.get_memory(&self.store, name).ok_or_else(|| absent("memory", name))
    }

    fn find_table(&self, name: &str) -> Result<Table, EngineError> {
        self.main.get_table(&self.store, name).ok_or_else(|| absent("table", name))
    }

    fn find_global(&self, name: &str) -> Result<Global, EngineError> {
        self.main.get_global(&self.store, name).ok_or_else(|| absent("global", name))
    }

    fn is_unwinding(&self) -> bool {
        self.unwinding.is_some_and(|global| integer(&global.get(&self.store)) == 1)
    }

    /// Runs the guest, in slices of fuel where it must be possible to stop it from another thread.
    fn run(&mut self, function: Func, inward: &[Val], outward: &mut [Val]) -> Result<(), Error> {
        self.look_at_flag()?;
        if !self.interruptible {
            return function.call(&mut self.store, inward, outward);
        }
        self.store.set_fuel(SLICE_FUEL)?;
        let mut state = function.call_resumable(&mut self.store, inward, outward)?;
        loop {
            state = match state {
                ResumableCall::Finished => return Ok(()),
                ResumableCall::HostTrap(trapped) => return Err(trapped.into_host_error()),
                ResumableCall::OutOfFuel(waiting) => {
                    self.look_at_flag()?;
                    self.store.set_fuel(SLICE_FUEL.max(waiting.required_fuel()))?;
                    waiting.resume(&mut self.store, outward)?
                }
            };
        }
    }

    /// A pause is waited for here; a stop request makes the next poll the last.
    fn look_at_flag(&mut self) -> Result<(), Error> {
        if self.stop.wait() {
            State::raise_limit(&mut self.store.as_context_mut())?;
        }
        Ok(())
    }
}

fn absent(kind: &str, name: &str) -> EngineError {
    EngineError::Export(format!("the module exports no {kind} {name}"))
}

fn outside(name: &str, start: u64) -> EngineError {
    EngineError::Export(format!("table {name} ends before element {start}"))
}

impl<H: Host> Instance for WasmiInstance<H> {
    type Host = H;

    fn call(&mut self, export: &str, arguments: &[Value]) -> Result<Outcome, EngineError> {
        let function = self.function(export)?;
        let signature = function_type(&function.ty(&self.store));
        if !arguments.iter().map(type_of).eq(signature.parameters.iter().copied()) {
            return Err(EngineError::Export(format!("{export} takes other arguments")));
        }
        let mut store = self.store.as_context_mut();
        let mut inward = Vec::with_capacity(arguments.len());
        for argument in arguments {
            inward.push(enter(&mut store, *argument)?);
        }
        let mut outward = vec![Val::I32(0); signature.results.len()];
        if let Err(error) = self.run(function, &inward, &mut outward) {
            return Ok(outcome(&error));
        }
        let mut results = Vec::with_capacity(outward.len());
        for result in &outward {
            results.push(leave(&mut self.store.as_context_mut(), result)?);
        }
        Ok(if self.is_unwinding() { Outcome::Stopped } else { Outcome::Finished(results) })
    }

    fn stopper(&self) -> Arc<dyn Stopper> {
        self.stop.clone()
    }

    fn clear_stop(&mut self) {
        self.stop.clear();
        self.set_counter(i64::MAX);
    }

    fn stop_at(&mut self, poll: u64) -> Result<(), EngineError> {
        self.counter()?;
        self.set_counter(i64::try_from(poll).unwrap_or(i64::MAX));
        Ok(())
    }

    fn polls(&mut self) -> Result<u64, EngineError> {
        // Frames that unwind may count below zero.
        let now = integer(&self.counter()?.get(&self.store)).max(0);
        Ok(u64::try_from(self.counted_from.saturating_sub(now)).unwrap_or(0))
    }

    fn global(&mut self, name: &str) -> Result<Value, EngineError> {
        let value = self.find_global(name)?.get(&self.store);
        leave(&mut self.store.as_context_mut(), &value)
    }

    fn set_global(&mut self, name: &str, value: Value) -> Result<(), EngineError> {
        let global = self.find_global(name)?;
        if global.ty(&self.store).mutability() != Mutability::Var {
            return Err(EngineError::Export(format!("global {name} never changes")));
        }
        let value = enter(&mut self.store.as_context_mut(), value)?;
        global
            .set(&mut self.store, value)
            .map_err(|error| EngineError::Export(format!("global {name}: {error}")))
    }

    fn memory(&mut self, name: &str) -> Result<&mut [u8], EngineError> {
        let memory = self.find_memory(name)?;
        Ok(memory.data_mut(&mut self.store))
    }

    fn grow_memory(&mut self, name: &str, bytes: u64) -> Result<(), EngineError> {
        let memory = self.find_memory(name)?;
        let pages = bytes.div_ceil(PAGE_BYTES);
        let Some(more) = pages.checked_sub(memory.size(&self.store)).filter(|&more| more > 0) else {
            return Ok(());
        };
        memory.grow(&mut self.store, more).map(|_| ()).map_err(|error| {
            EngineError::Resource(format!("memory {name} cannot have {bytes} bytes: {error}"))
        })
    }

    fn table_size(&mut self, name: &str) -> Result<u64, EngineError> {
        Ok(self.find_table(name)?.size(&self.store))
    }

    fn table_read(&mut self, name: &str, start: u64, values: &mut [Value]) -> Result<(), EngineError> {
        let table = self.find_table(name)?;
        for (index, value) in (start..).zip(values) {
            let element = table.get(&self.store, index).ok_or_else(|| outside(name, index))?;
            *value = leave_element(&mut self.store.as_context_mut(), element)?;
        }
        Ok(())
    }

    fn table_write(&mut self, name: &str, start: u64, values: &[Value]) -> Result<(), EngineError> {
        let table = self.find_table(name)?;
        let ty = element_type(table.ty(&self.store).element());
        for (index, value) in (start..).zip(values) {
            if type_of(value) != ty {
                return Err(EngineError::Export(format!("table {name} holds other references")));
            }
            let element = enter_element(&mut self.store.as_context_mut(), *value)?;
            table
                .set(&mut self.store, index, element)
                .map_err(|error| EngineError::Export(format!("table {name}, element {index}: {error}")))?;
        }
        Ok(())
    }

    fn grow_table(&mut self, name: &str, size: u64) -> Result<(), EngineError> {
        let table = self.find_table(name)?;
        let Some(more) = size.checked_sub(table.size(&self.store)).filter(|&more| more > 0) else {
            return Ok(());
        };
        let null = Ref::null(table.ty(&self.store).element());
        table.grow(&mut self.store, more, null).map(|_| ()).map_err(|error| {
            EngineError::Resource(format!("table {name} cannot have {size} elements: {error}"))
        })
    }

    fn enter(&mut self, slot: u32) -> Result<(), EngineError> {
        self.points.enter(&mut self.store, slot)
    }

    fn host(&mut self) -> &mut H {
        &mut self.store.data_mut().host
    }

    fn into_host(self) -> H {
        self.store.into_data().host
    }
}
