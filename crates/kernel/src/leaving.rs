//! The source's half of moves: what happens to them, and what their actions do.

use crate::Output;
use crate::directory::Place;
use crate::kernel::{Kernel, Leaving};
use crate::migrate::Next;
use crate::migrate::source::{Action, Event, State, cell};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Alias, Code, Facts, Lane, Message, MoveState, Role};

/// What comes along with an event.
pub(crate) enum Detail {
    /// Nothing.
    None,
    /// Why, as somebody said it.
    Why(Code, String),
    /// The rest of the atom.
    Rest { image: Vec<u8>, sizes: Vec<u64>, baggage: Vec<u8> },
    /// What aliases an atom has that is owned from now on.
    Aliases(Vec<Alias>),
}

impl Kernel {
    /// The node wants an atom to move.
    pub(crate) fn offer(&mut self, id: u64, atom: String, target: &str, facts: Facts) {
        if let Some(failure) = self.objection(&atom, target) {
            let state = MoveState::Failed;
            self.outputs.push_back(Output::Moved { id, atom, state, failure: Some(failure) });
            return;
        }
        let Some(owned) = self.owned.get_mut(&atom) else { return };
        let epoch = owned.epoch.saturating_add(owned.offers);
        owned.offers += 1;
        let deadline = Some(self.after(self.settings.times.offer_ns));
        let leaving =
            Leaving { id, target: target.into(), epoch, state: State::Offered, deadline, last: None };
        self.leaving.insert(atom.clone(), leaving);
        self.outputs.push_back(Output::Step { id, atom: atom.clone(), state: MoveState::Offered });
        self.say(target, Lane::Control, &Message::Offer { atom, epoch, facts });
    }

    /// Why a move cannot even begin.
    fn objection(&self, atom: &str, target: &str) -> Option<(Code, String)> {
        let not = |code: Code, why: String| Some((code, format!("{atom} was not moved to {target}: {why}")));
        if !self.owned.contains_key(atom) && !self.leaving.contains_key(atom) {
            return match self.directory.get(atom) {
                Some(place) if place.alive && !self.is_me(&place.node) => {
                    not(Code::UnknownAtom, format!("it is at {}", place.node))
                }
                Some(_) => not(Code::NotRunning, "it does not run any more".into()),
                None => not(Code::UnknownAtom, "there is no such atom".into()),
            };
        }
        if self.leaving.contains_key(atom) {
            return not(Code::Busy, "it is on its way already".into());
        }
        if self.is_me(target) {
            return not(Code::AlreadyThere, "it is there".into());
        }
        let Some(peer) = self.peers.get(target) else {
            return not(Code::UnknownNode, "there is no such node".into());
        };
        if peer.role == Role::Client {
            return not(Code::InvalidRequest, "that is a client, which runs no atoms".into());
        }
        if !peer.stands() {
            return not(Code::Unreachable, "it does not answer".into());
        }
        if self.leaving.len() >= self.settings.limits.leaving {
            let most = self.settings.limits.leaving;
            return not(Code::Busy, format!("{most} atoms are on their way from here already"));
        }
        None
    }

    pub(crate) fn cancel(&mut self, atom: &str, code: Code, text: String) {
        self.leave(atom, Event::Cancelled, Detail::Why(code, text));
    }

    pub(crate) fn converged(&mut self, atom: &str) {
        self.leave_if(atom, Event::Converged);
    }

    pub(crate) fn sealed(&mut self, atom: &str, image: Vec<u8>, sizes: Vec<u64>, baggage: Vec<u8>) {
        self.leave(atom, Event::Sealed, Detail::Rest { image, sizes, baggage });
    }

    /// Something happens to all moves to somebody.
    pub(crate) fn leave_all(&mut self, target: &str, event: Event) {
        let there = self.leaving.iter().filter(|(_, leaving)| leaving.target == target);
        let atoms: Vec<String> = there.map(|(atom, _)| atom.clone()).collect();
        for atom in atoms {
            self.leave_if(&atom, event);
        }
    }

    /// Something happens to a move, if there is one.
    pub(crate) fn leave_if(&mut self, atom: &str, event: Event) {
        self.leave(atom, event, Detail::None);
    }

    /// The target says something about a move: only the one that it has a part in.
    pub(crate) fn leave_by(
        &mut self,
        from: &str,
        atom: &str,
        epoch: u64,
        event: Event,
        detail: Detail,
    ) -> bool {
        let mine = |leaving: &Leaving| leaving.target == from && leaving.epoch == epoch;
        let known = self.leaving.get(atom).is_some_and(mine);
        if known {
            self.leave(atom, event, detail);
        }
        known
    }

