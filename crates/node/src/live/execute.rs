//! Does what the kernel wants done. One thread, in order; whatever takes long goes beside.

use super::node::Shared;
use crate::module::lock;
use sojourn_abi::{Message, MoveState, Response, Role};
use sojourn_kernel::Output;
use std::sync::Arc;

impl Shared {
    pub(crate) fn execute(self: &Arc<Self>, output: Output) {
        match output {
            // Done where they come up.
            Output::Transmit { .. } | Output::Room { .. } => {}
            Output::Connected { peer, role, .. } => {
                if role == Role::Node {
                    self.node_answers(&peer);
                }
                self.relays.connected(self, &peer);
            }
            Output::Disconnected { peer, gone, .. } => self.disconnected(&peer, gone),
            Output::Deliver { from, message } => self.deliver_message(from, message),
            Output::Undelivered { to, message } => self.undelivered(&to, &message),
            Output::Denied { by, text, .. } => {
                *lock(&self.denied) = Some(format!("{by} does not take this node: {text}"));
            }
            Output::Step { id, state, .. } => {
                self.moves.step(id, state);
                self.crash_point(source_step(state));
            }
            Output::Copy { atom, epoch, target } => self.copy(&atom, epoch, target),
            Output::Halt { atom, .. } => self.halt(&atom),
            Output::GoOn { atom } => self.go_on(&atom),
            Output::Leave { atom, .. } => self.leave(&atom),
            Output::Lose { atom, epoch } => self.lose(&atom, epoch),
            Output::Moved { id, state, failure, .. } => {
                self.moves.end(id, state, failure);
                self.crash_point("source:ended");
            }
            Output::Decide { atom, epoch, source, facts } => self.decide(atom, epoch, source, facts),
            Output::Build { atom, epoch, image, sizes, baggage } => {
                self.build(&atom, epoch, &image, sizes, &baggage);
            }
            Output::Open { atom, epoch } => self.open_gate(&atom, epoch),
            Output::Discard { atom, epoch } => self.discard(&atom, |known| known == epoch),
            Output::Supersede { atom, epoch, .. } => self.discard(&atom, |known| known < epoch),
            Output::Located { atom, epoch, alive, node, .. } => {
                self.outlived(&atom, epoch, alive, &node);
                self.relays.located(&atom, epoch, alive);
                self.receiver_located(&atom, alive);
                self.end_located(&atom, &node, epoch, alive);
            }
        }
    }

    fn deliver_message(self: &Arc<Self>, from: String, message: Message) {
        match message {
            Message::Pages { atom, epoch, memory, size, pieces } => {
                self.pages(&atom, epoch, memory, size, &pieces);
            }
            Message::Want { hash } => self.beside("serve", move |shared| shared.serve(&from, hash)),
            Message::Content { hash, size, offset, bytes } => {
                self.contents.part(&from, hash, size, offset, &bytes);
            }
            Message::Lacking { hash } => self.contents.lacking(&from, hash),
            Message::Ask { id, to, request } => self.asked(from, id, to, request),
            Message::Answer { id, response } => self.answered(&from, id, response),
            letters @ (Message::Posts { .. } | Message::Posted { .. }) => self.letters_came(&from, letters),
            Message::Relay { atom, anchor, body, .. } => self.relays.came(&from, &atom, anchor, &body),
            // The kernel's own.
            _ => {}
        }
    }

    fn undelivered(&self, to: &str, message: &Message) {
        match *message {
            Message::Ask { id, .. } => {
                let text = format!("{to} is not there, or does not answer");
                self.answered(to, id, Response::failed(sojourn_abi::Code::Unreachable, text));
            }
            Message::Want { hash } => self.contents.lacking(to, hash),
            _ => {}
        }
    }

    fn disconnected(&self, peer: &str, gone: bool) {
        if gone {
            self.orphan(peer);
        } else {
            self.falls_silent(peer);
        }
        self.fail_asked(peer);
        self.contents.gone(peer);
        self.relays.disconnected(peer, gone);
    }
}

/// Names of the points of a move at which a test may end this process.
fn source_step(state: MoveState) -> &'static str {
    match state {
        MoveState::Offered => "source:offered",
        MoveState::Copying => "source:copying",
        MoveState::Stopping => "source:stopping",
        MoveState::Sealed => "source:sealed",
        MoveState::Released => "source:released",
        MoveState::Done => "source:done",
        MoveState::Failed => "source:failed",
        MoveState::Lost => "source:lost",
    }
}
