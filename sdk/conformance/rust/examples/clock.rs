//! A daemon that tells the time, in its own units, to whoever listens.

use sojourn::http::{Response, Server};
use std::cell::Cell;
use std::time::Duration;

sojourn::atom! {
    name: "clock",
    kind: daemon(run),
}

fn run() -> sojourn::Result<()> {
    let server = Server::new().get("/time", |_| Response::events());
    let now = Cell::new(0_u64);
    server.serve_every(Duration::from_millis(10), || {
        now.set(now.get() + 1);
        for stream in server.sending("/time") {
            // One that does not read misses it; one that is over is gone.
            let _ = stream.event("", "", &now.get().to_string());
        }
    })
}
