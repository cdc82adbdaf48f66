//! Proof that the pass keeps what a module means: the specification's own tests, stops at every point, random
//! modules and a debugger as independent witness.

pub mod atom_host;
pub mod engines;
pub mod guest_host;
pub mod left_out;
pub mod oracle;
pub mod program;
pub mod random;
pub mod script;
pub mod smith;
pub mod suite;
pub mod sweep;
pub mod travel;
pub mod value;
pub mod verdicts;
pub mod wasi_host;
pub mod world;
