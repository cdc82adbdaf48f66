//! Hostile bytes, a bounded number of times; `fuzz/fuzz_targets/mailbox.rs` goes on without end.

mod check;
#[path = "world/random.rs"]
#[expect(dead_code, reason = "the model needs all of it")]
mod random;

use check::check;
use random::Random;

const VECTOR: &str = include_str!("../../../tests/golden/post/everything.hex");

fn vector() -> Vec<u8> {
    let digits: Vec<u32> = VECTOR.chars().filter_map(|digit| digit.to_digit(16)).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).expect("a byte")).collect()
}

#[test]
fn every_beginning_and_every_byte() {
    let whole = vector();
    assert!(check(&whole));
    for end in 0..whole.len() {
        assert!(!check(&whole[..end]), "{end} bytes");
    }
    let mut other = 0;
    for at in 0..whole.len() {
        for byte in [0, 1, 0x17, 0x1b, 0x3b, 0x5b, 0x7f, 0x9b, 0x9f, 0xbf, 0xf6, 0xff, whole[at] ^ 1] {
            let mut bytes = whole.clone();
            bytes[at] = byte;
            other += u64::from(check(&bytes));
        }
    }
    assert!(other > 100, "some of them are other mailboxes: {other}");
    assert!(!check(&[whole, vec![0]].concat()), "something follows");
}

#[test]
fn lengths_that_lie_take_no_memory() {
    for head in [0x1b, 0x3b, 0x5b, 0x7b, 0x9b, 0xbb] {
        for place in 0..40 {
            let mut bytes = vector();
            bytes.splice(place..=place, [head, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]);
            check(&bytes);
        }
    }
}

#[test]
fn many_bytes_changed() {
    let whole = vector();
    for seed in 0..20_000 {
        let mut random = Random::new(seed);
        let mut bytes = whole.clone();
        for _ in 0..=random.index(4) {
            let at = random.index(bytes.len());
            bytes[at] = u8::try_from(random.below(256)).expect("a byte");
        }
        let held = std::panic::catch_unwind(|| check(&bytes));
        assert!(held.is_ok(), "seed {seed}: {bytes:02x?}");
    }
}
