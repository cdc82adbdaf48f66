//! What comes from gateways: routes are found, bodies collected, windows counted.

use super::head::digits;
use super::request::Request;
use super::response::Response;
use super::route::{Action, Route};
use super::server::Server;
use super::socket::Frame;
use super::stream::{Entry, Stream};
use super::{COLLECTED, ID, MESSAGE, MESSAGES, PIECE, WINDOW};
use crate::message::{Draft, Kind, Message};
use crate::post::send_for;
use std::rc::Rc;
use std::time::Duration;

/// What has no route.
fn refusal(status: u16, allow: &str) -> Response {
    let why = match status {
        404 => "nothing is here",
        405 => "another method is needed",
        413 => "the body is too large",
        426 => "this is a WebSocket",
        431 => "the head is too large",
        503 => "no room for it now",
        _ => "not a request",
    };
    let problem = Response::problem(status, why);
    match status {
        405 => problem.header("allow", allow),
        426 => problem.header("upgrade", "websocket"),
        503 => problem.header("retry-after", "1"),
        _ => problem,
    }
}

/// Answers a call for which there is no stream.
fn turn_away(message: &Message, head: &str) {
    let draft = Draft::new("http.response").subject(&message.subject).content_type("message/http").data(head);
    // Who asked may have gone.
    let _ = message.reply(draft);
}

/// Something of a stream that is not known: it is said once, if there is room.
fn stray(message: &Message) {
    let (ty, text) = match message.ty.as_str() {
        "http.data" => ("http.abort", "not known"),
        "ws.text" | "ws.binary" => ("ws.close", "1012 not known"),
        _ => return,
    };
    let _ = send_for(&message.source, Draft::new(ty).subject(&message.subject).data(text), Duration::ZERO);
}

impl Server {
    /// Does what a message is for, if it is of the door; else gives it back. For those that receive themselves.
    #[must_use]
    pub fn take(&self, message: Message) -> Option<Message> {
        if matches!(message.kind, Kind::Ended(_)) {
            return if self.ended(&message.source) { None } else { Some(message) };
        }
        if message.kind != Kind::Message {
            return Some(message);
        }
        match message.ty.as_str() {
            "http.request" | "http.open" | "ws.open" => {
                if message.is_call() {
                    self.asked(&message);
                }
            }
            "http.data" | "http.end" | "http.abort" | "http.credit" | "ws.text" | "ws.binary"
            | "ws.close" | "ws.credit" => {
                if message.is_call() {
                    turn_away(&message, "HTTP/1.1 400 Bad Request\r\n\r\n");
                } else if let Some(stream) = self.known(&message) {
                    stream.told(message);
                } else {
                    stray(&message);
                }
            }
            _ => return Some(message),
        }
        None
    }

    fn known(&self, message: &Message) -> Option<Stream> {
        let state = self.0.state.borrow();
        let (opener, _) = state.openers.get_key_value(message.source.as_str())?;
        let number = *state.known.get(&(Rc::clone(opener), message.subject.as_str().into()))?;
        Some(Stream { server: self.clone(), number })
    }

    /// All streams of an opener that has ended are over. Whether it was one.
    fn ended(&self, name: &str) -> bool {
        let numbers: Vec<u64> = {
            let mut state = self.0.state.borrow_mut();
            match state.openers.get_mut(name) {
                Some(opener) if opener.watched => opener.watched = false,
                _ => return false,
            }
            state
                .streams
                .iter()
                .filter(|(_, entry)| &*entry.opener == name)
                .map(|(number, _)| *number)
                .collect()
        };
        for number in numbers {
            Stream { server: self.clone(), number }.over(true, 1006, "the gateway has ended");
        }
        true
    }

    /// Something is to be answered.
    fn asked(&self, message: &Message) {
        let id = &message.subject;
        let plain = !id.is_empty()
            && id.len() <= ID
            && !id.starts_with('~')
            && id.bytes().all(|byte| byte.is_ascii_graphic());
        if !plain || self.known(message).is_some() {
            return turn_away(message, "HTTP/1.1 400 Bad Request\r\n\r\n");
        }
        let (is_socket, is_open) = (message.ty == "ws.open", message.ty == "http.open");
        let Some(stream) = self.begin(message, is_socket, is_open) else {
            return turn_away(message, "HTTP/1.1 503 Service Unavailable\r\nretry-after: 1\r\n\r\n");
        };
        match Request::read(&message.data, stream.clone()) {
            Err(status) => stream.refuse(status, ""),
            Ok(request) => self.asked_for(&stream, request, is_socket, is_open),
        }
        self.0.state.borrow_mut().watch(stream.number);
    }

