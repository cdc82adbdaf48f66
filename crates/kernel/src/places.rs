//! What this node knows of atoms, and what it tells others of its own.

use crate::Output;
use crate::directory::{Place, Told};
use crate::kernel::{Kernel, Owned};
use crate::migrate::{source, target};
use alloc::vec::Vec;
use sojourn_abi::{Alias, Role};

impl Kernel {
    /// An atom was started or restored here.
    pub(crate) fn own(&mut self, atom: &str, epoch: u64) {
        self.owned.insert(atom.into(), Owned { epoch, offers: 0 });
        let place = Place { node: self.settings.name.clone(), epoch, alive: true };
        self.learn(atom, place.clone(), None, true);
        // Somebody speaks for it with a newer epoch already.
        if let Some(known) = self.directory.get(atom).cloned()
            && known != place
        {
            self.supersede(atom, &known);
        }
    }

    /// An atom of this node has ended.
    pub(crate) fn ended(&mut self, atom: &str) {
        self.leave_if(atom, source::Event::Ended);
        if let Some(owned) = self.owned.remove(atom) {
            let place = Place { node: self.settings.name.clone(), epoch: owned.epoch, alive: false };
            self.learn(atom, place, None, true);
        }
    }

    /// Aliases of an atom that this node speaks for, or is about to.
    pub(crate) fn alias(&mut self, atom: &str, aliases: Vec<Alias>) {
        let Some(told) = self.told(aliases, 0) else { return };
        if let Some(owned) = self.owned.get(atom) {
            let place = Place { node: self.settings.name.clone(), epoch: owned.epoch, alive: true };
            let version = self.directory.version(atom).saturating_add(1);
            self.learn(atom, place, Some(Told { version, ..told }), true);
        } else if let Some(coming) = self.coming.get_mut(atom) {
            coming.aliases = Some(told.aliases);
        }
    }

    /// What is said of aliases, if an atom may have so many.
    pub(crate) fn told(&mut self, aliases: Vec<Alias>, version: u64) -> Option<Told> {
        let limits = &self.settings.limits;
        let bytes: usize = aliases.iter().map(|alias| alias.scope.len() + alias.alias.len()).sum();
        if aliases.len() > limits.aliases || bytes > limits.alias_bytes {
            self.counters.refused += 1;
            return None;
        }
        Some(Told { version, aliases })
    }

    /// Takes news of an atom. `own` tells that they are this node's own word.
    pub(crate) fn learn(&mut self, atom: &str, mut place: Place, told: Option<Told>, own: bool) {
        if atom.is_empty() || atom.len() > self.settings.limits.atom_name_bytes {
            self.counters.refused += 1;
            return;
        }
        let of_me = !own && self.is_me(&place.node);
        if of_me {
            let said = self.directory.get(atom).filter(|_| self.directory.is_own(atom));
            if said.is_some_and(|said| said.epoch >= place.epoch) {
                return;
            }
            // A process of this name that has ended spoke for it: nobody does now.
            place.alive = false;
        }
        let located = self.directory.learn(atom, place.clone(), own);
        let named = told.is_some_and(|told| self.directory.learn_aliases(atom, &place, told, own));
        if !located && !named {
            return;
        }
        self.outputs.push_back(Output::Located {
            atom: atom.into(),
            epoch: place.epoch,
            node: place.node.clone(),
            alive: place.alive,
            aliases: self.directory.aliases(atom).to_vec(),
        });
        if own || of_me {
            self.spread(atom);
        }
        if located {
            self.take_notice(atom, &place, own);
        }
    }

    /// Nodes hear it: those with a session now, and those that are silent when they are back.
    fn spread(&mut self, atom: &str) {
        if self.settings.role != Role::Node {
            return;
        }
        for (name, peer) in &mut self.peers {
            if peer.role == Role::Node && peer.incarnation.is_some() {
                peer.news.insert(atom.into());
                self.touched.insert(name.clone());
            }
        }
    }

    /// What is here of an atom gives way to whoever speaks for it with a newer epoch.
    fn take_notice(&mut self, atom: &str, place: &Place, own: bool) {
        if self.coming.get(atom).is_some_and(|coming| coming.epoch < place.epoch) {
            self.come_if(atom, target::Event::Newer);
        }
        if own {
            return;
        }
        if self.owned.contains_key(atom) {
            self.supersede(atom, place);
        } else if self.leaving.get(atom).is_some_and(|leaving| leaving.epoch < place.epoch) {
            self.leave_if(atom, source::Event::Newer);
        }
    }

    fn supersede(&mut self, atom: &str, place: &Place) {
        self.owned.remove(atom);
        self.leave_if(atom, source::Event::Newer);
        self.outputs.push_back(Output::Supersede {
            atom: atom.into(),
            epoch: place.epoch,
            node: place.node.clone(),
        });
    }
}
