//! Futures, calls to be answered, and callbacks.

use crate::Limits;
use crate::outbound::size;
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use minicbor::{Decode, Encode};
use sojourn_abi::{Code, Event, EventKind};

/// That a callback is wanted, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Registration {
    /// Given to the callback.
    #[n(0)]
    pub context: u64,
    /// Whether it may run while another callback does.
    #[n(1)]
    pub nested: bool,
}

/// A future.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub(crate) struct Future {
    /// Global name of who is to answer.
    #[n(0)]
    pub(crate) to: String,
    /// When it fails, on the guest's clock.
    #[n(1)]
    pub(crate) expires_ns: Option<u64>,
    #[n(2)]
    pub(crate) answer: Option<Event>,
    #[n(3)]
    pub(crate) callback: Option<Registration>,
}

/// How a future stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FutureState {
    /// No answer yet; when it fails, on the guest's clock.
    Pending(Option<u64>),
    /// The answer is there.
    Ready,
    /// There is none of this number.
    Unknown,
}

/// A callback that is due.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Callback {
    /// What it is about.
    #[n(0)]
    pub event: Event,
    /// Whether and with what it is to be called.
    #[n(1)]
    pub registration: Registration,
}

/// Futures, calls to be answered, and callbacks of one atom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Calls {
    #[n(0)]
    pub(crate) next_future: u64,
    #[n(1)]
    pub(crate) futures: BTreeMap<u64, Future>,
    #[n(2)]
    pub(crate) next_call: u64,
    /// Calls that the guest has received and not answered: who asks, and its future.
    #[n(3)]
    pub(crate) asked: BTreeMap<u64, (String, u64)>,
    #[n(4)]
    pub(crate) interrupts: Option<Registration>,
    /// Callbacks that are due, in their order.
    #[n(5)]
    pub(crate) due: VecDeque<Callback>,
    /// How many callbacks run, one within the other.
    #[n(6)]
    pub(crate) depth: u32,
    /// Answers that a journal gave back before the guest has made its calls again.
    #[n(7)]
    pub(crate) before: BTreeMap<u64, Event>,
    /// Bytes of answers and callbacks.
    #[cbor(skip)]
    pub(crate) bytes: usize,
    /// When futures fail whose failure is a callback, or is received as a message.
    #[cbor(skip)]
    expiries: BTreeSet<(u64, u64)>,
    /// Most calls to be answered.
    #[cbor(skip)]
    most: usize,
    /// Whether answers are received as messages are; see `Mailbox::queue_answers`.
    #[cbor(skip)]
    pub(crate) in_order: bool,
    /// Answers that are to be received after what has come before them.
    #[cbor(skip)]
    pub(crate) came: Vec<Event>,
}

