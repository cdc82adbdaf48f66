//! What guest calls cost beside their port: `cargo run --release -p sojourn-host --example call-cost`.

#[expect(dead_code, reason = "not every helper of the tests is needed here")]
#[path = "../tests/wasi/fakes.rs"]
mod fakes;

use fakes::Shared;
use sojourn_abi::{Code, Event};
use sojourn_engine::{Host, Import, Provided, Reply, Value};
use sojourn_host::ports::{Alone, Here, Ports, Post, Spawn};
use sojourn_host::{GUEST_CALLS, Setup, Wasi, guest_calls};
use sojourn_post::{Limits, Mailbox};
use std::hint::black_box;

const ROUNDS: u32 = 1_000_000;
const HEAD: i32 = 0x200;
const DRAFT: i32 = 0x100;
const ROOM: i32 = 0x4000;

/// A port that does next to nothing: what is sent is dropped, and there is always a message.
struct Bare {
    mailbox: Mailbox,
    message: Event,
}

impl Post for Bare {
    fn mailbox(&mut self, look: &mut dyn FnMut(&mut Mailbox)) {
        look(&mut self.mailbox);
    }

    fn send(&mut self, _: &str, event: Event) -> Result<u64, Code> {
        black_box(event);
        Ok(1)
    }

    fn resolve(&mut self, name: &str) -> Result<String, Code> {
        Ok(name.into())
    }

    fn freed(&mut self) {
        self.mailbox.put(self.message.clone());
    }

    fn find(&mut self, _: &str, _: &str, _: bool) -> Result<Vec<String>, Code> {
        Ok(Vec::new())
    }

    fn set_alias(&mut self, _: &str, _: &str) -> Result<(), Code> {
        Ok(())
    }

    fn clear_alias(&mut self, _: &str, _: &str) -> Result<(), Code> {
        Ok(())
    }

    fn spawn(&mut self, _: &Spawn<'_>) -> Result<String, Code> {
        Err(Code::NotInRealm)
    }

    fn watch(&mut self, _: &str, _: bool) -> Result<(), Code> {
        Ok(())
    }

    fn unwatch(&mut self, _: &str) -> Result<(), Code> {
        Ok(())
    }

    fn here(&mut self) -> Here {
        Here::default()
    }

    fn stay(&mut self, _: Option<u64>) {}

    fn note(&mut self, _: &str) {}

    fn granted(&mut self, _: bool, _: &str) -> bool {
        false
    }
}

fn bare() -> Bare {
    let (source, ty) = ("far/other".to_string(), "type".to_string());
    let message = Event { source, ty, data: vec![7; 64], ..Event::default() };
    let mut mailbox = Mailbox::new("home/me", 1, Limits::default());
    mailbox.put(message.clone());
    Bare { mailbox, message }
}

/// Processor time of this thread: others may be busy.
fn used_ns() -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").expect("Linux tells");
    told.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number comes first")
}

/// Nanoseconds of one.
fn measure(name: &str, mut one: impl FnMut()) -> f64 {
    let mut best = f64::INFINITY;
    for _ in 0..5 {
        let start = used_ns();
        (0..ROUNDS).for_each(|_| one());
        best = best.min((used_ns() - start) / f64::from(ROUNDS));
    }
    println!("{name:>28} {best:6.0} ns");
    best
}

fn main() {
    let ports = Ports { post: Box::new(bare()), keys: Box::new(Alone), ..Shared::default().ports() };
    let mut wasi = Wasi::new(Setup::default(), ports).expect("a world");
    let mut memory = vec![0; 1 << 20];
    memory[0x1000..0x1009].copy_from_slice(b"far/other");
    for (field, [at, length]) in [(0x100, [0x1004_u32, 5]), (0x118, [0x2000, 64])] {
        memory[field..field + 4].copy_from_slice(&at.to_le_bytes());
        memory[field + 4..field + 8].copy_from_slice(&length.to_le_bytes());
    }
    let number = |name: &str| {
        let call = guest_calls().find(|call| call.name == name).expect("a call");
        let import = Import { module: GUEST_CALLS, name, function: Some(call.signature()) };
        match wasi.provide(&import) {
            Some(Provided::Function(number)) => number,
            other => panic!("{name}: {other:?}"),
        }
    };
    let [send, receive] = ["send", "receive"].map(number);
    let mut results = [Value::I32(0)];
    let mut call = |number, arguments: &[Value]| {
        let reply = wasi.call(number, &mut memory, arguments, &mut results);
        assert_eq!((reply, results[0]), (Reply::Return, Value::I32(0)));
    };
    let arguments = [Value::I32(0x1000), Value::I32(9), Value::I32(DRAFT), Value::I64(-1), Value::I32(0x300)];
    measure("send", || call(send, &arguments));
    let arguments = [Value::I64(-1), Value::I32(ROOM), Value::I32(4096), Value::I32(HEAD)];
    let whole = measure("receive, with its port", || call(receive, &arguments));
    let mut port = bare();
    let beside = measure("that port alone", || {
        port.freed();
        black_box(port.mailbox.receive());
    });
    println!("{:>28} {:6.0} ns", "receive", whole - beside);
}
