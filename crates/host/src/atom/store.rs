//! The atom's own keys and values.

use super::call::{Call, Out32, Out64, Outcome, Room, count};
use crate::limit;
use crate::wasi::Stretch;
use alloc::vec::Vec;
use sojourn_abi::Code;

pub(super) fn kv_get(
    call: &mut Call<'_>,
    key: Stretch,
    into: Room,
    length: Out32,
    version: Out64,
) -> Outcome {
    let found = call.world.ports.keys.get(call.memory.bytes(key))?;
    let stored = found.ok_or(Code::NoKey)?;
    call.put64(version, stored.version);
    call.put_all(into, length, &stored.value)
}

pub(super) fn kv_put(call: &mut Call<'_>, key: Stretch, value: Stretch, version: Out64) -> Outcome {
    let (key, value) = (call.memory.bytes(key), call.memory.bytes(value));
    let now = call.world.ports.keys.put(key, value)?;
    call.put64(version, now);
    Ok(())
}

pub(super) fn kv_delete(call: &mut Call<'_>, key: Stretch) -> Outcome {
    Ok(call.world.ports.keys.delete(call.memory.bytes(key))?)
}

pub(super) fn kv_compare_and_set(
    call: &mut Call<'_>,
    key: Stretch,
    expected: u64,
    value: Stretch,
    version: Out64,
) -> Outcome {
    let (key, value) = (call.memory.bytes(key), call.memory.bytes(value));
    let (now, set) = call.world.ports.keys.compare_and_set(key, expected, value)?;
    call.put64(version, now);
    if set { Ok(()) } else { Err(Code::Conflict.into()) }
}

/// As many keys as fit, each with its length before it.
pub(super) fn kv_list(
    call: &mut Call<'_>,
    prefix: Stretch,
    after: Stretch,
    into: Room,
    length: Out32,
    more: Out32,
) -> Outcome {
    let (prefix, after) = (call.memory.bytes(prefix), call.memory.bytes(after));
    let keys = call.world.ports.keys.list(prefix, after, limit::KEYS_LISTED)?;
    let mut bytes = Vec::new();
    let mut given = 0;
    for key in &keys {
        if bytes.len() + 4 + key.len() > into.stretch.len() {
            break;
        }
        bytes.extend(count(key.len()).to_le_bytes());
        bytes.extend(key);
        given += 1;
    }
    if let (0, Some(first)) = (given, keys.first()) {
        call.put32(length, count(first.len() + 4));
        return Err(Code::TooSmall.into());
    }
    let rest = given < keys.len() || keys.len() == limit::KEYS_LISTED;
    call.put32(more, rest.into());
    call.put_all(into, length, &bytes)
}

pub(super) fn kv_watch(call: &mut Call<'_>, prefix: Stretch, on: u32) -> Outcome {
    if on > 1 {
        return Err(Code::InvalidRequest.into());
    }
    Ok(call.world.ports.keys.watch(call.memory.bytes(prefix), on == 1)?)
}
