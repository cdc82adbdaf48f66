//! The guest's memory. A pointer that leads out of it traps, as WASI's documents ask of a call that has to
//! follow it; unaligned pointers are taken, which harms nobody.

use super::Stop;
use alloc::format;

/// The guest's first memory.
pub(crate) struct Guest<'a>(pub(crate) &'a mut [u8]);

/// A stretch of the guest's memory that was checked to lie in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    start: usize,
    end: usize,
}

impl Stretch {
    pub(crate) const fn len(self) -> usize {
        self.end - self.start
    }

    /// The part from `from` on.
    pub(crate) fn after(self, from: usize) -> Self {
        Self { start: self.end.min(self.start + from), end: self.end }
    }
}

macro_rules! numbers {
    ($($read:ident $write:ident $type:ident,)*) => {$(
        pub(crate) fn $read(&self, at: u32) -> Result<$type, Stop> {
            let stretch = self.stretch(at, size_of::<$type>() as u32)?;
            let mut bytes = [0; size_of::<$type>()];
            bytes.copy_from_slice(self.bytes(stretch));
            Ok($type::from_le_bytes(bytes))
        }

        pub(crate) fn $write(&mut self, at: u32, value: $type) -> Result<(), Stop> {
            self.write(at, &value.to_le_bytes())
        }
    )*};
}

#[expect(clippy::cast_possible_truncation, reason = "sizes of integers")]
impl Guest<'_> {
    numbers! {
        read_u8 write_u8 u8,
        read_u32 write_u32 u32,
        read_u64 write_u64 u64,
    }

    pub(crate) fn read_u16(&self, at: u32) -> Result<u16, Stop> {
        let stretch = self.stretch(at, 2)?;
        Ok(self.bytes(stretch).iter().rev().fold(0, |value, byte| value << 8 | u16::from(*byte)))
    }
}

impl Guest<'_> {
    /// `length` bytes from `at` on, if they are there.
    pub(crate) fn stretch(&self, at: u32, length: u32) -> Result<Stretch, Stop> {
        self.find(at, length).ok_or_else(|| {
            Stop::Trap(format!(
                "a system call was given {length} bytes at address {at:#x}, outside the memory of {} bytes",
                self.0.len()
            ))
        })
    }

    /// The same, for calls that have a number for it.
    pub(crate) fn find(&self, at: u32, length: u32) -> Option<Stretch> {
        let start = at as usize;
        let end = start.checked_add(length as usize)?;
        (end <= self.0.len()).then_some(Stretch { start, end })
    }

    pub(crate) fn bytes(&self, stretch: Stretch) -> &[u8] {
        &self.0[stretch.start..stretch.end]
    }

    pub(crate) fn bytes_mut(&mut self, stretch: Stretch) -> &mut [u8] {
        &mut self.0[stretch.start..stretch.end]
    }

    pub(crate) fn write(&mut self, at: u32, bytes: &[u8]) -> Result<(), Stop> {
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        let stretch = self.stretch(at, length)?;
        self.bytes_mut(stretch).copy_from_slice(bytes);
        Ok(())
    }
}
