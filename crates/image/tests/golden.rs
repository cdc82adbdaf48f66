//! The test vectors of the format, in `tests/golden/image`: what is written is what other implementations read.
//!
//! `SOJOURN_BLESS=1 cargo test --release -p sojourn-image --test golden` writes them anew.
mod describe;
mod generate;

use std::fs;
use std::path::PathBuf;

use describe::describe;
use generate::{MODULE, Seed, sample};
use sojourn_image::{Entry, Frame, Image, Memory, ModuleHash, Point, Slot, Value};

fn path(file: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/golden/image").join(file)
}

/// The file has these contents; or gets them, when it is to be blessed.
fn check(file: &str, contents: &[u8]) {
    if std::env::var_os("SOJOURN_BLESS").is_some() {
        fs::write(path(file), contents).expect("the folder is there");
    }
    let stored = fs::read(path(file)).unwrap_or_else(|error| panic!("{file}: {error}"));
    assert!(stored == contents, "{file} differs; if the format is to change, bless it");
}

fn golden(name: &str, image: &Image) {
    let bytes = image.encode().expect("valid");
    check(&format!("{name}.image"), &bytes);
    check(&format!("{name}.json"), describe(image, &bytes).as_bytes());
    let read = Image::decode(&fs::read(path(&format!("{name}.image"))).expect("there")).expect("valid");
    assert_eq!(&read, image);
    assert_eq!(read.encode().as_ref(), Ok(&bytes));
}

fn refused(name: &str, bytes: &[u8]) {
    let error = Image::decode(bytes).expect_err("not valid");
    check(&format!("{name}.image"), bytes);
    check(&format!("{name}.error"), format!("{error}\n").as_bytes());
}

/// An image with as little in it as can be.
fn least() -> Image {
    Image::new(ModuleHash::of(MODULE), Entry::Export { name: "run".into() })
}

#[test]
fn images() {
    golden("least", &least());
    golden("everything", &sample());
    golden("loop", &stopped_loop());
}

/// A C program's loop: stack pointer, a page of stack, a page that is packed, one that is not.
fn stopped_loop() -> Image {
    let mut image = Image::new(ModuleHash::of(MODULE), Entry::Export { name: "_start".into() });
    let values = |count| {
        vec![(Slot::Local(0), Value::I32(count)), (Slot::Local(2), Value::F64(0x3ff8_0000_0000_0000))]
    };
    image.frames = vec![
        Frame { function: 3, offset: 310, point: Point::InProgress, values: values(7) },
        Frame { function: 2, offset: 150, point: Point::Poll, values: values(1000) },
    ];
    image.globals = vec![(0, Value::I32(66_560))];
    let mut contents = vec![0; 4 * 65536];
    contents[65536 + 900..65536 + 1024].copy_from_slice(&Seed(2).bytes(124));
    contents[2 * 65536..3 * 65536].copy_from_slice(&Seed(7).bytes(16).repeat(4096));
    image.memories = vec![Memory::capture(0, &contents)];
    image
}

#[test]
fn bytes_that_are_refused() {
    let bytes = least().encode().expect("valid");
    let changed = |offset: usize| {
        let mut bytes = bytes.clone();
        bytes[offset] ^= 1;
        bytes
    };
    refused("refused-empty", b"");
    refused("refused-module", MODULE);
    refused("refused-version", &changed(9));
    refused("refused-header", &changed(20));
    refused("refused-section", &changed(bytes.len() - 1));
    refused("refused-cut", &bytes[..bytes.len() - 1]);
    refused("refused-trailing", &[bytes.as_slice(), b"\n"].concat());
    let mut bytes = sample().encode().expect("valid");
    let last = bytes.len() - 1;
    bytes[last] ^= 0x80;
    refused("refused-chunk", &bytes);
}
