//! Patterns that were used lately: compiling one takes as long as a look-up among thousands.

use crate::limit::PATTERNS;
use crate::{Pattern, Refusal};
use alloc::collections::VecDeque;
use alloc::string::String;

/// Compiled patterns, the one that was used last at the end.
#[derive(Debug, Default)]
pub struct Patterns(VecDeque<(String, Pattern)>);

impl Patterns {
    /// A pattern, compiled now or before.
    ///
    /// # Errors
    /// As `Pattern::new`.
    pub fn get(&mut self, text: &str) -> Result<Pattern, Refusal> {
        let kept = self.0.iter().position(|(known, _)| known == text);
        let entry = match kept.and_then(|place| self.0.remove(place)) {
            Some(entry) => entry,
            None => (text.into(), Pattern::new(text)?),
        };
        let pattern = entry.1.clone();
        self.0.push_back(entry);
        if self.0.len() > PATTERNS {
            self.0.pop_front();
        }
        Ok(pattern)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    #[test]
    fn keeps_what_was_used_last() {
        let mut patterns = Patterns::default();
        for number in 0..PATTERNS + 10 {
            assert!(patterns.get("often").is_ok_and(|pattern| pattern.search().fits("often")));
            assert!(patterns.get(&format!("seldom-{number}")).is_ok());
        }
        assert_eq!(patterns.0.len(), PATTERNS);
        assert!(patterns.0.iter().any(|(text, _)| text == "often"));
        assert!(!patterns.0.iter().any(|(text, _)| text == "seldom-0"));
    }

    #[test]
    fn what_is_refused_is_not_kept() {
        let mut patterns = Patterns::default();
        assert!(patterns.get("(").is_err() && patterns.get("(").is_err());
        assert!(patterns.0.is_empty());
    }
}
