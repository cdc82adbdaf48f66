//! Connections of atoms: between the node where they were opened (the anchor) and the one where the atom is.

use super::atom::{Atom, Failure};
use super::dial::AtomSockets;
use super::node::{Shared, spawn};
use crate::anchor::{Anchor, Connections, Relay};
use crate::module::lock;
use sojourn_abi::{AtomState, Baggage, Code, Message, Request, Response};
use sojourn_host::Errno;
use sojourn_host::limit::LISTENERS;
use sojourn_host::ports::Sockets;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// How long words of an atom that has ended may be on their way.
const LAST_WORDS: Duration = Duration::from_secs(10);
/// How long the node of an anchor may take to listen.
const PATIENCE: Duration = Duration::from_secs(10);
/// How often it is looked whether they have come.
const LOOK: Duration = Duration::from_millis(50);

/// Upper half of an epoch: one more for each new beginning of an atom of that name.
type Lineage = u64;

fn lineage(epoch: u64) -> Lineage {
    epoch >> 32
}

/// What a node has of connections.
#[derive(Default)]
pub(crate) struct Relays {
    /// Listeners and sockets that were opened here, by their atoms, wherever those are.
    anchors: Mutex<HashMap<String, (Lineage, Arc<Anchor>)>>,
    /// The other ends, of atoms that are here.
    ends: Mutex<HashMap<String, End>>,
}

/// An atom's end.
#[derive(Clone)]
struct End {
    connections: Connections,
    /// The node that has the listeners and sockets.
    anchor: String,
    /// The epoch with which it was opened; none while it is held.
    epoch: Option<u64>,
}

impl Relays {
    /// Listens for an atom; the addresses with the ports that they got.
    pub(crate) fn listen(
        &self,
        shared: &Arc<Shared>,
        id: &str,
        epoch: u64,
        addresses: &[String],
    ) -> Result<Vec<String>, Failure> {
        if addresses.is_empty() {
            return Ok(Vec::new());
        }
        let (weak, atom) = (Arc::downgrade(shared), id.to_string());
        let anchor = Anchor::listen(addresses, move |relay| to_atom(&weak, &atom, relay))
            .map_err(|error| (Code::Address, error.to_string()))?;
        let listening = anchor.addresses().iter().map(ToString::to_string).collect();
        lock(&self.anchors).insert(id.into(), (lineage(epoch), Arc::new(anchor)));
        Ok(listening)
    }

    /// What an atom's guest has of sockets.
    pub(crate) fn sockets(
        &self,
        shared: &Arc<Shared>,
        atom: &Arc<Atom>,
        baggage: &Baggage,
        held: bool,
    ) -> Result<Box<dyn Sockets>, Failure> {
        let Some(anchor) = baggage.anchor.clone() else {
            return Ok(Box::new(AtomSockets::new(shared, atom, None)));
        };
        let wake = Arc::clone(&atom.wake);
        let wake = move || wake.notify();
        let connections = if baggage.connections.is_empty() {
            let listeners = self.anchor(&atom.id).map_or(0, |anchor| anchor.addresses().len());
            Connections::new(u32::try_from(listeners).unwrap_or(0), wake)
        } else {
            Connections::restore(&baggage.connections, wake).map_err(|text| (Code::InvalidRequest, text))?
        };
        let end = End { connections: connections.clone(), anchor, epoch: None };
        lock(&self.ends).insert(atom.id.clone(), end);
        if !held {
            let epoch = atom.state().epoch;
            self.open(shared, &atom.id, epoch);
        }
        Ok(Box::new(AtomSockets::new(shared, atom, Some(connections))))
    }

