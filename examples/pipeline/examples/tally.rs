//! Second of three: words come, and at the end each goes on with how often it came.

use sojourn::{Draft, Result};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

sojourn::atom! {
    name: "tally",
    kind: reactive(handle),
}

thread_local! {
    static TALLY: RefCell<BTreeMap<String, u32>> = const { RefCell::new(BTreeMap::new()) };
}

fn handle() -> Result<()> {
    let message = sojourn::receive(Duration::ZERO)?;
    if message.ty == "word" {
        let word = message.text().into_owned();
        TALLY.with_borrow_mut(|tally| *tally.entry(word).or_default() += 1);
        return Ok(());
    }
    for (word, count) in TALLY.take() {
        let count = count.to_string();
        sojourn::send("report", Draft::new("count").subject(&word).data(count.as_bytes()))?;
    }
    sojourn::send("report", Draft::new("end").subject(&message.subject))?;
    Ok(())
}
