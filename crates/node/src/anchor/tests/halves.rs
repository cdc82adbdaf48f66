//! The two halves of a connection, by their tables.

use crate::anchor::Violation;
use crate::anchor::inflow::Inflow;
use crate::anchor::limit::{PIECE_BYTES, PIPE_BYTES, TOLD_BYTES};
use crate::anchor::outflow::{Outflow, Piece};

#[expect(clippy::unnecessary_wraps, reason = "to be compared with what comes next, if anything")]
fn data(offset: u64, bytes: &[u8]) -> Option<Piece> {
    Some(Piece::Data(offset, bytes.to_vec()))
}

#[test]
fn what_is_written_is_sent_once_and_kept_until_it_is_taken() {
    let mut out = Outflow::default();
    assert_eq!((out.write(b"hello"), out.next(), out.next()), (5, data(0, b"hello"), None));
    out.write(b" world");
    assert_eq!(out.next(), data(5, b" world"));
    out.take(7).unwrap();
    assert_eq!((out.taken(), out.written(), out.room()), (7, 11, PIPE_BYTES - 4));
    out.send_from(9).unwrap();
    assert_eq!(out.next(), data(9, b"ld"));
    out.take(3).unwrap();
    assert_eq!(out.taken(), 7, "what was told before is told again late");
}

#[test]
fn the_end_goes_as_a_byte_does() {
    let mut out = Outflow::default();
    out.write(b"ab");
    out.finish();
    assert_eq!((out.write(b"c"), out.room()), (0, 0));
    assert_eq!((out.next(), out.next(), out.next()), (data(0, b"ab"), Some(Piece::End(2)), None));
    out.take(2).unwrap();
    assert!(!out.is_done());
    out.send_from(2).unwrap();
    assert_eq!(out.next(), Some(Piece::End(2)));
    out.take(3).unwrap();
    assert!(out.is_done());
    out.finish();
    assert_eq!((out.next(), out.taken(), out.written()), (None, 3, 3));
}

#[test]
fn nothing_is_taken_that_was_not_written_and_nothing_sent_again_that_is_gone() {
    let mut out = Outflow::default();
    out.write(b"abcd");
    assert_eq!(out.take(5), Err(Violation));
    out.take(2).unwrap();
    assert_eq!(out.next(), data(2, b"cd"), "what was taken before a cut is not sent again");
    assert_eq!((out.send_from(1), out.send_from(5)), (Err(Violation), Err(Violation)));
    assert_eq!(out.take(u64::MAX), Err(Violation));
}

#[test]
fn a_pipe_has_a_size_and_pieces_have_one() {
    let mut out = Outflow::default();
    assert_eq!(out.write(&vec![1; PIPE_BYTES + 9]), PIPE_BYTES);
    let mut sent = 0;
    while let Some(Piece::Data(offset, bytes)) = out.next() {
        assert!(offset == sent && bytes.len() <= PIECE_BYTES);
        sent += bytes.len() as u64;
    }
    out.take(10).unwrap();
    assert_eq!((sent, out.write(&[2; 99])), (PIPE_BYTES as u64, 10));
    assert_eq!(out.next(), data(PIPE_BYTES as u64, &[2; 10]), "over the seam of the ring");
}

#[test]
fn what_comes_again_and_what_leaves_a_gap_is_passed_over() {
    let mut inflow = Inflow::default();
    inflow.data(0, b"abc").unwrap();
    inflow.data(1, b"bcde").unwrap();
    inflow.data(0, b"abc").unwrap();
    inflow.data(9, b"jk").unwrap();
    inflow.end_at(9).unwrap();
    assert_eq!(inflow.received(), 5);
    let mut into = [0; 9];
    assert_eq!((inflow.peek(&mut into), &into[..5]), (5, &b"abcde"[..]));
    inflow.consume(2);
    assert_eq!((inflow.read_to(), inflow.len(), inflow.front()), (2, 3, &b"cde"[..]));
    inflow.end_at(5).unwrap();
    inflow.end_at(5).unwrap();
    assert!(inflow.is_ended() && !inflow.is_over());
    inflow.consume(3);
    assert_eq!((inflow.is_over(), inflow.read_to(), inflow.received()), (true, 6, 6));
}

#[test]
fn what_no_honest_end_says_is_refused() {
    let mut inflow = Inflow::default();
    inflow.data(0, &vec![0; PIPE_BYTES]).unwrap();
    assert_eq!(inflow.data(PIPE_BYTES as u64, &[0]), Err(Violation), "more than there is room for");
    assert_eq!(inflow.end_at(3), Err(Violation), "an end before bytes that came");
    assert_eq!(inflow.data(u64::MAX, &[0; 9]), Err(Violation));
    inflow.end_at(PIPE_BYTES as u64).unwrap();
    inflow.consume(9);
    assert_eq!(inflow.data(PIPE_BYTES as u64, &[0]), Err(Violation), "bytes after the end");
}

#[test]
fn a_writer_is_told_when_it_is_worth_it_and_at_the_end() {
    let mut inflow = Inflow::default();
    inflow.data(0, &vec![0; PIPE_BYTES / 2]).unwrap();
    inflow.consume(100);
    assert_eq!(inflow.tell(), None);
    inflow.consume(PIPE_BYTES / 4 - 100);
    assert_eq!((inflow.tell(), inflow.tell()), (Some(TOLD_BYTES), None));
    inflow.end_at(PIPE_BYTES as u64 / 2).unwrap();
    inflow.consume(PIPE_BYTES / 4);
    assert_eq!((inflow.tell(), inflow.tell()), (Some(PIPE_BYTES as u64 / 2 + 1), None));
    assert_eq!(inflow.tell_again(), Some(PIPE_BYTES as u64 / 2 + 1));
}

#[test]
fn where_nobody_reads_everything_counts_as_read() {
    let mut inflow = Inflow::default();
    inflow.data(0, b"abc").unwrap();
    inflow.deafen();
    inflow.data(3, &vec![0; PIPE_BYTES]).unwrap();
    inflow.data(3 + PIPE_BYTES as u64, &[0; 9]).unwrap();
    assert_eq!((inflow.len(), inflow.read_to()), (0, PIPE_BYTES as u64 + 12));
    assert!(inflow.tell().is_some());
}
