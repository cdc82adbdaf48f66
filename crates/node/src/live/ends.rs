//! Whoever watches an atom hears of its end, once; whoever is linked to one that ends badly, ends, too.
//!
//! ```text
//! it ended here ──> a post of kind `Ended` to each watcher, wherever it is by now
//! its node is gone ──> the watchers' own nodes tell them: nobody else can
//! its node is silent ──(LOST)──> the same; it may only be cut off, so that the code says `Unreachable`
//! it was restored ──> it hears anew who watches it: its image may not know
//! ```
//!
//! The mailbox of the watcher knows whom it watches, and takes the first of these words only.

use super::atom::Atom;
use super::desk::{Desk, Gate};
use super::node::Shared;
use super::post::unknown;
use crate::module::lock;
use sojourn_abi::{AtomState, Code, Event, EventKind, Request, Response};
use sojourn_post::ends::{self, EXITED, FAILED, LINKED, STOPPED, ended};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// How long a node is silent before its atoms count as lost to those who watch them.
const LOST: Duration = Duration::from_secs(10);
/// How long the word of an end may take before it is asked for; an atom may be about to go on from an image.
const LATE: Duration = Duration::from_secs(3);
/// What is said of an atom that is lost.
const GONE: &str = "its node is gone";
/// How often silent nodes are thought of.
const LOOK: Duration = Duration::from_secs(1);
/// How long another node may take to say what it knows of an atom.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long an atom may take to end with another one.
const FOLLOW: Duration = Duration::from_mins(1);
/// Most threads that end atoms which are linked to others.
const ENDING: usize = 4;
/// Epochs of one lineage.
const LINEAGE: u32 = 32;

/// What a node has to do about ends of atoms that are not here.
#[derive(Default)]
pub(crate) struct Ends {
    peers: Mutex<Peers>,
    /// Atoms that nobody runs, where they were last, and since when.
    ended: Mutex<BTreeMap<String, (String, Instant)>>,
    looked_at: Mutex<Option<Instant>>,
    doomed: Mutex<Doomed>,
}

/// Nodes that there was a session with.
#[derive(Default)]
struct Peers {
    known: BTreeSet<String>,
    /// Those that are silent, and since when.
    silent: BTreeMap<String, Instant>,
}

/// Atoms that are to end with others.
#[derive(Default)]
struct Doomed {
    atoms: VecDeque<String>,
    threads: usize,
}

impl Shared {
    /// An atom has ended: whoever watches it hears of it, and whom it watches.
    pub(crate) fn tell_watchers(self: &Arc<Self>, atom: &Arc<Atom>) {
        let told = word(atom);
        atom.desk.inner().gate = Gate::Ended;
        self.part(&atom.desk, &told);
        if atom.desk.inner().mailbox.keeps_nothing() {
            self.posts.remove(&atom.desk);
        }
    }

    /// The word of an end goes to those who watch; those who are watched know that nobody does any more.
    pub(crate) fn part(self: &Arc<Self>, desk: &Arc<Desk>, told: &Event) {
        let (watchers, watching) = {
            let inner = desk.inner();
            let watchers: BTreeSet<String> = inner.mailbox.watchers().map(|(name, _)| name.into()).collect();
            let watching: Vec<(String, bool)> =
                inner.mailbox.watching().map(|(name, linked)| (name.into(), linked)).collect();
            (watchers, watching)
        };
        for watcher in &watchers {
            // Whoever has ended meanwhile needs no word.
            let _ = self.post(desk, watcher, told.clone());
        }
        // One word is enough: that of the end also says that nobody watches any more.
        for (other, linked) in watching.iter().filter(|(other, _)| !watchers.contains(other)) {
            let unwatch = Event { kind: EventKind::Unwatch, ..Event::default() };
            let _ = self.post(desk, other, if *linked { told.clone() } else { unwatch });
        }
    }

    /// Whoever has a desk watches an atom; where there is none, its end is told at once.
    ///
    /// # Errors
    /// `Busy`: too many are watched, or too many words wait to be heard.
    pub(crate) fn watch(self: &Arc<Self>, desk: &Arc<Desk>, name: &str, linked: bool) -> Result<(), Code> {
        let known = self.resolve_young(name).ok();
        self.watch_known(desk, name, known.as_deref(), linked)
    }

