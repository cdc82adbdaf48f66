//! Who talks to atoms here, from the numbers that messages of each pair have: nothing is counted on a message's way.

use crate::live::atom::Atom;
use sojourn_abi::TrafficRow;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Rates are smoothed over about so long.
const SMOOTHED: Duration = Duration::from_mins(1);
/// Between two looks.
const SPAN: Duration = Duration::from_millis(900);
/// Most pairs that are told.
const TOLD: usize = 16;
/// Less is no traffic: a message in a quarter of an hour.
const LEAST_PER_S: f64 = 0.001;

/// Numbers of pairs, as they were seen last.
#[derive(Default)]
pub(super) struct Traffic {
    pairs: HashMap<(String, String), Pair>,
    looked: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Pair {
    run: u64,
    next: u64,
    messages_per_s: f64,
    bytes_each: f64,
}

impl Traffic {
    /// The strongest pairs.
    pub(super) fn rows(&mut self, atoms: &[Arc<Atom>], now: Instant) -> Vec<TrafficRow> {
        let span = self.looked.map_or(Duration::MAX, |looked| now.duration_since(looked));
        if span >= SPAN {
            self.look(atoms, span);
            self.looked = Some(now);
        }
        self.strongest()
    }

    fn look(&mut self, atoms: &[Arc<Atom>], span: Duration) {
        let mut pairs = HashMap::with_capacity(self.pairs.len());
        for atom in atoms {
            let inner = atom.desk.inner();
            #[expect(clippy::cast_precision_loss, reason = "an average")]
            let bytes_each = inner.mailbox.mean_bytes() as f64;
            for (source, run, next) in inner.mailbox.sources() {
                let key = (source.to_string(), atom.id.clone());
                let pair = stepped(self.pairs.get(&key), run, next, span, bytes_each);
                pairs.insert(key, pair);
            }
        }
        self.pairs = pairs;
    }

    fn strongest(&self) -> Vec<TrafficRow> {
        let mut pairs: Vec<_> =
            self.pairs.iter().filter(|(_, pair)| pair.messages_per_s >= LEAST_PER_S).collect();
        pairs.sort_by(|(a, x), (b, y)| y.messages_per_s.total_cmp(&x.messages_per_s).then_with(|| a.cmp(b)));
        pairs.into_iter().take(TOLD).map(|((source, target), pair)| row(source, target, *pair)).collect()
    }
}

#[expect(clippy::cast_precision_loss, reason = "a rate is not exact")]
fn stepped(before: Option<&Pair>, run: u64, next: u64, span: Duration, bytes_each: f64) -> Pair {
    match before {
        Some(before) if before.run == run && before.next <= next => {
            let rate = (next - before.next) as f64 / span.as_secs_f64();
            let weight = 1.0 - (-span.as_secs_f64() / SMOOTHED.as_secs_f64()).exp();
            let messages_per_s = before.messages_per_s + (rate - before.messages_per_s) * weight;
            Pair { run, next, messages_per_s, bytes_each }
        }
        // What came before it was looked at, and when, is not known.
        _ => Pair { run, next, messages_per_s: 0.0, bytes_each },
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "conversions that saturate")]
fn row(source: &str, target: &str, pair: Pair) -> TrafficRow {
    TrafficRow {
        source: source.into(),
        target: target.into(),
        millimessages_per_s: (pair.messages_per_s * 1000.0).round() as u64,
        bytes_per_s: (pair.messages_per_s * pair.bytes_each).round() as u64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_come_from_numbers() {
        let second = Duration::from_secs(1);
        let mut pair = stepped(None, 1, 1000, second, 64.0);
        assert!(pair.messages_per_s.abs() < f64::EPSILON);
        for number in 1..=600 {
            pair = stepped(Some(&pair), 1, 1000 + number * 10, second, 64.0);
        }
        assert!((9.9..10.1).contains(&pair.messages_per_s));
        let told = row("a", "b", pair);
        assert!((630..=650).contains(&told.bytes_per_s), "{}", told.bytes_per_s);
        assert!(
            stepped(Some(&pair), 2, 5, second, 64.0).messages_per_s.abs() < f64::EPSILON,
            "it began anew"
        );
    }
}
