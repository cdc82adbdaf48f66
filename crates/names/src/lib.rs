//! Names of atoms: what they may be, and how they are looked up. No input or output, no clock.
//!
//! | file | what it is |
//! |---|---|
//! | `rule` | what can be a name |
//! | `pattern` | regular expressions that take linear time |
//! | `cache` | those that were used lately |
//! | `table` | all names, and how they are looked up |
//! | `limit` | every bound |
#![no_std]
extern crate alloc;

mod cache;
pub mod limit;
mod pattern;
mod rule;
mod table;

pub use cache::Patterns;
pub use pattern::{Pattern, Refusal, Search};
pub use rule::{DELIMITER, global, is_alias, is_global, is_local, is_scope, local_of, split};
pub use table::{Candidate, Row, Table};
