//! Round trips and rates to other nodes: a few are asked for each report, in turn.

use crate::live::node::Shared;
use crate::module::lock;
use sojourn_abi::{LinkSample, MoveState, Request, Response};
use std::collections::{BTreeMap, HashMap};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// Links asked at once, so that what it costs does not grow with the realm.
const AT_ONCE: usize = 3;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(900);
/// How long an answer is waited for; longer is no link to count with.
const PATIENCE: Duration = Duration::from_secs(2);
/// Most links of one report: those measured last.
const TOLD: usize = 32;
/// Moves of fewer bytes tell nothing of a link's rate.
const TELLING: u64 = 256 << 10;
/// Moves that are looked at.
const MOVES: usize = 64;

/// What is known of links.
#[derive(Default)]
pub(super) struct Links {
    looking: AtomicBool,
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    trips: HashMap<String, Trip>,
    /// Who was asked last.
    last: String,
    looked: Option<Instant>,
}

#[derive(Clone, Copy)]
struct Trip {
    smoothed_ns: u64,
    at: Instant,
}

impl Trip {
    /// Another look: an eighth of it counts, as for TCP (RFC 6298); less counts at once, since nothing makes a trip
    /// shorter than it is, and much makes it longer.
    fn add(&mut self, nanoseconds: u64, at: Instant) {
        self.smoothed_ns = match nanoseconds.cmp(&self.smoothed_ns) {
            std::cmp::Ordering::Less => u64::midpoint(self.smoothed_ns, nanoseconds),
            _ => self.smoothed_ns - self.smoothed_ns / 8 + nanoseconds / 8,
        };
        self.at = at;
    }
}

impl Inner {
    /// Whom to ask now.
    fn turn(&mut self, peers: &[String], now: Instant) -> Vec<String> {
        if peers.is_empty() || self.looked.is_some_and(|looked| now.duration_since(looked) < PAUSE) {
            return Vec::new();
        }
        self.looked = Some(now);
        self.trips.retain(|peer, _| peers.contains(peer));
        let after = peers.partition_point(|peer| *peer <= self.last);
        let turn: Vec<String> =
            peers.iter().cycle().skip(after).take(AT_ONCE.min(peers.len())).cloned().collect();
        self.last = turn.last().cloned().unwrap_or_default();
        turn
    }

    fn add(&mut self, peer: String, trip: Duration, now: Instant) {
        let nanoseconds = u64::try_from(trip.as_nanos()).unwrap_or(u64::MAX);
        let first = Trip { smoothed_ns: nanoseconds, at: now };
        self.trips.entry(peer).and_modify(|known| known.add(nanoseconds, now)).or_insert(first);
    }

    fn samples(&self, rates: &BTreeMap<String, u64>) -> Vec<LinkSample> {
        let mut trips: Vec<(&String, &Trip)> = self.trips.iter().collect();
        trips.sort_by(|(a, x), (b, y)| (y.at, a).cmp(&(x.at, b)));
        let sample = |(peer, trip): (&String, &Trip)| LinkSample {
            peer: peer.clone(),
            rtt_us: u32::try_from(trip.smoothed_ns.div_ceil(1000)).unwrap_or(u32::MAX),
            bytes_per_s: rates.get(peer).copied().unwrap_or(0),
        };
        trips.into_iter().take(TOLD).map(sample).collect()
    }
}

impl Shared {
    /// What is known of links; asks some of them, beside.
    pub(super) fn probe(self: &Arc<Self>, now: Instant) -> Vec<LinkSample> {
        let links = &self.facts.links;
        let peers = self.nodes_met();
        let turn = lock(&links.inner).turn(&peers, now);
        if !turn.is_empty() && !links.looking.swap(true, SeqCst) {
            self.beside("probe", move |shared| {
                for peer in turn {
                    let began = Instant::now();
                    let answer = shared.ask(&peer, None, Request::Ping {}, PATIENCE);
                    if matches!(answer, Response::Done {}) {
                        lock(&shared.facts.links.inner).add(peer, began.elapsed(), Instant::now());
                    }
                }
                shared.facts.links.looking.store(false, SeqCst);
            });
        }
        lock(&links.inner).samples(&self.rates())
    }

    /// Nodes that this one has a session with, by name.
    pub(in crate::live) fn nodes_met(&self) -> Vec<String> {
        let peers = self.kernel(sojourn_kernel::Kernel::peers);
        let nodes = peers.into_iter().filter(|(_, role)| *role == sojourn_abi::Role::Node);
        let mut names: Vec<String> = nodes.map(|(name, _)| name).collect();
        names.sort();
        names
    }

    /// Bytes a second that the last large move to each node reached.
    fn rates(&self) -> BTreeMap<String, u64> {
        let told = self
            .moves
            .last(MOVES, |row| row.state == MoveState::Done && row.bytes >= TELLING && row.total_ns > 0);
        let rate = |bytes: u64, total_ns: u64| {
            u64::try_from(u128::from(bytes) * 1_000_000_000 / u128::from(total_ns)).unwrap_or(u64::MAX)
        };
        told.into_iter().map(|row| (row.target, rate(row.bytes, row.total_ns))).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peers(count: usize) -> Vec<String> {
        (0..count).map(|number| format!("node-{number}")).collect()
    }

    #[test]
    fn all_have_their_turn() {
        let (mut inner, peers, mut now) = (Inner::default(), peers(7), Instant::now());
        let mut asked = Vec::new();
        for _ in 0..7 {
            asked.extend(inner.turn(&peers, now));
            assert!(inner.turn(&peers, now).is_empty(), "not twice at once");
            now += PAUSE;
        }
        for peer in &peers {
            assert_eq!(asked.iter().filter(|name| *name == peer).count(), 3);
        }
        assert_eq!(inner.turn(&peers[..1], now), ["node-0"]);
    }

    #[test]
    fn one_long_trip_counts_little_and_a_short_one_much() {
        let now = Instant::now();
        let mut trip = Trip { smoothed_ns: 1_000_000, at: now };
        trip.add(9_000_000, now);
        assert_eq!(trip.smoothed_ns, 2_000_000);
        trip.add(1_000_000, now);
        assert_eq!(trip.smoothed_ns, 1_500_000);
    }
}
