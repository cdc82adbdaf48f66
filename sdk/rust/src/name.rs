//! Names and aliases.

use crate::error::{Result, check};
use crate::raw::{self, Code};
use crate::room::filled;

fn text(bytes: Vec<u8>) -> Result<String> {
    String::from_utf8(bytes).map_err(|_| Code::Internal)
}

/// The atom's own global name, the one that it was born with; it never changes.
///
/// # Errors
/// `NotInRealm`.
pub fn own_name() -> Result<String> {
    // SAFETY: the room is as large as it says.
    text(filled(|at, capacity, length| unsafe { raw::self_(at, capacity, length) })?)
}

/// Gives the atom an alias.
///
/// # Errors
/// `InvalidName`; `TooLarge` when it has too many. Definite.
pub fn set_alias(scope: &str, alias: &str) -> Result<()> {
    // SAFETY: both texts stand until the call returns.
    check(unsafe { raw::alias_set(scope.as_ptr(), scope.len(), alias.as_ptr(), alias.len()) })
}

/// Takes an alias back; an empty one: all of the scope.
///
/// # Errors
/// `InvalidName`. Definite.
pub fn clear_alias(scope: &str, alias: &str) -> Result<()> {
    // SAFETY: both texts stand until the call returns.
    check(unsafe { raw::alias_clear(scope.as_ptr(), scope.len(), alias.as_ptr(), alias.len()) })
}

/// Any atom whose name fits a pattern, or with a scope one of its aliases there; the nearest. The pattern is a regular
/// expression for all of the name or alias.
///
/// # Errors
/// `UnknownAtom`, `InvalidPattern`. Definite.
pub fn find_any(scope: &str, pattern: &str) -> Result<String> {
    // SAFETY: both texts stand until the call returns, and the room is as large as it says.
    text(filled(|at, capacity, length| unsafe {
        raw::find_any(scope.as_ptr(), scope.len(), pattern.as_ptr(), pattern.len(), at, capacity, length)
    })?)
}

/// All of them, in order.
///
/// # Errors
/// `InvalidPattern`. Definite.
pub fn find_all(scope: &str, pattern: &str) -> Result<Vec<String>> {
    // SAFETY: as above.
    let names = text(filled(|at, capacity, length| unsafe {
        raw::find_all(scope.as_ptr(), scope.len(), pattern.as_ptr(), pattern.len(), at, capacity, length)
    })?)?;
    Ok(names.lines().map(str::to_owned).collect())
}
