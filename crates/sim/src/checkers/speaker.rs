//! One speaker per atom and epoch, always.
//!
//! Stronger, and so easier to see: within a lineage only one process at a time may have the atom's gate open, and no
//! two kernels own it, whatever their epochs. Between lineages an older one may go on where nobody could tell it yet.

use super::{Property, Verdict, breach, lineage};
use std::collections::BTreeMap;

/// Somebody who speaks, or may.
#[derive(Clone, Copy, Debug)]
pub struct Claim<'a> {
    /// The node.
    pub node: &'a str,
    /// The atom.
    pub atom: &'a str,
    /// Its epoch there.
    pub epoch: u64,
}

/// Looks at everybody.
///
/// # Errors
/// When two speak for one atom in one lineage.
pub fn check<'a>(what: &str, claims: impl Iterator<Item = Claim<'a>>) -> Verdict {
    let mut seen: BTreeMap<(&str, u64), Claim<'a>> = BTreeMap::new();
    for claim in claims {
        if let Some(other) = seen.insert((claim.atom, lineage(claim.epoch)), claim) {
            let text = format!(
                "{} and {} both {what} {}: epochs {:#x} and {:#x}",
                other.node, claim.node, claim.atom, other.epoch, claim.epoch
            );
            return breach(Property::Speaker, text);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn claims(epochs: [u64; 2]) -> [Claim<'static>; 2] {
        [
            Claim { node: "node-1", atom: "a", epoch: epochs[0] },
            Claim { node: "node-2", atom: "a", epoch: epochs[1] },
        ]
    }

    #[test]
    fn two_of_one_lineage_are_a_breach_and_two_lineages_are_not() {
        assert!(check("run", claims([1, 2]).into_iter()).is_err());
        assert!(check("run", claims([1, 1 << 32]).into_iter()).is_ok());
    }
}
