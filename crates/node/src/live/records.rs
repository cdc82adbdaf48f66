//! Moves that began here, for people.

use crate::module::lock;
use sojourn_abi::{Code, MoveRow, MoveState};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Instant;

/// Moves that are remembered.
const REMEMBERED: usize = 10_000;

/// Moves that began here.
#[derive(Default)]
pub(crate) struct Moves {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    next: u64,
    rows: VecDeque<(MoveRow, Times)>,
    /// Moves that have not ended, by atom, in the order in which they began: the first one is being made, and those behind it
    /// are refused because of it.
    under_way: BTreeMap<String, Vec<u64>>,
}

/// When what happened, on this process's clock.
#[derive(Clone, Copy)]
struct Times {
    began: Instant,
    stopped: Option<Instant>,
    ready: Option<Instant>,
    released: Option<Instant>,
}

impl Moves {
    /// A move begins; its number.
    pub(crate) fn begin(&self, mut row: MoveRow) -> u64 {
        let mut state = lock(&self.state);
        state.next += 1;
        row.id = state.next;
        state.under_way.entry(row.atom.clone()).or_default().push(row.id);
        let times = Times { began: Instant::now(), stopped: None, ready: None, released: None };
        state.rows.push_back((row, times));
        if state.rows.len() > REMEMBERED {
            let forgotten = state.rows.pop_front();
            forgotten.inspect(|(row, _)| state.over(&row.atom, row.id));
        }
        state.next
    }

    /// The number of the move of an atom that is being made.
    pub(crate) fn under_way(&self, atom: &str) -> Option<u64> {
        lock(&self.state).under_way.get(atom)?.first().copied()
    }

    /// Changes a row.
    pub(crate) fn change(&self, id: u64, change: impl FnOnce(&mut MoveRow)) {
        let mut state = lock(&self.state);
        if let Some((row, _)) = state.find(id) {
            change(row);
        }
        self.changed.notify_all();
    }

    /// The guest took its last step here.
    pub(crate) fn stopped(&self, id: u64) {
        if let Some((_, times)) = lock(&self.state).find(id) {
            times.stopped = Some(Instant::now());
        }
    }

    /// A move has come to a state.
    pub(crate) fn step(&self, id: u64, step: MoveState) {
        let mut state = lock(&self.state);
        let Some((row, times)) = state.find(id) else { return };
        row.state = step;
        if step == MoveState::Released {
            let now = Instant::now();
            (times.ready, times.released) = (Some(now), Some(now));
            row.paused_ns = times.stopped.map_or(0, |stopped| nanoseconds(stopped, now));
        }
        self.changed.notify_all();
    }

    /// A move has ended.
    pub(crate) fn end(&self, id: u64, step: MoveState, failure: Option<(Code, String)>) {
        let mut state = lock(&self.state);
        let Some((row, times)) = state.find(id) else { return };
        let now = Instant::now();
        row.state = step;
        row.total_ns = nanoseconds(times.began, now);
        row.pending_bytes = 0;
        if let (MoveState::Done, Some(stopped), Some(released)) = (step, times.stopped, times.released) {
            // The answer was half a round trip on its way.
            let way = now.duration_since(released) / 2;
            row.downtime_ns =
                nanoseconds(stopped, now).saturating_sub(u64::try_from(way.as_nanos()).unwrap_or(0));
        }
        if let Some((code, text)) = failure {
            (row.code, row.text) = (Some(code.number()), Some(text));
        }
        let atom = row.atom.clone();
        state.over(&atom, id);
        self.changed.notify_all();
    }

    /// A row; waits for the end of the move until the deadline.
    pub(crate) fn row(&self, id: u64, deadline: Instant) -> Option<MoveRow> {
        let mut state = lock(&self.state);
        loop {
            let row = state.find(id)?.0.clone();
            let ended = matches!(row.state, MoveState::Done | MoveState::Failed | MoveState::Lost);
            let rest = deadline.saturating_duration_since(Instant::now());
            if ended || rest.is_zero() {
                return Some(row);
            }
            state = self.changed.wait_timeout(state, rest).unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Those of the last so many that are wanted, the oldest first.
    pub(crate) fn last(&self, most: usize, wanted: impl Fn(&MoveRow) -> bool) -> Vec<MoveRow> {
        let state = lock(&self.state);
        let rows = state.rows.iter().rev().take(most).map(|(row, _)| row);
        let mut last: Vec<MoveRow> = rows.filter(|row| wanted(row)).cloned().collect();
        last.reverse();
        last
    }

    /// The last moves, or those of one atom, the oldest first.
    pub(crate) fn rows(&self, atom: Option<&str>) -> Vec<MoveRow> {
        let state = lock(&self.state);
        let rows = state.rows.iter().map(|(row, _)| row);
        let mut last: Vec<MoveRow> =
            rows.rev().filter(|row| atom.is_none_or(|atom| row.atom == atom)).take(1000).cloned().collect();
        last.reverse();
        last
    }
}

impl State {
    fn find(&mut self, id: u64) -> Option<&mut (MoveRow, Times)> {
        self.rows.iter_mut().rev().find(|(row, _)| row.id == id)
    }

    fn over(&mut self, atom: &str, id: u64) {
        let Some(ids) = self.under_way.get_mut(atom) else { return };
        ids.retain(|known| *known != id);
        if ids.is_empty() {
            self.under_way.remove(atom);
        }
    }
}

fn nanoseconds(from: Instant, to: Instant) -> u64 {
    u64::try_from(to.duration_since(from).as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(atom: &str) -> MoveRow {
        MoveRow { atom: atom.into(), ..MoveRow::default() }
    }

    #[test]
    fn a_move_that_is_refused_does_not_hide_the_one_that_is_made() {
        let moves = Moves::default();
        let made = moves.begin(row("a"));
        let other = moves.begin(row("b"));
        let refused = moves.begin(row("a"));
        assert_eq!((moves.under_way("a"), moves.under_way("b")), (Some(made), Some(other)));
        moves.end(refused, MoveState::Failed, Some((Code::Busy, "it is on its way already".into())));
        assert_eq!(moves.under_way("a"), Some(made));
        moves.end(made, MoveState::Done, None);
        assert_eq!((moves.under_way("a"), moves.under_way("b")), (None, Some(other)));
    }

    #[test]
    fn what_is_forgotten_is_not_under_way() {
        let moves = Moves::default();
        moves.begin(row("a"));
        for _ in 0..REMEMBERED {
            let id = moves.begin(row("b"));
            moves.end(id, MoveState::Failed, None);
        }
        assert_eq!(moves.under_way("a"), None);
        assert!(lock(&moves.state).under_way.is_empty());
    }
}
