//! A desk: where messages for an atom, or for a box, come and go at this node.
//!
//! ```text
//! held -> open -> sealed -> (gone to another node)
//!           ^ ------ |        a move that failed
//! open -> ended               what is on its way out still goes
//! ```

use super::atom::Failure;
use super::journal::Journaled;
use super::keys::Covered;
use super::wake::Wake;
use crate::module::lock;
use sojourn_abi::{Code, Post};
use sojourn_post::Mailbox;
pub(crate) use sojourn_post::office::Gate;
use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock};

/// Posts that wait at a desk that is not open.
const WAITING: usize = 4096;

/// What a desk has.
pub(crate) struct Inner {
    pub(crate) mailbox: Mailbox,
    pub(crate) gate: Gate,
    /// Whether nobody waits at it: the atom is at rest, and is to be awoken for news.
    pub(crate) resting: bool,
    waiting: VecDeque<Post>,
}

impl Inner {
    /// Whether a post finds an open desk; one that does not waits here, as far as there is room. Under the same lock as
    /// what is done with it: once packed, a mailbox takes nothing.
    pub(crate) fn admit(&mut self, post: Post) -> Option<Post> {
        match self.gate {
            Gate::Open | Gate::Ended => Some(post),
            Gate::Held | Gate::Sealed => {
                if self.waiting.len() < WAITING {
                    self.waiting.push_back(post);
                }
                None
            }
        }
    }
}

/// Where messages come and go.
pub(crate) struct Desk {
    pub(crate) name: String,
    /// Whether posts are journaled before they are taken.
    pub(crate) durable: bool,
    /// How far, then.
    pub(crate) journaled: Journaled,
    inner: Mutex<Inner>,
    /// Sends of one desk go one after the other.
    sending: Mutex<()>,
    reader: Arc<Wake>,
    /// Whether its atom is being ended because one that it is linked to has.
    doomed: AtomicBool,
    awaken: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

impl Desk {
    pub(crate) fn new(mailbox: Mailbox, gate: Gate, durable: bool, reader: Arc<Wake>) -> Arc<Self> {
        let name = mailbox.name().to_string();
        let inner = Inner { mailbox, gate, resting: false, waiting: VecDeque::new() };
        Arc::new(Self {
            name,
            durable,
            journaled: Journaled::default(),
            inner: Mutex::new(inner),
            sending: Mutex::default(),
            reader,
            doomed: AtomicBool::new(false),
            awaken: OnceLock::new(),
        })
    }

    /// What is done about news while nobody waits here. Once.
    pub(crate) fn set_awaken(&self, awaken: impl Fn() + Send + Sync + 'static) {
        let _ = self.awaken.set(Box::new(awaken));
    }

    pub(crate) fn inner(&self) -> MutexGuard<'_, Inner> {
        lock(&self.inner)
    }

    /// Held while a message is addressed and goes.
    pub(crate) fn sending(&self) -> MutexGuard<'_, ()> {
        lock(&self.sending)
    }

    /// Something new is there for whoever reads.
    pub(crate) fn notify(&self) {
        let rested = std::mem::replace(&mut self.inner().resting, false);
        self.tell(rested);
    }

    fn tell(&self, rested: bool) {
        match self.awaken.get().filter(|_| rested) {
            Some(awaken) => awaken(),
            None => self.reader.notify(),
        }
    }

    /// A post that is the next one and finds room; whoever reads is told. Gives the post back otherwise.
    #[expect(clippy::result_large_err, reason = "it is the post itself, on the path of every message")]
    pub(crate) fn offer(&self, post: Post) -> Result<(), Post> {
        let mut inner = self.inner();
        if inner.gate != Gate::Open || self.durable {
            return Err(post);
        }
        let news = inner.mailbox.offer(post)?;
        let rested = news && std::mem::replace(&mut inner.resting, false);
        drop(inner);
        if news {
            self.tell(rested);
        }
        Ok(())
    }

    /// Whether its atom is to end with another one; asked once.
    pub(crate) fn is_doomed_now(&self) -> bool {
        self.inner().mailbox.doomed_by().is_some() && !self.doomed.swap(true, SeqCst)
    }

    /// Packs the mailbox for another node; from now on what comes waits.
    pub(crate) fn seal(&self) -> Vec<u8> {
        let mut inner = self.inner();
        inner.gate = Gate::Sealed;
        self.journaled.packed();
        inner.mailbox.to_bytes()
    }

    /// The mailbox as it stands.
    pub(crate) fn save(&self) -> Vec<u8> {
        let inner = self.inner();
        self.journaled.packed();
        inner.mailbox.to_bytes()
    }

    /// What of the journal is in the mailbox that was packed last, where there is a journal.
    pub(crate) fn covered(&self) -> Option<Covered> {
        self.durable.then(|| self.journaled.covered())
    }

    /// Opens it; posts that waited.
    pub(crate) fn open(&self) -> Vec<Post> {
        let mut inner = self.inner();
        inner.gate = Gate::Open;
        inner.waiting.drain(..).collect()
    }

    /// It is not here any more; posts that waited.
    pub(crate) fn close(&self, gate: Gate) -> Vec<Post> {
        let mut inner = self.inner();
        inner.gate = gate;
        inner.waiting.drain(..).collect()
    }

    /// Who waits for the answer to a call that was received here, and its future.
    ///
    /// # Errors
    /// `UnknownCall`.
    pub(crate) fn asked(&self, call: u64) -> Result<(String, u64), Failure> {
        let mut inner = self.inner();
        let asked = inner.mailbox.calls().asked(call).map(|(source, future)| (source.to_string(), future));
        asked.ok_or_else(|| (Code::UnknownCall, format!("{} has no call {call} to answer", self.name)))
    }

    /// Messages that wait.
    pub(crate) fn waiting(&self) -> usize {
        let inner = self.inner();
        inner.mailbox.len() + inner.mailbox.channel_messages()
    }

    /// Whether there is something to do for the guest.
    pub(crate) fn has_news(&self) -> bool {
        let mut inner = self.inner();
        !inner.mailbox.is_empty() || inner.mailbox.calls().due().is_some()
    }

    /// Begins to rest, unless there is something to do.
    pub(crate) fn rest(&self) -> bool {
        let mut inner = self.inner();
        inner.resting = inner.mailbox.is_empty() && inner.mailbox.calls().due().is_none();
        inner.resting
    }
}
