//! Who is seen, and by which way.

use std::collections::{BTreeSet, HashMap};

use crate::mesh::Member;

/// How a member is reached.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Source {
    /// By a link of Zenoh's.
    Direct,
    /// By a node of this name, which passes on.
    Through(String),
}

/// Members and the ways to them. One is there as long as there is any way.
#[derive(Default)]
pub(super) struct Roster {
    seen: HashMap<Member, BTreeSet<Source>>,
}

impl Roster {
    /// Whether the member is new.
    pub(super) fn add(&mut self, member: &Member, source: Source) -> bool {
        let sources = self.seen.entry(member.clone()).or_default();
        let new = sources.is_empty();
        sources.insert(source);
        new
    }

    /// Whether the last way to it is gone.
    pub(super) fn remove(&mut self, member: &Member, source: &Source) -> bool {
        let Some(sources) = self.seen.get_mut(member) else { return false };
        sources.remove(source);
        let gone = sources.is_empty();
        if gone {
            self.seen.remove(member);
        }
        gone
    }

    pub(super) fn members(&self) -> Vec<Member> {
        self.seen.keys().cloned().collect()
    }

    /// Those that need nobody to pass on.
    pub(super) fn direct(&self) -> Vec<Member> {
        let direct = self.seen.iter().filter(|(_, sources)| sources.contains(&Source::Direct));
        direct.map(|(member, _)| member.clone()).collect()
    }

    pub(super) fn named(&self, name: &str) -> Option<Member> {
        self.seen.keys().find(|member| member.name == name).cloned()
    }

    pub(super) fn incarnated(&self, incarnation: u64) -> Option<Member> {
        self.seen.keys().find(|member| member.incarnation == incarnation).cloned()
    }

    /// The best way to a name: the direct one, else the first router. A name that nobody has seen yet may be there.
    pub(super) fn way(&self, name: &str) -> Source {
        let ways = self.seen.iter().filter(|(member, _)| member.name == name);
        let best = ways.filter_map(|(_, sources)| sources.first()).min();
        best.cloned().unwrap_or(Source::Direct)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mesh::Role;

    #[test]
    fn a_member_is_there_as_long_as_there_is_a_way() {
        let mut roster = Roster::default();
        let member = Member { name: "a".into(), incarnation: 1, role: Role::Node };
        let far = Source::Through("r".into());
        assert!(roster.add(&member, far.clone()));
        assert_eq!(roster.way("a"), far);
        assert!(roster.direct().is_empty());
        assert!(!roster.add(&member, Source::Direct));
        assert_eq!(roster.way("a"), Source::Direct);
        assert!(!roster.remove(&member, &far));
        assert!(roster.remove(&member, &Source::Direct));
        assert!(!roster.remove(&member, &Source::Direct));
        assert!(roster.members().is_empty());
    }
}
