//! An image through bytes is the same image, and the same image is the same bytes.
mod generate;

use generate::{Seed, generated, runs, sample};
use sojourn_image::{Error, Image, Memory};

fn check(image: &Image) -> Result<(), Error> {
    let bytes = image.encode()?;
    assert_eq!(image.encoded_bytes()?, bytes.len());
    let mut written = Vec::new();
    image.write(|piece| {
        written.extend_from_slice(piece);
        Ok::<(), Error>(())
    })?;
    assert_eq!(written, bytes);
    for decoded in [Image::decode(&bytes)?, Image::decode_owned(bytes.clone())?] {
        assert_eq!(&decoded, image);
        assert_eq!(decoded.encode()?, bytes);
        decoded.memories.iter().zip(&image.memories).try_for_each(|(a, b)| same_contents(a, b))?;
    }
    Ok(())
}

fn same_contents(a: &Memory, b: &Memory) -> Result<(), Error> {
    let size = usize::try_from(a.size_bytes()).expect("small");
    let mut contents = [vec![1; size], vec![2; size]];
    a.write_to(&mut contents[0])?;
    b.write_to(&mut contents[1])?;
    assert!(contents[0] == contents[1]);
    Ok(())
}

#[test]
fn sample_through_bytes() -> Result<(), Error> {
    check(&sample())
}

#[test]
fn generated_images_through_bytes() {
    for seed in 0..runs(400) {
        let checked = std::panic::catch_unwind(|| check(&generated(seed)));
        assert!(matches!(checked, Ok(Ok(()))), "seed {seed}: {checked:?}");
    }
}

#[test]
fn contents_are_restored() -> Result<(), Error> {
    for (seed, size) in [0, 1, 200, 65535, 65536, 65537, 3 * 65536, 5 * 65536 + 77].into_iter().enumerate() {
        let mut seed = Seed(seed as u64);
        let mut contents = seed.bytes(size);
        // Chunks that are zero, compressible and random, side by side.
        contents.chunks_mut(65536).for_each(|chunk| match seed.below(3) {
            0 => chunk.fill(0),
            1 => chunk.iter_mut().skip(10).for_each(|byte| *byte = 7),
            _ => (),
        });
        let mut restored = seed.bytes(size);
        Memory::capture(0, &contents).write_to(&mut restored)?;
        assert!(restored == contents, "{size} bytes");
    }
    Ok(())
}

#[test]
fn zero_chunks_are_left_out_and_repeating_ones_become_small() {
    let mut contents = vec![0; 100 * 65536];
    contents[40 * 65536..41 * 65536].copy_from_slice(&[1, 2, 3, 4].repeat(16384));
    contents[99 * 65536..].copy_from_slice(&Seed(3).bytes(65536));
    let memory = Memory::capture(0, &contents);
    let stored: Vec<_> = memory.chunks().iter().map(|chunk| (chunk.number, chunk.stored_bytes)).collect();
    assert_eq!(stored.len(), 2);
    assert!(stored[0].0 == 40 && stored[0].1 < 1000, "{stored:?}");
    assert_eq!(stored[1], (99, 65536));
}

#[test]
fn a_memory_of_another_size_is_not_touched() {
    let memory = Memory::capture(3, &vec![5; 70_000]);
    let mut target = vec![9; 65536];
    let error = Error::MemorySize { memory: 3, expected: 70_000, found: 65536 };
    assert_eq!(memory.write_to(&mut target), Err(error));
    assert!(target.iter().all(|byte| *byte == 9));
}

#[test]
fn what_a_reader_would_refuse_is_not_written() {
    let refuse = |change: fn(&mut Image), words: &str| {
        let mut image = sample();
        change(&mut image);
        let error = image.encode().expect_err(words).to_string();
        assert!(error.contains(words), "{error}");
    };
    refuse(
        |image| image.globals.reverse(),
        "section globals of the image is not valid: indices are not ascending",
    );
    refuse(|image| image.memories.push(Memory::capture(1, &[])), "section memories");
    refuse(|image| image.dropped_data.push(3), "section segments");
    refuse(
        |image| image.tables[0].elements.push(sojourn_image::Value::ExternRef(None)),
        "table 0 holds something else",
    );
    refuse(|image| image.tables[0].elements[0] = image.globals[0].1, "table 0 holds something else");
    refuse(|image| image.module = Some(vec![1]), "the module given has hash");
}

#[test]
fn a_small_image_has_little_beside_its_memory() -> Result<(), Error> {
    let mut image = sample();
    image.memories = vec![Memory::capture(0, &Seed(5).bytes(64 * 65536))];
    let extra = image.encode()?.len() - 64 * 65536;
    assert!(extra < 2500, "{extra} bytes");
    Ok(())
}
