//! Routes, streams, and taking messages.

use super::request::Request;
use super::response::Response;
use super::route::{Action, Fold, Route, Upload};
use super::socket::{Accept, Frame, Full, Socket};
use super::stream::{Entry, Stream};
use super::{BATCH, OPENERS, STREAMS};
use crate::error::Result;
use crate::message::Message;
use crate::place::now_ns;
use crate::post::receive;
use crate::raw::Code;
use crate::{unwatch, watch};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::{Debug, Formatter};
use std::rc::Rc;
use std::time::Duration;

type Other = Rc<dyn Fn(Message)>;

/// A gateway, as long as there are streams of it.
#[derive(Default)]
pub(super) struct Opener {
    pub(super) streams: usize,
    pub(super) watched: bool,
}

/// All that changes.
#[derive(Default)]
pub(super) struct State {
    pub(super) streams: BTreeMap<u64, Entry>,
    pub(super) known: BTreeMap<(Rc<str>, Rc<str>), u64>,
    pub(super) openers: BTreeMap<Rc<str>, Opener>,
    pub(super) last: u64,
    pub(super) collected: usize,
}

#[derive(Default)]
pub(super) struct Inner {
    pub(super) routes: RefCell<Vec<Rc<Route>>>,
    pub(super) state: RefCell<State>,
    other: RefCell<Option<Other>>,
}

/// A server. A clone is the same one.
#[derive(Clone, Default)]
pub struct Server(pub(super) Rc<Inner>);

impl Debug for Server {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Server").field("streams", &self.streams()).finish_non_exhaustive()
    }
}

