//! Going on in place, and computations that arrive page by page.

use super::continuing::{BUSY, Program};
use super::world::World;
use sojourn_engine::{Arrival, Computation, Engine, Instance, Limits, Outcome, StateError, Value};
use sojourn_image::{Image, ModuleHash};
use sojourn_instrument::names;

const ARGUMENTS: [Value; 1] = [Value::I32(90)];
const PAGE_BYTES: usize = 4096;

fn finished<I: Instance>(run: &mut Computation<I>) -> Vec<Value> {
    match run.run().unwrap() {
        Outcome::Finished(results) => results,
        other => panic!("ended as {other:?}"),
    }
}

fn stopped_at<E: Engine>(program: &Program<'_, E>, poll: u64) -> Computation<E::Instance<World>> {
    let mut run = program.start(&ARGUMENTS);
    run.stop_at(poll).unwrap();
    assert_eq!(run.run().unwrap(), Outcome::Stopped);
    run
}

pub fn stops_in_place_change_nothing<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let expected = finished(&mut program.start(&ARGUMENTS));
    for stride in [1, 2, 3, 10, 50] {
        let mut run = program.start(&ARGUMENTS);
        let mut stops = 0;
        let results = loop {
            run.stop_at(stride).unwrap();
            match run.run().unwrap() {
                Outcome::Finished(results) => break results,
                Outcome::Stopped => program.stay(&mut run),
                other => panic!("ended as {other:?}"),
            }
            stops += 1;
            assert_eq!(run.continuations(), stops);
        };
        assert_eq!(results, expected, "every {stride} polls");
        assert!(stops > 1);
    }
}

pub fn every_poll_goes_on_in_place<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let mut whole = program.start(&ARGUMENTS);
    whole.stop_at(u64::MAX).unwrap();
    let expected = finished(&mut whole);
    let polls = whole.polls().unwrap();
    for poll in 1..=polls {
        let mut run = stopped_at(&program, poll);
        program.stay(&mut run);
        run.stop_at(u64::MAX).unwrap();
        assert_eq!(finished(&mut run), expected, "after poll {poll}");
        assert_eq!(run.polls().unwrap(), polls - poll);
    }
}

pub fn a_stop_while_it_stood_is_taken_back<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let expected = finished(&mut program.start(&ARGUMENTS));
    let mut run = stopped_at(&program, 20);
    run.instance().stopper().request();
    program.stay(&mut run);
    assert_eq!(finished(&mut run), expected);
}

pub fn start_functions_go_on_in_place<E: Engine>(engine: &E) {
    let text = r#"(module
      (global $ready (mut i32) (i32.const 0))
      (func $start (loop $again
        (global.set $ready (i32.add (global.get $ready) (i32.const 1)))
        (br_if $again (i32.lt_u (global.get $ready) (i32.const 50)))))
      (start $start)
      (func (export "run") (result i32) (global.get $ready)))"#;
    let program = Program::new(engine, text);
    let mut run = program.start(&[]);
    for _ in 0..3 {
        run.stop_at(7).unwrap();
        assert_eq!(run.run().unwrap(), Outcome::Stopped);
        program.stay(&mut run);
    }
    run.stop_at(u64::MAX).unwrap();
    assert_eq!(finished(&mut run), [Value::I32(50)]);
}

/// A computation that stopped: what its registers are, and its memory.
struct Stopped {
    registers: Image,
    memory: Vec<u8>,
}

impl Stopped {
    fn at<E: Engine>(program: &Program<'_, E>, poll: u64) -> Self {
        let mut run = stopped_at(program, poll);
        let registers = run.registers(&program.passed.info, ModuleHash::of(&program.original)).unwrap();
        let memory = run.instance().memory(&names::memory(0)).unwrap().to_vec();
        assert_eq!(run.memory_sizes(&program.passed.info).unwrap(), [memory.len() as u64]);
        Self { registers, memory }
    }

    fn size(&self) -> u64 {
        self.memory.len() as u64
    }

    /// Everything that is not zero, which covers what a fresh instance of `BUSY` differs by.
    fn send<I: Instance>(&self, arrival: &mut Arrival<I>) {
        for (number, page) in (0..).zip(self.memory.chunks(PAGE_BYTES)) {
            if page.iter().any(|byte| *byte != 0) {
                arrival.write(0, self.size(), number * PAGE_BYTES as u64, page).unwrap();
            }
        }
    }

