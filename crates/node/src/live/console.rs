//! The standard streams of an atom: rings for what it writes, bytes for what it reads.

use super::ring::Ring;
use super::schedule::Seat;
use super::wake::{Wake, Woke};
use sojourn_host::Errno;
use sojourn_host::ports::{Console, Readiness, Stream, Woken};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The streams of one atom, at its guest's end.
pub(crate) struct AtomConsole {
    stdin: Vec<u8>,
    taken: usize,
    stdout: Arc<Ring>,
    stderr: Arc<Ring>,
    wake: Arc<Wake>,
    seat: Arc<Seat>,
}

impl AtomConsole {
    pub(crate) fn new(
        stdin: Vec<u8>,
        [stdout, stderr]: [Arc<Ring>; 2],
        wake: Arc<Wake>,
        seat: Arc<Seat>,
    ) -> Self {
        Self { stdin, taken: 0, stdout, stderr, wake, seat }
    }

    fn ring(&self, stream: Stream) -> Option<&Ring> {
        match stream {
            Stream::Stdin => None,
            Stream::Stdout => Some(&self.stdout),
            Stream::Stderr => Some(&self.stderr),
        }
    }
}

impl Console for AtomConsole {
    fn read(&mut self, into: &mut [u8]) -> Result<usize, Errno> {
        let rest = &self.stdin[self.taken..];
        let count = rest.len().min(into.len());
        into[..count].copy_from_slice(&rest[..count]);
        self.taken += count;
        Ok(count)
    }

    fn write(&mut self, stream: Stream, bytes: &[u8]) -> Result<usize, Errno> {
        let ring = self.ring(stream).ok_or(Errno::BadDescriptor)?;
        match ring.write(bytes) {
            0 if !bytes.is_empty() => Err(Errno::Again),
            taken => Ok(taken),
        }
    }

    fn readiness(&mut self, stream: Stream) -> Readiness {
        let bytes = match self.ring(stream) {
            None => (self.stdin.len() - self.taken).max(1),
            Some(ring) => ring.available().0,
        };
        let hangup = stream == Stream::Stdin && self.taken == self.stdin.len();
        Readiness { ready: bytes > 0, bytes: bytes as u64, hangup }
    }

    fn wait(
        &mut self,
        streams: &[Stream],
        sockets: &mut dyn FnMut() -> bool,
        timeout_ns: Option<u64>,
    ) -> Woken {
        let deadline = timeout_ns.and_then(|ns| Instant::now().checked_add(Duration::from_nanos(ns)));
        self.seat.leave();
        let woken = self.wait_without_seat(streams, sockets, deadline);
        self.seat.enter();
        woken
    }

    fn is_terminal(&self, _: Stream) -> bool {
        false
    }

    fn take_unread(&mut self) -> Vec<u8> {
        let unread = self.stdin.split_off(self.taken.min(self.stdin.len()));
        (self.stdin, self.taken) = (Vec::new(), 0);
        unread
    }
}

impl AtomConsole {
    fn wait_without_seat(
        &self,
        streams: &[Stream],
        sockets: &mut dyn FnMut() -> bool,
        deadline: Option<Instant>,
    ) -> Woken {
        loop {
            self.wake.listen();
            if self.wake.stops() {
                return Woken::Stop;
            }
            if sockets() {
                return Woken::Ready;
            }
            // A reader that does not come back lets go of what it holds: look again then.
            let mut until = deadline;
            for ring in streams.iter().filter_map(|stream| self.ring(*stream)) {
                let (bytes, lease) = ring.available();
                if bytes > 0 {
                    return Woken::Ready;
                }
                until = [until, lease].into_iter().flatten().min();
            }
            match self.wake.wait(until) {
                Woke::Stop => return Woken::Stop,
                Woke::Timeout if until == deadline => return Woken::Timeout,
                Woke::News | Woke::Timeout => {}
            }
        }
    }
}
