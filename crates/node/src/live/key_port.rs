//! What an atom's guest has of its keys.

use super::atom::Atom;
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
    // An atom at rest has its world, and so this.
    atom: Weak<Atom>,
}

impl KeyPort {
    pub(crate) fn new(shared: &Arc<Shared>, atom: &Arc<Atom>) -> Self {
        Self { shared: Arc::downgrade(shared), atom: Arc::downgrade(atom) }
    }

    fn atom(&self) -> Result<Arc<Atom>, Code> {
        self.atom.upgrade().ok_or(Code::NotInRealm)
    }

    fn look<T>(&self, look: impl FnOnce(&mut Store) -> T) -> Result<T, Code> {
        Ok(look(&mut lock(&self.atom()?.keys)))
    }

    /// Sets a key that has been looked at.
    fn set(&self, key: &[u8], value: Option<&[u8]>) -> Result<u64, Code> {
        let atom = self.atom()?;
        let followed = lock(&atom.keys).follow(key, value.is_some());
        followed.others.iter().chain(&followed.again).for_each(|change| announce(&atom, change));
        if let Some(change) = followed.again {
            return Ok(change.version);
        }
        let change = lock(&atom.keys).change(key, value);
        if event(&atom, &change).is_some_and(|event| !atom.desk.inner().mailbox.fits(&event)) {
            return Err(Code::NoRoom);
        }
        self.journal(&atom, &change)?;
        lock(&atom.keys).apply(&change);
        announce(&atom, &change);
        Ok(change.version)
    }

    /// On the disk when it returns, where the atom is durable.
    fn journal(&self, atom: &Atom, change: &Change) -> Result<(), Code> {
        if !atom.desk.durable {
            return Ok(());
        }
        let shared = self.shared.upgrade().ok_or(Code::NotInRealm)?;
        let journal = shared.journal().map_err(|(code, _)| code)?;
        let told = journal.append_and_tell(&atom.id, Kind::Change, vec![change.encode()]);
        match atom.while_waiting(|| told.recv()) {
            Ok(Ok(sequence)) => {
                atom.desk.journaled.changed(sequence);
                Ok(())
            }
            Ok(Err(error)) => Err(super::journal::code(&error)),
            Err(_) => Err(Code::Internal),
        }
    }
}

/// A message about a change of a key that is watched.
fn event(atom: &Atom, change: &Change) -> Option<Event> {
    lock(&atom.keys).is_watched(&change.key).then(|| Event {
        id: change.version,
        kind: EventKind::Changed,
        source: atom.id.clone(),
        ty: if change.value.is_some() { "put" } else { "delete" }.into(),
        subject: String::from_utf8_lossy(&change.key).into_owned(),
        data: change.value.clone().unwrap_or_else(|| change.key.clone()),
        ..Event::default()
    })
}

fn announce(atom: &Atom, change: &Change) {
    if let Some(event) = event(atom, change) {
        atom.desk.inner().mailbox.put(event);
    }
}

impl Keys for KeyPort {
    fn get(&mut self, key: &[u8]) -> Result<Option<Stored>, Code> {
        self.look(|keys| keys.get(key).cloned())
    }

    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<u64, Code> {
        self.look(|keys| keys.check(key, value))??;
        self.set(key, Some(value))
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), Code> {
        if self.look(|keys| keys.version_of(key))? == 0 {
            return Err(Code::NoKey);
        }
        self.set(key, None).map(drop)
    }

    fn compare_and_set(&mut self, key: &[u8], expected: u64, value: &[u8]) -> Result<(u64, bool), Code> {
        let version = self.look(|keys| keys.version_of(key))?;
        if version != expected {
            return Ok((version, false));
        }
        self.put(key, value).map(|version| (version, true))
    }

    fn list(&mut self, prefix: &[u8], after: &[u8], most: usize) -> Result<Vec<Vec<u8>>, Code> {
        self.look(|keys| keys.list(prefix, after, most))
    }

    fn watch(&mut self, prefix: &[u8], on: bool) -> Result<(), Code> {
        self.look(|keys| keys.watch(prefix, on))?
    }
}
