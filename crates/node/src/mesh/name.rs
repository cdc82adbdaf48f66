//! Names of realms and members.

use super::{MeshError, MeshSettings};
use sojourn_abi::name::{NODE_BYTES, is_node};

/// Refuses settings with a name that is none.
pub(super) fn check(settings: &MeshSettings) -> Result<(), MeshError> {
    for (what, name) in [("realm", &settings.realm), ("node", &settings.me.name)] {
        if !is_node(name) {
            return Err(MeshError::Setting(format!(
                "'{name}' cannot name a {what}; use 1 to {NODE_BYTES} of a-z, 0-9 and '-'"
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