    fn leave(&mut self, atom: &str, event: Event, mut detail: Detail) {
        let Some(mut leaving) = self.leaving.remove(atom) else { return };
        let was = leaving.state;
        let cell = cell(was, event);
        if let Next::To(state) = cell.next {
            leaving.state = state;
            leaving.deadline = self.patience(state);
        }
        // The rest of the atom is on its way before the record says that it is.
        for action in cell.actions {
            if *action == Action::SendFinal {
                leaving.last = self.send_final(atom, &leaving, core::mem::replace(&mut detail, Detail::None));
            }
        }
        let done: Leaving;
        let leaving = if cell.next == Next::End {
            done = leaving;
            &done
        } else {
            let copy = Leaving { target: leaving.target.clone(), ..leaving };
            self.leaving.insert(atom.into(), leaving);
            done = copy;
            &done
        };
        for action in cell.actions {
            self.act_leaving(atom, leaving, *action, was, event, &detail);
        }
    }

    fn patience(&self, state: State) -> Option<u64> {
        let times = &self.settings.times;
        match state {
            State::Offered => Some(self.after(times.offer_ns)),
            State::Copying => Some(self.after(times.copy_ns)),
            State::Stopping | State::Sealed => Some(self.after(times.seal_ns)),
            State::Released => None,
        }
    }

    fn act_leaving(
        &mut self,
        atom: &str,
        leaving: &Leaving,
        action: Action,
        was: State,
        event: Event,
        detail: &Detail,
    ) {
        let (id, epoch, target) = (leaving.id, leaving.epoch, leaving.target.clone());
        let name: String = atom.into();
        match action {
            Action::Step => {
                let state = shown(leaving.state);
                self.outputs.push_back(Output::Step { id, atom: name, state });
            }
            Action::Copy => self.outputs.push_back(Output::Copy { atom: name, epoch, target }),
            Action::Halt => self.outputs.push_back(Output::Halt { atom: name, epoch, target }),
            // Done before, since the record keeps its number.
            Action::SendFinal => {}
            Action::Disown => {
                self.owned.remove(atom);
            }
            Action::SendRelease => {
                self.say(&target, Lane::Control, &Message::Release { atom: name, epoch });
            }
            Action::SendAbort => {
                let (code, text) = self.reason(atom, leaving, was, event, detail);
                let message = Message::Abort { atom: name, epoch, code: code.number(), text };
                self.say(&target, Lane::Control, &message);
            }
            Action::AnswerYes => self.answer(&target, atom, epoch, true),
            Action::AnswerNo => self.answer(&target, atom, epoch, false),
            Action::GoOn => self.outputs.push_back(Output::GoOn { atom: name }),
            Action::Fail => {
                let failure = Some(self.reason(atom, leaving, was, event, detail));
                let state = MoveState::Failed;
                self.outputs.push_back(Output::Moved { id, atom: name, state, failure });
            }
            Action::Leave => self.arrived(atom, leaving),
            Action::Lose => {
                let text = format!("{target} ended right after it had taken {atom}");
                self.outputs.push_back(Output::Lose { atom: name.clone(), epoch: self.spoken(atom, epoch) });
                let failure = Some((Code::Lost, text));
                self.outputs.push_back(Output::Moved { id, atom: name, state: MoveState::Lost, failure });
            }
        }
    }

    fn send_final(&mut self, atom: &str, leaving: &Leaving, detail: Detail) -> Option<u64> {
        let Detail::Rest { image, sizes, baggage } = detail else { return None };
        let message = Message::Final { atom: atom.into(), epoch: leaving.epoch, image, sizes, baggage };
        self.say(&leaving.target, Lane::Bulk, &message)
    }

    /// Epoch with which this node spoke for an atom that it offered with `epoch`.
    fn spoken(&self, atom: &str, epoch: u64) -> u64 {
        let own = self.directory.get(atom).filter(|place| self.is_me(&place.node));
        own.map_or(epoch, |place| place.epoch)
    }

    fn arrived(&mut self, atom: &str, leaving: &Leaving) {
        let epoch = leaving.epoch.saturating_add(1);
        let place = Place { node: leaving.target.clone(), epoch, alive: true };
        self.learn(atom, place, None, false);
        let known = self.directory.get(atom).filter(|known| known.epoch >= epoch);
        let (target, epoch) =
            known.map_or((leaving.target.clone(), epoch), |known| (known.node.clone(), known.epoch));
        self.outputs.push_back(Output::Leave { atom: atom.into(), target, epoch });
        let (id, state) = (leaving.id, MoveState::Done);
        self.outputs.push_back(Output::Moved { id, atom: atom.into(), state, failure: None });
    }

