//! Boxes: mailboxes at this node for clients, which are no atoms.
//!
//! ```text
//! OpenBox -> box `node/name`: Receive (long poll, numbered answers), Post, WatchAtom -> CloseBox, or a minute of silence
//! Post, Call without a name -> box `node/.client`, which nobody sees, one for each client: its messages have an order
//! ```
//!
//! | file | what it is |
//! |---|---|
//! | `one` | a box: its desk, who waits at it, its answers |
//! | `talk` | what is received and sent by way of boxes |

mod one;
mod talk;

pub(super) use talk::unsent;

use super::ask::unknown_atom;
use super::atom::Failure;
use super::desk::{Desk, Gate};
use super::node::{Shared, spawn};
use crate::module::lock;
use one::{InUse, PostBox};
use sojourn_abi::{Alias, Code, Request, Response};
use sojourn_kernel::Input;
use sojourn_names as names;
use sojourn_post::ends::{EXITED, ended};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

/// Most boxes of a node, those among them that nobody sees.
const BOXES: usize = 4096;
/// How often is looked for boxes that may go.
const SWEEP: Duration = Duration::from_secs(5);
/// What begins the local name of a box that nobody sees.
const HIDDEN: char = '.';
/// What names are made of that nobody asks for.
const PROGRAM: &str = "box";

/// All boxes of a node.
#[derive(Default)]
pub(crate) struct Boxes {
    all: Mutex<BTreeMap<String, Arc<PostBox>>>,
    /// Held while a client is given a box that it did not ask for.
    making: Mutex<()>,
    /// Whether a thread looks for boxes that may go.
    swept: AtomicBool,
}

impl Shared {
    /// Answers a request about boxes, or in the name of one.
    pub(crate) fn box_request(self: &Arc<Self>, request: Request, asker: &str) -> Result<Response, Failure> {
        match request {
            Request::OpenBox { name, aliases } => self.open_box(&name, aliases),
            Request::Receive { name, most, wait_ms, after } => self.receive(&name, most, wait_ms, after),
            Request::CloseBox { name } => self.close_box(&name),
            Request::WatchAtom { name, atom } => self.watch_for(&name, &atom),
            Request::Post { to, event, wait_ms, name } => {
                let sender = self.sender(name.as_deref(), asker)?;
                self.post_for(&sender, &to, event, deadline(wait_ms))
            }
            Request::Call { to, event, wait_ms, name } => {
                let caller = self.sender(name.as_deref(), asker)?;
                self.call_for(&caller, &to, event, wait_ms)
            }
            _ => Err((Code::InvalidRequest, "nodes are not asked this".into())),
        }
    }

    /// The box in whose name something is sent.
    fn sender(self: &Arc<Self>, name: Option<&str>, asker: &str) -> Result<InUse, Failure> {
        match name {
            Some(name) => self.open_one(name),
            None => self.hidden_box(asker),
        }
    }

    fn open_box(self: &Arc<Self>, name: &str, aliases: Vec<Alias>) -> Result<Response, Failure> {
        if name.starts_with(HIDDEN) {
            return Err((
                Code::InvalidName,
                format!("{name:?}: the name of a box cannot begin with {HIDDEN}"),
            ));
        }
        super::names::check(&aliases)?;
        let opened = self.make_box(Some(name).filter(|name| !name.is_empty()))?;
        if !aliases.is_empty() {
            self.tell(Input::Alias { atom: opened.desk.name.clone(), aliases });
        }
        let (atom, node) = (opened.desk.name.clone(), self.settings.name.clone());
        let epoch = self.kernel(|kernel| kernel.place(&atom)).map_or(0, |place| place.epoch);
        Ok(Response::Placed { atom, node, epoch, listening: Vec::new() })
    }

