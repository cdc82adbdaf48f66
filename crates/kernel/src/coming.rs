//! The target's half of moves, and who may say what about moves.

use crate::Output;
use crate::directory::Place;
use crate::kernel::{Coming, Kernel, Owned};
use crate::leaving::Detail;
use crate::migrate::Next;
use crate::migrate::source::Event as Source;
use crate::migrate::target::{Action, Event, State, cell};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Alias, Code, Facts, Lane, Message};

impl Kernel {
    /// What nodes say to each other about atoms. Who says it is the session's peer: nobody speaks for others.
    pub(crate) fn between_nodes(&mut self, from: &str, message: Message) {
        match message {
            Message::Place { atom, epoch, node, alive, aliases, version } => {
                if node.is_empty() || node.len() > self.settings.limits.peer_name_bytes {
                    self.counters.refused += 1;
                } else {
                    // Others speak for a node only as long as it cannot speak for itself.
                    let heard = from == node || !self.stands(&node);
                    let told = aliases.zip(version).filter(|_| heard);
                    let told = told.and_then(|(aliases, version)| self.told(aliases, version));
                    self.learn(&atom, Place { node, epoch, alive }, told, false);
                }
            }
            Message::Offer { atom, epoch, facts } => self.offered(from, atom, epoch, facts),
            Message::Accept { atom, epoch } => {
                self.leave_by(from, &atom, epoch, Source::Accepted, Detail::None);
            }
            Message::Refuse { atom, epoch, code, text } => {
                let why = Detail::Why(Code::of(code), self.for_people(&text));
                self.leave_by(from, &atom, epoch, Source::Refused, why);
            }
            Message::Pages { ref atom, epoch, .. } => {
                if self.receives(from, atom, epoch) {
                    self.outputs.push_back(Output::Deliver { from: from.into(), message });
                }
            }
            Message::Final { atom, epoch, image, sizes, baggage } => {
                if self.receives(from, &atom, epoch) {
                    let rest = Detail::Rest { image, sizes, baggage };
                    self.come(&atom, Event::Final, rest);
                }
            }
            Message::Posts { .. } | Message::Posted { .. } => {
                self.outputs.push_back(Output::Deliver { from: from.into(), message });
            }
            Message::Ready { atom, epoch } => {
                self.leave_by(from, &atom, epoch, Source::Ready, Detail::None);
            }
            Message::Release { atom, epoch } => self.released(from, &atom, epoch),
            Message::Owned { atom, epoch } => {
                self.leave_by(from, &atom, epoch, Source::Owned, Detail::None);
            }
            Message::Abort { atom, epoch, code, text } => {
                let why = Detail::Why(Code::of(code), self.for_people(&text));
                if !self.leave_by(from, &atom, epoch, Source::Aborted, why) {
                    self.come_by(from, &atom, epoch, Event::Aborted);
                }
            }
            Message::Resolve { atom, epoch } => self.resolve(from, &atom, epoch),
            Message::Resolved { atom, epoch, yours } => {
                let event = if yours { Event::Yours } else { Event::NotYours };
                self.come_by(from, &atom, epoch, event);
            }
            _ => self.counters.refused += 1,
        }
    }

    /// Somebody offers an atom.
    fn offered(&mut self, from: &str, atom: String, epoch: u64, facts: Facts) {
        // One that offers anew has given up what it offered before.
        let old = self.coming.get(&atom).filter(|coming| coming.epoch < epoch && coming.source == from);
        if old.is_some() {
            self.come_if(&atom, Event::Aborted);
        }
        if let Some((code, text)) = self.reluctance(from, &atom, epoch) {
            let refuse = Message::Refuse { atom, epoch, code: code.number(), text };
            self.reply(from, &refuse);
            return;
        }
        let deadline = self.after(self.settings.times.receive_ns);
        let coming = Coming { source: from.into(), epoch, state: State::Deciding, deadline, aliases: None };
        self.coming.insert(atom.clone(), coming);
        self.outputs.push_back(Output::Decide { atom, epoch, source: from.into(), facts });
    }

