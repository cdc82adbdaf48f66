//! Whatever module the bytes make: through the pass it does what it does without it, and so it does when it is
//! stopped, becomes bytes, and goes on on another engine.
#![no_main]

use libfuzzer_sys::fuzz_target;
use sojourn_conformance::smith::check;

fuzz_target!(|bytes: &[u8]| {
    if let Err(reason) = check(bytes) {
        panic!("{reason}");
    }
});
