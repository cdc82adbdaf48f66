//! A kernel hears something, and what it wants done is done.

use super::Job;
use crate::checkers::{Property, breach};
use crate::plan::{Point, Sabotage};
use crate::random::digest;
use crate::world::{Event, World};
use sojourn_abi::{Lane, Message, encode};
use sojourn_kernel::{Input, Output};

/// Outputs after one input, at most: more is a kernel that talks to itself.
const OUTPUTS: usize = 100_000;

impl World {
    /// A kernel hears something.
    pub(crate) fn feed(&mut self, node: usize, input: Input) {
        self.handle(node, input);
        self.drain(node);
    }

    /// A kernel hears something that is a point of a move.
    pub(crate) fn feed_at(&mut self, node: usize, input: Input, point: Point, atom: &str) {
        self.handle(node, input);
        self.reached(node, point, atom);
        self.drain(node);
    }

    fn handle(&mut self, node: usize, input: Input) {
        let now_ns = self.clock.now_ns();
        if self.nodes[node].process.is_none() {
            return;
        }
        self.trace.add(now_ns, || match &input {
            Input::Frame(frame) => format!("{} <= {} bytes", self.nodes[node].name, frame.len()),
            input => format!("{} <- {}", self.nodes[node].name, brief(&format!("{input:?}"))),
        });
        let Some(process) = &mut self.nodes[node].process else { return };
        process.kernel.handle(input, now_ns + process.ahead_ns);
    }

    /// A message goes by a kernel's lane.
    pub(crate) fn send(&mut self, node: usize, to: &str, lane: Lane, message: Message) {
        let Some(process) = &self.nodes[node].process else { return };
        let session = process.sessions.get(to).copied().unwrap_or(0);
        let mark = digest(0, &encode(&message));
        // Pages of a move that has ended meanwhile are dropped by the other kernel.
        let droppable = matches!(message, Message::Pages { .. });
        let way = (process.incarnation, session, lane as u8);
        self.checkers.lanes.sent(way, mark, droppable);
        self.feed(node, Input::Send { to: to.into(), lane, message });
    }

    /// A kernel is looked after.
    pub(crate) fn tick(&mut self, node: usize) {
        let now_ns = self.clock.now_ns();
        let Some(process) = &mut self.nodes[node].process else { return };
        process.tick_at_ns = None;
        process.kernel.tick(now_ns + process.ahead_ns);
        self.drain(node);
    }

    /// Does all that a kernel wants done.
    fn drain(&mut self, node: usize) {
        for turn in 0.. {
            let Some(process) = &mut self.nodes[node].process else { break };
            let Some(output) = process.kernel.poll() else { break };
            self.output(node, output);
            if turn > OUTPUTS {
                self.judge(breach(Property::Stuck, format!("{} never stops to talk", self.nodes[node].name)));
                break;
            }
        }
        for victim in std::mem::take(&mut self.doomed) {
            self.kill(victim);
        }
        self.arm(node);
        self.look_at_speakers();
        self.look_at_bounds(node);
    }

    /// Lets the kernel be looked after when it wants to be.
    fn arm(&mut self, node: usize) {
        let now_ns = self.clock.now_ns();
        let Some(process) = &mut self.nodes[node].process else { return };
        let Some(local_ns) = process.kernel.next_timeout() else { return };
        let at_ns = local_ns.saturating_sub(process.ahead_ns).max(now_ns);
        if process.tick_at_ns.is_none_or(|tick_ns| at_ns < tick_ns) {
            process.tick_at_ns = Some(at_ns);
            let incarnation = process.incarnation;
            self.clock.at(at_ns, Event::Tick { node, incarnation, at_ns });
        }
    }

    fn output(&mut self, node: usize, output: Output) {
        self.trace.add(self.clock.now_ns(), || match &output {
            Output::Transmit { to, frame } => {
                format!("{} => {to}: {} bytes", self.nodes[node].name, frame.len())
            }
            output => format!("{} -> {}", self.nodes[node].name, brief(&format!("{output:?}"))),
        });
        match output {
            Output::Transmit { to, frame } => self.transmit(node, &to, &frame),
            Output::Connected { peer, incarnation, .. } => {
                if let Some(process) = &mut self.nodes[node].process {
                    process.silent.remove(&peer);
                    process.sessions.insert(peer, incarnation);
                }
            }
            Output::Disconnected { peer, incarnation, gone } => {
                self.disconnected(node, &peer, incarnation, gone);
            }
            Output::Deliver { from, message } => self.deliver_or_not(node, from, message),
            Output::Undelivered { to, message } => self.undelivered(node, &to, message),
            Output::Denied { by, text, .. } => {
                self.judge(breach(Property::Lanes, format!("denied by {by}: {text}")));
            }
            Output::Room { peer } => self.room(node, &peer),
            Output::Located { atom, .. } => {
                let delay_ns = self.draw_delay();
                self.later(node, delay_ns, Job::Located(atom));
            }
            output => self.moving(node, output),
        }
    }

