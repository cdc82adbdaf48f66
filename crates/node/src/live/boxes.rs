//! Boxes: mailboxes at this node for clients, which are no atoms.
//!
//! ```text
//! OpenBox -> box `node/name`: Receive (long poll, numbered answers), Post, WatchAtom -> CloseBox, or a minute of silence
//! Post, Call without a name -> box `node/.client`, which nobody sees, one for each client: its messages have an order
//! ```

use super::ask::unknown_atom;
use super::atom::Failure;
use super::desk::{Desk, Gate};
use super::node::{Shared, spawn};
use super::post::ended;
use super::wake::Wake;
use crate::module::lock;
use sojourn_abi::{Alias, Code, Event, EventKind, Request, Response};
use sojourn_kernel::Input;
use sojourn_post::{FutureState, Limits, Mailbox};
use std::collections::BTreeMap;
use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// Most boxes of a node, those among them that nobody sees.
const BOXES: usize = 4096;
/// How long a box stays while nobody asks for it.
const SILENCE: Duration = Duration::from_mins(1);
/// How long it stays at most for the sake of messages that have no receipt yet.
const UNDERWAY: Duration = Duration::from_mins(10);
/// How often is looked for boxes that may go.
const SWEEP: Duration = Duration::from_secs(5);
/// Bytes of data from which on an answer has no more messages.
const ANSWER_BYTES: usize = 1 << 20;
/// What begins the local name of a box that nobody sees.
const HIDDEN: char = '.';

/// All boxes of a node.
#[derive(Default)]
pub(crate) struct Boxes {
    all: Mutex<BTreeMap<String, Arc<PostBox>>>,
}

/// One box.
struct PostBox {
    desk: Arc<Desk>,
    wake: Arc<Wake>,
    /// Requests that are being answered.
    users: AtomicU32,
    state: Mutex<State>,
}

struct State {
    asked_at: Instant,
    closed: bool,
    /// Number of the last answer that had messages.
    number: u64,
    /// Its messages: they are given again until somebody tells that they came.
    given: Vec<Event>,
}

/// A box that somebody uses: it does not go meanwhile.
struct InUse(Arc<PostBox>);

impl InUse {
    fn new(used: &Arc<PostBox>) -> Self {
        used.users.fetch_add(1, SeqCst);
        Self(Arc::clone(used))
    }
}

impl Drop for InUse {
    fn drop(&mut self) {
        lock(&self.0.state).asked_at = Instant::now();
        self.0.users.fetch_sub(1, SeqCst);
    }
}

impl Deref for InUse {
    type Target = PostBox;

    fn deref(&self) -> &PostBox {
        &self.0
    }
}

impl PostBox {
    fn new(name: &str) -> Arc<Self> {
        let wake = Arc::new(Wake::default());
        let mailbox = Mailbox::new(name, super::realtime_ns(), Limits::default());
        let state = State { asked_at: Instant::now(), closed: false, number: 0, given: Vec::new() };
        Arc::new(Self {
            desk: Desk::new(mailbox, Gate::Open, false, Arc::clone(&wake)),
            wake,
            users: AtomicU32::new(0),
            state: Mutex::new(state),
        })
    }

    /// The next answer: its number, and its messages; none while there are none.
    fn answer(&self, most: usize, after: u64) -> Result<Option<(u64, Vec<Event>)>, Failure> {
        let mut state = lock(&self.state);
        if state.closed {
            return Err(gone(&self.desk.name));
        }
        if after > state.number {
            let text = format!("{} has given {} answers, not {after}", self.desk.name, state.number);
            return Err((Code::InvalidRequest, text));
        }
        if after < state.number {
            return Ok(Some((state.number, state.given.clone())));
        }
        state.given.clear();
        let mut inner = self.desk.inner();
        let mut bytes = 0;
        while state.given.len() < most
            && bytes < ANSWER_BYTES
            && let Some(event) = inner.mailbox.receive()
        {
            bytes += event.data.len();
            state.given.push(event);
        }
        if state.given.is_empty() {
            return Ok(None);
        }
        state.number += 1;
        Ok(Some((state.number, state.given.clone())))
    }

    /// Whether it may go: it is closed or nobody has asked for long, and what it sent has arrived.
    fn is_over(&self) -> bool {
        if self.users.load(SeqCst) > 0 {
            return false;
        }
        let arrived = self.desk.inner().mailbox.waiting_for().next().is_none();
        let state = lock(&self.state);
        let silence = state.asked_at.elapsed();
        (state.closed || silence >= SILENCE) && (arrived || silence >= UNDERWAY)
    }
}

impl Shared {
    /// Answers a request about boxes, or in the name of one.
    pub(crate) fn box_request(self: &Arc<Self>, request: Request, asker: &str) -> Result<Response, Failure> {
        match request {
            Request::OpenBox { name, aliases } => self.open_box(&name, aliases),
            Request::Receive { name, most, wait_ms, after } => self.receive(&name, most, wait_ms, after),
            Request::CloseBox { name } => self.close_box(&name),
            Request::WatchAtom { name, atom } => self.watch_for(&name, &atom),
            Request::Post { to, event, wait_ms, name } => {
                let sender = match name {
                    Some(name) => self.open_one(&name)?,
                    None => self.hidden_box(asker)?,
                };
                self.post_for(&sender, &to, event, deadline(wait_ms))
            }
            Request::Call { to, event, wait_ms } => self.call_for(asker, &to, event, wait_ms),
            _ => Err((Code::InvalidRequest, "nodes are not asked this".into())),
        }
    }

