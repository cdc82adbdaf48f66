//! How the test atoms answer.

use sojourn::{Kind, Message, Result};
use std::time::Duration;

/// Where a time-out is needed and none is named.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Answers a call with what became of it: a text, or the error's name.
pub fn answer(message: &Message, ty: &str, outcome: Result<String>) -> Result<()> {
    if !message.is_call() {
        return Ok(());
    }
    match outcome {
        Ok(text) => message.reply((ty, text.as_str())),
        Err(code) => message.reply(("error", code.name())),
    }
}

/// Answers with nothing but that it was done.
pub fn done(message: &Message, ty: &str, outcome: Result<()>) -> Result<()> {
    answer(message, ty, outcome.map(|()| String::new()))
}

/// The type of the request; none of an interrupt.
pub fn request(message: &Message) -> &str {
    if message.kind == Kind::Interrupt { "" } else { &message.ty }
}

/// For types that nobody knows.
pub fn unknown(message: &Message) -> Result<()> {
    if message.is_call() { message.reply(("error", "UnknownType")) } else { Ok(()) }
}
