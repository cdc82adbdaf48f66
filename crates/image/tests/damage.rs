//! Whatever byte of an image is changed, wherever it is cut: an error that names the right section, and no panic.
mod generate;

use generate::{Seed, runs, sample};
use sojourn_image::{Error, Header, Image, Section};

/// The bytes of the sample, and where each section ends.
fn stored() -> (Vec<u8>, Vec<(Section, usize)>) {
    let bytes = sample().encode().expect("valid");
    let header = Header::decode(&bytes).expect("valid");
    let mut end = header.bytes();
    let mut ends = vec![(Section::Header, end)];
    for listed in &header.sections {
        end += usize::try_from(listed.length).expect("small");
        ends.push((listed.section, end));
    }
    assert_eq!(end, bytes.len());
    (bytes, ends)
}

/// The section that holds the byte at this offset.
fn section_at(ends: &[(Section, usize)], offset: usize) -> Section {
    ends.iter().find(|(_, end)| offset < *end).expect("inside").0
}

fn refused(bytes: &[u8]) -> Error {
    let error = Image::decode(bytes).expect_err("a damaged image");
    assert_eq!(Image::decode_owned(bytes.to_vec()).expect_err("a damaged image"), error);
    error
}

#[test]
fn every_flipped_bit_is_found_in_its_section() {
    let (mut bytes, ends) = stored();
    for offset in 0..bytes.len() {
        for mask in (0..8).map(|bit| 1 << bit).chain([0xff]) {
            bytes[offset] ^= mask;
            let error = refused(&bytes);
            bytes[offset] ^= mask;
            assert_eq!(
                error.section(),
                Some(section_at(&ends, offset)),
                "byte {offset}, mask {mask:#x}: {error}"
            );
        }
    }
}

#[test]
fn every_cut_is_found_in_its_section() {
    let (bytes, ends) = stored();
    for length in 0..bytes.len() {
        let error = refused(&bytes[..length]);
        assert!(matches!(error, Error::Truncated { .. }), "{length} bytes: {error}");
        assert_eq!(error.section(), Some(section_at(&ends, length)), "{length} bytes: {error}");
    }
}

#[test]
fn bytes_after_the_end_are_found() {
    let (mut bytes, _) = stored();
    bytes.push(0);
    assert_eq!(refused(&bytes), Error::Trailing { bytes: 1 });
    bytes.extend_from_within(..);
    assert_eq!(refused(&bytes), Error::Trailing { bytes: 1 + bytes.len() as u64 / 2 });
}

#[test]
fn sections_cannot_change_places_with_those_of_another_image() {
    let (bytes, _) = stored();
    let mut other = sample();
    other.globals[0].1 = sojourn_image::Value::I32(65537);
    let other = other.encode().expect("valid");
    assert_eq!(bytes.len(), other.len());
    let head = Header::decode(&bytes).expect("valid").bytes();
    let mixed = [&bytes[..head], &other[head..]].concat();
    assert_eq!(refused(&mixed).section(), Some(Section::Globals));
}

#[test]
fn another_version_is_told_from_damage() {
    let (mut bytes, _) = stored();
    bytes[8] = 2;
    let error = refused(&bytes);
    assert_eq!(error, Error::Version { found: 2, supported: 1 });
    let words = "the image has format version 2 and this build reads version 1";
    assert!(error.to_string().starts_with(words), "{error}");
}

#[test]
fn what_is_no_image_is_told() {
    assert_eq!(refused(b"\0asm\x01\0\0\0"), Error::NotAnImage);
    assert_eq!(refused(b"#!/bin/sh\n"), Error::NotAnImage);
    assert_eq!(refused(b"").section(), Some(Section::Header));
}

#[test]
fn random_changes_are_found() {
    let (original, _) = stored();
    for seed in 0..runs(20_000) {
        let mut random = Seed(seed);
        let mut bytes = original.clone();
        for _ in 0..=random.below(4) {
            let start = random.below(bytes.len());
            let end = (start + random.below(40)).min(bytes.len());
            let piece = random.below(60);
            let piece = random.bytes(piece);
            bytes.splice(start..end, piece);
        }
        assert!(bytes == original || Image::decode(&bytes).is_err(), "seed {seed}");
    }
}
