//! How a node is set up.

use crate::mesh::{Role, TlsFiles};
use std::path::PathBuf;
use std::time::Duration;

/// How a node, or a client, is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its name: 1 to 64 of `a-z0-9-`.
    pub name: String,
    /// What kind it is.
    pub role: Role,
    /// The realm.
    pub realm: String,
    /// The realm's key: who has it may join.
    pub key: [u8; 32],
    /// Addresses to listen on.
    pub listen: Vec<String>,
    /// Addresses to join.
    pub join: Vec<String>,
    /// Whether members on the local network are looked for.
    pub discover: bool,
    /// Whether it passes on frames between others.
    pub router: bool,
    /// Files for TLS and QUIC.
    pub tls: Option<TlsFiles>,
    /// Atoms that run at once.
    pub workers: usize,
    /// How long an atom may run while others queue.
    pub slice: Duration,
    /// Tags, which modules may need.
    pub tags: Vec<String>,
    /// What it tells a controller of itself: its zone, position, price in millionths of a euro an hour, and energy.
    pub zone: String,
    /// Metres east, north and up of the realm's origin, with commas between; empty: not known.
    pub position: String,
    /// Millionths of a euro an hour.
    pub micro_euro_per_hour: u64,
    /// Where what is known of its energy comes from.
    pub energy: super::facts::EnergySource,
    /// Below so many percent of its energy it announces that.
    pub energy_low_percent: u64,
    /// Where images and modules are kept; none: nowhere.
    pub folder: Option<PathBuf>,
    /// Whether atoms may be here.
    pub hosts: bool,
    /// Most atoms.
    pub max_atoms: usize,
    /// Most bytes of one atom's memories, unless it asks for fewer.
    pub atom_memory_bytes: u64,
    /// Most bytes of all atoms' memories.
    pub max_memory_bytes: u64,
    /// Images kept of each atom.
    pub images_keep: usize,
    /// How often an image is taken of an atom that does not say; zero: never.
    pub images_every: Duration,
    /// Nodes that keep each image.
    pub images_copies: usize,
    /// Most bytes of images.
    pub images_max_bytes: u64,
    /// How long a move may hold an atom up, if it can be helped.
    pub downtime: Duration,
    /// Most rounds of pages while an atom runs.
    pub max_rounds: u32,
    /// For tests: the process ends at this step of a move, as if it were killed.
    pub crash_at: Option<String>,
}

impl Default for Settings {
    fn default() -> Self {
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        Self {
            name: String::new(),
            role: Role::Node,
            realm: "home".into(),
            key: [0; 32],
            listen: Vec::new(),
            join: Vec::new(),
            discover: false,
            router: false,
            tls: None,
            workers,
            slice: Duration::from_millis(10),
            tags: Vec::new(),
            zone: String::new(),
            position: String::new(),
            micro_euro_per_hour: 0,
            energy: super::facts::EnergySource::default(),
            energy_low_percent: 10,
            folder: None,
            hosts: true,
            max_atoms: 10_000,
            atom_memory_bytes: 1 << 30,
            max_memory_bytes: u64::MAX,
            images_keep: 3,
            images_every: Duration::ZERO,
            images_copies: 2,
            images_max_bytes: 8 << 30,
            downtime: Duration::from_millis(5),
            max_rounds: 12,
            crash_at: None,
        }
    }
}
