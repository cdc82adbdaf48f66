//! A computation that arrives in pieces: its memories page by page while it still runs elsewhere, the rest at the
//! end.
//!
//! A fresh instance holds what the module's data segments say, so what is not sent counts as that: the sender sends
//! (or zeroes) everything that differs from a fresh instance. From `initialized_bytes` on that is whatever is not
//! zero.

use crate::restore::{self, Target};
use crate::{Compile, Computation, Engine, Instance, Limits, StateError};
use alloc::format;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_image::Image;
use sojourn_instrument::names;

/// Bytes looked at together before they are zeroed: a page of the processor's, so that pages which were never
/// written stay untouched.
const ZERO_STRIDE: usize = 4096;

/// An instance that is being given the state of a computation. Whoever sends it may be hostile: every write is
/// checked.
pub struct Arrival<I> {
    instance: I,
    memories: Vec<Arriving>,
}

/// A memory that is being written.
struct Arriving {
    name: String,
    page_bytes: u64,
    size_bytes: u64,
}

impl<I: Instance> Arrival<I> {
    /// A fresh instance. `host` is there in place of the one that `finish` brings; its functions are not called.
    ///
    /// # Errors
    /// `StateError::Image` for a module that cannot move, `StateError::Engine` when the engine cannot.
    pub fn prepare<E>(target: &Target<'_, E>, host: I::Host, limits: Limits) -> Result<Self, StateError>
    where
        E: Engine<Instance<I::Host> = I>,
    {
        restore::movable(target.info)?;
        let mut instance = target.engine.instantiate_within(target.module, host, limits)?;
        let mut memories = Vec::with_capacity(target.info.memories.len());
        for (index, known) in (0..).zip(&target.info.memories) {
            let name = names::memory(index);
            let size_bytes = instance.memory(&name)?.len() as u64;
            memories.push(Arriving { name, page_bytes: known.page_bytes, size_bytes });
        }
        Ok(Self { instance, memories })
    }

    /// Writes into a memory that has `size_bytes` at its source by now.
    ///
    /// # Errors
    /// `StateError::Image` for what cannot be, `StateError::Engine` for more memory than there is or may be.
    pub fn write(
        &mut self,
        memory: u32,
        size_bytes: u64,
        offset: u64,
        bytes: &[u8],
    ) -> Result<(), StateError> {
        self.place(memory, size_bytes, offset, bytes.len() as u64)?.copy_from_slice(bytes);
        Ok(())
    }

    /// Zeroes `length` bytes of a memory that has `size_bytes` at its source by now.
    ///
    /// # Errors
    /// As `write`.
    pub fn zero(&mut self, memory: u32, size_bytes: u64, offset: u64, length: u64) -> Result<(), StateError> {
        let place = self.place(memory, size_bytes, offset, length)?;
        for stride in place.chunks_mut(ZERO_STRIDE) {
            // Without a branch inside, so that it becomes vector instructions.
            if stride.iter().fold(0, |any, byte| any | byte) != 0 {
                stride.fill(0);
            }
        }
        Ok(())
    }

    /// A computation that goes on with this state: `registers` (an image without memories), memories of these
    /// sizes with what was written, and `host`.
    ///
    /// # Errors
    /// `StateError::Image` when something does not fit the module, `StateError::Engine` when the engine cannot.
    pub fn finish<E>(
        mut self,
        target: &Target<'_, E>,
        registers: &Image,
        sizes: &[u64],
        host: I::Host,
        compile: impl Compile<E::Module>,
    ) -> Result<Computation<I>, StateError>
    where
        E: Engine<Instance<I::Host> = I>,
    {
        restore::check_registers(target.info, registers)?;
        restore::check_sizes(target.info, sizes.iter().copied())?;
        for (index, size_bytes) in (0..).zip(sizes) {
            self.resize(index, *size_bytes)?;
        }
        let ready = restore::continuation_of(target, registers, compile)?;
        *self.instance.host() = host;
        restore::put_state(&mut self.instance, target.info, registers)?;
        let repeated_polls = restore::put_frames(target, &mut self.instance, &ready)?;
        Ok(Computation::arrived(self.instance, registers, repeated_polls))
    }

    /// `length` bytes of a memory that has `size_bytes` at its source by now.
    ///
    /// # Errors
    /// As `write`.
    pub fn place(
        &mut self,
        memory: u32,
        size_bytes: u64,
        offset: u64,
        length: u64,
    ) -> Result<&mut [u8], StateError> {
        let end = offset.checked_add(length).filter(|end| *end <= size_bytes);
        let Some(end) = end else {
            return Err(StateError::Image(format!(
                "{length} bytes at {offset} are outside memory {memory} of {size_bytes}"
            )));
        };
        self.resize(memory, size_bytes)?;
        let bytes = self.instance.memory(&self.memories[memory as usize].name)?;
        let place = usize::try_from(offset).ok().zip(usize::try_from(end).ok());
        place
            .and_then(|(offset, end)| bytes.get_mut(offset..end))
            .ok_or_else(|| StateError::Image(format!("memory {memory} is smaller than it says")))
    }

    /// Grows a memory to the size that it has at its source.
    fn resize(&mut self, memory: u32, size_bytes: u64) -> Result<(), StateError> {
        let Some(known) = self.memories.get_mut(memory as usize) else {
            return Err(StateError::Image(format!("there is no memory {memory}")));
        };
        if size_bytes == known.size_bytes {
            return Ok(());
        }
        if size_bytes < known.size_bytes || !size_bytes.is_multiple_of(known.page_bytes) {
            let had = known.size_bytes;
            return Err(StateError::Image(format!("memory {memory} has {size_bytes} bytes after {had}")));
        }
        self.instance.grow_memory(&known.name, size_bytes)?;
        known.size_bytes = size_bytes;
        Ok(())
    }
}
