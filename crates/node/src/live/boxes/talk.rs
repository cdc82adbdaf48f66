//! What is received and sent by way of boxes.

use super::super::ask::unknown_atom;
use super::super::atom::Failure;
use super::super::node::Shared;
use super::deadline;
use super::one::PostBox;
use sojourn_abi::{Code, Event, EventKind, Response};
use sojourn_post::FutureState;
use std::sync::Arc;
use std::time::Instant;

impl Shared {
    pub(super) fn receive(
        self: &Arc<Self>,
        name: &str,
        most: u32,
        wait_ms: u32,
        after: u64,
    ) -> Result<Response, Failure> {
        let asked = self.open_one(name)?;
        let answer = match most {
            // Whoever wants none tells that somebody is there.
            0 => None,
            most => asked
                .until(deadline(wait_ms), || asked.answer(most as usize, after).transpose())
                .transpose()?,
        };
        self.freed(&asked.desk);
        let (number, events) = answer.unwrap_or_else(|| (asked.state().number, Vec::new()));
        Ok(Response::Events { number, events, lost: 0 })
    }

    pub(super) fn post_for(
        self: &Arc<Self>,
        sender: &PostBox,
        to: &str,
        event: Event,
        until: Instant,
    ) -> Result<Response, Failure> {
        let (to, id) = match event.kind {
            EventKind::Message | EventKind::Interrupt => {
                let to = self.resolve_young(to)?;
                let id = self.post_until(sender, &to, &Event { call: 0, code: 0, ..event }, until)?;
                (to, id)
            }
            EventKind::Reply => {
                let answered = event.call;
                let (to, call) = sender.desk.asked(answered)?;
                let id = self.post_until(sender, &to, &Event { call, code: 0, ..event }, until)?;
                sender.desk.inner().mailbox.calls().answered(answered);
                (to, id)
            }
            _ => return Err((Code::InvalidRequest, "messages, interrupts and answers can be sent".into())),
        };
        Ok(Response::Sent { to, id })
    }

    /// Sends; waits while there is no room for it on the way.
    fn post_until(
        self: &Arc<Self>,
        sender: &PostBox,
        to: &str,
        event: &Event,
        until: Instant,
    ) -> Result<u64, Failure> {
        let posted = sender.until(until, || match self.post(&sender.desk, to, event.clone()) {
            Err(Code::Busy) => None,
            posted => Some(posted),
        });
        posted.unwrap_or(Err(Code::Busy)).map_err(|code| unsent(code, to, event.data.len()))
    }

    pub(super) fn call_for(
        self: &Arc<Self>,
        caller: &PostBox,
        to: &str,
        event: Event,
        wait_ms: u32,
    ) -> Result<Response, Failure> {
        if !matches!(event.kind, EventKind::Message | EventKind::Interrupt) {
            return Err((Code::InvalidRequest, "a call is a message or an interrupt".into()));
        }
        let until = deadline(wait_ms);
        let to = self.resolve_young(to)?;
        let call = {
            let mut inner = caller.desk.inner();
            let limits = *inner.mailbox.limits();
            let future = inner.mailbox.calls().future(&to, None, &limits);
            future.map_err(|code| (code, format!("{} waits for too many answers", caller.desk.name)))?
        };
        let answer = self
            .post_until(caller, &to, &Event { call, code: 0, ..event }, until)
            .and_then(|_| caller.answer_of(call, &to, wait_ms, until));
        // Gone already where the answer came.
        let _ = caller.desk.inner().mailbox.calls().cancel(call);
        let events = vec![Event { call: 0, ..answer? }];
        Ok(Response::Events { number: 0, events, lost: 0 })
    }

    /// A box hears of an atom's end; at once when there is no such atom.
    pub(super) fn watch_for(self: &Arc<Self>, name: &str, atom: &str) -> Result<Response, Failure> {
        let watcher = self.open_one(name)?;
        self.watch(&watcher.desk, atom, false).map_err(|code| unsent(code, atom, 0))?;
        watcher.desk.notify();
        Ok(Response::Done {})
    }
}

impl PostBox {
    /// Waits for the answer to a call.
    fn answer_of(&self, call: u64, to: &str, wait_ms: u32, until: Instant) -> Result<Event, Failure> {
        let answer = self.until(until, || {
            let mut inner = self.desk.inner();
            let calls = inner.mailbox.calls();
            (calls.state(call, 0) == FutureState::Ready).then(|| calls.take(call)).flatten()
        });
        match answer {
            Some(Event { kind: EventKind::Failed, code, .. }) => Err(unanswered(code, to)),
            Some(answer) => Ok(answer),
            None => Err((Code::TimedOut, format!("{to} did not answer within {wait_ms} ms"))),
        }
    }
}

/// Why a message was not sent, in words.
pub(in crate::live) fn unsent(code: Code, to: &str, bytes: usize) -> Failure {
    let text = match code {
        Code::Busy => format!("{to} has no room for messages now"),
        Code::TooLarge => format!("a message of {bytes} bytes is too large"),
        Code::UnknownAtom => return unknown_atom(to),
        _ => format!("the message to {to} was not sent"),
    };
    (code, text)
}

fn unanswered(code: u32, to: &str) -> Failure {
    match Code::of(u16::try_from(code).unwrap_or(u16::MAX)) {
        code @ (Code::NotRunning | Code::UnknownAtom) => (code, format!("{to} ended before it answered")),
        code => (code, format!("{to} did not answer: {}", code.text())),
    }
}
