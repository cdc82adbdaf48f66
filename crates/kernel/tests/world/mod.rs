//! Kernels on one thread, with a clock, a network and nodes that are made up.
#![allow(dead_code, reason = "each test file uses its part of it")]

use sojourn_abi::{Code, Facts, Lane, Message, MoveState, Piece, Role};
use sojourn_kernel::{Input, Kernel, Output, Settings};
use std::collections::{BTreeMap, BTreeSet};

pub const MS: u64 = 1_000_000;
pub const SECOND: u64 = 1_000 * MS;
pub const KEY: [u8; 32] = [7; 32];

/// Xorshift: the same numbers for the same seed, on every machine.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    pub fn below(&mut self, most: u64) -> u64 {
        self.next() % most.max(1)
    }

    pub fn index(&mut self, most: usize) -> usize {
        usize::try_from(self.below(most as u64)).expect("less than a size")
    }

    pub fn byte(&mut self) -> u8 {
        self.next().to_le_bytes()[3]
    }

    pub fn percent(&mut self, percent: u64) -> bool {
        self.below(100) < percent
    }

    pub fn bytes(&mut self, count: usize) -> Vec<u8> {
        (0..count).map(|_| self.byte()).collect()
    }
}

/// How frames travel.
#[derive(Clone)]
pub struct Network {
    pub lost_percent: u64,
    pub repeated_percent: u64,
    pub least_ns: u64,
    pub most_ns: u64,
}

impl Network {
    pub const PERFECT: Self =
        Self { lost_percent: 0, repeated_percent: 0, least_ns: 50_000, most_ns: 50_000 };
    pub const BAD: Self =
        Self { lost_percent: 20, repeated_percent: 10, least_ns: 100_000, most_ns: 20 * MS };
}

pub struct World {
    pub now: u64,
    pub kernels: BTreeMap<String, Kernel>,
    pub network: Network,
    /// Ways that carry nothing.
    pub cut: BTreeSet<(String, String)>,
    /// Frames on their way, by time of arrival.
    pub frames: BTreeMap<(u64, u64), (String, Vec<u8>)>,
    /// What kernels wanted, frames apart.
    pub log: Vec<(String, Output)>,
    /// Nodes that answer what their kernel wants by themselves.
    pub automatic: BTreeSet<String>,
    pub random: Random,
    pub sent: u64,
    count: u64,
}

impl World {
    pub fn new(seed: u64) -> Self {
        Self {
            now: SECOND,
            kernels: BTreeMap::new(),
            network: Network::PERFECT,
            cut: BTreeSet::new(),
            frames: BTreeMap::new(),
            log: Vec::new(),
            automatic: BTreeSet::new(),
            random: Random::new(seed),
            sent: 0,
            count: 0,
        }
    }

    /// Nodes that see each other, and have sessions.
    pub fn of(names: &[&str]) -> Self {
        let mut world = Self::new(1);
        for (index, name) in names.iter().enumerate() {
            world.add(settings(name, 100 + index as u64));
        }
        world.meet();
        world.run(100 * MS);
        for name in names {
            assert_eq!(world.kernels[*name].peers().len(), names.len() - 1, "{name} knows all others");
        }
        world.log.clear();
        world
    }

    pub fn add(&mut self, settings: Settings) {
        self.automatic.insert(settings.name.clone());
        self.kernels.insert(settings.name.clone(), Kernel::new(settings));
    }

    /// All see each other.
    pub fn meet(&mut self) {
        let names: Vec<String> = self.kernels.keys().cloned().collect();
        for name in &names {
            for other in &names {
                if name != other {
                    self.up(name, other);
                }
            }
        }
    }

    pub fn up(&mut self, at: &str, name: &str) {
        let (incarnation, role) = incarnation_of(name, &self.kernels);
        self.tell(at, Input::Up { name: name.into(), incarnation, role });
    }

