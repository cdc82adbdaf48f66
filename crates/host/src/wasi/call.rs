//! One call of the guest's: its arguments, its memory, and the world it asks.

use super::{Guest, Stretch, Wasi};
use crate::Errno;
use crate::limit;
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_engine::Value;

/// A call.
pub(crate) struct Call<'a> {
    pub(crate) wasi: &'a mut Wasi,
    pub(crate) memory: Guest<'a>,
    pub(crate) arguments: &'a [Value],
}

/// Why a call does not return success.
#[derive(Debug)]
pub(crate) enum Stop {
    /// The guest gets this number.
    Errno(Errno),
    /// It would wait, and a stop was asked for: nothing happened.
    Suspend,
    /// The guest ends.
    Exit(i32),
    /// The guest traps.
    Trap(String),
}

impl From<Errno> for Stop {
    fn from(errno: Errno) -> Self {
        Self::Errno(errno)
    }
}

/// How a call ends.
pub(crate) type Outcome = Result<(), Stop>;

impl Call<'_> {
    /// Argument `index`, an i32 taken as unsigned.
    pub(crate) fn u32(&self, index: usize) -> u32 {
        match self.arguments.get(index) {
            Some(Value::I32(value)) => value.cast_unsigned(),
            other => unreachable!("argument {index} is {other:?}, though the signature was checked"),
        }
    }

    /// Argument `index`, an i64 taken as unsigned.
    pub(crate) fn u64(&self, index: usize) -> u64 {
        match self.arguments.get(index) {
            Some(Value::I64(value)) => value.cast_unsigned(),
            other => unreachable!("argument {index} is {other:?}, though the signature was checked"),
        }
    }

    /// Argument `index` where the interface has 16 bits; what does not fit is invalid.
    pub(crate) fn u16(&self, index: usize) -> Result<u16, Errno> {
        u16::try_from(self.u32(index)).map_err(|_| Errno::Invalid)
    }

    /// The path whose pointer is argument `index`, its length the next one.
    pub(crate) fn path(&self, index: usize) -> Result<Vec<u8>, Stop> {
        let stretch = self.memory.stretch(self.u32(index), self.u32(index + 1))?;
        let path = self.memory.bytes(stretch);
        if path.len() > limit::PATH_BYTES {
            return Err(Errno::NameTooLong.into());
        }
        if path.contains(&0) {
            return Err(Errno::Invalid.into());
        }
        core::str::from_utf8(path).map_err(|_| Errno::IllegalSequence)?;
        Ok(path.to_vec())
    }

    /// The buffers of a scattered read or write whose list is argument `index`, its length the next one.
    pub(crate) fn buffers(&self, index: usize) -> Result<Vec<Stretch>, Stop> {
        let (list, count) = (self.u32(index), self.u32(index + 1));
        if count > limit::BUFFERS {
            return Err(Errno::Invalid.into());
        }
        self.memory.stretch(list, count * 8)?;
        let mut total: u32 = 0;
        let mut buffers = Vec::new();
        for at in (0..count).map(|n| list + n * 8) {
            let (start, length) = (self.memory.read_u32(at)?, self.memory.read_u32(at + 4)?);
            total = total.checked_add(length).ok_or(Errno::Invalid)?;
            buffers.push(self.memory.stretch(start, length)?);
        }
        Ok(buffers)
    }

    /// Whether `length` bytes can be written where argument `index` points, before anything is done.
    pub(crate) fn writable(&self, index: usize, length: u32) -> Outcome {
        self.memory.stretch(self.u32(index), length).map(|_| ())
    }

    /// Writes a 32-bit result where argument `index` points.
    pub(crate) fn put_u32(&mut self, index: usize, value: u32) -> Outcome {
        self.memory.write_u32(self.u32(index), value)
    }

    /// Writes a 64-bit result where argument `index` points.
    pub(crate) fn put_u64(&mut self, index: usize, value: u64) -> Outcome {
        self.memory.write_u64(self.u32(index), value)
    }

    /// Writes a count of bytes, which a guest's memory bounds, where argument `index` points.
    pub(crate) fn put_size(&mut self, index: usize, value: usize) -> Outcome {
        self.put_u32(index, u32::try_from(value).map_err(|_| Errno::Overflow)?)
    }
}
