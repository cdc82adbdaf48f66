//! A chat room: everybody hears everybody, in one order. It gives a page to browsers, and is somewhere else every now and then.

use chat::PAGE;
use sojourn::Result;
use sojourn::http::{Accept, Frame, Request, Response, Server, Socket};
use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::fmt::Write;

sojourn::atom! {
    name: "chat",
    kind: reactive(handle),
}

/// Lines that are kept for who comes later.
const KEPT: usize = 100;
/// Bytes of one.
const LINE: usize = 4096;

thread_local! {
    static SERVER: Server = Server::new()
        .get("/", |_| Response::html(PAGE))
        .get("/history", |_| Response::json(history()))
        .socket("/socket", enter);
    static NUMBER: Cell<u64> = const { Cell::new(0) };
    static LINES: RefCell<VecDeque<String>> = const { RefCell::new(VecDeque::new()) };
}

fn history() -> String {
    LINES.with_borrow(|lines| format!("[{}]", Vec::from_iter(lines.iter().cloned()).join(",")))
}

/// Somebody has come.
fn enter(request: &Request, _socket: &Socket) -> Accept {
    let name = request.query("name").unwrap_or("guest").to_owned();
    Accept::new(move |socket, frame| match frame {
        Frame::Text(text) if text.len() <= LINE => say(socket, &name, &text),
        _ => socket.close(1008, "text, please, and not too much of it"),
    })
}

/// Somebody has said something: everybody hears it, with its number and where the room is.
fn say(socket: &Socket, from: &str, text: &str) {
    let place = sojourn::here().unwrap_or_default();
    let number = NUMBER.get() + 1;
    NUMBER.set(number);
    let (from, text, node) = (quoted(from), quoted(text), quoted(&place.node));
    let moves = place.moves;
    let line =
        format!("{{\"number\":{number},\"from\":{from},\"text\":{text},\"node\":{node},\"moves\":{moves}}}");
    LINES.with_borrow_mut(|lines| {
        lines.push_back(line.clone());
        if lines.len() > KEPT {
            lines.pop_front();
        }
    });
    socket.server().broadcast("/socket", line);
}

/// A text in JSON.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' | '\\' => out.extend(['\\', letter]),
            // A text can be written to.
            letter if letter.is_control() => drop(write!(out, "\\u{:04x}", u32::from(letter))),
            letter => out.push(letter),
        }
    }
    out + "\""
}

fn handle() -> Result<()> {
    SERVER.with(Server::handle)
}
