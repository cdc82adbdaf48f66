//! What nodes say to each other. Made from `abi/wire.toml`; do not edit.

use alloc::string::String;
use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// Version of these tables.
pub const VERSION: u32 = 1;

/// Which of the two ordered streams between a pair of nodes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Lane {
    /// Short messages.
    #[default]
    #[n(0)]
    Control = 0,
    /// Pages and contents, and what must come after them.
    #[n(1)]
    Bulk = 1,
}

/// What kind of member someone is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Role {
    /// It runs atoms.
    #[default]
    #[n(0)]
    Node = 0,
    /// It only asks.
    #[n(1)]
    Client = 1,
}

/// Where an atom is in its life at a node.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum AtomState {
    /// Its code is being compiled.
    #[default]
    #[n(0)]
    Starting = 0,
    /// It runs, or waits for something of its own.
    #[n(1)]
    Running = 1,
    /// It runs while a copy of it is on its way elsewhere.
    #[n(2)]
    Leaving = 2,
    /// It stands still while the last of it is on its way.
    #[n(3)]
    Frozen = 3,
    /// It came, and runs; what it says waits until it is owned here.
    #[n(4)]
    Held = 4,
    /// It ended by itself, or by a trap.
    #[n(5)]
    Ended = 5,
    /// It was stopped; its last image is kept.
    #[n(6)]
    Stopped = 6,
}

/// Where a move stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum MoveState {
    /// The other node has been asked.
    #[default]
    #[n(0)]
    Offered = 0,
    /// Pages are on their way while the atom runs.
    #[n(1)]
    Copying = 1,
    /// The atom has been asked to stop.
    #[n(2)]
    Stopping = 2,
    /// All of it has been sent.
    #[n(3)]
    Sealed = 3,
    /// The other node may speak for it; there is no way back.
    #[n(4)]
    Released = 4,
    /// The other node owns it.
    #[n(5)]
    Done = 5,
    /// The atom stayed where it was.
    #[n(6)]
    Failed = 6,
    /// The other node ended after it had been released; its last image is kept here.
    #[n(7)]
    Lost = 7,
}

/// A standard stream of an atom.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Stream {
    /// Standard output.
    #[default]
    #[n(1)]
    Stdout = 1,
    /// Standard error.
    #[n(2)]
    Stderr = 2,
}

/// What the mesh carries, after the 16 bytes that authenticate it (`frame` of the kernel).
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Frame {
    /// Opens a session between two processes; sent again until the answer comes.
    #[n(0)]
    #[cbor(array)]
    Hello {
        /// Name of the sender.
        #[n(0)]
        from: String,
        /// Its incarnation.
        #[n(1)]
        incarnation: u64,
        /// Incarnation of the receiver, once known: then the session stands.
        #[n(2)]
        to_incarnation: Option<u64>,
        /// Kind of the sender.
        #[n(3)]
        role: Role,
        /// Version of this table that it speaks.
        #[n(4)]
        version: u32,
        /// Asks whoever has the name now for a hello that answers it.
        #[n(5)]
        nonce: Option<u64>,
        /// Nonce of the hello that it answers: so it was said after it.
        #[n(6)]
        answers: Option<u64>,
    },
    /// The receiver may not join; not authenticated.
    #[n(1)]
    #[cbor(array)]
    Denied {
        /// Who denies.
        #[n(0)]
        from: String,
        /// Error code.
        #[n(1)]
        code: u16,
        /// Why, for people.
        #[n(2)]
        text: String,
    },
    /// A message of a lane.
    #[n(2)]
    #[cbor(array)]
    Data {
        /// Name of the sender.
        #[n(0)]
        from: String,
        /// Its incarnation.
        #[n(1)]
        incarnation: u64,
        /// Incarnation of the receiver that it is for.
        #[n(2)]
        to_incarnation: u64,
        /// The lane.
        #[n(3)]
        lane: Lane,
        /// Number of the message in the lane, from 0 on.
        #[n(4)]
        sequence: u64,
        /// Number that the sender expects next in the other direction of the lane: all before it are acknowledged.
        #[n(5)]
        next: u64,
        /// A message, encoded.
        #[n(6)]
        #[cbor(with = "minicbor::bytes")]
        payload: Vec<u8>,
    },
    /// Acknowledges messages of a lane when nothing else goes there.
    #[n(3)]
    #[cbor(array)]
    Ack {
        /// Name of the sender.
        #[n(0)]
        from: String,
        /// Its incarnation.
        #[n(1)]
        incarnation: u64,
        /// Incarnation of the receiver.
        #[n(2)]
        to_incarnation: u64,
        /// The lane.
        #[n(3)]
        lane: Lane,
        /// Number expected next.
        #[n(4)]
        next: u64,
        /// Numbers beyond it that have come already, at most 64.
        #[n(5)]
        beyond: Vec<u64>,
        /// Bytes that the receiver still takes in this lane.
        #[n(6)]
        room: u64,
    },
}