    fn asked_for(&self, stream: &Stream, mut request: Request, is_socket: bool, is_open: bool) {
        let is_head = request.method == "HEAD";
        stream.with(|entry| entry.is_head = is_head);
        let route = match self.find_route(&mut request, is_socket) {
            Ok(route) => route,
            Err((status, allow)) => return stream.refuse(status, &allow),
        };
        stream.with(|entry| entry.route = Some(Rc::clone(&route)));
        if let Action::Socket(open) = &route.action {
            let accept = open(&request, &stream.socket());
            stream.accept(accept);
        } else if is_open {
            stream.opened(&route, request);
        } else {
            stream.requested(&route, request);
        }
    }

    /// The route of a request, which gets its parameters; or the status of the answer, and which methods there are.
    fn find_route(&self, request: &mut Request, is_socket: bool) -> Result<Rc<Route>, (u16, String)> {
        let routes = self.0.routes.borrow().clone();
        let method = if request.method == "HEAD" { "GET" } else { &request.method };
        let (mut status, mut allow) = (404, Vec::new());
        for route in &routes {
            let Some(params) = route.fits(&request.path) else { continue };
            if route.is_socket() && !is_socket {
                status = 426;
            } else if route.is_socket() != is_socket {
            } else if is_socket || route.method.is_empty() || route.method == method {
                request.params = params;
                return Ok(Rc::clone(route));
            } else {
                status = if status == 404 { 405 } else { status };
                allow.push(route.method.as_str());
            }
        }
        Err((status, allow.join(", ")))
    }
}

impl Stream {
    /// Answers what no handler has to do with.
    fn refuse(&self, status: u16, allow: &str) {
        if self.with(|entry| entry.answered).unwrap_or(false) {
            return self.fail(true, status, "the body is too large");
        }
        // Nobody waits any more.
        let _ = self.answer(refusal(status, allow));
    }

    fn give(&self, response: Response) {
        // Nobody waits any more, or the handler has answered already.
        let _ = self.answer(response);
    }

    /// A whole request.
    fn requested(&self, route: &Route, mut request: Request) {
        self.with(|entry| (entry.received, entry.whole) = (request.body.len() as u64, true));
        if request.body.len() as u64 > route.limit() {
            return self.refuse(413, "");
        }
        match &route.action {
            Action::Whole(handle) => {
                let response = handle(&request);
                self.give(response);
            }
            Action::Upload(begin) => {
                let body = std::mem::take(&mut request.body);
                let mut upload = begin(&request);
                let early = if body.is_empty() { None } else { upload.piece(&body) };
                let response = early.unwrap_or_else(|| upload.end());
                self.give(response);
            }
            Action::Socket(_) => {}
        }
    }

    /// A request without its body, or with its beginning.
    fn opened(&self, route: &Route, mut request: Request) {
        let told = request.header("content-length").map_or(Some(0), |text| digits(text.as_bytes()));
        let body = std::mem::take(&mut request.body);
        match told {
            Some(told) if told > route.limit() => return self.refuse(413, ""),
            Some(_) if body.len() as u64 <= WINDOW => {}
            _ => return self.refuse(400, ""),
        }
        let upload = if let Action::Upload(begin) = &route.action { Some(begin(&request)) } else { None };
        self.with(|entry| (entry.upload, entry.request) = (upload, Some(request)));
        self.piece(route, &body, false);
    }

    /// A piece of a request's body, the last one or not.
    fn piece(&self, route: &Route, data: &[u8], last: bool) {
        let received = self.with(|entry| {
            entry.received += data.len() as u64;
            entry.whole = last;
            entry.received
        });
        let Some(received) = received else { return };
        let upload = self.with(|entry| entry.upload.take()).flatten();
        if received > route.limit() {
            self.with(|entry| entry.upload = upload);
            return self.refuse(413, "");
        }
        let Some(mut upload) = upload else { return self.collect(route, data, last) };
        let early = if data.is_empty() { None } else { upload.piece(data) };
        if let Some(response) = early {
            return self.give(response);
        }
        if last {
            let response = upload.end();
            self.give(response);
        } else {
            self.with(|entry| entry.upload = Some(upload));
            self.grant(WINDOW / 4);
        }
    }

    /// Keeps a piece of a body that is being collected, or runs the handler.
    fn collect(&self, route: &Route, data: &[u8], last: bool) {
        let kept = {
            let mut state = self.server.0.state.borrow_mut();
            let fits = state.collected + data.len() <= COLLECTED;
            let kept = state.streams.get_mut(&self.number).is_some_and(|entry| entry.keep(data, fits));
            state.collected += if kept { data.len() } else { 0 };
            kept
        };
        if !kept {
            return self.refuse(503, "");
        }
        if !last {
            return self.grant(WINDOW / 4);
        }
        let request = self.with(|entry| entry.request.take()).flatten();
        if let (Action::Whole(handle), Some(request)) = (&route.action, request) {
            let response = handle(&request);
            self.give(response);
        }
    }

