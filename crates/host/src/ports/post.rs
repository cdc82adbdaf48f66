//! Messages, names and other atoms: what `sojourn_v1` asks of the node.

use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Code, Event};
use sojourn_post::Mailbox;

/// An atom that is to be started.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spawn<'a> {
    /// Empty: the module of the caller; the name of an atom: its module; 64 hexadecimal digits: a module's hash.
    pub module: &'a str,
    /// Local name; empty: one is chosen.
    pub name: &'a str,
    /// Its first argument.
    pub argument: &'a [u8],
    /// Whether the caller hears of its end.
    pub watched: bool,
    /// Whether the two end together.
    pub linked: bool,
}

/// Where an atom is, and how it came there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Here {
    /// Name of the node.
    pub node: String,
    /// Tags of the node.
    pub tags: Vec<String>,
    /// How often the atom has moved.
    pub moves: u64,
    /// How long its last move kept it from running.
    pub downtime_ns: u64,
    /// Bytes that its last move sent.
    pub moved_bytes: u64,
}

/// What an atom has of its realm. Nothing here waits but `spawn`: waiting is done at the console (`Console::wait`), which
/// whoever fills this port wakes when a message has come, a future is resolved, or a receiver has room again.
pub trait Post: Send {
    /// Looks at the mailbox, or changes it.
    fn mailbox(&mut self, look: &mut dyn FnMut(&mut Mailbox));

    /// Sends a message; its source and number are filled in. The number that it got.
    ///
    /// # Errors
    /// `UnknownAtom`, `Busy` when there is no room now, `TooLarge`; definite.
    fn send(&mut self, to: &str, event: Event) -> Result<u64, Code>;

    /// Global name of an atom: itself, or any with this local name.
    ///
    /// # Errors
    /// `UnknownAtom`.
    fn resolve(&mut self, name: &str) -> Result<String, Code>;

    /// Room in the mailbox was made: senders who were told `busy` may hear of it.
    fn freed(&mut self);

    /// Global names of atoms whose name, or alias in a scope, fits a pattern, in order; with `any` at most one.
    ///
    /// # Errors
    /// `InvalidPattern`.
    fn find(&mut self, scope: &str, pattern: &str, any: bool) -> Result<Vec<String>, Code>;

    /// Gives the atom an alias.
    ///
    /// # Errors
    /// `InvalidName`, `TooLarge` when it has too many.
    fn set_alias(&mut self, scope: &str, alias: &str) -> Result<(), Code>;

    /// Takes an alias back; an empty one: all of the scope.
    ///
    /// # Errors
    /// `InvalidName`.
    fn clear_alias(&mut self, scope: &str, alias: &str) -> Result<(), Code>;

    /// Starts an atom here; its global name.
    ///
    /// # Errors
    /// `AtomNameTaken`, `InvalidName`, `NoRoom`, `MissingContent`, `InvalidModule`.
    fn spawn(&mut self, spawn: &Spawn<'_>) -> Result<String, Code>;

    /// A message comes when an atom ends.
    ///
    /// # Errors
    /// `Busy`.
    fn watch(&mut self, name: &str, linked: bool) -> Result<(), Code>;

    /// No message comes any more.
    ///
    /// # Errors
    /// `UnknownAtom` when it was not watched.
    fn unwatch(&mut self, name: &str) -> Result<(), Code>;

    /// Where the atom is.
    fn here(&mut self) -> Here;

    /// The atom does not move for so long, or until it is told otherwise (`None`).
    fn stay(&mut self, most_ns: Option<u64>);

    /// Something about the atom that people should hear of.
    fn note(&mut self, text: &str);

    /// Whether it may connect to, or listen on, an address.
    fn granted(&mut self, listen: bool, address: &str) -> bool;
}

/// A key's value and version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// The value.
    pub value: Vec<u8>,
    /// Grows with each change of the store.
    pub version: u64,
}