impl Calls {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { most: limits.calls, ..Self::default() }
    }

    /// Futures, calls and callbacks of a guest that is no more go. Who asked and has no answer, and its future.
    pub(crate) fn forget(&mut self) -> Vec<(String, u64)> {
        let asked = core::mem::take(&mut self.asked);
        let Self { next_future, next_call, most, in_order, .. } = *self;
        *self = Self { next_future, next_call, most, in_order, ..Self::default() };
        asked.into_values().collect()
    }

    // ------------------------------------------------------------ futures

    /// A new future, which `to` (a global name: only it may answer) is to resolve.
    ///
    /// # Errors
    /// `Code::Busy` when there are too many.
    pub fn future(&mut self, to: &str, expires_ns: Option<u64>, limits: &Limits) -> Result<u64, Code> {
        if self.futures.len() + self.due.len() >= limits.calls {
            return Err(Code::Busy);
        }
        self.next_future += 1;
        let number = self.next_future;
        self.futures.insert(number, Future { to: to.into(), expires_ns, answer: None, callback: None });
        if let Some(at) = expires_ns.filter(|_| self.in_order) {
            self.expiries.insert((at, number));
        }
        if let Some(event) = self.before.remove(&number) {
            self.bytes -= size(&event);
            self.resolve(event);
        }
        Ok(number)
    }

    /// How a future stands; one whose time is over at `now_ns` fails here.
    pub fn state(&mut self, future: u64, now_ns: u64) -> FutureState {
        self.expire(future, now_ns);
        match self.futures.get(&future) {
            None => FutureState::Unknown,
            Some(Future { answer: Some(_), .. }) => FutureState::Ready,
            Some(Future { expires_ns, .. }) => FutureState::Pending(*expires_ns),
        }
    }

    fn expire(&mut self, number: u64, now_ns: u64) {
        let Some(future) = self.futures.get(&number) else { return };
        if future.answer.is_none() && future.expires_ns.is_some_and(|at| at <= now_ns) {
            let event = failed(&future.to, number, Code::TimedOut);
            self.resolve(event);
        }
    }

    /// The answer of a future, to look at.
    #[must_use]
    pub fn answer(&self, future: u64) -> Option<&Event> {
        self.futures.get(&future)?.answer.as_ref()
    }

    /// Takes the answer of a future, which is gone then.
    pub fn take(&mut self, future: u64) -> Option<Event> {
        self.answer(future)?;
        self.remove(future)?.answer
    }

    /// Gives a future up.
    ///
    /// # Errors
    /// `Code::UnknownFuture`.
    pub fn cancel(&mut self, future: u64) -> Result<(), Code> {
        self.remove(future).map(drop).ok_or(Code::UnknownFuture)
    }

    /// Takes back the future that was made last, as its call was not sent: the next one has its number, so that numbers
    /// tell only of calls that were.
    pub fn take_back(&mut self, future: u64) {
        let Some(gone) = self.remove(future) else { return };
        if future == self.next_future {
            self.next_future -= 1;
            gone.answer.into_iter().for_each(|event| self.keep(event));
        }
    }

    fn remove(&mut self, number: u64) -> Option<Future> {
        let future = self.futures.remove(&number)?;
        if let Some(at) = future.expires_ns {
            self.expiries.remove(&(at, number));
        }
        self.bytes -= future.answer.as_ref().map_or(0, size);
        Some(future)
    }

    /// An answer came; one that nobody waits for is dropped. Tells whether somebody did.
    pub(crate) fn resolve(&mut self, event: Event) -> bool {
        let number = event.call;
        let Some(future) = self.futures.get_mut(&number) else { return false };
        // Only who was asked may answer, and once.
        if future.answer.is_some() || (event.kind == EventKind::Reply && future.to != event.source) {
            return false;
        }
        if self.in_order {
            self.remove(number);
            self.came.push(event);
        } else if let Some(registration) = future.callback {
            self.remove(number);
            self.push(Callback { event, registration });
        } else {
            self.bytes += size(&event);
            future.answer = Some(event);
        }
        true
    }

    /// As `resolve`; an answer that goes beyond the room for answers is a failure, so that nothing else has to wait
    /// until the guest takes those that are there.
    pub(crate) fn resolve_within(&mut self, event: Event, room: usize) -> bool {
        if self.bytes.saturating_add(size(&event)) <= room || event.kind == EventKind::Failed {
            return self.resolve(event);
        }
        let asked = self.futures.get(&event.call).is_some_and(|future| future.to == event.source);
        asked && self.resolve(failed(&event.source, event.call, Code::NoRoom))
    }

    /// An answer that a journal gave back, to a call that the guest is about to make again.
    pub(crate) fn keep(&mut self, event: Event) {
        if event.call > self.next_future && self.before.len() < self.most {
            self.bytes += size(&event);
            if let Some(older) = self.before.insert(event.call, event) {
                self.bytes -= size(&older);
            }
        }
    }

    /// Who is waited for.
    #[must_use]
    pub fn awaited(&self) -> BTreeSet<String> {
        let waiting = self.futures.values().filter(|future| future.answer.is_none());
        waiting.map(|future| future.to.clone()).collect()
    }

    /// Futures that wait for an atom fail, as it has ended; how many.
    pub fn fail(&mut self, to: &str, code: Code) -> usize {
        let waiting = |(number, future): (&u64, &Future)| {
            (future.to == to && future.answer.is_none()).then_some(*number)
        };
        let numbers: Vec<u64> = self.futures.iter().filter_map(waiting).collect();
        numbers.into_iter().filter(|number| self.resolve(failed(to, *number, code))).count()
    }

    /// The answer of a future becomes a callback.
    ///
    /// # Errors
    /// `Code::UnknownFuture`.
    pub fn on_future(&mut self, future: u64, registration: Registration) -> Result<(), Code> {
        let known = self.futures.get_mut(&future).ok_or(Code::UnknownFuture)?;
        known.callback = Some(registration);
        if known.answer.is_some() {
            if let Some(event) = self.remove(future).and_then(|future| future.answer) {
                self.push(Callback { event, registration });
            }
        } else if let Some(at) = known.expires_ns {
            self.expiries.insert((at, future));
        }
        Ok(())
    }

    /// When the next future fails whose failure is a callback, or is received as a message.
    #[must_use]
    pub fn next_expiry(&self) -> Option<u64> {
        self.expiries.first().map(|(at, _)| *at)
    }

    /// Those of them whose time is over fail.
    pub fn expire_callbacks(&mut self, now_ns: u64) {
        while let Some((at, number)) = self.expiries.first().copied()
            && at <= now_ns
        {
            self.expiries.pop_first();
            self.expire(number, now_ns);
        }
    }

    // ------------------------------------------------------------ calls to be answered

    /// A call is given to the guest: it gets the number that it is answered with.
    pub(crate) fn number(&mut self, event: &mut Event) {
        if event.call == 0 || !matches!(event.kind, EventKind::Message | EventKind::Interrupt) {
            return;
        }
        while self.asked.len() >= self.most && self.asked.pop_first().is_some() {
            // Whoever answers none of so many will not answer the oldest.
        }
        self.next_call += 1;
        self.asked.insert(self.next_call, (event.source.clone(), event.call));
        event.call = self.next_call;
    }

    /// Who asks, and its future.
    #[must_use]
    pub fn asked(&self, call: u64) -> Option<(&str, u64)> {
        self.asked.get(&call).map(|(source, future)| (source.as_str(), *future))
    }

    /// A call was answered.
    pub fn answered(&mut self, call: u64) {
        self.asked.remove(&call);
    }

    // ------------------------------------------------------------ callbacks

    /// A callback is due from now on. A call has the number already that it is answered with.
    pub(crate) fn push(&mut self, mut callback: Callback) {
        self.number(&mut callback.event);
        self.bytes += size(&callback.event);
        self.due.push_back(callback);
    }

    /// Interrupts that are no callbacks any more, as they came.
    pub(crate) fn take_interrupts(&mut self) -> Vec<Event> {
        let is_one = |callback: &Callback| callback.event.kind == EventKind::Interrupt;
        let (taken, rest): (Vec<Callback>, Vec<Callback>) = self.due.drain(..).partition(is_one);
        self.due = rest.into();
        let mut events: Vec<Event> = taken.into_iter().map(|callback| callback.event).collect();
        for event in &mut events {
            self.bytes -= size(event);
            event.call = self.asked.remove(&event.call).map_or(0, |(_, future)| future);
        }
        events
    }

    /// The callback that is due, if it may begin now.
    #[must_use]
    pub fn due(&self) -> Option<&Callback> {
        self.due.iter().find(|callback| self.depth == 0 || callback.registration.nested)
    }

    /// Begins the callback that is due.
    pub fn begin(&mut self) -> Option<Callback> {
        let depth = self.depth;
        let place = self.due.iter().position(|callback| depth == 0 || callback.registration.nested)?;
        let callback = self.due.remove(place)?;
        self.bytes -= size(&callback.event);
        self.depth = depth.saturating_add(1);
        Some(callback)
    }

    /// The callback that began last has ended.
    ///
    /// # Errors
    /// `Code::NothingDue` when none runs.
    pub fn end(&mut self) -> Result<(), Code> {
        self.depth = self.depth.checked_sub(1).ok_or(Code::NothingDue)?;
        Ok(())
    }

    /// Counts what is not part of bytes.
    pub(crate) fn count(&mut self, limits: &Limits) {
        self.most = limits.calls;
        let answers = self.futures.values().filter_map(|future| future.answer.as_ref());
        let due = self.due.iter().map(|callback| &callback.event);
        self.bytes = answers.chain(due).chain(self.before.values()).map(size).sum();
        let waiting = |(number, future): (&u64, &Future)| {
            let waits = future.callback.is_some() && future.answer.is_none();
            future.expires_ns.filter(|_| waits).map(|at| (at, *number))
        };
        self.expiries = self.futures.iter().filter_map(waiting).collect();
    }
}

/// What a call that failed is answered with.
fn failed(by: &str, future: u64, code: Code) -> Event {
    Event {
        kind: EventKind::Failed,
        source: by.into(),
        call: future,
        code: code.number().into(),
        ..Event::default()
    }
}
