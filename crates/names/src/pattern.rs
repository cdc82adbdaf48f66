//! Patterns: regular expressions for a whole name or alias, matched in time linear in its length.
//!
//! No look-around and no back references, so that no pattern takes longer than its size times the text. `\d`, `\w`, `\s`
//! and `\b` mean ASCII, because names are: Unicode's classes alone would be larger than all that a pattern may be.

use crate::limit::{COMPILED_BYTES, PATTERN_BYTES, PATTERN_NEST, REMEMBERED_BYTES};
use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec;
use core::fmt;
use regex_automata::Input;
use regex_automata::meta::{Cache, Config, Regex};
use regex_syntax::hir::{Hir, Look};

/// Why something is not a pattern, for people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal(String);

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl core::error::Error for Refusal {}

/// A pattern, ready to be used.
#[derive(Clone, Debug)]
pub struct Pattern(Regex);

impl Pattern {
    /// From its text.
    ///
    /// # Errors
    /// It is not a regular expression, or too large.
    pub fn new(text: &str) -> Result<Self, Refusal> {
        if text.len() > PATTERN_BYTES {
            let bytes = text.len();
            return Err(Refusal(format!("the pattern has {bytes} bytes; it may have {PATTERN_BYTES}")));
        }
        let mut parser = regex_syntax::ParserBuilder::new().nest_limit(PATTERN_NEST).build();
        let parsed = parser.parse(&in_ascii(text)).map_err(|error| refusal(text, &error))?;
        let whole = Hir::concat(vec![Hir::look(Look::Start), parsed, Hir::look(Look::End)]);
        let config =
            Config::new().nfa_size_limit(Some(COMPILED_BYTES)).hybrid_cache_capacity(REMEMBERED_BYTES);
        let compiled = Regex::builder().configure(config).build_from_hir(&whole);
        let large =
            |_| Refusal(format!("the pattern {text:?} is too large once its repetitions are written out"));
        compiled.map(Self).map_err(large)
    }

    /// Begins to look through texts.
    #[must_use]
    pub fn search(&self) -> Search {
        Search { cache: self.0.create_cache(), regex: self.0.clone() }
    }
}

/// A pattern on its way through texts; what it learns of one is of use for the next.
#[derive(Clone, Debug)]
pub struct Search {
    regex: Regex,
    cache: Cache,
}

impl Search {
    /// Whether the pattern fits all of a text.
    pub fn fits(&mut self, text: &str) -> bool {
        let input = Input::new(text).anchored(regex_automata::Anchored::Yes).earliest(true);
        self.regex.search_half_with(&mut self.cache, &input).is_some()
    }
}

fn refusal(text: &str, error: &regex_syntax::Error) -> Refusal {
    let why = match error {
        regex_syntax::Error::Parse(error) => error.kind().to_string(),
        regex_syntax::Error::Translate(error) => error.kind().to_string(),
        _ => "it is not a regular expression".into(),
    };
    Refusal(format!("the pattern {text:?} cannot be used: {why}"))
}

/// `\w+` -> `[0-9A-Za-z_]+`, also within brackets.
fn in_ascii(pattern: &str) -> String {
    let mut written = String::with_capacity(pattern.len());
    let mut letters = pattern.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            written.push(letter);
            continue;
        }
        match letters.next() {
            Some('d') => written.push_str("[0-9]"),
            Some('D') => written.push_str("[^0-9]"),
            Some('w') => written.push_str("[0-9A-Za-z_]"),
            Some('W') => written.push_str("[^0-9A-Za-z_]"),
            Some('s') => written.push_str(r"[\t-\r ]"),
            Some('S') => written.push_str(r"[^\t-\r ]"),
            Some('b') => written.push_str(r"(?-u:\b)"),
            Some(other) => written.extend(['\\', other]),
            None => written.push('\\'),
        }
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fits(pattern: &str, text: &str) -> bool {
        Pattern::new(pattern).unwrap_or_else(|error| panic!("{error}")).search().fits(text)
    }

    #[test]
    fn all_of_a_name_has_to_fit() {
        assert!(fits("counter", "counter") && fits("a|ab", "ab") && fits("", "") && fits(".*", "node-1/x"));
        assert!(!fits("count", "counter") && !fits("unter", "counter") && !fits("a|b", "ab"));
        assert!(fits(r"ring-\d+", "ring-07") && !fits(r"ring-\d+", "ring-x"));
    }

    #[test]
    fn classes_mean_ascii_and_a_dot_any_letter() {
        assert!(fits(r"[\w.]+", "v1.2_x") && !fits(r"\w+", "küche") && fits("k.che", "küche"));
        assert!(fits(r"\W\S\D", "üüü") && fits(r"[^\d]", "x") && !fits(r"\s", "x"));
        assert!(fits(r"\bab\b", "ab") && fits(r"a\\d", r"a\d") && fits("(?i)counter", "Counter"));
        assert!(fits("(?x) a b # both", "ab"));
    }

    #[test]
    fn what_is_no_pattern_is_refused_in_a_line() {
        let long = "x".repeat(257);
        let deep = format!("{}{}", "(".repeat(100), ")".repeat(100));
        for text in ["(", ")(", "a{2", r"\p{Greek}", "(?=a)", r"(a)\1", "[z-a]", "*", r"\", &long, &deep] {
            let error = Pattern::new(text).expect_err(text).to_string();
            assert!(!error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn repetitions_of_repetitions_are_refused_before_they_are_written_out() {
        let bombs = ["a{1000000}", "((a{100}){100}){100}", "((a?){99}{99}){99}", ".{200}", "(.{9}){9}{9}"];
        for text in bombs {
            assert!(Pattern::new(text).is_err(), "{text}");
        }
        assert!(fits("((((){1000}){1000}){1000}){1000}", ""), "nothing, however often, is nothing");
        assert!(fits("(a?){20}a{20}", &"a".repeat(30)));
        assert!(fits("((a*)*)*", &"a".repeat(256)) && !fits("(a|a)*b", &"a".repeat(256)));
    }
}
