//! Verdicts with the pass against verdicts without it.

use crate::left_out::{LACKING, REFUSED};
use crate::script::{Line, Verdict};
use std::collections::BTreeSet;
use std::fmt;

/// What came of comparing scripts.
#[derive(Clone, Debug, Default)]
pub struct Comparison {
    /// Directives that hold with the pass as without it.
    pub same: usize,
    /// Directives about modules that the pass refuses as expected.
    pub refused: usize,
    /// Directives that the engine cannot run without the pass either.
    pub lacking: usize,
    /// Rows of `left_out::REFUSED` that were needed.
    pub rows: BTreeSet<usize>,
    /// Everything else, one line each.
    pub wrong: Vec<String>,
}

impl fmt::Display for Comparison {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Comparison { same, refused, lacking, .. } = self;
        write!(f, "{same} verdicts the same, {refused} of refused modules, {lacking} beyond the engine")
    }
}

impl Comparison {
    /// Adds another.
    pub fn extend(&mut self, part: Comparison) {
        self.same += part.same;
        self.refused += part.refused;
        self.lacking += part.lacking;
        self.rows.extend(part.rows);
        self.wrong.extend(part.wrong);
    }
}

impl FromIterator<Comparison> for Comparison {
    fn from_iter<T: IntoIterator<Item = Comparison>>(parts: T) -> Self {
        parts.into_iter().fold(Comparison::default(), |mut total, part| {
            total.extend(part);
            total
        })
    }
}

/// Compares the verdicts of one script.
#[must_use]
pub fn compare(engine: &str, setting: &str, script: &str, plain: &[Line], through: &[Line]) -> Comparison {
    let mut result = Comparison::default();
    if plain.len() != through.len() {
        result.wrong.push(format!(
            "{script}: {} directives without the pass, {} with it",
            plain.len(),
            through.len()
        ));
    }
    let mut refused = false;
    for (plain, through) in plain.iter().zip(through) {
        let place = || format!("{engine}, {setting}, {script}:{}", plain.line);
        match (&plain.verdict, &through.verdict) {
            (Verdict::Held(want), Verdict::Held(have)) if want == have => result.same += 1,
            (Verdict::Skipped, _) => result.lacking += 1,
            (Verdict::Broken(reason), _) if lacks(engine, reason) => result.lacking += 1,
            (Verdict::Held(_), Verdict::Refused(reason) | Verdict::Broken(reason))
                if let Some(row) = expected(script, reason) =>
            {
                refused = true;
                result.refused += 1;
                result.rows.insert(row);
            }
            (Verdict::Held(_), Verdict::Skipped) if refused => result.refused += 1,
            // It follows from a module that is told of already.
            (Verdict::Held(_), Verdict::Skipped) if !result.wrong.is_empty() => {}
            (plain, through) => {
                result.wrong.push(format!("{}: {through:?}, without the pass {plain:?}", place()));
            }
        }
    }
    result
}

fn lacks(engine: &str, reason: &str) -> bool {
    reason.starts_with("Rejected")
        && LACKING.iter().any(|(name, part, _)| *name == engine && reason.contains(part))
}

fn expected(script: &str, reason: &str) -> Option<usize> {
    REFUSED.iter().position(|(name, part, _)| *name == script && reason.contains(part))
}
