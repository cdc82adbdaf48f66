//! Writing and reading an image of random data, which does not compress: from a memory to bytes, and back.

use crate::Outcome;
use sojourn_image::{Entry, Image, Memory, ModuleHash};
use std::hint::black_box;
use std::time::Instant;

const MEGABYTE: usize = 1_000_000;
const PAGE_BYTES: usize = 1 << 16;

/// Prints a line of JSON for each repeat.
pub fn run(megabytes: usize, repeats: usize) -> Outcome<()> {
    let memory = random((megabytes * MEGABYTE).next_multiple_of(PAGE_BYTES));
    let mut copy = vec![0; memory.len()];
    for _ in 0..repeats {
        let start = Instant::now();
        let mut image = Image::new(ModuleHash::of(b""), Entry::Export { name: "_start".into() });
        image.memories.push(Memory::capture(0, &memory));
        let bytes = image.encode()?;
        let write = start.elapsed().as_secs_f64();
        drop(image);
        let start = Instant::now();
        Image::decode_owned(bytes)?.memories[0].write_to(&mut copy)?;
        let read = start.elapsed().as_secs_f64();
        if black_box(&copy) != &memory {
            return Err("an image did not give back its memory".into());
        }
        println!(r#"{{"bytes":{},"write_seconds":{write:.6},"read_seconds":{read:.6}}}"#, memory.len());
    }
    Ok(())
}

fn random(length: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(length + 8);
    while bytes.len() < length {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(length);
    bytes
}
