//! Ends: whom an atom watches, who watches it, and what it hears.
//!
//! Both sides note a watch, so that the word of an end counts once, whoever brings it: the atom's last node, or the
//! watcher's own, which finds that the other node is gone.
//!
//! | heard of the end of | watched | linked, and it went badly |
//! |---|---|---|
//! | one that it watches | a message, once; the watch is over | the atom is doomed: its node ends it |
//! | one that watches it | nothing | the same |
//! | anybody else | nothing | |

use crate::{Limits, Mailbox};
use alloc::string::String;
use sojourn_abi::{Code, Event, EventKind};

/// `Event::code` of a watch that is a link.
pub const LINKED: u32 = 2;
/// `Event::ty` of the end of an atom that exited with the status `Event::code`.
pub const EXITED: &str = "exited";
/// That was stopped.
pub const STOPPED: &str = "stopped";
/// That failed: `Event::subject` tells how.
pub const FAILED: &str = "failed";
/// Whose node is gone.
pub const LOST: &str = "lost";

/// Whether an end takes those who are linked along.
fn went_badly(event: &Event) -> bool {
    match event.ty.as_str() {
        FAILED | LOST => true,
        EXITED => event.code != 0,
        _ => false,
    }
}

impl Mailbox {
    /// The atom watches another one from now on. The word goes there as an `EventKind::Watch`.
    ///
    /// # Errors
    /// `Busy` when it watches too many.
    pub fn watch(&mut self, name: &str, linked: bool) -> Result<(), Code> {
        if self.watching.len() >= self.limits.pairs && !self.watching.contains_key(name) {
            return Err(Code::Busy);
        }
        self.watching.insert(name.into(), linked);
        Ok(())
    }

    /// It watches another one no longer; whether it did.
    pub fn unwatch(&mut self, name: &str) -> bool {
        self.watching.remove(name).is_some()
    }

    /// Whether it watches another one.
    #[must_use]
    pub fn watches(&self, name: &str) -> bool {
        self.watching.contains_key(name)
    }

    /// Whom it watches: names, and whether they are linked.
    pub fn watching(&self) -> impl Iterator<Item = (&str, bool)> {
        self.watching.iter().map(|(name, linked)| (name.as_str(), *linked))
    }

    /// Somebody watches it from its beginning on.
    pub fn watched_by(&mut self, name: &str, linked: bool) {
        self.watchers.insert(name.into(), linked);
    }

    /// Who hears of its end: names, and whether they are linked.
    pub fn watchers(&self) -> impl Iterator<Item = (&str, bool)> {
        self.watchers.iter().map(|(name, linked)| (name.as_str(), *linked))
    }

    /// Hears of an end; whether there is something new.
    pub(crate) fn hear_of_end(&mut self, event: Event) -> bool {
        let awaited = self.watching.remove(&event.source);
        // Whoever has ended watches nobody.
        let watcher = self.watchers.remove(&event.source);
        let linked = awaited == Some(true) || watcher == Some(true);
        let doomed = linked && went_badly(&event) && self.doomed_by.is_none();
        if doomed {
            self.doomed_by = Some(event.source.clone());
        }
        if awaited.is_some() {
            self.queue(event);
        }
        awaited.is_some() || doomed
    }

    /// The atom whose end takes this one along.
    #[must_use]
    pub fn doomed_by(&self) -> Option<&str> {
        self.doomed_by.as_deref()
    }

    /// Whoever restores the atom wants it to live.
    pub fn pardon(&mut self) {
        self.doomed_by = None;
    }

    /// Whether what is noted of ends is within its bounds.
    pub(crate) fn ends_checked(&self, limits: &Limits) -> bool {
        self.watchers.len() <= limits.pairs && self.watching.len() <= limits.pairs
    }
}

/// What those are told who watch an atom that ended in this way.
#[must_use]
pub fn ended(atom: &str, ty: &str, code: u32, subject: String) -> Event {
    let (source, ty) = (atom.into(), ty.into());
    Event { kind: EventKind::Ended, source, ty, code, subject, ..Event::default() }
}
