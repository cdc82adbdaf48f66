//! Durable atoms: what comes for them is journaled before they see it and before anybody is told that it came.
//!
//! ```text
//! posts ──> journal ──(on the disk)──> mailbox ──> guest
//!   |                                    `───────> receipt
//!   `──> came before, or find no room ───────────> receipt
//! image kept ──> what it has leaves the journal
//! restore: newest image + what the journal of its node has since, as one image
//! ```
//!
//! At each place, and after each new beginning, an image is kept first: what comes waits until it is there.

use super::atom::{Atom, Failure};
use super::desk::{Desk, Gate};
use super::keys::{self, Change, Covered, Keys};
use super::node::Shared;
use crate::images::Error;
use crate::journal::{Cut, Journal, Kind};
use crate::module::lock;
use sojourn_abi::{AtomState, Baggage, Code, EventKind, Post, Receipt, Request, Response};
use sojourn_image::Image;
use sojourn_post::{Limits, Mailbox};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// With so much in the journal an image is kept, so that a restore does not take long.
const MANY_ENTRIES: u64 = 1 << 16;
/// As above, bytes.
const MANY_BYTES: u64 = 64 << 20;
/// Posts that wait for the first image; more are sent again.
const WAITING: usize = 4096;
/// How long another node may take to tell of its images.
const ABOUT_IMAGES: Duration = Duration::from_secs(3);

/// How far the journal of an atom is in what the atom has.
#[derive(Default)]
pub(crate) struct Journaled(Mutex<State>);

#[derive(Default)]
struct State {
    /// Whether an image is kept that all in the journal comes after.
    based: bool,
    /// What the atom has.
    cut: Cut,
    /// What it had when its mailbox was packed last.
    packed: Covered,
    /// Posts that wait for the first image, and where they came from.
    waiting: Vec<(Post, String)>,
}

impl Journaled {
    /// A change of its keys is in the journal, and made.
    pub(crate) fn changed(&self, sequence: u64) {
        let mut state = lock(&self.0);
        state.cut.changes = state.cut.changes.max(sequence);
    }

    /// Its mailbox is being packed.
    pub(crate) fn packed(&self) {
        let mut state = lock(&self.0);
        state.packed.cut = state.cut;
    }

    /// Posts are in the journal, and taken.
    fn taken(&self, sequence: u64) {
        let mut state = lock(&self.0);
        state.cut.posts = state.cut.posts.max(sequence);
    }

    /// What it had then.
    pub(crate) fn covered(&self) -> Covered {
        lock(&self.0).packed.clone()
    }

    fn is_based(&self) -> bool {
        lock(&self.0).based
    }

    /// What waits until there is an image; the posts where there is one.
    fn wait(&self, posts: Vec<Post>, from: &str) -> Vec<Post> {
        let mut state = lock(&self.0);
        if state.based {
            return posts;
        }
        let room = WAITING.saturating_sub(state.waiting.len());
        state.waiting.extend(posts.into_iter().take(room).map(|post| (post, from.to_string())));
        Vec::new()
    }

    fn base(&self) -> Vec<(Post, String)> {
        let mut state = lock(&self.0);
        state.based = true;
        std::mem::take(&mut state.waiting)
    }
}

/// What a guest is told of a failure of the journal.
pub(crate) fn code(error: &Error) -> Code {
    match error {
        Error::DiskFull { .. } => Code::DiskFull,
        Error::TooLong { .. } | Error::NoRoom { .. } => Code::NoRoom,
        _ => Code::Internal,
    }
}

impl Shared {
    /// Posts for a durable atom; what those senders are to be told who need not wait for the disk.
    pub(crate) fn deliver_durably(
        self: &Arc<Self>,
        desk: &Arc<Desk>,
        posts: Vec<Post>,
        from: &str,
    ) -> Vec<Receipt> {
        let posts = desk.journaled.wait(posts, from);
        let mut receipts = BTreeMap::new();
        let mut wanted = Vec::new();
        {
            let mut inner = desk.inner();
            if inner.gate == Gate::Ended {
                drop(inner);
                return Self::take(desk, posts);
            }
            for post in posts {
                let Some(post) = inner.admit(post) else { continue };
                if inner.mailbox.wants(&post) {
                    wanted.push(post);
                } else {
                    let receipt = inner.mailbox.accept(post).receipt;
                    receipts.insert(receipt.source.clone(), receipt);
                }
            }
        }
        if !wanted.is_empty() {
            self.write_down(desk, wanted, from);
        }
        receipts.into_values().collect()
    }

