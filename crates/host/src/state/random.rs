//! Random numbers: the machine's, or a stream from a seed that goes on after a move.

use super::{Decoded, Decoder, Encoded, Encoder, Field, array, wrong};
use crate::Errno;
use crate::ports::Entropy;
use minicbor::data::Type;

/// Bytes of a seed.
pub const SEED_BYTES: usize = 32;

/// Where random numbers come from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Random {
    /// The machine.
    System,
    /// BLAKE3 in its extendable output mode, keyed with the seed: `position` bytes of it were used.
    Seeded {
        /// Key.
        seed: [u8; SEED_BYTES],
        /// Bytes used.
        position: u64,
    },
}

impl Random {
    /// The next bytes.
    pub(crate) fn fill(&mut self, entropy: &mut dyn Entropy, bytes: &mut [u8]) -> Result<(), Errno> {
        let Self::Seeded { seed, position } = self else { return entropy.fill(bytes) };
        let mut stream = blake3::Hasher::new_keyed(seed).finalize_xof();
        stream.set_position(*position);
        stream.fill(bytes);
        *position = position.wrapping_add(bytes.len() as u64);
        Ok(())
    }
}

impl Field for Random {
    fn put(&self, e: &mut Encoder) -> Encoded {
        match self {
            Self::System => e.null()?.ok(),
            Self::Seeded { seed, position } => e.array(2)?.bytes(seed)?.u64(*position)?.ok(),
        }
    }

    fn get(d: &mut Decoder<'_>) -> Decoded<Self> {
        if d.datatype()? == Type::Null {
            return d.null().map(|()| Self::System);
        }
        array(d, 2)?;
        let seed = d.bytes()?.try_into().map_err(|_| wrong("seed of a wrong length"))?;
        Ok(Self::Seeded { seed, position: d.u64()? })
    }
}
