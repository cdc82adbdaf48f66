//! Names of atoms: what they may be, and how they are looked up. No input or output, no clock.
//!
//! | file | what it is |
//! |---|---|
//! | `rule` | what can be a name |
//! | `limit` | every bound |
#![no_std]
extern crate alloc;

pub mod limit;
mod rule;

pub use rule::{DELIMITER, global, is_alias, is_global, is_local, is_scope, local_of, split};
