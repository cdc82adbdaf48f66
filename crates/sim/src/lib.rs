//! Many kernels on one thread, from one seed: nodes that crash, a network that loses, and what must hold all the same.
//!
//! ```text
//! Plan (a seed) -> World: clock, network, nodes, work, faults -> Summary, or a Failure that replays
//! ```
//!
//! Nothing here takes part but the seed: no thread, no time of day, no order of a hash map. So a seed that fails, fails
//! again, with a trace.
//!
//! | file | what it is |
//! |---|---|
//! | `plan` | what a run is made of |
//! | `clock`, `random`, `network`, `disk` | the world around nodes |
//! | `guest`, `talk` | an atom, as a machine with steps, and what it remembers of messages |
//! | `node` | a kernel, and a model of what drives it |
//! | `workload`, `reader`, `supervisor` | what people want |
//! | `fault` | what goes wrong |
//! | `checkers` | what must hold |
//! | `verdict` | what must hold in the end |

pub mod checkers;
pub mod clock;
pub mod network;
pub mod random;

mod disk;
mod fault;
mod guest;
mod node;
mod plan;
mod reader;
mod supervisor;
mod talk;
mod trace;
mod verdict;
mod workload;
mod world;

pub use plan::{Crash, Plan, Point, Sabotage, Victim};
pub use world::Summary;

use checkers::{Breach, Property};
use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use world::World;

/// A run in which something did not hold.
#[derive(Clone, Debug)]
pub struct Failure {
    /// The run.
    pub plan: Plan,
    /// When, in virtual time.
    pub at_ns: u64,
    /// What.
    pub breach: Breach,
    /// What happened before.
    pub trace: Vec<String>,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for line in &self.trace {
            writeln!(f, "{line}")?;
        }
        writeln!(f, "{}", self.breach)?;
        writeln!(f, "{:?}", self.plan)?;
        let test = if self.plan.crash.is_some() {
            "--test crash_points"
        } else {
            "--test seeds replay -- --nocapture"
        };
        let seed = self.plan.seed;
        write!(f, "replay: SOJOURN_SEED={seed} cargo test --release -p sojourn-sim {test}")
    }
}

/// Lines of a trace, unless more are asked for.
pub const LINES: usize = 100;

/// Runs a plan.
///
/// # Errors
/// When something did not hold; the run is made again to tell what happened before.
pub fn run(plan: &Plan) -> Result<Summary, Box<Failure>> {
    match attempt(plan, 0) {
        Ok(summary) => Ok(summary),
        Err(first) => Err(attempt(plan, LINES).err().unwrap_or(first)),
    }
}

/// Runs a plan, and remembers the last lines of what happens.
///
/// # Errors
/// When something did not hold.
pub fn attempt(plan: &Plan, trace: usize) -> Result<Summary, Box<Failure>> {
    let mut world = World::new(plan.clone(), trace);
    let ended = catch_unwind(AssertUnwindSafe(|| world.run()));
    if let Err(panic) = ended {
        let text = panic.downcast_ref::<String>().cloned();
        let text = text.or_else(|| panic.downcast_ref::<&str>().map(ToString::to_string));
        world.breach = Some(Breach { property: Property::Panic, text: text.unwrap_or_default() });
    }
    match world.breach.take() {
        None => Ok(world.summary()),
        Some(breach) => {
            let at_ns = world.clock.now_ns();
            Err(Box::new(Failure { plan: plan.clone(), at_ns, breach, trace: world.trace.lines() }))
        }
    }
}
