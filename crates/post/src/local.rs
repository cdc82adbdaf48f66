//! The short way between two mailboxes of one node: without a copy, and without a receipt.

use crate::Mailbox;
use crate::inbound::makes_sense;
use sojourn_abi::{EventKind, Post};

impl Mailbox {
    /// Takes a post that is the next one of its pair and finds room; whether there is something new for the guest.
    ///
    /// # Errors
    /// The post, as it came, when it is not the next one or finds no room.
    #[expect(
        clippy::result_large_err,
        reason = "the post goes back as it came, without a copy or an allocation"
    )]
    pub fn offer(&mut self, post: Post) -> Result<bool, Post> {
        let source = post.event.source.as_str();
        let waits = !self.refused.is_empty() && self.refused.contains(source);
        // Whoever hears of an end looks whether it takes the atom along.
        let is_end = post.event.kind == EventKind::Ended;
        if waits || is_end || !makes_sense(&post) || !self.fits(&post.event) {
            return Err(post);
        }
        if !self.inbound.contains_key(source) {
            self.make_inbound(source, post.run, post.first);
        }
        let Some(pair) = self.inbound.get_mut(source) else { return Err(post) };
        if pair.run != post.run || pair.next != post.number || !pair.early.is_empty() {
            return Err(post);
        }
        self.looked += 1;
        pair.looked = self.looked;
        pair.advance();
        Ok(self.put(post.event))
    }

    /// Takes `pass` back: the receiver did not have the message.
    pub fn take_back(&mut self, to: &str) {
        if let Some(pair) = self.outbound.get_mut(to) {
            pair.take_back();
        }
    }
}
