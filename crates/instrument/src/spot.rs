//! Spots at which frames stand, each with a module of its own that goes on from there.

use alloc::collections::BTreeSet;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_image::{Frame, Point};

use crate::error::Error;
use crate::frames;
use crate::info::Info;

/// Where a frame stands, in terms of the original module.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Spot {
    /// Function index.
    pub function: u32,
    /// Byte offset in the module.
    pub offset: u32,
    /// How it stands there.
    pub point: Point,
}

impl Spot {
    /// The place of a frame.
    #[must_use]
    pub fn of(frame: &Frame) -> Self {
        Self { function: frame.function, offset: frame.offset, point: frame.point }
    }

    /// A name for it, different from that of any other place of the module.
    #[must_use]
    pub fn name(&self) -> String {
        let Self { function, offset, point } = self;
        alloc::format!("{function}@{offset}:{point:?}")
    }
}

/// The different spots of frames (outermost first), in the order of `Spot`.
///
/// # Errors
/// `Error::Frames` when these frames cannot have called each other in this module.
pub fn spots(info: &Info, frames: &[Frame]) -> Result<Vec<Spot>, Error> {
    check_chain(info, frames)?;
    let spots: BTreeSet<Spot> = frames.iter().map(Spot::of).collect();
    Ok(spots.into_iter().collect())
}

/// Every frame but the innermost must be in a call, and the next one must return what that call gives.
fn check_chain(info: &Info, frames: &[Frame]) -> Result<(), Error> {
    let Some((innermost, outer)) = frames.split_last() else {
        return Err(Error::frames("there are none"));
    };
    frames::site_of(info, innermost)?;
    if innermost.point == Point::InProgress {
        return Err(Error::frames("the innermost frame waits for a call that has no frame"));
    }
    for (frame, inner) in outer.iter().zip(&frames[1..]) {
        let site = frames::site_of(info, frame)?;
        if frame.point != Point::InProgress {
            return Err(Error::frames("a frame that is in no call has another frame in it"));
        }
        if info.returned.get(inner.function as usize) != Some(&info.awaited[site]) {
            return Err(Error::frames(alloc::format!(
                "function {} cannot have been called by function {} at byte {}",
                inner.function,
                frame.function,
                frame.offset
            )));
        }
    }
    Ok(())
}