    /// Why an offer is refused without asking the node.
    fn reluctance(&self, from: &str, atom: &str, epoch: u64) -> Option<(Code, String)> {
        let limits = &self.settings.limits;
        if atom.is_empty() || atom.len() > limits.atom_name_bytes || epoch >= u64::MAX - 1 {
            return Some((Code::InvalidRequest, "the offer makes no sense".into()));
        }
        if self.owned.contains_key(atom) {
            return Some((Code::Superseded, format!("{atom} runs at {}", self.settings.name)));
        }
        if let Some(place) = self.directory.get(atom)
            && (place.epoch > epoch || (place.epoch == epoch && place.node != from))
        {
            return Some((Code::Superseded, format!("{atom} is at {} with a newer epoch", place.node)));
        }
        if self.coming.contains_key(atom) || self.leaving.contains_key(atom) {
            return Some((Code::Busy, format!("another move of {atom} has not come to its end")));
        }
        if self.coming.len() >= limits.coming {
            return Some((Code::Busy, format!("{} atoms are on their way there already", limits.coming)));
        }
        None
    }

    /// Whether pages of an atom may come from somebody now.
    fn receives(&mut self, from: &str, atom: &str, epoch: u64) -> bool {
        let deadline = self.after(self.settings.times.receive_ns);
        let Some(coming) = self.coming.get_mut(atom) else { return false };
        let receives = coming.source == from && coming.epoch == epoch && coming.state == State::Receiving;
        if receives {
            coming.deadline = deadline;
        }
        receives
    }

    /// The source has released an atom; it may say so again.
    fn released(&mut self, from: &str, atom: &str, epoch: u64) {
        if self.come_by(from, atom, epoch, Event::Released) {
            return;
        }
        let next = epoch.saturating_add(1);
        let known = self.directory.get(atom).is_some_and(|place| place.epoch >= next);
        let message = if known {
            Message::Owned { atom: atom.into(), epoch }
        } else {
            let text = format!("{} knows nothing of {atom}", self.settings.name);
            Message::Abort { atom: atom.into(), epoch, code: Code::Lost.number(), text }
        };
        self.reply(from, &message);
    }

    pub(crate) fn taken(&mut self, atom: &str, epoch: u64) {
        if self.comes(atom, epoch) {
            self.come_if(atom, Event::Taken);
        }
    }

    pub(crate) fn declined(&mut self, atom: &str, epoch: u64, code: Code, text: String) {
        if self.comes(atom, epoch) {
            self.come(atom, Event::Declined, Detail::Why(code, text));
        }
    }

    pub(crate) fn built(&mut self, atom: &str, epoch: u64) {
        if self.comes(atom, epoch) {
            self.come_if(atom, Event::Built);
        }
    }

    fn comes(&self, atom: &str, epoch: u64) -> bool {
        self.coming.get(atom).is_some_and(|coming| coming.epoch == epoch)
    }

    /// Something happens to all moves from somebody.
    pub(crate) fn come_all(&mut self, source: &str, event: Event) {
        let there = self.coming.iter().filter(|(_, coming)| coming.source == source);
        let atoms: Vec<String> = there.map(|(atom, _)| atom.clone()).collect();
        for atom in atoms {
            self.come_if(&atom, event);
        }
    }

    /// The source says something about a move: only the one that it has a part in.
    fn come_by(&mut self, from: &str, atom: &str, epoch: u64, event: Event) -> bool {
        let mine = |coming: &Coming| coming.source == from && coming.epoch == epoch;
        let known = self.coming.get(atom).is_some_and(mine);
        if known {
            self.come_if(atom, event);
        }
        known
    }

    /// Something happens to a move, if there is one.
    pub(crate) fn come_if(&mut self, atom: &str, event: Event) {
        self.come(atom, event, Detail::None);
    }