    fn write_down(self: &Arc<Self>, desk: &Arc<Desk>, posts: Vec<Post>, from: &str) {
        let journal = match self.journal() {
            Ok(journal) => journal,
            Err((_, text)) => return self.trouble(&text),
        };
        let contents = posts.iter().map(sojourn_abi::encode).collect();
        let (shared, written, from) = (Arc::downgrade(self), Arc::clone(desk), from.to_string());
        let done = move |result: Result<u64, Error>| {
            let Some(shared) = shared.upgrade() else { return };
            match result {
                Ok(sequence) => shared.take_journaled(&written, posts, sequence, &from),
                // Nobody is told that they came: they come again.
                Err(error) => {
                    shared.trouble(&format!("messages for {} are not journaled: {error}", written.name));
                }
            }
        };
        journal.append(&desk.name, Kind::Post, contents, Box::new(done));
    }

    fn take_journaled(self: &Arc<Self>, desk: &Arc<Desk>, posts: Vec<Post>, sequence: u64, from: &str) {
        let mut receipts: BTreeMap<String, Receipt> = BTreeMap::new();
        let (mut news, mut all, mut ends) = (false, true, false);
        {
            let mut inner = desk.inner();
            for post in posts {
                // It may be on its way elsewhere by now: then they follow it, and are journaled there.
                let Some(post) = inner.admit(post) else {
                    all = false;
                    continue;
                };
                let source = post.event.source.clone();
                ends |= post.event.kind == EventKind::Ended;
                news |= inner.mailbox.replay(post);
                let receipt = inner.mailbox.receipt(&source, false);
                receipts.insert(source, receipt);
            }
            if all {
                desk.journaled.taken(sequence);
            }
        }
        if ends {
            self.follow_links(desk);
        }
        if news {
            desk.notify();
        }
        self.hand_back(receipts.into_values().collect(), from);
    }

    /// An atom is here, or has begun anew: keeps its first image here, when it is durable.
    pub(crate) fn settle(self: &Arc<Self>, atom: &Arc<Atom>) {
        if !atom.desk.durable {
            return;
        }
        let atom = Arc::clone(atom);
        self.beside("base", move |shared| {
            // Where it fails it is tried again with the images that are due.
            let _ = shared.make_base(&atom);
        });
    }

    /// As `settle`, for one that is started or restored: its image is kept before whoever asked for that is told.
    pub(crate) fn make_first_image(self: &Arc<Self>, id: &str) {
        let Some(atom) = self.atom(id).filter(|atom| atom.desk.durable) else { return };
        if let Err((code, text)) = self.make_base(&atom)
            && !matches!(code, Code::Ended | Code::NotRunning)
        {
            self.trouble(&format!("messages for {id} wait, as no image of it is kept yet: {text}"));
        }
    }

    /// Keeps the image that all in the journal comes after.
    pub(crate) fn make_base(self: &Arc<Self>, atom: &Arc<Atom>) -> Result<(), Failure> {
        if !atom.desk.durable || atom.desk.journaled.is_based() {
            return Ok(());
        }
        self.checkpoint_of(atom, "it is durable").map(drop)
    }

    /// A new beginning: what the image before it says does not count any more.
    pub(crate) fn unsettle(desk: &Desk) {
        lock(&desk.journaled.0).based = false;
    }

    /// An atom is made from its baggage: what the journal has of it is in its mailbox and its keys, or does not count.
    pub(crate) fn journal_from_here(&self, desk: &Desk) {
        if let Ok(journal) = self.journal() {
            let mut state = lock(&desk.journaled.0);
            state.cut = Cut::all(journal.last());
            state.packed.node.clone_from(&self.settings.name);
        }
    }

    /// Whether an atom with this baggage can be here.
    ///
    /// # Errors
    /// `NoRoom` for a durable one where nothing is kept, `InvalidRequest`.
    pub(crate) fn check_baggage(&self, baggage: &Baggage) -> Result<(), Failure> {
        if baggage.life.as_ref().is_some_and(|life| life.durable) {
            self.journal()?;
        }
        let unread = || (Code::InvalidRequest, format!("the keys of {} cannot be read", baggage.name));
        keys::of(baggage).map(drop).ok_or_else(unread)
    }

    /// Whether an image of a durable atom is due, however often one is wanted.
    pub(crate) fn image_due(&self, atom: &Atom) -> bool {
        if !atom.desk.durable {
            return false;
        }
        let Ok(journal) = self.journal() else { return false };
        let load = journal.load(&atom.id);
        !atom.desk.journaled.is_based() || load.entries > MANY_ENTRIES || load.bytes > MANY_BYTES
    }

