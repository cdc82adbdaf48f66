//! An atom's connections as bytes: an array of a version, what is general, and the connections (CBOR, RFC 8949).
//!
//! Reading trusts nothing: counts and lengths have limits, numbers cannot overflow, and no connection is there twice.

use super::atom_end::{AtomEnd, Dial, Entry, Holder};
use super::inflow::{Inflow, Saved};
use super::limit::{ADDRESS_BYTES, CONNECTIONS, NUMBERS, PIPE_BYTES};
use super::outflow::Outflow;
use super::pipe::{Pipe, State};
use super::relay::DIALED;
use minicbor::{Decoder, Encoder};
use std::collections::BTreeSet;
use std::convert::Infallible;

/// Version of the encoding; another one is refused.
const VERSION: u8 = 2;
/// Fields of a connection.
const FIELDS: u64 = 13;

type Encoded = Result<(), minicbor::encode::Error<Infallible>>;
type Decoded<T> = Result<T, minicbor::decode::Error>;

impl AtomEnd {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let mut e = Encoder::new(Vec::new());
        self.put(&mut e).expect("memory takes all");
        e.into_writer()
    }

    pub(super) fn from_bytes(bytes: &[u8]) -> Result<Self, String> {
        let mut d = Decoder::new(bytes);
        let end = get(&mut d).map_err(|error| format!("the atom's connections cannot be read: {error}"))?;
        if d.position() == bytes.len() {
            Ok(end)
        } else {
            Err("the atom's connections cannot be read: bytes after their end".into())
        }
    }

    fn put(&self, e: &mut Encoder<Vec<u8>>) -> Encoded {
        e.array(7)?.u8(VERSION)?.u32(self.listeners)?.u32(self.opened)?;
        e.array(self.closed_listeners.len() as u64)?;
        self.closed_listeners.iter().try_for_each(|listener| e.u32(*listener)?.ok())?;
        e.array(self.entries.len() as u64)?;
        self.entries.iter().try_for_each(|(id, entry)| put_entry(e, *id, entry))?;
        e.u32(self.tickets)?.array(self.dials.len() as u64)?;
        self.dials
            .iter()
            .try_for_each(|(ticket, dial)| e.array(3)?.u32(*ticket)?.u32(dial.id)?.str(&dial.address)?.ok())
    }
}

fn put_entry(e: &mut Encoder<Vec<u8>>, id: u32, entry: &Entry) -> Encoded {
    let inflow = entry.pipe.inflow.saved();
    let (base, bytes, finished) = entry.pipe.outflow.saved();
    e.array(FIELDS)?.u32(id)?.u32(entry.number)?.u32(entry.listener)?.str(&entry.peer)?;
    e.u8(holder_number(entry.holder))?.u8(state_number(entry.pipe.state))?;
    e.u64(inflow.base)?.bytes(&inflow.bytes)?.bool(inflow.ended)?.bool(inflow.deaf)?;
    e.u64(base)?.bytes(&bytes)?.bool(finished)?.ok()
}

const fn holder_number(holder: Holder) -> u8 {
    match holder {
        Holder::Queue => 0,
        Holder::Guest => 1,
        Holder::Nobody => 2,
    }
}

const fn state_number(state: State) -> u8 {
    match state {
        State::Open => 0,
        State::Closed => 1,
        State::Resetting => 2,
        State::Gone => 3,
    }
}

fn get(d: &mut Decoder<'_>) -> Decoded<AtomEnd> {
    if d.array()? != Some(7) || d.u8()? != VERSION {
        return Err(wrong("written by another version of this program"));
    }
    let mut end = AtomEnd::new(d.u32()?);
    end.opened = d.u32()?;
    end.closed_listeners = closed_listeners(d, end.listeners)?;
    for _ in 0..count(d, CONNECTIONS)? {
        let (id, entry) = get_entry(d)?;
        if entry.number > end.opened || (end.listeners..DIALED).contains(&entry.listener) {
            return Err(wrong("a connection that was never opened"));
        }
        if end.ids.insert(entry.number, id).is_some() || end.entries.insert(id, entry).is_some() {
            return Err(wrong("a connection twice"));
        }
    }
    end.tickets = d.u32()?;
    dials(d, &mut end)?;
    Ok(end)
}

fn dials(d: &mut Decoder<'_>, end: &mut AtomEnd) -> Decoded<()> {
    let mut ids: BTreeSet<u32> = end.entries.keys().copied().collect();
    for _ in 0..count(d, CONNECTIONS)? {
        if d.array()? != Some(3) {
            return Err(wrong("a connection of a wrong length"));
        }
        let (ticket, id, address) = (d.u32()?, d.u32()?, d.str()?);
        if ticket > end.tickets || end.tickets >= DIALED || address.len() > ADDRESS_BYTES || !ids.insert(id) {
            return Err(wrong("a connection that is not being opened"));
        }
        if end.dials.insert(ticket, Dial { id, address: address.into() }).is_some() {
            return Err(wrong("a connection twice"));
        }
    }
    Ok(())
}

fn closed_listeners(d: &mut Decoder<'_>, listeners: u32) -> Decoded<BTreeSet<u32>> {
    let mut closed = BTreeSet::new();
    for _ in 0..count(d, listeners as usize)? {
        let listener = d.u32()?;
        if listener >= listeners || !closed.insert(listener) {
            return Err(wrong("no such listener"));
        }
    }
    Ok(closed)
}

fn get_entry(d: &mut Decoder<'_>) -> Decoded<(u32, Entry)> {
    if d.array()? != Some(FIELDS) {
        return Err(wrong("a connection of a wrong length"));
    }
    let (id, number, listener, peer) = (d.u32()?, d.u32()?, d.u32()?, d.str()?);
    if peer.len() > ADDRESS_BYTES {
        return Err(wrong("too long an address"));
    }
    let (holder, state) = (holder(d.u8()?)?, state(d.u8()?)?);
    let saved = Saved { base: number_of(d)?, bytes: bytes(d)?, ended: d.bool()?, deaf: d.bool()? };
    let outflow = Outflow::restored(number_of(d)?, bytes(d)?, d.bool()?);
    let pipe = Pipe { inflow: Inflow::restored(saved), outflow, state, close_told: false };
    Ok((id, Entry { number, listener, peer: peer.into(), holder, pipe }))
}

fn holder(number: u8) -> Decoded<Holder> {
    [Holder::Queue, Holder::Guest, Holder::Nobody]
        .into_iter()
        .find(|holder| holder_number(*holder) == number)
        .ok_or_else(|| wrong("a connection of nobody known"))
}

fn state(number: u8) -> Decoded<State> {
    [State::Open, State::Closed, State::Resetting, State::Gone]
        .into_iter()
        .find(|state| state_number(*state) == number)
        .ok_or_else(|| wrong("a connection in an unknown state"))
}

fn count(d: &mut Decoder<'_>, limit: usize) -> Decoded<u64> {
    d.array()?.filter(|count| *count <= limit as u64).ok_or_else(|| wrong("too many of something"))
}

fn number_of(d: &mut Decoder<'_>) -> Decoded<u64> {
    let number = d.u64()?;
    if number > NUMBERS { Err(wrong("a number beyond all streams")) } else { Ok(number) }
}

fn bytes(d: &mut Decoder<'_>) -> Decoded<Vec<u8>> {
    let bytes = d.bytes()?;
    if bytes.len() > PIPE_BYTES {
        Err(wrong("more bytes than a connection holds"))
    } else {
        Ok(bytes.to_vec())
    }
}

fn wrong(text: &'static str) -> minicbor::decode::Error {
    minicbor::decode::Error::message(text)
}
