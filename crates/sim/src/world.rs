//! All nodes, the network between them, and the clock: events happen one after the other until the end.

use crate::checkers::{Breach, Checkers, Property, Verdict, bounds, breach, speaker};
use crate::clock::{Clock, MS, SECOND, US};
use crate::network::Network;
use crate::node::{INBOX_BYTES, Instance, Job, Key, Node, Process};
use crate::plan::Plan;
use crate::random::Random;
use crate::reader::Reader;
use crate::supervisor::Supervisor;
use crate::trace::Trace;
use sojourn_abi::{Message, Role};
use sojourn_kernel::{Kernel, Limits, Settings};
use std::collections::{BTreeMap, BTreeSet};

/// How long an atom waits for its reader.
pub(crate) const LEASE_NS: u64 = 5 * SECOND;
/// Events of a run, at most.
const EVENTS: u64 = 20_000_000;

/// What can happen.
#[derive(Debug)]
pub(crate) enum Event {
    /// A frame arrives.
    Frame { node: usize, frame: Vec<u8> },
    /// A kernel wanted to be looked after.
    Tick { node: usize, incarnation: u64, at_ns: u64 },
    /// The mesh of a node looks whether it sees another.
    Presence { observer: usize, subject: usize },
    /// A node has done something.
    Job { node: usize, incarnation: u64, job: Box<Job> },
    /// Something goes wrong, or right again.
    Fault(crate::fault::Fault),
    /// Somebody wants something.
    Work,
    /// The atom and the move of a directed run.
    Directed(u8),
    /// The supervisor looks around.
    Supervise,
    /// The reader of an atom reads.
    Read { reader: usize, turn: u64 },
}

/// What a run was like.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Events.
    pub events: u64,
    /// Frames sent.
    pub frames: u64,
    /// Messages delivered.
    pub delivered: u64,
    /// Steps of atoms that counted.
    pub steps: u64,
    /// Moves that arrived, stayed, and were lost.
    pub moves: [u64; 3],
    /// Atoms restored.
    pub restored: u64,
    /// Of those, durable ones that went on with their journal.
    pub recovered: u64,
    /// Processes killed.
    pub killed: u64,
    /// Atoms that run in the end.
    pub alive: u64,
    /// Atoms that are lost in the end.
    pub lost: u64,
    /// Bytes that readers have read.
    pub read: u64,
    /// Messages that atoms received.
    pub letters: u64,
    /// When everything was in order.
    pub settled_ns: u64,
    /// Digest of all that happened: equal for equal seeds.
    pub mark: u64,
}

pub(crate) struct World {
    pub plan: Plan,
    pub clock: Clock<Event>,
    pub random: Random,
    pub network: Network,
    pub nodes: Vec<Node>,
    pub checkers: Checkers,
    pub trace: Trace,
    pub readers: Vec<Reader>,
    pub supervisor: Supervisor,
    /// Atoms started.
    pub atoms: Vec<String>,
    /// Lineages that ended.
    pub ended: BTreeSet<(String, u64)>,
    /// Atoms that lost a part with a process.
    pub harmed: BTreeSet<String>,
    /// How often an atom began anew from an image.
    pub restores: BTreeMap<String, u64>,
    /// Where a durable atom was when its first image was kept there last.
    pub stays: BTreeMap<String, usize>,
    /// When an atom was lost last.
    pub lost: BTreeMap<String, u64>,
    /// To be killed when the node at hand has done what it does.
    pub doomed: Vec<usize>,
    /// Whether the crash of a directed run has happened.
    pub fired: bool,
    /// A delivery that waits for the next one.
    pub withheld: Option<(usize, String, Message)>,
    pub breach: Option<Breach>,
    pub frames: u64,
    pub killed: u64,
    pub restored: u64,
    pub recovered: u64,
    pub calm: bool,
    /// Whether nothing new is begun.
    pub still: bool,
    made: u64,
    events: u64,
    mark: u64,
}

