//! Names of atoms: given at birth, never changed, found from any node.
//!
//! An atom's id is its global name: the node where it was born, `/`, its local name there. Whoever gives a local name
//! means any atom that has it: the nearest.

use super::ask::unknown_atom;
use super::atom::{Atom, Failure};
use super::node::Shared;
use crate::module::lock;
use sojourn_abi::{Alias, Code, NameRow, Request};
use sojourn_kernel::{Input, Output};
use sojourn_names as names;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long the node of an atom's birth may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Epochs of one lineage.
const LINEAGE: u32 = 32;
/// Letters that a name gets at random.
const TAIL: usize = 6;
/// Bytes that people are shown of what cannot be a name.
const SHOWN: usize = 80;
/// Letters of a program's name that go into its atoms' names.
const STEM: usize = 40;

/// What a node knows of names: what its kernel says, in the order that look-ups need.
pub(crate) struct Names {
    /// Names of atoms that are being started.
    births: Mutex<BTreeSet<String>>,
    table: Mutex<names::Table>,
    patterns: Mutex<names::Patterns>,
    /// Held while aliases of an atom change, so that the kernel hears of changes in their order.
    changing: Mutex<()>,
}

impl Names {
    pub(crate) fn new(me: &str) -> Self {
        Self {
            births: Mutex::default(),
            table: Mutex::new(names::Table::new(me)),
            patterns: Mutex::default(),
            changing: Mutex::default(),
        }
    }

