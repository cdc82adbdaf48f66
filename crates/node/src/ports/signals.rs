//! Waiting for the signals that end a process.

use std::io::{self, Read, pipe};
use std::os::fd::{AsRawFd, IntoRawFd};
use std::sync::atomic::{AtomicI32, Ordering::SeqCst};

/// Where the handler writes: -1 before there is one.
static PIPE: AtomicI32 = AtomicI32::new(-1);

/// SIGINT and SIGTERM, waited for.
pub struct EndingSignals {
    reader: io::PipeReader,
}

/// From now on SIGINT and SIGTERM do not end this process, but the wait for them.
///
/// # Errors
/// What the system says.
pub fn ending_signals() -> io::Result<EndingSignals> {
    let (reader, writer) = pipe()?;
    PIPE.store(writer.as_raw_fd(), SeqCst);
    // Kept open for the handler, as long as the process lives.
    let _ = writer.into_raw_fd();
    for signal in [libc::SIGINT, libc::SIGTERM] {
        // SAFETY: the handler only loads an atomic and calls write(2), which a handler may.
        let before = unsafe { libc::signal(signal, noted as *const () as libc::sighandler_t) };
        if before == libc::SIG_ERR {
            return Err(io::Error::last_os_error());
        }
    }
    Ok(EndingSignals { reader })
}

extern "C" fn noted(_: libc::c_int) {
    let pipe = PIPE.load(SeqCst);
    // SAFETY: one byte from a live constant, to a descriptor that is never closed.
    let _ = unsafe { libc::write(pipe, [1_u8].as_ptr().cast(), 1) };
}

impl EndingSignals {
    /// Waits for one of them.
    pub fn wait(&mut self) {
        let mut byte = [0];
        while matches!(self.reader.read(&mut byte), Err(error) if error.kind() == io::ErrorKind::Interrupted)
        {
        }
    }
}
