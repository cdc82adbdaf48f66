//! An atom starts another one.

use super::atom::{Atom, Failure};
use super::names::unlike_others;
use super::node::Shared;
use super::verbs::Start;
use sojourn_abi::{Code, Request, Response};
use sojourn_host::ports::Spawn;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long others may take to say what module an atom of theirs has.
const PATIENCE: Duration = Duration::from_secs(5);

impl Shared {
    /// Starts an atom here for another one; its global name.
    pub(crate) fn spawn(self: &Arc<Self>, parent: &Atom, spawn: &Spawn<'_>) -> Result<String, Failure> {
        let watched = spawn.watched || spawn.linked;
        let (module, node) = self.module_to_spawn(parent, spawn.module)?;
        let local = if spawn.name.is_empty() { unlike_others(&parent.name) } else { spawn.name.into() };
        let child = sojourn_names::global(&self.settings.name, &local);
        let program = if spawn.name.is_empty() { parent.name.clone() } else { spawn.name.into() };
        let order = Start {
            module,
            name: program.clone(),
            arguments: vec![program, String::from_utf8_lossy(spawn.argument).into_owned()],
            environment: Vec::new(),
            mounts: Vec::new(),
            stdin: Vec::new(),
            listen: Vec::new(),
            engine: parent.engine.as_str().into(),
            images_every_ms: 0,
            memory_bytes: parent.memory_limit_bytes.unwrap_or(0),
            atom: Some(local),
            life: None,
            aliases: None,
            channels: Vec::new(),
            channel_to: None,
            by_atom: true,
            watcher: watched.then(|| (parent.id.clone(), spawn.linked)),
        };
        // It may end before whoever started it knows that it began.
        if watched {
            let noted = parent.desk.inner().mailbox.watch(&child, spawn.linked);
            noted.map_err(|code| (code, format!("{} watches too many", parent.id)))?;
        }
        match self.start(order, &node) {
            Ok(Response::Placed { atom, .. }) => Ok(atom),
            Ok(_) => Err((Code::Internal, "it was answered with something else".into())),
            Err(failure) => {
                // One of that name that was there before may be watched.
                if watched && failure.0 != Code::AtomNameTaken {
                    parent.desk.inner().mailbox.unwatch(&child);
                }
                Err(failure)
            }
        }
    }

    /// The module that is meant, and the node to have it from.
    fn module_to_spawn(self: &Arc<Self>, parent: &Atom, named: &str) -> Result<([u8; 32], String), Failure> {
        let me = self.settings.name.clone();
        if named.is_empty() {
            return Ok((parent.module.hash().0, me));
        }
        if let Some(hash) = hash(named) {
            return Ok((hash, me));
        }
        let atom = self.resolve(named)?;
        if let Some(atom) = self.atom(&atom) {
            return Ok((atom.module.hash().0, me));
        }
        let Response::AtomRows { rows } = self.answer(Request::Atoms {}, &me, Instant::now() + PATIENCE)
        else {
            return Err((Code::Internal, "atoms cannot be listed".into()));
        };
        let row = rows.into_iter().find(|row| row.atom == atom);
        row.map(|row| (row.module, row.node)).ok_or_else(|| super::ask::unknown_atom(named))
    }
}

/// 64 hexadecimal digits as a hash.
fn hash(text: &str) -> Option<[u8; 32]> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    let mut hash = [0; 32];
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
mod tests {
    use super::hash;

    #[test]
    fn a_hash_has_64_digits() {
        assert_eq!(hash(&"0f".repeat(32)), Some([15; 32]));
        for wrong in ["", "0f", &"0g".repeat(32), &"é".repeat(32), &"0f".repeat(33)] {
            assert_eq!(hash(wrong), None, "{wrong}");
        }
    }
}