    fn moving(&mut self, node: usize, output: Output) {
        match output {
            Output::Step { id, atom, state } => self.stepped(node, id, &atom, state),
            Output::Copy { atom, epoch, target } => self.copy(node, &atom, epoch, target),
            Output::Halt { atom, epoch, .. } => self.halt(node, &atom, epoch),
            Output::GoOn { atom } => self.go_on(node, &atom),
            Output::Leave { atom, .. } => self.leave(node, &atom),
            Output::Lose { atom, epoch } => self.lose(node, &(atom, epoch)),
            Output::Moved { id, state, .. } => self.moved(node, id, state),
            Output::Supersede { atom, epoch, .. } => self.supersede(node, &atom, epoch),
            Output::Decide { atom, epoch, source, .. } => self.decide(node, (atom, epoch), source),
            Output::Build { atom, epoch, image, sizes, baggage } => {
                let size = sizes.first().copied().unwrap_or(0);
                self.build(node, (atom, epoch), image, size, baggage);
            }
            Output::Open { atom, epoch } => self.open(node, &(atom, epoch)),
            Output::Discard { atom, epoch } => self.discard(node, &(atom, epoch)),
            output => self.judge(breach(Property::Moves, format!("nobody knows what to do with {output:?}"))),
        }
    }

    fn transmit(&mut self, node: usize, to: &str, frame: &[u8]) {
        let Some(other) = self.find(to) else { return };
        let now_ns = self.clock.now_ns();
        self.frames += 1;
        for at_ns in self.network.send((node, other), frame.len(), now_ns, &mut self.random) {
            self.clock.at(at_ns, Event::Frame { node: other, frame: frame.to_vec() });
        }
    }

    fn disconnected(&mut self, node: usize, peer: &str, incarnation: u64, gone: bool) {
        if !gone {
            if let Some(process) = &mut self.nodes[node].process {
                process.silent.insert(peer.into());
            }
            return;
        }
        if let Some(process) = &mut self.nodes[node].process
            && process.sessions.get(peer) == Some(&incarnation)
        {
            process.sessions.remove(peer);
            process.silent.remove(peer);
        }
        let lives = self.nodes.iter().filter_map(|node| node.process.as_ref());
        if lives.into_iter().any(|process| process.incarnation == incarnation) {
            self.judge(breach(Property::Lanes, format!("{peer} is said to be gone, and lives")));
        }
    }

    fn undelivered(&mut self, node: usize, to: &str, message: Message) {
        let Some(process) = &self.nodes[node].process else { return };
        let what = brief(&format!("{message:?}"));
        let session = process.sessions.get(to).copied().unwrap_or(0);
        let mark = digest(0, &encode(&message));
        let verdict = self.checkers.lanes.undelivered(process.incarnation, session, mark, &what);
        self.judge(verdict);
        self.not_sent(node, to, message);
    }

    /// Where deliveries can be broken on purpose.
    fn deliver_or_not(&mut self, node: usize, from: String, message: Message) {
        let hit = self.random.chance(20);
        match self.plan.sabotage {
            Some(Sabotage::DeliversNot) if hit => return,
            Some(Sabotage::DeliversTwice) if hit => self.deliver(node, &from, message.clone()),
            Some(Sabotage::DeliversSwapped) if hit => {
                self.withheld = Some((node, from, message));
                return;
            }
            _ => {}
        }
        self.deliver(node, &from, message);
        if self.withheld.as_ref().is_some_and(|(other, ..)| *other == node)
            && let Some((_, from, message)) = self.withheld.take()
        {
            self.deliver(node, &from, message);
        }
    }

    fn deliver(&mut self, node: usize, from: &str, message: Message) {
        let Some(process) = &self.nodes[node].process else { return };
        let sender = process.sessions.get(from).copied().unwrap_or(0);
        let what = brief(&format!("{} to {}: {message:?}", from, self.nodes[node].name));
        let mark = digest(0, &encode(&message));
        let verdict = self.checkers.lanes.delivered(sender, process.incarnation, mark, &what);
        self.judge(verdict);
        match message {
            Message::Pages { atom, epoch, size, pieces, .. } => {
                self.pages(node, &(atom, epoch), size, &pieces);
            }
            Message::Ask { id, request, .. } => {
                let delay_ns = self.draw_delay();
                self.later(node, delay_ns, Job::Answer { to: from.into(), id, request });
            }
            Message::Answer { id, response } => self.answered(id, response),
            Message::Content { bytes, .. } => self.keep_copy(node, &bytes),
            Message::Posts { posts } => self.letters(node, Some(from.into()), posts, Vec::new()),
            Message::Posted { receipts } => self.letters(node, Some(from.into()), Vec::new(), receipts),
            _ => {}
        }
    }
}

/// The beginning of a text.
pub(crate) fn brief(text: &str) -> String {
    text.chars().take(160).collect()
}
