//! Whatever bytes come: they are refused, or are a mailbox that is written as the same bytes again, and that works.
//!
//! `crates/post/tests/golden.rs` writes what inputs can begin with.
#![no_main]

#[path = "../../crates/post/tests/check/mod.rs"]
mod check;

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    check::check(bytes);
});
