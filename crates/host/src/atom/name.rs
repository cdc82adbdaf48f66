//! Names and aliases.

use super::Stop;
use super::call::{Call, Out32, Outcome, Room, Text, str};
use crate::wasi::Guest;
use alloc::vec::Vec;
use sojourn_abi::Code;
use sojourn_abi::name::{ALIAS_BYTES, NAME_BYTES};

/// Scope and alias, where they are no longer than any.
fn alias_of<'m>(memory: &'m Guest<'_>, scope: Text, alias: Text) -> Result<(&'m str, &'m str), Stop> {
    let (scope, alias) = (str(memory, scope)?, str(memory, alias)?);
    let fits = scope.len() <= NAME_BYTES && alias.len() <= ALIAS_BYTES;
    if fits { Ok((scope, alias)) } else { Err(Code::InvalidName.into()) }
}

pub(super) fn alias_set(call: &mut Call<'_>, scope: Text, alias: Text) -> Outcome {
    let (scope, alias) = alias_of(&call.memory, scope, alias)?;
    Ok(call.world.ports.post.set_alias(scope, alias)?)
}

pub(super) fn alias_clear(call: &mut Call<'_>, scope: Text, alias: Text) -> Outcome {
    let (scope, alias) = alias_of(&call.memory, scope, alias)?;
    Ok(call.world.ports.post.clear_alias(scope, alias)?)
}

pub(super) fn find_any(
    call: &mut Call<'_>,
    scope: Text,
    pattern: Text,
    into: Room,
    length: Out32,
) -> Outcome {
    let (scope, pattern) = (str(&call.memory, scope)?, str(&call.memory, pattern)?);
    let found = call.world.ports.post.find(scope, pattern, true)?;
    let name = found.first().ok_or(Code::UnknownAtom)?;
    call.put_all(into, length, name.as_bytes())
}

pub(super) fn find_all(
    call: &mut Call<'_>,
    scope: Text,
    pattern: Text,
    into: Room,
    length: Out32,
) -> Outcome {
    let (scope, pattern) = (str(&call.memory, scope)?, str(&call.memory, pattern)?);
    let found = call.world.ports.post.find(scope, pattern, false)?;
    let lines: Vec<u8> = found.iter().flat_map(|name| name.bytes().chain([b'\n'])).collect();
    call.put_all(into, length, &lines)
}
