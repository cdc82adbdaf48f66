//! Connections of `WebSocket`.

use super::response::Response;
use super::server::Server;
use super::stream::Stream;
use super::{MESSAGE, MESSAGES};
use crate::error::Result;
use crate::raw::Code;
use std::fmt::{Debug, Formatter};

/// A message of a WebSocket.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Vec<u8>),
}

impl From<&str> for Frame {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Frame {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<Vec<u8>> for Frame {
    fn from(data: Vec<u8>) -> Self {
        Self::Binary(data)
    }
}

impl Frame {
    const fn parts(&self) -> (&'static str, &[u8]) {
        match self {
            Self::Text(text) => ("ws.text", text.as_bytes()),
            Self::Binary(data) => ("ws.binary", data.as_slice()),
        }
    }
}

/// What is done with a client that does not read, when a message to it finds no window.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Full {
    /// It is closed, with 1013.
    #[default]
    Close,
    /// It misses the message.
    Drop,
}

type Heard = Box<dyn FnMut(&Socket, Frame)>;
type Closed = Box<dyn FnOnce(u16, &str)>;

/// Whether a WebSocket is accepted, and what is done with its messages.
pub struct Accept {
    pub(super) protocol: Option<String>,
    pub(super) heard: Option<Heard>,
    pub(super) closed: Option<Closed>,
    pub(super) refused: Option<Response>,
}

impl Accept {
    /// Accepted; the function gets each message.
    pub fn new(heard: impl FnMut(&Socket, Frame) + 'static) -> Self {
        Self { protocol: None, heard: Some(Box::new(heard)), closed: None, refused: None }
    }

    /// Accepted; each message goes to all sockets of the same route.
    #[must_use]
    pub fn tell_all() -> Self {
        Self::new(|socket, frame| {
            if let Some(path) =
                socket.0.with(|entry| entry.route.as_ref().map(|route| route.path.clone())).flatten()
            {
                socket.server().broadcast(&path, frame);
            }
        })
    }

    /// Refused.
    pub fn refused(answer: impl Into<Response>) -> Self {
        Self { protocol: None, heard: None, closed: None, refused: Some(answer.into()) }
    }

    /// With one of the protocols that the client offers (`sec-websocket-protocol`).
    #[must_use]
    pub fn protocol(self, name: &str) -> Self {
        Self { protocol: Some(name.to_owned()), ..self }
    }

    /// Runs when the other side, or a failure, has closed it: the code and why.
    #[must_use]
    pub fn closed(self, run: impl FnOnce(u16, &str) + 'static) -> Self {
        Self { closed: Some(Box::new(run)), ..self }
    }
}

impl Debug for Accept {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Accept").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

/// A WebSocket, for as long as it lasts; may be kept and cloned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Socket(pub(super) Stream);

impl Socket {
    /// Its number, unlike that of any other.
    #[must_use]
    pub const fn number(&self) -> u64 {
        self.0.number()
    }

    /// Whether messages can be sent.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.0.with(|entry| entry.is_socket && entry.answered).unwrap_or(false)
    }

    /// Its server.
    #[must_use]
    pub fn server(&self) -> Server {
        self.0.server()
    }

    /// Sends a message.
    ///
    /// # Errors
    /// `Busy`: there was no window, and it was dropped, as its route wants; `Ended`: it was closed for that, or before; `TooLarge`.
    pub fn send(&self, frame: impl Into<Frame>) -> Result<()> {
        self.give(&frame.into())
    }

    pub(super) fn give(&self, frame: &Frame) -> Result<()> {
        let (ty, data) = frame.parts();
        if data.len() > MESSAGE {
            return Err(Code::TooLarge);
        }
        let state = self.0.with(|entry| {
            let drops = entry.route.as_ref().is_some_and(|route| route.full == Full::Drop);
            (entry.is_socket && entry.answered, entry.sent >= entry.credit + MESSAGES, drops)
        });
        match state {
            Some((true, false, _)) => self.0.post(ty, true, data, 1),
            Some((true, true, true)) => Err(Code::Busy),
            Some((true, true, false)) => {
                self.0.fail(true, 1013, "the client does not read");
                Err(Code::Ended)
            }
            _ => Err(Code::Ended),
        }
    }

    /// Closes it; nothing is heard of it any more.
    pub fn close(&self, code: u16, why: &str) {
        self.0.fail(false, code, why);
    }
}
