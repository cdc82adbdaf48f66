//! Wasm to Wasm: a module that can be stopped at any point, and the module that goes on from there.
//!
//! In the order of the work: `parse` reads a module, `scan` walks its bodies, `graph` finds who may suspend,
//! `check` refuses what cannot move (all that is the `plan`), `walk` and `liveness` find what each site must save,
//! `rewrite` writes the instrumented module through `emit`, `poll` and `spill`; `frames`, `spot`,
//! `continuation` and `resume` bring a stopped computation back.
#![no_std]
extern crate alloc;

mod added;
mod check;
mod code;
mod continuation;
mod data;
mod emit;
mod error;
mod extent;
mod frames;
mod graph;
pub mod guest_calls;
mod imports;
mod info;
mod layout;
mod limit;
mod liveness;
pub mod names;
mod outline;
mod parse;
mod plan;
mod poll;
mod resume;
mod rewrite;
mod scan;
mod section;
mod shim;
mod sites;
mod spill;
mod spot;
pub mod suspend;
mod trim;
mod walk;

use alloc::vec::Vec;
use sojourn_image::Frame;

pub use continuation::Continuations;
pub use data::same_data;
pub use error::Error;
pub use extent::initialized_bytes;
pub use frames::Loaded;
pub use info::{GlobalInfo, Info, MemoryInfo, Site, TYPES, TableInfo, Type};
pub use spot::{Spot, spots};

/// How the guest is asked to stop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flavour {
    /// A word in shared memory, read atomically: any thread sets it.
    Atomic,
    /// A counter in a global: for engines without threads, and to stop at exactly the k-th poll.
    Counter,
}

/// What the pass made.
#[derive(Clone, Debug)]
pub struct Instrumented {
    /// The module.
    pub wasm: Vec<u8>,
    /// Facts about the original.
    pub info: Info,
}

/// How to instrument.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How the guest is asked to stop.
    pub flavour: Flavour,
    /// Let a module through that cannot move, to run where it is.
    pub allow_pinned: bool,
}

/// The pass: a module with the same behaviour that can be stopped at its sites.
///
/// # Errors
/// `Error::Invalid` for what is not a valid module, `Error::Refused` for what cannot move.
pub fn instrument(wasm: &[u8], options: Options) -> Result<Instrumented, Error> {
    match rewrite::instrument(wasm, options.flavour) {
        Err(Error::Refused { function, offset, reason }) if options.allow_pinned => {
            let refusal = Error::Refused { function, offset, reason };
            let info = Info { pinned: Some(alloc::format!("{refusal}")), ..Info::default() };
            Ok(Instrumented { wasm: wasm.to_vec(), info })
        }
        result => result,
    }
}

/// Reads the frames that an unwound instance left, outermost first. `frames` is the used part of the frame
/// memory; the saved references come from their tables, functions as indices in the original module.
///
/// # Errors
/// `Error::Frames` when the bytes do not fit the sites.
pub fn read_frames(
    info: &Info,
    frames: &[u8],
    funcrefs: &[Option<u32>],
    externrefs: &[Option<u32>],
) -> Result<Vec<Frame>, Error> {
    frames::read(info, frames, funcrefs, externrefs)
}

/// What goes into the frame memory so that frames (outermost first) go on. `slots` are those of `known`, which are
/// the frames' spots (see `spots`), in their order.
///
/// # Errors
/// `Error::Frames` when values are missing or are of other types.
pub fn load_frames(info: &Info, frames: &[Frame], known: &[Spot], slots: &[u32]) -> Result<Loaded, Error> {
    frames::load(info, frames, known, slots)
}
