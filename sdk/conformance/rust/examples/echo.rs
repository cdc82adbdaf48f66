//! Answers with what came.

use answer::{PATIENCE, done, request};
use sojourn::{Draft, Message, Result};
use std::time::Duration;

sojourn::atom! {
    name: "echo",
    kind: reactive(handle),
    alias: "sdk:echo",
    needs_memory: "4MiB",
}

fn same<'a>(message: &'a Message, ty: &'a str) -> Draft<'a> {
    Draft::new(ty).subject(&message.subject).content_type(&message.content_type).data(&message.data)
}

fn handle() -> Result<()> {
    let message = sojourn::receive(Duration::ZERO)?;
    match request(&message) {
        "silent" => Ok(()),
        "forward" => {
            let sent = sojourn::send_for(&message.subject, same(&message, "forwarded"), PATIENCE);
            done(&message, "forward", sent.map(drop))
        }
        ty if message.is_call() => message.reply(same(&message, ty)),
        _ => Ok(()),
    }
}
