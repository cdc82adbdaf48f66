//! Every bound of names.

use sojourn_abi::name::NAME_BYTES;
pub use sojourn_abi::name::{ALIAS_BYTES, NODE_BYTES};

/// Bytes of a local name.
pub const LOCAL_BYTES: usize = NAME_BYTES;
/// Bytes of a global name: node, delimiter, local name.
pub const GLOBAL_BYTES: usize = NODE_BYTES + 1 + LOCAL_BYTES;
/// Bytes of the scope of an alias.
pub const SCOPE_BYTES: usize = NAME_BYTES;
/// Aliases of one atom.
pub const ALIASES: usize = 64;
/// Bytes of all aliases of one atom, their scopes counted: more is not spread by kernels.
pub const ALIASES_BYTES: usize = 8 << 10;
/// Bytes of a pattern.
pub const PATTERN_BYTES: usize = 256;
/// How deep a pattern may nest.
pub const PATTERN_NEST: u32 = 16;
/// Bytes of a compiled pattern: what a look-up takes is bounded by it and by the names.
pub const COMPILED_BYTES: usize = 64 << 10;
/// Bytes that a look-up may use to remember where it has been.
pub const REMEMBERED_BYTES: usize = 512 << 10;
/// Patterns that are kept compiled.
pub const PATTERNS: usize = 32;