    /// An atom without listeners opens its first connection: from now on this node is the anchor of all that it opens.
    pub(crate) fn begin(&self, shared: &Arc<Shared>, atom: &Arc<Atom>) -> Result<Connections, Failure> {
        let (weak, id) = (Arc::downgrade(shared), atom.id.clone());
        let anchor = Anchor::listen(&[], move |relay| to_atom(&weak, &id, relay))
            .map_err(|error| (Code::NoRoom, error.to_string()))?;
        let epoch = atom.state().epoch;
        lock(&self.anchors).insert(atom.id.clone(), (lineage(epoch), Arc::new(anchor)));
        let wake = Arc::clone(&atom.wake);
        let connections = Connections::new(0, move || wake.notify());
        let end = End { connections: connections.clone(), anchor: shared.settings.name.clone(), epoch: None };
        lock(&self.ends).insert(atom.id.clone(), end);
        // One that is held speaks when it is owned here: whoever opens its gate finds its end.
        if atom.state().phase != AtomState::Held {
            let epoch = atom.state().epoch;
            self.open(shared, &atom.id, epoch);
        }
        Ok(connections)
    }

    /// The node that has the listeners and sockets of an atom that is here.
    fn anchor_of(&self, id: &str) -> Option<String> {
        lock(&self.ends).get(id).map(|end| end.anchor.clone())
    }

    /// Listens on one more address for an atom whose anchor is here. Asked again, it is the same listener.
    pub(crate) fn listen_for(&self, id: &str, place: u32, address: &str) -> Result<Response, Failure> {
        let anchor = self.anchor(id).filter(|_| place < LISTENERS);
        let anchor = anchor.ok_or_else(|| (Code::InvalidRequest, format!("{id} has no listeners here")))?;
        anchor.add(place, address).map_err(|error| (Code::Address, error.to_string()))?;
        Ok(Response::Done {})
    }

    /// What moves with an atom. From now on its end is silent, until it is opened again.
    pub(crate) fn pack(&self, id: &str) -> (Vec<u8>, Option<String>) {
        match lock(&self.ends).get_mut(id) {
            None => (Vec::new(), None),
            Some(end) => {
                end.connections.hold();
                end.epoch = None;
                (end.connections.state(), Some(end.anchor.clone()))
            }
        }
    }

    /// The atom speaks with this epoch from now on.
    pub(crate) fn open(&self, shared: &Arc<Shared>, id: &str, epoch: u64) {
        let end = lock(&self.ends).get_mut(id).map(|end| {
            end.epoch = Some(epoch);
            end.clone()
        });
        let Some(end) = end else { return };
        let (weak, atom) = (Arc::downgrade(shared), id.to_string());
        end.connections.open_gate(epoch, move |relay| to_anchor(&weak, &end.anchor, &atom, relay));
    }

    /// An atom has left, or was dropped.
    pub(crate) fn left(&self, id: &str) {
        lock(&self.ends).remove(id);
    }

    /// An atom has ended here: what it wrote still goes out, then all is closed.
    pub(crate) fn ended(&self, id: &str) {
        let end = lock(&self.ends).get(id).map(|end| end.connections.clone());
        if let Some(connections) = end {
            connections.close_all();
        }
        self.finish_anchor(id);
    }

    /// The atom of an anchor has ended: once peers have what was written to them, nothing is left to do.
    fn finish_anchor(&self, id: &str) {
        let Some((_, anchor)) = lock(&self.anchors).remove(id) else { return };
        spawn("anchor", move || {
            let deadline = Instant::now() + LAST_WORDS;
            while !anchor.is_over() && Instant::now() < deadline {
                thread::sleep(LOOK);
            }
            anchor.close();
        });
    }

    /// Closes everything.
    pub(crate) fn close(&self) {
        for (_, (_, anchor)) in lock(&self.anchors).drain() {
            anchor.close();
        }
    }

    /// Where an atom is has become known: one that goes on from an image has other connections, and one that has
    /// ended has none.
    pub(crate) fn located(&self, id: &str, epoch: u64, alive: bool) {
        let opened = lock(&self.anchors).get(id).map(|(opened, _)| *opened);
        let Some(opened) = opened.filter(|opened| *opened <= lineage(epoch)) else { return };
        if !alive {
            return self.finish_anchor(id);
        }
        if lineage(epoch) > opened
            && let Some((_, anchor)) = lock(&self.anchors).remove(id)
        {
            // It waits for peers; nobody waits for it.
            spawn("anchor", move || anchor.close());
        }
    }

