//! What may be shown of an atom's output before the atom is owned here.
//!
//! A stream is a count of bytes that grows. While the gate is shut, it is visible up to the mark that it had when the
//! atom came: those bytes the source had written, and readers may have them from anywhere. What the atom writes here
//! lies behind the mark until its epoch is this node's.

/// The gate of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Gate {
    mark: Option<u64>,
}

impl Gate {
    /// For an atom that this node speaks for.
    pub const OPEN: Self = Self { mark: None };

    /// For an atom that came, and had written so many bytes.
    #[must_use]
    pub const fn shut(written: u64) -> Self {
        Self { mark: Some(written) }
    }

    /// The atom is owned: all that it wrote may be seen.
    pub const fn open(&mut self) {
        self.mark = None;
    }

    /// Whether everything may be seen.
    #[must_use]
    pub const fn is_open(&self) -> bool {
        self.mark.is_none()
    }

    /// End of what may be seen when so many bytes are written.
    #[must_use]
    pub const fn visible(&self, written: u64) -> u64 {
        match self.mark {
            Some(mark) if mark < written => mark,
            _ => written,
        }
    }

    /// End of what may be forgotten to make room: nothing that nobody could see yet.
    #[must_use]
    pub const fn expendable(&self, written: u64) -> u64 {
        self.visible(written)
    }
}

#[cfg(test)]
mod tests {
    use super::Gate;

    #[test]
    fn shows_what_was_written_before_until_it_is_opened() {
        let mut gate = Gate::shut(10);
        assert_eq!([gate.visible(10), gate.visible(15), gate.visible(3)], [10, 10, 3]);
        assert!(!gate.is_open());
        gate.open();
        assert_eq!(gate.visible(15), 15);
        assert_eq!(gate, Gate::OPEN);
    }

    #[test]
    fn nothing_unseen_is_forgotten() {
        assert_eq!(Gate::shut(10).expendable(300), 10);
        assert_eq!(Gate::OPEN.expendable(300), 300);
    }
}
