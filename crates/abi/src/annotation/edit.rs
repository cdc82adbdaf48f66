//! Changes of an annotation that keep what they do not touch.

use super::error::AnnotationError;
use super::parse::{check, key_of};
use alloc::string::String;
use alloc::vec::Vec;

/// An annotation with other values: each key that is set has these values and no others, each that is removed has none.
/// Lines about other keys stay as they are, also those that are wrong.
///
/// # Errors
/// A key that there is not, a value of another kind, several values for a key that has one.
pub fn edit(text: &str, set: &[(&str, &str)], remove: &[&str]) -> Result<String, AnnotationError> {
    for (place, (name, value)) in set.iter().enumerate() {
        let key = key_of(name, None)?;
        check(key, value.trim(), None)?;
        if !key.repeats && set[..place].iter().any(|(before, _)| before == name) {
            let text = alloc::format!("{name} is set more than once");
            return Err(AnnotationError::new(None, text, "it has one value: set it once"));
        }
    }
    let about = |line: &str, name: &str| line.split_once('=').is_some_and(|(key, _)| key.trim() == name);
    for name in remove {
        // A wrong key can be removed where it stands: that mends the annotation.
        if !text.lines().any(|line| about(line, name)) {
            key_of(name, None)?;
        }
    }
    let gone = |line: &str| {
        set.iter().any(|(name, _)| about(line, name)) || remove.iter().any(|name| about(line, name))
    };
    let kept = text.lines().filter(|line| !line.trim().is_empty() && !gone(line)).map(String::from);
    let fresh = set.iter().map(|(name, value)| alloc::format!("{name}={}", value.trim()));
    let lines: Vec<String> = kept.chain(fresh).collect();
    Ok(lines.into_iter().map(|line| line + "\n").collect())
}
