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
//! | 7. exact, or any one or all that fit a pattern | `resolve`; the first, or all, of `nearest_first` and `rows` that `Row::fits` |
//! | 8. both on names and on aliases | a scope; the empty one is that of names |
//!
//! Only atoms that run are in it.

use crate::rule::{DELIMITER, local_of};
use crate::{Search, limit};
use alloc::collections::{BTreeMap, BTreeSet};
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

impl Row {
    /// Whether its name, or an alias of that scope, fits. The empty scope is that of names; no pattern finds those that
    /// begin with a dot.
    pub fn fits(&self, scope: &str, search: &mut Search) -> bool {
        if scope.is_empty() {
            if local_of(&self.name).starts_with(HIDDEN) {
                return false;
            }
            return search.fits(&self.name) || search.fits(local_of(&self.name));
        }
        self.aliases.iter().any(|alias| alias.scope == scope && search.fits(&alias.alias))
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
    /// Scopes, and who has aliases in them.
    scopes: BTreeMap<String, BTreeSet<String>>,
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

    /// An atom runs at a node, with these aliases: as many as it may have.
    pub fn set(&mut self, name: &str, node: &str, mut aliases: Vec<Alias>) {
        aliases.truncate(limit::ALIASES);
        match self.rows.get_mut(name) {
            Some(row) if row.aliases == aliases => Arc::make_mut(row).node = node.into(),
            _ => {
                self.remove(name);
                self.locals.insert((local_of(name).into(), name.into()));
                for alias in &aliases {
                    self.scopes.entry(alias.scope.clone()).or_default().insert(name.into());
                }
                let row = Row { name: name.into(), node: node.into(), aliases };
                self.rows.insert(name.into(), Arc::new(row));
            }
        }
    }

    /// An atom does not run any more.
    pub fn remove(&mut self, name: &str) {
        let Some(row) = self.rows.remove(name) else { return };
        self.locals.remove(&(local_of(name).into(), name.into()));
        for alias in &row.aliases {
            if let Some(names) = self.scopes.get_mut(&alias.scope) {
                names.remove(name);
                if names.is_empty() {
                    self.scopes.remove(&alias.scope);
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

    /// What can fit in a scope, in order: all, when it is empty. Cheap, so that nobody has to hold the table still while
    /// a pattern is matched.
    #[must_use]
    pub fn rows(&self, scope: &str) -> Vec<Arc<Row>> {
        if scope.is_empty() {
            return self.rows.values().cloned().collect();
        }
        let names = self.scopes.get(scope).into_iter().flatten();
        names.filter_map(|name| self.rows.get(name).cloned()).collect()
    }

    /// As `rows`, the nearest first.
    #[must_use]
    pub fn nearest_first(&self, scope: &str) -> Vec<Arc<Row>> {
        let mut rows = self.rows(scope);
        rows.sort_by_cached_key(|row| self.distance(&row.node));
        rows
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
