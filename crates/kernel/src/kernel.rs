//! Puts the parts together: what comes in, what goes out, and when.

use crate::directory::{Directory, Place};
use crate::frame::Seal;
use crate::limit::Settings;
use crate::migrate::{source, target};
use crate::session::Peer;
use crate::{Input, Output};
use alloc::collections::{BTreeMap, BTreeSet, VecDeque};
use alloc::string::String;
use alloc::vec::Vec;
use sojourn_abi::{Alias, Lane, Role};

/// An atom that this node speaks for.
#[derive(Debug)]
pub(crate) struct Owned {
    pub epoch: u64,
    /// Offers made of it: each gets an epoch of its own, so that nothing of an earlier attempt is taken for a later's.
    pub offers: u64,
}

/// An atom on its way from here.
#[derive(Debug)]
pub(crate) struct Leaving {
    pub id: u64,
    pub target: String,
    /// Epoch of the offer.
    pub epoch: u64,
    pub state: source::State,
    pub deadline: Option<u64>,
    /// Number of the last message of it in the bulk lane, once it is there.
    pub last: Option<u64>,
}

/// An atom on its way to here.
#[derive(Debug)]
pub(crate) struct Coming {
    pub source: String,
    /// Epoch of the offer.
    pub epoch: u64,
    pub state: target::State,
    pub deadline: u64,
    /// Its aliases, as far as its node has told them.
    pub aliases: Option<Vec<Alias>>,
}

/// What was counted since the start.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counters {
    /// Frames sent.
    pub sent: u64,
    /// Frames that came.
    pub received: u64,
    /// Frames that came and were not authentic, not readable, or not from anybody who may send them.
    pub refused: u64,
    /// Messages sent again.
    pub resent: u64,
    /// Messages that came again.
    pub repeated: u64,
    /// News of atoms that the directory had no room for.
    pub unplaced: u64,
}

/// The logic of a node.
pub struct Kernel {
    pub(crate) settings: Settings,
    pub(crate) seal: Seal,
    pub(crate) now: u64,
    pub(crate) peers: BTreeMap<String, Peer>,
    /// Clients that went long ago: their session cannot go on.
    pub(crate) forgotten: VecDeque<(String, u64)>,
    /// Numbers given to hellos.
    pub(crate) nonces: u64,
    /// Strangers told in a second that they may not join.
    pub(crate) denials: (u64, u32),
    pub(crate) directory: Directory,
    pub(crate) owned: BTreeMap<String, Owned>,
    pub(crate) leaving: BTreeMap<String, Leaving>,
    pub(crate) coming: BTreeMap<String, Coming>,
    pub(crate) outputs: VecDeque<Output>,
    /// Peers that may have something to be sent.
    pub(crate) touched: BTreeSet<String>,
    pub(crate) counters: Counters,
}

impl Kernel {
    /// One that knows nobody yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            seal: Seal::new(&settings.realm, &settings.key),
            now: 0,
            peers: BTreeMap::new(),
            forgotten: VecDeque::new(),
            nonces: 0,
            denials: (0, 0),
            directory: Directory::new(settings.limits.places, settings.limits.directory_alias_bytes),
            owned: BTreeMap::new(),
            leaving: BTreeMap::new(),
            coming: BTreeMap::new(),
            outputs: VecDeque::new(),
            touched: BTreeSet::new(),
            counters: Counters::default(),
            settings,
        }
    }

    /// Takes what happened at `now_ns`, of a clock that never goes back.
    pub fn handle(&mut self, input: Input, now_ns: u64) {
        self.at(now_ns);
        match input {
            Input::Up { name, incarnation, role } => self.up(&name, incarnation, role),
            Input::Down { name, incarnation } => self.down(&name, incarnation),
            Input::Frame(frame) => self.frame(&frame),
            Input::Send { to, lane, message } => self.send_for_node(to, lane, message),
            Input::Own { atom, epoch } => self.own(&atom, epoch),
            Input::Alias { atom, aliases } => self.alias(&atom, aliases),
            Input::Ended { atom } => self.ended(&atom),
            Input::Move { id, atom, target, facts } => self.offer(id, atom, &target, facts),
            Input::Cancel { atom, code, text } => self.cancel(&atom, code, text),
            Input::Converged { atom } => self.converged(&atom),
            Input::Sealed { atom, image, sizes, baggage } => self.sealed(&atom, image, sizes, baggage),
            Input::Taken { atom, epoch } => self.taken(&atom, epoch),
            Input::Declined { atom, epoch, code, text } => self.declined(&atom, epoch, code, text),
            Input::Built { atom, epoch } => self.built(&atom, epoch),
        }
        self.flush();
    }

    /// Does what is due at `now_ns`.
    pub fn tick(&mut self, now_ns: u64) {
        self.at(now_ns);
        self.tick_peers();
        self.tick_moves();
        self.flush();
    }

    fn at(&mut self, now: u64) {
        self.now = self.now.max(now);
    }

    /// What is to be done next.
    pub fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    /// When to call `tick` at the latest.
    #[must_use]
    pub fn next_timeout(&self) -> Option<u64> {
        let peers = self.peers.values().filter_map(|peer| peer.next_timeout(&self.settings.times));
        let leaving = self.leaving.values().filter_map(|leaving| leaving.deadline);
        let coming = self.coming.values().map(|coming| coming.deadline);
        peers.chain(leaving).chain(coming).min()
    }

    /// Bytes that the bulk lane to a peer takes now; none when there is no session.
    #[must_use]
    pub fn room(&self, peer: &str) -> u64 {
        match self.peers.get(peer) {
            Some(peer) if peer.stands() => peer.lane(Lane::Bulk).sender.room(),
            _ => 0,
        }
    }

    /// Where an atom is, as far as known.
    #[must_use]
    pub fn place(&self, atom: &str) -> Option<Place> {
        self.directory.get(atom).cloned()
    }

    /// Where all atoms are.
    #[must_use]
    pub fn places(&self) -> Vec<(String, Place)> {
        self.directory.iter().map(|(atom, place)| (atom.clone(), place.clone())).collect()
    }

    /// Aliases of an atom, as far as known; of one that came and is not owned yet, those that it has here.
    #[must_use]
    pub fn aliases(&self, atom: &str) -> Vec<Alias> {
        let coming = self.coming.get(atom).and_then(|coming| coming.aliases.as_deref());
        coming.unwrap_or_else(|| self.directory.aliases(atom)).to_vec()
    }

    /// Whom there is a session with.
    #[must_use]
    pub fn peers(&self) -> Vec<(String, Role)> {
        let standing = self.peers.iter().filter(|(_, peer)| peer.stands());
        standing.map(|(name, peer)| (name.clone(), peer.role)).collect()
    }

    /// Atoms that this node speaks for, and their epochs.
    #[must_use]
    pub fn owned(&self) -> Vec<(String, u64)> {
        self.owned.iter().map(|(atom, owned)| (atom.clone(), owned.epoch)).collect()
    }

    /// What was counted.
    #[must_use]
    pub fn counters(&self) -> Counters {
        let mut counters = self.counters;
        for peer in self.peers.values() {
            for lane in [Lane::Control, Lane::Bulk] {
                counters.resent += peer.lane(lane).sender.resent();
                counters.repeated += peer.lane(lane).receiver.repeats();
            }
        }
        counters.unplaced = self.directory.dropped();
        counters
    }

    pub(crate) fn is_me(&self, node: &str) -> bool {
        node == self.settings.name
    }

    pub(crate) fn after(&self, wait: u64) -> u64 {
        self.now.saturating_add(wait)
    }
}