impl World {
    pub(crate) fn new(plan: Plan, trace: usize) -> Self {
        let count = plan.nodes + plan.clients;
        let node = |index: usize| Node {
            name: if index < plan.nodes { format!("node-{}", index + 1) } else { format!("client-{index}") },
            role: if index < plan.nodes { Role::Node } else { Role::Client },
            disk: crate::disk::Disk::default(),
            process: None,
            finished: false,
        };
        let mut world = Self {
            clock: Clock::new(),
            random: Random::new(plan.seed.wrapping_mul(0x9e37_79b9).wrapping_add(7)),
            network: Network::new(count, plan.weather),
            nodes: (0..count).map(node).collect(),
            checkers: Checkers::default(),
            trace: Trace::new(trace),
            readers: Vec::new(),
            supervisor: Supervisor::default(),
            atoms: Vec::new(),
            ended: BTreeSet::new(),
            harmed: BTreeSet::new(),
            restores: BTreeMap::new(),
            stays: BTreeMap::new(),
            lost: BTreeMap::new(),
            doomed: Vec::new(),
            fired: false,
            withheld: None,
            breach: None,
            frames: 0,
            killed: 0,
            restored: 0,
            recovered: 0,
            calm: false,
            still: false,
            made: 0,
            events: 0,
            mark: plan.seed,
            plan,
        };
        for node in 0..count {
            world.start(node);
        }
        world.plan_ahead();
        world
    }

    fn plan_ahead(&mut self) {
        self.clock.at(SECOND, Event::Supervise);
        if self.plan.work_every_ns > 0 {
            self.clock.at(500 * MS, Event::Work);
        }
        if self.plan.fault_every_ns > 0 {
            self.clock.at(SECOND, Event::Fault(crate::fault::Fault::Draw));
        }
        if self.plan.crash.is_some() {
            for (step, at_ns) in [1000, 1500, 2000].into_iter().enumerate() {
                self.clock.at(at_ns * MS, Event::Directed(u8::try_from(step).expect("three")));
            }
        }
    }

    /// The whole run.
    pub(crate) fn run(&mut self) {
        self.until(self.plan.turmoil_ns);
        self.be_calm();
        let mut until_ns = self.plan.turmoil_ns;
        while self.breach.is_none() && until_ns < self.plan.turmoil_ns + self.plan.calm_ns && !self.settled()
        {
            until_ns += 500 * MS;
            self.until(until_ns);
        }
        self.still = true;
        self.until(until_ns + 6 * SECOND);
        if self.breach.is_none() {
            self.look_at_the_end();
        }
    }

