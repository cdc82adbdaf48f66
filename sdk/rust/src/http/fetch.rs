//! Requests out, over the nearest gateway that makes some.

use super::MESSAGE;
use super::head::{self, Pairs, digits, is_token};
use crate::error::Result;
use crate::future::Future;
use crate::message::{Draft, Message};
use crate::name::find_any;
use crate::place::now_ns;
use crate::post::call;
use crate::raw::Code;
use std::cell::Cell;
use std::fmt::{Display, Formatter};
use std::time::Duration;

/// Bytes of an answer's body, where nothing is said.
const USUAL: usize = 262_144;
/// Bytes of an answer's body at most.
const MOST: usize = 1_000_000;
const TIME: Duration = Duration::from_secs(30);

thread_local! {
    static COUNT: Cell<u64> = const { Cell::new(0) };
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// `UnknownAtom`: no gateway of the realm makes requests out. `NotGranted`: the atom has no grant for that host (`grant_connect`).
    /// `Unreachable`, `TooLarge`, `TimedOut`, `InvalidRequest`, `Busy`.
    pub code: Code,
    /// The same in words.
    pub why: String,
}

impl Failure {
    fn of(code: Code) -> Self {
        let why = if code == Code::UnknownAtom {
            "no gateway of this realm makes requests out"
        } else {
            code.text()
        };
        Self { code, why: why.to_owned() }
    }

    /// What a gateway says.
    fn said(why: &str) -> Self {
        let known = [
            ("not granted", Code::NotGranted),
            ("cannot connect", Code::Unreachable),
            ("timed out", Code::TimedOut),
            ("too large", Code::TooLarge),
            ("not a request", Code::InvalidRequest),
            ("busy", Code::Busy),
        ];
        let code =
            known.iter().find(|(start, _)| why.starts_with(start)).map_or(Code::Internal, |(_, code)| *code);
        Self { code, why: why.to_owned() }
    }
}

impl Display for Failure {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.why)
    }
}

impl std::error::Error for Failure {}

impl From<Code> for Failure {
    fn from(code: Code) -> Self {
        Self::of(code)
    }
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetched {
    /// Its status.
    pub status: u16,
    /// Its body.
    pub body: Vec<u8>,
    fields: Pairs,
}

impl Fetched {
    /// The first field of a name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The body as text; what is not UTF-8 in it is replaced.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    fn read(message: &Message) -> std::result::Result<Self, Failure> {
        if let Some(code) = message.code() {
            return Err(Failure::of(code));
        }
        if message.ty == "http.failed" {
            return Err(Failure::said(&message.text()));
        }
        let none = || Failure { code: Code::Internal, why: "the gateway's answer is none".to_owned() };
        let (lines, body) = head::split(&message.data).map_err(|_| none())?;
        let (first, rest) = lines.split_first().ok_or_else(none)?;
        let status = first.strip_prefix("HTTP/1.1 ").and_then(|rest| digits(rest.get(..3)?.as_bytes()));
        let status = status.and_then(|status| u16::try_from(status).ok()).filter(|status| *status >= 200);
        let fields = head::fields(rest).map_err(|_| none())?;
        match (message.ty.as_str(), status) {
            ("http.response", Some(status)) => {
                Ok(Self { status, body: message.data[body..].to_vec(), fields })
            }
            _ => Err(none()),
        }
    }
}

/// A request to somebody outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fetch {
    method: String,
    url: String,
    fields: String,
    body: Vec<u8>,
    most: usize,
    time: Duration,
}

impl Fetch {
    /// With a method, to a URL of `http` or `https`.
    #[must_use]
    pub fn new(method: &str, url: &str) -> Self {
        let (method, url) = (method.to_owned(), url.to_owned());
        Self { method, url, fields: String::new(), body: Vec::new(), most: USUAL, time: TIME }
    }

    /// GET.
    #[must_use]
    pub fn get(url: &str) -> Self {
        Self::new("GET", url)
    }

    /// With a field more. One that could not be a field is left out.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        if is_token(name) && !value.bytes().any(|byte| byte.is_ascii_control() && byte != b'\t') {
            self.fields.extend([&name.to_ascii_lowercase(), ": ", value, "\r\n"]);
        }
        self
    }

    /// With a body.
    #[must_use]
    pub fn body(self, body: impl Into<Vec<u8>>) -> Self {
        Self { body: body.into(), ..self }
    }

    /// The answer's body may have so many bytes; 1,000,000 at most.
    #[must_use]
    pub fn most(self, bytes: usize) -> Self {
        Self { most: bytes.min(MOST), ..self }
    }

    /// The answer may take so long; 30 s otherwise.
    #[must_use]
    pub fn time(self, time: Duration) -> Self {
        Self { time, ..self }
    }

    fn request(&self) -> Result<Vec<u8>> {
        let (_, host) = self.url.split_once("://").ok_or(Code::InvalidRequest)?;
        let host = host.split(['/', '?', '#']).next().unwrap_or("");
        let plain = self.url.bytes().all(|byte| byte > b' ' && byte != 127);
        if !plain || !is_token(&self.method) {
            return Err(Code::InvalidRequest);
        }
        let (method, url, most, length, fields) =
            (&self.method, &self.url, self.most, self.body.len(), &self.fields);
        let head = format!(
            "{method} {url} HTTP/1.1\r\nhost: {host}\r\nx-sojourn-whole: {most}\r\ncontent-length: {length}\r\n{fields}\r\n"
        );
        let mut data = head.into_bytes();
        data.extend_from_slice(&self.body);
        if data.len() > MESSAGE { Err(Code::TooLarge) } else { Ok(data) }
    }

    /// Asks; the answer comes to what it gives.
    ///
    /// # Errors
    /// `UnknownAtom`: no gateway of the realm makes requests out. `InvalidRequest`, `TooLarge`.
    pub fn begin(&self) -> std::result::Result<Fetching, Failure> {
        let gateway = find_any("door", "http").map_err(|code| match code {
            Code::UnknownAlias => Failure::of(Code::UnknownAtom),
            code => Failure::of(code),
        })?;
        let data = self.request()?;
        let count = COUNT.get() + 1;
        COUNT.set(count);
        let id = format!("~{:x}.{count:x}", now_ns());
        let draft = Draft::new("http.request").subject(&id).content_type("message/http").data(&data);
        Ok(Fetching(call(&gateway, draft, self.time)?))
    }

    /// Asks, and waits for the answer.
    ///
    /// # Errors
    /// See [`Failure`].
    pub fn send(&self) -> std::result::Result<Fetched, Failure> {
        self.begin()?.wait(None)
    }

    /// Asks, and goes on; the answer runs a function inside a later call that waits.
    ///
    /// # Errors
    /// As [`Fetch::begin`].
    pub fn then(
        &self,
        run: impl FnOnce(std::result::Result<Fetched, Failure>) + 'static,
    ) -> std::result::Result<(), Failure> {
        let Fetching(future) = self.begin()?;
        future.then(move |message| run(Fetched::read(&message))).map_err(Failure::of)
    }
}

/// An answer that is to come. Dropped before, it is given up.
#[derive(Debug)]
pub struct Fetching(Future);

impl Fetching {
    /// Waits for it, for so long.
    ///
    /// # Errors
    /// `TimedOut`, also when none has come yet; see [`Failure`].
    pub fn wait(&mut self, timeout: impl Into<Option<Duration>>) -> std::result::Result<Fetched, Failure> {
        Fetched::read(&self.0.await_for(timeout)?)
    }
}