    /// Takes what the kernel says, under its lock: whoever asks next knows it.
    pub(crate) fn follow(&self, output: &Output) {
        match output {
            Output::Located { atom, node, alive: true, aliases, .. } => {
                lock(&self.table).set(atom, node, aliases.clone());
            }
            Output::Located { atom, .. } => lock(&self.table).remove(atom),
            Output::Connected { peer, .. } => lock(&self.table).met(peer),
            Output::Disconnected { peer, .. } => lock(&self.table).parted(peer),
            _ => {}
        }
    }
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
    /// `InvalidName`; `AtomNameTaken`: there is such an atom, or one can be restored.
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
            return Err((Code::InvalidName, format!("{:?} cannot be the name of an atom", shown(local))));
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
        let former = self.atom(name);
        if former.as_ref().is_some_and(|atom| atom.state().alive()) {
            return taken(format!("{name} runs here"));
        }
        if let Some(place) = self.kernel(|kernel| kernel.place(name)) {
            if place.alive {
                return taken(format!("{name} was born here before, and is at {}", place.node));
            }
            birth.epoch = ((place.epoch >> LINEAGE) + 1) << LINEAGE;
        }
        if !self.image_rows(Some(&birth.name)).is_empty() {
            return taken(format!("images of {} are kept here, which it can be restored from", birth.name));
        }
        // What is left of one that nobody can restore gives way.
        if former.is_some() {
            self.dismiss(&birth.name);
            self.forget_images(&birth.name)?;
        }
        Ok(birth)
    }

    /// The global name of an atom that runs: itself, or for a local name the nearest that has it.
    ///
    /// # Errors
    /// `UnknownAtom`.
    pub(crate) fn resolve(&self, name: &str) -> Result<String, Failure> {
        let meant = lock(&self.names.table).resolve(name).map(|row| row.name.clone());
        meant.ok_or_else(|| unknown_atom(name))
    }

    /// As `resolve`, also for an atom so young that this node has not heard of it: the node of its birth is asked, whose
    /// answer comes after its news.
    ///
    /// # Errors
    /// `UnknownAtom`.
    pub(crate) fn resolve_young(self: &Arc<Self>, name: &str) -> Result<String, Failure> {
        let known = self.resolve(name);
        let Some((birth, _)) = name.split_once(names::DELIMITER).filter(|_| known.is_err()) else {
            return known;
        };
        if self.kernel(|kernel| kernel.place(name)).is_some()
            || !self.node_peers().iter().any(|peer| peer == birth)
        {
            return known;
        }
        let _ = self.ask(birth, None, Request::Node {}, PATIENCE);
        self.resolve(name)
    }

    /// Atoms whose name, or alias in a scope, fits a pattern: in order, or with `any` the nearest. The empty pattern
    /// fits all.
    ///
    /// # Errors
    /// `InvalidPattern`.
    pub(crate) fn find(&self, scope: &str, pattern: &str, any: bool) -> Result<Vec<NameRow>, Failure> {
        let pattern = if pattern.is_empty() { ".*" } else { pattern };
        let pattern = lock(&self.names.patterns).get(pattern);
        let mut search = pattern.map_err(|refusal| (Code::InvalidPattern, refusal.to_string()))?.search();
        let candidates = {
            let table = lock(&self.names.table);
            if any { table.nearest_first(scope) } else { table.candidates(scope) }
        };
        let fitting = candidates.iter().filter(|candidate| candidate.fits(&mut search));
        let most = if any { 1 } else { usize::MAX };
        let row = |row: &names::Row| NameRow {
            atom: row.name.clone(),
            node: row.node.clone(),
            aliases: row.aliases.clone(),
        };
        Ok(fitting.take(most).map(|candidate| row(&candidate.row)).collect())
    }

    /// Gives an atom, or a box, of this node an alias.
    ///
    /// # Errors
    /// `InvalidName`; `TooLarge` when it has too many.
    pub(crate) fn set_alias(&self, atom: &str, alias: Alias) -> Result<(), Failure> {
        check(std::slice::from_ref(&alias))?;
        self.change_aliases(atom, |aliases| {
            if !aliases.contains(&alias) {
                aliases.push(alias);
            }
        })
    }

    /// Takes an alias back; an empty one: all of the scope.
    ///
    /// # Errors
    /// `InvalidName`.
    pub(crate) fn clear_alias(&self, atom: &str, scope: &str, alias: &str) -> Result<(), Failure> {
        if !names::is_scope(scope) || !(alias.is_empty() || names::is_alias(alias)) {
            return Err(not_an_alias(scope, alias));
        }
        let goes = |each: &Alias| each.scope == scope && (alias.is_empty() || each.alias == alias);
        self.change_aliases(atom, |aliases| aliases.retain(|each| !goes(each)))
    }

    fn change_aliases(&self, id: &str, change: impl FnOnce(&mut Vec<Alias>)) -> Result<(), Failure> {
        let _one_by_one = lock(&self.names.changing);
        let atom = self.atom(id);
        let mut aliases = match &atom {
            Some(atom) => atom.state().aliases.clone(),
            None => self.kernel(|kernel| kernel.aliases(id)),
        };
        change(&mut aliases);
        check(&aliases)?;
        if let Some(atom) = atom {
            atom.state().aliases.clone_from(&aliases);
        }
        self.tell(Input::Alias { atom: id.into(), aliases });
        Ok(())
    }

    /// This node speaks for an atom from now on, and tells its aliases.
    pub(crate) fn own(&self, atom: &Atom, epoch: u64) {
        self.tell(Input::own(&atom.id, epoch));
        self.tell_aliases(&atom.id);
    }

    /// The kernel hears what aliases an atom has that is here.
    pub(crate) fn tell_aliases(&self, id: &str) {
        let _one_by_one = lock(&self.names.changing);
        if let Some(atom) = self.atom(id) {
            let aliases = atom.state().aliases.clone();
            self.tell(Input::Alias { atom: id.into(), aliases });
        }
    }

    /// The atom that somebody means by a local name: the nearest that runs, else one that has ended.
    fn meant(&self, local: &str) -> Option<String> {
        if let Ok(name) = self.resolve(local) {
            return Some(name);
        }
        let named = |name: &&String| names::local_of(name) == local;
        if let Some(here) = lock(&self.atoms).keys().find(named) {
            return Some(here.clone());
        }
        self.kernel(|kernel| kernel.places().into_iter().map(|(name, _)| name).find(|name| named(&name)))
    }

    /// A request with the global name of the atom that it is about. One that nobody knows stays as it was given.
    pub(crate) fn with_global_name(&self, mut request: Request) -> Request {
        if let Some(name) = atom_of(&mut request)
            && !name.contains(names::DELIMITER)
            && self.atom(name).is_none()
            && let Some(meant) = self.meant(name)
        {
            *name = meant;
        }
        request
    }
}

/// Refuses what cannot be the aliases of an atom.
///
/// # Errors
/// `InvalidName`, `TooLarge`.
pub(crate) fn check(aliases: &[Alias]) -> Result<(), Failure> {
    let valid = |each: &&Alias| names::is_scope(&each.scope) && names::is_alias(&each.alias);
    if let Some(wrong) = aliases.iter().find(|each| !valid(each)) {
        return Err(not_an_alias(&wrong.scope, &wrong.alias));
    }
    let bytes: usize = aliases.iter().map(|each| each.scope.len() + each.alias.len()).sum();
    let (most, most_bytes) = (names::limit::ALIASES, names::limit::ALIASES_BYTES);
    if aliases.len() > most || bytes > most_bytes {
        let text = format!("an atom can have {most} aliases of together {most_bytes} bytes, and no more");
        return Err((Code::TooLarge, text));
    }
    Ok(())
}

fn not_an_alias(scope: &str, alias: &str) -> Failure {
    let (scope, alias) = (shown(scope), shown(alias));
    (Code::InvalidName, format!("{scope:?}: {alias:?} cannot be the scope of an alias, and the alias"))
}

/// What is shown of a name that is none: it may be as long as a guest's memory.
fn shown(name: &str) -> &str {
    name.get(..name.floor_char_boundary(SHOWN)).unwrap_or(name)
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
        | Request::Reload { atom, .. }
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
    let letters =
        program.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
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
