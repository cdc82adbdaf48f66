//! Names and aliases.

use super::call::{Call, Out32, Outcome, Room, Text, str};
use alloc::vec::Vec;
use sojourn_abi::Code;

pub(super) fn alias_set(call: &mut Call<'_>, scope: Text, alias: Text) -> Outcome {
    let (scope, alias) = (str(&call.memory, scope)?, str(&call.memory, alias)?);
    Ok(call.world.ports.post.set_alias(scope, alias)?)
}

pub(super) fn alias_clear(call: &mut Call<'_>, scope: Text, alias: Text) -> Outcome {
    let (scope, alias) = (str(&call.memory, scope)?, str(&call.memory, alias)?);
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
