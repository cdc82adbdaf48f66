//! What the two ends of an atom's connections say to each other: the atom's end, which moves, and the anchor, which
//! stays where listeners and sockets were opened.
//!
//! | word | from | meaning |
//! |---|---|---|
//! | `Claim` | atom | I am the atom's end now; this is what I have. Send the rest again |
//! | `Opened` | anchor | somebody connected |
//! | `Data` | both | bytes, numbered in their direction |
//! | `Taken` | both | all before this number was read: there is room again |
//! | `End` | both | no more bytes; counts as one |
//! | `Close` | atom | I read no more. When what I wrote has gone out, close the socket |
//! | `Reset` | both | the connection is gone |
//! | `CloseListener` | atom | nobody accepts any more |
//! | `Connect` | atom | open a connection to this address: it comes as `Opened`, its listener `DIALED` and the ticket |
//! | `Refused` | anchor | the connection of this ticket cannot be opened, or is gone already |
//!
//! Each carries the epoch and the number of the claim that it belongs to. An anchor goes by the newest claim and does
//! not listen to what belongs to an older one; an atom's end listens to answers to its last claim only.

use super::limit::{ADDRESS_BYTES, CONNECTIONS, PIECE_BYTES};
use minicbor::{Decoder, Encoder};
use std::convert::Infallible;

/// Added to a ticket, it stands for the listener of a connection that the atom opened.
pub(super) const DIALED: u32 = 1 << 31;

/// A word of one end to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Relay {
    /// Of the claim that it belongs to.
    pub epoch: u64,
    /// Which claim of that epoch: each cut of the way needs a new one, and what belongs to an older one is late.
    pub claim: u32,
    /// What is said.
    pub word: Word,
}

/// What one end says to the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// Who has the atom tells what it has.
    Claim {
        /// The last connection that it heard of.
        opened: u32,
        /// Those that it has.
        connections: Vec<Claimed>,
    },
    /// Somebody connected.
    Opened {
        /// To this listener.
        listener: u32,
        /// Counts from 1 at one anchor.
        connection: u32,
        /// Address of whoever did.
        peer: String,
    },
    /// Bytes of a connection.
    Data {
        /// Which.
        connection: u32,
        /// Number of the first byte.
        offset: u64,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// All before a number was read.
    Taken {
        /// Of which connection.
        connection: u32,
        /// The number.
        offset: u64,
    },
    /// No more bytes come.
    End {
        /// Of which connection.
        connection: u32,
        /// Number after the last byte.
        offset: u64,
    },
    /// The guest has closed a connection: what it wrote is still to go out.
    Close {
        /// Which.
        connection: u32,
    },
    /// A connection is gone, with what was under way.
    Reset {
        /// Which.
        connection: u32,
    },
    /// The guest has closed a listener.
    CloseListener {
        /// Which.
        listener: u32,
    },
    /// The guest opens a connection.
    Connect {
        /// Counts from 1 at one atom.
        ticket: u32,
        /// Where to, as `host:port`.
        address: String,
    },
    /// A connection cannot be opened.
    Refused {
        /// Which.
        ticket: u32,
    },
}

/// What an atom's end has of one connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// Which.
    pub connection: u32,
    /// Number after all that came to it.
    pub received: u64,
    /// Number after all of that which was read.
    pub taken: u64,
    /// Number after all that was written to it.
    pub written: u64,
}

const CLAIM: u8 = 0;
const OPENED: u8 = 1;
const DATA: u8 = 2;
const TAKEN: u8 = 3;
const END: u8 = 4;
const CLOSE: u8 = 5;
const RESET: u8 = 6;
const CLOSE_LISTENER: u8 = 7;
const CONNECT: u8 = 8;
const REFUSED: u8 = 9;

type Encoded = Result<(), minicbor::encode::Error<Infallible>>;
type Decoded<T> = Result<T, minicbor::decode::Error>;

