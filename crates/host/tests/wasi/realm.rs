//! What an atom has of its realm, without one: its mailbox, and keys in a map.

use super::Shared;
use sojourn_abi::{Code, Event, Receipt};
use sojourn_host::ports::{Here, Keys, Post, Spawn, Stored};
use sojourn_post::{Limits, Mailbox};
use std::collections::BTreeMap;

/// An atom's part of a realm in which there are `names`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Realm {
    pub mailbox: Mailbox,
    /// Global names of other atoms.
    pub names: Vec<String>,
    /// Each message that was sent, in order, to whom.
    pub sent: Vec<(String, Event)>,
    /// All else that the node was asked for.
    pub deeds: Vec<String>,
    pub keys: BTreeMap<Vec<u8>, (Vec<u8>, u64)>,
    pub version: u64,
    /// Addresses that it may listen on and connect to.
    pub granted: Vec<String>,
    /// Whether the node says that it is busy, whatever there is on the way.
    pub busy: bool,
    /// How often it was told that there is room in the mailbox.
    pub freed: usize,
}

impl Realm {
    /// Of the atom `home/me`.
    pub fn new(limits: Limits) -> Self {
        Self {
            mailbox: Mailbox::new("home/me", 1, limits),
            names: ["home/me", "home/other", "far/other", "far/third"].map(String::from).to_vec(),
            sent: Vec::new(),
            deeds: Vec::new(),
            keys: BTreeMap::new(),
            version: 0,
            granted: Vec::new(),
            busy: false,
            freed: 0,
        }
    }

    /// As it goes on elsewhere: through the bytes of its mailbox.
    pub fn moved(&self) -> Self {
        let bytes = self.mailbox.to_bytes();
        let mailbox = Mailbox::from_bytes(&bytes, *self.mailbox.limits()).expect("a mailbox");
        Self { mailbox, ..self.clone() }
    }

    /// A message comes.
    pub fn comes(&mut self, event: Event) {
        self.mailbox.put(event);
    }

    /// A receiver has all that was sent to it.
    pub fn has(&mut self, to: &str) {
        let next = 1 + self.sent.iter().filter(|(name, _)| name == to).count() as u64;
        let (source, run) = (self.mailbox.name().to_string(), self.mailbox.run());
        self.mailbox.confirm(&Receipt { source, run, to: to.to_string(), next, busy: false });
    }

    fn known(&self, name: &str) -> Result<String, Code> {
        let fits = |known: &&String| *known == name || known.rsplit('/').next() == Some(name);
        self.names.iter().find(fits).cloned().ok_or(Code::UnknownAtom)
    }

    fn did(&mut self, deed: impl Into<String>) {
        self.deeds.push(deed.into());
    }
}

impl Shared {
    fn realm<T>(&self, ask: impl FnOnce(&mut Realm) -> Result<T, Code>) -> Result<T, Code> {
        self.lock().realm.as_mut().map_or(Err(Code::NotInRealm), ask)
    }

    fn deed(&self, deed: String) -> Result<(), Code> {
        self.realm(|realm| {
            realm.did(deed);
            Ok(())
        })
    }
}

impl Post for Shared {
    fn mailbox(&mut self, look: &mut dyn FnMut(&mut Mailbox)) {
        if let Some(realm) = &mut self.lock().realm {
            look(&mut realm.mailbox);
        }
    }

    fn send(&mut self, to: &str, event: Event) -> Result<u64, Code> {
        self.realm(|realm| {
            let to = realm.known(to)?;
            if realm.busy {
                return Err(Code::Busy);
            }
            let post = realm.mailbox.address(&to, event)?;
            let id = post.event.id;
            realm.sent.push((to.clone(), post.event.clone()));
            realm.mailbox.keep(&to, post.event);
            Ok(id)
        })
    }

    fn resolve(&mut self, name: &str) -> Result<String, Code> {
        self.realm(|realm| realm.known(name))
    }

    fn freed(&mut self) {
        self.realm(|realm| {
            realm.freed += 1;
            Ok(())
        })
        .ok();
    }

