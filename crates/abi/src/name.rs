//! What can be a name. Rules that node, module and command line agree on.

/// Most bytes of a name.
pub const NAME_BYTES: usize = 64;
/// Most bytes of the name of a node or a realm.
pub const NODE_BYTES: usize = 64;
/// Most bytes of an alias.
pub const ALIAS_BYTES: usize = 256;

/// Whether it can be a local name, the scope of an alias, or a tag: 1 to 64 ASCII letters, digits, `.`, `_`, `-`, at
/// least one of them a letter or digit.
#[must_use]
pub fn is_name(text: &str) -> bool {
    // One of dots and dashes only is too much like a folder or an option to be a name.
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-_".contains(c);
    (1..=NAME_BYTES).contains(&text.len())
        && text.chars().all(fits)
        && text.contains(|c: char| c.is_ascii_alphanumeric())
}

/// Whether it can be the name of a node or a realm: 1 to 64 of `a-z0-9-`, so that it stands in a key of any mesh.
#[must_use]
pub fn is_node(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=NODE_BYTES).contains(&name.len()) && name.bytes().all(allowed)
}

/// Whether it can be an alias: 1 to 256 bytes without control characters.
#[must_use]
pub fn is_alias(text: &str) -> bool {
    (1..=ALIAS_BYTES).contains(&text.len()) && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_flat() {
        assert!(is_name("a") && is_name("A-1_b.c") && is_name(&"x".repeat(64)));
        for bad in ["", ".", "..", "-", "a/b", "a b", "é", "a\n", &"x".repeat(65)] {
            assert!(!is_name(bad), "{bad:?}");
        }
    }

    #[test]
    fn names_of_nodes_stand_in_keys() {
        assert!(is_node("node-1") && is_node("a") && is_node(&"x".repeat(64)));
        for bad in ["", "Node", "a/b", "a b", "*", "é", &"x".repeat(65)] {
            assert!(!is_node(bad), "{bad}");
        }
    }

    #[test]
    fn aliases_are_lines() {
        assert!(is_alias("prices: all of / them") && is_alias(&"x".repeat(256)));
        for bad in ["", "a\n", "\u{7f}", &"x".repeat(257)] {
            assert!(!is_alias(bad), "{bad:?}");
        }
    }
}
