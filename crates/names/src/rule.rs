//! What can be a name.
//!
//! Local names and aliases are as `sojourn_abi::name` says, which modules go by, too.
//!
//! | name | may be |
//! |---|---|
//! | local | 1 to 64 ASCII letters, digits, `.`, `_`, `-`; at least one letter or digit |
//! | global | name of the node where the atom was born, `/`, local name |
//! | scope | as a local name |
//! | alias | 1 to 256 bytes of text without control characters |

use alloc::format;
use alloc::string::String;
use sojourn_abi::name;

/// Stands between the name of a node and a local name.
pub const DELIMITER: char = '/';

/// Whether an atom can have this local name.
#[must_use]
pub fn is_local(local: &str) -> bool {
    name::is_name(local)
}

/// Whether an atom can have this global name.
#[must_use]
pub fn is_global(global: &str) -> bool {
    split(global).is_some_and(|(node, local)| name::is_node(node) && is_local(local))
}

/// Whether an alias can have this scope.
#[must_use]
pub fn is_scope(scope: &str) -> bool {
    name::is_name(scope)
}

/// Whether it can be an alias.
#[must_use]
pub fn is_alias(alias: &str) -> bool {
    name::is_alias(alias)
}

/// The global name of an atom that was born at a node.
#[must_use]
pub fn global(node: &str, local: &str) -> String {
    format!("{node}{DELIMITER}{local}")
}

/// Where an atom was born, and its local name.
#[must_use]
pub fn split(global: &str) -> Option<(&str, &str)> {
    global.split_once(DELIMITER)
}

/// The local name in a global one; a name without a node is local.
#[must_use]
pub fn local_of(name: &str) -> &str {
    split(name).map_or(name, |(_, local)| local)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn local_names() {
        for name in ["a", "Counter", "ring-07", "v1.2_x", &"x".repeat(64)] {
            assert!(is_local(name), "{name}");
        }
        for name in ["", "a/b", "a b", "é", ".", "..", "-_-", "a\n", "a:b", &"x".repeat(65)] {
            assert!(!is_local(name), "{name}");
        }
    }

    #[test]
    fn global_names() {
        assert!(is_global("node-1/counter"));
        assert!(is_global(&global(&"n".repeat(64), &"x".repeat(64))));
        for name in ["counter", "/counter", "node-1/", "Node/counter", "a/b/c", "a//b", "é/a"] {
            assert!(!is_global(name), "{name}");
        }
        assert_eq!((local_of("n/a"), local_of("a")), ("a", "a"));
    }

    #[test]
    fn aliases() {
        assert!(is_scope("topic") && is_alias("sensors/kitchen: temperature") && is_alias("küche"));
        assert!(!is_scope("") && !is_scope("a:b") && !is_scope(&"x".repeat(65)));
        assert!(!is_alias("") && !is_alias("a\nb") && !is_alias(&"x".repeat(257)));
    }
}
