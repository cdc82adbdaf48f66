//! Looking into a guest's memory from another thread while the guest runs.

/// A memory of a running guest's, readable from any thread; after the instance has gone it is empty.
pub trait Window: Send + Sync {
    /// Bytes known to be there. The guest may have grown it since; it is exact while the guest is stopped.
    fn len(&self) -> u64;

    /// Whether nothing is there, or the instance has gone.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Copies from `offset` on: bytes copied, fewer than asked for at the end. What the guest writes meanwhile is
    /// there in part.
    fn read(&self, offset: u64, into: &mut [u8]) -> usize;

    /// Calls `work` with the memory's address and how many bytes are set aside there for it to grow into; none of
    /// it is used for anything else until `work` is back. `false`, and no call, when the instance has gone.
    fn hold(&self, work: &mut dyn FnMut(usize, usize)) -> bool;
}
