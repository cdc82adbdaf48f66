//! Heads and what is in them, from outside: nothing is believed.

use super::{FIELDS, HEAD};
use std::borrow::Cow;

/// Names and values.
pub(super) type Pairs = Vec<(String, String)>;

/// Decimal digits, 18 at most.
pub(super) fn digits(text: &[u8]) -> Option<u64> {
    if text.is_empty() || text.len() > 18 || !text.iter().all(u8::is_ascii_digit) {
        return None;
    }
    std::str::from_utf8(text).ok()?.parse().ok()
}

fn hex(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Percent-encoding decoded; `None`: it is wrong, no UTF-8, or has a NUL.
pub(super) fn decoded(text: &str, plus: bool) -> Option<String> {
    let mut out = Vec::with_capacity(text.len());
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => match hex(bytes.next()?)? << 4 | hex(bytes.next()?)? {
                0 => return None,
                byte => byte,
            },
            b'+' if plus => b' ',
            byte => byte,
        });
    }
    String::from_utf8(out).ok()
}

/// Names and values of a query.
fn query(text: &str) -> Option<Pairs> {
    let pairs = text.split('&').filter(|pair| !pair.is_empty());
    pairs
        .map(|pair| {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            Some((decoded(name, true)?, decoded(value, true)?))
        })
        .collect()
}

pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

/// The lines of a head, and where the body begins; an error is the status of the answer. In values, what is not UTF-8 is replaced.
pub(super) fn split(data: &[u8]) -> Result<(Vec<Cow<'_, str>>, usize), u16> {
    let seen = &data[..data.len().min(HEAD)];
    let none = if data.len() > HEAD { 431_u16 } else { 400 };
    let end = seen.windows(4).position(|four| four == b"\r\n\r\n").ok_or(none)?;
    let mut lines = Vec::new();
    let mut rest = &seen[..end];
    loop {
        let length = rest.windows(2).position(|two| two == b"\r\n").unwrap_or(rest.len());
        let line = &rest[..length];
        if line.iter().any(|byte| byte.is_ascii_control() && *byte != b'\t') {
            return Err(400);
        }
        lines.push(String::from_utf8_lossy(line));
        if length == rest.len() {
            break;
        }
        rest = &rest[length + 2..];
    }
    // The first one is the one that counts.
    if matches!(lines[0], Cow::Owned(_)) { Err(400) } else { Ok((lines, end + 4)) }
}

/// Fields, with names in lower case.
pub(super) fn fields(lines: &[Cow<'_, str>]) -> Result<Pairs, u16> {
    if lines.len() > FIELDS {
        return Err(431);
    }
    let field = |line: &Cow<'_, str>| {
        let (name, value) = line.split_once(':').ok_or(400_u16)?;
        let value = value.trim_matches([' ', '\t']).to_owned();
        if is_token(name) { Ok((name.to_ascii_lowercase(), value)) } else { Err(400) }
    };
    lines.iter().map(field).collect()
}

/// The first line of a request, and what it asks for.
pub(super) struct Line {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: Pairs,
}

/// Reads `METHOD TARGET HTTP/1.1`.
pub(super) fn line(text: &str) -> Option<Line> {
    let mut parts = text.split(' ');
    let (method, target, version) = (parts.next()?, parts.next()?, parts.next()?);
    if version != "HTTP/1.1"
        || parts.next().is_some()
        || !target.starts_with('/')
        || !is_token(method)
        || method.len() > 32
    {
        return None;
    }
    let (path, rest) = target.split_once('?').unwrap_or((target, ""));
    decoded(path, false)?;
    Some(Line { method: method.to_owned(), path: path.to_owned(), query: query(rest)? })
}
