//! Images whose hashes are right and whose contents are not: made to harm, or by a faulty writer.
mod forge;
mod generate;

use forge::{Forged, check};
use generate::{Seed, generated, runs, sample};
use sojourn_image::{Error, Hash, Image, Section, limit};

fn forged() -> Forged {
    Forged::of(&sample().encode().expect("valid"))
}

/// The sample with one memory of one chunk.
fn one_chunk(size: &[u8], stored: &[u8]) -> Forged {
    forged().with_chunk(size, stored)
}

#[track_caller]
fn expect(forged: &Forged, section: Section, words: &str) {
    let error = Image::decode(&forged.bytes()).expect_err("a forged image");
    assert_eq!(error.section(), Some(section), "{error}");
    assert!(error.to_string().contains(words), "{error}");
}

#[test]
fn taking_apart_and_putting_together_changes_nothing() {
    let bytes = sample().encode().expect("valid");
    assert_eq!(Forged::of(&bytes).bytes(), bytes);
}

#[test]
fn one_form_only() {
    let form = "not in the one form";
    // 0 as two bytes; an empty list without a length; a list with something behind it.
    expect(&forged().with(Section::Globals, &[0x98, 0x00]), Section::Globals, form);
    expect(&forged().with(Section::Globals, &[0x9f, 0xff]), Section::Globals, "without a length");
    expect(&forged().with(Section::Globals, &[0x80, 0x00]), Section::Globals, form);
    expect(&forged().with(Section::Globals, &[]), Section::Globals, "end of input");
    // An empty table of host references.
    expect(&forged().with(Section::Tables, &[0x81, 0x83, 0x00, 0x30, 0x80]), Section::Tables, form);
}

#[test]
fn order_of_indices() {
    let global = |index| [index, 0x82, 0x20, 0x00];
    let globals = |a, b| [[0x84].as_slice(), &global(a), &global(b)].concat();
    assert!(Image::decode(&forged().with(Section::Globals, &globals(1, 2)).bytes()).is_ok());
    expect(&forged().with(Section::Globals, &globals(2, 1)), Section::Globals, "not ascending");
    expect(&forged().with(Section::Globals, &globals(1, 1)), Section::Globals, "not ascending");
}

#[test]
fn unknown_numbers() {
    let origin = |features, kind| {
        let hash = generate::MODULE;
        let hash = sojourn_image::ModuleHash::of(hash);
        [[0x84, 0x58, 0x20].as_slice(), &hash.0, &[0x19], features, &[kind, 0x60]].concat()
    };
    let known: &[u8] = &[0x02, 0x00];
    assert!(Image::decode(&forged().with(Section::Origin, &origin(known, 1)).bytes()).is_ok());
    expect(&forged().with(Section::Origin, &origin(&[0x80, 0], 1)), Section::Origin, "feature");
    expect(
        &forged().with(Section::Origin, &origin(known, 2)),
        Section::Origin,
        "kind of entry with number 2",
    );
    let frames = [0x81, 0x84, 0x00, 0x00, 0x04, 0x80];
    expect(&forged().with(Section::Frames, &frames), Section::Frames, "kind of point with number 4");
    let globals = [0x82, 0x00, 0x82, 0x25, 0x00];
    expect(&forged().with(Section::Globals, &globals), Section::Globals, "no type with code -6");
    let globals = [0x82, 0x00, 0x82, 0x20, 0x1a, 0x80, 0x00, 0x00, 0x00];
    expect(&forged().with(Section::Globals, &globals), Section::Globals, "");
}

#[test]
fn lengths_that_are_not_there() {
    // 2^64 - 2, 2^32 - 1 and 100,000 items, of which none follow.
    let huge = [0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfe];
    for section in [Section::Frames, Section::Globals, Section::Tables] {
        expect(&forged().with(section, &huge), section, "longer than the limit");
        expect(&forged().with(section, &[0x9a, 0xff, 0xff, 0xff, 0xfe]), section, "longer than the limit");
        expect(&forged().with(section, &[0x9a, 0x00, 0x01, 0x86, 0xa0]), section, "end of input");
    }
    let origin = [[0x84, 0x58, 0x20].as_slice(), &[0; 32], &[0, 0, 0x7b], &[0xff; 8]].concat();
    expect(&forged().with(Section::Origin, &origin), Section::Origin, "end of input");
}

#[test]
fn directories() {
    let change = |change: fn(&mut Forged)| {
        let mut image = forged();
        change(&mut image);
        image
    };
    expect(&change(|image| image.0.clear()), Section::Header, "missing, doubled or out of order");
    expect(&change(|image| drop(image.0.pop())), Section::Header, "missing, doubled or out of order");
    expect(&change(|image| image.0.swap(1, 2)), Section::Header, "missing, doubled or out of order");
    expect(&change(|image| image.0.insert(1, image.0[1].clone())), Section::Header, "missing, doubled");
    expect(&change(|image| image.0.insert(8, image.0[8].clone())), Section::Header, "missing, doubled");
    expect(&change(|image| image.0[3].0 = 99), Section::Header, "no section with number 99");
    expect(&change(|image| image.0[3].0 = 0), Section::Header, "no section with number 0");
    expect(&change(|image| image.0.extend(image.0.clone())), Section::Header, "at most 16");
    assert!(Image::decode(&change(|image| drop(image.0.remove(8))).bytes()).is_ok(), "module left out");
}

