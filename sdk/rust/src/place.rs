//! Where the atom is, and what it says to people.

use crate::error::{Result, check};
use crate::raw::{self, Code};
use crate::room::{Room, text};
use crate::wait::wait;
use std::time::Duration;

/// Where the atom is, and how it came there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// Name of the node.
    pub node: String,
    /// Tags of the node.
    pub tags: Vec<String>,
    /// How often the atom has moved.
    pub moves: u64,
    /// How long its last move kept it from running.
    pub downtime: Duration,
    /// Bytes that its last move sent.
    pub moved_bytes: u64,
}

/// Where the atom is.
///
/// # Errors
/// `NotInRealm`.
pub fn here() -> Result<Place> {
    let mut room = Room::take();
    let mut place = raw::Place::default();
    // SAFETY: room and record are as large as they say.
    while let Err(code) = check(unsafe { raw::here(room.at(), room.capacity(), &raw mut place) }) {
        if code != Code::TooSmall {
            return Err(code);
        }
        room.grow(place.needed as usize);
    }
    // SAFETY: the call has succeeded, and its room stands.
    let (node, tags) = unsafe { (text(&place.node), text(&place.tags)) };
    Ok(Place {
        node,
        tags: tags.split(',').filter(|tag| !tag.is_empty()).map(str::to_owned).collect(),
        moves: place.moves,
        downtime: Duration::from_nanos(place.downtime_ns),
        moved_bytes: place.moved_bytes,
    })
}

/// The atom does not move for so long, or until [`wander`].
///
/// # Errors
/// `TooLarge` above 1 s. Definite.
pub fn stay(time: Duration) -> Result<()> {
    let nanoseconds = u64::try_from(time.as_nanos()).map_err(|_| Code::TooLarge)?;
    // SAFETY: a number.
    check(unsafe { raw::stay(nanoseconds) })
}

/// The atom may move again.
pub fn wander() {
    // SAFETY: no parameters. It has no errors.
    unsafe { raw::wander() };
}

/// Nanoseconds on a clock that never goes back, also when the atom moves.
#[must_use]
pub fn now_ns() -> u64 {
    let mut now = 0;
    // SAFETY: one number is written. It has no errors.
    unsafe { raw::now(&raw mut now) };
    now
}

/// How much a line matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Level {
    /// To whoever looks for a mistake.
    Debug = raw::DEBUG,
    /// What happens.
    Info = raw::INFO,
    /// What should not happen.
    Warning = raw::WARNING,
    /// What failed.
    Error = raw::ERROR,
}

/// A line to the atom's standard error.
///
/// # Errors
/// `TooLarge`. Definite.
pub fn log(level: Level, line: &str) -> Result<()> {
    // SAFETY: the line stands until the call returns.
    wait(|| unsafe { raw::log(level as u32, line.as_ptr(), line.len()) })
}
