//! What an atom's guest has of its keys.

use super::atom::Atom;
use super::desk::Desk;
use super::keys::{Change, Keys as Store};
use super::node::Shared;
use crate::journal::Kind;
use crate::module::lock;
use sojourn_abi::{Code, Event, EventKind};
use sojourn_host::ports::{Keys, Stored};
use std::sync::{Arc, Weak};

/// The keys of one atom, as its guest sees them.
pub(crate) struct KeyPort {
    shared: Weak<Shared>,
    atom: Arc<Atom>,
}

impl KeyPort {
    pub(crate) fn new(shared: &Arc<Shared>, atom: &Arc<Atom>) -> Self {
        Self { shared: Arc::downgrade(shared), atom: Arc::clone(atom) }
    }

    fn desk(&self) -> &Desk {
        &self.atom.desk
    }

    fn look<T>(&self, look: impl FnOnce(&mut Store) -> T) -> T {
        look(&mut lock(&self.atom.keys))
    }

    /// Sets a key that has been looked at.
    fn set(&self, key: &[u8], value: Option<&[u8]>) -> Result<u64, Code> {
        let followed = self.look(|keys| keys.follow(key, value.is_some()));
        followed.others.iter().chain(&followed.again).for_each(|change| self.announce(change));
        if let Some(change) = followed.again {
            return Ok(change.version);
        }
        let change = self.look(|keys| keys.change(key, value));
        self.room_to_announce(&change)?;
        self.journal(&change)?;
        self.look(|keys| keys.apply(&change));
        self.announce(&change);
        Ok(change.version)
    }

    /// On the disk when it returns, where the atom is durable.
    fn journal(&self, change: &Change) -> Result<(), Code> {
        if !self.desk().durable {
            return Ok(());
        }
        let shared = self.shared.upgrade().ok_or(Code::NotInRealm)?;
        let journal = shared.journal().map_err(|(code, _)| code)?;
        let told = journal.append_and_tell(&self.atom.id, Kind::Change, vec![change.encode()]);
        match self.atom.while_waiting(|| told.recv()) {
            Ok(Ok(sequence)) => {
                self.desk().journaled.changed(sequence);
                Ok(())
            }
            Ok(Err(error)) => Err(super::journal::code(&error)),
            Err(_) => Err(Code::Internal),
        }
    }

    /// A message about a change of a key that is watched.
    fn event(&self, change: &Change) -> Option<Event> {
        self.look(|keys| keys.is_watched(&change.key)).then(|| Event {
            id: change.version,
            kind: EventKind::Changed,
            source: self.atom.id.clone(),
            ty: if change.value.is_some() { "put" } else { "delete" }.into(),
            subject: String::from_utf8_lossy(&change.key).into_owned(),
            data: change.value.clone().unwrap_or_else(|| change.key.clone()),
            ..Event::default()
        })
    }

    fn room_to_announce(&self, change: &Change) -> Result<(), Code> {
        match self.event(change) {
            Some(event) if !self.desk().inner().mailbox.fits(&event) => Err(Code::NoRoom),
            _ => Ok(()),
        }
    }

    fn announce(&self, change: &Change) {
        if let Some(event) = self.event(change) {
            self.desk().inner().mailbox.put(event);
        }
    }
}

impl Keys for KeyPort {
    fn get(&mut self, key: &[u8]) -> Result<Option<Stored>, Code> {
        Ok(self.look(|keys| keys.get(key).cloned()))
    }

    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<u64, Code> {
        self.look(|keys| keys.check(key, value))?;
        self.set(key, Some(value))
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), Code> {
        if self.look(|keys| keys.version_of(key)) == 0 {
            return Err(Code::NoKey);
        }
        self.set(key, None).map(drop)
    }

    fn compare_and_set(&mut self, key: &[u8], expected: u64, value: &[u8]) -> Result<(u64, bool), Code> {
        let version = self.look(|keys| keys.version_of(key));
        if version != expected {
            return Ok((version, false));
        }
        self.put(key, value).map(|version| (version, true))
    }

    fn list(&mut self, prefix: &[u8], after: &[u8], most: usize) -> Result<Vec<Vec<u8>>, Code> {
        Ok(self.look(|keys| keys.list(prefix, after, most)))
    }

    fn watch(&mut self, prefix: &[u8], on: bool) -> Result<(), Code> {
        self.look(|keys| keys.watch(prefix, on))
    }
}