    /// A word of the other end, from another node.
    pub(crate) fn came(&self, from: &str, id: &str, anchor: bool, body: &[u8]) {
        let Ok(relay) = Relay::from_bytes(body) else { return };
        if anchor {
            let end = lock(&self.ends).get(id).cloned();
            if let Some(end) = end.filter(|end| end.anchor == from) {
                end.connections.handle(relay);
            }
            return;
        }
        if let Some(anchor) = self.anchor(id) {
            anchor.handle(relay);
        }
    }

    fn anchor(&self, id: &str) -> Option<Arc<Anchor>> {
        lock(&self.anchors).get(id).map(|(_, anchor)| Arc::clone(anchor))
    }

    /// A session with somebody stands, perhaps again: words may have been lost.
    pub(crate) fn connected(&self, shared: &Arc<Shared>, peer: &str) {
        let cut: Vec<(String, u64)> = lock(&self.ends)
            .iter()
            .filter(|(_, end)| end.anchor == peer)
            .filter_map(|(id, end)| Some((id.clone(), end.epoch?)))
            .collect();
        for (id, epoch) in cut {
            self.open(shared, &id, epoch);
        }
    }

    /// Somebody does not answer any more, or is gone for sure.
    pub(crate) fn disconnected(&self, peer: &str, gone: bool) {
        if !gone {
            return;
        }
        let lost: Vec<Connections> = lock(&self.ends)
            .values()
            .filter(|end| end.anchor == peer)
            .map(|end| end.connections.clone())
            .collect();
        lost.iter().for_each(Connections::lose_anchor);
    }

    /// Open connections of an atom.
    pub(crate) fn count(&self, id: &str) -> u32 {
        let end = lock(&self.ends).get(id).map(|end| end.connections.clone());
        end.map_or(0, |connections| u32::try_from(connections.list().len()).unwrap_or(u32::MAX))
    }
}

impl Shared {
    /// An atom listens on one more address, where its anchor is; its place.
    pub(crate) fn listen_too(
        self: &Arc<Self>,
        atom: &Atom,
        address: &str,
        connections: &Connections,
    ) -> Result<u32, Errno> {
        let place = connections.listeners();
        if place >= LISTENERS {
            return Err(Errno::TooManyOpen);
        }
        let anchor = self.relays.anchor_of(&atom.id).ok_or(Errno::Access)?;
        let done = if anchor == self.settings.name {
            self.relays.listen_for(&atom.id, place, address).map(drop).map_err(|(code, _)| code)
        } else {
            let (id, address) = (atom.id.clone(), address.into());
            let request = Request::Listen { atom: id, place, address };
            match atom.while_waiting(|| self.ask(&anchor, None, request, PATIENCE)) {
                Response::Done {} => Ok(()),
                Response::Failed { code, .. } => Err(Code::of(code)),
                _ => Err(Code::Internal),
            }
        };
        done.map_err(|code| if code == Code::Address { Errno::AddressInUse } else { Errno::Io })?;
        connections.add_listener();
        Ok(place)
    }
}

/// From the anchor here to the atom, wherever it is.
fn to_atom(shared: &Weak<Shared>, id: &str, relay: Relay) {
    let Some(shared) = shared.upgrade() else { return };
    let end = lock(&shared.relays.ends).get(id).map(|end| end.connections.clone());
    if let Some(connections) = end {
        return connections.handle(relay);
    }
    if let Some(place) = shared.kernel(|kernel| kernel.place(id))
        && place.node != shared.settings.name
    {
        let body = relay.to_bytes();
        shared.send(&place.node, Message::Relay { atom: id.into(), epoch: relay.epoch, anchor: true, body });
    }
}

/// From the atom here to its anchor.
fn to_anchor(shared: &Weak<Shared>, node: &str, id: &str, relay: Relay) {
    let Some(shared) = shared.upgrade() else { return };
    if node == shared.settings.name {
        if let Some(anchor) = shared.relays.anchor(id) {
            anchor.handle(relay);
        }
        return;
    }
    let body = relay.to_bytes();
    shared.send(node, Message::Relay { atom: id.into(), epoch: relay.epoch, anchor: false, body });
}
