//! BLAKE3 hashes: 32 bytes name a module, 16 bytes tell whether a section or a chunk is whole.

use core::fmt;

/// The first 16 bytes of BLAKE3: finds damage.
///
/// It is no signature: who can write an image can write its hashes too. So it need only make an accident
/// invisible with probability 2^-128, and half of the bytes stay out of every image.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Hash(pub [u8; Hash::BYTES]);

impl Hash {
    /// Length in bytes.
    pub const BYTES: usize = 16;
    /// All zero, where a section's bytes are hashed elsewhere.
    pub const NONE: Self = Self([0; Self::BYTES]);

    /// The hash of these bytes.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        ModuleHash::of(bytes).truncated()
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hexadecimal(f, &self.0)
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hexadecimal(f, &self.0)
    }
}

/// BLAKE3 of a module as its author wrote it, before the pass: the name of the code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ModuleHash(pub [u8; ModuleHash::BYTES]);

impl ModuleHash {
    /// Length in bytes.
    pub const BYTES: usize = 32;

    /// The hash of this module.
    #[must_use]
    pub fn of(wasm: &[u8]) -> Self {
        Self(*blake3::hash(wasm).as_bytes())
    }

    /// Its first 16 bytes.
    #[must_use]
    pub fn truncated(&self) -> Hash {
        let mut hash = [0; Hash::BYTES];
        hash.copy_from_slice(&self.0[..Hash::BYTES]);
        Hash(hash)
    }
}

impl fmt::Display for ModuleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hexadecimal(f, &self.0)
    }
}

impl fmt::Debug for ModuleHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        hexadecimal(f, &self.0)
    }
}

fn hexadecimal(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}
