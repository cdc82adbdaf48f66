//! @NAME@ greets, and counts whom it has greeted.

use sojourn::{Result, kv};
use std::time::Duration;

sojourn::atom! {
    name: "@NAME@",
    kind: reactive(handle),
}

/// One more than the store has; the store goes along when the atom moves, and stays when its code changes.
fn next() -> Result<u64> {
    let before = kv::get("count")?.map(|value| String::from_utf8_lossy(&value.data).into_owned());
    let count = before.and_then(|text| text.parse::<u64>().ok()).unwrap_or(0) + 1;
    kv::put("count", count.to_string())?;
    Ok(count)
}

/// Runs when a message comes.
fn handle() -> Result<()> {
    let message = sojourn::receive(Duration::ZERO)?;
    if message.is_call() {
        let text = format!("hello, {}: you are number {}", message.text(), next()?);
        message.reply(("greeting", &text))?;
    }
    Ok(())
}
