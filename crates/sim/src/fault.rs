//! What goes wrong: cuts, slow links, processes that stand still or are killed, and the end of all that.

use crate::checkers::{Property, breach};
use crate::clock::{MS, SECOND};
use crate::node::Process;
use crate::plan::{Point, Victim};
use crate::world::{Event, World};
use sojourn_kernel::Input;

/// Something that goes wrong, or is put right.
#[derive(Debug)]
pub(crate) enum Fault {
    /// Something is drawn.
    Draw,
    /// A direction works again.
    Mend { from: usize, to: usize },
    /// A direction is fast again.
    Hurry { from: usize, to: usize },
    /// A node starts again.
    Restart { node: usize },
}

impl World {
    pub(crate) fn fault(&mut self, fault: &Fault) {
        match *fault {
            Fault::Draw => self.draw_fault(),
            Fault::Mend { from, to } => {
                self.network.mend(from, to);
                self.look_around();
            }
            Fault::Hurry { from, to } => self.network.slow(from, to, 0),
            Fault::Restart { node } => {
                if self.nodes[node].process.is_none() {
                    self.trace.add(self.clock.now_ns(), || format!("{} starts again", self.nodes[node].name));
                    self.start(node);
                }
            }
        }
    }

    fn draw_fault(&mut self) {
        if self.calm {
            return;
        }
        let every_ns = self.plan.fault_every_ns;
        let delay_ns = self.random.between(every_ns / 4, every_ns * 7 / 4);
        self.clock.after(delay_ns, Event::Fault(Fault::Draw));
        let count = self.nodes.len();
        let one = self.random.index(count);
        let other = (one + 1 + self.random.index(count - 1)) % count;
        let long_ns = if self.random.chance(300) { 25 * SECOND } else { 3 * SECOND };
        let for_ns = self.random.between(50 * MS, long_ns);
        match self.random.below(100) {
            0..18 => self.cut(one, other, for_ns),
            18..36 => {
                self.cut(one, other, for_ns);
                self.cut(other, one, for_ns);
            }
            36..48 => self.isolate(one, for_ns),
            48..70 => self.kill_and_restart(one),
            70..84 => self.pause(one, for_ns),
            84..94 => {
                let ns_per_byte = self.random.between(500, 50_000);
                self.network.slow(one, other, ns_per_byte);
                self.clock.after(for_ns, Event::Fault(Fault::Hurry { from: one, to: other }));
            }
            _ => self.false_alarm(one, other),
        }
    }

    fn cut(&mut self, from: usize, to: usize, for_ns: u64) {
        let names = (self.nodes[from].name.clone(), self.nodes[to].name.clone());
        self.trace
            .add(self.clock.now_ns(), || format!("cut: {} to {} for {} ms", names.0, names.1, for_ns / MS));
        self.network.cut(from, to);
        self.look_around();
        self.clock.after(for_ns, Event::Fault(Fault::Mend { from, to }));
    }

    fn isolate(&mut self, node: usize, for_ns: u64) {
        for other in 0..self.nodes.len() {
            if other != node {
                self.cut(node, other, for_ns);
                self.cut(other, node, for_ns);
            }
        }
    }

    fn pause(&mut self, node: usize, for_ns: u64) {
        let until_ns = self.clock.now_ns() + for_ns;
        self.trace.add(self.clock.now_ns(), || {
            format!("{} stands still for {} ms", self.nodes[node].name, for_ns / MS)
        });
        if let Some(process) = &mut self.nodes[node].process {
            process.paused_until_ns = process.paused_until_ns.max(until_ns);
        }
    }

    fn kill_and_restart(&mut self, node: usize) {
        let alive = self.nodes.iter().filter(|node| node.process.is_some()).count();
        if alive < 2 || self.nodes[node].process.is_none() {
            return;
        }
        self.kill(node);
        let finished = self.nodes.iter().filter(|node| node.finished).count();
        if self.random.chance(150) && finished * 2 < self.nodes.len() - 1 {
            self.nodes[node].finished = true;
            return;
        }
        let delay_ns = self.random.between(20 * MS, 8 * SECOND);
        self.clock.after(delay_ns, Event::Fault(Fault::Restart { node }));
    }

    /// The mesh of a node loses sight of another for nothing.
    fn false_alarm(&mut self, observer: usize, subject: usize) {
        let name = self.nodes[subject].name.clone();
        let Some(process) = &mut self.nodes[observer].process else { return };
        if let Some(incarnation) = process.seen.remove(&subject) {
            self.feed(observer, Input::Down { name, incarnation });
        }
        let delay_ns = self.random.between(MS, 2 * SECOND);
        self.clock.after(delay_ns, Event::Presence { observer, subject });
    }

