//! What is done when an atom fails: it begins anew, goes on from its last image, or stays down.
//!
//! Each restart within a minute waits twice as long as the one before; after the most that its rule allows it stays down,
//! and whoever watches it hears of its end, once.

use super::atom::{Atom, Failure};
use super::node::Shared;
use super::thread::launch;
use super::verbs::setup;
use crate::guest::Plan;
use sojourn_abi::{AtomState, Baggage, Code, Event, EventKind, Restart};
use sojourn_host::Wasi;
use sojourn_kernel::Input;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long restarts are counted.
const COUNTED: Duration = Duration::from_mins(1);
/// How long the first restart waits.
const FIRST: Duration = Duration::from_millis(100);
/// How long any restart waits at most.
const LONGEST: Duration = Duration::from_secs(10);
/// Restarts within a minute, where the rule does not say.
const MOST: u32 = 5;

/// Restarts of an atom.
#[derive(Default)]
pub(crate) struct Restarts(VecDeque<Instant>);

impl Restarts {
    /// How long the next restart waits; `None`: there are too many already.
    fn next(&mut self, now: Instant, most: u32) -> Option<Duration> {
        self.0.retain(|at| now.duration_since(*at) < COUNTED);
        let before = u32::try_from(self.0.len()).unwrap_or(u32::MAX);
        if before >= most {
            return None;
        }
        self.0.push_back(now);
        Some(FIRST.saturating_mul(1 << before.min(10)).min(LONGEST))
    }
}

/// The rule of an atom.
fn rule(atom: &Atom) -> Restart {
    let rules = [Restart::Never, Restart::Start, Restart::Image];
    rules.into_iter().find(|rule| *rule as u8 == atom.life.restart).unwrap_or_default()
}

impl Shared {
    /// An atom has failed; whether it is to run again. Its name and its mailbox stay meanwhile.
    pub(crate) fn supervise(self: &Arc<Self>, atom: &Arc<Atom>, reason: &str) -> bool {
        let rule = rule(atom);
        if rule == Restart::Never || self.closed() {
            return false;
        }
        let most = if atom.life.most_restarts == 0 { MOST } else { atom.life.most_restarts };
        let wait = {
            let mut state = atom.state();
            let Some(wait) = state.restarts.next(Instant::now(), most) else {
                state.reason = Some(format!("{reason}; it stays down after {most} restarts within a minute"));
                return false;
            };
            state.phase = AtomState::Starting;
            state.reason = Some(format!("it runs again in {} ms, after: {reason}", wait.as_millis()));
            wait
        };
        let failed = Arc::clone(atom);
        self.beside("restart", move |shared| {
            failed.wait_for_end(wait);
            if shared.closed() || failed.state().phase != AtomState::Starting {
                return;
            }
            let again = match rule {
                Restart::Image => shared.go_on_from_image(&failed),
                Restart::Never | Restart::Start => shared.begin_again(&failed),
            };
            if let Err((_, text)) = again {
                shared.stays_down(&failed, &text);
            }
        });
        true
    }

    /// It begins anew: a fresh guest, with the messages that it has not received.
    fn begin_again(self: &Arc<Self>, atom: &Arc<Atom>) -> Result<(), Failure> {
        let (me, id) = (self.settings.name.clone(), atom.id.clone());
        Self::unsettle(&atom.desk);
        let unanswered = {
            let mut inner = atom.desk.inner();
            inner.mailbox.begin_anew(super::realtime_ns());
            inner.mailbox.forget_guest()
        };
        for (source, call) in unanswered {
            let code = Code::NotRunning.number().into();
            let event = Event { kind: EventKind::Failed, call, code, ..Event::default() };
            // Whoever asked and has gone needs no answer.
            let _ = self.post(&atom.desk, &source, event);
        }
        let setup = setup(&atom.life, Vec::new(), 0)?;
        let ports = self.ports(atom, Vec::new(), &Baggage::default(), false)?;
        let refusal = move |error| super::arrive::refusal(&error, &me, &id);
        let world = Wasi::new(setup, ports).map_err(|error| refusal(error.into()))?;
        let limits = self.limits(atom.memory_limit_bytes);
        let plan = Plan::start(atom.module.clone(), atom.engine, atom.first_call().into(), limits);
        let build = move |_: &Atom| plan.build(world, false).map_err(refusal);
        let (shared, begun) = (Arc::clone(self), Arc::clone(atom));
        let first = move |built: Result<(), Failure>| match built {
            Ok(()) => {
                let mut state = begun.state();
                (state.phase, state.reason, state.status) = (AtomState::Running, None, None);
                drop(state);
                begun.changed();
                shared.settle(&begun);
            }
            Err((_, text)) => shared.stays_down(&begun, &text),
        };
        launch(self, Arc::clone(atom), build, first)
    }

    /// It goes on from its last image, or begins anew where there is none.
    fn go_on_from_image(self: &Arc<Self>, atom: &Arc<Atom>) -> Result<(), Failure> {
        self.dismiss(&atom.id);
        self.tell(Input::Ended { atom: atom.id.clone() });
        match self.restore(&atom.id, None, None, None) {
            Ok(_) => Ok(()),
            Err((Code::NoImage, _)) => {
                self.admit(atom);
                let epoch = {
                    let mut state = atom.state();
                    state.epoch = ((state.epoch >> 32) + 1) << 32;
                    state.epoch
                };
                self.own(atom, epoch);
                self.begin_again(atom)
            }
            Err(failure) => {
                self.admit(atom);
                Err(failure)
            }
        }
    }

    fn stays_down(self: &Arc<Self>, atom: &Arc<Atom>, text: &str) {
        {
            let mut state = atom.state();
            state.phase = AtomState::Ended;
            state.ended_at = Some(Instant::now());
            state.reason = Some(text.into());
        }
        self.finish(atom);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_restart_waits_twice_as_long_until_there_are_too_many() {
        let (mut restarts, began) = (Restarts::default(), Instant::now());
        let waits: Vec<Option<u128>> =
            (0..5).map(|_| restarts.next(began, 4).map(|wait| wait.as_millis())).collect();
        assert_eq!(waits, [Some(100), Some(200), Some(400), Some(800), None]);
        let later = began + COUNTED;
        assert_eq!(restarts.next(later, 4), Some(FIRST));
        for _ in 0..100 {
            assert!(restarts.next(later, 1000).unwrap() <= LONGEST);
        }
    }
}
