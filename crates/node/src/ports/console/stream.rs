//! The console of a guest: where its streams lead, and the waiting for them.

use super::buffer::Buffer;
use super::process::ProcessStream;
use crate::ports::poll::{asked, milliseconds, poll};
use crate::ports::wake::Wake;
use sojourn_host::Errno;
use sojourn_host::ports::{Console, Readiness, Stream, Woken};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Where standard input comes from.
#[derive(Debug)]
pub(super) enum Source {
    Bytes { bytes: Vec<u8>, taken: usize },
    Process(ProcessStream),
}

/// Where output goes.
#[derive(Debug)]
pub(super) enum Sink {
    Buffer(Arc<Buffer>),
    Process(ProcessStream),
}

/// The standard streams of a guest. Dropped, it ends its buffers.
#[derive(Debug)]
pub struct StreamConsole {
    source: Source,
    /// Standard output, standard error.
    sinks: [Sink; 2],
    wake: Arc<Wake>,
}

impl StreamConsole {
    pub(super) const fn new(source: Source, sinks: [Sink; 2], wake: Arc<Wake>) -> Self {
        Self { source, sinks, wake }
    }

    /// The sink of an output stream.
    const fn sink(&self, stream: Stream) -> Option<&Sink> {
        match stream {
            Stream::Stdin => None,
            Stream::Stdout => Some(&self.sinks[0]),
            Stream::Stderr => Some(&self.sinks[1]),
        }
    }

    /// The process's stream behind one, to be asked for its event.
    const fn process(&self, stream: Stream) -> Option<(&ProcessStream, libc::c_short)> {
        match (stream, self.sink(stream)) {
            (Stream::Stdin, _) => match &self.source {
                Source::Process(process) => Some((process, libc::POLLIN)),
                Source::Bytes { .. } => None,
            },
            (_, Some(Sink::Process(process))) => Some((process, libc::POLLOUT)),
            _ => None,
        }
    }

    /// Whether a stream in memory is ready. An output buffer without room will wake us from now on.
    fn ready_in_memory(&self, stream: Stream) -> bool {
        match (stream, self.sink(stream)) {
            (Stream::Stdin, _) => matches!(self.source, Source::Bytes { .. }),
            (_, Some(Sink::Buffer(buffer))) => buffer.room() > 0,
            _ => false,
        }
    }
}

impl Console for StreamConsole {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Errno> {
        match &mut self.source {
            Source::Process(process) => process.read(into),
            Source::Bytes { bytes, taken } => {
                let left = &bytes[*taken..];
                let count = left.len().min(into.len());
                into[..count].copy_from_slice(&left[..count]);
                *taken += count;
                Ok(count)
            }
        }
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        match self.sink(stream) {
            None => Err(Errno::BadDescriptor),
            Some(Sink::Process(process)) => process.write(bytes),
            Some(Sink::Buffer(buffer)) => match buffer.put(bytes) {
                0 if !bytes.is_empty() => Err(Errno::Again),
                count => Ok(count),
            },
        }
    }

    fn readiness(&mut self, stream: Stream) -> Readiness {
        match (&self.source, self.sink(stream)) {
            (_, Some(Sink::Buffer(buffer))) => {
                let room = buffer.room();
                Readiness { ready: room > 0, bytes: room as u64, hangup: false }
            }
            (_, Some(Sink::Process(process))) => {
                let (ready, hangup) = process.writable();
                Readiness { ready, bytes: 1, hangup }
            }
            (Source::Process(process), None) => {
                let (ready, bytes, hangup) = process.readable();
                Readiness { ready, bytes, hangup }
            }
            (Source::Bytes { bytes, taken }, None) => {
                let left = bytes.len() - taken;
                Readiness { ready: true, bytes: left as u64, hangup: left == 0 }
            }
        }
    }

    fn wait(
        &mut self,
        streams: &[Stream],
        sockets: &mut dyn FnMut() -> bool,
        timeout_ns: Option<u64>,
    ) -> Woken {
        let until = timeout_ns.and_then(|ns| Instant::now().checked_add(Duration::from_nanos(ns)));
        if self.wake.stops() {
            return Woken::Stop;
        }
        if streams.iter().any(|stream| self.ready_in_memory(*stream)) {
            return Woken::Ready;
        }
        let mut questions = vec![asked(self.wake.fd(), libc::POLLIN)];
        let processes = streams.iter().filter_map(|stream| self.process(*stream));
        questions.extend(processes.map(|(process, events)| asked(process.fd(), events)));
        loop {
            // What makes a socket ready afterwards puts a byte into the pipe that is asked below.
            if sockets() {
                return Woken::Ready;
            }
            let ready = poll(&mut questions, milliseconds(until));
            if questions[0].revents != 0 {
                self.wake.drain();
            }
            if self.wake.stops() {
                return Woken::Stop;
            }
            if ready > 0 {
                return Woken::Ready;
            }
            if until.is_some_and(|until| Instant::now() >= until) {
                return Woken::Timeout;
            }
        }
    }

    fn is_terminal(&self, stream: Stream) -> bool {
        self.process(stream).is_some_and(|(process, _)| process.is_terminal())
    }

    fn take_unread(&mut self) -> Vec<u8> {
        match &mut self.source {
            Source::Process(_) => Vec::new(),
            Source::Bytes { bytes, taken } => std::mem::take(bytes).split_off(std::mem::take(taken)),
        }
    }
}

impl Drop for StreamConsole {
    fn drop(&mut self) {
        for sink in &self.sinks {
            if let Sink::Buffer(buffer) = sink {
                buffer.end();
            }
        }
    }
}
