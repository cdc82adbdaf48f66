//! Where the atom is, what time it is there, and its log.

use super::Stop;
use super::call::{Call, Deadline, Out64, Outcome, Place, Room, Text, count};
use super::table::{PLACE_BYTES, place_at};
use super::wait::Pause;
use crate::Errno;
use crate::limit;
use crate::ports::{Stream, Woken};
use alloc::vec::Vec;
use sojourn_abi::Code;

/// Levels of a log, by number.
const LEVELS: [&str; 4] = ["debug", "info", "warning", "error"];

/// A line is never cut: what a stop leaves of it is part of the guest's state, and goes on when the call is made again.
pub(super) fn log(call: &mut Call<'_>, level: u32, line: Text) -> Outcome {
    let level = LEVELS.get(level as usize).ok_or(Code::InvalidRequest)?;
    let text = call.read(line)?;
    if text.len() > limit::LOG_BYTES {
        return Err(Code::TooLarge.into());
    }
    let whole = [level.as_bytes(), b": ", text.strip_suffix('\n').unwrap_or(text).as_bytes(), b"\n"].concat();
    let rest = core::mem::take(&mut call.world.state.under_way.line);
    if rest.is_empty() {
        call.world.callbacks_first()?;
        return call.write_line(&whole);
    }
    call.write_rest(rest)
}

pub(super) fn here(call: &mut Call<'_>, into: Room, place: Place) -> Outcome {
    call.mailbox(|_| ())?;
    let here = call.world.ports.post.here();
    let tags = here.tags.join(",");
    let needed = here.node.len() + tags.len();
    let fits = needed <= into.stretch.len();
    let mut record = [0; PLACE_BYTES as usize];
    let mut field =
        |at: u32, bytes: &[u8]| record[at as usize..at as usize + bytes.len()].copy_from_slice(bytes);
    field(place_at::NEEDED, &count(needed).to_le_bytes());
    if fits {
        let mut at = into.at;
        for (part, text) in [(place_at::NODE, here.node.as_bytes()), (place_at::TAGS, tags.as_bytes())] {
            call.put(at, text);
            field(part, &at.to_le_bytes());
            field(part + 4, &count(text.len()).to_le_bytes());
            at = at.wrapping_add(count(text.len()));
        }
        field(place_at::MOVES, &here.moves.to_le_bytes());
        field(place_at::DOWNTIME_NS, &here.downtime_ns.to_le_bytes());
        field(place_at::MOVED_BYTES, &here.moved_bytes.to_le_bytes());
    }
    call.put(place.0, &record);
    if fits { Ok(()) } else { Err(Code::TooSmall.into()) }
}

pub(super) fn stay(call: &mut Call<'_>, nanoseconds: u64) -> Outcome {
    if nanoseconds > limit::STAY_NS {
        return Err(Code::TooLarge.into());
    }
    call.world.ports.post.stay(Some(nanoseconds));
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "the table asks for this type")]
pub(super) fn wander(call: &mut Call<'_>) -> Outcome {
    call.world.ports.post.stay(None);
    Ok(())
}

#[expect(clippy::unnecessary_wraps, reason = "the table asks for this type")]
pub(super) fn now(call: &mut Call<'_>, nanoseconds: Out64) -> Outcome {
    let now_ns = call.world.now_monotonic_ns();
    call.put64(nanoseconds, now_ns);
    Ok(())
}

impl Call<'_> {
    /// Begins a line; until then a callback may come first.
    fn write_line(&mut self, line: &[u8]) -> Outcome {
        loop {
            match self.world.ports.console.write(Stream::Stderr, line) {
                Ok(taken) => return self.write_rest(line[taken..].to_vec()),
                Err(Errno::Again) => self.world.pause(Pause {
                    deadline: Deadline::Never,
                    over: Code::TimedOut,
                    look_again_ns: None,
                    mailbox: &mut |_| false,
                    streams: &[Stream::Stderr],
                    socket: None,
                })?,
                // Nobody will ever read it.
                Err(_) => return Ok(()),
            }
        }
    }

    fn write_rest(&mut self, mut rest: Vec<u8>) -> Outcome {
        while !rest.is_empty() {
            match self.world.ports.console.write(Stream::Stderr, &rest) {
                Ok(taken) => drop(rest.drain(..taken)),
                Err(Errno::Again) => {
                    let woken = self.world.ports.console.wait(&[Stream::Stderr], &mut || false, None);
                    if woken == Woken::Stop {
                        self.world.state.under_way.line = rest;
                        return Err(Stop::Suspend);
                    }
                }
                Err(_) => break,
            }
        }
        Ok(())
    }
}
