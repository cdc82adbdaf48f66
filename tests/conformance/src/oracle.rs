//! Wasmtime's guest debugging as a witness that shares nothing with the pass: the module as its author wrote it,
//! with a breakpoint behind each loop header that polls. At its k-th hit the frames must be those of an image
//! taken at the k-th poll: the same functions, and every saved value equal to the debugger's.

use sojourn_image::{Point, Slot, Value};
use sojourn_instrument::Info;
use std::collections::BTreeSet;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use wasmtime::{
    Config, DebugEvent, DebugHandler, Engine, FrameHandle, Instance, Module, ModulePC, Store,
    StoreContextMut, Val,
};

/// A frame as the debugger sees it.
#[derive(Clone, Debug)]
pub struct Witnessed {
    /// Function index in the module.
    pub function: u32,
    /// Byte offset in the module.
    pub offset: u32,
    /// Locals, parameters first; `None` for a kind that is not compared.
    pub locals: Vec<Option<Value>>,
    /// Operands from the bottom; `None` for a kind that is not compared.
    pub stack: Vec<Option<Value>>,
}

/// A stack, outermost frame first.
pub type Stack = Vec<Witnessed>;

#[derive(Clone)]
struct Recorder {
    imported: u32,
    stacks: Arc<Mutex<Vec<Stack>>>,
}

impl DebugHandler for Recorder {
    type Data = ();

    async fn handle(&self, store: StoreContextMut<'_, ()>, event: DebugEvent<'_>) {
        if matches!(event, DebugEvent::Breakpoint) {
            let stack = self.stack(store).expect("the debugger reads its own frames");
            self.stacks.lock().expect("no one panicked").push(stack);
        }
    }
}

impl Recorder {
    fn stack(&self, mut store: StoreContextMut<'_, ()>) -> wasmtime::Result<Stack> {
        let mut next = store.debug_exit_frames().next();
        let mut stack = Vec::new();
        while let Some(frame) = next {
            stack.extend(self.frame(&mut store, &frame)?);
            next = frame.parent(&mut store)?;
        }
        stack.reverse();
        Ok(stack)
    }

    fn frame(
        &self,
        store: &mut StoreContextMut<'_, ()>,
        frame: &FrameHandle,
    ) -> wasmtime::Result<Option<Witnessed>> {
        let Some((function, pc)) = frame.wasm_function_index_and_pc(&mut *store)? else { return Ok(None) };
        let mut locals = Vec::new();
        for index in 0..frame.num_locals(&mut *store)? {
            locals.push(value(&frame.local(&mut *store, index)?));
        }
        let mut stack = Vec::new();
        for index in 0..frame.num_stacks(&mut *store)? {
            stack.push(value(&frame.stack(&mut *store, index)?));
        }
        Ok(Some(Witnessed { function: self.imported + function.as_u32(), offset: pc.raw(), locals, stack }))
    }
}

fn value(value: &Val) -> Option<Value> {
    Some(match value {
        Val::I32(value) => Value::I32(*value),
        Val::I64(value) => Value::I64(*value),
        Val::F32(bits) => Value::F32(*bits),
        Val::F64(bits) => Value::F64(*bits),
        Val::V128(bits) => Value::V128(bits.as_u128()),
        Val::FuncRef(None) => Value::FuncRef(None),
        Val::ExternRef(None) => Value::ExternRef(None),
        _ => return None,
    })
}

/// Every stack at a poll of `export`, which takes nothing, of a module without imports.
///
/// # Errors
/// When Wasmtime cannot debug it.
///
/// # Panics
/// When a frame cannot be read.
pub fn stacks(wasm: &[u8], info: &Info, export: &str) -> wasmtime::Result<Vec<Stack>> {
    let mut config = Config::new();
    config.guest_debug(true).wasm_function_references(true).wasm_exceptions(true).wasm_memory64(true);
    let engine = Engine::new(&config)?;
    let module = Module::new(&engine, wasm)?;
    let mut store = Store::new(&engine, ());
    let imported = u32::try_from(info.imported_functions.len())?;
    let recorder = Recorder { imported, stacks: Arc::default() };
    store.set_debug_handler(recorder.clone());
    if let Some(mut edit) = store.edit_breakpoints() {
        for offset in headers(info) {
            edit.add_breakpoint(&module, ModulePC::new(offset))?;
        }
    }
    let run = async {
        let instance = Instance::new_async(&mut store, &module, &[]).await?;
        let function =
            instance.get_func(&mut store, export).ok_or_else(|| wasmtime::format_err!("no {export}"))?;
        let mut results = vec![Val::I32(0); function.ty(&store).results().len()];
        // A trap at the end is no matter: the stacks until then count.
        let _ = function.call_async(&mut store, &[], &mut results).await;
        Ok::<(), wasmtime::Error>(())
    };
    block_on(run)?;
    let stacks = std::mem::take(&mut *recorder.stacks.lock().expect("no one panicked"));
    Ok(stacks)
}

/// Offsets just behind the opcodes of the loops that poll; the debugger slips forward to the next instruction.
fn headers(info: &Info) -> BTreeSet<u32> {
    info.sites.iter().filter(|site| site.point == Point::Poll).map(|site| site.offset + 1).collect()
}

/// Nothing here ever waits, so polling again is all that there is to do.
fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    let mut context = Context::from_waker(Waker::noop());
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut context) {
            return output;
        }
    }
}

/// What differs between the frames of an image (outermost first) and the debugger's stack; how many values agree
/// otherwise.
///
/// # Errors
/// The first difference.
pub fn agree(frames: &[sojourn_image::Frame], stack: &Stack) -> Result<usize, String> {
    if frames.len() != stack.len() {
        return Err(format!("{} frames in the image, {} in the debugger", frames.len(), stack.len()));
    }
    let mut compared = 0;
    for (depth, (frame, witnessed)) in frames.iter().zip(stack).enumerate() {
        if frame.function != witnessed.function {
            return Err(format!("frame {depth}: function {}, not {}", frame.function, witnessed.function));
        }
        for (slot, value) in &frame.values {
            let seen = match slot {
                Slot::Local(local) => witnessed.locals.get(*local as usize),
                Slot::Stack(height) => witnessed.stack.get(*height as usize),
            };
            match seen {
                Some(Some(seen)) if seen == value => compared += 1,
                Some(None) => {}
                other => {
                    let at = frame.offset;
                    return Err(format!("frame {depth} at {at:#x}: {slot:?} is {value:?}, not {other:?}"));
                }
            }
        }
    }
    Ok(compared)
}