    /// An image is kept: what it has need not be in the journal.
    pub(crate) fn image_kept(self: &Arc<Self>, atom: &Atom, image: &Image) {
        let Ok(journal) = self.journal() else { return };
        if let Some(Covered { node, cut }) = covered_by_image(image)
            && node == self.settings.name
        {
            journal.cut(&atom.id, cut);
        }
        if !atom.desk.durable {
            return;
        }
        let mut groups: BTreeMap<String, Vec<Post>> = BTreeMap::new();
        for (post, from) in atom.desk.journaled.base() {
            groups.entry(from).or_default().push(post);
        }
        for (from, posts) in groups {
            let receipts = self.deliver_durably(&atom.desk, posts, &from);
            self.hand_back(receipts, &from);
        }
    }

    /// An image with what came after it, and without its word that something may have: where the journal is this node's.
    pub(crate) fn with_journal(&self, atom: &str, image: &mut Image) -> Result<(), Failure> {
        let journal = self.journal()?;
        let Some(Covered { cut, .. }) =
            covered_by_image(image).filter(|covered| covered.node == self.settings.name)
        else {
            return Ok(());
        };
        let mut entries = journal.entries(atom).map_err(|error| (Code::Internal, error.to_string()))?;
        entries.retain(|entry| !cut.covers(entry.kind, entry.sequence));
        let invalid = || (Code::InvalidRequest, format!("the journal of {atom} cannot be read"));
        let mut baggage: Baggage = sojourn_abi::decode(&image.mailbox).ok_or_else(invalid)?;
        let packed = baggage.mailbox.as_deref().ok_or_else(invalid)?;
        let mut mailbox = Mailbox::from_bytes(packed, Limits::default()).ok_or_else(invalid)?;
        let packed = baggage.keys.as_deref().ok_or_else(invalid)?;
        let (mut keys, _) = Keys::decode(packed).ok_or_else(invalid)?;
        for entry in entries {
            match entry.kind {
                Kind::Post => {
                    mailbox.replay(sojourn_abi::decode(&entry.content).ok_or_else(invalid)?);
                }
                Kind::Change => keys.expect(Change::decode(&entry.content).ok_or_else(invalid)?),
            }
        }
        baggage.mailbox = Some(mailbox.to_bytes());
        baggage.keys = keys.encode(None);
        image.mailbox = sojourn_abi::encode(&baggage);
        Ok(())
    }

    /// Nothing of an atom is needed any more.
    pub(crate) fn forget_journal(&self, atom: &str) {
        if let Ok(journal) = self.journal() {
            journal.cut(atom, Cut::all(journal.last()));
        }
    }

    /// What is here of atoms that are elsewhere goes once an image is kept there.
    pub(crate) fn sweep_journal(self: &Arc<Self>) {
        let Ok(journal) = self.journal() else { return };
        for id in journal.atoms() {
            let here = self.atom(&id).is_some_and(|atom| atom.state().phase != AtomState::Ended);
            let Some(place) = self.kernel(|kernel| kernel.place(&id)).filter(|place| !here && place.alive)
            else {
                continue;
            };
            if place.node == self.settings.name {
                continue;
            }
            let newest = self.image_rows(Some(&id)).iter().map(|row| row.epoch).max().unwrap_or(0);
            let last = journal.last();
            let request = Request::ImagesHere { atom: Some(id.clone()) };
            if let Response::ImageRows { rows } = self.ask(&place.node, None, request, ABOUT_IMAGES)
                && rows.iter().any(|row| row.node == place.node && row.epoch > newest)
                && self.atom(&id).is_none()
            {
                journal.cut(&id, Cut::all(last));
            }
        }
    }

    /// The journal of this node.
    ///
    /// # Errors
    /// `NoRoom`: it has no folder.
    pub(crate) fn journal(&self) -> Result<&Journal, Failure> {
        let none = || {
            let me = &self.settings.name;
            (Code::NoRoom, format!("it is durable, and {me} has no folder to keep its messages in"))
        };
        self.keeper.as_ref().map(super::image_keeper::Keeper::journal).ok_or_else(none)
    }
}

/// Whether an image of a durable atom has all that came for it.
///
/// # Errors
/// `NoImage`: it has not.
pub(crate) fn is_complete(id: &str, baggage: &Baggage) -> Result<(), Failure> {
    match baggage.keys.as_deref().and_then(keys::covered) {
        None => Ok(()),
        Some(Covered { node, .. }) => Err((
            Code::NoImage,
            format!(
                "messages that came for {id} after it are in the journal of {node}; restore it when that node runs, or \
                 name the image to go on without them"
            ),
        )),
    }
}

fn covered_by_image(image: &Image) -> Option<Covered> {
    let baggage: Baggage = sojourn_abi::decode(&image.mailbox)?;
    keys::covered(&baggage.keys?)
}