/// What a lane carries.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Message {
    /// Somebody owns, or owned, an atom. Newest epoch wins.
    #[n(0)]
    #[cbor(array)]
    Place {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Its epoch.
        #[n(1)]
        epoch: u64,
        /// Who speaks for it.
        #[n(2)]
        node: String,
        /// Whether it still runs.
        #[n(3)]
        alive: bool,
        /// Its aliases; none: as before.
        #[n(4)]
        aliases: Option<Vec<Alias>>,
        /// Grows with each change of its aliases within an epoch.
        #[n(5)]
        version: Option<u64>,
    },
    /// Asks a node to take an atom.
    #[n(1)]
    #[cbor(array)]
    Offer {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Its epoch at the source; it goes on with the next one.
        #[n(1)]
        epoch: u64,
        /// What it is and what it needs.
        #[n(2)]
        facts: Facts,
    },
    /// The node takes it: pages may come.
    #[n(2)]
    #[cbor(array)]
    Accept {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
    },
    /// The node does not take it.
    #[n(3)]
    #[cbor(array)]
    Refuse {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
        /// Error code.
        #[n(2)]
        code: u16,
        /// Why, for people.
        #[n(3)]
        text: String,
    },
    /// Contents of a memory of an atom that is on its way.
    #[n(4)]
    #[cbor(array)]
    Pages {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
        /// Index of the memory in the module.
        #[n(2)]
        memory: u32,
        /// Bytes that the memory has.
        #[n(3)]
        size: u64,
        /// Pieces of it, by ascending offset.
        #[n(4)]
        pieces: Vec<Piece>,
    },
    /// The rest of an atom that has stopped; comes after its last pages in the same lane.
    #[n(5)]
    #[cbor(array)]
    Final {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
        /// An image without memories.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        image: Vec<u8>,
        /// Bytes of each memory.
        #[n(3)]
        sizes: Vec<u64>,
        /// What the node keeps for it (record `baggage`).
        #[n(4)]
        #[cbor(with = "minicbor::bytes")]
        baggage: Vec<u8>,
    },
    /// The node has all of it, and runs it held.
    #[n(6)]
    #[cbor(array)]
    Ready {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
    },
    /// The source will never speak for it again with this epoch: the node owns it with the next one.
    #[n(7)]
    #[cbor(array)]
    Release {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
    },
    /// The node speaks for it.
    #[n(8)]
    #[cbor(array)]
    Owned {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
    },
    /// Either side ends a move before it was released.
    #[n(9)]
    #[cbor(array)]
    Abort {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
        /// Error code.
        #[n(2)]
        code: u16,
        /// Why, for people.
        #[n(3)]
        text: String,
    },
    /// A node that holds an atom asks whether it was released, after the session with its source broke.
    #[n(10)]
    #[cbor(array)]
    Resolve {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
    },
    /// The answer.
    #[n(11)]
    #[cbor(array)]
    Resolved {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the offer.
        #[n(1)]
        epoch: u64,
        /// Whether the asker owns it with the next epoch; otherwise it drops what it holds.
        #[n(2)]
        yours: bool,
    },
    /// Asks for a content by its hash.
    #[n(12)]
    #[cbor(array)]
    Want {
        /// BLAKE3 of the content.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        hash: [u8; 32],
    },
    /// A part of a content; parts come in order.
    #[n(13)]
    #[cbor(array)]
    Content {
        /// BLAKE3 of the whole.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        hash: [u8; 32],
        /// Bytes of the whole.
        #[n(1)]
        size: u64,
        /// Where this part begins.
        #[n(2)]
        offset: u64,
        /// The part.
        #[n(3)]
        #[cbor(with = "minicbor::bytes")]
        bytes: Vec<u8>,
    },
    /// The node does not have that content.
    #[n(14)]
    #[cbor(array)]
    Lacking {
        /// BLAKE3 of the content.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        hash: [u8; 32],
    },
    /// A request.
    #[n(15)]
    #[cbor(array)]
    Ask {
        /// Chosen by the asker; the answer has the same.
        #[n(0)]
        id: u64,
        /// The node that is to answer; none: the one that gets it, or whoever has the atom.
        #[n(1)]
        to: Option<String>,
        /// What is asked.
        #[n(2)]
        request: Request,
    },
    /// The answer to a request.
    #[n(16)]
    #[cbor(array)]
    Answer {
        /// Id of the request.
        #[n(0)]
        id: u64,
        /// The answer.
        #[n(1)]
        response: Response,
    },
    /// Connections of an atom: what the node where they were opened and the one where the atom is say to each other.
    #[n(17)]
    #[cbor(array)]
    Relay {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch of the atom at whoever of the two has it.
        #[n(1)]
        epoch: u64,
        /// Whether it comes from the anchor; otherwise from the atom.
        #[n(2)]
        anchor: bool,
        /// A record of `anchor::Relay`.
        #[n(3)]
        #[cbor(with = "minicbor::bytes")]
        body: Vec<u8>,
    },
    /// Messages of atoms to atoms that are, or were, at the receiving node.
    #[n(18)]
    #[cbor(array)]
    Posts {
        /// The messages; those of a pair in order.
        #[n(0)]
        posts: Vec<Post>,
    },
    /// Acknowledges messages of atoms.
    #[n(19)]
    #[cbor(array)]
    Posted {
        /// One for each pair.
        #[n(0)]
        receipts: Vec<Receipt>,
    },
}

/// A second name of an atom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Alias {
    /// What kind of name it is.
    #[n(0)]
    pub scope: String,
    /// The name.
    #[n(1)]
    pub alias: String,
}

/// What a message between atoms is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum EventKind {
    /// A message.
    #[default]
    #[n(0)]
    Message = 0,
    /// One that is handled inside the receiver's next blocking call.
    #[n(1)]
    Interrupt = 1,
    /// The answer to a call.
    #[n(2)]
    Reply = 2,
    /// A call has failed; `code` tells why.
    #[n(3)]
    Failed = 3,
    /// An atom that is watched has ended; `code` is its exit status.
    #[n(4)]
    Ended = 4,
    /// A key has changed.
    #[n(5)]
    Changed = 5,
    /// The sender wants to hear of the receiver's end; for its node.
    #[n(6)]
    Watch = 6,
    /// The sender does not want that any more; for the receiver's node.
    #[n(7)]
    Unwatch = 7,
}

/// A message between atoms: `CloudEvents` in the small.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Event {
    /// Its number, unique for its source.
    #[n(0)]
    pub id: u64,
    /// What it is.
    #[n(1)]
    pub kind: EventKind,
    /// Global name of the sender.
    #[n(2)]
    pub source: String,
    /// What kind of message it is to the receiver.
    #[n(3)]
    pub ty: String,
    /// What it is about; may be empty.
    #[n(4)]
    pub subject: String,
    /// Media type of the data; empty: bytes.
    #[n(5)]
    pub content_type: String,
    /// The data.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    pub data: Vec<u8>,
    /// Future of the sender that an answer resolves; in an answer, of the receiver; 0: none.
    #[n(7)]
    pub call: u64,
    /// See the kinds.
    #[n(8)]
    pub code: u32,
}