    fn come(&mut self, atom: &str, event: Event, mut detail: Detail) {
        let Some(mut coming) = self.coming.remove(atom) else { return };
        let was = coming.state;
        let cell = cell(was, event);
        if let Next::To(state) = cell.next {
            coming.state = state;
            coming.deadline = self.after(match state {
                State::Deciding | State::Receiving | State::Building => self.settings.times.receive_ns,
                State::Held | State::Asking => self.settings.times.resolve_ns,
            });
        }
        let (source, epoch) = (coming.source.clone(), coming.epoch);
        if cell.next != Next::End {
            self.coming.insert(atom.into(), coming);
        } else if let Some(aliases) = coming.aliases
            && matches!(detail, Detail::None)
        {
            detail = Detail::Aliases(aliases);
        }
        for action in cell.actions {
            self.act_coming(atom, &source, epoch, *action, event, &mut detail);
        }
    }

    fn act_coming(
        &mut self,
        atom: &str,
        source: &str,
        epoch: u64,
        action: Action,
        event: Event,
        detail: &mut Detail,
    ) {
        let name: String = atom.into();
        match action {
            Action::SendAccept => {
                self.say(source, Lane::Control, &Message::Accept { atom: name, epoch });
            }
            Action::SendRefuse => {
                let (code, text) = why(event, detail);
                let message = Message::Refuse { atom: name, epoch, code: code.number(), text };
                self.say(source, Lane::Control, &message);
            }
            Action::Build => {
                if let Detail::Rest { image, sizes, baggage } = core::mem::replace(detail, Detail::None) {
                    self.outputs.push_back(Output::Build { atom: name, epoch, image, sizes, baggage });
                }
            }
            Action::SendReady => {
                self.say(source, Lane::Control, &Message::Ready { atom: name, epoch });
            }
            Action::Open => {
                let aliases = match core::mem::replace(detail, Detail::None) {
                    Detail::Aliases(aliases) => Some(aliases),
                    _ => None,
                };
                self.open(atom, epoch.saturating_add(1), aliases);
            }
            Action::SendOwned => {
                self.say(source, Lane::Control, &Message::Owned { atom: name, epoch });
            }
            Action::SendAbort => {
                let (code, text) = why(event, detail);
                let message = Message::Abort { atom: name, epoch, code: code.number(), text };
                self.say(source, Lane::Control, &message);
            }
            Action::SendResolve => {
                // Not into a silent lane: it asks again when somebody is there to answer.
                if self.stands(source) {
                    self.say(source, Lane::Control, &Message::Resolve { atom: name, epoch });
                }
            }
            Action::Discard => self.outputs.push_back(Output::Discard { atom: name, epoch }),
        }
    }

    fn open(&mut self, atom: &str, epoch: u64, aliases: Option<Vec<Alias>>) {
        self.owned.insert(atom.into(), Owned { epoch, offers: 0 });
        self.outputs.push_back(Output::Open { atom: atom.into(), epoch });
        let place = Place { node: self.settings.name.clone(), epoch, alive: true };
        let told = aliases.and_then(|aliases| self.told(aliases, 1));
        self.learn(atom, place, told, true);
    }

    pub(crate) fn tick_moves(&mut self) {
        self.tick_leaving();
        let due = self.coming.iter().filter(|(_, coming)| coming.deadline <= self.now);
        let atoms: Vec<String> = due.map(|(atom, _)| atom.clone()).collect();
        for atom in atoms {
            self.come_if(&atom, Event::Expired);
        }
    }
}

/// Why the target gives up, for people.
fn why(event: Event, detail: &Detail) -> (Code, String) {
    match (event, detail) {
        (_, Detail::Why(code, text)) => (*code, text.clone()),
        (Event::Newer, _) => (Code::Superseded, "a newer copy of it runs elsewhere".into()),
        (Event::Silent, _) => (Code::Unreachable, "its source did not answer any more".into()),
        (Event::Expired, _) => (Code::Aborted, "nothing of it came for too long".into()),
        _ => (Code::Aborted, "it was given up".into()),
    }
}