#[test]
fn lengths_in_the_directory() {
    for length in [limit::STRUCTURED_BYTES + 1, u64::MAX, u64::MAX - 100] {
        let mut bytes = forged().bytes();
        bytes[20..28].copy_from_slice(&length.to_le_bytes());
        let listed = 16 + 28 * forged().0.len();
        let hash = Hash::of(&bytes[..listed]);
        bytes[listed..listed + 16].copy_from_slice(&hash.0);
        let error = Image::decode(&bytes).expect_err("too long");
        let section = Section::Origin;
        let limit = limit::STRUCTURED_BYTES;
        assert_eq!(error, Error::Limit { section, what: "bytes", found: length, limit });
    }
}

#[test]
fn a_module_that_is_another() {
    expect(
        &forged().with(Section::Module, b"\0asm\x01\0\0\x01"),
        Section::Module,
        "not the module with hash",
    );
}

#[test]
fn chunks_that_are_not_what_the_list_says() {
    // 65536 bytes of memory, and a chunk of one byte that is no compressed data.
    let page: &[u8] = &[0x1a, 0x00, 0x01, 0x00, 0x00];
    expect(&one_chunk(page, &[0xff]), Section::Chunks, "cannot be unpacked");
    // A match that reaches before the beginning; a match at distance 0.
    expect(&one_chunk(page, &[0x1f, 7, 2, 0, 9]), Section::Chunks, "cannot be unpacked");
    expect(&one_chunk(page, &[0x1f, 7, 0, 0, 9]), Section::Chunks, "cannot be unpacked");
    // 102 times the same byte, where the chunk has 65536.
    expect(&one_chunk(page, &[0x1f, 7, 1, 0, 81, 0x10, 7]), Section::Chunks, "unpacks to 102 bytes");
    // More than the chunk has: 4 MiB in 64 KiB.
    let bomb = [[0x1f, 7, 1, 0].as_slice(), &[0xff; 16_000], &[0]].concat();
    expect(&one_chunk(page, &bomb), Section::Chunks, "cannot be unpacked");
    // Stored as it is and all zero; larger than its memory; of a memory without bytes.
    expect(&one_chunk(&[0x05], &[0; 5]), Section::Chunks, "all zero");
    expect(&one_chunk(&[0x05], &[1; 6]), Section::Memories, "stores 6 bytes for 5");
    expect(&one_chunk(&[0x00], &[1]), Section::Memories, "stores 1 bytes for 0");
    expect(&one_chunk(&[0x05], &[]), Section::Memories, "stores 0 bytes");
    let huge: &[u8] = &[0x1b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    expect(&one_chunk(huge, &[1]), Section::Memories, "bytes in a memory");
    // More and less in the chunks than in the list.
    expect(&one_chunk(&[0x05], &[1; 5]).with(Section::Chunks, &[1; 6]), Section::Chunks, "lists 5");
    expect(&one_chunk(&[0x05], &[1; 5]).with(Section::Chunks, &[]), Section::Chunks, "lists 5");
    expect(&one_chunk(&[0x05], &[1; 5]).with(Section::Chunks, &[2; 5]), Section::Chunks, "has hash");
    assert!(Image::decode(&one_chunk(&[0x05], &[1; 5]).bytes()).is_ok());
}

/// What is accepted is what would be written; the rest is refused without a panic.
#[test]
fn changed_contents_with_right_hashes() {
    let mut accepted = 0;
    for seed in 0..runs(30_000) {
        let mut random = Seed(seed);
        let original = if seed % 10 == 0 { small(seed) } else { sample() };
        let mut image = Forged::of(&original.encode().expect("valid"));
        for _ in 0..=random.below(3) {
            let section = random.below(image.0.len());
            change(&mut random, &mut image.0[section].1);
        }
        let checked = std::panic::catch_unwind(|| check(&image.bytes()));
        accepted += u64::from(checked.unwrap_or_else(|_| panic!("seed {seed}")));
    }
    assert!(accepted > 1000, "only {accepted}: the changes no longer reach the contents");
}

fn small(seed: u64) -> Image {
    let mut image = generated(seed);
    image.memories.clear();
    image
}

fn change(random: &mut Seed, bytes: &mut Vec<u8>) {
    let start = random.below(bytes.len() + 1);
    match random.below(4) {
        0 if start < bytes.len() => bytes[start] = random.next().to_le_bytes()[0],
        1 if start < bytes.len() => bytes[start] = bytes[start].wrapping_add(1),
        2 => drop(bytes.splice(start..start, random.bytes(1))),
        _ if start < bytes.len() => drop(bytes.remove(start)),
        _ => bytes.push(0),
    }
}
