//! A running instance.

use crate::config::RESERVED_BYTES;
use crate::convert::function_type;
use crate::limit::Metered;
use crate::points::Points;
use crate::references::{References, enter, enter_element, fits, leave, leave_element};
use crate::stop::StopWord;
use crate::trap::outcome;
use crate::window::{MemoryWindow, Windows};
use sojourn_engine::{EngineError, Host, Instance, Limits, Outcome, Stopper, Value, Window, names};
use std::sync::Arc;
use wasmtime::unix::StoreExt;
use wasmtime::{
    AsContextMut, Func, Global, Memory, Module, Mutability, RootScope, Store, StoreContextMut, Table,
    UpdateDeadline, Val,
};

/// Bytes in a page, unless a memory says otherwise.
const WASM_PAGE_BYTES: u64 = 1 << 16;

/// What host calls need of the instance they come from.
pub(crate) struct State<H> {
    pub(crate) host: H,
    pub(crate) stop: Arc<StopWord>,
    pub(crate) references: References,
    /// Room for the arguments and results of a host call, kept for the next one.
    pub(crate) values: Vec<Value>,
    /// Set once the handles below are known.
    pub(crate) instantiated: bool,
    pub(crate) memory: Option<Memory>,
    pub(crate) pending: Option<Global>,
    /// The window into `memory`, if there is one.
    pub(crate) window: Option<Arc<MemoryWindow>>,
    pub(crate) meter: Metered,
    counter: Option<Global>,
    limit: Option<Global>,
}

impl<H: Host> State<H> {
    pub(crate) fn new(engine: &wasmtime::Engine, host: H, limits: Limits) -> Self {
        Self {
            host,
            stop: StopWord::new(engine),
            references: References::default(),
            values: Vec::new(),
            instantiated: false,
            memory: None,
            pending: None,
            window: None,
            meter: Metered::new(limits),
            counter: None,
            limit: None,
        }
    }

    /// Lets a poll that faults while the guest is paused wait, and then be tried again.
    pub(crate) fn watch_control(store: &mut Store<Self>) {
        let stop = store.data().stop.clone();
        // SAFETY: the fault is a load of compiled Wasm code, which holds no lock and is in no function of the
        // system's, so the handler may wait. `info` is what the system gave the handler.
        unsafe {
            store.set_signal_handler(move |_, info, _| stop.park_at((*info).si_addr().addr()));
        }
    }

    /// Lets the epoch callback bring stop requests to the limit; without epochs only the deadline is set.
    pub(crate) fn watch_epoch(store: &mut Store<Self>, epochs: bool) {
        if !epochs {
            return;
        }
        store.set_epoch_deadline(1);
        store.epoch_deadline_callback(|mut context| {
            context.data().stop.park();
            if context.data().stop.is_requested() {
                Self::raise_limit(context.as_context_mut())?;
            }
            Ok(UpdateDeadline::Continue(1))
        });
    }

    /// Makes the next poll of the counter flavour stop.
    pub(crate) fn raise_limit(mut context: StoreContextMut<'_, Self>) -> wasmtime::Result<()> {
        let Some(limit) = context.data().limit else { return Ok(()) };
        limit.set(&mut context, Val::I64(i64::MAX))
    }
}

/// A running instance on Wasmtime.
pub struct WasmtimeInstance<H: Host> {
    /// Before the store: windows are shut before what they show goes.
    windows: Windows,
    pub(crate) store: Store<State<H>>,
    pub(crate) points: Points,
    pub(crate) main: wasmtime::Instance,
    module: Module,
    unwinding: Option<Global>,
    /// The counter at the last `stop_at` or `clear_stop`.
    counted_from: i64,
}

