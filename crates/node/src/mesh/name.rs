//! Names of realms and members.

use super::limit::NAME_BYTES;
use super::{MeshError, MeshSettings};

/// Whether a name can stand in a key of any mesh: 1 to 64 of `a-z0-9-`.
pub(super) fn valid(name: &str) -> bool {
    let character = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NAME_BYTES).contains(&name.len()) && name.bytes().all(character)
}

/// Refuses settings with a name that is none.
pub(super) fn check(settings: &MeshSettings) -> Result<(), MeshError> {
    for (what, name) in [("realm", &settings.realm), ("node", &settings.me.name)] {
        if !valid(name) {
            return Err(MeshError::Setting(format!(
                "'{name}' cannot name a {what}; use 1 to {NAME_BYTES} of a-z, 0-9 and '-'"
            )));
        }
    }
    Ok(())
}

/// What is said to someone whose name is taken.
pub(super) fn taken(settings: &MeshSettings) -> MeshError {
    MeshError::Setting(format!(
        "a node named '{}' is already in realm '{}'; choose another name, or stop that one",
        settings.me.name, settings.realm
    ))
}

/// What is said to someone who joins an address of another realm.
pub(super) fn other_realm(address: &str, theirs: &str, ours: &str) -> MeshError {
    MeshError::Realm(format!(
        "the node at {address} is of realm '{theirs}', not '{ours}'; use --realm {theirs}"
    ))
}

#[cfg(test)]
mod tests {
    use super::valid;

    #[test]
    fn names_stand_in_keys() {
        assert!(valid("node-1") && valid("a") && valid(&"x".repeat(64)));
        for name in ["", "Node", "a/b", "a b", "*", "é", &"x".repeat(65)] {
            assert!(!valid(name), "{name}");
        }
    }
}
