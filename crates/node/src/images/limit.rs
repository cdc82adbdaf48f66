//! Every bound of the store of images, with what happens at it.

/// The most bytes in a block; longer contents are cut.
pub const BLOCK_BYTES: usize = sojourn_image::limit::CHUNK_BYTES;
/// A section of an image with fewer bytes shares a block with its neighbours, so that a small image has few blocks.
pub const OWN_BLOCK_BYTES: usize = 4096;
/// Bytes in the name of an atom or a node, and in a cause; more is refused.
pub const NAME_BYTES: usize = 255;
/// Bytes of options kept with an image; more is refused.
pub const OPTIONS_BYTES: usize = 64 << 20;
/// Bytes of one decision; more is refused.
pub const DECISION_BYTES: usize = 64 << 10;
/// The journal of decisions is written anew when it is longer than this and mostly about what is forgotten.
pub const JOURNAL_BYTES: u64 = 64 << 10;
/// Bytes in the head of a pack: a longer one is damaged.
pub const PACK_HEAD_BYTES: u64 = 1 << 30;
/// How often a load looks again when a pack was replaced under its hands.
pub const LOAD_TRIES: usize = 8;
