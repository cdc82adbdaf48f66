//! Standard streams: of this process, or bytes given and buffers read from another thread.

mod buffer;
mod process;
mod stream;
#[cfg(test)]
mod tests;

pub(super) use buffer::Buffer;
pub use buffer::Output;
pub use stream::StreamConsole;

use super::wake::{Wake, Waker};
use process::ProcessStream;
use std::io;
use std::os::fd::OwnedFd;
use std::sync::Arc;
use stream::{Sink, Source};

/// What standard input is.
#[derive(Clone, Debug)]
pub enum Input {
    /// These bytes, then the end. What is not read moves with the guest.
    Bytes(Vec<u8>),
    /// An open file, pipe or the like, of which no more is taken than the guest reads.
    Descriptor(Arc<OwnedFd>),
    /// This process's own, of which no more is taken than the guest reads.
    Process,
}

/// Where standard output and standard error lead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OutputTo {
    /// Buffers, to be read through `Output`.
    Buffers,
    /// This process's own streams.
    Process,
}

/// A guest's standard streams, and the other ends of them.
#[derive(Debug)]
pub struct Streams {
    /// What the guest's host gets.
    pub console: StreamConsole,
    /// Ends its waits.
    pub waker: Waker,
    /// What the guest writes to standard output, where that is buffered.
    pub stdout: Option<Output>,
    /// What the guest writes to standard error, where that is buffered.
    pub stderr: Option<Output>,
}

impl Streams {
    /// Opens them.
    ///
    /// # Errors
    /// The machine has no descriptors left.
    pub fn open(input: Input, output: OutputTo) -> io::Result<Self> {
        let wake = Arc::new(Wake::new()?);
        let source = match input {
            Input::Bytes(bytes) => Source::Bytes { bytes, taken: 0 },
            Input::Descriptor(fd) => Source::Process(ProcessStream::descriptor(fd)),
            Input::Process => Source::Process(ProcessStream::stdin()),
        };
        let (sinks, buffers) = match output {
            OutputTo::Process => {
                ([ProcessStream::stdout(), ProcessStream::stderr()].map(Sink::Process), Vec::new())
            }
            OutputTo::Buffers => {
                let buffers = [0, 1].map(|_| Arc::new(Buffer::new(Arc::clone(&wake))));
                (buffers.clone().map(Sink::Buffer), Vec::from(buffers))
            }
        };
        let mut outputs = buffers.iter().map(|buffer| Output::new(Arc::clone(buffer)));
        let (stdout, stderr) = (outputs.next(), outputs.next());
        drop(outputs);
        let console = StreamConsole::new(source, sinks, Arc::clone(&wake));
        Ok(Self { console, waker: Waker { wake, buffers }, stdout, stderr })
    }
}