/// Routes are asked in the order in which they were said. A path has segments as parameters, `/a/{name}`; a last segment `*` is whatever
/// follows, as parameter `*`.
impl Server {
    /// One without routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    fn with(self, method: &str, path: &str, action: Action) -> Self {
        let route = Route {
            method: method.to_owned(),
            path: path.to_owned(),
            limit: None,
            full: Full::Close,
            action,
        };
        self.0.routes.borrow_mut().push(Rc::new(route));
        self
    }

    /// Answers a method (`""`: any) and a path, with the whole body at hand.
    #[must_use]
    pub fn route<R: Into<Response>>(
        self,
        method: &str,
        path: &str,
        handle: impl Fn(&Request) -> R + 'static,
    ) -> Self {
        self.with(method, path, Action::Whole(Box::new(move |request| handle(request).into())))
    }

    /// Answers GET and HEAD.
    #[must_use]
    pub fn get<R: Into<Response>>(self, path: &str, handle: impl Fn(&Request) -> R + 'static) -> Self {
        self.route("GET", path, handle)
    }

    /// Answers POST.
    #[must_use]
    pub fn post<R: Into<Response>>(self, path: &str, handle: impl Fn(&Request) -> R + 'static) -> Self {
        self.route("POST", path, handle)
    }

    /// Takes bodies piece by piece; the function begins with the head of a request.
    #[must_use]
    pub fn upload<U: Upload + 'static>(
        self,
        method: &str,
        path: &str,
        begin: impl Fn(&Request) -> U + 'static,
    ) -> Self {
        self.with(method, path, Action::Upload(Box::new(move |request| Box::new(begin(request)))))
    }

    /// Takes bodies piece by piece, into a value: how it begins, what a piece does to it, and what is answered at the end.
    #[must_use]
    pub fn fold<T: 'static, R: Into<Response> + 'static>(
        self,
        method: &str,
        path: &str,
        begin: impl Fn(&Request) -> T + 'static,
        piece: impl Fn(&mut T, &[u8]) + 'static,
        end: impl Fn(T) -> R + 'static,
    ) -> Self {
        let (piece, end) = (Rc::new(piece), Rc::new(end));
        let begin = move |request: &Request| Fold {
            value: begin(request),
            piece: Rc::clone(&piece),
            end: Rc::clone(&end),
        };
        self.upload(method, path, begin)
    }

    /// Talks over WebSocket; the function accepts each, or refuses.
    #[must_use]
    pub fn socket(self, path: &str, open: impl Fn(&Request, &Socket) -> Accept + 'static) -> Self {
        self.with("", path, Action::Socket(Box::new(open)))
    }

    fn change(self, change: impl FnOnce(&mut Route)) -> Self {
        if let Some(last) = self.0.routes.borrow_mut().last_mut().and_then(Rc::get_mut) {
            change(last);
        }
        self
    }

    /// The route that was said last takes bodies of so many bytes.
    #[must_use]
    pub fn limit(self, bytes: u64) -> Self {
        self.change(|route| route.limit = Some(bytes))
    }

    /// What the route that was said last does with WebSocket clients that do not read.
    #[must_use]
    pub fn full(self, full: Full) -> Self {
        self.change(|route| route.full = full)
    }

    /// Messages which are not of the door go here.
    #[must_use]
    pub fn other(self, run: impl Fn(Message) + 'static) -> Self {
        self.0.other.replace(Some(Rc::new(run)));
        self
    }

    /// How many streams there are.
    #[must_use]
    pub fn streams(&self) -> usize {
        self.0.state.borrow().streams.len()
    }

    /// Streams of a route, given by its path, whose answer is under way.
    #[must_use]
    pub fn sending(&self, path: &str) -> Vec<Stream> {
        self.of(path, |entry| entry.sending)
    }

    /// Sockets of a route, given by its path.
    #[must_use]
    pub fn sockets(&self, path: &str) -> Vec<Socket> {
        self.of(path, |entry| entry.is_socket && entry.answered).into_iter().map(Socket).collect()
    }

    fn of(&self, path: &str, wanted: impl Fn(&Entry) -> bool) -> Vec<Stream> {
        let state = self.0.state.borrow();
        let fits =
            |entry: &Entry| wanted(entry) && entry.route.as_ref().is_some_and(|route| route.path == path);
        let found = state.streams.iter().filter(|(_, entry)| fits(entry));
        found.map(|(number, _)| Stream { server: self.clone(), number: *number }).collect()
    }

    /// Sends a message to all sockets of a route, given by its path; to how many.
    pub fn broadcast(&self, path: &str, frame: impl Into<Frame>) -> usize {
        let frame = frame.into();
        self.sockets(path).iter().filter(|socket| socket.give(&frame).is_ok()).count()
    }

    /// The stream with this number, if it lasts.
    #[must_use]
    pub fn find(&self, number: u64) -> Option<Stream> {
        let stream = Stream { server: self.clone(), number };
        stream.is_open().then_some(stream)
    }

    /// A new stream for a call; `None`: there is no room.
    pub(super) fn begin(&self, message: &Message, is_socket: bool, is_open: bool) -> Option<Stream> {
        let mut state = self.0.state.borrow_mut();
        if state.streams.len() >= STREAMS {
            return None;
        }
        let opener: Rc<str> = match state.openers.get_key_value(message.source.as_str()) {
            Some((known, _)) => Rc::clone(known),
            None => state.admit(&message.source)?,
        };
        let id: Rc<str> = message.subject.as_str().into();
        state.last += 1;
        let number = state.last;
        if let Some(of) = state.openers.get_mut(&opener) {
            of.streams += 1;
        }
        state.known.insert((Rc::clone(&opener), Rc::clone(&id)), number);
        let call = message.clone_head();
        state.streams.insert(number, Entry::new(opener, id, call, is_socket, is_open));
        Some(Stream { server: self.clone(), number })
    }

    /// Takes what has come; for the function of a reactive atom.
    ///
    /// # Errors
    /// What `receive` gives, other than `TimedOut`.
    pub fn handle(&self) -> Result<()> {
        for _ in 0..BATCH {
            match receive(Duration::ZERO) {
                Err(Code::TimedOut) => break,
                message => self.one(message?),
            }
        }
        Ok(())
    }

    /// Takes messages for ever; for the function of a daemon.
    ///
    /// # Errors
    /// What `receive` gives.
    pub fn serve(&self) -> Result<()> {
        loop {
            self.one(receive(None)?);
        }
    }

    /// The same, and runs a function each time so much time is over.
    ///
    /// # Errors
    /// What `receive` gives.
    pub fn serve_every(&self, every: Duration, tick: impl Fn()) -> Result<()> {
        let step = u64::try_from(every.as_nanos()).unwrap_or(u64::MAX).max(1);
        let mut due = now_ns().saturating_add(step);
        loop {
            match receive(Duration::from_nanos(due.saturating_sub(now_ns()))) {
                Err(Code::TimedOut) => {}
                message => self.one(message?),
            }
            if now_ns() >= due {
                due = due.saturating_add(step);
                tick();
            }
        }
    }

    fn one(&self, message: Message) {
        let other = self.0.other.borrow().clone();
        if let (Some(message), Some(other)) = (self.take(message), other) {
            other(message);
        }
    }
}

impl State {
    /// Room for another gateway: one without streams is forgotten for it.
    fn admit(&mut self, name: &str) -> Option<Rc<str>> {
        if self.openers.len() >= OPENERS {
            let (idle, _) = self.openers.iter().find(|(_, opener)| opener.streams == 0)?;
            let idle = Rc::clone(idle);
            if self.openers.remove(&idle).is_some_and(|opener| opener.watched) {
                // One that has ended is not watched any more.
                let _ = unwatch(&idle);
            }
        }
        let name: Rc<str> = name.into();
        self.openers.insert(Rc::clone(&name), Opener::default());
        Some(name)
    }

    /// An opener whose streams go on is watched.
    pub(super) fn watch(&mut self, number: u64) {
        let Some(entry) = self.streams.get(&number) else { return };
        if let Some(opener) = self.openers.get_mut(&entry.opener)
            && !opener.watched
        {
            opener.watched = watch(&entry.opener).is_ok();
        }
    }
}
