//! Any image through bytes is the same image, and can be restored.
#![no_main]

#[path = "../../crates/image/tests/forge/mod.rs"]
mod forge;
#[path = "../../crates/image/tests/generate/mod.rs"]
mod generate;

use arbitrary::Unstructured;
use libfuzzer_sys::fuzz_target;
use sojourn_image::Image;

fuzz_target!(|bytes: &[u8]| {
    let Ok(image) = generate::image(&mut Unstructured::new(bytes)) else { return };
    let encoded = image.encode().expect("within the limits");
    assert_eq!(Image::decode(&encoded).as_ref(), Ok(&image));
    assert!(forge::check(&encoded));
});
