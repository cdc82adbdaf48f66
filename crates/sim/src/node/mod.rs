//! A node: a kernel, and a model of what drives it. What the kernel wants done takes a while, as it does on a machine.
//!
//! | file | what it does |
//! |---|---|
//! | `instance` | an atom at a node |
//! | `feed` | the kernel hears, and what it says is done |
//! | `source` | copies, stops, goes on, leaves |
//! | `target` | decides, takes pages in, builds, opens, discards |
//! | `post` | messages of atoms |
//! | `durable` | messages of durable atoms, which are journaled first |
//! | `serve` | requests, contents, images |

mod durable;
mod feed;
mod instance;
mod post;
mod serve;
mod source;
mod target;

pub use instance::{Copying, Incoming, Instance, Phase};
pub(crate) use source::kept;
pub(crate) use target::guest;

use crate::disk::Disk;
use sojourn_abi::{Lane, Message, Post, Receipt, Request, Role};
use sojourn_kernel::Kernel;
use std::collections::{BTreeMap, BTreeSet};

/// Bytes of frames that a process that stands still takes before some are lost.
pub const INBOX_BYTES: usize = 256 << 10;

/// An atom and an epoch.
pub type Key = (String, u64);

/// A name in the realm, with its disk, and at most one process at a time.
pub struct Node {
    /// Its name.
    pub name: String,
    /// Its kind.
    pub role: Role,
    /// What outlives its processes.
    pub disk: Disk,
    /// What runs.
    pub process: Option<Process>,
    /// Whether it will never run again.
    pub finished: bool,
}

/// A process of a node.
pub struct Process {
    /// Its number.
    pub incarnation: u64,
    /// Its kernel.
    pub kernel: Kernel,
    /// Its clock is ahead of the world's.
    pub ahead_ns: u64,
    /// It stands still until then.
    pub paused_until_ns: u64,
    /// Bytes of frames that wait meanwhile.
    pub inbox_bytes: usize,
    /// When the kernel is looked after next.
    pub tick_at_ns: Option<u64>,
    /// Atoms here, by the epoch with which they speak or will.
    pub atoms: BTreeMap<Key, Instance>,
    /// Atoms on their way here, by the epoch of their offer.
    pub incoming: BTreeMap<Key, Incoming>,
    /// The process at the other end of each session.
    pub sessions: BTreeMap<String, u64>,
    /// Peers whose session is silent.
    pub silent: BTreeSet<String>,
    /// Processes that the mesh sees, by node.
    pub seen: BTreeMap<usize, u64>,
    /// Moves asked for here.
    pub moves: u64,
}

/// Work of a process that takes a while.
#[derive(Debug)]
pub enum Job {
    /// An atom makes a step.
    Step(Key),
    /// Pages go.
    Pump(Key),
    /// An atom has come to its poll; with the number of the copy.
    Halt(Key, u64),
    /// It is known whether an offered atom is taken; with the number of the offer.
    Decide(Key, u64),
    /// An atom is put together.
    Build {
        /// Which, with the epoch of its offer.
        key: Key,
        /// Number of the offer.
        serial: u64,
        /// Its image without memory.
        image: Vec<u8>,
        /// Bytes of its memory.
        size: u64,
        /// What the node keeps for it.
        baggage: Vec<u8>,
    },
    /// A request is answered.
    Answer {
        /// Who asked.
        to: String,
        /// Its number.
        id: u64,
        /// What was asked.
        request: Request,
    },
    /// Messages of atoms came.
    Letters {
        /// From which node; none: they were looked at here before.
        from: Option<String>,
        /// Messages.
        posts: Vec<Post>,
        /// Receipts.
        receipts: Vec<Receipt>,
    },
    /// Messages for a durable atom are in the journal.
    Journaled {
        /// From which node.
        from: Option<String>,
        /// The messages.
        posts: Vec<Post>,
        /// How much of the journal is safe then.
        count: usize,
    },
    /// A durable atom's first image at this node is kept.
    Based(Key),
    /// What has no receipt goes again.
    Late,
    /// What an atom here keeps goes again.
    Opened(Key),
    /// Somebody is known to be elsewhere, or to have ended: what is kept for it goes again.
    Located(String),
    /// What was written to the disk is made safe.
    Sync,
    /// Something that could not be sent is tried again.
    Again {
        /// To whom.
        to: String,
        /// In which lane.
        lane: Lane,
        /// What.
        message: Message,
    },
}
