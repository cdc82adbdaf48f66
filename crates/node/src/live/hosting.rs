//! A node that hosts no atoms: a door. Names, mailboxes and links are as at any other.
//!
//! | asked of it | what it does |
//! |---|---|
//! | to start, take or restore an atom, by its name | refuses: `HostsNoAtoms` |
//! | to start or restore one wherever it may be | asks another node, one after the other |

use super::atom::Failure;
use super::node::Shared;
use sojourn_abi::{Code, Request, Response};
use std::sync::Arc;

impl Shared {
    /// Whether atoms may be here.
    ///
    /// # Errors
    /// `HostsNoAtoms`.
    pub(crate) fn hosts_atoms(&self) -> Result<(), Failure> {
        if self.settings.hosts {
            return Ok(());
        }
        Err((Code::HostsNoAtoms, format!("{} hosts no atoms", self.settings.name)))
    }

    /// Whether a request that is not for a node by name is to be answered by another one, which hosts atoms.
    pub(crate) fn is_for_a_host(&self, request: &Request) -> bool {
        let places = matches!(request, Request::Start { .. } | Request::Restore { target: None, .. });
        places && !self.settings.hosts
    }

    /// The answer of the first node that hosts atoms.
    pub(crate) fn ask_a_host(self: &Arc<Self>, request: &Request, asker: &str) -> Response {
        let answers = self.node_peers().into_iter().map(|peer| self.pass_on(&peer, asker, request.clone()));
        let refuses = |answer: &Response| matches!(answer, Response::Failed { code, .. } if *code == Code::HostsNoAtoms.number());
        let answered = answers.into_iter().find(|answer| !refuses(answer));
        answered.unwrap_or_else(|| Response::failed(Code::NoRoom, "no node of the realm hosts atoms"))
    }
}
