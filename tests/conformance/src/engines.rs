//! The engines of the tests, made once.

use crate::program::through;
use crate::travel::{Companion, Place, Prepared};
use sojourn_engine_wasmi::Wasmi;
use sojourn_engine_wasmtime::Wasmtime;
use sojourn_instrument::Flavour;
use std::sync::LazyLock;

/// Native stack for guests with ten thousand frames; `on_large_stack` has room for it.
const GUEST_STACK_BYTES: usize = 2 << 20;
const THREAD_STACK_BYTES: usize = 64 << 20;

static WASMTIME: LazyLock<Wasmtime> = LazyLock::new(|| {
    let settings = sojourn_engine_wasmtime::Settings { stack_bytes: GUEST_STACK_BYTES, ..Default::default() };
    Wasmtime::new(settings).expect("Wasmtime runs here")
});

static WASMI: LazyLock<Wasmi> = LazyLock::new(|| Wasmi::new(sojourn_engine_wasmi::Settings::default()));

/// Wasmtime.
#[must_use]
pub fn wasmtime() -> &'static Wasmtime {
    &WASMTIME
}

/// wasmi.
#[must_use]
pub fn wasmi() -> &'static Wasmi {
    &WASMI
}

/// Runs with a stack that holds the guests' own.
///
/// # Panics
/// As `work` does.
pub fn on_large_stack<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(THREAD_STACK_BYTES);
        let running = thread.spawn_scoped(scope, work).expect("a thread can be made");
        running.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    })
}

/// Works on all items on all processors, each on a large stack, in no order.
///
/// # Panics
/// As `work` does.
pub fn in_parallel<T: Sync, R: Send>(items: &[T], work: impl Fn(&T) -> R + Sync) -> Vec<R> {
    let next = std::sync::atomic::AtomicUsize::new(0);
    let take = || items.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed));
    let worker = || std::iter::from_fn(take).map(&work).collect::<Vec<R>>();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        let start = |_| {
            let thread = std::thread::Builder::new().stack_size(THREAD_STACK_BYTES);
            thread.spawn_scoped(scope, worker).expect("a thread can be made")
        };
        let running: Vec<_> = (0..threads).map(start).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Vec<R>>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        running.into_iter().flat_map(join).collect()
    })
}

/// The counter flavour of a module on each engine that takes it: Wasmtime first.
///
/// # Errors
/// When the pass or Wasmtime does not take it.
pub fn places<H: Companion>(wasm: &[u8], both: bool) -> Result<Vec<Box<dyn Place<H>>>, String> {
    let made = through(wasm, Flavour::Counter).map_err(|error| format!("the pass: {error}"))?;
    let mut places: Vec<Box<dyn Place<H>>> = Vec::new();
    places.push(Box::new(Prepared::new(wasmtime(), wasm, &made, Flavour::Counter)?));
    if both {
        places.push(Box::new(Prepared::new(wasmi(), wasm, &made, Flavour::Counter)?));
    }
    Ok(places)
}
