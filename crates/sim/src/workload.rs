//! What people and programs want of the nodes: some of it makes no sense.

use crate::clock::MS;
use crate::guest::Guest;
use crate::node::{Instance, Key};
use crate::world::{Event, World};
use sojourn_kernel::Input;

impl World {
    /// Somebody wants something.
    pub(crate) fn work(&mut self) {
        if self.calm {
            return;
        }
        let every_ns = self.plan.work_every_ns;
        let delay_ns = self.random.between(every_ns / 4, every_ns * 7 / 4);
        self.clock.after(delay_ns, Event::Work);
        let node = self.random.index(self.plan.nodes);
        match self.random.below(100) {
            0..20 => self.start_atom(node),
            20..55 => self.move_some(),
            55..60 => self.move_nonsense(node),
            60..66 => self.cancel_some(),
            66..78 => self.checkpoint_some(),
            78..97 => {
                let to = self.random.index(self.nodes.len());
                self.ask(node, to);
            }
            97..98 => self.stop_some(),
            _ => {
                // A client, if there is one, asks as well.
                let (from, to) = (self.nodes.len() - 1, node);
                self.ask(from, to);
            }
        }
    }

    pub(crate) fn start_atom(&mut self, node: usize) {
        if self.atoms.len() >= self.plan.atoms || self.nodes[node].process.is_none() {
            return;
        }
        let atom = format!("atom-{}", self.atoms.len() + 1);
        let length =
            if self.plan.length == u64::MAX { u64::MAX } else { self.random.between(50, self.plan.length) };
        let guest = Guest::new(&atom, self.plan.pages, self.plan.page_bytes, length);
        self.checkers.histories.started(&atom, 0, guest.chain);
        self.atoms.push(atom.clone());
        let Some(process) = &mut self.nodes[node].process else { return };
        process.atoms.insert((atom.clone(), 0), Instance::new(guest, true));
        self.start_stepping(node, &(atom.clone(), 0));
        self.base(node, &(atom.clone(), 0));
        self.feed(node, Input::Own { atom: atom.clone(), epoch: 0 });
        self.add_reader(&atom);
    }

    /// Somebody who speaks for some atom.
    fn some_speaker(&mut self) -> Option<(usize, Key)> {
        let mut speakers = Vec::new();
        for (index, node) in self.nodes.iter().enumerate() {
            let Some(process) = &node.process else { continue };
            let speaking = process.atoms.iter().filter(|(_, instance)| instance.speaks());
            speakers.extend(speaking.map(|(key, _)| (index, key.clone())));
        }
        self.random.pick(&speakers)
    }

    fn move_some(&mut self) {
        let Some((node, key)) = self.some_speaker() else { return };
        let others: Vec<usize> = (0..self.plan.nodes).filter(|other| *other != node).collect();
        let Some(target) = self.random.pick(&others) else { return };
        let target = self.nodes[target].name.clone();
        self.move_atom(node, &key.0, &target);
    }

    fn move_nonsense(&mut self, node: usize) {
        let target = self.random.index(self.nodes.len());
        let target = if self.random.chance(300) { "nowhere".into() } else { self.nodes[target].name.clone() };
        let atom = if self.random.chance(300) {
            "nobody".into()
        } else {
            format!("atom-{}", self.random.between(1, 6))
        };
        self.move_atom(node, &atom, &target);
    }

    fn cancel_some(&mut self) {
        let Some((node, (atom, _))) = self.some_speaker() else { return };
        let Some(process) = &self.nodes[node].process else { return };
        let copies = process.atoms.iter().filter(|((name, _), _)| *name == atom);
        let target =
            copies.filter_map(|(_, instance)| instance.copy.as_ref()).map(|copy| copy.target.clone()).next();
        self.cancel(node, &atom);
        // What is begun anew at once meets what is left of the attempt before.
        if let Some(target) = target
            && self.random.chance(600)
        {
            self.move_atom(node, &atom, &target);
        }
    }

    fn checkpoint_some(&mut self) {
        let Some((node, key)) = self.some_speaker() else { return };
        let copy_at = self.random.index(self.plan.nodes);
        self.checkpoint(node, &key, copy_at);
    }

    fn stop_some(&mut self) {
        let Some((node, key)) = self.some_speaker() else { return };
        if self.instance(node, &key).is_some_and(|instance| instance.runs()) {
            self.end(node, &key);
        }
    }

    /// The three steps of a directed run: start, image, move.
    pub(crate) fn directed(&mut self, step: u8) {
        let key: Key = ("atom-1".into(), 0);
        match step {
            0 => self.start_atom(0),
            1 => {
                let Some(instance) = self.instance(0, &key) else { return };
                let image = crate::node::kept(&key, &instance.guest);
                self.nodes[2].disk.write(image);
                self.nodes[2].disk.sync();
            }
            _ => {
                let Some(process) = &self.nodes[0].process else { return };
                if process.sessions.contains_key(&self.nodes[1].name) {
                    let target = self.nodes[1].name.clone();
                    self.move_atom(0, &key.0, &target);
                } else {
                    self.clock.after(100 * MS, Event::Directed(step));
                }
            }
        }
    }
}
