//! The reading half of a connection: bytes that came and were not read yet.
//!
//! What came before is passed over, and so is what leaves a gap: after a cut, whoever writes is asked to send again
//! from the number that is expected here, and until then nothing fits.
//!
//! ```text
//! state     data      end       read all
//! open      open      ended     -
//! ended     refused   ended     over
//! over      refused   over      over
//! ```

use super::Violation;
use super::limit::{PIPE_BYTES, TOLD_BYTES};
use std::collections::VecDeque;

/// A reading half.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Inflow {
    /// Number of the first byte that was not read.
    base: u64,
    /// Bytes from there on.
    bytes: VecDeque<u8>,
    ended: bool,
    /// Nobody reads: what comes is passed over, and counts as read.
    deaf: bool,
    /// Up to where the writer was told that all was read.
    told: u64,
}

/// What is saved of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Saved {
    pub base: u64,
    pub bytes: Vec<u8>,
    pub ended: bool,
    pub deaf: bool,
}

impl Inflow {
    pub(super) fn restored(saved: Saved) -> Self {
        let Saved { base, bytes, ended, deaf } = saved;
        Self { base, bytes: bytes.into(), ended, deaf, told: base }
    }

    pub(super) fn saved(&self) -> Saved {
        let bytes = self.bytes.iter().copied().collect();
        Saved { base: self.base, bytes, ended: self.ended, deaf: self.deaf }
    }

    fn end(&self) -> u64 {
        self.base + self.bytes.len() as u64
    }

    /// Number after all that came, the end too.
    pub(super) fn received(&self) -> u64 {
        self.end() + u64::from(self.ended)
    }

    /// Number after all that was read; the end is read with the last byte before it.
    pub(super) fn read_to(&self) -> u64 {
        self.base + u64::from(self.is_over())
    }

    /// Bytes that can be read.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// Whether no more comes.
    pub(super) fn is_ended(&self) -> bool {
        self.ended || self.deaf
    }

    /// Whether the end came and everything before it was read.
    pub(super) fn is_over(&self) -> bool {
        self.ended && self.bytes.is_empty()
    }

    /// Bytes came.
    pub(super) fn data(&mut self, offset: u64, bytes: &[u8]) -> Result<(), Violation> {
        let (have, end) = (self.end(), offset.checked_add(bytes.len() as u64).ok_or(Violation)?);
        if offset > have || end <= have {
            return Ok(());
        }
        let new = &bytes[usize::try_from(have - offset).map_err(|_| Violation)?..];
        if self.ended || self.bytes.len() + new.len() > PIPE_BYTES {
            return Err(Violation);
        }
        if self.deaf {
            self.base += new.len() as u64;
        } else {
            self.bytes.extend(new);
        }
        Ok(())
    }

    /// The end came.
    pub(super) fn end_at(&mut self, offset: u64) -> Result<(), Violation> {
        match offset.cmp(&self.end()) {
            std::cmp::Ordering::Less => Err(Violation),
            std::cmp::Ordering::Equal => {
                self.ended = true;
                Ok(())
            }
            std::cmp::Ordering::Greater => Ok(()),
        }
    }

    /// Copies what can be read: how much.
    pub(super) fn peek(&self, into: &mut [u8]) -> usize {
        let (first, second) = self.bytes.as_slices();
        let one = first.len().min(into.len());
        into[..one].copy_from_slice(&first[..one]);
        let two = second.len().min(into.len() - one);
        into[one..one + two].copy_from_slice(&second[..two]);
        one + two
    }

    /// The bytes to read, or the first part of them.
    pub(super) fn front(&self) -> &[u8] {
        let (first, second) = self.bytes.as_slices();
        if first.is_empty() { second } else { first }
    }

    /// So many bytes were read.
    pub(super) fn consume(&mut self, count: usize) {
        self.bytes.drain(..count.min(self.bytes.len()));
        self.base += count as u64;
    }

    /// Nobody reads any more.
    pub(super) fn deafen(&mut self) {
        self.consume(self.bytes.len());
        self.deaf = true;
    }

    /// What the writer is to be told now, if anything: up to where all was read.
    pub(super) fn tell(&mut self) -> Option<u64> {
        let now = self.read_to();
        let due = now > self.told && (self.is_over() || now - self.told >= TOLD_BYTES);
        due.then(|| {
            self.told = now;
            now
        })
    }

    /// The writer may not have heard what it was told: it is told again.
    pub(super) fn tell_again(&mut self) -> Option<u64> {
        self.told = self.read_to();
        (self.told > 0).then_some(self.told)
    }
}