    // ------------------------------------------------------------ boxes come and go

    fn open_box(self: &Arc<Self>, name: &str, aliases: Vec<Alias>) -> Result<Response, Failure> {
        if name.starts_with(HIDDEN) {
            return Err((Code::InvalidName, format!("the name of a box cannot begin with {HIDDEN}: {name:?}")));
        }
        let opened = if name.is_empty() {
            self.make_box(&format!("box-{:016x}", super::random_u64()))?
        } else {
            self.make_box(name)?
        };
        for alias in aliases {
            if let Err(failure) = self.set_alias(&opened.desk.name, alias) {
                self.remove_box(&opened.0);
                return Err(failure);
            }
        }
        let (atom, node) = (opened.desk.name.clone(), self.settings.name.clone());
        let epoch = self.kernel(|kernel| kernel.place(&atom)).map_or(0, |place| place.epoch);
        Ok(Response::Placed { atom, node, epoch, listening: Vec::new() })
    }

    fn make_box(self: &Arc<Self>, local: &str) -> Result<InUse, Failure> {
        if !sojourn_names::is_local(local) {
            return Err((Code::InvalidName, format!("{local:?} cannot be the name of a box")));
        }
        let name = sojourn_names::global(&self.settings.name, local);
        let mut all = lock(&self.boxes.all);
        let known = self.kernel(|kernel| kernel.place(&name));
        if known.as_ref().is_some_and(|place| place.alive) || self.posts.desk(&name).is_some() {
            let text = format!("{name} is there already; a box goes a minute after the last question for it");
            return Err((Code::AtomNameTaken, text));
        }
        if all.len() >= BOXES {
            return Err((Code::NoRoom, format!("{} has {BOXES} boxes", self.settings.name)));
        }
        let made = PostBox::new(&name);
        let epoch = known.map_or(0, |place| place.epoch >> 32) + 1;
        self.posts.add(&made.desk);
        self.tell(Input::own(name.clone(), epoch << 32));
        if all.is_empty() {
            let swept = Arc::downgrade(self);
            spawn("boxes", move || sweep(&swept));
        }
        all.insert(name, Arc::clone(&made));
        Ok(InUse::new(&made))
    }

    /// The box that a client has without asking for one.
    fn hidden_box(self: &Arc<Self>, asker: &str) -> Result<InUse, Failure> {
        let mut local = format!("{HIDDEN}{asker}");
        local.truncate(sojourn_names::limit::LOCAL_BYTES);
        let name = sojourn_names::global(&self.settings.name, &local);
        match self.open_one(&name) {
            Err((Code::UnknownAtom, _)) => match self.make_box(&local) {
                // Another request of the same client made it meanwhile.
                Err((Code::AtomNameTaken, _)) => self.open_one(&name),
                made => made,
            },
            known => known,
        }
    }

    fn open_one(&self, name: &str) -> Result<InUse, Failure> {
        let all = lock(&self.boxes.all);
        let known = all.get(name).filter(|known| !lock(&known.state).closed);
        known.map(InUse::new).ok_or_else(|| gone(name))
    }

    fn close_box(self: &Arc<Self>, name: &str) -> Result<Response, Failure> {
        let closing = self.open_one(name)?;
        lock(&closing.state).closed = true;
        // What comes from now on is acknowledged, and dropped; what it sent stays until it has arrived.
        closing.desk.close(Gate::Ended);
        closing.desk.notify();
        let closed = Arc::clone(&closing.0);
        drop(closing);
        if closed.is_over() {
            self.remove_box(&closed);
        }
        Ok(Response::Done {})
    }

    fn remove_box(self: &Arc<Self>, over: &Arc<PostBox>) {
        let name = over.desk.name.as_str();
        lock(&self.boxes.all).remove(name);
        lock(&over.state).closed = true;
        over.desk.close(Gate::Ended);
        over.desk.notify();
        self.posts.remove(&over.desk);
        self.tell(Input::Ended { atom: name.into() });
    }

    // ------------------------------------------------------------ messages

    fn receive(
        self: &Arc<Self>,
        name: &str,
        most: u32,
        wait_ms: u32,
        after: u64,
    ) -> Result<Response, Failure> {
        let asked = self.open_one(name)?;
        let until = deadline(wait_ms);
        loop {
            let seen = asked.wake.count();
            // Whoever wants none tells that somebody is there.
            let answer = if most == 0 { None } else { asked.answer(most as usize, after)? };
            if let Some((number, events)) = answer {
                self.freed(&asked.desk);
                return Ok(Response::Events { number, events, lost: 0 });
            }
            if most == 0 || !asked.wake.wait_beyond(seen, until) {
                let number = lock(&asked.state).number;
                return Ok(Response::Events { number, events: Vec::new(), lost: 0 });
            }
        }
    }

