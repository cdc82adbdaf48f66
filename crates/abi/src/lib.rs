//! What nodes say to each other: types, codecs and errors, made from the tables in `abi/`; and what modules say of
//! themselves.
#![no_std]
extern crate alloc;

pub mod annotation;
mod channel;
mod config;
#[expect(clippy::match_same_arms, reason = "an arm for each row of the table")]
mod errors;
pub mod name;
mod nearest;
pub mod quantity;
#[expect(
    clippy::large_enum_variant,
    reason = "they are made, written and taken apart, and never kept in numbers"
)]
mod wire;

pub use annotation::{Annotation, AnnotationError};
pub use channel::{CHANNEL_PATH_BYTES, ChannelMode, channel, check_channel_path};
pub use config::{KEYS, Key, Kind};
pub use errors::Code;
pub use nearest::nearest;
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

/// `Frame::Data` as it lies in bytes: the payload is not copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data<'b> {
    /// Name of the sender.
    pub from: &'b str,
    /// Its incarnation.
    pub incarnation: u64,
    /// Incarnation of the receiver that it is for.
    pub to_incarnation: u64,
    /// The lane.
    pub lane: Lane,
    /// Number of the message in the lane.
    pub sequence: u64,
    /// Number that the sender expects next.
    pub next: u64,
    /// A message, encoded.
    pub payload: &'b [u8],
}

impl<'b> Data<'b> {
    /// Number of the variant in `Frame`.
    const NUMBER: u32 = 2;

    /// From bytes; `None` when they are another frame, or have fields that this version does not know.
    #[must_use]
    pub fn of(bytes: &'b [u8]) -> Option<Self> {
        let mut decoder = minicbor::Decoder::new(bytes);
        let enveloped = decoder.array().ok()? == Some(2) && decoder.u32().ok()? == Self::NUMBER;
        if !enveloped || decoder.array().ok()? != Some(7) {
            return None;
        }
        let data = Self {
            from: decoder.str().ok()?,
            incarnation: decoder.u64().ok()?,
            to_incarnation: decoder.u64().ok()?,
            lane: decoder.decode().ok()?,
            sequence: decoder.u64().ok()?,
            next: decoder.u64().ok()?,
            payload: decoder.bytes().ok()?,
        };
        (decoder.position() == bytes.len()).then_some(data)
    }
}

impl Response {
    /// A failure with its own text; the hint is the code's.
    #[must_use]
    pub fn failed(code: Code, text: impl Into<alloc::string::String>) -> Self {
        let hint = (!code.hint().is_empty()).then(|| code.hint().into());
        Self::Failed { code: code.number(), text: text.into(), hint }
    }
}
