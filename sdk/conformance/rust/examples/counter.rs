//! Counts in its own store, and shows what else the store does.

use answer::{answer, done, request, unknown};
use sojourn::{Code, Kind, Message, Result, kv};
use std::cell::{Cell, RefCell};
use std::time::Duration;

sojourn::atom! {
    name: "counter",
    kind: reactive(handle),
    durable: true,
}

thread_local! {
    static HANDLED: Cell<u64> = const { Cell::new(0) };
    static CHANGES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
}

/// The count, and the version of its key.
fn count() -> Result<(i64, u64)> {
    Ok(kv::get("count")?.map_or((0, 0), |value| (number(&value.data), value.version)))
}

fn number(bytes: &[u8]) -> i64 {
    String::from_utf8_lossy(bytes).parse().unwrap_or(0)
}

fn add(by: i64) -> Result<String> {
    loop {
        let (old, version) = count()?;
        match kv::compare_and_set("count", version, (old + by).to_string()) {
            Err(Code::Conflict) => {}
            other => return other.map(|_| (old + by).to_string()),
        }
    }
}

fn read(key: &str) -> Result<String> {
    let value = kv::get(key)?.ok_or(Code::NoKey)?;
    Ok(String::from_utf8_lossy(&value.data).into_owned())
}

fn stale(key: &str) -> Result<()> {
    let version = kv::get(key)?.map_or(0, |value| value.version);
    kv::compare_and_set(key, version + 1, "stale").map(drop)
}

fn keys(prefix: &[u8]) -> Result<String> {
    let keys = kv::list(prefix)?;
    Ok(keys.iter().map(|key| String::from_utf8_lossy(key)).collect::<Vec<_>>().join(","))
}

fn handle() -> Result<()> {
    let message = sojourn::receive(Duration::ZERO)?;
    HANDLED.set(HANDLED.get() + 1);
    if message.kind == Kind::Changed {
        CHANGES.with_borrow_mut(|changes| changes.push(format!("{} {}", message.ty, message.subject)));
        return Ok(());
    }
    reply(&message)
}

fn reply(message: &Message) -> Result<()> {
    let key = message.subject.as_str();
    match request(message) {
        "add" => answer(message, "count", add(number(&message.data))),
        "get" => answer(message, "count", count().map(|(count, _)| count.to_string())),
        "handled" => answer(message, "handled", Ok(HANDLED.get().to_string())),
        "put" => done(message, "put", kv::put(key, &message.data).map(drop)),
        "read" => answer(message, "read", read(key)),
        "delete" => done(message, "delete", kv::delete(key)),
        "stale" => done(message, "stale", stale(key)),
        "keys" => answer(message, "keys", keys(&message.data)),
        "watch" => done(message, "watch", kv::watch(&message.data)),
        "unwatch" => done(message, "unwatch", kv::unwatch(&message.data)),
        "changes" => answer(message, "changes", Ok(CHANGES.take().join(","))),
        _ => unknown(message),
    }
}
