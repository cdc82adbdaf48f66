//! A stream: what is sent over it, and its window.

use super::request::Request;
use super::response::{Body, Response};
use super::route::{Route, Upload};
use super::server::Server;
use super::socket::{Accept, Socket};
use super::{PATIENCE, PIECE, WHOLE, WINDOW};
use crate::error::Result;
use crate::message::{Draft, Message};
use crate::post::send_for;
use crate::raw::Code;
use std::fmt::{Debug, Formatter};
use std::rc::Rc;

type Pieces = Box<dyn Iterator<Item = Vec<u8>>>;
type Gone = Box<dyn FnOnce(&str)>;
type Room = Rc<dyn Fn(&Stream)>;

/// What is kept of a stream.
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(super) struct Entry {
    pub(super) opener: Rc<str>,
    pub(super) id: Rc<str>,
    call: Message,
    pub(super) is_socket: bool,
    pub(super) is_open: bool,
    pub(super) is_head: bool,
    pub(super) route: Option<Rc<Route>>,
    pub(super) request: Option<Request>,
    pub(super) upload: Option<Box<dyn Upload>>,
    pub(super) accept: Option<Accept>,
    /// Bytes of a body that is collected, which count.
    pub(super) kept: usize,
    pub(super) whole: bool,
    pub(super) answered: bool,
    pub(super) sending: bool,
    wants_room: bool,
    pub(super) received: u64,
    pub(super) granted: u64,
    pub(super) sent: u64,
    pub(super) credit: u64,
    pieces: Option<Pieces>,
    rest: Vec<u8>,
    rest_at: usize,
    gone: Option<Gone>,
    room: Option<Room>,
}

impl Entry {
    pub(super) fn new(opener: Rc<str>, id: Rc<str>, call: Message, is_socket: bool, is_open: bool) -> Self {
        Self {
            opener,
            id,
            call,
            is_socket,
            is_open,
            is_head: false,
            route: None,
            request: None,
            upload: None,
            accept: None,
            kept: 0,
            whole: false,
            answered: false,
            sending: false,
            wants_room: false,
            received: 0,
            granted: 0,
            sent: 0,
            credit: 0,
            pieces: None,
            rest: Vec::new(),
            rest_at: 0,
            gone: None,
            room: None,
        }
    }
}

/// A request and its answer, or a WebSocket, for as long as it lasts; may be kept and cloned.
#[derive(Clone)]
pub struct Stream {
    pub(super) server: Server,
    pub(super) number: u64,
}

impl Debug for Stream {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Stream").field("number", &self.number).finish_non_exhaustive()
    }
}

impl PartialEq for Stream {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for Stream {}

impl Stream {
    /// Its number, unlike that of any other.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.number
    }

