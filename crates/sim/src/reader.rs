//! Readers of output: one for each atom, somewhere in the realm, as a person at a command line would be.

use crate::checkers::lineage;
use crate::clock::{MS, SECOND};
use crate::world::{Event, LEASE_NS, World};
use sojourn_abi::{Lane, Message, Request, Response, Stream};

/// Bytes that a reader wants at once.
const MOST: u32 = 512;
/// How long a reader waits for an answer.
const PATIENCE_NS: u64 = 2 * SECOND;

/// A reader.
#[derive(Debug)]
pub(crate) struct Reader {
    atom: String,
    /// Where it is.
    host: usize,
    /// The request that it waits for, and the lineage that answered it.
    pending: Option<(u64, Option<u64>)>,
    turn: u64,
}

impl World {
    /// Somebody begins to read an atom.
    pub(crate) fn add_reader(&mut self, atom: &str) {
        let host = self.random.index(self.nodes.len());
        self.readers.push(Reader { atom: atom.into(), host, pending: None, turn: 0 });
        let reader = self.readers.len() - 1;
        self.clock.after(10 * MS, Event::Read { reader, turn: 0 });
    }

    /// A reader reads on.
    pub(crate) fn read(&mut self, index: usize, turn: u64) {
        if self.readers[index].turn != turn || self.still {
            return;
        }
        self.readers[index].turn += 1;
        let timeout = Event::Read { reader: index, turn: turn + 1 };
        self.clock.after(PATIENCE_NS, timeout);
        if self.nodes[self.readers[index].host].process.is_none() {
            self.readers[index].host = self.random.index(self.nodes.len());
        }
        let host = self.readers[index].host;
        let id = self.serial();
        let atom = self.readers[index].atom.clone();
        let from = self.checkers.readers.next(&atom);
        let Some(process) = &self.nodes[host].process else { return };
        let known = process.kernel.place(&atom).map(|place| place.node);
        let here = known.as_ref() == Some(&self.nodes[host].name);
        let to = known.unwrap_or_else(|| self.nodes[self.random.index(self.plan.nodes)].name.clone());
        self.readers[index].pending = Some((id, None));
        if here {
            let response = self.serve_output(host, &atom, from, MOST, id);
            self.take_reading(id, response);
            return;
        }
        let request = Request::Read { atom, stream: Stream::Stdout, from, most: MOST, wait_ms: 0 };
        self.send(host, &to, Lane::Control, Message::Ask { id, to: None, request });
    }

    /// A node has answered a reader.
    pub(crate) fn served(&mut self, atom: &str, id: u64, epoch: u64) {
        let reader = self.readers.iter_mut().find(|reader| reader.atom == atom);
        if let Some((pending, by)) = reader.and_then(|reader| reader.pending.as_mut())
            && *pending == id
        {
            *by = Some(lineage(epoch));
        }
    }

    /// Takes an answer if a reader waits for it; gives it back otherwise.
    pub(crate) fn take_reading(&mut self, id: u64, response: Response) -> Option<Response> {
        let waits = |reader: &Reader| reader.pending.is_some_and(|(pending, _)| pending == id);
        let Some(index) = self.readers.iter().position(waits) else { return Some(response) };
        let reader = &mut self.readers[index];
        let by = reader.pending.take().and_then(|(_, by)| by);
        reader.turn += 1;
        let (turn, atom) = (reader.turn, reader.atom.clone());
        let delay_ns = self.random.between(20 * MS, 200 * MS) * if self.calm { 10 } else { 1 };
        self.clock.after(delay_ns, Event::Read { reader: index, turn });
        if let Response::Output { from, bytes, .. } = response
            && let Some(by) = by
        {
            let verdict = self.checkers.readers.read(&atom, by, from, bytes.len() as u64, LEASE_NS);
            self.judge(verdict);
        }
        None
    }
}
