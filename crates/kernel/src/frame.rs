//! Frames: 16 bytes that authenticate, then CBOR.
//!
//! ```text
//! | 16 bytes: BLAKE3, keyed, of all that follows | CBOR of `Frame` |
//! ```
//!
//! The key comes from the realm's name and its key, so that a frame of another realm is as wrong as one of somebody
//! without the right to join. `Denied` cannot be authenticated, since the two have no key in common: its 16 bytes
//! are zero, and it is only believed while there is no session.

use alloc::vec::Vec;
use sojourn_abi::{Data, Frame, decode, encode_after};

/// Bytes that authenticate a frame.
pub const MAC: usize = 16;

/// Names the use of the derived key; another layout of frames gets another one.
const CONTEXT: &str = "sojourn 2026 frames of a realm, version 1";

/// Bytes of a frame besides payload and names, at most: room to reserve.
const AROUND: usize = 128;

/// What authenticates frames of a realm.
#[derive(Clone)]
pub struct Seal {
    key: [u8; 32],
}

/// What a frame turned out to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Opened<'b> {
    /// A message of a member of the realm, not copied.
    Data(Data<'b>),
    /// Another frame of a member of the realm.
    Member(Frame),
    /// From anybody: only `Denied` comes like that.
    Anybody(Frame),
    /// It tells who sent it, but it has no right to join.
    Stranger(Frame),
    /// Somebody of the realm sent what this version cannot read.
    Unreadable,
    /// Anything else.
    Noise,
}

impl Seal {
    /// For the frames of a realm.
    #[must_use]
    pub fn new(realm: &str, key: &[u8; 32]) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key(CONTEXT);
        hasher.update(key).update(realm.as_bytes());
        Self { key: *hasher.finalize().as_bytes() }
    }

    /// A frame as bytes.
    #[must_use]
    pub fn close(&self, frame: &Frame) -> Vec<u8> {
        let payload = if let Frame::Data { payload, .. } = frame { payload.len() } else { 0 };
        let mut bytes = Vec::with_capacity(MAC + payload + AROUND);
        bytes.resize(MAC, 0);
        let mut bytes = encode_after(bytes, frame);
        if !matches!(frame, Frame::Denied { .. }) {
            let mac = self.mac(&bytes[MAC..]);
            bytes[..MAC].copy_from_slice(&mac);
        }
        bytes
    }

    /// What bytes are.
    #[must_use]
    pub fn open<'b>(&self, bytes: &'b [u8]) -> Opened<'b> {
        let Some((mac, body)) = bytes.split_at_checked(MAC) else { return Opened::Noise };
        if same(mac, &self.mac(body)) {
            // `Data` takes no fields that it does not know; another decoding would.
            return match Data::of(body) {
                Some(data) => Opened::Data(data),
                None => decode(body).map_or(Opened::Unreadable, Opened::Member),
            };
        }
        // A large frame that is not authentic is not worth a look.
        if body.len() > 1024 {
            return Opened::Noise;
        }
        match decode(body) {
            Some(frame @ Frame::Denied { .. }) if mac == [0; MAC] => Opened::Anybody(frame),
            Some(frame @ Frame::Hello { .. }) => Opened::Stranger(frame),
            _ => Opened::Noise,
        }
    }

    fn mac(&self, body: &[u8]) -> [u8; MAC] {
        let hash = blake3::keyed_hash(&self.key, body);
        let mut mac = [0; MAC];
        mac.copy_from_slice(&hash.as_bytes()[..MAC]);
        mac
    }
}

/// Compares in a time that does not depend on where two differ.
fn same(left: &[u8], right: &[u8; MAC]) -> bool {
    left.iter().zip(right).fold(0, |differing, (left, right)| differing | (left ^ right)) == 0
}
