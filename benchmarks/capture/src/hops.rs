//! Stops and resumes: how long until the stack is unwound, and how fast the rest then runs. On the bare engine, so that
//! nothing else weighs on the times; each hop goes through an image's bytes. What a whole resume takes is in `moves`.

use crate::Outcome;
use crate::clock::{ThreadClock, processor_seconds};
use crate::column::Column;
use crate::job::Program;
use crate::world::World;
use sojourn_engine::{Computation, Engine, Instance, Outcome as Ended, Stopper, Target};
use sojourn_engine_wasmtime::{Wasmtime, WasmtimeInstance};
use sojourn_image::{Image, ModuleHash};
use sojourn_instrument::{Flavour, Instrumented, Options, instrument};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};

const ENTRY: &str = "_start";
/// Where the measured stop falls, as a part of the uninterrupted run.
const MIDDLE: f64 = 0.4;
/// Stops of one run that are for their latency.
const STOPS: u32 = 20;
/// Times between those stops.
const PAUSES_MS: std::ops::Range<u64> = 2..12;

type Running = Computation<WasmtimeInstance<World>>;

/// A program ready to run and to be resumed.
struct Subject<'a> {
    program: &'a Program,
    engine: Wasmtime,
    plain: <Wasmtime as Engine>::Module,
    made: Instrumented,
    hash: ModuleHash,
    module: <Wasmtime as Engine>::Module,
}

/// A stopped computation, as bytes.
struct Stopped {
    image: Vec<u8>,
    world: World,
}

/// Prints lines of JSON: one for the rest after a stop in the middle, one for each stop.
pub fn run(programs: &[Program], repeats: usize) {
    for program in programs {
        if let Err(reason) = measure(program, repeats) {
            crate::report_failure(&program.name, None, &reason.to_string());
        }
    }
}

fn measure(program: &Program, repeats: usize) -> Outcome<()> {
    let subject = Subject::new(program)?;
    let name = &program.name;
    let (expected, _, _) = subject.uninterrupted()?;
    for _ in 0..repeats {
        let (_, plain, whole) = subject.uninterrupted()?;
        let (output, before, rest) = subject.stopped_once(whole * MIDDLE)?;
        if output != expected {
            return Err("its output after a stop is another".into());
        }
        println!(
            r#"{{"program":"{name}","plain_seconds":{plain:.6},"whole_seconds":{whole:.6},"before_seconds":{before:.6},"rest_seconds":{rest:.6}}}"#
        );
    }
    if subject.stopped_often()? == expected {
        Ok(())
    } else {
        Err("its output after many stops is another".into())
    }
}

impl<'a> Subject<'a> {
    fn new(program: &'a Program) -> Outcome<Self> {
        let engine = Column::Atomic.engine()?;
        let options = Options { flavour: Flavour::Atomic, allow_pinned: false };
        let made = instrument(&program.plain, options).map_err(|error| format!("{error:?}"))?;
        let (plain, module) = (engine.compile(&program.plain)?, engine.compile(&made.wasm)?);
        Ok(Self { program, engine, plain, made, hash: ModuleHash::of(&program.plain), module })
    }

    /// Output, and processor seconds of the plain module and of ours.
    fn uninterrupted(&self) -> Outcome<(Vec<u8>, f64, f64)> {
        let mut plain = self.engine.instantiate(&self.plain, World::of(self.program))?;
        let start = processor_seconds();
        ended(plain.call(ENTRY, &[])?)?;
        let seconds = processor_seconds() - start;
        let mut ours = self.start()?;
        let start = processor_seconds();
        ended(ours.run()?)?;
        let whole = processor_seconds() - start;
        Ok((output(&mut ours), seconds, whole))
    }

    fn start(&self) -> Outcome<Running> {
        let instance = self.engine.instantiate(&self.module, World::of(self.program))?;
        Ok(Computation::new(instance, &self.made.info, ENTRY.into(), Vec::new()))
    }

