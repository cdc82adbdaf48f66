//! Every bound of this room, with what happens at it.

use std::time::Duration;

/// Bytes of one direction of a connection that were written and not read; whoever writes waits beyond.
pub const PIPE_BYTES: usize = 64 << 10;
/// Bytes read before whoever wrote them is told, unless there is a reason to tell at once: few messages, and never
/// less than half of a pipe free for a writer whose reader keeps up.
pub const TOLD_BYTES: u64 = (PIPE_BYTES / 4) as u64;
/// Bytes in one message.
pub const PIECE_BYTES: usize = 32 << 10;
/// Connections of one anchor; more wait in the system's queue until one is closed.
pub const CONNECTIONS: usize = 1024;
/// How long an anchor tries to open a connection.
pub const DIAL: Duration = Duration::from_secs(30);
/// How long an anchor accepts nobody after the machine refused it a socket.
pub const PAUSE: Duration = Duration::from_millis(100);
/// How long an anchor that closes lets peers take what was written.
pub const GOOD_BYE: Duration = Duration::from_secs(5);
/// Bytes of stack of an anchor's thread.
pub const STACK_BYTES: usize = 256 << 10;
/// Bytes of a peer's address as text.
pub const ADDRESS_BYTES: usize = 128;
/// Words said before the end that says them looks whether it was held meanwhile.
pub const WORDS: usize = 16;
/// Numbers of bytes of one connection, so that none overflows; no stream gets so far.
pub const NUMBERS: u64 = 1 << 62;
