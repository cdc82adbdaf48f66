//! When all faults are over, and some time has passed, nothing waits for ever.
//!
//! What has to wait, waits: an atom that was released to a node whose process was killed and never comes back, or
//! that is held while its source does not come back, can be let go by a newer lineage alone.

use super::{Property, Verdict, breach};

/// What there is of an atom in the end.
#[derive(Clone, Debug, Default)]
pub struct Rest {
    /// The atom.
    pub atom: String,
    /// Nodes that speak for it.
    pub speakers: Vec<String>,
    /// Nodes at which something of it waits for a node that is there.
    pub waits: Vec<String>,
    /// Nodes at which something of it waits for a node that will not come back.
    pub excused: Vec<String>,
    /// Those of them that are older than whoever speaks for it, and so should have heard of that.
    pub unheard: Vec<String>,
    /// Whether it ended.
    pub ended: bool,
    /// Whether a process that had part of it was killed.
    pub killed: bool,
    /// Whether an image of it is at hand, and a node to run it.
    pub image: bool,
}

/// Looks at what there is of an atom.
///
/// # Errors
/// When it is there more than once, or not at all without a reason, or waits for nobody.
pub fn check(rest: &Rest) -> Verdict {
    let atom = &rest.atom;
    let wrong = |text: String| breach(Property::Stuck, text);
    if !rest.waits.is_empty() {
        return wrong(format!("{atom} waits at {:?} for ever", rest.waits));
    }
    match rest.speakers.as_slice() {
        [] if rest.ended => Ok(()),
        [] if rest.image => wrong(format!("nobody speaks for {atom}, though there is an image of it")),
        [] if rest.killed || !rest.excused.is_empty() => Ok(()),
        [] => wrong(format!("nobody speaks for {atom}, and no node with part of it was killed")),
        [_] if !rest.unheard.is_empty() => {
            wrong(format!("{atom} runs, and {:?} did not hear of it", rest.unheard))
        }
        [_] => Ok(()),
        speakers => wrong(format!("{speakers:?} all speak for {atom}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rest() -> Rest {
        Rest { atom: "a".into(), speakers: vec!["node-1".into()], ..Rest::default() }
    }

    #[test]
    fn alive_exactly_once() {
        assert!(check(&rest()).is_ok());
        assert!(check(&Rest { speakers: vec!["node-1".into(), "node-2".into()], ..rest() }).is_err());
        assert!(check(&Rest { speakers: vec![], ..rest() }).is_err());
    }

    #[test]
    fn lost_only_with_its_node_and_without_an_image() {
        let lost = Rest { speakers: vec![], killed: true, ..rest() };
        assert!(check(&lost).is_ok());
        assert!(check(&Rest { image: true, ..lost }).is_err());
        assert!(check(&Rest { speakers: vec![], ended: true, ..rest() }).is_ok());
    }

    #[test]
    fn waits_only_for_somebody_who_does_not_come_back() {
        assert!(check(&Rest { waits: vec!["node-2".into()], ..rest() }).is_err());
        let waits = Rest { speakers: vec![], excused: vec!["node-2".into()], ..rest() };
        assert!(check(&waits).is_ok());
        // What waits may be newer than what runs: then nobody who runs knows of anything newer.
        assert!(check(&Rest { excused: vec!["node-2".into()], ..rest() }).is_ok());
        assert!(check(&Rest { unheard: vec!["node-2".into()], ..rest() }).is_err());
    }
}
