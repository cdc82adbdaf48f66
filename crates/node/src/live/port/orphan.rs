//! Calls of ports outlive the node of whoever was asked: it may be restored, and answer then. A port, unlike an atom,
//! speaks for people who would rather wait than begin anew.
//!
//! | the atom that was asked | a call of a port |
//! |---|---|
//! | ended, by its own or others' will | fails at once: `NotRunning` |
//! | is gone with its node, that began anew | waits as long as messages are kept for it, then fails: `Lost` |
//! | is silent with its node | waits |

use crate::live::node::Shared;
use crate::module::lock;
use sojourn_abi::Code;
use std::collections::BTreeMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// Atoms that are gone with their nodes while ports wait for their answers, and since when.
#[derive(Default)]
pub(crate) struct Orphans(Mutex<BTreeMap<String, Instant>>);

impl Orphans {
    pub(crate) fn has(&self, atom: &str) -> bool {
        lock(&self.0).contains_key(atom)
    }

    /// An atom runs, as was feared it would not.
    pub(crate) fn lives(&self, atom: &str) {
        lock(&self.0).remove(atom);
    }
}

impl Shared {
    /// The process of a node is gone for good: calls of ports wait for its atoms from now on.
    pub(crate) fn orphan(&self, node: &str) {
        for desk in self.posts.all() {
            let awaited = {
                let mut inner = desk.inner();
                if !inner.mailbox.queues_answers() {
                    continue;
                }
                inner.mailbox.calls().awaited()
            };
            let was_there = |atom: &String| {
                self.kernel(|kernel| kernel.place(atom)).is_some_and(|place| place.node == node)
            };
            let mut orphans = lock(&self.orphans.0);
            orphans.extend(awaited.into_iter().filter(was_there).map(|atom| (atom, Instant::now())));
        }
    }

    /// Calls that have waited for so long fail.
    pub(crate) fn fail_orphaned(&self, after: Duration) {
        let over: Vec<String> = {
            let mut orphans = lock(&self.orphans.0);
            orphans.extract_if(.., |_, since| since.elapsed() >= after).map(|(atom, _)| atom).collect()
        };
        if over.is_empty() {
            return;
        }
        for desk in self.posts.all() {
            let mut inner = desk.inner();
            if !inner.mailbox.queues_answers() {
                continue;
            }
            let failed: usize = over.iter().map(|atom| inner.mailbox.calls().fail(atom, Code::Lost)).sum();
            drop(inner);
            if failed > 0 {
                desk.notify();
            }
        }
    }
}