/// The atom's own keys and values. Changes of keys that are watched come as messages.
pub trait Keys: Send {
    /// The value of a key.
    ///
    /// # Errors
    /// `NotInRealm`, `Internal` when the store cannot be read.
    fn get(&mut self, key: &[u8]) -> Result<Option<Stored>, Code>;

    /// Sets a key; its version.
    ///
    /// # Errors
    /// `TooLarge`, `NoRoom`, `DiskFull`.
    fn put(&mut self, key: &[u8], value: &[u8]) -> Result<u64, Code>;

    /// Removes a key.
    ///
    /// # Errors
    /// `NoKey`, `DiskFull`.
    fn delete(&mut self, key: &[u8]) -> Result<(), Code>;

    /// Sets a key that has this version (0: that is not there); the version that it has then, and whether it was set.
    ///
    /// # Errors
    /// `TooLarge`, `NoRoom`, `DiskFull`.
    fn compare_and_set(&mut self, key: &[u8], expected: u64, value: &[u8]) -> Result<(u64, bool), Code>;

    /// Keys with a prefix after another key, in order, at most so many.
    ///
    /// # Errors
    /// As `get`.
    fn list(&mut self, prefix: &[u8], after: &[u8], most: usize) -> Result<Vec<Vec<u8>>, Code>;

    /// Changes of keys with a prefix come as messages, or no more.
    ///
    /// # Errors
    /// `NoRoom` when too many prefixes are watched.
    fn watch(&mut self, prefix: &[u8], on: bool) -> Result<(), Code>;
}

/// For programs that run alone.
#[derive(Clone, Copy, Debug, Default)]
pub struct Alone;

impl Post for Alone {
    fn mailbox(&mut self, _: &mut dyn FnMut(&mut Mailbox)) {}

    fn send(&mut self, _: &str, _: Event) -> Result<u64, Code> {
        Err(Code::NotInRealm)
    }

    fn resolve(&mut self, _: &str) -> Result<String, Code> {
        Err(Code::NotInRealm)
    }

    fn freed(&mut self) {}

    fn find(&mut self, _: &str, _: &str, _: bool) -> Result<Vec<String>, Code> {
        Err(Code::NotInRealm)
    }

    fn set_alias(&mut self, _: &str, _: &str) -> Result<(), Code> {
        Err(Code::NotInRealm)
    }

    fn clear_alias(&mut self, _: &str, _: &str) -> Result<(), Code> {
        Err(Code::NotInRealm)
    }

    fn spawn(&mut self, _: &Spawn<'_>) -> Result<String, Code> {
        Err(Code::NotInRealm)
    }

    fn watch(&mut self, _: &str, _: bool) -> Result<(), Code> {
        Err(Code::NotInRealm)
    }

    fn unwatch(&mut self, _: &str) -> Result<(), Code> {
        Err(Code::NotInRealm)
    }

    fn here(&mut self) -> Here {
        Here::default()
    }

    fn stay(&mut self, _: Option<u64>) {}

    fn note(&mut self, _: &str) {}

    fn granted(&mut self, _: bool, _: &str) -> bool {
        false
    }
}

impl Keys for Alone {
    fn get(&mut self, _: &[u8]) -> Result<Option<Stored>, Code> {
        Err(Code::NotInRealm)
    }

    fn put(&mut self, _: &[u8], _: &[u8]) -> Result<u64, Code> {
        Err(Code::NotInRealm)
    }

    fn delete(&mut self, _: &[u8]) -> Result<(), Code> {
        Err(Code::NotInRealm)
    }

    fn compare_and_set(&mut self, _: &[u8], _: u64, _: &[u8]) -> Result<(u64, bool), Code> {
        Err(Code::NotInRealm)
    }

    fn list(&mut self, _: &[u8], _: &[u8], _: usize) -> Result<Vec<Vec<u8>>, Code> {
        Err(Code::NotInRealm)
    }

    fn watch(&mut self, _: &[u8], _: bool) -> Result<(), Code> {
        Err(Code::NotInRealm)
    }
}
