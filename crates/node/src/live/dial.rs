//! What an atom's guest has of sockets: nothing of it is made before the atom opens its first connection or listener.

use super::atom::Atom;
use super::node::Shared;
use crate::anchor::Connections;
use sojourn_host::Errno;
use sojourn_host::ports::{Awaited, ConnectionId, NoSockets, Readiness, Shut, Sockets};
use std::sync::{Arc, Weak};

/// Sockets of an atom.
pub(crate) struct AtomSockets {
    shared: Weak<Shared>,
    atom: Weak<Atom>,
    connections: Option<Connections>,
    none: NoSockets,
    /// Connections that the guest has while there are none: they are gone.
    lost: Vec<ConnectionId>,
}

impl AtomSockets {
    pub(crate) fn new(shared: &Arc<Shared>, atom: &Arc<Atom>, connections: Option<Connections>) -> Self {
        let (shared, atom) = (Arc::downgrade(shared), Arc::downgrade(atom));
        Self { shared, atom, connections, none: NoSockets, lost: Vec::new() }
    }

    fn some(&mut self) -> &mut dyn Sockets {
        match &mut self.connections {
            Some(connections) => connections,
            None => &mut self.none,
        }
    }

    /// Those that there are, or new ones: this node is their anchor.
    fn made(&mut self) -> Result<(Arc<Shared>, Arc<Atom>, &mut Connections), Errno> {
        let gone = || Errno::NotSupported;
        let shared = self.shared.upgrade().ok_or_else(gone)?;
        let atom = self.atom.upgrade().ok_or_else(gone)?;
        if self.connections.is_none() {
            let mut made = shared.relays.begin(&shared, &atom).map_err(|_| Errno::TooManyOpen)?;
            made.go_on(&self.lost);
            self.lost.clear();
            self.connections = Some(made);
        }
        self.connections.as_mut().map(|connections| (shared, atom, connections)).ok_or_else(gone)
    }
}

impl Sockets for AtomSockets {
    fn go_on(&mut self, open: &[ConnectionId]) {
        match &mut self.connections {
            Some(connections) => connections.go_on(open),
            None => self.lost = open.to_vec(),
        }
    }

    fn accept(&mut self, listener: u32) -> Result<ConnectionId, Errno> {
        self.some().accept(listener)
    }

    fn receive(&mut self, connection: ConnectionId, into: &mut [u8], peek: bool) -> Result<usize, Errno> {
        self.some().receive(connection, into, peek)
    }

    fn send(&mut self, connection: ConnectionId, bytes: &[u8]) -> Result<usize, Errno> {
        self.some().send(connection, bytes)
    }

    fn shutdown(&mut self, connection: ConnectionId, how: Shut) -> Result<(), Errno> {
        self.some().shutdown(connection, how)
    }

    fn connect(&mut self, address: &str) -> Result<ConnectionId, Errno> {
        self.made()?.2.connect(address)
    }

    fn listen(&mut self, address: &str) -> Result<u32, Errno> {
        let (shared, atom, connections) = self.made()?;
        shared.listen_too(&atom, address, connections)
    }

    fn close(&mut self, connection: ConnectionId) {
        self.lost.retain(|lost| *lost != connection);
        self.some().close(connection);
    }

    fn close_listener(&mut self, listener: u32) {
        self.some().close_listener(listener);
    }

    fn readiness(&mut self, awaited: Awaited) -> Readiness {
        self.some().readiness(awaited)
    }
}
