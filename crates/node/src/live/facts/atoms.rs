//! What of the atoms has changed since an asker's last report.

use crate::live::atom::Atom;
use sojourn_abi::{AtomSample, AtomState};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Processor time is smoothed over about so long.
const SMOOTHED: Duration = Duration::from_secs(5);
/// Between two looks at processor times.
const SPAN: Duration = Duration::from_millis(200);
/// Thousandths of a core that are no news.
const STEP_MILLICORES: u32 = 20;

/// Processor times, as they were seen last.
#[derive(Default)]
pub(super) struct Rates {
    known: HashMap<String, Rate>,
    looked: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Rate {
    processor_ns: u64,
    cores: f64,
}

impl Rates {
    /// All atoms as they are now.
    pub(super) fn samples(&mut self, atoms: &[Arc<Atom>], now: Instant) -> Vec<AtomSample> {
        let span = self.looked.map_or(Duration::MAX, |looked| now.duration_since(looked));
        let look = span >= SPAN;
        let mut known = HashMap::with_capacity(atoms.len());
        let samples = atoms
            .iter()
            .map(|atom| {
                let before = self.known.get(&atom.id).copied();
                let rate = match before {
                    Some(before) if !look => before,
                    before => next(before, atom.processor_ns(), span),
                };
                known.insert(atom.id.clone(), rate);
                sample(atom, rate.cores)
            })
            .collect();
        self.known = known;
        if look {
            self.looked = Some(now);
        }
        samples
    }
}

/// A moving average that forgets by time, not by looks.
#[expect(clippy::cast_precision_loss, reason = "of nanoseconds, a few do not count")]
fn next(before: Option<Rate>, processor_ns: u64, span: Duration) -> Rate {
    let Some(before) = before else { return Rate { processor_ns, cores: 0.0 } };
    let used = processor_ns.saturating_sub(before.processor_ns) as f64 / 1e9;
    let weight = 1.0 - (-span.as_secs_f64() / SMOOTHED.as_secs_f64()).exp();
    let cores = before.cores + (used / span.as_secs_f64() - before.cores) * weight;
    Rate { processor_ns, cores }
}

fn sample(atom: &Atom, cores: f64) -> AtomSample {
    let state = atom.state();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a conversion that saturates"
    )]
    let millicores = (cores * 1000.0).round() as u32;
    AtomSample {
        atom: atom.id.clone(),
        epoch: state.epoch,
        state: state.phase,
        module: atom.module.hash().0,
        millicores,
        memory_bytes: state.grown_bytes(),
        waiting: u32::try_from(atom.desk.waiting()).unwrap_or(u32::MAX),
        started_at_ns: atom.started_at_ns,
        reactive: atom.life.reactive,
        status: state.status,
    }
}

