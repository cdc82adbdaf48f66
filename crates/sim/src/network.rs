//! The network between nodes: each direction of each pair on its own.
//!
//! It never delivers half of a frame nor one to somebody else, as the contract of a mesh says; all else may happen.

use crate::clock::{MS, US};
use crate::random::Random;

/// Frames that a slow link holds back before it loses some, as time that they take.
const QUEUE_NS: u64 = 2_000 * MS;

/// How bad a network is.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    /// Frames in a thousand that are lost.
    pub loss: u64,
    /// Frames in a thousand that come twice.
    pub duplicate: u64,
    /// Frames in a thousand that others overtake.
    pub reorder: u64,
    /// Longest usual delay.
    pub delay_ns: u64,
}

impl Weather {
    /// A network in which everything comes, in order.
    #[must_use]
    pub fn fair() -> Self {
        Self { loss: 0, duplicate: 0, reorder: 0, delay_ns: 400 * US }
    }

    /// A network of some seed.
    pub fn draw(random: &mut Random) -> Self {
        let rate = |random: &mut Random, most| if random.chance(500) { 0 } else { random.below(most) };
        Self {
            loss: rate(random, 200),
            duplicate: rate(random, 200),
            reorder: rate(random, 300),
            delay_ns: [200 * US, 2 * MS, 40 * MS][random.index(3)],
        }
    }
}

#[derive(Clone, Debug, Default)]
struct Direction {
    cuts: u32,
    ns_per_byte: u64,
    free_ns: u64,
    last_ns: u64,
}

/// The network.
pub struct Network {
    nodes: usize,
    weather: Weather,
    directions: Vec<Direction>,
}

impl Network {
    /// Between so many nodes.
    #[must_use]
    pub fn new(nodes: usize, weather: Weather) -> Self {
        Self { nodes, weather, directions: vec![Direction::default(); nodes * nodes] }
    }

    /// When copies of a frame arrive: none when it is lost.
    pub fn send(
        &mut self,
        (from, to): (usize, usize),
        bytes: usize,
        now_ns: u64,
        random: &mut Random,
    ) -> Vec<u64> {
        let weather = self.weather;
        let direction = &mut self.directions[from * self.nodes + to];
        if direction.cuts > 0 || random.chance(weather.loss) {
            return Vec::new();
        }
        let begun_ns = direction.free_ns.max(now_ns);
        if begun_ns - now_ns > QUEUE_NS {
            return Vec::new();
        }
        direction.free_ns = begun_ns + direction.ns_per_byte * bytes as u64;
        let base_ns = direction.free_ns + random.between(50 * US, weather.delay_ns);
        let arrival_ns = if random.chance(weather.reorder) {
            base_ns + random.below(4 * weather.delay_ns)
        } else {
            direction.last_ns = direction.last_ns.max(base_ns);
            direction.last_ns
        };
        let mut arrivals = vec![arrival_ns];
        if random.chance(weather.duplicate) {
            arrivals.push(arrival_ns + random.below(8 * weather.delay_ns));
        }
        arrivals
    }

    /// Cuts a direction; cuts add up.
    pub fn cut(&mut self, from: usize, to: usize) {
        self.directions[from * self.nodes + to].cuts += 1;
    }

    /// Takes one cut back.
    pub fn mend(&mut self, from: usize, to: usize) {
        let cuts = &mut self.directions[from * self.nodes + to].cuts;
        *cuts = cuts.saturating_sub(1);
    }

    /// Makes a direction slow; 0 is as fast as can be.
    pub fn slow(&mut self, from: usize, to: usize, ns_per_byte: u64) {
        self.directions[from * self.nodes + to].ns_per_byte = ns_per_byte;
    }

    /// Whether frames can pass.
    #[must_use]
    pub fn open(&self, from: usize, to: usize) -> bool {
        self.directions[from * self.nodes + to].cuts == 0
    }

    /// The end of all that is wrong with it.
    pub fn calm(&mut self) {
        self.weather = Weather::fair();
        for direction in &mut self.directions {
            direction.cuts = 0;
            direction.ns_per_byte = 0;
        }
    }
}
