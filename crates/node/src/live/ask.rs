//! Requests: to whoever can answer them, and back.
//!
//! ```text
//! client -> entrance ---- about the realm: asks every node, puts the answers together
//!                    ---- about an atom: asks the node that has it, and follows it when it has moved
//!                    ---- to a node by name: asks that node
//! ```

use super::atom::Failure;
use super::node::Shared;
use crate::mesh::Role;
use crate::module::lock;
use sojourn_abi::{Code, Message, Request, Response};
use std::sync::Arc;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

/// How long a node may take for an answer about itself.
const ABOUT_ITSELF: Duration = Duration::from_secs(3);
/// How often an atom is followed.
const HOPS: usize = 16;

pub(crate) fn unknown_atom(id: &str) -> Failure {
    (Code::UnknownAtom, format!("there is no atom {id:?} in the realm"))
}

/// A failure as an answer.
pub(crate) fn failed((code, text): Failure) -> Response {
    Response::failed(code, text)
}

impl Shared {
    /// Asks; see `Node::request`.
    pub(crate) fn request(
        self: &Arc<Self>,
        request: Request,
        to: Option<&str>,
        timeout: Duration,
    ) -> Response {
        let me = self.settings.name.as_str();
        match (self.settings.role, to) {
            (Role::Client | Role::Gateway, to) => match self.door() {
                Some(door) => self.ask(&door, to, request, timeout),
                None => Response::failed(Code::Unreachable, "there is no session with a node of the realm"),
            },
            (Role::Node, Some(to)) if to != me => self.ask(to, Some(to), request, timeout),
            (Role::Node, None) if self.is_for_a_host(&request) => self.ask_a_host(&request, me),
            (Role::Node, _) => self.answer(request, me, Instant::now() + timeout),
        }
    }

    /// The node that a client asks: the one that it joined, or any.
    fn door(&self) -> Option<String> {
        let nodes: Vec<String> = self.kernel(|kernel| {
            let peers = kernel.peers().into_iter();
            peers.filter(|(_, role)| *role == sojourn_abi::Role::Node).map(|(name, _)| name).collect()
        });
        let entrance = self.entrance().filter(|name| nodes.contains(name));
        entrance.or_else(|| nodes.into_iter().next())
    }

    /// Sends a request to a peer and waits for the answer.
    pub(crate) fn ask(&self, peer: &str, to: Option<&str>, request: Request, timeout: Duration) -> Response {
        let id = self.next_ask.fetch_add(1, SeqCst);
        let (answer, answered) = channel();
        lock(&self.asked).insert(id, (peer.into(), answer));
        self.send(peer, Message::Ask { id, to: to.map(Into::into), request });
        let response = answered.recv_timeout(timeout).unwrap_or_else(|_| {
            let seconds = timeout.as_secs_f32();
            Response::failed(Code::Unreachable, format!("{peer} does not answer within {seconds} s"))
        });
        lock(&self.asked).remove(&id);
        response
    }

    /// An answer came.
    pub(crate) fn answered(&self, from: &str, id: u64, response: Response) {
        let asked = lock(&self.asked).remove(&id);
        if let Some((peer, answer)) = asked
            && peer == from
        {
            // Whoever asked may have given up.
            let _ = answer.send(response);
        }
    }

    /// Nobody answers there any more.
    pub(crate) fn fail_asked(&self, peer: &str) {
        let lost =
            |text: &str| Response::failed(Code::Unreachable, format!("{text} does not answer any more"));
        for (_, (to, answer)) in lock(&self.asked).extract_if(|_, (to, _)| to == peer) {
            let _ = answer.send(lost(&to));
        }
    }

    /// A request came: answers it beside.
    pub(crate) fn asked(self: &Arc<Self>, from: String, id: u64, to: Option<String>, request: Request) {
        if self.settings.role != Role::Node {
            let response = Response::failed(Code::InvalidRequest, "a client answers no requests");
            return self.send(&from, Message::Answer { id, response });
        }
        if to.is_none() && matches!(request, Request::Ping {}) {
            return self.send(&from, Message::Answer { id, response: Response::Done {} });
        }
        self.beside("answer", move |shared| {
            let deadline = Instant::now() + Duration::from_hours(1);
            let response = match to {
                Some(to) if to != shared.settings.name => shared.pass_on(&to, &from, request),
                None if shared.is_for_a_host(&request) => shared.ask_a_host(&request, &from),
                _ => shared.answer(request, &from, deadline),
            };
            shared.send(&from, Message::Answer { id, response });
        });
    }

    /// Asks another node for somebody; what it is to want from the asker is fetched first.
    pub(crate) fn pass_on(self: &Arc<Self>, to: &str, asker: &str, request: Request) -> Response {
        if !self.kernel(|kernel| kernel.peers().iter().any(|(name, _)| name == to)) {
            return Response::failed(Code::UnknownNode, format!("there is no node {to:?} in the realm"));
        }
        if let Request::Start { module, .. } = &request
            && let Err(failure) = self.module(*module, asker, Duration::from_secs(20))
        {
            return failed(failure);
        }
        self.ask(to, Some(to), request, Duration::from_hours(1))
    }

