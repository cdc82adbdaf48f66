//! Is interrupted while it waits, and while it is interrupted.

use answer::{PATIENCE, answer, done, request, unknown};
use sojourn::{Code, Kind, Message, Result};
use std::cell::{Cell, RefCell};
use std::time::Duration;

sojourn::atom! {
    name: "interrupted",
    kind: daemon(run),
    limit_mailbox: 512,
}

thread_local! {
    static TOLD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static CLOSED: Cell<bool> = const { Cell::new(false) };
}

fn tell(text: impl Into<String>) {
    TOLD.with_borrow_mut(|told| told.push(text.into()));
}

fn ask(name: &str) -> Result<String> {
    let answer = sojourn::call(name, ("ask", "asked"), PATIENCE)?.await_for(None)?;
    Ok(answer.text().into_owned())
}

fn wait_until_closed(name: &str) -> Result<()> {
    let mut future = sojourn::call(name, "silent", None)?;
    CLOSED.set(false);
    while !CLOSED.get() {
        match future.await_for(Duration::from_millis(10)) {
            Err(Code::TimedOut) => {}
            other => return other.map(drop),
        }
    }
    Ok(())
}

fn interrupted(message: Message) {
    let text = message.text();
    tell(text.as_ref());
    if let Some(name) = text.strip_prefix("ask:") {
        tell(ask(name).unwrap_or_else(|code| code.name().to_owned()));
    } else if let Some(name) = text.strip_prefix("open:") {
        tell(wait_until_closed(name).map_or_else(Code::name, |()| "done"));
    } else if text == "close" {
        CLOSED.set(true);
    }
    if let Err(code) = answer(&message, "interrupted", Ok(text.clone().into_owned())) {
        tell(code.name());
    }
}

fn run() -> Result<()> {
    sojourn::on_interrupt(interrupted);
    loop {
        let message = sojourn::receive(None)?;
        let done = |ty| done(&message, ty, Ok(()));
        if message.kind == Kind::Interrupt {
            tell(format!("message:{}", message.text()));
            continue;
        }
        match request(&message) {
            "note" => tell(format!("message:{}", message.text())),
            "record" => answer(&message, "record", Ok(TOLD.take().join(",")))?,
            "off" => {
                sojourn::ignore_interrupts();
                done("off")?;
            }
            "on" => {
                sojourn::on_interrupt(interrupted);
                done("on")?;
            }
            "nest" => {
                sojourn::on_interrupt_nested(interrupted);
                done("nest")?;
            }
            _ => unknown(&message)?,
        }
    }
}
