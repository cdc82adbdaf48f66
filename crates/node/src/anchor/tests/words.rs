//! Words and saved connections as bytes.

use crate::anchor::atom_end::AtomEnd;
use crate::anchor::limit::PIECE_BYTES;
use crate::anchor::{Claimed, Relay, Word};
use sojourn_host::ports::Shut;

fn words() -> Vec<Word> {
    let claimed = Claimed { connection: 7, received: 300, taken: 20, written: u64::MAX };
    vec![
        Word::Claim { opened: 9, connections: vec![claimed, Claimed { connection: 8, ..claimed }] },
        Word::Opened { listener: 1, connection: 2, peer: "[::1]:80".into() },
        Word::Data { connection: 3, offset: 1 << 40, bytes: b"bytes".to_vec() },
        Word::Taken { connection: 4, offset: 5 },
        Word::End { connection: 5, offset: 0 },
        Word::Close { connection: 6 },
        Word::Reset { connection: 7 },
        Word::CloseListener { listener: 8 },
    ]
}

#[test]
fn words_through_bytes_are_the_same() {
    for word in words() {
        let relay = Relay { epoch: 1 << 33 | 5, claim: 70_000, word };
        assert_eq!(Relay::from_bytes(&relay.to_bytes()), Ok(relay));
    }
}

#[test]
fn bytes_that_are_no_word_are_refused_in_words() {
    for word in words() {
        let bytes = Relay { epoch: 1, claim: 1, word }.to_bytes();
        for length in 0..bytes.len() {
            assert!(Relay::from_bytes(&bytes[..length]).is_err());
        }
        for place in 0..bytes.len() {
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[place] ^= 1 << bit;
                // Another word, or a sentence: never anything worse.
                if let Err(reason) = Relay::from_bytes(&damaged) {
                    assert!(reason.starts_with("not a word about connections: "), "{reason}");
                }
            }
        }
        let longer = [bytes.as_slice(), &[0]].concat();
        assert_eq!(
            Relay::from_bytes(&longer).unwrap_err(),
            "not a word about connections: bytes after its end"
        );
    }
    let large = Word::Data { connection: 1, offset: 0, bytes: vec![0; PIECE_BYTES + 1] };
    assert!(
        Relay::from_bytes(&Relay { epoch: 0, claim: 1, word: large }.to_bytes())
            .unwrap_err()
            .contains("too many bytes")
    );
}

/// Two connections: one half closed by the guest, one that waits.
fn end() -> AtomEnd {
    let mut end = AtomEnd::new(2);
    end.open_gate(3);
    let hear = |end: &mut AtomEnd, word| end.handle(&Relay { epoch: 3, claim: 1, word });
    hear(&mut end, Word::Opened { listener: 0, connection: 1, peer: "a".into() });
    hear(&mut end, Word::Opened { listener: 1, connection: 2, peer: "b".into() });
    hear(&mut end, Word::Data { connection: 1, offset: 0, bytes: b"unread".to_vec() });
    let id = end.accept(0).unwrap();
    end.receive(id, &mut [0; 2], false).unwrap();
    end.send(id, b"not taken").unwrap();
    end.shutdown(id, Shut { read: false, write: true }).unwrap();
    end.close_listener(0);
    end.hold();
    end
}

#[test]
fn saved_connections_go_on_and_are_saved_as_the_same_bytes() {
    let bytes = end().to_bytes();
    let mut there = AtomEnd::from_bytes(&bytes).unwrap();
    assert_eq!(there.to_bytes(), bytes);
    let mut into = [0; 9];
    assert_eq!((there.receive(0, &mut into, false), &into[..4]), (Ok(4), &b"read"[..]));
    assert_eq!(there.accept(1), Ok(1));
    there.open_gate(4);
    let said: Vec<Word> = std::iter::from_fn(|| there.poll()).map(|relay| relay.word).collect();
    let claimed = |connection, received, taken, written| Claimed { connection, received, taken, written };
    let expected = [
        Word::Claim { opened: 2, connections: vec![claimed(1, 6, 6, 10), claimed(2, 0, 0, 0)] },
        Word::CloseListener { listener: 0 },
        Word::Data { connection: 1, offset: 0, bytes: b"not taken".to_vec() },
        Word::End { connection: 1, offset: 9 },
    ];
    assert_eq!(said, expected);
}

#[test]
fn damaged_connections_are_refused_in_words_or_hold() {
    let bytes = end().to_bytes();
    let mut refused = 0;
    for length in 0..bytes.len() {
        assert!(AtomEnd::from_bytes(&bytes[..length]).is_err());
    }
    for place in 0..bytes.len() {
        for bit in 0..8 {
            let mut damaged = bytes.clone();
            damaged[place] ^= 1 << bit;
            match AtomEnd::from_bytes(&damaged) {
                Err(reason) => {
                    refused += 1;
                    assert!(reason.starts_with("the atom's connections cannot be read: "), "{reason}");
                }
                Ok(mut end) => {
                    end.open_gate(9);
                    while end.poll().is_some() {}
                    end.close_all();
                    while end.poll().is_some() {}
                    assert!(AtomEnd::from_bytes(&end.to_bytes()).is_ok());
                }
            }
        }
    }
    assert!(refused > 100, "{refused}");
}
