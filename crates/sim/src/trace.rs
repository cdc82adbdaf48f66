//! The last things that happened, for people. Nothing is written down unless asked for, since a run replays.

use crate::clock::US;
use std::collections::VecDeque;

/// The end of the story.
#[derive(Debug)]
pub struct Trace {
    most: usize,
    lines: VecDeque<String>,
}

impl Trace {
    /// With so many lines at most.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, lines: VecDeque::new() }
    }

    /// Adds a line.
    pub fn add(&mut self, now_ns: u64, line: impl FnOnce() -> String) {
        if self.most == 0 {
            return;
        }
        if self.lines.len() == self.most {
            self.lines.pop_front();
        }
        let micros = now_ns / US;
        self.lines.push_back(format!("{:>6}.{:06} s  {}", micros / 1_000_000, micros % 1_000_000, line()));
    }

    /// The lines.
    #[must_use]
    pub fn lines(self) -> Vec<String> {
        self.lines.into()
    }
}
