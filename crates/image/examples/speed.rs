//! How fast images are made, written and read, in GB/s of guest memory, for several kinds of contents.
//!
//! `cargo run --release -p sojourn-image --example speed`
use std::hint::black_box;
use std::time::Instant;

use sojourn_image::{Entry, Error, Image, Memory, ModuleHash};

const BYTES: usize = 100 << 20;
const RUNS: usize = 5;

fn main() -> Result<(), Error> {
    println!(
        "{:10} {:>8} {:>8} {:>8} {:>8} {:>8} {:>9}",
        "", "capture", "encode", "decode", "owned", "restore", "stored"
    );
    for (name, contents) in
        [("random", random()), ("numbers", numbers()), ("text", text()), ("zero", vec![0; BYTES])]
    {
        measure(name, contents)?;
    }
    Ok(())
}

fn measure(name: &str, mut contents: Vec<u8>) -> Result<(), Error> {
    let (capture, memory) = best(|| Memory::capture(0, &contents));
    let mut image = Image::new(ModuleHash::of(b""), Entry::Export { name: "_start".into() });
    image.memories.push(memory);
    let (encode, bytes) = best(|| image.encode());
    let bytes = bytes?;
    let (decode, _) = best(|| Image::decode(&bytes));
    let owned = (0..RUNS).map(|_| {
        let bytes = bytes.clone();
        best_of_one(|| Image::decode_owned(bytes)).0
    });
    let owned = owned.fold(f64::INFINITY, f64::min);
    let (restore, _) = best(|| image.memories[0].write_to(&mut contents));
    let [capture, encode, decode, owned, restore] = [capture, encode, decode, owned, restore].map(speed);
    println!("{name:10} {capture:8.2} {encode:8.2} {decode:8.2} {owned:8.2} {restore:8.2} {:9}", bytes.len());
    Ok(())
}

#[expect(clippy::cast_precision_loss, reason = "a size that floats hold exactly")]
fn speed(seconds: f64) -> f64 {
    BYTES as f64 / seconds / 1e9
}

fn best<T>(mut run: impl FnMut() -> T) -> (f64, T) {
    let mut best = best_of_one(&mut run);
    for _ in 1..RUNS {
        let next = best_of_one(&mut run);
        if next.0 < best.0 {
            best = next;
        }
    }
    best
}

fn best_of_one<T>(run: impl FnOnce() -> T) -> (f64, T) {
    let start = Instant::now();
    let out = black_box(run());
    (start.elapsed().as_secs_f64(), out)
}

/// Numbers of the `SplitMix64` generator.
fn random() -> Vec<u8> {
    let mut state = 0_u64;
    let words = (0..BYTES / 8).flat_map(|_| {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31).to_le_bytes()
    });
    words.collect()
}

fn numbers() -> Vec<u8> {
    (0_u32..).take(BYTES / 8).flat_map(|n| (f64::from(n) * 0.7).to_le_bytes()).collect()
}

fn text() -> Vec<u8> {
    (0_u32..).flat_map(|n| format!("line {n}: {} of it\n", n % 97).into_bytes()).take(BYTES).collect()
}