    fn post_for(
        self: &Arc<Self>,
        sender: &PostBox,
        to: &str,
        event: Event,
        until: Instant,
    ) -> Result<Response, Failure> {
        let (to, id) = match event.kind {
            EventKind::Message | EventKind::Interrupt => {
                let to = self.resolve(to)?;
                let id = self.post_until(sender, &to, &Event { call: 0, code: 0, ..event }, until)?;
                (to, id)
            }
            EventKind::Reply => {
                let answered = event.call;
                let (to, call) = sender.asked(answered)?;
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
        loop {
            let seen = sender.wake.count();
            match self.post(&sender.desk, to, event.clone()) {
                Ok(id) => return Ok(id),
                Err(Code::Busy) if sender.wake.wait_beyond(seen, until) => {}
                Err(code) => return Err(unsent(code, to, event.data.len())),
            }
        }
    }

    fn call_for(
        self: &Arc<Self>,
        asker: &str,
        to: &str,
        event: Event,
        wait_ms: u32,
    ) -> Result<Response, Failure> {
        if !matches!(event.kind, EventKind::Message | EventKind::Interrupt) {
            return Err((Code::InvalidRequest, "a call is a message or an interrupt".into()));
        }
        let until = deadline(wait_ms);
        let caller = self.hidden_box(asker)?;
        let to = self.resolve(to)?;
        let call = {
            let mut inner = caller.desk.inner();
            let limits = *inner.mailbox.limits();
            let future = inner.mailbox.calls().future(&to, None, &limits);
            future.map_err(|code| (code, format!("{asker} waits for too many answers")))?
        };
        let answer = self
            .post_until(&caller, &to, &Event { call, code: 0, ..event }, until)
            .and_then(|_| caller.answer_of(call, &to, wait_ms, until));
        // Gone already where the answer came.
        let _ = caller.desk.inner().mailbox.calls().cancel(call);
        let events = vec![Event { call: 0, ..answer? }];
        Ok(Response::Events { number: 0, events, lost: 0 })
    }

    /// A box hears of an atom's end; at once when there is no such atom.
    fn watch_for(self: &Arc<Self>, name: &str, atom: &str) -> Result<Response, Failure> {
        let watcher = self.open_one(name)?;
        let event = Event { kind: EventKind::Watch, ..Event::default() };
        let resolved = self.resolve(atom);
        let sent = match &resolved {
            Ok(to) => self.post(&watcher.desk, to, event).map_err(|code| unsent(code, to, 0)),
            Err(failure) => Err(failure.clone()),
        };
        match sent {
            Err((Code::UnknownAtom, _)) => {
                let atom = resolved.as_deref().unwrap_or(atom);
                watcher.desk.inner().mailbox.put(ended(atom, Code::UnknownAtom.number().into()));
                watcher.desk.notify();
            }
            sent => drop(sent?),
        }
        Ok(Response::Done {})
    }
}

impl PostBox {
    /// Who waits for the answer to a call that was received, and its future.
    fn asked(&self, call: u64) -> Result<(String, u64), Failure> {
        let mut inner = self.desk.inner();
        let asked = inner.mailbox.calls().asked(call).map(|(source, future)| (source.to_string(), future));
        asked.ok_or_else(|| (Code::UnknownCall, format!("{} has no call {call} to answer", self.desk.name)))
    }

    /// Waits for the answer to a call.
    fn answer_of(&self, call: u64, to: &str, wait_ms: u32, until: Instant) -> Result<Event, Failure> {
        loop {
            let seen = self.wake.count();
            let answer = {
                let mut inner = self.desk.inner();
                let calls = inner.mailbox.calls();
                (calls.state(call, 0) == FutureState::Ready).then(|| calls.take(call)).flatten()
            };
            match answer {
                Some(Event { kind: EventKind::Failed, code, .. }) => return Err(unanswered(code, to)),
                Some(answer) => return Ok(answer),
                None if self.wake.wait_beyond(seen, until) => {}
                None => return Err((Code::TimedOut, format!("{to} did not answer within {wait_ms} ms"))),
            }
        }
    }
}

/// Boxes that nobody asks for go, as long as there are any.
fn sweep(watched: &Weak<Shared>) {
    loop {
        std::thread::sleep(SWEEP);
        let Some(shared) = watched.upgrade().filter(|shared| !shared.closed()) else { return };
        let all: Vec<Arc<PostBox>> = lock(&shared.boxes.all).values().cloned().collect();
        for over in all.iter().filter(|each| each.is_over()) {
            shared.remove_box(over);
        }
        if lock(&shared.boxes.all).is_empty() {
            return;
        }
    }
}

fn deadline(wait_ms: u32) -> Instant {
    Instant::now() + Duration::from_millis(wait_ms.into())
}

fn gone(name: &str) -> Failure {
    let (code, _) = unknown_atom(name);
    (code, format!("there is no box {name:?} here: it was closed, or nobody asked for it for a minute"))
}

fn unsent(code: Code, to: &str, bytes: usize) -> Failure {
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