    /// What was consumed is granted again, in portions.
    fn grant(&self, portion: u64) {
        let more = self.with(|entry| {
            let more = entry.received - entry.granted;
            let due = more >= portion && (entry.is_socket || !entry.whole);
            due.then(|| {
                entry.granted = entry.received;
                (more, if entry.is_socket { "ws.credit" } else { "http.credit" })
            })
        });
        if let Some((more, ty)) = more.flatten() {
            // What cannot be sent ends the stream.
            let _ = self.post(ty, false, more.to_string().as_bytes(), 0);
        }
    }

    /// A message of this stream.
    fn told(&self, message: Message) {
        let (socket, ty) = (message.ty.starts_with("ws."), message.ty.clone());
        let is_socket = self.with(|entry| entry.is_socket).unwrap_or(false);
        let wrong = if is_socket { 1002 } else { 400 };
        match ty.as_str() {
            "http.abort" => self.over(true, 1006, &message.text()),
            _ if socket != is_socket => self.fail(true, wrong, "not of this stream"),
            "ws.close" => self.closed(&message),
            "http.credit" | "ws.credit" => match digits(&message.data) {
                Some(more) => self.credited(more),
                None => self.fail(true, wrong, "no number"),
            },
            "http.data" | "http.end" => self.came(&message),
            _ => self.heard(message),
        }
    }

    fn closed(&self, message: &Message) {
        let text = message.text();
        let (code, why) = text.split_once(' ').unwrap_or((&text, ""));
        let number = if code.is_empty() { Some(1000) } else { digits(code.as_bytes()) };
        let code =
            number.and_then(|code| u16::try_from(code).ok()).filter(|code| (1000..5000).contains(code));
        self.over(true, code.unwrap_or(1005), why);
    }

    /// A piece of the body.
    fn came(&self, message: &Message) {
        let length = message.data.len() as u64;
        let seen = self.with(|entry| {
            let beyond = message.data.len() > PIECE || entry.received + length > entry.granted + WINDOW;
            (entry.whole || !entry.is_open, entry.is_next(message), beyond, entry.route.clone())
        });
        match seen {
            Some((true, ..)) => self.fail(true, 400, "after the end"),
            Some((_, false, ..)) => self.fail(true, 503, "a piece is missing"),
            Some((_, _, true, _)) => self.fail(true, 400, "more than the window"),
            Some((.., Some(route))) => self.piece(&route, &message.data, message.ty == "http.end"),
            _ => {}
        }
    }

    /// A message of a WebSocket.
    fn heard(&self, message: Message) {
        let wrong = self.with(|entry| {
            if !entry.answered {
                Some((1002, "not accepted yet"))
            } else if !entry.is_next(&message) {
                Some((1012, "messages are missing"))
            } else if message.data.len() > MESSAGE {
                Some((1009, "too large"))
            } else if entry.received - entry.granted >= MESSAGES {
                Some((1002, "more than the window"))
            } else {
                entry.received += 1;
                None
            }
        });
        if let Some(Some((code, why))) = wrong {
            return self.fail(true, code, why);
        }
        let frame = if message.ty == "ws.binary" {
            Frame::Binary(message.data)
        } else if let Ok(text) = String::from_utf8(message.data) {
            Frame::Text(text)
        } else {
            return self.fail(true, 1007, "not UTF-8");
        };
        let heard = self.with(|entry| entry.accept.as_mut().and_then(|accept| accept.heard.take())).flatten();
        if let Some(mut heard) = heard {
            heard(&self.socket(), frame);
            self.with(|entry| entry.accept.as_mut().map(|accept| accept.heard = Some(heard)));
        }
        self.grant(MESSAGES / 4);
    }
}

impl Entry {
    /// Whether what came is the next one: it says how many came before it.
    fn is_next(&self, message: &Message) -> bool {
        message.content_type.is_empty() || digits(message.content_type.as_bytes()) == Some(self.received)
    }

    /// Keeps a piece of the body, if it may.
    fn keep(&mut self, data: &[u8], fits: bool) -> bool {
        let Some(request) = &mut self.request else { return false };
        if !fits || request.body.try_reserve(data.len()).is_err() {
            return false;
        }
        request.body.extend_from_slice(data);
        self.kept += data.len();
        true
    }
}
