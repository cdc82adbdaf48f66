//! Standard streams against other threads. Each wait here is ended by what another thread does: no test sleeps.

use sojourn_host::Errno;
use sojourn_host::ports::{Console, Stream, Woken};
use sojourn_node::ports::{Input, OutputTo, Streams};
use std::io::{Read, Write, pipe};
use std::sync::Arc;
use std::thread;

fn buffered(input: &[u8]) -> Streams {
    Streams::open(Input::Bytes(input.to_vec()), OutputTo::Buffers).unwrap()
}

/// Writes everything, waiting for room: what was not written when a stop came.
fn write_all(console: &mut dyn Console, mut bytes: &[u8]) -> usize {
    while !bytes.is_empty() {
        match console.write(Stream::Stdout, bytes) {
            Ok(count) => bytes = &bytes[count..],
            Err(Errno::Again) => {
                if console.wait(&[Stream::Stdout], &mut || false, None) == Woken::Stop {
                    break;
                }
            }
            Err(errno) => panic!("{errno}"),
        }
    }
    bytes.len()
}

#[test]
fn bytes_given_are_read_and_the_rest_is_taken_out() {
    let mut streams = buffered(b"abcdef");
    let mut into = [0; 4];
    assert_eq!(streams.console.read(&mut into), Ok(4));
    assert_eq!(&into, b"abcd");
    assert_eq!(streams.console.readiness(Stream::Stdin).bytes, 2);
    assert_eq!(streams.console.wait(&[Stream::Stdin], &mut || false, None), Woken::Ready);
    assert_eq!(streams.console.take_unread(), b"ef");
    assert_eq!(streams.console.read(&mut into), Ok(0));
    assert!(streams.console.readiness(Stream::Stdin).hangup);
    assert_eq!(streams.console.take_unread(), b"");
}

#[test]
fn output_is_read_as_it_comes_until_the_end() {
    let mut streams = buffered(b"");
    let stdout = streams.stdout.take().unwrap();
    let reader = thread::spawn(move || (stdout.read(3), stdout.read(100), stdout.read(100)));
    streams.console.write(Stream::Stdout, b"abcdef").unwrap();
    let mut stderr = streams.stderr.take().unwrap();
    streams.console.write(Stream::Stderr, b"oh").unwrap();
    drop(streams.console);
    assert_eq!(reader.join().unwrap(), (b"abc".to_vec(), b"def".to_vec(), Vec::new()));
    let mut rest = Vec::new();
    stderr.read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"oh");
}

#[test]
fn a_full_buffer_makes_the_guest_wait_for_its_reader() {
    let mut streams = buffered(b"");
    let stdout = streams.stdout.take().unwrap();
    let mut console = streams.console;
    let bytes: Vec<u8> = (0..200_u32 << 20).map(|n| n.to_le_bytes()[n as usize % 3]).collect();
    let expected = sum(&bytes);
    let writer = thread::spawn(move || write_all(&mut console, &bytes));
    let mut read = Vec::new();
    while let part @ [_, ..] = stdout.read(1 << 20).as_slice() {
        read.extend_from_slice(part);
    }
    assert_eq!(writer.join().unwrap(), 0);
    assert_eq!((read.len(), sum(&read)), (200 << 20, expected));
}

/// A sum that tells orders apart (FNV-1a).
fn sum(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xCBF2_9CE4_8422_2325, |hash: u64, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}

#[test]
fn a_stop_ends_the_wait_for_a_reader_and_what_was_written_is_there() {
    let streams = buffered(b"");
    let (mut console, waker) = (streams.console, streams.waker);
    let writer = thread::spawn(move || (write_all(&mut console, &vec![7; 100 << 20]), console));
    waker.stop();
    let (left, mut console) = writer.join().unwrap();
    assert_eq!(console.wait(&[Stream::Stdout], &mut || false, None), Woken::Stop, "until it is taken back");
    waker.clear();
    drop(console);
    let mut read = Vec::new();
    streams.stdout.unwrap().read_to_end(&mut read).unwrap();
    assert_eq!(read.len() + left, 100 << 20);
}

#[test]
fn output_that_nobody_reads_is_dropped() {
    let mut streams = buffered(b"");
    drop(streams.stdout.take());
    assert_eq!(write_all(&mut streams.console, &vec![0; 100 << 20]), 0);
}

#[test]
fn stops_and_clears_leave_nothing_behind() {
    let mut streams = buffered(b"");
    for _ in 0..100_000 {
        streams.waker.stop();
        streams.waker.clear();
    }
    assert_eq!(streams.console.wait(&[Stream::Stdin], &mut || false, Some(0)), Woken::Ready);
    while streams.console.wait(&[], &mut || false, Some(0)) != Woken::Timeout {}
    streams.waker.stop();
    assert_eq!(streams.console.wait(&[], &mut || false, None), Woken::Stop);
}

#[test]
fn of_a_pipe_no_more_is_taken_than_is_read() {
    let (reader, mut writer) = pipe().unwrap();
    let reader = Arc::new(reader.into());
    let mut streams = Streams::open(Input::Descriptor(Arc::clone(&reader)), OutputTo::Buffers).unwrap();
    let mut into = [0; 3];
    assert_eq!(streams.console.read(&mut into), Err(Errno::Again));
    assert!(!streams.console.readiness(Stream::Stdin).ready);
    assert_eq!(streams.console.wait(&[Stream::Stdin], &mut || false, Some(1)), Woken::Timeout);
    writer.write_all(b"abcdef").unwrap();
    assert_eq!(streams.console.wait(&[Stream::Stdin], &mut || false, None), Woken::Ready);
    assert_eq!(streams.console.readiness(Stream::Stdin).bytes, 6);
    assert_eq!(streams.console.read(&mut into), Ok(3));
    assert_eq!(streams.console.take_unread(), b"", "what is in the pipe stays there");
    drop(streams);
    let mut next = Streams::open(Input::Descriptor(reader), OutputTo::Buffers).unwrap();
    assert_eq!(next.console.read(&mut into), Ok(3));
    assert_eq!(&into, b"def");
    drop(writer);
    assert_eq!(next.console.wait(&[Stream::Stdin], &mut || false, None), Woken::Ready);
    assert!(next.console.readiness(Stream::Stdin).hangup);
    assert_eq!(next.console.read(&mut into), Ok(0));
}

#[test]
fn a_stop_ends_the_wait_for_a_pipe() {
    let (reader, _writer) = pipe().unwrap();
    let streams = Streams::open(Input::Descriptor(Arc::new(reader.into())), OutputTo::Buffers).unwrap();
    let (mut console, waker) = (streams.console, streams.waker);
    let guest = thread::spawn(move || console.wait(&[Stream::Stdin], &mut || false, None));
    waker.stop();
    assert_eq!(guest.join().unwrap(), Woken::Stop);
}
