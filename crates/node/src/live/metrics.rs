//! What a node counts, and what its process uses.

use super::atom::Atom;
use super::node::Shared;
use sojourn_abi::{Baggage, MoveState};

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