/// A message between atoms on its way: numbered for its pair.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Post {
    /// Global name of the receiver.
    #[n(0)]
    pub to: String,
    /// Run of the sender: grows when it begins anew.
    #[n(1)]
    pub run: u64,
    /// Lowest number that the sender still has: what is below was acknowledged.
    #[n(2)]
    pub first: u64,
    /// Its number in the pair, from 1 on.
    #[n(3)]
    pub number: u64,
    /// The message.
    #[n(4)]
    pub event: Event,
}

/// How far messages of a pair have come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Receipt {
    /// Global name of the sender.
    #[n(0)]
    pub source: String,
    /// Its run.
    #[n(1)]
    pub run: u64,
    /// Global name of the receiver.
    #[n(2)]
    pub to: String,
    /// Number that the receiver expects next: all below have come.
    #[n(3)]
    pub next: u64,
    /// Whether it has no room now.
    #[n(4)]
    pub busy: bool,
}

/// What an atom is and needs, for a node to decide whether it takes it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Facts {
    /// Name of its program.
    #[n(0)]
    pub name: String,
    /// BLAKE3 of its module.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub module: [u8; 32],
    /// Size of its module.
    #[n(2)]
    pub module_bytes: u64,
    /// Engine that it runs on.
    #[n(3)]
    pub engine: String,
    /// Bytes of its memories.
    #[n(4)]
    pub memory_bytes: u64,
    /// Host directories that it has open, by the guest's path; they pin it.
    #[n(5)]
    pub mounts: Vec<String>,
    /// Where it, and others of its module, have stopped lately, so that the node can compile ahead.
    #[n(6)]
    pub points: Vec<Point>,
    /// Why it moves, for people.
    #[n(7)]
    pub cause: String,
    /// How often an image of it is kept; 0: never by itself.
    #[n(8)]
    pub images_every_ms: u64,
    /// Most bytes of memory that it may have, where its start said so.
    #[n(9)]
    pub memory_limit_bytes: Option<u64>,
}

/// A place where a frame can go on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Point {
    /// Function index in the module.
    #[n(0)]
    pub function: u32,
    /// Byte offset of the site in the module; 0 for a host call.
    #[n(1)]
    pub offset: u32,
    /// Kind of point, as in images.
    #[n(2)]
    pub kind: u8,
}

/// A piece of a memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Piece {
    /// Where it begins.
    #[n(0)]
    pub offset: u64,
    /// Bytes that it has in memory.
    #[n(1)]
    pub length: u32,
    /// The bytes; LZ4 when they are fewer than `length`; none: all zero.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub stored: Vec<u8>,
}

/// What a node keeps for an atom, and hands on when it moves.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Baggage {
    /// Name of its program.
    #[n(0)]
    pub name: String,
    /// When it was started, since 1970.
    #[n(1)]
    pub started_at_ns: u64,
    /// How often it has moved.
    #[n(2)]
    pub moves: u32,
    /// Processor time that it has used.
    #[n(3)]
    pub processor_ns: u64,
    /// How often an image of it is kept; 0: never by itself.
    #[n(4)]
    pub images_every_ms: u64,
    /// Its standard output.
    #[n(5)]
    pub stdout: Output,
    /// Its standard error.
    #[n(6)]
    pub stderr: Output,
    /// Its connections (`anchor::Connections`); empty: none.
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    pub connections: Vec<u8>,
    /// Node that has its listeners and sockets.
    #[n(8)]
    pub anchor: Option<String>,
    /// Most bytes of memory that it may have, where its start said so.
    #[n(9)]
    pub memory_limit_bytes: Option<u64>,
    /// Its mailbox (`sojourn_post::Mailbox`).
    #[n(10)]
    pub mailbox: Option<Vec<u8>>,
    /// Its aliases.
    #[n(11)]
    pub aliases: Option<Vec<Alias>>,
    /// How it lives.
    #[n(12)]
    pub life: Option<Life>,
    /// Its keys and values, encoded by the store.
    #[n(13)]
    pub keys: Option<Vec<u8>>,
    /// Where state and baggage are that are too large for one message; then both are empty.
    #[n(14)]
    pub contents: Option<Contents>,
}

/// State and baggage of an atom that moves, as contents that its source has.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Contents {
    /// Its state.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub image: [u8; 32],
    /// Its baggage.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub baggage: [u8; 32],
}

/// What is done when an atom ends by a trap or with a status other than 0; under a controller, also when its node is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(index_only)]
pub enum Restart {
    /// It stays down.
    #[default]
    #[n(0)]
    Never = 0,
    /// It begins anew.
    #[n(1)]
    Start = 1,
    /// It goes on from its last image.
    #[n(2)]
    Image = 2,
}

/// How an atom lives.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Life {
    /// Whether it runs when a message comes, by its export `handle`; otherwise it runs until it ends.
    #[n(0)]
    pub reactive: bool,
    /// Whether messages to it are journaled before they are acknowledged.
    #[n(1)]
    pub durable: bool,
    /// Number of a `restart`.
    #[n(2)]
    pub restart: u8,
    /// How often within a minute.
    #[n(3)]
    pub most_restarts: u32,
    /// Its arguments, for a new beginning.
    #[n(4)]
    pub arguments: Vec<String>,
    /// Its environment, for a new beginning.
    #[n(5)]
    pub environment: Vec<Variable>,
    /// Most messages that wait; 0: the node's default.
    #[n(6)]
    pub mailbox_messages: u32,
    /// `host:port` patterns that it may connect to; `*` stands for any.
    #[n(7)]
    pub connect: Vec<String>,
    /// `host:port` patterns that it may listen on.
    #[n(8)]
    pub listen: Vec<String>,
    /// Files of it that are channels.
    #[n(9)]
    pub channels: Option<Vec<Channel>>,
    /// Name of the atom that gets what it writes to channels.
    #[n(10)]
    pub channel_to: Option<String>,
}