    fn finish<E: Engine>(
        &self,
        program: &Program<'_, E>,
        arrival: Arrival<E::Instance<World>>,
        sizes: &[u64],
        change: impl FnOnce(&mut Image),
    ) -> Result<Computation<E::Instance<World>>, StateError> {
        let mut registers = Image::decode(&self.registers.encode().unwrap()).unwrap();
        change(&mut registers);
        arrival.finish(&program.target(), &registers, sizes, World::default(), |wasm: &[u8]| {
            program.compile(wasm)
        })
    }
}

fn prepare<E: Engine>(program: &Program<'_, E>) -> Arrival<E::Instance<World>> {
    Arrival::prepare(&program.target(), World::default(), Limits::default()).unwrap()
}

pub fn pages_equal_an_image<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let expected = finished(&mut program.start(&ARGUMENTS));
    for poll in (1..200).step_by(11) {
        let stopped = Stopped::at(&program, poll);
        let mut arrival = prepare(&program);
        // As it was in rounds before: other bytes, in a smaller memory.
        arrival.write(0, 1 << 16, 8, &[0xaa; 700]).unwrap();
        arrival.write(0, 1 << 16, (1 << 16) - 1, &[0xaa]).unwrap();
        arrival.zero(0, stopped.size(), 0, stopped.size()).unwrap();
        stopped.send(&mut arrival);
        let mut run = stopped.finish(&program, arrival, &[stopped.size()], |_| {}).unwrap();
        assert_eq!(finished(&mut run), expected, "after poll {poll}");
    }
}

pub fn hostile_pages_are_refused<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let mut arrival = prepare(&program);
    arrival.write(0, 2 << 16, 0, &[1]).unwrap();
    let page = [1; PAGE_BYTES];
    for (memory, size, offset) in [
        (1, 2 << 16, 0),
        (u32::MAX, 2 << 16, 0),
        (0, 2 << 16, (2 << 16) - 1),
        (0, 2 << 16, 2 << 16),
        (0, 2 << 16, u64::MAX),
        (0, 2 << 16, u64::MAX - 4095),
        (0, 1 << 16, 0),
        (0, 0, 0),
        (0, (2 << 16) + 1, 0),
        (0, 5 << 16, 0),
        (0, 1 << 40, 0),
        (0, u64::MAX, u64::MAX - 4096),
    ] {
        let what = format!("memory {memory} of {size} at {offset}");
        assert!(arrival.write(memory, size, offset, &page).is_err(), "{what}");
        assert!(arrival.zero(memory, size, offset, 4096).is_err(), "{what}");
    }
    assert!(arrival.zero(0, 2 << 16, 1, u64::MAX).is_err());
    let stopped = Stopped::at(&program, 150);
    arrival.zero(0, stopped.size(), 0, stopped.size()).unwrap();
    stopped.send(&mut arrival);
    assert!(stopped.finish(&program, arrival, &[stopped.size()], |_| {}).is_ok());
}

pub fn hostile_endings_are_refused<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let stopped = Stopped::at(&program, 150);
    let size = stopped.size();
    let refused = |sizes: &[u64], change: fn(&mut Image)| {
        let mut arrival = prepare(&program);
        stopped.send(&mut arrival);
        stopped.finish(&program, arrival, sizes, change).is_err()
    };
    for sizes in [&[][..], &[size, size], &[size - 1], &[size - 65536], &[0], &[5 << 16], &[u64::MAX << 16]] {
        assert!(refused(sizes, |_| {}), "{sizes:?}");
    }
    assert!(refused(&[size], |image| image.globals.truncate(1)));
    assert!(refused(&[size], |image| image.globals[0].1 = Value::I32(0)));
    assert!(refused(&[size], |image| image.tables.clear()));
    assert!(refused(&[size], |image| image.tables[0].elements[0] = Value::FuncRef(Some(u32::MAX))));
    assert!(refused(&[size], |image| image.tables[0].elements.resize(9, Value::FuncRef(None))));
    assert!(refused(&[size], |image| image.frames.clear()));
    assert!(refused(&[size], |image| image.frames[0].offset += 1));
    assert!(refused(&[size], |image| image.frames[0].values.clear()));
    assert!(refused(&[size], |image| image.dropped_data.push(7)));
    assert!(!refused(&[size], |_| {}));
}
