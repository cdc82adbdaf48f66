//! What a node does with a post or a receipt: a table, so that every node and the simulator do the same.
//!
//! | desk here | place known | a post | a receipt for its sender |
//! |---|---|---|---|
//! | open | any | taken | taken |
//! | held | any | waits | taken |
//! | sealed | any | waits | dropped: it comes again, since what it is for goes again |
//! | ended | this node, or none | dismissed | taken |
//! | ended | another node: it was restored there | passed on | passed on |
//! | none | another node | passed on | passed on |
//! | none | this node, or none | dropped | dropped |
//! | ended or none | the node that it came from | dropped | dropped |
//!
//! The place is where an atom is, or was last when nobody runs it: whoever has ended there says so, and for whoever is
//! only gone with its node messages are kept, since it may be restored.
//!
//! What is dropped is sent again by whoever sent it first: at the latest when it has had no receipt for a while. What
//! came from a node never goes back there: of two that each take the other for the place, one is behind, and hears
//! better soon.

/// Whether messages pass at a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// They pass.
    Open,
    /// The atom came and is not owned here yet: what it says is kept, what comes waits.
    Held,
    /// The mailbox has been packed for another node: what comes waits, and nothing goes.
    Sealed,
    /// The atom has ended: nothing is taken any more; what is on its way out still goes.
    Ended,
}

/// What becomes of a post or a receipt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way<'a> {
    /// The mailbox here gets it.
    Take,
    /// It waits until the desk opens or its atom has left, and is looked at again then.
    Wait,
    /// Its sender is told that it came, and needs no longer keep it.
    Dismiss,
    /// It goes to this node.
    PassOn(&'a str),
    /// It is forgotten.
    Drop,
}

impl Gate {
    /// Whether what the atom says goes out now.
    #[must_use]
    pub const fn lets_out(self) -> bool {
        matches!(self, Self::Open | Self::Ended)
    }
}

/// What a node named `me` does with a post that came `from` another (or begins here), while `desk` is how its receiver
/// stands here, and `place` the node that speaks for it, as far as known.
#[must_use]
pub fn of_post<'a>(desk: Option<Gate>, place: Option<&'a str>, me: &str, from: Option<&str>) -> Way<'a> {
    match desk {
        Some(Gate::Open) => Way::Take,
        Some(Gate::Held | Gate::Sealed) => Way::Wait,
        Some(Gate::Ended) if ended_here(place, me) => Way::Dismiss,
        Some(Gate::Ended) | None => elsewhere(place, me, from),
    }
}

/// The same for a receipt: `desk` and `place` are those of the sender that it is for.
#[must_use]
pub fn of_receipt<'a>(desk: Option<Gate>, place: Option<&'a str>, me: &str, from: Option<&str>) -> Way<'a> {
    match desk {
        Some(Gate::Open | Gate::Held) => Way::Take,
        Some(Gate::Ended) if ended_here(place, me) => Way::Take,
        Some(Gate::Sealed) => Way::Drop,
        Some(Gate::Ended) | None => elsewhere(place, me, from),
    }
}

/// Whether the last life of an atom is the one that ended here.
fn ended_here(place: Option<&str>, me: &str) -> bool {
    place.is_none_or(|node| node == me)
}

fn elsewhere<'a>(place: Option<&'a str>, me: &str, from: Option<&str>) -> Way<'a> {
    match place {
        Some(node) if node != me && Some(node) != from => Way::PassOn(node),
        _ => Way::Drop,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn posts_and_receipts_go_their_ways() {
        use Gate::{Ended, Held, Open, Sealed};
        use Way::{Dismiss, Drop, PassOn, Take, Wait};
        let table = [
            (Some(Open), Some("b"), Take, Take),
            (Some(Open), None, Take, Take),
            (Some(Held), Some("b"), Wait, Take),
            (Some(Sealed), Some("b"), Wait, Drop),
            (Some(Ended), Some("me"), Dismiss, Take),
            (Some(Ended), None, Dismiss, Take),
            (Some(Ended), Some("b"), PassOn("b"), PassOn("b")),
            (Some(Ended), Some("c"), Drop, Drop),
            (None, Some("b"), PassOn("b"), PassOn("b")),
            (None, Some("me"), Drop, Drop),
            (None, Some("c"), Drop, Drop),
            (None, None, Drop, Drop),
        ];
        for (desk, place, post, receipt) in table {
            assert_eq!(of_post(desk, place, "me", Some("c")), post, "{desk:?} {place:?}");
            assert_eq!(of_receipt(desk, place, "me", Some("c")), receipt, "{desk:?} {place:?}");
        }
        assert_eq!(of_post(None, Some("c"), "me", None), PassOn("c"), "what begins here goes anywhere");
        assert_eq!([Open, Held, Sealed, Ended].map(Gate::lets_out), [true, false, false, true]);
    }
}
