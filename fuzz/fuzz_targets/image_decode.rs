//! Whatever bytes come: an error, or an image that is written as the same bytes and can be restored.
//!
//! Most inputs would fail at the first hash. So each is tried as it is, then with its hashes made right, then as
//! what a compressed chunk stores.
#![no_main]

#[path = "../../crates/image/tests/forge/mod.rs"]
mod forge;

use forge::{Forged, check};
use libfuzzer_sys::fuzz_target;
use sojourn_image::{Entry, Image, ModuleHash};

/// 65536 in CBOR.
const PAGE: [u8; 5] = [0x1a, 0, 1, 0, 0];

fuzz_target!(|bytes: &[u8]| {
    check(bytes);
    check(&Forged::of(bytes).bytes());
    if !bytes.is_empty() {
        let empty = Image::new(ModuleHash([0; 32]), Entry::Export { name: String::new() });
        check(&Forged::of(&empty.encode().expect("valid")).with_chunk(&PAGE, bytes).bytes());
    }
});