/// The end of what an atom wrote to a stream.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Output {
    /// Number of the first byte that is still there.
    #[n(0)]
    pub start: u64,
    /// The bytes from there on.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub bytes: Vec<u8>,
    /// Where somebody who reads it is, if anybody reads it.
    #[n(2)]
    pub read: Option<u64>,
}

/// What a node has measured, for a controller. Of its atoms those that are new or have changed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Report {
    /// Its number at the node, for `after` of the next request.
    #[n(0)]
    pub number: u64,
    /// Whether it begins anew: atoms that are not in it, nor in those that continue it, are not here.
    #[n(1)]
    pub whole: bool,
    /// Whether there is more that has changed.
    #[n(2)]
    pub more: bool,
    /// When it was taken, since 1970.
    #[n(3)]
    pub at_ns: u64,
    /// The node.
    #[n(4)]
    pub machine: Machine,
    /// Its links.
    #[n(5)]
    pub links: Vec<LinkSample>,
    /// Atoms that are new or have changed.
    #[n(6)]
    pub atoms: Vec<AtomSample>,
    /// Atoms that are not here any more.
    #[n(7)]
    pub gone: Vec<String>,
    /// The strongest pairs whose messages come here.
    #[n(8)]
    pub traffic: Vec<TrafficRow>,
}

/// A node as a place for atoms.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Machine {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Number of its process.
    #[n(1)]
    pub incarnation: u64,
    /// Version of the program.
    #[n(2)]
    pub version: String,
    /// Architecture of its processor.
    #[n(3)]
    pub arch: String,
    /// Its operating system.
    #[n(4)]
    pub system: String,
    /// Engines that it has.
    #[n(5)]
    pub engines: Vec<String>,
    /// Host functions that it offers beside those of every node.
    #[n(6)]
    pub functions: Vec<String>,
    /// What it is marked with.
    #[n(7)]
    pub tags: Vec<String>,
    /// Where it is: metres east, north and up of the realm's origin, with commas between.
    #[n(8)]
    pub position: Option<String>,
    /// Cores for atoms, in thousandths.
    #[n(9)]
    pub millicores: u32,
    /// Speed of a core, in thousandths of the reference's.
    #[n(10)]
    pub speed: u32,
    /// Cores of the machine that are busy, in thousandths.
    #[n(11)]
    pub load: u32,
    /// Memory for atoms.
    #[n(12)]
    pub memory_bytes: u64,
    /// What is free of it.
    #[n(13)]
    pub memory_free_bytes: u64,
    /// Atoms that it has.
    #[n(14)]
    pub atoms: u32,
    /// Most atoms.
    #[n(15)]
    pub max_atoms: u32,
    /// What an hour of it costs.
    #[n(16)]
    pub micro_euro_per_hour: u64,
    /// Its energy; none: no limit is known.
    #[n(17)]
    pub energy: Option<Energy>,
    /// Whether its energy ends soon.
    #[n(18)]
    pub low_energy: bool,
    /// How long it has been running.
    #[n(19)]
    pub uptime_ns: u64,
    /// Whether atoms may be at it; none: they may.
    #[n(20)]
    pub hosts: Option<bool>,
}

/// A store of energy.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Energy {
    /// `battery`, `declared` or `simulated`.
    #[n(0)]
    pub source: String,
    /// What is left.
    #[n(1)]
    pub millijoules: u64,
    /// What it holds.
    #[n(2)]
    pub capacity_millijoules: u64,
    /// What comes in.
    #[n(3)]
    pub harvest_milliwatts: u64,
    /// What the machine takes when it does nothing.
    #[n(4)]
    pub idle_milliwatts: u64,
    /// What it takes more for each busy core.
    #[n(5)]
    pub core_milliwatts: u64,
    /// Whether it is plugged in.
    #[n(6)]
    pub mains: bool,
}

/// A link, as one of its ends has measured it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct LinkSample {
    /// The other end.
    #[n(0)]
    pub peer: String,
    /// Round trip, smoothed.
    #[n(1)]
    pub rtt_us: u32,
    /// What the last large transfer reached; 0: none yet.
    #[n(2)]
    pub bytes_per_s: u64,
}

/// An atom, as its node has measured it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AtomSample {
    /// The atom.
    #[n(0)]
    pub atom: String,
    /// Its epoch.
    #[n(1)]
    pub epoch: u64,
    /// Where it is in its life.
    #[n(2)]
    pub state: AtomState,
    /// BLAKE3 of its module.
    #[n(3)]
    #[cbor(with = "minicbor::bytes")]
    pub module: [u8; 32],
    /// Processor time a second, smoothed, in thousandths.
    #[n(4)]
    pub millicores: u32,
    /// Bytes of its memories.
    #[n(5)]
    pub memory_bytes: u64,
    /// Messages that wait for it.
    #[n(6)]
    pub waiting: u32,
    /// When it was started, since 1970.
    #[n(7)]
    pub started_at_ns: u64,
    /// Whether it runs only when a message comes.
    #[n(8)]
    pub reactive: bool,
    /// Exit status, when it ended by itself.
    #[n(9)]
    pub status: Option<i32>,
}

/// Messages from one atom or client to another, smoothed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct TrafficRow {
    /// Global name of the sender.
    #[n(0)]
    pub source: String,
    /// Global name of the receiver.
    #[n(1)]
    pub target: String,
    /// Messages a second, in thousandths.
    #[n(2)]
    pub millimessages_per_s: u64,
    /// Bytes a second.
    #[n(3)]
    pub bytes_per_s: u64,
}

