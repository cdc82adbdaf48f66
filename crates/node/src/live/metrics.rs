//! What a node counts, and what its process uses.

use super::atom::Atom;
use super::node::Shared;
use crate::limit::CODE_BYTES;
use sojourn_abi::{Baggage, CodeRow, MoveState, Response};
use std::time::UNIX_EPOCH;

impl Shared {
    /// Counters, by name.
    pub(crate) fn metrics(&self) -> Vec<(&'static str, u64)> {
        let moves = self.moves.rows(None);
        let in_state = |state| moves.iter().filter(|row| row.state == state).count() as u64;
        vec![
            ("pauses", self.scheduler.pauses()),
            ("moves_done", in_state(MoveState::Done)),
            ("moves_failed", in_state(MoveState::Failed)),
            ("moves_lost", in_state(MoveState::Lost)),
            ("moved_bytes", moves.iter().map(|row| row.bytes).sum()),
        ]
    }

    /// What goes with an atom when it moves.
    pub(crate) fn baggage(&self, atom: &Atom) -> Baggage {
        let (connections, anchor) = self.relays.pack(&atom.id);
        atom.stdout.seal();
        atom.stderr.seal();
        atom.baggage(connections, anchor, atom.desk.seal())
    }

    /// Something went wrong that nobody asked for: a line on standard error.
    pub(crate) fn trouble(&self, text: &str) {
        eprintln!("{}: {text}", self.settings.name);
    }
}

/// Most entries of the cache in one answer.
const MOST_CODE_ROWS: usize = 1000;

/// Compiled code in the user's cache, with the entries used last.
pub(crate) fn cached(most: u32) -> Response {
    let facts = crate::cache::facts(MOST_CODE_ROWS.min(most as usize));
    let rows = facts.entries.into_iter().map(|entry| {
        let used_at = entry.used_at.duration_since(UNIX_EPOCH).unwrap_or_default();
        CodeRow {
            module: entry.module.0,
            part: entry.part.name().into(),
            engine: entry.engine,
            bytes: entry.bytes,
            used_at_ns: u64::try_from(used_at.as_nanos()).unwrap_or(u64::MAX),
        }
    });
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    Response::Cached {
        hits: facts.hits,
        misses: facts.misses,
        modules: count(facts.modules),
        entries: count(facts.count),
        bytes: facts.bytes,
        most_bytes: CODE_BYTES,
        rows: rows.collect(),
    }
}

/// Resident bytes and processor nanoseconds of this process.
pub(crate) fn process_usage() -> (u64, u64) {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let resident = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kibibytes = resident.and_then(|rest| rest.split_whitespace().next()?.parse::<u64>().ok());
    let mut processor = sojourn_clock();
    (kibibytes.unwrap_or(0) * 1024, sojourn_host::ports::Clock::processor_ns(&mut processor))
}

fn sojourn_clock() -> crate::ports::SystemClock {
    crate::ports::SystemClock::new()
}
