//! Randomness from a seed: the only source of chance in a run.

/// `SplitMix64` (Steele, Lea and Flood, 2014): small, and good enough to choose faults with.
#[derive(Clone, Debug)]
pub struct Random(u64);

/// Scrambles a number: the finaliser of `SplitMix64`.
#[must_use]
pub fn scramble(number: u64) -> u64 {
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// A digest of bytes, continued from another. Not against an adversary: against mistakes.
///
/// # Panics
/// Never: chunks have eight bytes.
#[must_use]
pub fn digest(from: u64, bytes: &[u8]) -> u64 {
    let mut chunks = bytes.chunks_exact(8);
    let mut state = from ^ (bytes.len() as u64).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("eight bytes"));
        state = (state ^ word).wrapping_mul(0x9fb2_1c65_1e98_df25).rotate_left(29);
    }
    for byte in chunks.remainder() {
        state = (state ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    scramble(state)
}

impl Random {
    /// Chance that depends on the seed alone.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(scramble(seed ^ 0x5eed))
    }

    /// The next number.
    pub fn number(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        scramble(self.0)
    }

    /// A number below a bound, which is not 0.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.number() % bound
    }

    /// A number from `low` to `high`, both included.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.below(high - low + 1)
    }

    /// An index below a length, which is not 0.
    ///
    /// # Panics
    /// Never: what is below a length is an index.
    pub fn index(&mut self, length: usize) -> usize {
        usize::try_from(self.below(length as u64)).expect("below a length")
    }

    /// True this often in a thousand.
    pub fn chance(&mut self, per_mille: u64) -> bool {
        self.below(1000) < per_mille
    }

    /// One of several; none of none.
    pub fn pick<T: Clone>(&mut self, choices: &[T]) -> Option<T> {
        if choices.is_empty() { None } else { Some(choices[self.index(choices.len())].clone()) }
    }
}