    fn make_box(self: &Arc<Self>, local: Option<&str>) -> Result<InUse, Failure> {
        let birth = self.birth(local, PROGRAM)?;
        let mut all = lock(&self.boxes.all);
        if all.len() >= BOXES {
            return Err((Code::NoRoom, format!("{} has {BOXES} boxes", self.settings.name)));
        }
        let made = PostBox::new(&birth.name);
        self.add_box(&mut all, &made);
        drop(all);
        self.posts.add(&made.desk);
        self.tell(Input::Own { atom: birth.name.clone(), epoch: birth.epoch });
        Ok(InUse::new(&made))
    }

    /// Adds a box to all; from now on somebody looks when it may go.
    fn add_box(self: &Arc<Self>, all: &mut BTreeMap<String, Arc<PostBox>>, made: &Arc<PostBox>) {
        if !self.boxes.swept.swap(true, SeqCst) {
            let swept = Arc::downgrade(self);
            spawn("boxes", move || sweep(&swept));
        }
        all.insert(made.desk.name.clone(), Arc::clone(made));
    }

    /// The box that a client has without asking for one.
    fn hidden_box(self: &Arc<Self>, asker: &str) -> Result<InUse, Failure> {
        let mut local = format!("{HIDDEN}{asker}");
        local.truncate(names::limit::LOCAL_BYTES);
        let name = names::global(&self.settings.name, &local);
        // Two requests of a client that come at once make one box.
        let _one_at_a_time = lock(&self.boxes.making);
        match self.open_one(&name) {
            Err((Code::UnknownAtom, _)) => self.make_box(Some(&local)),
            known => known,
        }
    }

    fn open_one(&self, name: &str) -> Result<InUse, Failure> {
        let all = lock(&self.boxes.all);
        let known = all.get(name).filter(|known| !known.state().closed);
        known.map(InUse::new).ok_or_else(|| gone(name))
    }

    fn close_box(self: &Arc<Self>, name: &str) -> Result<Response, Failure> {
        let closing = Arc::clone(&self.open_one(name)?.0);
        self.end_box(&closing);
        Ok(Response::Done {})
    }

    /// A desk that was no box is one from now on, which is closed: it ends as boxes do.
    pub(crate) fn end_desk(self: &Arc<Self>, desk: &Arc<Desk>) {
        let over = PostBox::at(Arc::clone(desk));
        self.add_box(&mut lock(&self.boxes.all), &over);
        self.end_box(&over);
    }

    /// Ends a box. What comes from now on is acknowledged, and dropped; it stays until what it sent has arrived.
    fn end_box(self: &Arc<Self>, over: &Arc<PostBox>) {
        let ended_before = std::mem::replace(&mut over.state().closed, true);
        if !ended_before {
            over.desk.close(Gate::Ended);
            over.desk.notify();
            self.part(&over.desk, &ended(&over.desk.name, EXITED, 0, String::new()));
        }
        if over.is_over() {
            let name = over.desk.name.as_str();
            self.posts.remove(&over.desk);
            self.tell(Input::Ended { atom: name.into() });
            lock(&self.boxes.all).remove(name);
        }
    }
}

/// Boxes that nobody asks for go, as long as there are any.
fn sweep(watched: &Weak<Shared>) {
    loop {
        std::thread::sleep(SWEEP);
        let Some(shared) = watched.upgrade().filter(|shared| !shared.closed()) else { return };
        let all: Vec<Arc<PostBox>> = lock(&shared.boxes.all).values().cloned().collect();
        for over in all.iter().filter(|each| each.is_over()) {
            shared.end_box(over);
        }
        // Whoever makes a box looks whether it is swept under the same lock.
        let all = lock(&shared.boxes.all);
        if all.is_empty() {
            shared.boxes.swept.store(false, SeqCst);
            return;
        }
    }
}

fn deadline(wait_ms: u32) -> Instant {
    Instant::now() + Duration::from_millis(wait_ms.into())
}

fn gone(name: &str) -> Failure {
    let (code, _) = unknown_atom(name);
    (code, format!("there is no box {name:?} here: it was closed, or nobody asked for it for a minute"))
}
