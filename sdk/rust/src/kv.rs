//! The atom's own store of keys and values. It moves with the atom; of a durable one it is on the disk.

use crate::error::{Result, check};
use crate::raw::{self, Code};
use crate::room::filled;

/// A value, and its version for [`compare_and_set`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// The value.
    pub data: Vec<u8>,
    /// Its version.
    pub version: u64,
}

/// The value of a key; `None` when there is no such key.
///
/// # Errors
/// `NotInRealm`, `Internal`.
pub fn get(key: impl AsRef<[u8]>) -> Result<Option<Value>> {
    let key = key.as_ref();
    let mut version = 0;
    // SAFETY: key, room and number stand until the call returns.
    let data = filled(|at, capacity, length| unsafe {
        raw::kv_get(key.as_ptr(), key.len(), at, capacity, length, &raw mut version)
    });
    match data {
        Ok(data) => Ok(Some(Value { data, version })),
        Err(Code::NoKey) => Ok(None),
        Err(code) => Err(code),
    }
}

/// Sets a key; its version now.
///
/// # Errors
/// `TooLarge`, `NoRoom`, `DiskFull`. Definite.
pub fn put(key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Result<u64> {
    let (key, value) = (key.as_ref(), value.as_ref());
    let mut version = 0;
    // SAFETY: key, value and number stand until the call returns.
    check(unsafe { raw::kv_put(key.as_ptr(), key.len(), value.as_ptr(), value.len(), &raw mut version) })?;
    Ok(version)
}

/// Removes a key.
///
/// # Errors
/// `NoKey`, `DiskFull`. Definite.
pub fn delete(key: impl AsRef<[u8]>) -> Result<()> {
    let key = key.as_ref();
    // SAFETY: the key stands until the call returns.
    check(unsafe { raw::kv_delete(key.as_ptr(), key.len()) })
}

/// Sets a key if it has this version (0: if there is none); its version then.
///
/// # Errors
/// `Conflict` when it has another version; `TooLarge`, `NoRoom`, `DiskFull`. Definite.
pub fn compare_and_set(key: impl AsRef<[u8]>, expected: u64, value: impl AsRef<[u8]>) -> Result<u64> {
    let (key, value) = (key.as_ref(), value.as_ref());
    let mut version = 0;
    // SAFETY: key, value and number stand until the call returns.
    check(unsafe {
        raw::kv_compare_and_set(
            key.as_ptr(),
            key.len(),
            expected,
            value.as_ptr(),
            value.len(),
            &raw mut version,
        )
    })?;
    Ok(version)
}

/// All keys with a prefix, in order.
///
/// # Errors
/// `NotInRealm`, `Internal`.
pub fn list(prefix: impl AsRef<[u8]>) -> Result<Vec<Vec<u8>>> {
    const ROOM: usize = 4096;
    let prefix = prefix.as_ref();
    let mut room = vec![0_u8; ROOM];
    let mut keys: Vec<Vec<u8>> = Vec::new();
    loop {
        let after = keys.last().map_or(&[][..], Vec::as_slice);
        let (mut length, mut more) = (0_u32, 0_u32);
        // SAFETY: prefix, key, room and numbers stand until the call returns.
        let code = check(unsafe {
            raw::kv_list(
                prefix.as_ptr(),
                prefix.len(),
                after.as_ptr(),
                after.len(),
                room.as_mut_ptr(),
                room.len(),
                &raw mut length,
                &raw mut more,
            )
        });
        match code {
            // A single key is longer.
            Err(Code::TooSmall) => room.resize(room.len() * 2, 0),
            Err(code) => return Err(code),
            Ok(()) => {
                split(&room[..length as usize], &mut keys);
                if more == 0 || length == 0 {
                    return Ok(keys);
                }
            }
        }
    }
}

/// Keys, each with its length before it.
fn split(mut bytes: &[u8], keys: &mut Vec<Vec<u8>>) {
    while let Some((length, rest)) = bytes.split_first_chunk::<4>() {
        let Some((key, rest)) = rest.split_at_checked(u32::from_le_bytes(*length) as usize) else { return };
        keys.push(key.to_vec());
        bytes = rest;
    }
}

/// Changes of keys with a prefix come as messages of kind `Changed` from now on.
///
/// # Errors
/// `NoRoom` when too many prefixes are watched. Definite.
pub fn watch(prefix: impl AsRef<[u8]>) -> Result<()> {
    set_watch(prefix.as_ref(), 1)
}

/// No more.
///
/// # Errors
/// `NotInRealm`, `Internal`.
pub fn unwatch(prefix: impl AsRef<[u8]>) -> Result<()> {
    set_watch(prefix.as_ref(), 0)
}

fn set_watch(prefix: &[u8], on: u32) -> Result<()> {
    // SAFETY: the prefix stands until the call returns.
    check(unsafe { raw::kv_watch(prefix.as_ptr(), prefix.len(), on) })
}