impl Relay {
    /// As bytes: an array of epoch, claim, the number of the word, and its fields (CBOR, RFC 8949).
    ///
    /// # Panics
    /// Never: memory takes all.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        self.put(&mut e).expect("memory takes all");
        e.into_writer()
    }

    /// From bytes.
    ///
    /// # Errors
    /// One line that says what is wrong with them.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let mut d = Decoder::new(bytes);
        let relay = Self::get(&mut d).map_err(|error| format!("not a word about connections: {error}"))?;
        if d.position() == bytes.len() {
            Ok(relay)
        } else {
            Err("not a word about connections: bytes after its end".into())
        }
    }

    fn put(&self, e: &mut Encoder<Vec<u8>>) -> Encoded {
        let head = |e: &mut Encoder<Vec<u8>>, number: u8, fields: u64| {
            e.array(3 + fields)?.u64(self.epoch)?.u32(self.claim)?.u8(number)?.ok()
        };
        match &self.word {
            Word::Claim { opened, connections } => {
                head(e, CLAIM, 2)?;
                e.u32(*opened)?.array(connections.len() as u64)?;
                connections.iter().try_for_each(|claimed| {
                    e.array(4)?.u32(claimed.connection)?.u64(claimed.received)?;
                    e.u64(claimed.taken)?.u64(claimed.written)?.ok()
                })
            }
            Word::Opened { listener, connection, peer } => {
                head(e, OPENED, 3)?;
                e.u32(*listener)?.u32(*connection)?.str(peer)?.ok()
            }
            Word::Data { connection, offset, bytes } => {
                head(e, DATA, 3)?;
                e.u32(*connection)?.u64(*offset)?.bytes(bytes)?.ok()
            }
            Word::Taken { connection, offset } => {
                head(e, TAKEN, 2)?;
                e.u32(*connection)?.u64(*offset)?.ok()
            }
            Word::End { connection, offset } => {
                head(e, END, 2)?;
                e.u32(*connection)?.u64(*offset)?.ok()
            }
            Word::Close { connection } => {
                head(e, CLOSE, 1)?;
                e.u32(*connection)?.ok()
            }
            Word::Reset { connection } => {
                head(e, RESET, 1)?;
                e.u32(*connection)?.ok()
            }
            Word::CloseListener { listener } => {
                head(e, CLOSE_LISTENER, 1)?;
                e.u32(*listener)?.ok()
            }
            Word::Connect { ticket, address } => {
                head(e, CONNECT, 2)?;
                e.u32(*ticket)?.str(address)?.ok()
            }
            Word::Refused { ticket } => {
                head(e, REFUSED, 1)?;
                e.u32(*ticket)?.ok()
            }
        }
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        let length = d.array()?.ok_or_else(|| wrong("an array without a length"))?;
        let (epoch, claim, number) = (d.u64()?, d.u32()?, d.u8()?);
        let word = match (number, length) {
            (CLAIM, 5) => Word::Claim { opened: d.u32()?, connections: claimed(d)? },
            (OPENED, 6) => Word::Opened { listener: d.u32()?, connection: d.u32()?, peer: address(d)? },
            (DATA, 6) => Word::Data { connection: d.u32()?, offset: d.u64()?, bytes: piece(d)? },
            (TAKEN, 5) => Word::Taken { connection: d.u32()?, offset: d.u64()? },
            (END, 5) => Word::End { connection: d.u32()?, offset: d.u64()? },
            (CLOSE, 4) => Word::Close { connection: d.u32()? },
            (RESET, 4) => Word::Reset { connection: d.u32()? },
            (CLOSE_LISTENER, 4) => Word::CloseListener { listener: d.u32()? },
            (CONNECT, 5) => Word::Connect { ticket: d.u32()?, address: address(d)? },
            (REFUSED, 4) => Word::Refused { ticket: d.u32()? },
            _ => return Err(wrong("an unknown word")),
        };
        Ok(Self { epoch, claim, word })
    }
}

fn wrong(text: &'static str) -> minicbor::decode::Error {
    minicbor::decode::Error::message(text)
}

fn claimed(d: &mut Decoder<'_>) -> Decoded<Vec<Claimed>> {
    let count = d.array()?.filter(|count| *count <= CONNECTIONS as u64);
    let mut all = Vec::new();
    for _ in 0..count.ok_or_else(|| wrong("too many connections"))? {
        if d.array()? != Some(4) {
            return Err(wrong("a connection of a wrong length"));
        }
        let (connection, received, taken, written) = (d.u32()?, d.u64()?, d.u64()?, d.u64()?);
        all.push(Claimed { connection, received, taken, written });
    }
    Ok(all)
}

fn address(d: &mut Decoder<'_>) -> Decoded<String> {
    let text = d.str()?;
    if text.len() > ADDRESS_BYTES { Err(wrong("too long an address")) } else { Ok(text.into()) }
}

fn piece(d: &mut Decoder<'_>) -> Decoded<Vec<u8>> {
    let bytes = d.bytes()?;
    if bytes.len() > PIECE_BYTES { Err(wrong("too many bytes at once")) } else { Ok(bytes.to_vec()) }
}
