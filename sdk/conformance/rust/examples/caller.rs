//! Asks others: futures, time-outs, cancelling, callbacks.

use answer::{PATIENCE, answer, done, request, unknown};
use sojourn::{Code, Message, Result};
use std::cell::RefCell;
use std::time::Duration;

sojourn::atom! {
    name: "caller",
    kind: daemon(run),
    checkpoint: "5s",
}

thread_local! {
    static SEEN: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn ask(message: &Message) -> Result<Message> {
    sojourn::call(&message.subject, ("ask", &message.data), PATIENCE)?.await_for(None)
}

fn pair(to: &str) -> Result<String> {
    let mut first = sojourn::call(to, ("ask", "first"), PATIENCE)?;
    let mut second = sojourn::call(to, ("ask", "second"), PATIENCE)?;
    let second = second.await_for(None)?;
    let first = first.await_for(None)?;
    Ok(format!("{},{}", second.text(), first.text()))
}

fn expire(to: &str) -> Result<()> {
    sojourn::call(to, "silent", Duration::from_millis(50))?.await_for(None).map(drop)
}

fn cancel(to: &str) -> Result<()> {
    let mut future = sojourn::call(to, "silent", None)?;
    match future.await_for(Duration::ZERO) {
        Err(Code::TimedOut) if future.is_open() => {}
        other => return other.map(drop),
    }
    future.cancel()?;
    future.cancel()
}

fn later(message: &Message) -> Result<()> {
    let future = sojourn::call(&message.subject, ("ask", &message.data), PATIENCE)?;
    future.then(|answer| {
        let text =
            answer.code().map_or_else(|| answer.text().into_owned(), |code| format!("error:{}", code.name()));
        SEEN.with_borrow_mut(|seen| seen.push(text));
    })
}

fn run() -> Result<()> {
    loop {
        let message = sojourn::receive(None)?;
        match request(&message) {
            "ask" => match ask(&message) {
                Ok(reply) => message.reply((reply.ty.as_str(), &reply.data))?,
                Err(code) => answer(&message, "", Err(code))?,
            },
            "pair" => answer(&message, "pair", pair(&message.subject))?,
            "expire" => done(&message, "expire", expire(&message.subject))?,
            "cancel" => done(&message, "cancel", cancel(&message.subject))?,
            "later" => done(&message, "later", later(&message))?,
            "seen" => answer(&message, "seen", Ok(SEEN.take().join(",")))?,
            _ => unknown(&message)?,
        }
    }
}
