//! Atoms that serve HTTP, and that ask others; a gateway has to run in the realm.
//!
//! ```ignore
//! use sojourn::http::{Response, Server};
//!
//! sojourn::atom! {
//!     name: "greeter",
//!     kind: reactive(handle),
//! }
//!
//! thread_local! {
//!     static SERVER: Server =
//!         Server::new().get("/hello/{name}", |request| Response::text(format!("hello, {}\n", request.param("name"))));
//! }
//!
//! fn handle() -> sojourn::Result<()> {
//!     SERVER.with(Server::handle)
//! }
//! ```
//!
//! All is driven by messages, in one thread; all state is in the atom's memory, so it moves with it. What goes between gateway and
//! atom is in docs/format/http-door.md. Hostile requests are answered 400 and the like, and take no more memory than the limits here.
//!
//! | file | what it is |
//! |---|---|
//! | `head` | heads and what is in them, from outside |
//! | `request`, `response` | what handlers get and give |
//! | `route` | who answers what |
//! | `server` | routes, streams, and taking messages |
//! | `stream` | a stream: what is sent, and its window |
//! | `socket` | WebSockets |
//! | `door` | what comes from gateways |
//! | `fetch` | requests out |

mod door;
mod fetch;
mod head;
mod request;
mod response;
mod route;
mod server;
mod socket;
mod stream;

pub use fetch::{Failure, Fetch, Fetched, Fetching};
pub use request::Request;
pub use response::Response;
pub use route::Upload;
pub use server::Server;
pub use socket::{Accept, Frame, Full, Socket};
pub use stream::Stream;

/// Bytes of a head.
pub const HEAD: usize = 65_536;
/// Fields of a head.
pub const FIELDS: usize = 128;
/// Bytes of a piece of a body.
pub const PIECE: usize = 65_536;
/// Bytes that a body may be ahead of what was granted.
pub const WINDOW: u64 = 262_144;
/// Messages that a WebSocket may be ahead, in one direction.
pub const MESSAGES: u64 = 256;
/// Bytes of an answer that is sent whole; longer ones go in pieces.
pub const WHOLE: usize = 262_144;
/// Bytes of a message of a WebSocket, and of whole requests and answers.
pub const MESSAGE: usize = 1 << 20;
/// Bytes of a request's body, where its route says nothing.
pub const BODY: u64 = 1 << 20;
/// Bytes of a stream's id.
pub const ID: usize = 64;
/// Streams at once.
pub const STREAMS: usize = 16_384;
/// Gateways at once.
pub const OPENERS: usize = 64;
/// Bytes of all bodies that are being collected.
pub const COLLECTED: usize = 64 << 20;
/// Messages that one [`Server::handle`] takes.
pub const BATCH: usize = 256;
/// How long a message waits for room on its way to a gateway, before its stream is given up.
pub const PATIENCE: std::time::Duration = std::time::Duration::from_secs(10);