impl<H: Host> WasmtimeInstance<H> {
    pub(crate) fn new(mut store: Store<State<H>>, main: wasmtime::Instance) -> Self {
        let module = main.module(&store).clone();
        let unwinding = main.get_global(&mut store, names::UNWINDING);
        let memory =
            main.get_memory(&mut store, &names::memory(0)).or_else(|| main.get_memory(&mut store, "memory"));
        let pending = main.get_global(&mut store, names::PENDING);
        let counter = main.get_global(&mut store, names::COUNTER);
        let limit = main.get_global(&mut store, names::LIMIT);
        let references = References::new(main.get_table(&mut store, names::REFS));
        if let Some(control) = main.get_shared_memory(&mut store, names::CONTROL) {
            store.data().stop.attach(control);
        }
        let state = store.data_mut();
        (state.instantiated, state.memory, state.pending) = (true, memory, pending);
        (state.counter, state.limit, state.references) = (counter, limit, references);
        let windows = Windows::default();
        let mut instance =
            Self { windows, store, points: Points::default(), main, module, unwinding, counted_from: 0 };
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

    fn function(&mut self, name: &str) -> Result<Func, EngineError> {
        let entered = self.points.entered().filter(|_| name == names::RESUME);
        entered.or_else(|| self.main.get_func(&mut self.store, name)).ok_or_else(|| absent("function", name))
    }

    fn find_memory(&mut self, name: &str) -> Result<Memory, EngineError> {
        self.main.get_memory(&mut self.store, name).ok_or_else(|| absent("memory", name))
    }

    fn find_table(&mut self, name: &str) -> Result<Table, EngineError> {
        self.main.get_table(&mut self.store, name).ok_or_else(|| absent("table", name))
    }

    fn find_global(&mut self, name: &str) -> Result<Global, EngineError> {
        self.main.get_global(&mut self.store, name).ok_or_else(|| absent("global", name))
    }

    /// Tells the windows how much there is, now that the guest does not run.
    fn learn(&mut self) {
        for (name, window) in self.windows.iter() {
            if let Some(memory) = self.main.get_memory(&mut self.store, name) {
                window.learn(memory.data_size(&self.store));
            }
        }
    }

    fn is_unwinding(&mut self) -> bool {
        self.unwinding.is_some_and(|global| global.get(&mut self.store).i32() == Some(1))
    }

    /// Before the guest runs: a stop request that came earlier reaches the limit.
    fn arm(&mut self) -> Result<(), EngineError> {
        if self.store.data().stop.is_requested() {
            State::raise_limit(self.store.as_context_mut()).map_err(|error| resource(&error))?;
        }
        Ok(())
    }
}

fn absent(kind: &str, name: &str) -> EngineError {
    EngineError::Export(format!("the module exports no {kind} {name}"))
}

fn resource(error: &wasmtime::Error) -> EngineError {
    EngineError::Resource(format!("{error:#}"))
}

fn outside(name: &str, start: u64) -> EngineError {
    EngineError::Export(format!("table {name} ends before element {start}"))
}

impl<H: Host> Instance for WasmtimeInstance<H> {
    type Host = H;

    fn call(&mut self, export: &str, arguments: &[Value]) -> Result<Outcome, EngineError> {
        let function = self.function(export)?;
        let signature = function_type(&function.ty(&self.store)).ok_or_else(|| {
            EngineError::Export(format!("{export} takes or gives values that cannot cross"))
        })?;
        let right = arguments.len() == signature.parameters.len()
            && arguments.iter().zip(&signature.parameters).all(|(value, &ty)| fits(value, ty));
        if !right {
            return Err(EngineError::Export(format!("{export} takes other arguments")));
        }
        self.arm()?;
        let mut store = RootScope::new(&mut self.store);
        let mut inward = Vec::with_capacity(arguments.len());
        for argument in arguments {
            inward.push(enter(store.as_context_mut(), *argument)?);
        }
        let mut outward = vec![Val::I32(0); signature.results.len()];
        if let Err(error) = function.call(&mut store, &inward, &mut outward) {
            return Ok(outcome(&error, &self.module));
        }
        let mut results = Vec::with_capacity(outward.len());
        for result in outward {
            results.push(leave(store.as_context_mut(), result)?);
        }
        drop(store);
        self.learn();
        Ok(if self.is_unwinding() { Outcome::Stopped } else { Outcome::Finished(results) })
    }

    fn stopper(&self) -> Arc<dyn Stopper> {
        self.store.data().stop.clone()
    }

    fn clear_stop(&mut self) {
        self.store.data().stop.clear();
        self.set_counter(i64::MAX);
    }

    fn stop_at(&mut self, poll: u64) -> Result<(), EngineError> {
        self.counter()?;
        self.set_counter(i64::try_from(poll).unwrap_or(i64::MAX));
        Ok(())
    }

