//! Has names, finds others by theirs, and knows where it is.

use answer::{answer, done, request, unknown};
use sojourn::{Draft, Level, Message, Result};
use std::cell::RefCell;
use std::time::Duration;

sojourn::atom! {
    name: "namer",
    kind: reactive(handle),
    alias: "sdk:namer",
    alias: "born:named",
    objective: "latency",
}

thread_local! {
    static PUBLISHED: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

fn publish(message: &Message) -> Result<String> {
    let draft = Draft::new("published").subject(&message.subject).data(&message.data);
    Ok(sojourn::publish(&message.subject, draft)?.to_string())
}

fn stay(nanoseconds: &str) -> Result<()> {
    sojourn::stay(Duration::from_nanos(nanoseconds.parse().unwrap_or(0)))?;
    sojourn::wander();
    Ok(())
}

fn handle() -> Result<()> {
    let message = sojourn::receive(Duration::ZERO)?;
    let (subject, text) = (message.subject.as_str(), message.text());
    match request(&message) {
        "self" => answer(&message, "self", sojourn::own_name()),
        "set" => done(&message, "set", sojourn::set_alias(subject, &text)),
        "clear" => done(&message, "clear", sojourn::clear_alias(subject, &text)),
        "any" => answer(&message, "any", sojourn::find_any(subject, &text)),
        "all" => answer(&message, "all", sojourn::find_all(subject, &text).map(|names| names.join(","))),
        "publish" => answer(&message, "publish", publish(&message)),
        "published" if message.is_call() => {
            answer(&message, "published", Ok(PUBLISHED.with_borrow(|published| published.join(","))))
        }
        "published" => {
            PUBLISHED.with_borrow_mut(|published| published.push(text.into_owned()));
            Ok(())
        }
        "here" => answer(&message, "here", sojourn::here().map(|place| place.node)),
        "moves" => answer(&message, "moves", sojourn::here().map(|place| place.moves.to_string())),
        "log" => done(&message, "log", sojourn::log(Level::Info, &text)),
        "stay" => done(&message, "stay", stay(&text)),
        _ => unknown(&message),
    }
}
