//! All names of a realm, as one node knows them, and the eight rules of looking them up.
//!
//! | rule | here |
//! |---|---|
//! | 1. each node has a unique flat name | the mesh sees to it |
//! | 2. each atom has a locally unique flat name | `is_local`; its node refuses one that is taken |
//! | 3. the global name is node, delimiter, local name | `global`; the node is the one of its birth, for atoms move |
//! | 4. a name without a node means any atom with it | `resolve`; a pattern fits an atom if it fits its global name or its local one |
//! | 5. one name, many scoped aliases | `Row` |
//! | 6. an alias is a pair: scope and alias | `sojourn_abi::Alias` |
//! | 7. exact, or any one or all that fit a pattern | `resolve`; the first of `nearest_first`, or all of `candidates`, that fit |
//! | 8. both on names and on aliases | a scope; the empty one is that of names |
//!
//! Only atoms that run are in it.

use crate::rule::{DELIMITER, is_alias, is_global, is_local, is_scope, local_of};
use crate::{Search, limit};
use alloc::collections::{BTreeMap, BTreeSet};
use alloc::format;
use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;
use sojourn_abi::Alias;

/// A local name that begins so is for those who know it, as a file's.
const HIDDEN: char = '.';

/// An atom that runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// Its global name.
    pub name: String,
    /// Where it is.
    pub node: String,
    /// Its aliases.
    pub aliases: Vec<Alias>,
}

/// What a pattern is matched with for one row: what it is called in a scope, in one piece of memory.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// A line each.
    texts: Arc<str>,
    /// The row.
    pub row: Arc<Row>,
}

impl Candidate {
    /// Whether a name, or an alias, fits.
    pub fn fits(&self, search: &mut Search) -> bool {
        self.texts.split('\n').any(|text| search.fits(text))
    }
}

/// All atoms that run, as one node knows them.
#[derive(Debug)]
pub struct Table {
    me: String,
    /// Nodes that there is a session with.
    met: BTreeSet<String>,
    rows: BTreeMap<String, Arc<Row>>,
    /// Local names, and who has them.
    locals: BTreeSet<(String, String)>,
    /// Scopes, and what whoever has aliases in them is called there. The empty scope is that of names.
    scopes: BTreeMap<String, BTreeMap<String, Candidate>>,
}

/// How far a node is: what decides which of several atoms is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Distance {
    Here,
    Met,
    Away,
}

impl Table {
    /// That of a node, which knows no atom yet.
    #[must_use]
    pub fn new(me: &str) -> Self {
        Self {
            me: me.into(),
            met: BTreeSet::new(),
            rows: BTreeMap::new(),
            locals: BTreeSet::new(),
            scopes: BTreeMap::new(),
        }
    }

    /// A node can be talked to.
    pub fn met(&mut self, node: &str) {
        self.met.insert(node.into());
    }

    /// A node does not answer: its atoms stay known, and others are nearer.
    pub fn parted(&mut self, node: &str) {
        self.met.remove(node);
    }

    fn distance(&self, node: &str) -> Distance {
        if node == self.me {
            Distance::Here
        } else if self.met.contains(node) {
            Distance::Met
        } else {
            Distance::Away
        }
    }

    /// An atom runs at a node, with these aliases: as many as it may have. What cannot be a name or an alias is left
    /// out, whoever told it.
    pub fn set(&mut self, name: &str, node: &str, mut aliases: Vec<Alias>) {
        self.remove(name);
        if !is_global(name) && !is_local(name) {
            return;
        }
        aliases.retain(|alias| is_scope(&alias.scope) && is_alias(&alias.alias));
        aliases.truncate(limit::ALIASES);
        let local = local_of(name);
        let row = Arc::new(Row { name: name.into(), node: node.into(), aliases });
        if !local.starts_with(HIDDEN) {
            let texts = if local == name { name.into() } else { format!("{name}\n{local}") };
            self.call(&row, "", &texts);
        }
        for (place, alias) in row.aliases.iter().enumerate() {
            let scope = &alias.scope;
            if row.aliases[..place].iter().all(|before| before.scope != *scope) {
                let all = row.aliases.iter().filter(|each| each.scope == *scope);
                let texts: Vec<&str> = all.map(|each| each.alias.as_str()).collect();
                self.call(&row, scope, &texts.join("\n"));
            }
        }
        self.locals.insert((local.into(), name.into()));
        self.rows.insert(name.into(), row);
    }

    fn call(&mut self, row: &Arc<Row>, scope: &str, texts: &str) {
        let candidate = Candidate { texts: texts.into(), row: Arc::clone(row) };
        self.scopes.entry(scope.into()).or_default().insert(row.name.clone(), candidate);
    }

    /// An atom does not run any more.
    pub fn remove(&mut self, name: &str) {
        let Some(row) = self.rows.remove(name) else { return };
        self.locals.remove(&(local_of(name).into(), name.into()));
        let scopes = row.aliases.iter().map(|alias| alias.scope.as_str());
        for scope in scopes.chain([""]) {
            if let Some(called) = self.scopes.get_mut(scope) {
                called.remove(name);
                if called.is_empty() {
                    self.scopes.remove(scope);
                }
            }
        }
    }

    /// An atom by its global name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Row> {
        self.rows.get(name).map(AsRef::as_ref)
    }

    /// The atom that is meant by a name: the one of that global name, or the nearest of that local name.
    #[must_use]
    pub fn resolve(&self, name: &str) -> Option<&Row> {
        if name.contains(DELIMITER) {
            return self.get(name);
        }
        let first = (String::from(name), String::new());
        let named = self.locals.range(first..).take_while(|(local, _)| local == name);
        let rows = named.filter_map(|(_, name)| self.get(name));
        // Of several that are as far, the first in order.
        rows.min_by_key(|row| self.distance(&row.node))
    }

    /// What can fit in a scope, in order of names. Cheap, so that nobody has to hold the table still while a pattern is
    /// matched. No pattern over names finds those that begin with a dot.
    #[must_use]
    pub fn candidates(&self, scope: &str) -> Vec<Candidate> {
        self.scopes.get(scope).into_iter().flat_map(BTreeMap::values).cloned().collect()
    }

    /// As `candidates`, the nearest first.
    #[must_use]
    pub fn nearest_first(&self, scope: &str) -> Vec<Candidate> {
        let mut candidates = self.candidates(scope);
        candidates.sort_by_cached_key(|candidate| self.distance(&candidate.row.node));
        candidates
    }

    /// How many atoms there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }
}