    /// Whether it lasts.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.with(|_| ()).is_some()
    }

    /// Its server.
    #[must_use]
    pub fn server(&self) -> Server {
        self.server.clone()
    }

    pub(super) fn with<T>(&self, run: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        self.server.0.state.borrow_mut().streams.get_mut(&self.number).map(run)
    }

    /// It is over; the application is told if it is to be.
    pub(super) fn over(&self, tell: bool, code: u16, why: &str) {
        let entry = {
            let mut state = self.server.0.state.borrow_mut();
            let Some(entry) = state.streams.remove(&self.number) else { return };
            state.known.remove(&(Rc::clone(&entry.opener), Rc::clone(&entry.id)));
            state.collected -= entry.kept;
            if let Some(opener) = state.openers.get_mut(&entry.opener) {
                opener.streams -= 1;
            }
            entry
        };
        let Entry { upload, accept, gone, .. } = entry;
        if !tell {
            return;
        }
        if let Some(mut upload) = upload {
            upload.gone(why);
        }
        if let Some(closed) = accept.and_then(|accept| accept.closed) {
            closed(code, why);
        }
        if let Some(gone) = gone {
            gone(why);
        }
    }

    /// A message of it, that counts so much; one that cannot be sent ends it.
    pub(super) fn post(&self, ty: &str, numbered: bool, data: &[u8], counts: u64) -> Result<()> {
        let parts = self.with(|entry| (Rc::clone(&entry.opener), Rc::clone(&entry.id), entry.sent));
        let (to, id, sent) = parts.ok_or(Code::Ended)?;
        let place = if numbered { sent.to_string() } else { String::new() };
        let draft = Draft::new(ty).subject(&id).content_type(&place).data(data);
        match send_for(&to, draft, PATIENCE) {
            Ok(_) => {
                self.with(|entry| entry.sent += counts);
                Ok(())
            }
            Err(code) => {
                self.over(true, 1006, code.text());
                Err(code)
            }
        }
    }

    /// Ends it, and tells the other side why: by the code of a WebSocket, or by an answer with this status when there was none.
    pub(super) fn fail(&self, tell: bool, code: u16, why: &str) {
        let Some((answered, is_socket)) = self.with(|entry| (entry.answered, entry.is_socket)) else {
            return;
        };
        if answered {
            let (ty, text) = if is_socket {
                ("ws.close", format!("{code} {why}"))
            } else {
                ("http.abort", why.to_owned())
            };
            // What cannot be sent ends it as well.
            let _ = self.post(ty, false, text.as_bytes(), 0);
        } else {
            let problem = Response::problem(if is_socket { 400 } else { code }, why);
            // The call may have expired.
            let _ = self.reply("http.response", problem, &[]);
        }
        self.over(tell, code, why);
    }

    /// Replies to its call: a head, and what follows it.
    pub(super) fn reply(&self, ty: &str, response: Response, data: &[u8]) -> Result<()> {
        let call = self.with(|entry| {
            let answered = std::mem::replace(&mut entry.answered, true);
            (!answered).then(|| (entry.call.clone(), Rc::clone(&entry.id)))
        });
        let (call, id) = call.flatten().ok_or(Code::UnknownCall)?;
        let mut text = response.head();
        match response.body {
            Body::Whole(body) if data.is_empty() && ty == "http.response" => text.extend(body),
            _ => text.extend(data),
        }
        call.reply(Draft::new(ty).subject(&id).content_type("message/http").data(&text))
            .inspect_err(|code| self.over(true, 1006, code.text()))
    }

    /// Answers, if that was left for later.
    ///
    /// # Errors
    /// `UnknownCall` when it was answered, or nobody waits any more.
    pub fn answer(&self, response: impl Into<Response>) -> Result<()> {
        let mut response = response.into();
        let (answered, is_head) =
            self.with(|entry| (entry.answered, entry.is_head)).ok_or(Code::UnknownCall)?;
        if answered {
            return Err(Code::UnknownCall);
        }
        let (gone, room) = (response.gone.take(), response.room.take());
        self.with(|entry| {
            entry.gone = gone.or_else(|| entry.gone.take());
            entry.room = room.map(Rc::from);
        });
        let body = std::mem::replace(&mut response.body, Body::Sent);
        match body {
            Body::Later => Ok(()),
            Body::Whole(body) => self.answer_whole(response, body, is_head),
            _ if is_head => self.last(response, &[]),
            Body::Sent => self.start(response, None, Vec::new()),
            Body::Made(pieces) => self.start(response, Some(pieces), Vec::new()),
        }
    }

    fn answer_whole(&self, mut response: Response, mut body: Vec<u8>, is_head: bool) -> Result<()> {
        if matches!(response.status, 204 | 304) {
            body.clear();
        } else {
            response = response.header("content-length", &body.len().to_string());
        }
        if body.len() <= WHOLE || is_head {
            return self.last(response, if is_head { &[] } else { &body });
        }
        self.start(response, None, body)
    }

    /// An answer that is all there is.
    fn last(&self, response: Response, body: &[u8]) -> Result<()> {
        let replied = self.reply("http.response", response, body);
        self.over(false, 0, "");
        replied
    }

    fn start(&self, response: Response, pieces: Option<Pieces>, rest: Vec<u8>) -> Result<()> {
        let made = pieces.is_some() || !rest.is_empty();
        self.reply("http.open", response, &[])?;
        self.with(|entry| {
            entry.sending = true;
            entry.rest = rest;
            entry.pieces = if made { pieces.or_else(|| Some(Box::new(std::iter::empty()))) } else { None };
        });
        self.pump();
        Ok(())
    }

    /// Gives as much of the answer's body as there is window and there are pieces.
    pub(super) fn pump(&self) {
        loop {
            let step = self.with(|entry| {
                let window = (WINDOW + entry.credit).saturating_sub(entry.sent);
                let left = entry.rest.len() - entry.rest_at;
                if entry.pieces.is_none() || window == 0 {
                    return None;
                }
                let length = left.min(PIECE).min(usize::try_from(window).unwrap_or(usize::MAX));
                let piece = entry.rest[entry.rest_at..entry.rest_at + length].to_vec();
                entry.rest_at += length;
                Some((piece, if left == 0 { entry.pieces.take() } else { None }))
            });
            let Some(Some((piece, pieces))) = step else { return };
            if let Some(mut pieces) = pieces {
                let Some(more) = pieces.next() else {
                    // What cannot be sent ends it as well.
                    let _ = self.end();
                    return;
                };
                self.with(|entry| (entry.rest, entry.rest_at, entry.pieces) = (more, 0, Some(pieces)));
            } else if self.post("http.data", true, &piece, piece.len() as u64).is_err() {
                return;
            }
        }
    }

    /// How many bytes [`Stream::send`] takes now.
    #[must_use]
    pub fn room(&self) -> usize {
        let room = self
            .with(|entry| if entry.sending { (WINDOW + entry.credit).saturating_sub(entry.sent) } else { 0 });
        usize::try_from(room.unwrap_or(0)).unwrap_or(usize::MAX)
    }

    /// Sends more of an answer that was begun, all of it or nothing.
    ///
    /// # Errors
    /// `Busy`: there is no window for it; what [`Response::room`] has runs when there is more. `Ended`: it is over.
    pub fn send(&self, data: &[u8]) -> Result<()> {
        if !self.with(|entry| entry.sending).unwrap_or(false) {
            return Err(Code::Ended);
        }
        if data.len() > self.room() {
            self.with(|entry| entry.wants_room = true);
            return Err(Code::Busy);
        }
        data.chunks(PIECE).try_for_each(|piece| self.post("http.data", true, piece, piece.len() as u64))
    }

    /// Sends a server-sent event; empty parts are left out, the data may have lines.
    ///
    /// # Errors
    /// As [`Stream::send`].
    pub fn event(&self, id: &str, event: &str, data: &str) -> Result<()> {
        let mut text = String::with_capacity(data.len() + 32);
        for (name, value) in [("id", id), ("event", event)] {
            if !value.is_empty() {
                text.extend([name, ": ", value.split(['\r', '\n']).next().unwrap_or(""), "\n"]);
            }
        }
        for line in data.replace("\r\n", "\n").split(['\r', '\n']) {
            text.extend(["data: ", line, "\n"]);
        }
        text.push('\n');
        self.send(text.as_bytes())
    }

    /// The answer that was begun is whole.
    ///
    /// # Errors
    /// `Ended`: it is over, or was not begun.
    pub fn end(&self) -> Result<()> {
        if !self.with(|entry| entry.sending).unwrap_or(false) {
            return Err(Code::Ended);
        }
        let sent = self.post("http.end", true, &[], 0);
        self.over(false, 0, "");
        sent
    }

    /// Gives it up.
    pub fn abort(&self, why: &str) {
        let is_socket = self.with(|entry| entry.is_socket).unwrap_or(false);
        self.fail(false, if is_socket { 1011 } else { 500 }, why);
    }

    /// The receiver grants so much more.
    pub(super) fn credited(&self, more: u64) {
        let room = self.with(|entry| {
            entry.credit = (entry.credit + more).min(1 << 62);
            std::mem::take(&mut entry.wants_room).then(|| entry.room.clone()).flatten()
        });
        if let Some(room) = room.flatten() {
            room(self);
        }
        self.pump();
    }

    /// Replies that a WebSocket is accepted, or is not.
    pub(super) fn accept(&self, mut accept: Accept) {
        if let Some(refused) = accept.refused.take() {
            // Nobody waits any more.
            let _ = self.answer(refused);
            return;
        }
        let mut head = Response::new(101);
        if let Some(protocol) = &accept.protocol {
            head = head.header("sec-websocket-protocol", protocol);
        }
        self.with(|entry| entry.accept = Some(accept));
        let _ = self.reply("ws.accept", head, &[]);
    }

    /// As a WebSocket.
    pub(super) fn socket(&self) -> Socket {
        Socket(self.clone())
    }
}
