//! Writing and reading an image of random data, which does not compress: from a memory to bytes, and back. The buffers
//! are used before, so that the format is timed and not how the system gives out memory.

use crate::Outcome;
use crate::clock::processor_seconds;
use sojourn_image::{Entry, Image, Memory, ModuleHash};
use std::hint::black_box;
use std::sync::Arc;

const MEGABYTE: usize = 1_000_000;
const PAGE_BYTES: usize = 1 << 16;

/// Bytes of an image that are used again after it was read.
struct Shared(Arc<Vec<u8>>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// Prints a line of JSON for each repeat.
pub fn run(megabytes: usize, repeats: usize) -> Outcome<()> {
    let memory = random((megabytes * MEGABYTE).next_multiple_of(PAGE_BYTES));
    let mut copy = vec![1; memory.len()];
    let mut bytes = vec![1; memory.len() + (1 << 20)];
    for _ in 0..repeats {
        bytes.clear();
        let start = processor_seconds();
        let mut image = Image::new(ModuleHash::of(b""), Entry::Export { name: "_start".into() });
        image.memories.push(Memory::capture(0, &memory));
        image.write(|part| {
            bytes.extend_from_slice(part);
            Ok::<(), sojourn_image::Error>(())
        })?;
        let write = processor_seconds() - start;
        drop(image);
        let shared = Arc::new(bytes);
        let start = processor_seconds();
        Image::decode_owned(Shared(Arc::clone(&shared)))?.memories[0].write_to(&mut copy)?;
        let read = processor_seconds() - start;
        bytes = Arc::into_inner(shared).ok_or("an image outlived its reading")?;
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
