//! Whole computations through the pass: stopped, through an image's bytes, and on.

use super::world::World;
use sojourn_engine::{Computation, Engine, Flavour, HANDLE, Instance, Outcome, StateError, Target, Value};
use sojourn_image::{Entry, Image, ModuleHash};
use sojourn_instrument::{Instrumented, Options, instrument};

/// A module for one engine, in both flavours' common terms.
pub(super) struct Program<'a, E: Engine> {
    pub(super) engine: &'a E,
    pub(super) original: Vec<u8>,
    pub(super) passed: Instrumented,
    pub(super) code: E::Module,
}

impl<'a, E: Engine> Program<'a, E> {
    pub(super) fn new(engine: &'a E, text: &str) -> Self {
        let original = wat::parse_str(text).unwrap();
        let passed =
            instrument(&original, Options { flavour: Flavour::Counter, allow_pinned: false }).unwrap();
        let code = engine.compile(&passed.wasm).unwrap();
        Self { engine, original, passed, code }
    }

    pub(super) fn start(&self, arguments: &[Value]) -> Computation<E::Instance<World>> {
        let instance = self.engine.instantiate(&self.code, World::default()).unwrap();
        Computation::new(instance, &self.passed.info, "run".into(), arguments.to_vec())
    }

    pub(super) fn image(&self, stopped: &mut Computation<E::Instance<World>>) -> Image {
        let image = stopped.capture(&self.passed.info, ModuleHash::of(&self.original)).unwrap();
        let again = Image::decode(&image.encode().unwrap()).unwrap();
        assert_eq!(image, again);
        again
    }

    pub(super) fn resume(&self, image: &Image) -> Result<Computation<E::Instance<World>>, StateError> {
        Computation::resume(&self.target(), image, World::default(), |wasm: &[u8]| self.compile(wasm))
    }

    pub(super) fn target(&self) -> Target<'_, E> {
        Target {
            engine: self.engine,
            module: &self.code,
            original: &self.original,
            info: &self.passed.info,
            flavour: Flavour::Counter,
        }
    }

    pub(super) fn compile(&self, wasm: &[u8]) -> Result<E::Module, StateError> {
        Ok(self.engine.compile(wasm)?)
    }

    /// Lets it go on where it stopped.
    pub(super) fn stay(&self, stopped: &mut Computation<E::Instance<World>>) {
        let registers = stopped.registers(&self.passed.info, ModuleHash::of(&self.original)).unwrap();
        assert_eq!(registers.memories, []);
        stopped.go_on(&self.target(), &registers, |wasm: &[u8]| self.compile(wasm)).unwrap();
    }

    /// Runs to the end, stopping after every `stride` polls; results, and how often it stopped.
    fn hop(&self, arguments: &[Value], stride: u64) -> (Vec<Value>, u32) {
        let mut going = self.start(arguments);
        for stops in 0.. {
            going.stop_at(stride).unwrap();
            match going.run().unwrap() {
                Outcome::Finished(results) => return (results, stops),
                Outcome::Stopped => going = self.resume(&self.image(&mut going)).unwrap(),
                other => panic!("ended as {other:?}"),
            }
        }
        unreachable!()
    }
}

/// Memory, a table that changes, globals, a dropped segment, nested loops and calls.
pub(super) const BUSY: &str = r#"(module
  (memory 1 4) (data $later "\05\06\07\08")
  (table $t 4 8 funcref) (elem (i32.const 0) $add $mul) (elem $more func $mul $add)
  (type $op (func (param i64 i64) (result i64)))
  (global $sum (mut i64) (i64.const 1)) (global $half (mut f64) (f64.const 0.5))
  (func $add (type $op) (i64.add (local.get 0) (local.get 1)))
  (func $mul (type $op) (local $i i64) (local $product i64)
    (loop $again
      (local.set $product (i64.add (local.get $product) (local.get 0)))
      (local.set $i (i64.add (local.get $i) (i64.const 1)))
      (br_if $again (i64.lt_u (local.get $i) (i64.and (local.get 1) (i64.const 7)))))
    (local.get $product))
  (func $step (param $k i32)
    (if (i32.eq (local.get $k) (i32.const 5)) (then
      (memory.init $later (i32.const 100) (i32.const 0) (i32.const 4)) (data.drop $later)
      (drop (memory.grow (i32.const 1)))
      (drop (table.grow $t (ref.null func) (i32.const 1)))
      (table.init $t $more (i32.const 0) (i32.const 0) (i32.const 2)) (elem.drop $more)))
    (global.set $half (f64.add (global.get $half) (f64.const 0.25)))
    (global.set $sum (call_indirect $t (type $op)
      (global.get $sum) (i64.extend_i32_u (local.get $k)) (i32.and (local.get $k) (i32.const 1))))
    (i64.store (i32.mul (local.get $k) (i32.const 8)) (global.get $sum)))
  (func (export "run") (param $n i32) (result i64 f64 i32) (local $k i32)
    (loop $again
      (call $step (local.get $k))
      (local.set $k (i32.add (local.get $k) (i32.const 1)))
      (br_if $again (i32.lt_u (local.get $k) (local.get $n))))
    (i64.xor (global.get $sum) (i64.load (i32.const 100)))
    (global.get $half)
    (i32.add (memory.size) (table.size $t))))"#;