    /// Answers a request, here or by asking others.
    pub(crate) fn answer(self: &Arc<Self>, request: Request, asker: &str, deadline: Instant) -> Response {
        match self.with_global_name(request) {
            Request::Nodes {} => self.gather(Request::Node {}),
            Request::Atoms {} => self.gather(Request::AtomsHere {}),
            Request::Images { atom } => self.gather(Request::ImagesHere { atom }),
            Request::Restore { atom, image, keeper, target } => {
                self.restore(&atom, image, keeper.as_deref(), target).unwrap_or_else(failed)
            }
            request => match about(&request) {
                Some(atom) => {
                    let atom = atom.to_string();
                    // Whoever has the atom wants the module from this node.
                    if let Request::Reload { module, .. } = &request
                        && let Err(failure) = self.module(*module, asker, Duration::from_secs(20))
                    {
                        return failed(failure);
                    }
                    let response = self.about_atom(&atom, &request, asker, deadline);
                    match request {
                        Request::Forget { .. } => self.forget_copies(&atom, response),
                        _ => response,
                    }
                }
                None => self.here(request, asker),
            },
        }
    }

    /// Images of an atom that has ended are forgotten here, too, whoever had it last.
    fn forget_copies(&self, atom: &str, response: Response) -> Response {
        let alive = self.kernel(|kernel| kernel.place(atom)).is_some_and(|place| place.alive);
        if alive || self.image_rows(Some(atom)).is_empty() {
            return response;
        }
        self.forget_images(atom).map_or_else(failed, |()| Response::Done {})
    }

    /// Asks every node, and puts the rows together.
    fn gather(self: &Arc<Self>, request: Request) -> Response {
        let peers: Vec<String> = self.kernel(|kernel| {
            let peers = kernel.peers().into_iter();
            peers.filter(|(_, role)| *role == sojourn_abi::Role::Node).map(|(name, _)| name).collect()
        });
        let (sender, answers) = channel();
        let asked = peers.len();
        for peer in peers {
            let (request, sender) = (request.clone(), sender.clone());
            self.beside("gather", move |shared| {
                let _ = sender.send(shared.ask(&peer, None, request, ABOUT_ITSELF));
            });
        }
        let mut all = self.here(request, &self.settings.name);
        for answer in answers.into_iter().take(asked) {
            match (&mut all, answer) {
                (Response::NodeRows { rows }, Response::NodeRows { rows: more }) => rows.extend(more),
                (Response::AtomRows { rows }, Response::AtomRows { rows: more }) => rows.extend(more),
                (Response::ImageRows { rows }, Response::ImageRows { rows: more }) => rows.extend(more),
                // One that does not answer has nothing to show.
                _ => {}
            }
        }
        sort(&mut all);
        all
    }

    /// Asks the node that has an atom, and follows the atom when it has moved.
    fn about_atom(
        self: &Arc<Self>,
        atom: &str,
        request: &Request,
        asker: &str,
        deadline: Instant,
    ) -> Response {
        let mut next = None;
        for _ in 0..HOPS {
            let known =
                next.take().or_else(|| self.kernel(|kernel| kernel.place(atom)).map(|place| place.node));
            let response = match known {
                Some(node) if node != self.settings.name && self.atom(atom).is_none() => {
                    let rest = deadline.saturating_duration_since(Instant::now());
                    self.ask(&node, None, request.clone(), rest)
                }
                _ => self.here(request.clone(), asker),
            };
            match response {
                Response::Elsewhere { node, .. } if node != self.settings.name => next = Some(node),
                Response::Elsewhere { .. } => {}
                response => return response,
            }
        }
        Response::failed(Code::Busy, format!("{atom} moves faster than it can be followed; try again"))
    }
}

/// The atom that a request is about, where only the node that has it can answer.
pub(super) fn about(request: &Request) -> Option<&str> {
    match request {
        Request::Read { atom, .. }
        | Request::Move { atom, .. }
        | Request::Stop { atom, .. }
        | Request::Checkpoint { atom }
        | Request::Snapshot { atom }
        | Request::Forget { atom }
        | Request::Reload { atom, .. }
        | Request::Keys { atom, .. } => Some(atom),
        _ => None,
    }
}

fn sort(response: &mut Response) {
    match response {
        Response::NodeRows { rows } => rows.sort_by(|a, b| a.name.cmp(&b.name)),
        Response::AtomRows { rows } => {
            rows.sort_by(|a, b| (a.started_at_ns, &a.atom).cmp(&(b.started_at_ns, &b.atom)));
        }
        Response::ImageRows { rows } => rows.sort_by_key(|row| (row.taken_at_ns, row.epoch)),
        _ => {}
    }
}
