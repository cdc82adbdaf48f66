//! What the bulk lane costs: processor time of both sides, on a network that takes none.
//!
//! `cargo test --release -p sojourn-kernel --test cost -- --ignored --nocapture`

mod world;

use sojourn_abi::{Lane, Message};
use sojourn_kernel::{Input, Kernel, Output};
use std::time::{Duration, Instant};
use world::{numbered, settings};

const MIB: u32 = 2048;
const TOTAL: usize = (MIB as usize) << 20;

/// A sender, a receiver, and the time that each has taken.
struct Pair {
    kernels: [Kernel; 2],
    taken: [Duration; 2],
    now: u64,
    delivered: usize,
}

impl Pair {
    fn handle(&mut self, who: usize, input: Input) {
        self.now += 1_000;
        let began = Instant::now();
        self.kernels[who].handle(input, self.now);
        self.taken[who] += began.elapsed();
        self.carry();
    }

    fn carry(&mut self) {
        loop {
            let mut idle = true;
            for who in 0..2 {
                while let Some(output) = self.kernels[who].poll() {
                    idle = false;
                    match output {
                        Output::Transmit { frame, .. } => {
                            let began = Instant::now();
                            self.kernels[1 - who].handle(Input::Frame(frame), self.now);
                            self.taken[1 - who] += began.elapsed();
                        }
                        Output::Deliver { message: Message::Content { bytes, .. }, .. } => {
                            self.delivered += bytes.len();
                        }
                        _ => {}
                    }
                }
            }
            if idle {
                return;
            }
        }
    }
}

/// Processor time of this process, from the system's ticks of 10 ms.
fn processor_seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap_or_default().split_whitespace().collect();
    let ticks =
        |index: usize| fields.get(index).and_then(|field| field.parse::<f64>().ok()).unwrap_or_default();
    (ticks(11) + ticks(12)) / 100.0
}

#[test]
#[ignore = "a measurement: it says what it found"]
fn a_stream() {
    for each in [64 << 10, 256 << 10, 1 << 20, 4 << 20] {
        let mut pair = Pair {
            kernels: [Kernel::new(settings("a", 1)), Kernel::new(settings("b", 2))],
            taken: [Duration::ZERO; 2],
            now: 0,
            delivered: 0,
        };
        pair.handle(0, Input::Up { name: "b".into(), incarnation: 2, role: sojourn_abi::Role::Node });
        pair.taken = [Duration::ZERO; 2];
        let before = processor_seconds();
        let message = numbered(0, each);
        while pair.delivered < TOTAL {
            assert!(pair.kernels[0].room("b") >= 2 * each as u64, "what was sent is acknowledged");
            let input = Input::Send { to: "b".into(), lane: Lane::Bulk, message: message.clone() };
            pair.handle(0, input);
        }
        assert_eq!(pair.kernels[0].counters().resent, 0);
        // Others use the machine too: the sides share what the process itself has used.
        let used = processor_seconds() - before;
        let wall: f64 = pair.taken.iter().map(Duration::as_secs_f64).sum();
        let rate = |taken: Duration| f64::from(MIB) * 1.048_576 / (used * taken.as_secs_f64() / wall);
        let (send, receive) = (rate(pair.taken[0]), rate(pair.taken[1]));
        println!("{:>5} KiB a message: send {send:.0} MB/s, receive {receive:.0} MB/s", each >> 10);
    }
}