    /// As `watch`, with what is known of the name; nothing is waited for.
    pub(crate) fn watch_known(
        self: &Arc<Self>,
        desk: &Arc<Desk>,
        name: &str,
        known: Option<&str>,
        linked: bool,
    ) -> Result<(), Code> {
        let to = known.unwrap_or(name);
        desk.inner().mailbox.watch(to, linked)?;
        let sent = match known {
            Some(_) => self.post(desk, to, watch(linked)).map(drop),
            None => Err(Code::UnknownAtom),
        };
        let told = match sent {
            Err(Code::UnknownAtom) => desk.inner().mailbox.put_if_it_fits(unknown(to)),
            sent => sent,
        };
        if told.is_err() {
            desk.inner().mailbox.unwatch(to);
        }
        told
    }

    /// An atom is to end because one that it is linked to ended badly. It may be on its way elsewhere.
    pub(crate) fn doom(self: &Arc<Self>, atom: &str) {
        let mut doomed = lock(&self.ends.doomed);
        doomed.atoms.push_back(atom.into());
        if doomed.threads >= ENDING {
            return;
        }
        doomed.threads += 1;
        drop(doomed);
        self.beside("linked", |shared| {
            while let Some(atom) = shared.next_doomed() {
                let request = Request::Stop { atom, keep: false };
                let me = shared.settings.name.clone();
                // It may have ended meanwhile.
                let _ = shared.answer(request, &me, Instant::now() + FOLLOW);
            }
        });
    }

    fn next_doomed(&self) -> Option<String> {
        let mut doomed = lock(&self.ends.doomed);
        let next = doomed.atoms.pop_front();
        if next.is_none() {
            doomed.threads -= 1;
        }
        next
    }

    /// A session with a node stands.
    pub(crate) fn node_answers(&self, node: &str) {
        let mut peers = lock(&self.ends.peers);
        peers.silent.remove(node);
        peers.known.insert(node.into());
    }

    /// Somebody does not answer any more.
    pub(crate) fn falls_silent(&self, peer: &str) {
        let mut peers = lock(&self.ends.peers);
        if peers.known.contains(peer) {
            peers.silent.entry(peer.into()).or_insert_with(Instant::now);
        }
    }

    /// An atom is somewhere, or ended there.
    pub(crate) fn end_located(self: &Arc<Self>, atom: &str, node: &str, epoch: u64, alive: bool) {
        if !alive {
            lock(&self.ends.ended).insert(atom.into(), (node.into(), Instant::now()));
            return;
        }
        lock(&self.ends.ended).remove(atom);
        let restored = epoch >> LINEAGE > 1 && epoch & u64::from(u32::MAX) == 0;
        if !restored {
            return;
        }
        for desk in self.posts.all() {
            let linked =
                desk.inner().mailbox.watching().find(|(name, _)| *name == atom).map(|(_, linked)| linked);
            if let Some(linked) = linked {
                // It has ended again where this fails, and then that is heard.
                let _ = self.post(&desk, atom, watch(linked));
            }
        }
    }

    /// Those who watch atoms of which no word will come any more are told.
    pub(crate) fn tell_of_the_lost(self: &Arc<Self>) {
        self.ask_for_ends();
        let silent = self.silent_for_long();
        if silent.is_empty() {
            return;
        }
        let place = |name: &str| self.kernel(|kernel| kernel.place(name)).map(|place| place.node);
        let is_lost = |name: &str| place(name).is_some_and(|node| silent.contains(&node));
        for desk in self.posts.all() {
            for atom in concerned(&desk).iter().filter(|name| is_lost(name)) {
                self.tell_end(&desk, ended(atom, ends::LOST, Code::Unreachable.number().into(), GONE.into()));
            }
        }
    }

    /// A mailbox is open here: it may have missed ends on its way.
    pub(crate) fn look_for_ends(&self, desk: &Desk) {
        for atom in concerned(desk) {
            let place = self.kernel(|kernel| kernel.place(&atom)).filter(|place| !place.alive);
            if let Some(place) = place {
                lock(&self.ends.ended).insert(atom, (place.node, Instant::now()));
            }
        }
    }

