//! @NAME@ is reached over HTTP: /hello/NAME, /upload, and a WebSocket /chat on which everybody hears everybody.

use sojourn::http::{Accept, Server};

sojourn::atom! {
    name: "@NAME@",
    kind: reactive(handle),
}

thread_local! {
    static SERVER: Server = Server::new()
        .get("/hello/{name}", |request| format!("hello, {}\n", request.param("name")))
        .fold("POST", "/upload", |_| 0, |sum, piece| *sum += piece.len(), |sum| format!("{sum} bytes\n"))
        .socket("/chat", |_, _| Accept::tell_all());
}

fn handle() -> sojourn::Result<()> {
    SERVER.with(Server::handle)
}