/// What one asker has been told.
#[derive(Default)]
pub(super) struct Seen {
    number: u64,
    /// Whether what began anew has not all been told.
    whole: bool,
    told: HashMap<String, Told>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
struct Told {
    epoch: u64,
    state: AtomState,
    millicores: u32,
    memory_bytes: u64,
    waiting: u32,
}

/// What it is told now.
pub(super) struct News {
    pub(super) number: u64,
    pub(super) whole: bool,
    pub(super) more: bool,
    pub(super) atoms: Vec<AtomSample>,
    pub(super) gone: Vec<String>,
}

impl Seen {
    /// What is new to one who got report `after` last: first what an atom is and where, then what it takes.
    pub(super) fn tell(&mut self, samples: Vec<AtomSample>, after: u64, most: usize) -> News {
        let begins = after == 0 || after != self.number;
        if begins {
            self.told.clear();
        }
        let here: HashSet<&str> = samples.iter().map(|sample| sample.atom.as_str()).collect();
        let mut gone: Vec<String> =
            self.told.keys().filter(|name| !here.contains(name.as_str())).cloned().collect();
        gone.sort();
        gone.truncate(most);
        for name in &gone {
            self.told.remove(name);
        }
        let mut changed: Vec<(u32, AtomSample)> = samples
            .into_iter()
            .filter_map(|sample| Some((weight(self.told.get(&sample.atom), &sample)?, sample)))
            .collect();
        changed.sort_by(|(a, x), (b, y)| (b, &x.atom).cmp(&(a, &y.atom)));
        let more = changed.len() > most;
        changed.truncate(most);
        let atoms: Vec<AtomSample> = changed.into_iter().map(|(_, sample)| sample).collect();
        self.told.extend(atoms.iter().map(|sample| (sample.atom.clone(), told(sample))));
        // Never 0, and not what another life of this table would say next.
        self.number = if begins { crate::live::random_u64() >> 16 | 1 } else { self.number + 1 };
        let whole = begins || self.whole;
        self.whole = whole && more;
        News { number: self.number, whole, more, atoms, gone }
    }
}

const fn told(sample: &AtomSample) -> Told {
    Told {
        epoch: sample.epoch,
        state: sample.state,
        millicores: sample.millicores,
        memory_bytes: sample.memory_bytes,
        waiting: sample.waiting,
    }
}

/// How much news a sample is; none: none.
fn weight(before: Option<&Told>, sample: &AtomSample) -> Option<u32> {
    let Some(before) = before else { return Some(u32::MAX) };
    let now = told(sample);
    if (before.epoch, before.state) != (now.epoch, now.state) {
        return Some(u32::MAX);
    }
    let cores = before.millicores.abs_diff(now.millicores);
    let grown = before.memory_bytes.abs_diff(now.memory_bytes) > before.memory_bytes / 8;
    let waiting = before.waiting.abs_diff(now.waiting) > before.waiting / 4 + 1;
    let news = cores >= STEP_MILLICORES.max(before.millicores / 10) || grown || waiting;
    news.then_some(cores)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn atom(name: &str, epoch: u64, millicores: u32) -> AtomSample {
        AtomSample { atom: name.into(), epoch, millicores, ..AtomSample::default() }
    }

    fn names(news: &News) -> Vec<&str> {
        news.atoms.iter().map(|sample| sample.atom.as_str()).collect()
    }

    #[test]
    fn only_what_changed_is_told() {
        let mut seen = Seen::default();
        let first = seen.tell(vec![atom("a", 1, 0), atom("b", 1, 0)], 0, 10);
        assert_eq!((names(&first), first.whole, first.more), (vec!["a", "b"], true, false));
        let second = seen.tell(vec![atom("a", 1, 5), atom("b", 2, 0), atom("c", 1, 0)], first.number, 10);
        assert_eq!((names(&second), second.whole), (vec!["b", "c"], false));
        let third = seen.tell(vec![atom("a", 1, 500)], second.number, 10);
        assert_eq!((names(&third), &third.gone[..]), (vec!["a"], &["b".to_string(), "c".into()][..]));
    }

    #[test]
    fn what_finds_no_room_comes_later() {
        let all = |count: u32| (0..count).map(|number| atom(&format!("a{number}"), 1, 0)).collect::<Vec<_>>();
        let mut seen = Seen::default();
        let mut told = Vec::new();
        let mut after = 0;
        loop {
            let news = seen.tell(all(25), after, 10);
            after = news.number;
            assert!(news.whole);
            told.extend(news.atoms.iter().map(|sample| sample.atom.clone()));
            if !news.more {
                break;
            }
        }
        told.sort();
        told.dedup();
        assert_eq!(told.len(), 25);
        assert!(!seen.tell(all(25), after, 10).whole);
    }

    #[test]
    fn who_lost_a_report_is_told_everything() {
        let mut seen = Seen::default();
        let first = seen.tell(vec![atom("a", 1, 0)], 0, 10);
        let lost = seen.tell(vec![atom("a", 1, 0), atom("b", 1, 0)], first.number, 10);
        let again = seen.tell(vec![atom("a", 1, 0), atom("b", 1, 0)], first.number, 10);
        assert!(again.whole && names(&again).len() == 2 && again.number != lost.number);
    }

    #[test]
    fn processor_time_is_smoothed() {
        let second = Duration::from_secs(1);
        let mut rate = next(None, 0, second);
        for number in 1..=30 {
            rate = next(Some(rate), number * 500_000_000, second);
        }
        let cores = rate.cores;
        assert!((0.49..0.51).contains(&cores), "{cores}");
    }
}
