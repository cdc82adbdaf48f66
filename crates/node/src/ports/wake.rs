//! Ending a wait from another thread.
//!
//! A console waits in `poll(2)`, on the streams and on a pipe of its own. Whoever wants it to look again puts a
//! byte there. At most one byte is ever in the pipe: `signalled` is true from before it is written until after
//! it is taken out, so that nobody who writes ever waits, and whatever was set before a byte that was not
//! written is seen by the one who takes the byte out before it.

use super::console::Buffer;
use std::fmt;
use std::io::{self, PipeReader, PipeWriter, Read, Write, pipe};
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};

/// What a console waits on besides its streams.
#[derive(Debug)]
pub(crate) struct Wake {
    stop: AtomicBool,
    signalled: AtomicBool,
    reader: PipeReader,
    writer: PipeWriter,
}

impl Wake {
    pub(crate) fn new() -> io::Result<Self> {
        let (reader, writer) = pipe()?;
        Ok(Self { stop: AtomicBool::new(false), signalled: AtomicBool::new(false), reader, writer })
    }

    /// Makes whoever waits look again.
    pub(crate) fn notify(&self) {
        if !self.signalled.swap(true, SeqCst) {
            // A pipe whose reader lives and that is empty takes a byte.
            let _ = (&self.writer).write(&[0]);
        }
    }

    /// Takes out what `notify` put in. Only when the pipe can be read.
    pub(crate) fn drain(&self) {
        let _ = (&self.reader).read(&mut [0]);
        self.signalled.store(false, SeqCst);
    }

    pub(crate) fn stops(&self) -> bool {
        self.stop.load(SeqCst)
    }

    pub(crate) fn fd(&self) -> BorrowedFd<'_> {
        self.reader.as_fd()
    }
}

/// Ends a guest's waits, from any thread.
#[derive(Clone)]
pub struct Waker {
    pub(super) wake: Arc<Wake>,
    pub(super) buffers: Vec<Arc<Buffer>>,
}

impl Waker {
    /// From now on no host call waits: one that would is suspended. Ask the engine to stop first.
    pub fn stop(&self) {
        self.wake.stop.store(true, SeqCst);
        self.wake.notify();
    }

    /// Makes a guest that waits look again, because something that it waits for may be ready.
    pub fn notify(&self) {
        self.wake.notify();
    }

    /// Takes a stop back.
    pub fn clear(&self) {
        self.wake.stop.store(false, SeqCst);
    }

    /// No more output comes: who reads it gets to the end. Also so when the console is dropped.
    pub fn end_output(&self) {
        self.buffers.iter().for_each(|buffer| buffer.end());
    }
}

impl fmt::Debug for Waker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Waker").field("stop", &self.wake.stops()).finish_non_exhaustive()
    }
}