/// An atom, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct AtomRow {
    /// The atom.
    #[n(0)]
    pub atom: String,
    /// Name of its program.
    #[n(1)]
    pub name: String,
    /// Where it is.
    #[n(2)]
    pub node: String,
    /// Its epoch.
    #[n(3)]
    pub epoch: u64,
    /// Where it is in its life.
    #[n(4)]
    pub state: AtomState,
    /// Engine that it runs on.
    #[n(5)]
    pub engine: String,
    /// BLAKE3 of its module.
    #[n(6)]
    #[cbor(with = "minicbor::bytes")]
    pub module: [u8; 32],
    /// Bytes of its memories.
    #[n(7)]
    pub memory_bytes: u64,
    /// Processor time that it has used.
    #[n(8)]
    pub processor_ns: u64,
    /// When it was started, since 1970.
    #[n(9)]
    pub started_at_ns: u64,
    /// How often it has moved.
    #[n(10)]
    pub moves: u32,
    /// Bytes that it wrote to standard output.
    #[n(11)]
    pub stdout_bytes: u64,
    /// Bytes that it wrote to standard error.
    #[n(12)]
    pub stderr_bytes: u64,
    /// Open connections.
    #[n(13)]
    pub connections: u32,
    /// Exit status, when it ended by itself.
    #[n(14)]
    pub status: Option<i32>,
    /// Why it ended, when it did not end by itself.
    #[n(15)]
    pub reason: Option<String>,
    /// Messages that wait for it.
    #[n(16)]
    pub waiting: Option<u32>,
    /// Whether it runs only when a message comes.
    #[n(17)]
    pub reactive: Option<bool>,
    /// Whether it is at rest now: no more than its state.
    #[n(18)]
    pub resting: Option<bool>,
}

/// A node, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct NodeRow {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Number of its process.
    #[n(1)]
    pub incarnation: u64,
    /// Version of the program.
    #[n(2)]
    pub version: String,
    /// Where others can join it.
    #[n(3)]
    pub addresses: Vec<String>,
    /// Atoms that can run at once.
    #[n(4)]
    pub workers: u32,
    /// Atoms that it has.
    #[n(5)]
    pub atoms: u32,
    /// Atoms that want to run now.
    #[n(6)]
    pub running: u32,
    /// Memory that its process has.
    #[n(7)]
    pub resident_bytes: u64,
    /// Processor time that its process has used.
    #[n(8)]
    pub processor_ns: u64,
    /// How long it has been running.
    #[n(9)]
    pub uptime_ns: u64,
    /// Nodes that it has a session with.
    #[n(10)]
    pub peers: Vec<String>,
    /// Counters.
    #[n(11)]
    pub metrics: Vec<Metric>,
    /// Whether atoms may be at it; none: they may.
    #[n(12)]
    pub hosts: Option<bool>,
}

/// A counter.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Metric {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// How many.
    #[n(1)]
    pub value: u64,
}

/// A move, for people. Times are those of the source's clock.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct MoveRow {
    /// Its number at the source.
    #[n(0)]
    pub id: u64,
    /// The atom.
    #[n(1)]
    pub atom: String,
    /// Where it was.
    #[n(2)]
    pub source: String,
    /// Where it was to go.
    #[n(3)]
    pub target: String,
    /// Its epoch at the source.
    #[n(4)]
    pub epoch: u64,
    /// Why.
    #[n(5)]
    pub cause: String,
    /// Where the move stands.
    #[n(6)]
    pub state: MoveState,
    /// Error code, when it failed.
    #[n(7)]
    pub code: Option<u16>,
    /// Why it failed, for people.
    #[n(8)]
    pub text: Option<String>,
    /// Rounds of pages sent while it ran.
    #[n(9)]
    pub rounds: u32,
    /// Bytes sent.
    #[n(10)]
    pub bytes: u64,
    /// Bytes still to be sent in this round.
    #[n(11)]
    pub pending_bytes: u64,
    /// When it began, since 1970.
    #[n(12)]
    pub started_at_ns: u64,
    /// From the offer to the answer that it is owned.
    #[n(13)]
    pub total_ns: u64,
    /// From the guest's last step at the source to the answer that it runs at the target.
    #[n(14)]
    pub paused_ns: u64,
    /// From the guest's last step at the source until the target speaks for it.
    #[n(15)]
    pub downtime_ns: u64,
}

/// An image that is kept, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct ImageRow {
    /// Its number at the node that keeps it.
    #[n(0)]
    pub id: u64,
    /// Where it is kept.
    #[n(1)]
    pub node: String,
    /// The atom.
    #[n(2)]
    pub atom: String,
    /// Epoch at which it was taken.
    #[n(3)]
    pub epoch: u64,
    /// When, since 1970.
    #[n(4)]
    pub taken_at_ns: u64,
    /// Why: by a person, at an interval, at a stop, in a move.
    #[n(5)]
    pub cause: String,
    /// Its size.
    #[n(6)]
    pub bytes: u64,
    /// BLAKE3 of its module.
    #[n(7)]
    #[cbor(with = "minicbor::bytes")]
    pub module: [u8; 32],
}

/// A directory that an atom sees.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Mount {
    /// Where it sees it.
    #[n(0)]
    pub guest: String,
    /// Directory of the node's machine; none: files in memory, which move.
    #[n(1)]
    pub host: Option<String>,
    /// Files in memory at the start.
    #[n(2)]
    pub files: Vec<File>,
}

/// A file in memory.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct File {
    /// Its path from the mount on.
    #[n(0)]
    pub path: String,
    /// Its contents.
    #[n(1)]
    #[cbor(with = "minicbor::bytes")]
    pub contents: Vec<u8>,
}

/// A file of an atom: reads take messages of type `channel` with this subject, writes send them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Channel {
    /// Where it is opened: absolute, in a directory.
    #[n(0)]
    pub path: String,
    /// `r`, `w` or `rw`.
    #[n(1)]
    pub mode: String,
}

/// A variable of an atom's environment.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct Variable {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Its value.
    #[n(1)]
    pub value: String,
}

