//! A mailbox as bytes: CBOR arrays in the order of the fields.

use crate::{Limits, Mailbox};
use alloc::vec::Vec;

impl Mailbox {
    /// As bytes for an image.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        todo!()
    }

    /// From bytes; `None` when they are none, or go beyond the limits, which are not part of them.
    #[must_use]
    pub fn from_bytes(bytes: &[u8], limits: Limits) -> Option<Self> {
        let _ = (bytes, limits);
        todo!()
    }
}
