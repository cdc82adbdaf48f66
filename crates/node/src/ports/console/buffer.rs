//! Output in memory: the guest's thread writes, another reads as it comes.

use crate::ports::wake::Wake;
use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Bytes of output that wait to be read; the guest waits when there are so many.
pub const BUFFER_BYTES: usize = 64 << 20;

/// Output that was written and not read.
#[derive(Debug)]
pub(in crate::ports) struct Buffer {
    contents: Mutex<Contents>,
    /// For the reader: there are bytes, or the end.
    changed: Condvar,
    /// For the guest: there is room again.
    wake: Arc<Wake>,
}

#[derive(Debug, Default)]
struct Contents {
    bytes: VecDeque<u8>,
    /// No more comes.
    ended: bool,
    /// Nobody reads: what comes is dropped.
    unread: bool,
    /// The guest waits for room.
    awaited: bool,
}

impl Contents {
    fn nothing_yet(&mut self) -> bool {
        self.bytes.is_empty() && !self.ended
    }

    fn room(&self) -> usize {
        if self.unread { usize::MAX } else { BUFFER_BYTES.saturating_sub(self.bytes.len()) }
    }
}

impl Buffer {
    pub(super) fn new(wake: Arc<Wake>) -> Self {
        Self { contents: Mutex::default(), changed: Condvar::new(), wake }
    }

    /// What is in it; a thread that died while it held the lock left nothing half done.
    fn lock(&self) -> MutexGuard<'_, Contents> {
        self.contents.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Bytes that it takes now. When there is no room, the console will be woken as soon as there is.
    pub(super) fn room(&self) -> usize {
        let mut contents = self.lock();
        contents.awaited = contents.room() == 0;
        contents.room()
    }

    /// Takes as many bytes as there is room for.
    pub(super) fn put(&self, bytes: &[u8]) -> usize {
        let mut contents = self.lock();
        let count = contents.room().min(bytes.len());
        if !contents.unread {
            contents.bytes.extend(&bytes[..count]);
            self.changed.notify_all();
        }
        count
    }

    pub(in crate::ports) fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Waits for bytes or the end; up to `max` bytes, none at the end.
    fn take(&self, max: usize) -> Vec<u8> {
        let waited = self.changed.wait_while(self.lock(), Contents::nothing_yet);
        self.take_now(max, waited.unwrap_or_else(PoisonError::into_inner))
    }

    /// As `take`, but waits no longer than this; `None` when nothing came.
    fn take_for(&self, max: usize, time: Duration) -> Option<Vec<u8>> {
        let waited = self.changed.wait_timeout_while(self.lock(), time, Contents::nothing_yet);
        let (contents, timeout) = waited.unwrap_or_else(PoisonError::into_inner);
        (!timeout.timed_out()).then(|| self.take_now(max, contents))
    }

    fn take_now(&self, max: usize, mut contents: MutexGuard<'_, Contents>) -> Vec<u8> {
        let count = max.min(contents.bytes.len());
        let taken = contents.bytes.drain(..count).collect();
        self.made_room(&mut contents);
        taken
    }

    fn drop_reader(&self) {
        let mut contents = self.lock();
        contents.unread = true;
        contents.bytes = VecDeque::new();
        self.made_room(&mut contents);
    }

    fn made_room(&self, contents: &mut Contents) {
        if std::mem::take(&mut contents.awaited) {
            self.wake.notify();
        }
    }
}

/// What a guest writes, as it comes. When it is dropped, what still comes is dropped too.
#[derive(Debug)]
pub struct Output {
    buffer: Arc<Buffer>,
}

impl Output {
    pub(super) const fn new(buffer: Arc<Buffer>) -> Self {
        Self { buffer }
    }

    /// Up to `max` bytes (at least 1); waits until there are some. Empty at the end: the guest ended, or was
    /// stopped and all that it wrote before is read.
    #[must_use]
    pub fn read(&self, max: usize) -> Vec<u8> {
        self.buffer.take(max.max(1))
    }

    /// As `read`, but waits no longer than this; `None` when nothing came.
    #[must_use]
    pub fn read_for(&self, max: usize, time: Duration) -> Option<Vec<u8>> {
        self.buffer.take_for(max.max(1), time)
    }
}

impl Read for Output {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if into.is_empty() {
            return Ok(0);
        }
        let bytes = self.buffer.take(into.len());
        into[..bytes.len()].copy_from_slice(&bytes);
        Ok(bytes.len())
    }
}

impl Drop for Output {
    fn drop(&mut self) {
        self.buffer.drop_reader();
    }
}
