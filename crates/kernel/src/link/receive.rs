//! The receiving half of a lane: drops repeats, restores order, acknowledges.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

/// Messages after which an acknowledgement does not wait any longer.
const MESSAGES: u32 = 32;
/// Bytes after which an acknowledgement does not wait any longer.
const BYTES: u64 = 1 << 20;
/// Numbers told beyond the next one, at most.
pub const BEYOND: usize = 64;
/// What a message that waits costs besides its bytes.
const OVERHEAD: u64 = 64;

/// What has come in a lane.
#[derive(Debug)]
pub struct Receiver {
    next: u64,
    early: BTreeMap<u64, Vec<u8>>,
    early_bytes: u64,
    window_bytes: u64,
    window_messages: u64,
    delay: u64,
    messages: u32,
    bytes: u64,
    due: Option<u64>,
    repeats: u64,
}

impl Receiver {
    /// Expects message 0. Holds at most `bytes` and `messages` that came early.
    pub fn new(bytes: u64, messages: usize, delay: u64) -> Self {
        Self {
            next: 0,
            early: BTreeMap::new(),
            early_bytes: 0,
            window_bytes: bytes,
            window_messages: messages as u64,
            delay,
            messages: 0,
            bytes: 0,
            due: None,
            repeats: 0,
        }
    }

    /// Number expected next.
    pub fn next(&self) -> u64 {
        self.next
    }

    /// Numbers beyond it that are here.
    pub fn beyond(&self) -> Vec<u64> {
        self.early.keys().copied().take(BEYOND).collect()
    }

    /// Bytes that messages from the next one on may have.
    pub fn room(&self) -> u64 {
        self.window_bytes
    }

    /// Bytes of messages that came early.
    pub fn early_bytes(&self) -> u64 {
        self.early_bytes
    }

    /// Messages that came more than once.
    pub fn repeats(&self) -> u64 {
        self.repeats
    }

    /// A message came: whether it is its turn now. Then others may `follow`. One that came early is kept.
    pub fn accept(&mut self, sequence: u64, payload: &[u8], now: u64) -> bool {
        let size = payload.len() as u64;
        if sequence == self.next {
            self.next += 1;
            self.messages += 1;
            self.bytes = self.bytes.saturating_add(size);
            let wait = if self.early.is_empty() && self.messages < MESSAGES && self.bytes < BYTES {
                self.delay
            } else {
                0
            };
            self.acknowledge_within(wait, now);
            return true;
        }
        // The other side has to hear at once about a gap, and about an acknowledgement that got lost.
        self.acknowledge_within(0, now);
        if sequence < self.next || self.early.contains_key(&sequence) {
            self.repeats += 1;
        } else if sequence - self.next < self.window_messages
            && self.early_bytes + size + OVERHEAD <= self.window_bytes
        {
            self.early_bytes += size + OVERHEAD;
            self.early.insert(sequence, payload.into());
        }
        false
    }

    /// The next message that had come early.
    pub fn follow(&mut self) -> Option<Vec<u8>> {
        let payload = self.early.remove(&self.next)?;
        self.early_bytes -= payload.len() as u64 + OVERHEAD;
        self.next += 1;
        Some(payload)
    }

    /// Asks for an acknowledgement in `wait` ns at the latest.
    pub fn acknowledge_within(&mut self, wait: u64, now: u64) {
        let at = now.saturating_add(wait);
        self.due = Some(self.due.map_or(at, |due| due.min(at)));
    }

    /// When an acknowledgement has to go.
    pub fn due(&self) -> Option<u64> {
        self.due
    }

    /// Whether a message cannot take it along, since it has to tell more than the next number.
    pub fn has_gaps(&self) -> bool {
        !self.early.is_empty()
    }

    /// An acknowledgement goes.
    pub fn acknowledged(&mut self) {
        self.due = None;
        self.messages = 0;
        self.bytes = 0;
    }
}