    /// Output, and processor seconds before and after one stop.
    fn stopped_once(&self, after_seconds: f64) -> Outcome<(Vec<u8>, f64, f64)> {
        let mut running = self.start()?;
        let start = processor_seconds();
        let stopped = self.run_until(&mut running, Duration::from_secs_f64(after_seconds))?;
        let before = processor_seconds() - start;
        if !stopped {
            return Err("it ended before it was stopped".into());
        }
        let mut running = self.resume(self.capture(running)?)?;
        let start = processor_seconds();
        ended(running.run()?)?;
        Ok((output(&mut running), before, processor_seconds() - start))
    }

    /// Output after many stops.
    fn stopped_often(&self) -> Outcome<Vec<u8>> {
        let mut running = self.start()?;
        let mut pauses = PAUSES_MS.cycle();
        for _ in 0..STOPS {
            let pause = Duration::from_millis(pauses.next().unwrap_or_default());
            if !self.run_until(&mut running, pause)? {
                return Ok(output(&mut running));
            }
            running = self.resume(self.capture(running)?)?;
        }
        ended(running.run()?)?;
        Ok(output(&mut running))
    }

    /// Runs until it was stopped after some time; false when it ended before.
    fn run_until(&self, running: &mut Running, after: Duration) -> Outcome<bool> {
        let (finished, wait) = channel();
        let stopper = running.instance().stopper();
        let clock = ThreadClock::of_this_thread()?;
        let thread_that_asks = thread::spawn(move || ask(stopper.as_ref(), after, &wait, clock));
        let ended = running.run()?;
        let (end, used) = (Instant::now(), clock.seconds());
        drop(finished);
        let asked = thread_that_asks.join().map_err(|_| "the thread that asks for the stop failed")?;
        match (ended, asked) {
            (Ended::Stopped, Some((start, used_before))) => {
                let latency_ms = end.saturating_duration_since(start).as_secs_f64() * 1e3;
                let processor_ms = (used - used_before).max(0.0) * 1e3;
                println!(
                    r#"{{"program":"{}","stop_ms":{latency_ms:.6},"stop_processor_ms":{processor_ms:.6}}}"#,
                    self.program.name
                );
                Ok(true)
            }
            (Ended::Finished(_) | Ended::Exited(0), _) => Ok(false),
            (other, _) => Err(format!("{other:?}").into()),
        }
    }

    fn capture(&self, mut running: Running) -> Outcome<Stopped> {
        let world = running.instance().host().clone();
        let image = running.capture(&self.made.info, self.hash)?.encode()?;
        Ok(Stopped { image, world })
    }

    fn resume(&self, stopped: Stopped) -> Outcome<Running> {
        let image = Image::decode_owned(stopped.image)?;
        let target = Target {
            engine: &self.engine,
            module: &self.module,
            original: &self.program.plain,
            info: &self.made.info,
            flavour: Flavour::Atomic,
        };
        let compile = |wasm: &[u8]| Ok(self.engine.compile(wasm)?);
        Ok(Computation::resume(&target, &image, stopped.world, compile)?)
    }
}

/// Asks for a stop after some time, unless the guest ends before; when it asked, and the guest's processor time then.
fn ask(
    stopper: &dyn Stopper,
    after: Duration,
    finished: &Receiver<()>,
    guest: ThreadClock,
) -> Option<(Instant, f64)> {
    if finished.recv_timeout(after) == Err(std::sync::mpsc::RecvTimeoutError::Disconnected) {
        return None;
    }
    let asked = (Instant::now(), guest.seconds());
    stopper.request();
    Some(asked)
}

fn output(running: &mut Running) -> Vec<u8> {
    std::mem::take(&mut running.instance().host().stdout)
}

fn ended(outcome: Ended) -> Outcome<()> {
    match outcome {
        Ended::Finished(_) | Ended::Exited(0) => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}