pub fn frames_written_back_go_on<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let arguments = [Value::I32(90)];
    let Outcome::Finished(expected) = program.start(&arguments).run().unwrap() else {
        panic!("not finished")
    };
    for stride in [2, 3, 10, 50] {
        let (results, stops) = program.hop(&arguments, stride);
        assert_eq!(results, expected, "every {stride} polls");
        assert!(stops > 0);
    }
}

pub fn on_every_poll<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let arguments = [Value::I32(8)];
    let mut whole = program.start(&arguments);
    whole.stop_at(u64::MAX).unwrap();
    let Outcome::Finished(expected) = whole.run().unwrap() else { panic!("not finished") };
    let polls = whole.polls().unwrap();
    assert!(polls > 8);
    for poll in 1..=polls {
        let mut going = program.start(&arguments);
        going.stop_at(poll).unwrap();
        assert_eq!(going.run().unwrap(), Outcome::Stopped, "at poll {poll} of {polls}");
        let mut resumed = program.resume(&program.image(&mut going)).unwrap();
        resumed.stop_at(u64::MAX).unwrap();
        assert_eq!(resumed.run().unwrap(), Outcome::Finished(expected.clone()), "after poll {poll}");
    }
}

/// A loop in a loop in a loop, large enough for a function of its own, with work before, in and behind each.
fn large() -> String {
    let step = "(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 31)) (i32.const STEP)))";
    let steps: String = (0..700).map(|number: u32| step.replace("STEP", &number.to_string())).collect();
    let text = r#"(module
      (func $work (param $x i32) (result i32) (local $i i32)
        (loop $again
          (local.set $x (i32.rotl (local.get $x) (i32.const 5)))
          (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const 3))))
        (local.get $x))
      (func (export "run") (param $n i32) (result i32) (local $x i32) (local $i i32) (local $j i32) (local $k i32)
        (i32.add (i32.const 7)
          (block $done (result i32)
            (loop $outer
              (local.set $i (i32.add (local.get $i) (i32.const 1)))
              (local.set $j (i32.const 0))
              (local.set $x (call $work (local.get $x)))
              (loop $middle
                (local.set $j (i32.add (local.get $j) (i32.const 1)))
                (block $skip
                  (br_if $skip (i32.eq (local.get $j) (i32.const 2)))
                  (loop $inner
                    STEPS
                    (local.set $x (i32.xor (local.get $x) (call $work (local.get $i))))
                    (local.set $k (i32.add (local.get $k) (i32.const 1)))
                    (br_if $outer (i32.eq (i32.and (local.get $k) (i32.const 7)) (i32.const 5)))
                    (br_if $inner (i32.and (local.get $k) (i32.const 1)))))
                (br_if $middle (i32.lt_u (local.get $j) (i32.const 3))))
              (br_if $outer (i32.lt_u (local.get $i) (local.get $n))))
            (call $work (local.get $x))))))"#;
    text.replace("STEPS", &steps)
}

pub fn large_loops_go_on<E: Engine>(engine: &E) {
    let program = Program::new(engine, &large());
    assert!(program.passed.wasm.windows(9).any(|bytes| bytes == b"sojourn:l"), "no loop has a function");
    let arguments = [Value::I32(6)];
    let mut whole = program.start(&arguments);
    whole.stop_at(u64::MAX).unwrap();
    let Outcome::Finished(expected) = whole.run().unwrap() else { panic!("not finished") };
    let polls = whole.polls().unwrap();
    assert!((20..2000).contains(&polls), "{polls} polls");
    for poll in 1..=polls {
        let mut going = program.start(&arguments);
        going.stop_at(poll).unwrap();
        assert_eq!(going.run().unwrap(), Outcome::Stopped, "at poll {poll} of {polls}");
        let mut resumed = program.resume(&program.image(&mut going)).unwrap();
        resumed.stop_at(u64::MAX).unwrap();
        assert_eq!(resumed.run().unwrap(), Outcome::Finished(expected.clone()), "after poll {poll}");
        assert_eq!(resumed.polls().unwrap(), polls - poll, "after poll {poll}");
    }
    assert_eq!(program.hop(&arguments, 3).0, expected);
}

pub fn start_then_export<E: Engine>(engine: &E) {
    let text = r#"(module
      (import "host" "note" (func $note (param i32)))
      (global $ready (mut i32) (i32.const 0))
      (func $start (loop $again
        (global.set $ready (i32.add (global.get $ready) (i32.const 1)))
        (br_if $again (i32.lt_u (global.get $ready) (i32.const 50)))))
      (start $start)
      (func (export "run") (result i32) (call $note (global.get $ready)) (global.get $ready)))"#;
    let program = Program::new(engine, text);
    let (results, stops) = program.hop(&[], 7);
    assert_eq!(results, [Value::I32(50)]);
    assert!(stops > 3);
}

