//! Futures, calls to be answered, and callbacks.

use crate::Limits;
use alloc::collections::{BTreeMap, VecDeque};
use alloc::string::String;
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
    /// Who is to answer.
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
    /// Interrupts, in their order, while somebody wants callbacks for them.
    #[n(5)]
    pub(crate) due: VecDeque<Callback>,
    /// How many callbacks run, one within the other.
    #[n(6)]
    pub(crate) depth: u32,
}

impl Calls {
    /// A new future.
    ///
    /// # Errors
    /// `Code::Busy` when there are too many.
    pub fn future(&mut self, to: &str, expires_ns: Option<u64>, limits: &Limits) -> Result<u64, Code> {
        if self.futures.len() >= limits.calls {
            return Err(Code::Busy);
        }
        self.next_future += 1;
        let future = Future { to: to.into(), expires_ns, answer: None, callback: None };
        self.futures.insert(self.next_future, future);
        Ok(self.next_future)
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
        let Some(future) = self.futures.get_mut(&number) else { return };
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
        self.futures.get(&future)?.answer.as_ref()?;
        self.futures.remove(&future)?.answer
    }

    /// Gives a future up.
    ///
    /// # Errors
    /// `Code::UnknownFuture`.
    pub fn cancel(&mut self, future: u64) -> Result<(), Code> {
        self.futures.remove(&future).map(drop).ok_or(Code::UnknownFuture)
    }

    /// An answer came; nobody waits for those that are dropped. Tells whether somebody did.
    pub(crate) fn resolve(&mut self, event: Event) -> bool {
        let Some(future) = self.futures.get_mut(&event.call) else { return false };
        // Only who was asked may answer, and once.
        if future.answer.is_some() || (event.kind == EventKind::Reply && future.to != event.source) {
            return false;
        }
        match future.callback {
            Some(registration) => {
                self.futures.remove(&event.call);
                self.due.push_back(Callback { event, registration });
            }
            None => future.answer = Some(event),
        }
        true
    }

    /// Futures that wait for an atom fail, as it has ended.
    pub fn fail(&mut self, to: &str, code: Code) {
        let waiting = |(number, future): (&u64, &Future)| {
            (future.to == to && future.answer.is_none()).then_some(*number)
        };
        let numbers: alloc::vec::Vec<u64> = self.futures.iter().filter_map(waiting).collect();
        for number in numbers {
            self.resolve(failed(to, number, code));
        }
    }

    /// The answer of a future becomes a callback.
    ///
    /// # Errors
    /// `Code::UnknownFuture`.
    pub fn on_future(&mut self, future: u64, registration: Registration) -> Result<(), Code> {
        let known = self.futures.get_mut(&future).ok_or(Code::UnknownFuture)?;
        known.callback = Some(registration);
        if let Some(event) = known.answer.take() {
            self.futures.remove(&future);
            self.due.push_back(Callback { event, registration });
        }
        Ok(())
    }

    /// A call was received; what the guest answers it with.
    pub(crate) fn received(&mut self, source: &str, future: u64, limits: &Limits) -> u64 {
        while self.asked.len() >= limits.calls {
            // Whoever answers none of so many will not answer the oldest.
            self.asked.pop_first();
        }
        self.next_call += 1;
        self.asked.insert(self.next_call, (source.into(), future));
        self.next_call
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

    /// The callback that is due, if it may begin now.
    #[must_use]
    pub fn due(&self) -> Option<&Callback> {
        self.due.iter().find(|callback| self.depth == 0 || callback.registration.nested)
    }

    /// Begins the callback that is due.
    pub fn begin(&mut self) -> Option<Callback> {
        let depth = self.depth;
        let place = self.due.iter().position(|callback| depth == 0 || callback.registration.nested)?;
        self.depth += 1;
        self.due.remove(place)
    }

    /// The callback that began last has ended.
    ///
    /// # Errors
    /// `Code::NothingDue` when none runs.
    pub fn end(&mut self) -> Result<(), Code> {
        self.depth = self.depth.checked_sub(1).ok_or(Code::NothingDue)?;
        Ok(())
    }

    /// When the next future fails whose failure is a callback.
    #[must_use]
    pub fn next_expiry(&self) -> Option<u64> {
        let wanted = self.futures.values().filter(|future| future.callback.is_some());
        wanted.filter_map(|future| future.expires_ns).min()
    }

    /// Futures with callbacks whose time is over fail.
    pub fn expire_callbacks(&mut self, now_ns: u64) {
        while let Some(number) = self.futures.iter().find_map(|(number, future)| {
            let over = future.expires_ns.is_some_and(|at| at <= now_ns);
            (future.callback.is_some() && over).then_some(*number)
        }) {
            self.expire(number, now_ns);
        }
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
