//! Contents by hash: modules and images on their way.

use super::atom::Failure;
use super::node::Shared;
use crate::module::lock;
use sojourn_abi::{Code, Message};
use sojourn_image::ModuleHash;
use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Bytes of one part.
const PART_BYTES: usize = 1 << 20;
/// Most bytes of a content.
const MOST_BYTES: u64 = 8 << 30;
/// How long a content that was put here is kept in memory.
const KEPT: Duration = Duration::from_mins(10);

/// Contents in memory, and those that are awaited.
#[derive(Default)]
pub(crate) struct Contents {
    state: Mutex<State>,
    came: Condvar,
}

#[derive(Default)]
struct State {
    there: HashMap<[u8; 32], (Arc<Vec<u8>>, Instant)>,
    awaited: HashMap<[u8; 32], Awaited>,
}

/// A content of which parts come.
struct Awaited {
    from: String,
    waiting: usize,
    bytes: Vec<u8>,
    failed: Option<Failure>,
    news: Instant,
}

fn hash_of(content: &[u8]) -> [u8; 32] {
    ModuleHash::of(content).0
}

impl Contents {
    /// Keeps a content for others.
    pub(crate) fn put(&self, content: Vec<u8>) -> [u8; 32] {
        let hash = hash_of(&content);
        let mut state = lock(&self.state);
        let now = Instant::now();
        state.there.retain(|_, (_, until)| *until > now);
        state.there.insert(hash, (Arc::new(content), now + KEPT));
        hash
    }

    /// Nobody will ask for a content any more.
    pub(crate) fn forget(&self, hash: &[u8; 32]) {
        lock(&self.state).there.remove(hash);
    }

    fn find(&self, hash: &[u8; 32]) -> Option<Arc<Vec<u8>>> {
        lock(&self.state).there.get(hash).map(|(content, _)| Arc::clone(content))
    }

    /// A part came.
    pub(crate) fn part(&self, from: &str, hash: [u8; 32], size: u64, offset: u64, bytes: &[u8]) {
        let mut state = lock(&self.state);
        let Some(awaited) = state.awaited.get_mut(&hash) else { return };
        // Parts of one sender come in order; a second answer begins again at 0 and is not needed.
        if awaited.from != from || offset != awaited.bytes.len() as u64 || size > MOST_BYTES {
            return;
        }
        awaited.bytes.extend_from_slice(bytes);
        awaited.news = Instant::now();
        if awaited.bytes.len() as u64 >= size {
            if hash_of(&awaited.bytes) == hash {
                let whole = std::mem::take(&mut awaited.bytes);
                state.there.insert(hash, (Arc::new(whole), Instant::now() + KEPT));
            } else {
                awaited.failed =
                    Some((Code::MissingContent, format!("what {from} sent is not what was asked for")));
            }
        }
        self.came.notify_all();
    }

    /// Somebody does not have it.
    pub(crate) fn lacking(&self, from: &str, hash: [u8; 32]) {
        self.fail(
            |wanted, of| wanted == &hash && of == from,
            || (Code::MissingContent, format!("{from} does not have what is needed from it")),
        );
    }

    /// Somebody is gone.
    pub(crate) fn gone(&self, peer: &str) {
        self.fail(|_, of| of == peer, || (Code::Unreachable, format!("{peer} does not answer any more")));
    }

    fn fail(&self, which: impl Fn(&[u8; 32], &str) -> bool, why: impl Fn() -> Failure) {
        let mut state = lock(&self.state);
        for (hash, awaited) in &mut state.awaited {
            if which(hash, &awaited.from) {
                awaited.failed = Some(why());
            }
        }
        self.came.notify_all();
    }
}

impl Shared {
    /// A content: from memory, from this node's modules, or from somebody. The time counts from its last part.
    pub(crate) fn want(
        &self,
        hash: [u8; 32],
        from: &str,
        timeout: Duration,
    ) -> Result<Arc<Vec<u8>>, Failure> {
        if let Some(content) = self.content_here(&hash) {
            return Ok(content);
        }
        let mut state = lock(&self.contents.state);
        let awaited = state.awaited.entry(hash).or_insert_with(|| Awaited {
            from: from.into(),
            waiting: 0,
            bytes: Vec::new(),
            failed: None,
            news: Instant::now(),
        });
        awaited.waiting += 1;
        if awaited.waiting == 1 {
            drop(state);
            self.send(from, Message::Want { hash });
            state = lock(&self.contents.state);
        }
        let result = loop {
            if let Some((content, _)) = state.there.get(&hash) {
                break Ok(Arc::clone(content));
            }
            let Some(awaited) = state.awaited.get(&hash) else {
                break Err((Code::MissingContent, "it was given up".into()));
            };
            if let Some(failure) = &awaited.failed {
                break Err(failure.clone());
            }
            let rest = (awaited.news + timeout).saturating_duration_since(Instant::now());
            if rest.is_zero() {
                break Err((Code::Unreachable, format!("{from} does not send what was asked for")));
            }
            let waited = self.contents.came.wait_timeout(state, rest);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        };
        if let Some(awaited) = state.awaited.get_mut(&hash) {
            awaited.waiting -= 1;
            if awaited.waiting == 0 {
                state.awaited.remove(&hash);
            }
        }
        result
    }

    /// A content that is here.
    pub(crate) fn content_here(&self, hash: &[u8; 32]) -> Option<Arc<Vec<u8>>> {
        let known = self.contents.find(hash);
        known.or_else(|| crate::store::find(&ModuleHash(*hash)).map(Arc::new))
    }

    /// Sends a content to somebody who wants it.
    pub(crate) fn serve(&self, to: &str, hash: [u8; 32]) {
        let Some(content) = self.content_here(&hash) else {
            return self.send(to, Message::Lacking { hash });
        };
        let size = content.len() as u64;
        let mut offset = 0;
        loop {
            let bytes = content[offset..content.len().min(offset + PART_BYTES)].to_vec();
            let length = bytes.len();
            let part = Message::Content { hash, size, offset: offset as u64, bytes };
            if self.send_bulk(to, part, length, &|| true).is_err() {
                return;
            }
            offset += length;
            if offset >= content.len() {
                return;
            }
        }
    }
}
