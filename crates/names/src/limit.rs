//! Every bound of names.

/// Bytes of the name of a node.
pub const NODE_BYTES: usize = 64;
/// Bytes of a local name.
pub const LOCAL_BYTES: usize = 64;
/// Bytes of a global name: node, delimiter, local name.
pub const GLOBAL_BYTES: usize = NODE_BYTES + 1 + LOCAL_BYTES;
/// Bytes of the scope of an alias.
pub const SCOPE_BYTES: usize = 64;
/// Bytes of an alias.
pub const ALIAS_BYTES: usize = 256;
/// Aliases of one atom.
pub const ALIASES: usize = 64;