/// What a client, or a node for it, asks.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Request {
    /// All nodes of the realm: `NodeRows`.
    #[n(0)]
    #[cbor(array)]
    Nodes {},
    /// All atoms of the realm: `AtomRows`.
    #[n(1)]
    #[cbor(array)]
    Atoms {},
    /// The node that is asked: `NodeRows` with one row.
    #[n(2)]
    #[cbor(array)]
    Node {},
    /// Atoms of the node that is asked: `AtomRows`.
    #[n(3)]
    #[cbor(array)]
    AtomsHere {},
    /// Starts a module: `Placed`. Its content is wanted from the asker where the node lacks it.
    #[n(4)]
    #[cbor(array)]
    Start {
        /// BLAKE3 of the module.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        module: [u8; 32],
        /// Name of the program; the atom's name is made from it.
        #[n(1)]
        name: String,
        /// Arguments, the program's name first.
        #[n(2)]
        arguments: Vec<String>,
        /// Its environment.
        #[n(3)]
        environment: Vec<Variable>,
        /// Directories that it sees.
        #[n(4)]
        mounts: Vec<Mount>,
        /// What it reads from standard input, then the end.
        #[n(5)]
        #[cbor(with = "minicbor::bytes")]
        stdin: Vec<u8>,
        /// Addresses to listen on for it: `127.0.0.1:8080`.
        #[n(6)]
        listen: Vec<String>,
        /// `wasmtime` or `wasmi`.
        #[n(7)]
        engine: String,
        /// How often an image of it is kept; 0: never by itself.
        #[n(8)]
        images_every_ms: u64,
        /// Limit of its memories; 0: the node's default.
        #[n(9)]
        memory_bytes: u64,
        /// Local name that the atom is to have; none: of the annotation, or one is made from the program's.
        #[n(10)]
        atom: Option<String>,
        /// How it lives; none: as the module's annotation says.
        #[n(11)]
        life: Option<Life>,
        /// Aliases that it has from the start.
        #[n(12)]
        aliases: Option<Vec<Alias>>,
        /// Files of it that are channels, beside those of `life` or the annotation.
        #[n(13)]
        channels: Option<Vec<Channel>>,
        /// Name of the atom that gets what it writes to channels; none: as there.
        #[n(14)]
        channel_to: Option<String>,
    },
    /// Output of an atom from a byte on: `Output`.
    #[n(5)]
    #[cbor(array)]
    Read {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Which stream.
        #[n(1)]
        stream: Stream,
        /// Number of the first byte wanted.
        #[n(2)]
        from: u64,
        /// Most bytes wanted.
        #[n(3)]
        most: u32,
        /// How long to wait for some.
        #[n(4)]
        wait_ms: u32,
    },
    /// Moves an atom: `Moving`.
    #[n(6)]
    #[cbor(array)]
    Move {
        /// The atom.
        #[n(0)]
        atom: String,
        /// The node it is to go to.
        #[n(1)]
        target: String,
        /// Why, for people.
        #[n(2)]
        cause: String,
    },
    /// Where a move stands: `MoveRows` with one row.
    #[n(7)]
    #[cbor(array)]
    MoveState {
        /// The atom.
        #[n(0)]
        atom: String,
        /// The node that it leaves.
        #[n(1)]
        source: String,
        /// Number of the move there.
        #[n(2)]
        id: u64,
        /// How long to wait for its end.
        #[n(3)]
        wait_ms: u32,
    },
    /// Moves that the node that is asked began, the last ones: `MoveRows`.
    #[n(8)]
    #[cbor(array)]
    Moves {
        /// Only those of this atom.
        #[n(0)]
        atom: Option<String>,
    },
    /// Stops an atom for good: `Stopped`.
    #[n(9)]
    #[cbor(array)]
    Stop {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Whether its image is kept, so that it can be restored.
        #[n(1)]
        keep: bool,
    },
    /// Takes and keeps an image of an atom, which goes on: `ImageRows` with a row for each copy.
    #[n(10)]
    #[cbor(array)]
    Checkpoint {
        /// The atom.
        #[n(0)]
        atom: String,
    },
    /// Images kept anywhere in the realm: `ImageRows`.
    #[n(11)]
    #[cbor(array)]
    Images {
        /// Only those of this atom.
        #[n(0)]
        atom: Option<String>,
    },
    /// Images kept at the node that is asked: `ImageRows`.
    #[n(12)]
    #[cbor(array)]
    ImagesHere {
        /// Only those of this atom.
        #[n(0)]
        atom: Option<String>,
    },
    /// Lets an atom that nobody runs go on from an image: `Placed`.
    #[n(13)]
    #[cbor(array)]
    Restore {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Number of the image at `keeper`; none: the newest there is.
        #[n(1)]
        image: Option<u64>,
        /// The node that keeps it.
        #[n(2)]
        keeper: Option<String>,
        /// Where it is to go on; none: the node that is asked.
        #[n(3)]
        target: Option<String>,
    },
    /// Lets an image go on at the node that is asked: `Placed`.
    #[n(14)]
    #[cbor(array)]
    RestoreHere {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Epoch that it gets.
        #[n(1)]
        epoch: u64,
        /// BLAKE3 of the image, which is wanted from the asker.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        content: [u8; 32],
        /// Also without what a journal has that came for a durable atom since.
        #[n(3)]
        anyway: Option<bool>,
    },
    /// An image that is kept, as a content that can be wanted: `Fetched`.
    #[n(15)]
    #[cbor(array)]
    Fetch {
        /// Number of the image at the node that is asked.
        #[n(0)]
        id: u64,
    },
    /// An image of an atom now, as a content that can be wanted; it is not kept: `Fetched`.
    #[n(16)]
    #[cbor(array)]
    Snapshot {
        /// The atom.
        #[n(0)]
        atom: String,
    },
    /// Keeps a copy of an image, which is wanted from the asker: `ImageRows`.
    #[n(17)]
    #[cbor(array)]
    Keep {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Its epoch.
        #[n(1)]
        epoch: u64,
        /// When it was taken.
        #[n(2)]
        taken_at_ns: u64,
        /// Why.
        #[n(3)]
        cause: String,
        /// BLAKE3 of the image.
        #[n(4)]
        #[cbor(with = "minicbor::bytes")]
        content: [u8; 32],
    },
    /// Forgets an atom that has ended, and its images: `Done`.
    #[n(18)]
    #[cbor(array)]
    Forget {
        /// The atom.
        #[n(0)]
        atom: String,
    },
    /// Sends a message to an atom in the name of a box, or of the asker: `Sent`.
    #[n(19)]
    #[cbor(array)]
    Post {
        /// Name of the atom: global, or local and then any of that name.
        #[n(0)]
        to: String,
        /// The message; id and source are filled in.
        #[n(1)]
        event: Event,
        /// How long to wait for room.
        #[n(2)]
        wait_ms: u32,
        /// Name of a box at this node, which answers come to.
        #[n(3)]
        name: Option<String>,
    },
    /// Sends a message to an atom and waits for its answer: `Events` with one event.
    #[n(20)]
    #[cbor(array)]
    Call {
        /// As in `Post`.
        #[n(0)]
        to: String,
        /// As in `Post`.
        #[n(1)]
        event: Event,
        /// How long to wait.
        #[n(2)]
        wait_ms: u32,
        /// As in `Post`.
        #[n(3)]
        name: Option<String>,
    },
    /// A mailbox for somebody who is no atom, until nobody receives for a minute: `Placed`.
    #[n(21)]
    #[cbor(array)]
    OpenBox {
        /// Local name; empty: one is chosen.
        #[n(0)]
        name: String,
        /// Its aliases.
        #[n(1)]
        aliases: Vec<Alias>,
    },
    /// Takes messages of a box; those of the last answer go when `after` tells that they came: `Events`.
    #[n(22)]
    #[cbor(array)]
    Receive {
        /// Its global name.
        #[n(0)]
        name: String,
        /// Most messages wanted.
        #[n(1)]
        most: u32,
        /// How long to wait for one.
        #[n(2)]
        wait_ms: u32,
        /// Number of the last answer that came; 0: none.
        #[n(3)]
        after: u64,
    },
    /// Ends a box: `Done`.
    #[n(23)]
    #[cbor(array)]
    CloseBox {
        /// Its global name.
        #[n(0)]
        name: String,
    },
    /// Atoms whose name or alias fits: `Names`.
    #[n(24)]
    #[cbor(array)]
    Find {
        /// Empty: names are matched; otherwise aliases of this scope.
        #[n(0)]
        scope: String,
        /// A regular expression for the whole name or alias; empty: all.
        #[n(1)]
        pattern: String,
        /// Whether one is enough.
        #[n(2)]
        any: bool,
    },
    /// A box hears of an atom's end: `Done`.
    #[n(25)]
    #[cbor(array)]
    WatchAtom {
        /// Global name of a box of this node.
        #[n(0)]
        name: String,
        /// The atom.
        #[n(1)]
        atom: String,
    },
    /// Keys of an atom's store: `KeyRows`.
    #[n(26)]
    #[cbor(array)]
    Keys {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Only keys with this prefix.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        prefix: Vec<u8>,
        /// Only keys after this one.
        #[n(2)]
        #[cbor(with = "minicbor::bytes")]
        after: Vec<u8>,
        /// Most keys wanted.
        #[n(3)]
        most: u32,
    },
    /// Another module for an atom, whose keys and messages it keeps; wanted from the asker: `Reloaded`.
    #[n(27)]
    #[cbor(array)]
    Reload {
        /// The atom.
        #[n(0)]
        atom: String,
        /// BLAKE3 of the module.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        module: [u8; 32],
    },
    /// What the node that is asked has measured: `Reports` with one report.
    #[n(28)]
    #[cbor(array)]
    Report {
        /// Number of the last report that the asker got of this node; 0: none.
        #[n(0)]
        after: u64,
        /// Most atoms wanted.
        #[n(1)]
        most: u32,
    },
    /// What all nodes have measured since the same member asked the node that is asked the last time: `Reports`.
    #[n(29)]
    #[cbor(array)]
    Reports {
        /// How long to wait for those that do not answer.
        #[n(0)]
        wait_ms: u32,
        /// Most atoms wanted of each.
        #[n(1)]
        most: u32,
        /// Whether the asker begins anew, and wants all to be told.
        #[n(2)]
        anew: bool,
    },
    /// The node that has an atom's listeners and sockets listens for it on one more address: `Done`.
    #[n(33)]
    #[cbor(array)]
    Listen {
        /// The atom, which is elsewhere.
        #[n(0)]
        atom: String,
        /// Place of the listener among the atom's.
        #[n(1)]
        place: u32,
        /// `host:port`.
        #[n(2)]
        address: String,
    },
    /// Nothing, as fast as can be: `Done`.
    #[n(30)]
    #[cbor(array)]
    Ping {},
    /// What a module says of itself: `Annotated`.
    #[n(31)]
    #[cbor(array)]
    Annotation {
        /// BLAKE3 of the module.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        module: [u8; 32],
    },
    /// Compiled code that the node that is asked keeps on disk: `Cached`.
    #[n(34)]
    #[cbor(array)]
    Cache {
        /// Most entries wanted, those used last first.
        #[n(0)]
        most: u32,
    },
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum Response {
    /// It was not done.
    #[n(0)]
    #[cbor(array)]
    Failed {
        /// Error code.
        #[n(0)]
        code: u16,
        /// What happened, to what.
        #[n(1)]
        text: String,
        /// What to do.
        #[n(2)]
        hint: Option<String>,
    },
    /// It is done.
    #[n(1)]
    #[cbor(array)]
    Done {},
    /// Nodes.
    #[n(2)]
    #[cbor(array)]
    NodeRows {
        /// One each.
        #[n(0)]
        rows: Vec<NodeRow>,
    },
    /// Atoms.
    #[n(3)]
    #[cbor(array)]
    AtomRows {
        /// One each.
        #[n(0)]
        rows: Vec<AtomRow>,
    },
    /// Moves.
    #[n(4)]
    #[cbor(array)]
    MoveRows {
        /// One each, the oldest first.
        #[n(0)]
        rows: Vec<MoveRow>,
    },
    /// Images.
    #[n(5)]
    #[cbor(array)]
    ImageRows {
        /// One each, the oldest first.
        #[n(0)]
        rows: Vec<ImageRow>,
    },
    /// An atom runs.
    #[n(6)]
    #[cbor(array)]
    Placed {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Where.
        #[n(1)]
        node: String,
        /// Its epoch.
        #[n(2)]
        epoch: u64,
        /// Addresses on which it is listened for it.
        #[n(3)]
        listening: Vec<String>,
    },
    /// Output.
    #[n(7)]
    #[cbor(array)]
    Output {
        /// Number of the first byte; more than was asked for when those before are gone.
        #[n(0)]
        from: u64,
        /// The bytes; may be none.
        #[n(1)]
        #[cbor(with = "minicbor::bytes")]
        bytes: Vec<u8>,
        /// Whether nothing will follow.
        #[n(2)]
        end: bool,
    },
    /// A move has begun.
    #[n(8)]
    #[cbor(array)]
    Moving {
        /// The node that it leaves.
        #[n(0)]
        source: String,
        /// Number of the move there.
        #[n(1)]
        id: u64,
    },
    /// An atom was stopped, or had ended before.
    #[n(9)]
    #[cbor(array)]
    Stopped {
        /// Its exit status, when it ended by itself.
        #[n(0)]
        status: Option<i32>,
        /// The images kept of it.
        #[n(1)]
        images: Vec<ImageRow>,
    },
    /// A content that can be wanted from the node that answers, for a minute.
    #[n(10)]
    #[cbor(array)]
    Fetched {
        /// BLAKE3 of it.
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        content: [u8; 32],
        /// Its size.
        #[n(1)]
        bytes: u64,
    },
    /// The atom is at another node; between nodes only.
    #[n(11)]
    #[cbor(array)]
    Elsewhere {
        /// Where, as far as known.
        #[n(0)]
        node: String,
        /// Its epoch there.
        #[n(1)]
        epoch: u64,
    },
    /// A message is in the receiver's mailbox, or on its way.
    #[n(12)]
    #[cbor(array)]
    Sent {
        /// Global name of the receiver.
        #[n(0)]
        to: String,
        /// Number that it got.
        #[n(1)]
        id: u64,
    },
    /// Messages.
    #[n(13)]
    #[cbor(array)]
    Events {
        /// Number of this answer, for `after` of the next request.
        #[n(0)]
        number: u64,
        /// The messages, in order.
        #[n(1)]
        events: Vec<Event>,
        /// Messages that found no room since the box was opened.
        #[n(2)]
        lost: u64,
    },
    /// Names.
    #[n(14)]
    #[cbor(array)]
    Names {
        /// One each, in order.
        #[n(0)]
        rows: Vec<NameRow>,
    },
    /// Keys.
    #[n(15)]
    #[cbor(array)]
    KeyRows {
        /// One each, in order.
        #[n(0)]
        rows: Vec<KeyRow>,
        /// Whether there are more.
        #[n(1)]
        more: bool,
    },
    /// An atom goes on with another module.
    #[n(16)]
    #[cbor(array)]
    Reloaded {
        /// The atom.
        #[n(0)]
        atom: String,
        /// Its epoch.
        #[n(1)]
        epoch: u64,
        /// Why its memory is fresh; none: it was kept.
        #[n(2)]
        fresh: Option<String>,
    },
    /// What nodes have measured.
    #[n(17)]
    #[cbor(array)]
    Reports {
        /// One each, of those that answered.
        #[n(0)]
        reports: Vec<Report>,
    },
    /// A module's annotation.
    #[n(18)]
    #[cbor(array)]
    Annotated {
        /// Its lines; empty: it says nothing.
        #[n(0)]
        text: String,
    },
    /// Compiled code that is kept on disk, by the user's cache folder of that machine.
    #[n(19)]
    #[cbor(array)]
    Cached {
        /// How often code was there already, in memory or on disk, since the node began.
        #[n(0)]
        hits: u64,
        /// How often it had to be compiled.
        #[n(1)]
        misses: u64,
        /// Modules that there is code of.
        #[n(2)]
        modules: u32,
        /// Entries there are.
        #[n(3)]
        entries: u32,
        /// Their size.
        #[n(4)]
        bytes: u64,
        /// What they may have; those used longest ago go first.
        #[n(5)]
        most_bytes: u64,
        /// Entries, those used last first.
        #[n(6)]
        rows: Vec<CodeRow>,
    },
}

/// Compiled code of a module, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct CodeRow {
    /// BLAKE3 of the module.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub module: [u8; 32],
    /// `module`, or `spot`: what goes on from one place that it can stop at.
    #[n(1)]
    pub part: String,
    /// The engine that it is for, with its version and settings.
    #[n(2)]
    pub engine: String,
    /// Its size.
    #[n(3)]
    pub bytes: u64,
    /// When it was used last, since 1970.
    #[n(4)]
    pub used_at_ns: u64,
}

/// A name, for people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct NameRow {
    /// Global name: where it was born, and its local name; it never changes.
    #[n(0)]
    pub atom: String,
    /// Where it is now.
    #[n(1)]
    pub node: String,
    /// Its aliases.
    #[n(2)]
    pub aliases: Vec<Alias>,
}

/// A key and its value.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(array)]
pub struct KeyRow {
    /// The key.
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub key: Vec<u8>,
    /// Its version.
    #[n(1)]
    pub version: u64,
    /// The value.
    #[n(2)]
    #[cbor(with = "minicbor::bytes")]
    pub value: Vec<u8>,
}
