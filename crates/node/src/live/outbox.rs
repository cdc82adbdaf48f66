//! Posts and receipts on their way to other nodes.
//!
//! A message that comes alone goes at once. Those that follow each other closely, and all receipts, are gathered for a
//! moment and go together: a frame costs as much as a hundred messages in it.

use super::node::Shared;
use crate::module::lock;
use sojourn_abi::{Lane, Message, Post, Receipt};
use sojourn_kernel::Input;
use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// Bytes of messages in one frame.
const FRAME_BYTES: usize = 48 << 10;
/// Receipts in one frame.
const FRAME_RECEIPTS: usize = 512;
/// Messages that come this close to each other are gathered...
const CLOSE: Duration = Duration::from_micros(60);
/// ...for as long as this.
const MOMENT: Duration = Duration::from_micros(40);

/// What is on its way to other nodes.
#[derive(Default)]
pub(crate) struct Outboxes {
    peers: Mutex<HashMap<String, Arc<Outbox>>>,
    /// Whether something was gathered.
    gathered: AtomicBool,
    gate: Mutex<()>,
    stirred: Condvar,
}

/// What is to go to one node.
#[derive(Default)]
struct Outbox {
    letters: Mutex<Letters>,
    sending: AtomicBool,
}

#[derive(Default)]
struct Letters {
    posts: Vec<Post>,
    receipts: Vec<Receipt>,
    /// When messages were sent last.
    sent_at: Option<Instant>,
}

impl Outboxes {
    fn of(&self, peer: &str) -> Arc<Outbox> {
        let mut peers = lock(&self.peers);
        match peers.get(peer) {
            Some(outbox) => Arc::clone(outbox),
            None => Arc::clone(peers.entry(peer.into()).or_default()),
        }
    }

    /// Somebody has to send what was gathered.
    pub(crate) fn stir(&self) {
        if !self.gathered.swap(true, SeqCst) {
            drop(lock(&self.gate));
            self.stirred.notify_one();
        }
    }

    /// Waits until something was gathered, or now and then.
    fn wait(&self) {
        let idle = |(): &mut ()| !self.gathered.load(SeqCst);
        let waited = self.stirred.wait_timeout_while(lock(&self.gate), Duration::from_secs(1), idle);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

impl Letters {
    /// Takes everything; of the receipts of one pair only the last, which says all.
    fn take(&mut self) -> (Vec<Post>, Vec<Receipt>) {
        let mut last: HashMap<(String, String), usize> = HashMap::new();
        let mut receipts: Vec<Receipt> = Vec::new();
        for receipt in self.receipts.drain(..) {
            let pair = (receipt.source.clone(), receipt.to.clone());
            if let Some(place) = last.get(&pair) {
                receipts[*place] = receipt;
            } else {
                last.insert(pair, receipts.len());
                receipts.push(receipt);
            }
        }
        (std::mem::take(&mut self.posts), receipts)
    }

    fn is_empty(&self) -> bool {
        self.posts.is_empty() && self.receipts.is_empty()
    }
}

impl Shared {
    /// Posts and receipts for another node.
    pub(crate) fn transmit(self: &Arc<Self>, peer: &str, posts: Vec<Post>, receipts: Vec<Receipt>) {
        let outbox = self.outboxes.of(peer);
        let gathered = {
            let mut letters = lock(&outbox.letters);
            let alone = !posts.is_empty() && letters.sent_at.is_none_or(|at| at.elapsed() >= CLOSE);
            letters.posts.extend(posts);
            letters.receipts.extend(receipts);
            !alone
        };
        if gathered {
            self.outboxes.stir();
        } else {
            self.flush(peer, &outbox);
        }
    }

    /// Sends what there is, unless somebody does so already: who does looks again at the end.
    fn flush(&self, peer: &str, outbox: &Outbox) {
        while !outbox.sending.swap(true, SeqCst) {
            let (posts, receipts) = {
                let mut letters = lock(&outbox.letters);
                if !letters.posts.is_empty() {
                    letters.sent_at = Some(Instant::now());
                }
                letters.take()
            };
            for receipts in receipts.chunks(FRAME_RECEIPTS) {
                self.send(peer, Message::Posted { receipts: receipts.to_vec() });
            }
            for posts in frames(posts) {
                let message = Message::Posts { posts };
                self.tell(Input::Send { to: peer.into(), lane: Lane::Control, message });
            }
            outbox.sending.store(false, SeqCst);
            if lock(&outbox.letters).is_empty() {
                return;
            }
        }
    }

    /// Sends all that was gathered, now.
    pub(crate) fn flush_all(&self) {
        let peers: Vec<(String, Arc<Outbox>)> = lock(&self.outboxes.peers)
            .iter()
            .map(|(peer, outbox)| (peer.clone(), Arc::clone(outbox)))
            .collect();
        for (peer, outbox) in peers {
            self.flush(&peer, &outbox);
        }
    }
}

/// Posts in parts that fit a frame.
fn frames(posts: Vec<Post>) -> Vec<Vec<Post>> {
    let mut frames = Vec::new();
    let (mut frame, mut bytes) = (Vec::new(), 0);
    for post in posts {
        bytes += 96 + post.event.data.len() + post.event.ty.len() + post.event.subject.len();
        frame.push(post);
        if bytes >= FRAME_BYTES {
            frames.push(std::mem::take(&mut frame));
            bytes = 0;
        }
    }
    if !frame.is_empty() {
        frames.push(frame);
    }
    frames
}

/// Sends what was gathered, as long as there is a node.
pub(super) fn send_gathered(watched: &Weak<Shared>) {
    while let Some(shared) = watched.upgrade() {
        shared.outboxes.wait();
        if shared.closed() {
            return;
        }
        if shared.outboxes.gathered.load(SeqCst) {
            thread::sleep(MOMENT);
            shared.outboxes.gathered.store(false, SeqCst);
            shared.flush_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn receipt(source: &str, next: u64) -> Receipt {
        Receipt { source: source.into(), run: 1, to: "b/to".into(), next, busy: false }
    }

    #[test]
    fn of_the_receipts_of_a_pair_the_last_goes() {
        let receipts = vec![receipt("a/x", 2), receipt("a/y", 9), receipt("a/x", 5)];
        let mut letters = Letters { receipts, ..Letters::default() };
        let (posts, receipts) = letters.take();
        assert!(posts.is_empty() && letters.is_empty());
        assert_eq!(receipts, [receipt("a/x", 5), receipt("a/y", 9)]);
    }

    #[test]
    fn many_posts_go_in_order_in_frames_of_bounded_size() {
        let post = |number| Post { number, ..Post::default() };
        let frames = frames((0..2000).map(post).collect());
        assert!(frames.len() > 2);
        assert!(frames.iter().all(|frame| frame.len() * 96 < FRAME_BYTES + 96));
        let numbers: Vec<u64> = frames.iter().flatten().map(|post| post.number).collect();
        assert_eq!(numbers, (0..2000).collect::<Vec<u64>>());
    }
}