    fn answer(&mut self, to: &str, atom: &str, epoch: u64, yours: bool) {
        self.reply(to, &Message::Resolved { atom: atom.into(), epoch, yours });
    }

    /// Somebody holds an atom and asks whether it was released.
    pub(crate) fn resolve(&mut self, from: &str, atom: &str, epoch: u64) {
        if self.leave_by(from, atom, epoch, Event::Resolve, Detail::None) {
            return;
        }
        let next = epoch.saturating_add(1);
        // What is not known to have been released was not: the process that offered it may have gone on with it, and
        // been heard, before it ended. What the asker holds is older than that.
        let went_on = self.owned.contains_key(atom) || self.leaving.contains_key(atom);
        let released = |place: &Place| place.epoch == next && place.node == from;
        let yours = !went_on && self.directory.get(atom).is_some_and(released);
        self.answer(from, atom, epoch, yours);
    }

    /// Why a move failed, for people.
    fn reason(
        &self,
        atom: &str,
        leaving: &Leaving,
        was: State,
        event: Event,
        detail: &Detail,
    ) -> (Code, String) {
        let target = &leaving.target;
        let times = &self.settings.times;
        let seconds = |ns: u64| ns / 1_000_000_000;
        match (event, detail) {
            (Event::Cancelled, Detail::Why(code, text)) => (*code, text.clone()),
            (Event::Refused, Detail::Why(code, text)) => {
                (*code, format!("{target} does not take {atom}: {text}"))
            }
            (_, Detail::Why(code, text)) => {
                (*code, format!("{target} gave up the move of {atom}, which goes on: {text}"))
            }
            (Event::Ended, _) => (Code::Ended, format!("{atom} ended while it was to move to {target}")),
            (Event::Newer, _) => (
                Code::Superseded,
                format!("{atom} was not moved to {target}: a newer copy of it runs elsewhere"),
            ),
            (Event::Gone, _) => (
                Code::Aborted,
                format!("{target} ended while {atom} was on its way there; {atom} goes on where it was"),
            ),
            (Event::Silent, _) => (
                Code::Unreachable,
                format!("{target} does not answer any more; {atom} was not moved there and goes on"),
            ),
            (_, Detail::Rest { .. } | Detail::Aliases(_) | Detail::None) => match was {
                State::Offered => (
                    Code::Unreachable,
                    format!(
                        "{target} did not answer in {} s whether it takes {atom}",
                        seconds(times.offer_ns)
                    ),
                ),
                State::Copying => (
                    Code::Aborted,
                    format!(
                        "nothing of {atom} came to {target} for {} s; it goes on where it was",
                        seconds(times.copy_ns)
                    ),
                ),
                State::Stopping => (
                    Code::Aborted,
                    format!(
                        "{atom} did not stop in {} s, and was not moved to {target}",
                        seconds(times.seal_ns)
                    ),
                ),
                State::Sealed | State::Released => (
                    Code::Aborted,
                    format!(
                        "{target} did not run {atom} in {} s; it goes on where it was",
                        seconds(times.seal_ns)
                    ),
                ),
            },
        }
    }

    /// The bulk lane to somebody moves on: all before `first` has arrived.
    pub(crate) fn copied(&mut self, target: &str, first: u64) {
        let times = &self.settings.times;
        let (copy, seal) = (self.now.saturating_add(times.copy_ns), self.now.saturating_add(times.seal_ns));
        for leaving in self.leaving.values_mut().filter(|leaving| leaving.target == target) {
            match leaving.state {
                State::Copying => leaving.deadline = Some(copy),
                State::Stopping => leaving.deadline = Some(seal),
                // Once all of it is there, the rest is up to the target.
                State::Sealed => {
                    if let Some(last) = leaving.last {
                        leaving.deadline = Some(seal);
                        if last < first {
                            leaving.last = None;
                        }
                    }
                }
                State::Offered | State::Released => {}
            }
        }
    }

    pub(crate) fn tick_leaving(&mut self) {
        let due =
            self.leaving.iter().filter(|(_, leaving)| leaving.deadline.is_some_and(|at| at <= self.now));
        let atoms: Vec<String> = due.map(|(atom, _)| atom.clone()).collect();
        for atom in atoms {
            self.leave_if(&atom, Event::Expired);
        }
    }
}

/// A state as people see it.
fn shown(state: State) -> MoveState {
    match state {
        State::Offered => MoveState::Offered,
        State::Copying => MoveState::Copying,
        State::Stopping => MoveState::Stopping,
        State::Sealed => MoveState::Sealed,
        State::Released => MoveState::Released,
    }
}