pub fn hostile_images_are_refused<E: Engine>(engine: &E) {
    let program = Program::new(engine, BUSY);
    let image = (1..50)
        .map(|poll| {
            let mut going = program.start(&[Value::I32(90)]);
            going.stop_at(poll).unwrap();
            assert_eq!(going.run().unwrap(), Outcome::Stopped);
            program.image(&mut going)
        })
        .find(|image| image.frames.len() > 1)
        .expect("some poll is met in a callee");
    let refused = |change: fn(&mut Image)| {
        let mut hostile = image.clone();
        change(&mut hostile);
        program.resume(&hostile).is_err()
    };
    assert!(refused(|image| image.memories.clear()));
    assert!(refused(|image| image.memories.push(image.memories[0].clone())));
    assert!(refused(|image| { image.memories[0] = sojourn_image::Memory::capture(0, &[1; 100]) }));
    assert!(refused(|image| { image.memories[0] = sojourn_image::Memory::capture(0, &vec![1; 5 << 16]) }));
    assert!(refused(|image| image.globals.truncate(1)));
    assert!(refused(|image| image.globals[0].1 = Value::I32(0)));
    assert!(refused(|image| image.globals[0].0 = 9));
    assert!(refused(|image| image.tables.clear()));
    assert!(refused(|image| image.tables[0].elements.truncate(1)));
    assert!(refused(|image| { image.tables[0].elements[0] = Value::FuncRef(Some(2)) }));
    assert!(refused(|image| { image.tables[0].elements[0] = Value::FuncRef(Some(u32::MAX)) }));
    assert!(refused(|image| { image.tables[0].elements[0] = Value::ExternRef(None) }));
    assert!(refused(|image| { image.tables[0].elements.resize(9, Value::FuncRef(None)) }));
    assert!(refused(|image| image.dropped_data.push(7)));
    assert!(refused(|image| image.dropped_elements.push(0)));
    assert!(refused(|image| image.entry = Entry::Export { name: "walk".into() }));
    assert!(refused(|image| image.entry = Entry::Start { then: "run".into() }));
    assert!(refused(|image| image.frames.clear()));
    assert!(refused(|image| image.frames[0].offset += 1));
    assert!(refused(|image| image.frames[0].function = 99));
    assert!(refused(|image| image.frames[0].values.clear()));
    assert!(refused(|image| image.frames.swap(0, 1)));
    assert!(program.resume(&image).is_ok());
}

pub fn deep_stacks_go_on<E: Engine>(engine: &E) {
    let text = r#"(module
      (func $deep (param i32) (result i32) (local $i i32)
        (if (i32.eqz (local.get 0)) (then
          (loop $again
            (local.set $i (i32.add (local.get $i) (i32.const 1)))
            (br_if $again (i32.lt_u (local.get $i) (i32.const 10))))
          (return (local.get $i))))
        (i32.add (i32.const 1) (call $deep (i32.sub (local.get 0) (i32.const 1)))))
      (func (export "run") (param i32) (result i32) (call $deep (local.get 0))))"#;
    let program = Program::new(engine, text);
    let mut going = program.start(&[Value::I32(3000)]);
    going.stop_at(5).unwrap();
    assert_eq!(going.run().unwrap(), Outcome::Stopped);
    let image = program.image(&mut going);
    assert_eq!(image.frames.len(), 3002);
    let mut resumed = program.resume(&image).unwrap();
    resumed.instance().clear_stop();
    assert_eq!(resumed.run().unwrap(), Outcome::Finished(vec![Value::I32(3010)]));
}

pub fn what_is_at_rest_is_called_again<E: Engine>(engine: &E) {
    let text = r#"(module (memory 1) (global $calls (mut i32) (i32.const 0))
      (func (export "run"))
      (func (export "handle")
        (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
        (i32.store (i32.const 8) (global.get $calls))))"#;
    let program = Program::new(engine, text);
    let mut going = program.start(&[]);
    assert_eq!(going.run().unwrap(), Outcome::Finished(vec![]));
    // Only between two calls of `handle` there is nothing to go on in.
    assert!(program.resume(&program.image(&mut going)).is_err());
    for calls in 1..4_u8 {
        going.begin(HANDLE.into());
        assert!(!going.is_going_on());
        assert_eq!(going.run().unwrap(), Outcome::Finished(vec![]));
        let image = program.image(&mut going);
        assert_eq!(image.frames, []);
        going = program.resume(&image).unwrap();
        assert!(!going.is_going_on());
        assert_eq!(going.instance().memory(&sojourn_engine::names::memory(0)).unwrap()[8], calls);
    }
    assert_eq!(going.run().unwrap(), Outcome::Finished(vec![]));
}
