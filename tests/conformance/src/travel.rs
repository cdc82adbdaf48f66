//! Guests that are stopped, become bytes, and go on elsewhere; the engine is chosen at run time.

use sojourn_engine::{
    Arrival, Computation, Engine, Host, Instance, Limits, Outcome, StateError, Stopper, Target, Value,
};
use sojourn_image::{Image, ModuleHash};
use sojourn_instrument::{Flavour, Info, Instrumented, names};
use std::sync::Arc;

/// A host that goes with its guest.
pub trait Companion: Host + Sized {
    /// Its state as bytes for an image.
    fn pack(&mut self) -> Vec<u8>;
    /// The host from such bytes.
    fn unpack(bytes: &[u8]) -> Self;
    /// All that the guest did to the world, as text to compare.
    fn deeds(&self) -> String;
}

/// A module, ready to run on one engine.
pub trait Place<H>: Send + Sync {
    /// Name of the engine and of the flavour.
    fn name(&self) -> String;
    /// The module's start function, then the export; nothing runs yet.
    ///
    /// # Errors
    /// What the engine says when there can be no instance.
    fn start(&self, export: &str, arguments: &[Value], host: H) -> Result<Box<dyn Run>, String>;
    /// Goes on from the bytes of an image; nothing runs yet.
    ///
    /// # Errors
    /// What the continuation or the engine says of an image that does not fit.
    fn resume(&self, image: &[u8]) -> Result<Box<dyn Run>, String>;
    /// As `resume`, but the memories come page by page before the rest.
    ///
    /// # Errors
    /// As `resume`.
    fn arrive(&self, image: &[u8]) -> Result<Box<dyn Run>, String>;
}

/// A guest on an engine.
pub trait Run: Send {
    /// Runs until it ends or stops.
    fn go(&mut self) -> Outcome;
    /// Counter flavour: `go` is to stop at exactly this poll from here on (1 is the next).
    fn stop_at(&mut self, poll: u64);
    /// Counter flavour: polls since the run was made or `stop_at` was called.
    fn polls(&mut self) -> u64;
    /// Asks it to stop, from any thread.
    fn stopper(&mut self) -> Arc<dyn Stopper>;
    /// A stopped guest as the bytes of an image.
    ///
    /// # Errors
    /// When what it left does not fit its module.
    fn image(&mut self) -> Result<Vec<u8>, String>;
    /// A stopped guest is to go on where it is, in the same instance.
    ///
    /// # Errors
    /// As `image`, and what the engine says of the continuation.
    fn stay(&mut self) -> Result<(), String>;
    /// Everything that can be seen of a guest that has ended: memories, globals, tables, deeds.
    fn remains(&mut self) -> Remains;
}

/// What a guest leaves behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remains {
    /// Bytes and hash of each memory.
    pub memories: Vec<(usize, String)>,
    /// Mutable globals, by index.
    pub globals: Vec<(u32, Value)>,
    /// Tables that can change, by index.
    pub tables: Vec<(u32, Vec<Value>)>,
    /// What the host saw.
    pub deeds: String,
}

/// A module that went through the pass, compiled by an engine.
pub struct Prepared<E: Engine> {
    engine: E,
    flavour: Flavour,
    original: Arc<[u8]>,
    info: Arc<Info>,
    code: E::Module,
}

impl<E: Engine> Prepared<E> {
    /// Compiles what the pass made of `original`.
    ///
    /// # Errors
    /// What the engine says of a module that it does not take.
    pub fn new(engine: &E, original: &[u8], made: &Instrumented, flavour: Flavour) -> Result<Self, String> {
        let code = engine.compile(&made.wasm).map_err(|error| error.to_string())?;
        let info = Arc::new(made.info.clone());
        Ok(Prepared { engine: engine.clone(), flavour, original: original.into(), info, code })
    }
}

/// Bytes sent together.
const PAGE_BYTES: usize = 4096;

impl<E: Engine> Prepared<E> {
    fn target(&self) -> Target<'_, E> {
        Target {
            engine: &self.engine,
            module: &self.code,
            original: &self.original,
            info: &self.info,
            flavour: self.flavour,
        }
    }

    fn compile(&self, wasm: &[u8]) -> Result<E::Module, StateError> {
        Ok(self.engine.compile(wasm)?)
    }

    /// Sends the memories page by page, each page first as it might have been earlier.
    fn by_pages<H: Companion>(&self, image: &mut Image) -> Result<Computation<E::Instance<H>>, StateError> {
        let target = self.target();
        let mut arrival = Arrival::prepare(&target, H::unpack(&image.host), Limits::default())?;
        let mut sizes = Vec::new();
        for memory in std::mem::take(&mut image.memories) {
            let size = memory.size_bytes();
            let mut contents = vec![0; usize::try_from(size).expect("it was in memory")];
            memory.write_to(&mut contents).expect("it has this size");
            for (number, page) in (0..).zip(contents.chunks(PAGE_BYTES)) {
                let offset = number * PAGE_BYTES as u64;
                let earlier: Vec<u8> = page.iter().map(|byte| !byte).collect();
                arrival.write(memory.index(), size, offset, &earlier)?;
                if page.iter().all(|byte| *byte == 0) {
                    arrival.zero(memory.index(), size, offset, page.len() as u64)?;
                } else {
                    arrival.write(memory.index(), size, offset, page)?;
                }
            }
            sizes.push(size);
        }
        arrival.finish(&target, image, &sizes, H::unpack(&image.host), |wasm: &[u8]| self.compile(wasm))
    }
}