    pub fn down(&mut self, at: &str, name: &str, incarnation: u64) {
        self.tell(at, Input::Down { name: name.into(), incarnation });
    }

    /// A process ends, and another one begins: what is on its way to it still comes.
    pub fn restart(&mut self, name: &str, incarnation: u64) {
        self.kernels.remove(name);
        self.add(settings(name, incarnation));
        INCARNATIONS.with(|all| all.borrow_mut().insert(name.into(), incarnation));
    }

    pub fn tell(&mut self, at: &str, input: Input) {
        let now = self.now;
        if let Some(kernel) = self.kernels.get_mut(at) {
            kernel.handle(input, now);
        }
        self.pump();
    }

    /// Does what kernels want.
    pub fn pump(&mut self) {
        loop {
            let mut wanted = Vec::new();
            for (name, kernel) in &mut self.kernels {
                while let Some(output) = kernel.poll() {
                    wanted.push((name.clone(), output));
                }
            }
            if wanted.is_empty() {
                return;
            }
            for (name, output) in wanted {
                if let Output::Transmit { to, frame } = output {
                    self.transmit(&name, &to, &frame);
                } else {
                    if self.automatic.contains(&name) {
                        self.answer(&name, &output);
                    }
                    self.log.push((name, output));
                }
            }
        }
    }

    fn transmit(&mut self, from: &str, to: &str, frame: &[u8]) {
        self.sent += 1;
        let times = if self.random.percent(self.network.repeated_percent) { 2 } else { 1 };
        for _ in 0..times {
            let lost = self.random.percent(self.network.lost_percent);
            if lost || self.cut.contains(&(from.into(), to.into())) {
                continue;
            }
            let spread = self.network.most_ns - self.network.least_ns;
            let at = self.now + self.network.least_ns + self.random.below(spread + 1);
            self.count += 1;
            self.frames.insert((at, self.count), (to.into(), frame.to_vec()));
        }
    }

    /// What a node without troubles does.
    fn answer(&mut self, name: &str, output: &Output) {
        let inputs = match output.clone() {
            Output::Decide { atom, epoch, .. } => vec![Input::Taken { atom, epoch }],
            Output::Copy { atom, epoch, target } => {
                vec![pages(&atom, epoch, &target), Input::Converged { atom }]
            }
            Output::Halt { atom, epoch, target } => {
                vec![pages(&atom, epoch, &target), sealed(&atom)]
            }
            Output::Build { atom, epoch, .. } => vec![Input::Built { atom, epoch }],
            _ => Vec::new(),
        };
        let now = self.now;
        for input in inputs {
            if let Some(kernel) = self.kernels.get_mut(name) {
                kernel.handle(input, now);
            }
        }
    }

    /// Goes to the next thing that happens; whether there was any before `until`.
    pub fn step(&mut self, until: u64) -> bool {
        self.pump();
        let frame = self.frames.keys().next().map(|(at, _)| *at);
        let timeout = self.kernels.values().filter_map(Kernel::next_timeout).min();
        let Some(at) = frame.into_iter().chain(timeout).min().filter(|at| *at <= until) else {
            self.now = self.now.max(until);
            return false;
        };
        self.now = self.now.max(at);
        if frame.is_some_and(|frame| frame <= self.now) {
            let Some((_, (to, frame))) = self.frames.pop_first() else { return false };
            self.tell(&to, Input::Frame(frame));
        } else {
            let now = self.now;
            for kernel in self.kernels.values_mut() {
                if kernel.next_timeout().is_some_and(|at| at <= now) {
                    kernel.tick(now);
                    let next = kernel.next_timeout();
                    assert!(next.is_none_or(|next| next > now), "nothing is due after a tick");
                }
            }
            self.pump();
        }
        true
    }

    pub fn run(&mut self, ns: u64) {
        let until = self.now + ns;
        while self.step(until) {}
    }

