//! An atom that nobody runs goes on from an image: the newest one that is whole, whoever keeps it.

use super::atom::Failure;
use super::image_keeper::PATIENCE;
use super::node::Shared;
use sojourn_abi::{AtomState, Code, ImageRow, Request, Response};
use std::sync::Arc;
use std::time::Instant;

/// Epochs of one lineage: a restored atom begins the next one.
const LINEAGE: u32 = 32;

/// What became of one image.
enum Tried {
    /// This is the answer.
    Done(Response),
    /// It cannot be used.
    Useless(Failure),
}

impl Shared {
    /// Lets an atom that nobody runs go on from an image.
    pub(crate) fn restore(
        self: &Arc<Self>,
        atom: &str,
        image: Option<u64>,
        keeper: Option<&str>,
        target: Option<String>,
    ) -> Result<Response, Failure> {
        let me = self.settings.name.clone();
        let place = self.kernel(|kernel| kernel.place(atom));
        if let Some(place) = &place
            && place.alive
            && self.runs_at(atom, &place.node)
        {
            return Err((Code::AlreadyRuns, format!("{atom} runs on {}", place.node)));
        }
        let target = target.unwrap_or_else(|| me.clone());
        if target != me && !self.node_peers().contains(&target) {
            return Err((Code::UnknownNode, format!("there is no node {target:?} in the realm")));
        }
        let request = Request::Images { atom: Some(atom.into()) };
        let Response::ImageRows { mut rows } = self.answer(request, &me, Instant::now() + PATIENCE) else {
            return Err((Code::Internal, "images cannot be listed".into()));
        };
        let newest = place
            .as_ref()
            .map_or(0, |place| place.epoch)
            .max(rows.iter().map(|row| row.epoch).max().unwrap_or(0));
        let epoch = ((newest >> LINEAGE) + 1) << LINEAGE;
        rows.retain(|row| image.is_none_or(|id| row.id == id));
        rows.retain(|row| keeper.is_none_or(|keeper| row.node == keeper));
        // Copies of one image are next to each other, so that a damaged one costs nothing while another is whole.
        // Where it was last there is what came for it since, if it is durable.
        let was_at = |row: &ImageRow| place.as_ref().is_some_and(|place| place.node == row.node);
        rows.sort_by_key(|row| std::cmp::Reverse((row.epoch, row.taken_at_ns, was_at(row))));
        self.restore_first(atom, epoch, &rows, &target, image.is_some())
    }

    /// From the first of these that can be used; the others before it are told of.
    fn restore_first(
        self: &Arc<Self>,
        atom: &str,
        epoch: u64,
        rows: &[ImageRow],
        target: &str,
        anyway: bool,
    ) -> Result<Response, Failure> {
        let mut useless: Option<Failure> = None;
        for row in rows {
            match self.restore_from(atom, epoch, row, target, anyway) {
                Tried::Done(response) => return Ok(response),
                Tried::Useless((code, text)) => {
                    let text =
                        format!("image {} of {atom}, kept by {}, cannot be used: {text}", row.id, row.node);
                    self.trouble(&text);
                    useless.get_or_insert((code, text));
                }
            }
        }
        let none = || (Code::NoImage, format!("no image of {atom:?} is kept by a node that answers"));
        Err(match useless {
            Some((code, text)) if rows.len() > 1 => {
                (code, format!("{text}; none of the other {} can be used either", rows.len() - 1))
            }
            useless => useless.unwrap_or_else(none),
        })
    }

    fn restore_from(
        self: &Arc<Self>,
        atom: &str,
        epoch: u64,
        row: &ImageRow,
        target: &str,
        anyway: bool,
    ) -> Tried {
        let me = self.settings.name.as_str();
        let fetched = if row.node == me {
            self.fetch(row.id)
        } else {
            Ok(self.ask(&row.node, None, Request::Fetch { id: row.id }, PATIENCE))
        };
        let content = match fetched {
            Ok(Response::Fetched { content, .. }) => content,
            Ok(other) => return Tried::Useless(said(other)),
            Err(failure) => return Tried::Useless(failure),
        };
        // A target elsewhere wants the image from this node.
        if target != me
            && let Err(failure) = self.want(content, &row.node, PATIENCE)
        {
            return Tried::Useless(failure);
        }
        let request = Request::RestoreHere { atom: atom.into(), epoch, content, anyway: Some(anyway) };
        let response = if target == me {
            self.here(request, &row.node)
        } else {
            self.ask(target, None, request, PATIENCE)
        };
        match response {
            // It is whole, and yet not what an atom of this version is made of. Whatever else fails would fail with any
            // image, or the atom may even run by now.
            Response::Failed { code, .. }
                if code == Code::InvalidRequest.number() || code == Code::NoImage.number() =>
            {
                Tried::Useless(said(response))
            }
            response => Tried::Done(response),
        }
    }

    /// An atom that has ended here goes on elsewhere: who asks for it is sent there from now on.
    pub(crate) fn outlived(&self, id: &str, epoch: u64, alive: bool, node: &str) {
        if !alive || node == self.settings.name {
            return;
        }
        let over = self.atom(id).is_some_and(|atom| {
            let state = atom.state();
            !state.alive() && state.epoch < epoch
        });
        if over {
            self.dismiss(id);
        }
    }

    /// Whether a node that answers says that it runs an atom: what is known of places may be old.
    fn runs_at(self: &Arc<Self>, atom: &str, node: &str) -> bool {
        let rows = if node == self.settings.name {
            self.here(Request::AtomsHere {}, node)
        } else {
            self.ask(node, None, Request::AtomsHere {}, PATIENCE)
        };
        let Response::AtomRows { rows } = rows else { return false };
        rows.iter().any(|row| row.atom == atom && !matches!(row.state, AtomState::Ended | AtomState::Stopped))
    }
}

/// What somebody said who did not do it.
fn said(response: Response) -> Failure {
    match response {
        Response::Failed { code, text, .. } => (Code::of(code), text),
        _ => (Code::Internal, "it was answered with something else".into()),
    }
}
