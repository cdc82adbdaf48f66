//! What nodes say to each other: types, codecs and errors, made from the tables in `abi/`.
#![no_std]
extern crate alloc;

mod config;
mod errors;
mod wire;

pub use config::{KEYS, Key, Kind};
pub use errors::Code;
pub use wire::*;

use alloc::vec::Vec;
use minicbor::{Decode, Encode};

/// A value as bytes.
///
/// # Panics
/// Never: writing to memory does not fail.
#[must_use]
pub fn encode<T: Encode<()>>(value: &T) -> Vec<u8> {
    encode_after(Vec::new(), value)
}

/// A value as bytes after those that are there already, so that a large one is written once where it has to be.
///
/// # Panics
/// Never: writing to memory does not fail.
#[must_use]
pub fn encode_after<T: Encode<()>>(bytes: Vec<u8>, value: &T) -> Vec<u8> {
    let mut encoder = minicbor::Encoder::new(bytes);
    value.encode(&mut encoder, &mut ()).expect("memory takes all");
    encoder.into_writer()
}

/// A value from bytes, all of them; `None` when they are something else.
#[must_use]
pub fn decode<'b, T: Decode<'b, ()>>(bytes: &'b [u8]) -> Option<T> {
    let mut decoder = minicbor::Decoder::new(bytes);
    let value = decoder.decode().ok()?;
    (decoder.position() == bytes.len()).then_some(value)
}

impl Response {
    /// A failure with its own text; the hint is the code's.
    #[must_use]
    pub fn failed(code: Code, text: impl Into<alloc::string::String>) -> Self {
        let hint = (!code.hint().is_empty()).then(|| code.hint().into());
        Self::Failed { code: code.number(), text: text.into(), hint }
    }
}
