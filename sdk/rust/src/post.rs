//! Sending and receiving.

use crate::error::Result;
use crate::future::Future;
use crate::message::{Draft, Message};
use crate::name::find_all;
use crate::raw::{self, Code};
use crate::room::headed;
use crate::wait::{deadline, wait};
use std::time::Duration;

/// How long `send`, `call` and `reply` wait for room, when the way to the receiver is full.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Sends a message to an atom: its global name, or a local name and then any that has it. The number that it got.
///
/// # Errors
/// `UnknownAtom`, `Busy` after [`PATIENCE`], `TooLarge`. Definite.
pub fn send<'a>(to: &str, draft: impl Into<Draft<'a>>) -> Result<u64> {
    send_for(to, draft, PATIENCE)
}

/// The same, waiting so long for room.
///
/// # Errors
/// As [`send`].
pub fn send_for<'a>(
    to: &str,
    draft: impl Into<Draft<'a>>,
    timeout: impl Into<Option<Duration>>,
) -> Result<u64> {
    let (draft, deadline) = (draft.into().raw(), deadline(timeout.into()));
    let mut id = 0;
    // SAFETY: name, draft and number stand until the call returns.
    wait(|| unsafe { raw::send(to.as_ptr(), to.len(), &raw const draft, deadline, &raw mut id) })?;
    Ok(id)
}

/// Sends a message that is to be answered within a time. The answer comes to the future.
///
/// # Errors
/// As [`send`]; what happens to the call later is the future's.
pub fn call<'a>(
    to: &str,
    draft: impl Into<Draft<'a>>,
    expires: impl Into<Option<Duration>>,
) -> Result<Future> {
    let (draft, room) = (draft.into().raw(), deadline(Some(PATIENCE)));
    // 0 would be no time of the clock, and is over at once all the same.
    let expires = match deadline(expires.into()) {
        0 => 1,
        at => at,
    };
    let mut future = 0;
    // SAFETY: name, draft and number stand until the call returns.
    wait(|| unsafe { raw::call(to.as_ptr(), to.len(), &raw const draft, room, expires, &raw mut future) })?;
    Ok(Future::new(future))
}

/// Takes the next message. In a reactive atom's function there is one already.
///
/// # Errors
/// `TimedOut`.
pub fn receive(timeout: impl Into<Option<Duration>>) -> Result<Message> {
    let deadline = deadline(timeout.into());
    headed(
        // SAFETY: room and head are as large as they say.
        |at, capacity, head| wait(|| unsafe { raw::receive(deadline, at, capacity, head) }),
        // SAFETY: the call has succeeded, and its room stands.
        |head| unsafe { Message::of(head) },
    )
}

/// Sends a message to all atoms that have this alias of the scope `topic`; to how many. Those that have ended meanwhile are
/// left out.
///
/// # Errors
/// As [`send`], of the last one that it could not be sent to; all others have it.
pub fn publish<'a>(topic: &str, draft: impl Into<Draft<'a>>) -> Result<usize> {
    let draft = draft.into();
    let (mut sent, mut failed) = (0, Ok(()));
    for name in find_all("topic", &exactly(topic))? {
        match send(&name, draft) {
            Ok(_) => sent += 1,
            Err(Code::UnknownAtom) => {}
            Err(code) => failed = Err(code),
        }
    }
    failed.map(|()| sent)
}

/// A pattern for just this text.
fn exactly(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len());
    for letter in text.chars() {
        if r"\.+*?()|[]{}^$#&-~".contains(letter) {
            pattern.push('\\');
        }
        pattern.push(letter);
    }
    pattern
}