impl<E: Engine> Clone for Prepared<E> {
    fn clone(&self) -> Self {
        Prepared {
            engine: self.engine.clone(),
            flavour: self.flavour,
            original: self.original.clone(),
            info: self.info.clone(),
            code: self.code.clone(),
        }
    }
}

impl<E: Engine, H: Companion> Place<H> for Prepared<E> {
    fn name(&self) -> String {
        format!("{} ({:?})", E::NAME, self.flavour)
    }

    fn start(&self, export: &str, arguments: &[Value], host: H) -> Result<Box<dyn Run>, String> {
        let instance = self.engine.instantiate(&self.code, host).map_err(|error| error.to_string())?;
        let run = Computation::new(instance, &self.info, export.into(), arguments.to_vec());
        Ok(Box::new(Running { place: self.clone(), run }))
    }

    fn resume(&self, image: &[u8]) -> Result<Box<dyn Run>, String> {
        let image = Image::decode(image).map_err(|error| error.to_string())?;
        let host = H::unpack(&image.host);
        let compile = |wasm: &[u8]| self.compile(wasm);
        let run = Computation::resume(&self.target(), &image, host, compile);
        let run = run.map_err(|error| error.to_string())?;
        Ok(Box::new(Running { place: self.clone(), run }))
    }

    fn arrive(&self, image: &[u8]) -> Result<Box<dyn Run>, String> {
        let mut image = Image::decode(image).map_err(|error| error.to_string())?;
        let run = self.by_pages::<H>(&mut image).map_err(|error| error.to_string())?;
        Ok(Box::new(Running { place: self.clone(), run }))
    }
}

struct Running<E: Engine, H: Companion> {
    place: Prepared<E>,
    run: Computation<E::Instance<H>>,
}

impl<E: Engine, H: Companion> Run for Running<E, H> {
    fn go(&mut self) -> Outcome {
        self.run.run().expect("the export can be called")
    }

    fn stop_at(&mut self, poll: u64) {
        self.run.stop_at(poll).expect("it has a counter");
    }

    fn polls(&mut self) -> u64 {
        self.run.polls().expect("it has a counter")
    }

    fn stopper(&mut self) -> Arc<dyn Stopper> {
        self.run.instance().stopper()
    }

    fn image(&mut self) -> Result<Vec<u8>, String> {
        let module = ModuleHash::of(&self.place.original);
        let mut image = self.run.capture(&self.place.info, module).map_err(|error| error.to_string())?;
        image.host = self.run.instance().host().pack();
        image.encode().map_err(|error| error.to_string())
    }

    fn stay(&mut self) -> Result<(), String> {
        let Self { place, run } = self;
        let module = ModuleHash::of(&place.original);
        let registers = run.registers(&place.info, module).map_err(|error| error.to_string())?;
        run.go_on(&place.target(), &registers, |wasm: &[u8]| place.compile(wasm))
            .map_err(|error| error.to_string())
    }

    fn remains(&mut self) -> Remains {
        let info = self.place.info.clone();
        let instance = self.run.instance();
        Remains {
            memories: memories(instance, &info),
            globals: globals(instance, &info),
            tables: tables(instance, &info),
            deeds: instance.host().deeds(),
        }
    }
}

fn memories<I: Instance>(instance: &mut I, info: &Info) -> Vec<(usize, String)> {
    (0..info.memories.len())
        .map(|index| {
            let name = names::memory(u32::try_from(index).expect("few memories"));
            let bytes = instance.memory(&name).expect("memories are exported");
            (bytes.len(), blake3::hash(bytes).to_hex().to_string())
        })
        .collect()
}

fn globals<I: Instance>(instance: &mut I, info: &Info) -> Vec<(u32, Value)> {
    let mutable = (0..).zip(&info.globals).filter(|(_, global)| global.mutable);
    mutable
        .map(|(index, _)| {
            let value = instance.global(&names::global(index)).expect("mutable globals are exported");
            (index, original(value, info))
        })
        .collect()
}

fn tables<I: Instance>(instance: &mut I, info: &Info) -> Vec<(u32, Vec<Value>)> {
    let mutable = (0..).zip(&info.tables).filter(|(_, table)| table.mutable);
    mutable
        .map(|(index, _)| {
            let name = names::table(index);
            let size = instance.table_size(&name).expect("tables that change are exported");
            let mut elements = vec![Value::FuncRef(None); usize::try_from(size).expect("a small table")];
            instance.table_read(&name, 0, &mut elements).expect("a table can be read");
            (index, elements.into_iter().map(|value| original(value, info)).collect())
        })
        .collect()
}

/// Function references as indices of the original module.
fn original(value: Value, info: &Info) -> Value {
    match value {
        Value::FuncRef(Some(slot)) => Value::FuncRef(info.referable.get(slot as usize).copied()),
        other => other,
    }
}
