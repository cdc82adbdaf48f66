//! What is wrong with an annotation.

use alloc::string::String;
use core::fmt;

/// Why there is no annotation to go by: where, what is wrong, what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AnnotationError {
    /// Line of the annotation, from 1 on; none: it is the module, or the annotation as a whole.
    pub line: Option<usize>,
    /// What is wrong.
    pub text: String,
    /// What to do; may be empty.
    pub hint: String,
}

impl AnnotationError {
    pub(super) fn new(line: Option<usize>, text: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { line, text: text.into(), hint: hint.into() }
    }
}

impl fmt::Display for AnnotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(line) = self.line {
            write!(f, "line {line} of the annotation: ")?;
        }
        f.write_str(&self.text)?;
        if !self.hint.is_empty() {
            write!(f, "; {}", self.hint)?;
        }
        Ok(())
    }
}

impl core::error::Error for AnnotationError {}
