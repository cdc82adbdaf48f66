//! What an atom's guest has of its realm.

use super::atom::Atom;
use super::desk::Desk;
use super::node::Shared;
use sojourn_abi::{Alias, Code, Event, EventKind};
use sojourn_host::ports::{Here, Post, Spawn};
use sojourn_post::Mailbox;
use std::sync::{Arc, Weak};
use std::time::{Duration, Instant};

/// Longest time that an atom may stay where it is.
const LONGEST_STAY: Duration = Duration::from_secs(1);

/// The realm, as one atom sees it.
pub(crate) struct RealmPort {
    shared: Weak<Shared>,
    atom: Weak<Atom>,
    desk: Arc<Desk>,
}

impl RealmPort {
    pub(crate) fn new(shared: &Arc<Shared>, atom: &Arc<Atom>) -> Self {
        Self { shared: Arc::downgrade(shared), atom: Arc::downgrade(atom), desk: Arc::clone(&atom.desk) }
    }

    fn shared(&self) -> Result<Arc<Shared>, Code> {
        self.shared.upgrade().ok_or(Code::NotInRealm)
    }
}

impl Post for RealmPort {
    fn mailbox(&mut self, look: &mut dyn FnMut(&mut Mailbox)) {
        look(&mut self.desk.inner().mailbox);
    }

    fn send(&mut self, to: &str, event: Event) -> Result<u64, Code> {
        let shared = self.shared()?;
        if to.contains('/') {
            return shared.post(&self.desk, to, event);
        }
        let to = self.resolve(to)?;
        shared.post(&self.desk, &to, event)
    }

    fn resolve(&mut self, name: &str) -> Result<String, Code> {
        let (shared, atom) = (self.shared()?, self.atom.upgrade());
        match shared.resolve(name) {
            Ok(known) => Ok(known),
            Err((code, _)) => match atom {
                Some(atom) => atom.while_waiting(|| shared.resolve_young(name)).map_err(|(code, _)| code),
                None => Err(code),
            },
        }
    }

    fn freed(&mut self) {
        if let Some(shared) = self.shared.upgrade() {
            shared.freed(&self.desk);
        }
    }

    fn find(&mut self, scope: &str, pattern: &str, any: bool) -> Result<Vec<String>, Code> {
        let rows = self.shared()?.find(scope, pattern, any).map_err(|(code, _)| code)?;
        Ok(rows.into_iter().map(|row| row.atom).collect())
    }

    fn set_alias(&mut self, scope: &str, alias: &str) -> Result<(), Code> {
        let alias = Alias { scope: scope.into(), alias: alias.into() };
        self.shared()?.set_alias(&self.desk.name, alias).map_err(|(code, _)| code)
    }

    fn clear_alias(&mut self, scope: &str, alias: &str) -> Result<(), Code> {
        self.shared()?.clear_alias(&self.desk.name, scope, alias).map_err(|(code, _)| code)
    }

    fn spawn(&mut self, spawn: &Spawn<'_>) -> Result<String, Code> {
        let (shared, atom) = (self.shared()?, self.atom.upgrade().ok_or(Code::NotInRealm)?);
        atom.while_waiting(|| shared.spawn(&atom, spawn)).map_err(|(code, _)| code)
    }

    fn watch(&mut self, name: &str, linked: bool) -> Result<(), Code> {
        let (shared, atom) = (self.shared()?, self.atom.upgrade().ok_or(Code::NotInRealm)?);
        atom.while_waiting(|| shared.watch(&self.desk, name, linked))
    }

    fn unwatch(&mut self, name: &str) -> Result<(), Code> {
        let to = self.resolve(name)?;
        self.desk.inner().mailbox.unwatch(&to);
        let event = Event { kind: EventKind::Unwatch, ..Event::default() };
        self.shared()?.post(&self.desk, &to, event).map(drop)
    }

    fn here(&mut self) -> Here {
        let (Some(shared), Some(atom)) = (self.shared.upgrade(), self.atom.upgrade()) else {
            return Here::default();
        };
        let state = atom.state();
        Here {
            node: shared.settings.name.clone(),
            tags: shared.settings.tags.clone(),
            moves: state.moves.into(),
            downtime_ns: state.last_pause_ns,
            moved_bytes: state.last_move_bytes,
        }
    }

    fn stay(&mut self, most_ns: Option<u64>) {
        if let Some(atom) = self.atom.upgrade() {
            let until = most_ns.map(|ns| Instant::now() + Duration::from_nanos(ns).min(LONGEST_STAY));
            atom.state().stays_until = until;
            atom.changed();
        }
    }

    fn note(&mut self, text: &str) {
        if let Some(shared) = self.shared.upgrade() {
            shared.trouble(&format!("{}: {text}", self.desk.name));
        }
    }

    fn granted(&mut self, listen: bool, address: &str) -> bool {
        let Some(atom) = self.atom.upgrade() else { return false };
        let patterns = if listen { &atom.life.listen } else { &atom.life.connect };
        patterns.iter().any(|pattern| fits(pattern, address))
    }
}

/// Whether an address is one of those that a grant names: `*` stands for any host or port.
fn fits(pattern: &str, address: &str) -> bool {
    let (Some((host, port)), Some((asked_host, asked_port))) =
        (pattern.rsplit_once(':'), address.rsplit_once(':'))
    else {
        return pattern == "*";
    };
    let fits = |pattern: &str, asked: &str| pattern == "*" || pattern.eq_ignore_ascii_case(asked);
    fits(host, asked_host) && fits(port, asked_port)
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn a_grant_names_hosts_and_ports() {
        for (pattern, address, right) in [
            ("*", "example.org:80", true),
            ("*:*", "example.org:80", true),
            ("example.org:*", "Example.org:80", true),
            ("example.org:80", "example.org:81", false),
            ("*:80", "example.org:80", true),
            ("*:80", "example.org:8080", false),
            ("[::1]:80", "[::1]:80", true),
            ("example.org:80", "evil.example.org:80", false),
            ("", "example.org:80", false),
        ] {
            assert_eq!(fits(pattern, address), right, "{pattern} {address}");
        }
    }
}
