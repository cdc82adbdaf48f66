//! Every function with arguments that nobody sane would give: an answer each time, and a world that still reads.

use super::fakes::Shared;
use super::property::rounds;
use super::world::{CREATE, I, MEMORY, World};
use sojourn_engine::{Host, Import, Provided, Reply, Value, ValueType};
use sojourn_host::{MemoryTree, Mount, PREVIEW0, PREVIEW1, Setup, Wasi, functions};

const ROUNDS: u64 = 3_000;

/// Small numbers that every test draws the same (`SplitMix64`).
pub struct Dice(pub u64);

impl Dice {
    pub fn throw(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Less than `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.throw() % bound
    }

    pub fn pick<T: Copy>(&mut self, from: &[T]) -> T {
        from[usize::try_from(self.below(from.len() as u64)).unwrap()]
    }
}

fn value(dice: &mut Dice, ty: ValueType) -> Value {
    let end = i32::try_from(MEMORY).unwrap();
    let edges = [0, 1, 2, 3, 4, 5, 6, 8, 16, 64, 1023, end - 64, end - 9, end - 8, end - 4, end - 1, end];
    let far = [end + 1, i32::MAX, i32::MIN, -1, -4, -8, -48, -65_536, 0x1000_0000, 0x2000_0000];
    match ty {
        ValueType::I64 => {
            let wide = [0, 1, 5, 63, 4096, 1 << 32, i64::MAX, i64::MIN, -1, -2];
            Value::I64(if dice.below(4) == 0 { dice.throw().cast_signed() } else { dice.pick(&wide) })
        }
        _ if dice.below(3) == 0 => Value::I32(dice.pick(&far)),
        _ => Value::I32(dice.pick(&edges)),
    }
}

/// A world with something of everything, a stop asked for so that nothing waits, and a memory full of dice.
fn world(dice: &mut Dice) -> World {
    let machine = Shared::default();
    machine.lock().directories.insert("/srv".into(), MemoryTree::with_limit(100_000));
    let mounts = vec![
        Mount::memory("/".into(), MemoryTree::with_limit(100_000)),
        Mount::host("/srv".into(), "/srv".into()),
    ];
    let mut world = World::on(machine, Setup { mounts, ..Setup::default() });
    world.open("f", CREATE).unwrap();
    world.symlink("f", "l").unwrap();
    world.machine.lock().stop = true;
    world.machine.lock().room = 10;
    for byte in &mut world.memory {
        *byte = u8::try_from(dice.below(256)).unwrap();
    }
    world.put(1024, b"f");
    world.put(5, b"l\0d/../f/../..");
    world
}

#[test]
fn every_function_survives_hostile_pointers() {
    survive(world);
}

/// A world with a listener at 3, on which somebody waits, and connections at 4 and 5.
fn listening(dice: &mut Dice) -> World {
    let machine = Shared::default();
    (0..3).for_each(|_| machine.lock().connect(0));
    let mut world = World::on(machine, Setup { listeners: 1, ..Setup::default() });
    (0..2).for_each(|_| world.call("sock_accept", &[I(3), I(0), I(0)]).unwrap());
    let mut machine = world.machine.lock();
    machine.stop = true;
    machine.peer(1).unread.extend(b"unread");
    machine.peer(2).room = 10;
    drop(machine);
    for byte in &mut world.memory {
        *byte = u8::try_from(dice.below(256)).unwrap();
    }
    world
}

#[test]
fn sockets_survive_hostile_pointers() {
    survive(listening);
}

fn survive(world: fn(&mut Dice) -> World) {
    let dice = &mut Dice(1);
    for module in [PREVIEW1, PREVIEW0] {
        for (name, signature) in functions().filter(|(name, _)| (module, *name) != (PREVIEW0, "sock_accept"))
        {
            let mut world = world(dice);
            let import = Import { module, name, function: Some(signature.clone()) };
            let Some(Provided::Function(number)) = world.wasi.provide(&import) else { panic!("no {name}") };
            for _ in 0..rounds(ROUNDS) {
                let arguments: Vec<Value> = signature.parameters.iter().map(|ty| value(dice, *ty)).collect();
                let mut results = vec![Value::I32(-1); signature.results.len()];
                let reply = world.wasi.call(number, &mut world.memory, &arguments, &mut results);
                match (reply, results.first()) {
                    (Reply::Return, Some(Value::I32(errno))) => {
                        assert!((0..=76).contains(errno), "{name}: {errno}");
                    }
                    (Reply::Return, other) => panic!("{name} {arguments:?} returned {other:?}"),
                    (Reply::Trap(message), _) => assert!(!message.is_empty(), "{name}"),
                    (Reply::Suspend | Reply::Exit(_), _) => {}
                }
            }
            let bytes = world.wasi.state().unwrap_or_else(|error| panic!("{module} {name}: {error}"));
            Wasi::restore(&bytes, Vec::new(), world.machine.ports())
                .unwrap_or_else(|error| panic!("{name}: {error}"));
        }
    }
}

#[test]
fn a_pointer_outside_traps_and_says_where() {
    let mut world = World::with_memory();
    let (reply, _) = world.reply("clock_time_get", &[I(0), super::world::L(0), I(65_529)]);
    let expected = "a system call was given 8 bytes at address 0xfff9, outside the memory of 65536 bytes";
    assert_eq!(reply, Reply::Trap(expected.into()));
    world.memory.clear();
    let (reply, _) = world.reply("random_get", &[I(0), I(1)]);
    assert!(matches!(reply, Reply::Trap(_)), "a guest without a memory");
    assert_eq!(world.reply("random_get", &[I(0), I(0)]).0, Reply::Return);
}

#[test]
fn a_number_that_no_function_has_traps() {
    let mut world = World::with_memory();
    for number in [46, 255, 256 + 42, 256 + 46, 511, 512 + 200, u32::MAX] {
        assert!(matches!(world.wasi.call(number, &mut [], &[], &mut []), Reply::Trap(_)), "{number}");
    }
}
