//! Atoms that begin and end.

use super::Stop;
use super::call::{Call, Out32, Outcome, Room, Text, name, str};
use crate::limit;
use crate::ports::Spawn;
use crate::wasi::Stretch;
use sojourn_abi::Code;

/// Flag of `spawn`: the caller hears of the end.
const WATCHED: u32 = 1;
/// Flag of `spawn` and `watch`: the two end together.
const LINKED: u32 = 2;

/// The room is looked at before anything is done, as an atom that was started cannot be taken back.
pub(super) fn spawn(
    call: &mut Call<'_>,
    module: Text,
    called: Text,
    argument: Stretch,
    flags: u32,
    into: Room,
    length: Out32,
) -> Outcome {
    if flags & !(WATCHED | LINKED) != 0 {
        return Err(Code::InvalidRequest.into());
    }
    call.world.callbacks_first()?;
    if into.stretch.len() < limit::ATOM_NAME_BYTES {
        call.put32(length, super::call::count(limit::ATOM_NAME_BYTES));
        return Err(Code::TooSmall.into());
    }
    let called = str(&call.memory, called)?;
    if called.len() > sojourn_abi::name::NAME_BYTES {
        return Err(Code::InvalidName.into());
    }
    if call.memory.bytes(argument).len() > limit::STRINGS_BYTES {
        return Err(Code::TooLarge.into());
    }
    let spawn = Spawn {
        module: name(&call.memory, module)?,
        name: called,
        argument: call.memory.bytes(argument),
        watched: flags & WATCHED != 0,
        linked: flags & LINKED != 0,
    };
    let name = call.world.ports.post.spawn(&spawn)?;
    call.put_all(into, length, name.as_bytes())
}

pub(super) fn exit(_: &mut Call<'_>, status: u32) -> Outcome {
    Err(Stop::Exit(status.cast_signed()))
}

/// `self`.
pub(super) fn own_name(call: &mut Call<'_>, into: Room, length: Out32) -> Outcome {
    let name = call.mailbox(|mailbox| alloc::string::String::from(mailbox.name()))?;
    call.put_all(into, length, name.as_bytes())
}

pub(super) fn watch(call: &mut Call<'_>, watched: Text, flags: u32) -> Outcome {
    if flags & !LINKED != 0 {
        return Err(Code::InvalidRequest.into());
    }
    let watched = str(&call.memory, watched)?;
    if watched.len() > limit::ATOM_NAME_BYTES {
        return Err(Code::InvalidName.into());
    }
    Ok(call.world.ports.post.watch(watched, flags == LINKED)?)
}

pub(super) fn unwatch(call: &mut Call<'_>, watched: Text) -> Outcome {
    Ok(call.world.ports.post.unwatch(name(&call.memory, watched)?)?)
}
