//! Names of atoms: given at birth, never changed, found from any node.
//!
//! An atom's id is its global name: the node where it was born, `/`, its local name there. Whoever gives a local name
//! means any atom that has it: the nearest.

use super::ask::unknown_atom;
use super::atom::Failure;
use super::node::Shared;
use crate::module::lock;
use sojourn_abi::{Code, Request};
use sojourn_names as names;
use std::collections::BTreeSet;
use std::sync::Mutex;

/// Epochs of one lineage.
const LINEAGE: u32 = 32;
/// Letters that a name gets at random.
const TAIL: usize = 6;
/// Letters of a program's name that go into its atoms' names.
const STEM: usize = 40;

/// What a node knows of names beside its kernel.
#[derive(Default)]
pub(crate) struct Names {
    /// Names of atoms that are being started.
    births: Mutex<BTreeSet<String>>,
}

/// A name that nobody else can be given while an atom of it is being started.
pub(crate) struct Birth<'n> {
    names: &'n Names,
    /// The global name.
    pub(crate) name: String,
    /// The first epoch of its atom: newer than any of a former one of that name.
    pub(crate) epoch: u64,
}

impl Drop for Birth<'_> {
    fn drop(&mut self) {
        lock(&self.names.births).remove(&self.name);
    }
}

/// A local name made from a program's.
pub(crate) fn unlike_others(program: &str) -> String {
    format!("{}-{}", stem(program), tail())
}

impl Shared {
    /// A name for an atom that is to be born here: the one that is asked for, or one made from its program's.
    ///
    /// # Errors
    /// `InvalidName`; `AtomNameTaken`: there is such an atom, or something is kept of one.
    pub(crate) fn birth(&self, wanted: Option<&str>, program: &str) -> Result<Birth<'_>, Failure> {
        let Some(local) = wanted else {
            loop {
                let name = names::global(&self.settings.name, &unlike_others(program));
                if let Ok(birth) = self.reserve(name) {
                    return Ok(birth);
                }
            }
        };
        if !names::is_local(local) {
            return Err((Code::InvalidName, format!("{local:?} cannot be the name of an atom")));
        }
        self.reserve(names::global(&self.settings.name, local))
    }

    fn reserve(&self, name: String) -> Result<Birth<'_>, Failure> {
        let taken = |text: String| Err((Code::AtomNameTaken, text));
        if !lock(&self.names.births).insert(name.clone()) {
            return taken(format!("another {name} is being started"));
        }
        // From here on its drop gives the name free.
        let mut birth = Birth { names: &self.names, name, epoch: 1 << LINEAGE };
        let name = &birth.name;
        if let Some(atom) = self.atom(name) {
            let alive = atom.state().alive();
            let is = if alive { "runs here" } else { "has ended, and its output is still kept" };
            return taken(format!("{name} {is}"));
        }
        if let Some(place) = self.kernel(|kernel| kernel.place(name)) {
            if place.alive {
                return taken(format!("{name} was born here before, and is at {}", place.node));
            }
            birth.epoch = ((place.epoch >> LINEAGE) + 1) << LINEAGE;
        }
        if !self.image_rows(Some(&birth.name)).is_empty() {
            return taken(format!("images of an earlier {} are kept here", birth.name));
        }
        Ok(birth)
    }

    /// The global name of an atom that runs: itself, or for a local name the nearest that has it.
    ///
    /// # Errors
    /// `UnknownAtom`.
    pub(crate) fn resolve(&self, name: &str) -> Result<String, Failure> {
        let alive = |name: &str| self.kernel(|kernel| kernel.place(name)).is_some_and(|place| place.alive);
        if alive(name) {
            return Ok(name.into());
        }
        self.namesakes(name).into_iter().find(|name| alive(name)).ok_or_else(|| unknown_atom(name))
    }

    /// All atoms with a local name: those that run before those that have ended, those here before others.
    fn namesakes(&self, local: &str) -> Vec<String> {
        let me = &self.settings.name;
        let mut places = self.kernel(sojourn_kernel::Kernel::places);
        places.retain(|(name, _)| names::local_of(name) == local);
        places.sort_by(|(a, at), (b, bt)| {
            let far = |place: &sojourn_kernel::Place| (!place.alive, place.node != *me);
            (far(at), a).cmp(&(far(bt), b))
        });
        places.into_iter().map(|(name, _)| name).collect()
    }

    /// A request with the global name of the atom that it is about. One that nobody knows stays as it was given.
    pub(crate) fn with_global_name(&self, mut request: Request) -> Request {
        if let Some(name) = atom_of(&mut request)
            && !name.contains(names::DELIMITER)
            && self.atom(name).is_none()
            && let Some(nearest) = self.namesakes(name).into_iter().next()
        {
            *name = nearest;
        }
        request
    }
}

/// The atom that a request is about.
fn atom_of(request: &mut Request) -> Option<&mut String> {
    match request {
        Request::Read { atom, .. }
        | Request::Move { atom, .. }
        | Request::Stop { atom, .. }
        | Request::Checkpoint { atom }
        | Request::Snapshot { atom }
        | Request::Forget { atom }
        | Request::Restore { atom, .. }
        | Request::WatchAtom { atom, .. }
        | Request::Keys { atom, .. }
        | Request::Moves { atom: Some(atom) }
        | Request::Images { atom: Some(atom) } => Some(atom),
        _ => None,
    }
}

/// What is made of a program's name.
fn stem(program: &str) -> String {
    let letters = program.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
    let stem: String = letters.take(STEM).collect();
    let stem = stem.trim_matches('-');
    if stem.is_empty() { "atom".into() } else { stem.into() }
}

/// What makes a name unique.
fn tail() -> String {
    const DIGITS: &[u8] = b"abcdefghijkmnpqrstuvwxyz23456789";
    let random = super::random_u64().to_le_bytes();
    random[..TAIL].iter().map(|byte| char::from(DIGITS[usize::from(*byte) % DIGITS.len()])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_made_of_a_programs_name_can_be_a_name() {
        for program in ["Counter 2", "", "--", "ü", &"x".repeat(200), "a.wasm"] {
            let local = format!("{}-{}", stem(program), tail());
            assert!(names::is_local(&local), "{local}");
        }
        assert_eq!(stem("Counter 2"), "counter-2");
    }
}