    /// Asks how atoms ended that are watched here, where the word of it is late.
    fn ask_for_ends(self: &Arc<Self>) {
        let late: BTreeMap<String, String> = {
            let mut ended = lock(&self.ends.ended);
            let late = ended.iter().filter(|(_, (_, since))| since.elapsed() >= LATE);
            let late: BTreeMap<_, _> = late.map(|(atom, (node, _))| (atom.clone(), node.clone())).collect();
            ended.retain(|atom, _| !late.contains_key(atom));
            late
        };
        if late.is_empty() {
            return;
        }
        let mut asked: BTreeMap<String, Vec<Arc<Desk>>> = BTreeMap::new();
        for desk in self.posts.all() {
            for atom in concerned(&desk).into_iter().filter(|name| late.contains_key(name)) {
                asked.entry(atom).or_default().push(Arc::clone(&desk));
            }
        }
        for (atom, desks) in asked {
            let node = late[&atom].clone();
            self.beside("ends", move |shared| shared.ask_for_the_end(&atom, &node, &desks));
        }
    }

    /// Nodes that have been silent for long, now and then.
    fn silent_for_long(&self) -> Vec<String> {
        let mut looked_at = lock(&self.ends.looked_at);
        if looked_at.is_some_and(|at| at.elapsed() < LOOK) {
            return Vec::new();
        }
        *looked_at = Some(Instant::now());
        let peers = lock(&self.ends.peers);
        let silent = peers.silent.iter().filter(|(_, since)| since.elapsed() >= LOST);
        silent.map(|(node, _)| node.clone()).collect()
    }

    /// Nobody runs an atom, and whoever watches it has not heard how it ended: its node says so, or does not know it.
    fn ask_for_the_end(self: &Arc<Self>, atom: &str, node: &str, desks: &[Arc<Desk>]) {
        let me = self.settings.name.clone();
        let response = if node == me {
            self.here(Request::AtomsHere {}, &me)
        } else {
            self.ask(node, None, Request::AtomsHere {}, PATIENCE)
        };
        // One that is silent is looked after elsewhere.
        let Response::AtomRows { rows } = response else { return };
        let told = match rows.iter().find(|row| row.atom == atom) {
            None => ended(atom, ends::LOST, Code::Lost.number().into(), GONE.into()),
            // It ended before it heard who watches it.
            Some(row) => match row.state {
                AtomState::Ended | AtomState::Stopped => {
                    how_it_ended(atom, row.status, row.state, row.reason.clone().unwrap_or_default())
                }
                _ => return,
            },
        };
        if self.kernel(|kernel| kernel.place(atom)).is_none_or(|place| !place.alive) {
            for desk in desks {
                self.tell_end(desk, told.clone());
            }
        }
    }

    /// The word of an end. Whoever has no room for it is told later.
    fn tell_end(self: &Arc<Self>, desk: &Arc<Desk>, told: Event) {
        let news = {
            let mut inner = desk.inner();
            inner.gate == Gate::Open && inner.mailbox.fits(&told) && inner.mailbox.put(told)
        };
        if news {
            self.follow_links(desk);
            desk.notify();
        }
    }

    /// Something came to a desk: it may have been the end of one that its atom is linked to.
    pub(crate) fn follow_links(self: &Arc<Self>, desk: &Desk) {
        if desk.is_doomed_now() {
            self.doom(&desk.name);
        }
    }
}

/// Atoms whose ends concern one: those that it watches, and those that are linked to it.
fn concerned(desk: &Desk) -> Vec<String> {
    let inner = desk.inner();
    let linked = inner.mailbox.watchers().filter(|(_, linked)| *linked);
    inner.mailbox.watching().chain(linked).map(|(name, _)| name.to_string()).collect()
}

/// The word that goes to a node whose atom is watched.
pub(crate) fn watch(linked: bool) -> Event {
    let code = if linked { LINKED } else { 0 };
    Event { kind: EventKind::Watch, code, ..Event::default() }
}

/// How an atom ended.
fn word(atom: &Atom) -> Event {
    let (status, phase, reason) = {
        let state = atom.state();
        (state.status, state.phase, state.reason.clone().unwrap_or_default())
    };
    let doomed = atom.desk.inner().mailbox.doomed_by().is_some();
    let phase = if doomed { AtomState::Ended } else { phase };
    how_it_ended(&atom.id, status, phase, reason)
}

fn how_it_ended(atom: &str, status: Option<i32>, phase: AtomState, reason: String) -> Event {
    match (status, phase) {
        (Some(status), _) => ended(atom, EXITED, status.unsigned_abs(), String::new()),
        (None, AtomState::Stopped) => ended(atom, STOPPED, 0, String::new()),
        _ => ended(atom, FAILED, 0, reason),
    }
}