    /// Runs until something is so, for at most so long.
    pub fn until(&mut self, ns: u64, what: &str, so: impl Fn(&Self) -> bool) {
        let until = self.now + ns;
        while !so(self) {
            assert!(self.step(until) || so(self), "not in time: {what}\n{:#?}", self.log);
        }
    }

    pub fn own(&mut self, at: &str, atom: &str, epoch: u64) {
        self.tell(at, Input::Own { atom: atom.into(), epoch });
    }

    pub fn start_move(&mut self, at: &str, id: u64, atom: &str, target: &str) {
        let (atom, target) = (atom.into(), target.into());
        self.tell(at, Input::Move { id, atom, target, facts: facts() });
    }

    pub fn saw(&self, at: &str, wanted: impl Fn(&Output) -> bool) -> bool {
        self.log.iter().any(|(name, output)| name == at && wanted(output))
    }

    /// How a move ended.
    pub fn moved(&self, wanted: u64) -> Option<(MoveState, Option<(Code, String)>)> {
        self.log.iter().find_map(|(_, output)| match output {
            Output::Moved { id, state, failure, .. } if *id == wanted => Some((*state, failure.clone())),
            _ => None,
        })
    }

    /// Who speaks for an atom.
    pub fn speakers(&self, atom: &str) -> Vec<(String, u64)> {
        let mut speakers = Vec::new();
        for (name, kernel) in &self.kernels {
            for (owned, epoch) in kernel.owned() {
                if owned == atom {
                    speakers.push((name.clone(), epoch));
                }
            }
        }
        speakers
    }

    pub fn cut(&mut self, one: &str, other: &str) {
        self.cut.insert((one.into(), other.into()));
        self.cut.insert((other.into(), one.into()));
    }

    pub fn heal(&mut self) {
        self.cut.clear();
    }
}

thread_local! {
    static INCARNATIONS: std::cell::RefCell<BTreeMap<String, u64>> = const { std::cell::RefCell::new(BTreeMap::new()) };
}

fn incarnation_of(name: &str, _kernels: &BTreeMap<String, Kernel>) -> (u64, Role) {
    let role = if name.starts_with("client") { Role::Client } else { Role::Node };
    (INCARNATIONS.with(|all| all.borrow().get(name).copied().unwrap_or_default()), role)
}

pub fn settings(name: &str, incarnation: u64) -> Settings {
    INCARNATIONS.with(|all| all.borrow_mut().insert(name.into(), incarnation));
    let role = if name.starts_with("client") { Role::Client } else { Role::Node };
    let mut settings = Settings::new(name, incarnation, role);
    settings.realm = "test".into();
    settings.key = KEY;
    settings
}

pub fn facts() -> Facts {
    Facts {
        name: "program".into(),
        module: [1; 32],
        module_bytes: 10,
        engine: "wasmtime".into(),
        memory_bytes: 65536,
        mounts: Vec::new(),
        points: Vec::new(),
        cause: "test".into(),
        images_every_ms: 0,
        memory_limit_bytes: None,
    }
}

pub fn page(atom: &str, epoch: u64) -> Message {
    let piece = Piece { offset: 0, length: 4096, stored: vec![1; 4096] };
    Message::Pages { atom: atom.into(), epoch, memory: 0, size: 65536, pieces: vec![piece] }
}

pub fn pages(atom: &str, epoch: u64, target: &str) -> Input {
    Input::Send { to: target.into(), lane: Lane::Bulk, message: page(atom, epoch) }
}

pub fn sealed(atom: &str) -> Input {
    Input::Sealed { atom: atom.into(), image: vec![1, 2, 3], sizes: vec![65536], baggage: vec![4] }
}

/// A message with a number in it, that nodes hand on.
pub fn numbered(number: u64, bytes: usize) -> Message {
    Message::Content { hash: [0; 32], size: 0, offset: number, bytes: vec![7; bytes] }
}