    /// A pattern is part of a name here.
    fn find(&mut self, scope: &str, pattern: &str, any: bool) -> Result<Vec<String>, Code> {
        self.realm(|realm| {
            if pattern.contains('(') {
                return Err(Code::InvalidPattern);
            }
            let names = if scope.is_empty() { realm.names.clone() } else { Vec::new() };
            let most = if any { 1 } else { usize::MAX };
            Ok(names.into_iter().filter(|name| name.contains(pattern)).take(most).collect())
        })
    }

    fn set_alias(&mut self, scope: &str, alias: &str) -> Result<(), Code> {
        self.deed(format!("alias {scope}:{alias}"))
    }

    fn clear_alias(&mut self, scope: &str, alias: &str) -> Result<(), Code> {
        self.deed(format!("no alias {scope}:{alias}"))
    }

    fn spawn(&mut self, spawn: &Spawn<'_>) -> Result<String, Code> {
        self.realm(|realm| {
            let name = format!("home/{}", spawn.name);
            if realm.names.contains(&name) {
                return Err(Code::AtomNameTaken);
            }
            realm.did(format!("spawn {spawn:?}"));
            realm.names.push(name.clone());
            Ok(name)
        })
    }

    fn watch(&mut self, name: &str, linked: bool) -> Result<(), Code> {
        self.realm(|realm| realm.mailbox.watch(name, linked))?;
        self.deed(format!("watch {name} {linked}"))
    }

    fn unwatch(&mut self, name: &str) -> Result<(), Code> {
        self.realm(|realm| realm.known(name).map(drop))?;
        self.deed(format!("unwatch {name}"))
    }

    fn here(&mut self) -> Here {
        Here {
            node: "home".into(),
            tags: vec!["gpu".into(), "eu".into()],
            moves: 3,
            downtime_ns: 4_000_000,
            moved_bytes: 5 << 20,
        }
    }

    fn stay(&mut self, most_ns: Option<u64>) {
        self.deed(format!("stay {most_ns:?}")).ok();
    }

    fn note(&mut self, text: &str) {
        self.deed(format!("note {text}")).ok();
    }

    fn granted(&mut self, listen: bool, address: &str) -> bool {
        let asked = format!("{} {address}", if listen { "listen" } else { "connect" });
        self.realm(|realm| Ok(realm.granted.contains(&asked))).unwrap_or(false)
    }
}

impl Keys for Shared {
    fn get(&mut self, key: &[u8]) -> Result<Option<Stored>, Code> {
        let stored = |(value, version): &(Vec<u8>, u64)| Stored { value: value.clone(), version: *version };
        self.realm(|realm| Ok(realm.keys.get(key).map(stored)))
    }

    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<u64, Code> {
        self.realm(|realm| {
            if value.len() > 1000 {
                return Err(Code::TooLarge);
            }
            realm.version += 1;
            realm.keys.insert(key.to_vec(), (value.to_vec(), realm.version));
            Ok(realm.version)
        })
    }

    fn delete(&mut self, key: &[u8]) -> Result<(), Code> {
        self.realm(|realm| realm.keys.remove(key).map(drop).ok_or(Code::NoKey))
    }

    fn compare_and_set(&mut self, key: &[u8], expected: u64, value: &[u8]) -> Result<(u64, bool), Code> {
        let there = self.realm(|realm| Ok(realm.keys.get(key).map_or(0, |(_, version)| *version)))?;
        if there == expected {
            self.put(key, value).map(|version| (version, true))
        } else {
            Ok((there, false))
        }
    }

    fn list(&mut self, prefix: &[u8], after: &[u8], most: usize) -> Result<Vec<Vec<u8>>, Code> {
        let fits = |key: &&Vec<u8>| key.starts_with(prefix) && key.as_slice() > after;
        self.realm(|realm| Ok(realm.keys.keys().filter(fits).take(most).cloned().collect()))
    }

    fn watch(&mut self, prefix: &[u8], on: bool) -> Result<(), Code> {
        self.deed(format!("watch keys {} {on}", String::from_utf8_lossy(prefix)))
    }
}