    fn until(&mut self, until_ns: u64) {
        while self.breach.is_none()
            && let Some(event) = self.clock.next(until_ns)
        {
            self.events += 1;
            if self.events > EVENTS {
                return self.judge(breach(Property::Stuck, "the run never comes to rest".to_string()));
            }
            self.mark = crate::random::scramble(self.mark ^ self.clock.now_ns());
            self.happen(event);
        }
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Frame { node, frame } => self.frame(node, frame),
            Event::Tick { node, incarnation, at_ns } => {
                let due = |process: &Process| process.tick_at_ns == Some(at_ns);
                if self.alive(node, incarnation).is_some_and(due)
                    && !self.postponed(node, || Event::Tick { node, incarnation, at_ns })
                {
                    self.tick(node);
                }
            }
            Event::Presence { observer, subject } => self.presence(observer, subject),
            Event::Job { node, incarnation, job } => {
                let Some(process) = self.alive(node, incarnation) else { return };
                let until_ns = process.paused_until_ns;
                if until_ns > self.clock.now_ns() {
                    self.clock.at(until_ns, Event::Job { node, incarnation, job });
                } else {
                    self.job(node, *job);
                }
            }
            Event::Fault(fault) => self.fault(&fault),
            Event::Work => self.work(),
            Event::Directed(step) => self.directed(step),
            Event::Supervise => self.supervise(),
            Event::Read { reader, turn } => self.read(reader, turn),
        }
    }

    /// Puts something off when a process stands still; whether it did.
    fn postponed(&mut self, node: usize, event: impl FnOnce() -> Event) -> bool {
        let until_ns = self.nodes[node].process.as_ref().map_or(0, |process| process.paused_until_ns);
        let postponed = until_ns > self.clock.now_ns();
        if postponed {
            self.clock.at(until_ns, event());
        }
        postponed
    }

    fn frame(&mut self, node: usize, frame: Vec<u8>) {
        let now_ns = self.clock.now_ns();
        let Some(process) = &mut self.nodes[node].process else { return };
        if process.paused_until_ns > now_ns {
            process.inbox_bytes += frame.len();
            if process.inbox_bytes <= INBOX_BYTES {
                self.clock.at(process.paused_until_ns, Event::Frame { node, frame });
            }
            return;
        }
        process.inbox_bytes = 0;
        self.feed(node, sojourn_kernel::Input::Frame(frame));
    }

    fn job(&mut self, node: usize, job: Job) {
        match job {
            Job::Step(key) => self.step(node, &key),
            Job::Pump(key) => self.pump(node, &key),
            Job::Halt(key, serial) => self.halted(node, &key, serial),
            Job::Decide(key, serial) => self.decided(node, key, serial),
            Job::Build { key, serial, image, size, baggage } => {
                self.built(node, key, serial, (&image, size, &baggage));
            }
            Job::Answer { to, id, request } => self.answer(node, &to, id, request),
            Job::Letters { from, posts, receipts } => {
                self.letters_came(node, from.as_deref(), posts, receipts);
            }
            Job::Journaled { from, posts, count } => self.journaled(node, from.as_deref(), posts, count),
            Job::Based(key) => self.based(node, &key),
            Job::Late => self.send_late(node),
            Job::Opened(key) => self.send_all_again(node, &key),
            Job::Located(atom) => self.located(node, &atom),
            Job::Sync => self.nodes[node].disk.sync(),
            Job::Again { to, lane, message } => self.send(node, &to, lane, message),
        }
    }

    fn alive(&self, node: usize, incarnation: u64) -> Option<&Process> {
        self.nodes[node].process.as_ref().filter(|process| process.incarnation == incarnation)
    }

    /// A new process of a node.
    pub(crate) fn start(&mut self, node: usize) {
        let incarnation = self.random.number() | 1;
        let (name, role) = (self.nodes[node].name.clone(), self.nodes[node].role);
        let mut settings = Settings::new(name, incarnation, role);
        settings.limits = self.limits();
        let process = Process {
            incarnation,
            kernel: Kernel::new(settings),
            ahead_ns: self.random.below(1000 * SECOND),
            paused_until_ns: 0,
            inbox_bytes: 0,
            tick_at_ns: None,
            atoms: BTreeMap::new(),
            incoming: BTreeMap::new(),
            sessions: BTreeMap::new(),
            silent: BTreeSet::new(),
            seen: BTreeMap::new(),
            moves: 0,
        };
        self.nodes[node].process = Some(process);
        self.later(node, crate::talk::AGAIN_NS, Job::Late);
        self.look_around();
    }

    pub(crate) fn limits(&self) -> Limits {
        Limits { bulk_bytes: self.plan.bulk_bytes, ..Limits::default() }
    }

    /// All that look out for others do so, some time soon.
    pub(crate) fn look_around(&mut self) {
        for observer in 0..self.nodes.len() {
            for subject in 0..self.nodes.len() {
                if observer != subject {
                    let most_ns = if self.random.chance(500) { 50 * MS } else { 2 * SECOND };
                    let delay_ns = self.random.between(MS, most_ns);
                    self.clock.after(delay_ns, Event::Presence { observer, subject });
                }
            }
        }
    }

    pub(crate) fn find(&self, name: &str) -> Option<usize> {
        self.nodes.iter().position(|node| node.name == name)
    }

    pub(crate) fn instance(&mut self, node: usize, key: &Key) -> Option<&mut Instance> {
        self.nodes[node].process.as_mut()?.atoms.get_mut(key)
    }

    /// A number that was never given before.
    pub(crate) fn serial(&mut self) -> u64 {
        self.made += 1;
        self.made
    }

    /// Whether things still go wrong.
    pub(crate) fn turmoil(&self) -> bool {
        !self.calm
    }

    /// How long a node takes for something.
    pub(crate) fn draw_delay(&mut self) -> u64 {
        let most_ns = if self.random.chance(50) { 300 * MS } else { 4 * MS };
        self.random.between(20 * US, most_ns)
    }

    pub(crate) fn later(&mut self, node: usize, delay_ns: u64, job: Job) {
        let Some(process) = &self.nodes[node].process else { return };
        let incarnation = process.incarnation;
        self.clock.after(delay_ns, Event::Job { node, incarnation, job: Box::new(job) });
    }

    /// Keeps the first breach; the run ends with it.
    pub(crate) fn judge(&mut self, verdict: Verdict) {
        if let Err(breach) = verdict {
            self.trace.add(self.clock.now_ns(), || format!("!! {breach}"));
            self.breach.get_or_insert(breach);
        }
    }

    pub(crate) fn processes(&self) -> impl Iterator<Item = (&Node, &Process)> {
        self.nodes.iter().filter_map(|node| node.process.as_ref().map(|process| (node, process)))
    }

    /// After each event: nobody speaks for what somebody else speaks for.
    pub(crate) fn look_at_speakers(&mut self) {
        let speaking = self.processes().flat_map(|(node, process)| {
            let speakers = process.atoms.iter().filter(|(_, instance)| instance.speaks());
            speakers.map(|((atom, epoch), _)| speaker::Claim { node: &node.name, atom, epoch: *epoch })
        });
        let verdict = speaker::check("speak for", speaking);
        self.judge(verdict);
    }

    /// Now and then: queues, and whom kernels take for owners.
    pub(crate) fn look_at_bounds(&mut self, node: usize) {
        if !self.events.is_multiple_of(16) {
            return;
        }
        let limits = self.limits();
        let Some(process) = &self.nodes[node].process else { return };
        let verdict = bounds::check(&self.nodes[node].name, &process.kernel, &limits);
        let owned: Vec<(&str, Vec<Key>)> =
            self.processes().map(|(node, process)| (node.name.as_str(), process.kernel.owned())).collect();
        let claims = owned.iter().flat_map(|(node, atoms)| {
            atoms.iter().map(|(atom, epoch)| speaker::Claim { node, atom, epoch: *epoch })
        });
        let owners = speaker::check("own", claims);
        self.judge(verdict);
        self.judge(owners);
    }

    pub(crate) fn summary(&self) -> Summary {
        let speaks = |atom: &String| {
            self.processes().any(|(_, process)| {
                process.atoms.iter().any(|((name, _), instance)| name == atom && instance.speaks())
            })
        };
        let alive = self.atoms.iter().filter(|atom| speaks(atom)).count() as u64;
        let ended = |atom: &String| self.ended.iter().any(|(name, _)| name == atom);
        let lost = self.atoms.iter().filter(|atom| !speaks(atom) && !ended(atom)).count() as u64;
        Summary {
            events: self.events,
            frames: self.frames,
            delivered: self.checkers.lanes.delivered,
            steps: self.checkers.histories.steps(),
            moves: self.checkers.moves.ended,
            restored: self.restored,
            recovered: self.recovered,
            killed: self.killed,
            alive,
            lost,
            read: self.checkers.readers.bytes,
            letters: self.checkers.letters.received,
            settled_ns: self.clock.now_ns(),
            mark: self.mark,
        }
    }
}
