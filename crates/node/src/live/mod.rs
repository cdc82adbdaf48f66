//! A node: atoms that run here, come here and leave.
//!
//! | file | what it is |
//! |---|---|
//! | `node` | opens a node; what its parts share; the kernel's lock |
//! | `execute` | does what the kernel wants done |
//! | `ask`, `verbs` | requests: to whom, and what is done |
//! | `reload` | another module for an atom |
//! | `annotated` | what a module says of itself, at its start and its arrival |
//! | `atom`, `thread` | an atom here, and the thread that is its stack |
//! | `threads` | threads that are kept for the next one |
//! | `schedule` | who of many atoms runs |
//! | `ring`, `wake`, `console` | what an atom writes, and how it waits |
//! | `desk`, `post`, `outbox`, `realm_port` | messages of atoms |
//! | `keys`, `key_port` | their keys and values |
//! | `journal` | what comes for durable ones is on the disk first |
//! | `hosting` | whether atoms may be here at all |
//! | `spawn`, `supervise` | atoms that start others; what is done when one fails |
//! | `ends` | whoever watches an atom hears of its end, also when its node is lost |
//! | `boxes` | mailboxes of clients |
//! | `port` | mailboxes in this process, for doors |
//! | `rest` | reactive atoms between two messages |
//! | `leave`, `arrive`, `pieces` | the two ends of a move |
//! | `image_keeper`, `restore` | images on the disk, and copies; from one of them on |
//! | `relay`, `dial` | connections |
//! | `names` | names of atoms |
//! | `facts` | what is measured for a controller |
//! | `content`, `records` | contents by hash; moves that were |

mod ahead;
mod annotated;
mod arrive;
mod ask;
mod atom;
mod boxes;
mod configure;
mod console;
mod content;
mod desk;
mod dial;
mod ends;
mod execute;
mod facts;
mod hosting;
mod image_keeper;
mod journal;
mod key_port;
mod keys;
mod leave;
mod metrics;
mod names;
mod node;
mod outbox;
mod pieces;
mod port;
mod post;
mod realm_port;
mod records;
mod relay;
mod reload;
mod rest;
mod restore;
mod ring;
mod schedule;
mod settings;
mod spawn;
mod supervise;
mod thread;
mod threads;
mod verbs;
mod wake;

pub use configure::{Values, key};
pub use facts::EnergySource;
pub use node::{Node, OpenError};
pub use port::Port;
pub use settings::Settings;

use metrics::process_usage;
use std::time::{SystemTime, UNIX_EPOCH};

/// Nanoseconds since 1970.
pub(crate) fn realtime_ns() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

/// A number that nobody can guess.
fn random_u64() -> u64 {
    let mut bytes = [0; 8];
    if getrandom::fill(&mut bytes).is_err() {
        // A machine without randomness still tells processes apart by time.
        return realtime_ns();
    }
    u64::from_le_bytes(bytes)
}