    fn polls(&mut self) -> Result<u64, EngineError> {
        let counter = self.counter()?;
        // Frames that unwind may count below zero.
        let now = counter.get(&mut self.store).i64().unwrap_or(0).max(0);
        Ok(u64::try_from(self.counted_from.saturating_sub(now)).unwrap_or(0))
    }

    fn global(&mut self, name: &str) -> Result<Value, EngineError> {
        let global = self.find_global(name)?;
        let mut store = RootScope::new(&mut self.store);
        let value = global.get(&mut store);
        leave(store.as_context_mut(), value)
    }

    fn set_global(&mut self, name: &str, value: Value) -> Result<(), EngineError> {
        let global = self.find_global(name)?;
        if global.ty(&self.store).mutability() != Mutability::Var {
            return Err(EngineError::Export(format!("global {name} never changes")));
        }
        let mut store = RootScope::new(&mut self.store);
        let value = enter(store.as_context_mut(), value)?;
        global
            .set(&mut store, value)
            .map_err(|error| EngineError::Export(format!("global {name}: {error:#}")))
    }

    fn memory(&mut self, name: &str) -> Result<&mut [u8], EngineError> {
        let memory = self.find_memory(name)?;
        Ok(memory.data_mut(&mut self.store))
    }

    fn window(&mut self, name: &str) -> Option<Arc<dyn Window>> {
        if let Some(window) = self.windows.find(name) {
            return Some(window);
        }
        let memory = self.find_memory(name).ok()?;
        let ty = memory.ty(&self.store);
        if ty.is_64() || ty.page_size() != WASM_PAGE_BYTES || cfg!(not(target_pointer_width = "64")) {
            return None;
        }
        let address = memory.data_ptr(&self.store).addr();
        let maximum = ty.maximum().map(|pages| pages.saturating_mul(WASM_PAGE_BYTES));
        let capacity = usize::try_from(RESERVED_BYTES.min(maximum.unwrap_or(u64::MAX))).ok()?;
        // SAFETY: Wasmtime sets `RESERVED_BYTES` aside for a 32-bit memory, so it stays where it is and does not
        // shrink; the field `windows` is shut before `store`, which owns it, goes.
        let window = unsafe { MemoryWindow::new(address, capacity) };
        window.learn(memory.data_size(&self.store));
        self.windows.add(name, window.clone());
        if name == names::memory(0) {
            self.store.data_mut().window = Some(window.clone());
        }
        Some(window)
    }

    fn grow_memory(&mut self, name: &str, bytes: u64) -> Result<(), EngineError> {
        let memory = self.find_memory(name)?;
        let pages = bytes.div_ceil(memory.page_size(&self.store));
        let Some(more) = pages.checked_sub(memory.size(&self.store)).filter(|&more| more > 0) else {
            return Ok(());
        };
        memory.grow(&mut self.store, more).map_err(|error| {
            EngineError::Resource(format!("memory {name} cannot have {bytes} bytes: {error}"))
        })?;
        self.learn();
        Ok(())
    }

    fn table_size(&mut self, name: &str) -> Result<u64, EngineError> {
        Ok(self.find_table(name)?.size(&self.store))
    }

    fn table_read(&mut self, name: &str, start: u64, values: &mut [Value]) -> Result<(), EngineError> {
        let table = self.find_table(name)?;
        let mut store = RootScope::new(&mut self.store);
        for (index, value) in (start..).zip(values) {
            let element = table.get(&mut store, index).ok_or_else(|| outside(name, index))?;
            *value = leave_element(store.as_context_mut(), element)?;
        }
        Ok(())
    }

    fn table_write(&mut self, name: &str, start: u64, values: &[Value]) -> Result<(), EngineError> {
        let table = self.find_table(name)?;
        let mut store = RootScope::new(&mut self.store);
        for (index, value) in (start..).zip(values) {
            let element = enter_element(store.as_context_mut(), *value)?;
            table
                .set(&mut store, index, element)
                .map_err(|error| EngineError::Export(format!("table {name}, element {index}: {error}")))?;
        }
        Ok(())
    }

    fn grow_table(&mut self, name: &str, size: u64) -> Result<(), EngineError> {
        let table = self.find_table(name)?;
        let Some(more) = size.checked_sub(table.size(&self.store)).filter(|&more| more > 0) else {
            return Ok(());
        };
        let null = wasmtime::Ref::null(table.ty(&self.store).element().heap_type());
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
        drop(self.windows);
        self.store.into_data().host
    }
}