    /// `kill -9`: all that was in memory is gone.
    pub(crate) fn kill(&mut self, node: usize) {
        let Some(process) = self.nodes[node].process.take() else { return };
        self.trace.add(self.clock.now_ns(), || format!("{} is killed", self.nodes[node].name));
        self.killed += 1;
        self.nodes[node].disk.crash(&mut self.random);
        self.checkers.moves.killed(process.incarnation);
        let mut forgiven = Vec::new();
        for ((atom, epoch), instance) in &process.atoms {
            if !instance.open {
                self.checkers.histories.dropped(process.incarnation, atom, *epoch);
            }
            self.harmed.insert(atom.clone());
            if instance.speaks() && !self.is_durable(atom) {
                forgiven.push(atom.clone());
            }
        }
        let now_ns = self.clock.now_ns();
        for atom in forgiven {
            self.forgive(&atom, now_ns);
        }
        self.harmed.extend(process.incoming.into_keys().map(|(atom, _)| atom));
        self.look_around();
    }

    /// The mesh of a node looks whether it sees another; it only hears what comes its way.
    pub(crate) fn presence(&mut self, observer: usize, subject: usize) {
        let open = self.network.open(subject, observer);
        let there = self.nodes[subject].process.as_ref().filter(|_| open).map(|process| process.incarnation);
        let (name, role) = (self.nodes[subject].name.clone(), self.nodes[subject].role);
        let Some(process) = &mut self.nodes[observer].process else { return };
        let seen = process.seen.get(&subject).copied();
        if seen == there {
            return;
        }
        match there {
            Some(incarnation) => process.seen.insert(subject, incarnation),
            None => process.seen.remove(&subject),
        };
        let down = seen.map(|incarnation| Input::Down { name: name.clone(), incarnation });
        let up = there.map(|incarnation| Input::Up { name, incarnation, role });
        let mut news = [down, up];
        if self.random.chance(300) {
            news.reverse();
        }
        for input in news.into_iter().flatten() {
            self.feed(observer, input);
        }
    }

    /// A point of a move: here a directed run has its crash.
    pub(crate) fn reached(&mut self, node: usize, point: Point, atom: &str) {
        let Some(crash) = self.plan.crash else { return self.perhaps(node) };
        if self.fired || crash.point != point || self.nodes[node].process.is_none() {
            return;
        }
        self.fired = true;
        self.trace.add(self.clock.now_ns(), || format!("point {point:?}: {crash:?}"));
        if crash.partition_ns > 0 {
            self.cut(0, 1, crash.partition_ns);
            self.cut(1, 0, crash.partition_ns);
        }
        if crash.again {
            self.cancel(0, atom);
            let target = self.nodes[1].name.clone();
            self.move_atom(0, atom, &target);
        }
        let victim = match crash.victim {
            Victim::Source => 0,
            Victim::Target => 1,
            Victim::Nobody => return,
        };
        if crash.torn {
            self.kill(victim);
        } else {
            self.doomed.push(victim);
        }
        match crash.restart_ns {
            Some(after_ns) => self.clock.after(after_ns, Event::Fault(Fault::Restart { node: victim })),
            None => self.nodes[victim].finished = true,
        }
    }

    /// At a point of a move something may go wrong by chance.
    fn perhaps(&mut self, node: usize) {
        if self.calm || !self.random.chance(self.plan.point_faults) {
            return;
        }
        let for_ns = self.random.between(50 * MS, 25 * SECOND);
        match self.random.below(10) {
            0..5 => self.kill_and_restart(node),
            5..7 => self.pause(node, for_ns),
            _ => self.isolate(node, for_ns),
        }
    }

    /// The faults are over.
    pub(crate) fn be_calm(&mut self) {
        self.calm = true;
        self.network.calm();
        self.trace.add(self.clock.now_ns(), || "the faults are over".into());
        for node in 0..self.nodes.len() {
            if self.nodes[node].process.is_none() && !self.nodes[node].finished {
                self.start(node);
            }
        }
        self.look_around();
        if self.plan.crash.is_some() && !self.fired && self.plan.sabotage.is_none() {
            self.judge(breach(Property::Stuck, "the point of the crash was never reached"));
        }
    }
}

/// Whether two processes have a session that works.
pub(crate) fn connected(process: &Process, name: &str, incarnation: u64) -> bool {
    process.sessions.get(name) == Some(&incarnation) && !process.silent.contains(name)
}
