//! Output to real pipes and files.

use super::process::ProcessStream;
use super::stream::{Sink, Source, StreamConsole};
use crate::ports::wake::{Wake, Waker};
use sojourn_host::Errno;
use sojourn_host::ports::{Console, Stream, Woken};
use std::fs::File;
use std::io::{Read, pipe};
use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread;

fn over(stdout: impl Into<OwnedFd>) -> (StreamConsole, Waker) {
    let wake = Arc::new(Wake::new().unwrap());
    let stdout = Arc::new(stdout.into());
    let sinks = [(); 2].map(|()| Sink::Process(ProcessStream::descriptor(Arc::clone(&stdout))));
    let console = StreamConsole::new(Source::Bytes { bytes: Vec::new(), taken: 0 }, sinks, Arc::clone(&wake));
    (console, Waker { wake, buffers: Vec::new() })
}

/// Writes until the pipe is full: how much it took.
fn fill(console: &mut StreamConsole, bytes: &[u8]) -> usize {
    let mut taken = 0;
    loop {
        match console.write(Stream::Stdout, &bytes[taken..]) {
            Ok(count) => taken += count,
            Err(errno) => {
                assert_eq!(errno, Errno::Again);
                return taken;
            }
        }
    }
}

#[test]
fn a_full_pipe_never_blocks_and_loses_nothing() {
    let (mut reader, writer) = pipe().unwrap();
    let (mut console, _) = over(writer);
    let bytes: Vec<u8> = (0..1_000_000_u32).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let first = fill(&mut console, &bytes);
    assert!(first >= 4096, "{first}");
    assert!(!console.readiness(Stream::Stdout).ready);
    let read = thread::spawn(move || {
        let mut all = Vec::new();
        reader.read_to_end(&mut all).map(|_| all)
    });
    let mut taken = first;
    while taken < bytes.len() {
        match console.write(Stream::Stdout, &bytes[taken..]) {
            Ok(count) => taken += count,
            Err(_) => assert_eq!(console.wait(&[Stream::Stdout], &mut || false, None), Woken::Ready),
        }
    }
    drop(console);
    assert!(read.join().unwrap().unwrap() == bytes);
}

#[test]
fn a_stop_ends_the_wait_for_a_pipe_to_be_read() {
    let (_reader, writer) = pipe().unwrap();
    let (mut console, waker) = over(writer);
    fill(&mut console, &vec![0; 1 << 20]);
    let guest = thread::spawn(move || console.wait(&[Stream::Stdout], &mut || false, None));
    waker.stop();
    assert_eq!(guest.join().unwrap(), Woken::Stop);
}

#[test]
fn a_pipe_without_a_reader_says_so() {
    let (reader, writer) = pipe().unwrap();
    let (mut console, _) = over(writer);
    drop(reader);
    assert!(console.readiness(Stream::Stdout).hangup);
    assert_eq!(console.write(Stream::Stdout, b"x"), Err(Errno::Pipe));
}

#[test]
fn a_file_takes_all_at_once() {
    let path = std::env::temp_dir().join(format!("sojourn-console-{}", std::process::id()));
    let (mut console, _) = over(File::create(&path).unwrap());
    assert_eq!(console.write(Stream::Stdout, &vec![1; 1 << 20]), Ok(1 << 20));
    assert_eq!(std::fs::read(&path).unwrap().len(), 1 << 20);
    std::fs::remove_file(path).unwrap();
}
