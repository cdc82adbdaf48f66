//! What a run is made of: everything follows from it.

use crate::clock::{MS, SECOND};
use crate::network::Weather;
use crate::random::Random;

/// A moment in a move, at the node where it happens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Point {
    /// The source has offered the atom.
    Offered,
    /// The target has accepted it.
    Accepted,
    /// The first pages have come to the target.
    FirstPages,
    /// The source has sent enough pages.
    Converged,
    /// The source is to stop the atom.
    Halt,
    /// The source has stopped it, and sent the last of it.
    Sealed,
    /// All of it has come to the target.
    Build,
    /// The target runs it, held, and has said so.
    Ready,
    /// The source has released it.
    ReleaseSent,
    /// The target has heard that, and opens its gate.
    ReleaseReceived,
    /// The source has heard that the target owns it.
    Owned,
}

impl Point {
    /// All of them, in their order.
    pub const ALL: [Self; 11] = [
        Self::Offered,
        Self::Accepted,
        Self::FirstPages,
        Self::Converged,
        Self::Halt,
        Self::Sealed,
        Self::Build,
        Self::Ready,
        Self::ReleaseSent,
        Self::ReleaseReceived,
        Self::Owned,
    ];
}

/// Who is killed at a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Victim {
    /// The node that the atom leaves.
    Source,
    /// The node that it goes to.
    Target,
    /// Nobody.
    Nobody,
}

/// What goes wrong at one point of one move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crash {
    /// When.
    pub point: Point,
    /// Who is killed.
    pub victim: Victim,
    /// Whether what the node wanted done at that moment is lost as well.
    pub torn: bool,
    /// After how long a new process has the victim's name; none: never.
    pub restart_ns: Option<u64>,
    /// How long the two cannot reach each other from that moment on; 0: they can.
    pub partition_ns: u64,
    /// Whether the source gives the move up at that moment, and begins it anew at once.
    pub again: bool,
}

/// Something in the model that is broken on purpose, to see that a checker notices.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sabotage {
    /// A source lets the atom go on after it has released it.
    GoesOnAfterRelease,
    /// A target opens the gate as soon as it runs the atom.
    OpensEarly,
    /// A message is delivered twice now and then.
    DeliversTwice,
    /// A message is left out now and then.
    DeliversNot,
    /// Two messages change places now and then.
    DeliversSwapped,
    /// A source forgets a page that was written while it copied.
    ForgetsPage,
    /// Output that nobody has read stays behind when an atom moves.
    LeavesOutput,
    /// Readers are given some bytes again.
    RepeatsOutput,
    /// Readers are shown what was said behind a gate.
    ShowsHeld,
    /// A source does not let the atom go on when a move has failed.
    DeafToGoOn,
    /// A target never says that it runs the atom, nor that it cannot.
    NeverBuilt,
    /// A mailbox stays behind when its atom moves.
    LeavesMailbox,
    /// A mailbox takes messages after it has been packed for another node.
    TakesSealed,
    /// A mailbox takes messages before its atom is owned there.
    TakesHeld,
    /// A message that came before is given to the guest again.
    TakesTwice,
    /// Two messages of a mailbox change places now and then.
    TakesSwapped,
    /// What has no receipt never goes again.
    NeverAgain,
    /// Messages of a durable atom are taken before they are on the disk.
    TakesUnjournaled,
    /// A durable atom goes on from its image alone.
    ForgetsJournal,
    /// An atom that begins anew says so to nobody.
    KeepsRun,
    /// A restore takes the lineage that is there.
    KeepsLineage,
    /// A node does not end what is superseded.
    DeafToSupersede,
}

/// A run.
#[derive(Clone, Debug)]
pub struct Plan {
    /// All chance comes from it.
    pub seed: u64,
    /// Nodes that run atoms.
    pub nodes: usize,
    /// Nodes that only ask.
    pub clients: usize,
    /// Atoms that are started in the course of time, at most.
    pub atoms: usize,
    /// Steps after which an atom ends, at most; `u64::MAX`: never.
    pub length: u64,
    /// Pages of an atom's memory at its start.
    pub pages: usize,
    /// Bytes of a page.
    pub page_bytes: usize,
    /// Bytes of the bulk lane.
    pub bulk_bytes: u64,
    /// How long there are faults and work.
    pub turmoil_ns: u64,
    /// How long it may take afterwards until everything is in order.
    pub calm_ns: u64,
    /// The network.
    pub weather: Weather,
    /// Mean time between two faults; 0: none.
    pub fault_every_ns: u64,
    /// Points of moves in a thousand at which something goes wrong.
    pub point_faults: u64,
    /// Mean time between two things that are asked for; 0: none.
    pub work_every_ns: u64,
    /// Whether a supervisor may be mistaken about who is dead.
    pub mistakes: bool,
    /// Whether the first and third atom are durable: their messages are journaled before they are taken.
    pub durable: bool,
    /// What goes wrong at one point.
    pub crash: Option<Crash>,
    /// What is broken on purpose.
    pub sabotage: Option<Sabotage>,
}

impl Plan {
    /// A run as a seed makes it.
    #[must_use]
    pub fn from_seed(seed: u64) -> Self {
        let mut random = Random::new(seed);
        let rough = random.chance(850);
        Self {
            seed,
            nodes: 2 + random.index(4),
            clients: random.index(2),
            atoms: 1 + random.index(5),
            length: random.between(300, 6000),
            pages: 2 + random.index(40),
            page_bytes: [64, 256, 1024][random.index(3)],
            bulk_bytes: [4 << 10, 32 << 10, 16 << 20][random.index(3)],
            turmoil_ns: random.between(5, 25) * SECOND,
            calm_ns: 180 * SECOND,
            weather: if rough { Weather::draw(&mut random) } else { Weather::fair() },
            fault_every_ns: if rough { random.between(300, 6000) * MS } else { 0 },
            point_faults: if rough { [0, 20, 100][random.index(3)] } else { 0 },
            work_every_ns: random.between(50, 600) * MS,
            mistakes: random.chance(300),
            durable: random.chance(400),
            crash: None,
            sabotage: None,
        }
    }

    /// One atom, one move from the first node to the second, and one thing that goes wrong in it.
    #[must_use]
    pub fn directed(crash: Crash, seed: u64) -> Self {
        let mut random = Random::new(seed ^ 0xd1ec);
        Self {
            nodes: 3,
            clients: 0,
            atoms: 1,
            length: u64::MAX,
            pages: 2 + random.index(24),
            page_bytes: 256,
            bulk_bytes: [4 << 10, 1 << 20][random.index(2)],
            turmoil_ns: 12 * SECOND,
            weather: if seed.is_multiple_of(2) { Weather::fair() } else { Weather::draw(&mut random) },
            fault_every_ns: 0,
            point_faults: 0,
            work_every_ns: 0,
            mistakes: false,
            durable: false,
            crash: Some(crash),
            ..Self::from_seed(seed)
        }
    }
}
