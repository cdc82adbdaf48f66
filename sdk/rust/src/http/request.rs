//! What handlers get.

use super::head::{self, Pairs};
use super::stream::Stream;
use std::borrow::Cow;

/// A request; `U` of a streamed body is elsewhere.
#[derive(Debug)]
pub struct Request {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Pairs,
    pub(super) fields: Pairs,
    pub(super) params: Pairs,
    pub(super) body: Vec<u8>,
    pub(super) stream: Stream,
}

fn first<'a>(pairs: &'a Pairs, name: &str) -> Option<&'a str> {
    pairs.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

impl Request {
    /// Reads one. An error is the status of the answer.
    pub(super) fn read(data: &[u8], stream: Stream) -> Result<Self, u16> {
        let (lines, body) = head::split(data)?;
        let (first, rest) = lines.split_first().ok_or(400_u16)?;
        let line = head::line(first).ok_or(400_u16)?;
        let fields = head::fields(rest)?;
        let body = data[body..].to_vec();
        Ok(Self {
            method: line.method,
            path: line.path,
            query: line.query,
            fields,
            params: Pairs::new(),
            body,
            stream,
        })
    }

    /// Its method.
    #[must_use]
    pub fn method(&self) -> &str {
        &self.method
    }

    /// The path as it came, percent-encoded, without the query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// A parameter of the path, decoded; "" if there is none.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        first(&self.params, name).unwrap_or("")
    }

    /// The first value of a key of the query, decoded.
    #[must_use]
    pub fn query(&self, key: &str) -> Option<&str> {
        first(&self.query, key)
    }

    /// The first field of a name, in lower case.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        first(&self.fields, name)
    }

    /// All fields, in order, names in lower case.
    pub fn headers(&self) -> impl Iterator<Item = (&str, &str)> {
        self.fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// The body; empty where it is streamed.
    #[must_use]
    pub fn body(&self) -> &[u8] {
        &self.body
    }

    /// The body as text; what is not UTF-8 in it is replaced.
    #[must_use]
    pub fn text(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.body)
    }

    /// Its stream, for what is said later.
    #[must_use]
    pub fn stream(&self) -> Stream {
        self.stream.clone()
    }
}
