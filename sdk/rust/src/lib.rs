//! Atoms in Rust.
//!
//! ```ignore
//! use std::sync::atomic::{AtomicU64, Ordering};
//!
//! sojourn::atom! {
//!     name: "counter",
//!     kind: reactive(count),
//!     alias: "topic:numbers",
//! }
//!
//! static COUNT: AtomicU64 = AtomicU64::new(0);
//!
//! fn count() -> sojourn::Result<()> {
//!     let message = sojourn::receive(None)?;
//!     let count = COUNT.fetch_add(1, Ordering::Relaxed) + 1;
//!     message.reply(("count", count.to_string().as_str()))
//! }
//! ```
//!
//! Built as a `cdylib` for `wasm32-wasip1`, or for `wasm32-unknown-unknown` when it needs nothing of WASI.
//!
//! Whatever waits takes how long it may: a `Duration`, or `None` for ever. While it waits, callbacks that are due run
//! inside it. Each error is a [`Code`]; `definite` says whether it surely did not happen. Atoms have one thread.
//!
//! | file | what it is |
//! |---|---|
//! | `annotation` | `atom!`: what an atom says of itself, and where it begins |
//! | `message` | what comes, and what is sent |
//! | `post` | send, call, receive, publish |
//! | `future` | answers that are to come |
//! | `callback` | what runs inside calls that wait |
//! | `life` | start others, watch them, end |
//! | `name` | aliases, and finding others |
//! | `kv` | the atom's own store |
//! | `http` | serving HTTP and WebSocket, and asking others |
//! | `connection` | TCP connections that survive a move |
//! | `place` | where it is |
//! | `wait`, `room`, `error` | deadlines; room that calls write to; codes as errors |
//! | `raw` | the calls as they are |

mod annotation;
mod callback;
mod connection;
mod error;
mod future;
pub mod http;
pub mod kv;
mod life;
mod message;
mod name;
mod place;
mod post;
#[expect(clippy::pedantic, reason = "made from a table, for machines")]
pub mod raw;
mod room;
mod wait;

#[doc(hidden)]
pub use annotation::{begin, construct};
pub use callback::{ignore_interrupts, on_interrupt, on_interrupt_nested};
pub use connection::{Connection, Listener};
pub use error::{Outcome, Result};
pub use future::Future;
pub use life::{Spawn, arguments, exit, link, unwatch, watch};
pub use message::{Draft, Kind, Message};
pub use name::{clear_alias, find_all, find_any, own_name, set_alias};
pub use place::{Level, Place, here, log, now_ns, stay, wander};
pub use post::{PATIENCE, call, publish, receive, send, send_for};
pub use raw::Code;
