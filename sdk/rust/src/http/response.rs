//! What handlers give.

use super::HEAD;
use super::head::is_token;
use super::stream::Stream;
use crate::error::Result;
use std::fmt::{Debug, Formatter, Write};

/// What an answer has below its head.
pub(super) enum Body {
    Whole(Vec<u8>),
    Made(Box<dyn Iterator<Item = Vec<u8>>>),
    Sent,
    Later,
}

type Gone = Box<dyn FnOnce(&str)>;
type Room = Box<dyn Fn(&Stream)>;

/// An answer, or how there will be one.
pub struct Response {
    pub(super) status: u16,
    pub(super) fields: Vec<(String, String)>,
    pub(super) body: Body,
    pub(super) gone: Option<Gone>,
    pub(super) room: Option<Room>,
}

impl Response {
    const fn of(status: u16, body: Body) -> Self {
        Self { status, fields: Vec::new(), body, gone: None, room: None }
    }

    /// One without a body.
    #[must_use]
    pub const fn new(status: u16) -> Self {
        Self::of(status, Body::Whole(Vec::new()))
    }

    /// Bytes of a media type, with status 200.
    pub fn bytes(content_type: &str, data: impl Into<Vec<u8>>) -> Self {
        Self::of(200, Body::Whole(data.into())).header("content-type", content_type)
    }

    /// A text, with status 200.
    pub fn text(text: impl Into<String>) -> Self {
        Self::bytes("text/plain; charset=utf-8", text.into())
    }

    /// A page, with status 200.
    pub fn html(text: impl Into<String>) -> Self {
        Self::bytes("text/html; charset=utf-8", text.into())
    }

    /// JSON, with status 200.
    pub fn json(text: impl Into<String>) -> Self {
        Self::bytes("application/json", text.into())
    }

    /// That it was not done, for programs and people (RFC 9457).
    #[must_use]
    pub fn problem(status: u16, why: &str) -> Self {
        let mut text = format!("{{\"title\":\"{}\",\"status\":{status},\"detail\":\"", reason(status));
        for letter in why.chars() {
            match letter {
                '"' | '\\' => text.extend(['\\', letter]),
                letter if letter.is_control() => text.push(' '),
                letter => text.push(letter),
            }
        }
        text.push_str("\"}");
        Self::bytes("application/problem+json", text).status(status)
    }

    /// A body that is made piece by piece, whenever there is window for more.
    pub fn stream(content_type: &str, pieces: impl Iterator<Item = Vec<u8>> + 'static) -> Self {
        Self::of(200, Body::Made(Box::new(pieces))).header("content-type", content_type)
    }

    /// A body that [`Stream::send`] and [`Stream::end`] give.
    #[must_use]
    pub fn sent(content_type: &str) -> Self {
        Self::of(200, Body::Sent).header("content-type", content_type)
    }

    /// Server-sent events, that [`Stream::event`] gives.
    #[must_use]
    pub fn events() -> Self {
        Self::sent("text/event-stream").header("cache-control", "no-store")
    }

    /// [`Stream::answer`] gives it later.
    #[must_use]
    pub const fn later() -> Self {
        Self::of(0, Body::Later)
    }

    /// With another status.
    #[must_use]
    pub fn status(self, status: u16) -> Self {
        Self { status, ..self }
    }

    /// With a field more. One that could not be a field is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let size: usize = self.fields.iter().map(|(name, value)| name.len() + value.len() + 4).sum();
        let plain = !value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t');
        if is_token(name) && plain && size + name.len() + value.len() < HEAD - 256 {
            self.fields.push((name.to_ascii_lowercase(), value.to_owned()));
        }
        self
    }

    /// Runs when the other side, or a failure, ends the stream before its end.
    #[must_use]
    pub fn gone(self, run: impl FnOnce(&str) + 'static) -> Self {
        Self { gone: Some(Box::new(run)), ..self }
    }

    /// Runs when there is window again, where [`Stream::send`] found none.
    #[must_use]
    pub fn room(self, run: impl Fn(&Stream) + 'static) -> Self {
        Self { room: Some(Box::new(run)), ..self }
    }

    /// Its head.
    pub(super) fn head(&self) -> Vec<u8> {
        let status = if (100..1000).contains(&self.status) { self.status } else { 500 };
        let mut text = format!("HTTP/1.1 {status} {}\r\n", reason(status));
        for (name, value) in &self.fields {
            // A text can be written to.
            let _ = write!(text, "{name}: {value}\r\n");
        }
        text.push_str("\r\n");
        text.into_bytes()
    }
}

impl Debug for Response {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Response").field("status", &self.status).finish_non_exhaustive()
    }
}

impl From<&str> for Response {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for Response {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}

impl From<Result<Self>> for Response {
    fn from(made: Result<Self>) -> Self {
        made.unwrap_or_else(|code| Self::problem(500, code.text()))
    }
}

/// The usual words for a status.
pub(super) const fn reason(status: u16) -> &'static str {
    match status {
        101 => "Switching Protocols",
        200 => "OK",
        201 => "Created",
        202 => "Accepted",
        204 => "No Content",
        301 => "Moved Permanently",
        302 => "Found",
        303 => "See Other",
        304 => "Not Modified",
        307 => "Temporary Redirect",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        409 => "Conflict",
        413 => "Content Too Large",
        426 => "Upgrade Required",
        429 => "Too Many Requests",
        431 => "Request Header Fields Too Large",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        504 => "Gateway Timeout",
        _ => "",
    }
}
