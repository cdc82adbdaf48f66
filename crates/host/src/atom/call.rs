//! One guest call: its parameters, its memory, and the world that it asks.

use super::Stop;
use super::table::{DRAFT_BYTES, HEAD_BYTES, PLACE_BYTES, draft_at};
use crate::limit;
use crate::wasi::{Guest, Stretch, Wasi};
use sojourn_abi::Code;
use sojourn_engine::Value;
use sojourn_post::Mailbox;

/// How a call ends.
pub(super) type Outcome = Result<(), Stop>;

/// A call.
pub(crate) struct Call<'a> {
    pub(super) world: &'a mut Wasi,
    pub(super) memory: Guest<'a>,
    arguments: &'a [Value],
}

/// Bytes in the guest's memory that are to be text; whether they are is looked at where they are read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Text(pub(super) Stretch);

/// Room in the guest's memory, and where it is.
#[derive(Clone, Copy, Debug)]
pub(super) struct Room {
    pub(super) at: u32,
    pub(super) stretch: Stretch,
}

/// Where a number of 32 bits goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Out32(u32);

/// Where a number of 64 bits goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Out64(u32);

/// Where a `head` goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Head(pub(super) u32);

/// Where a `place` goes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Place(pub(super) u32);

/// A message that is to be sent, as it lies in the guest's memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Draft {
    pub(super) ty: Text,
    pub(super) subject: Text,
    pub(super) content_type: Text,
    pub(super) data: Stretch,
    pub(super) flags: u32,
}

/// Until when a call waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deadline {
    /// It does not wait.
    Now,
    /// Until this moment on the guest's monotonic clock.
    At(u64),
    /// For ever.
    Never,
}

impl Deadline {
    /// Whether it is over.
    pub(super) const fn is_over(self, now_ns: u64) -> bool {
        match self {
            Self::Now => true,
            Self::At(at) => at <= now_ns,
            Self::Never => false,
        }
    }

    /// The moment, if it is one.
    pub(super) const fn moment(self) -> Option<u64> {
        match self {
            Self::Now | Self::Never => None,
            Self::At(at) => Some(at),
        }
    }
}

impl<'a> Call<'a> {
    pub(super) const fn new(world: &'a mut Wasi, memory: &'a mut [u8], arguments: &'a [Value]) -> Self {
        Self { world, memory: Guest(memory), arguments }
    }

    // ------------------------------------------------------------ parameters, by the place of their first number

    pub(super) fn u32(&self, index: usize) -> u32 {
        match self.arguments.get(index) {
            Some(Value::I32(value)) => value.cast_unsigned(),
            other => unreachable!("argument {index} is {other:?}, though the signature was checked"),
        }
    }

    pub(super) fn u64(&self, index: usize) -> u64 {
        match self.arguments.get(index) {
            Some(Value::I64(value)) => value.cast_unsigned(),
            other => unreachable!("argument {index} is {other:?}, though the signature was checked"),
        }
    }

    pub(super) fn deadline(&self, index: usize) -> Deadline {
        match self.u64(index) {
            0 => Deadline::Now,
            at if at.cast_signed() < 0 => Deadline::Never,
            at => Deadline::At(at),
        }
    }

    pub(super) fn bytes(&self, index: usize) -> Result<Stretch, Stop> {
        self.find(self.u32(index), self.u32(index + 1))
    }

    pub(super) fn text(&self, index: usize) -> Result<Text, Stop> {
        self.bytes(index).map(Text)
    }

    pub(super) fn room(&self, index: usize) -> Result<Room, Stop> {
        Ok(Room { at: self.u32(index), stretch: self.bytes(index)? })
    }

    pub(super) fn out32(&self, index: usize) -> Result<Out32, Stop> {
        self.record(index, 4).map(Out32)
    }

    pub(super) fn out64(&self, index: usize) -> Result<Out64, Stop> {
        self.record(index, 8).map(Out64)
    }

    pub(super) fn head(&self, index: usize) -> Result<Head, Stop> {
        self.record(index, HEAD_BYTES).map(Head)
    }

    pub(super) fn place(&self, index: usize) -> Result<Place, Stop> {
        self.record(index, PLACE_BYTES).map(Place)
    }

    pub(super) fn draft(&self, index: usize) -> Result<Draft, Stop> {
        let record = self.memory.bytes(self.find(self.u32(index), DRAFT_BYTES)?);
        let (words, _) = record.as_chunks();
        let word = |field: u32| words.get(field as usize / 4).map_or(0, |word| u32::from_le_bytes(*word));
        let bytes = |field: u32| self.find(word(field), word(field + 4));
        if word(draft_at::RESERVED) != 0 {
            return Err(Code::InvalidRequest.into());
        }
        Ok(Draft {
            ty: bytes(draft_at::TYPE).map(Text)?,
            subject: bytes(draft_at::SUBJECT).map(Text)?,
            content_type: bytes(draft_at::CONTENT_TYPE).map(Text)?,
            data: bytes(draft_at::DATA)?,
            flags: word(draft_at::FLAGS),
        })
    }

    fn record(&self, index: usize, bytes: u32) -> Result<u32, Stop> {
        let at = self.u32(index);
        self.find(at, bytes).map(|_| at)
    }

    /// Bytes that are there. Of none it does not matter where they are: languages have no rule for that.
    fn find(&self, at: u32, length: u32) -> Result<Stretch, Stop> {
        let at = if length == 0 { 0 } else { at };
        self.memory.find(at, length).ok_or(Stop::Code(Code::BadPointer))
    }

    // ------------------------------------------------------------ what they say

    /// A text.
    pub(super) fn read(&self, text: Text) -> Result<&str, Stop> {
        str(&self.memory, text)
    }

    // ------------------------------------------------------------ what it gives, into places that were checked

    pub(super) fn put32(&mut self, out: Out32, value: u32) {
        self.put(out.0, &value.to_le_bytes());
    }

    pub(super) fn put64(&mut self, out: Out64, value: u64) {
        self.put(out.0, &value.to_le_bytes());
    }

    pub(super) fn put(&mut self, at: u32, bytes: &[u8]) {
        put(&mut self.memory, at, bytes);
    }

    /// Bytes into the room that was given, and how many; `TooSmall` when they do not fit.
    pub(super) fn put_all(&mut self, room: Room, length: Out32, bytes: &[u8]) -> Outcome {
        let fits = bytes.len() <= room.stretch.len();
        if fits {
            self.put(room.at, bytes);
        }
        self.put32(length, count(bytes.len()));
        if fits { Ok(()) } else { Err(Code::TooSmall.into()) }
    }

    /// Looks at the mailbox.
    ///
    /// # Errors
    /// `NotInRealm` when there is none.
    pub(super) fn mailbox<T>(&mut self, look: impl FnOnce(&mut Mailbox) -> T) -> Result<T, Stop> {
        self.world.look(look).ok_or(Stop::Code(Code::NotInRealm))
    }
}

impl Wasi {
    /// Looks at the mailbox, if there is one.
    pub(crate) fn look<T>(&mut self, look: impl FnOnce(&mut Mailbox) -> T) -> Option<T> {
        let (mut look, mut seen) = (Some(look), None);
        self.ports.post.mailbox(&mut |mailbox| {
            if let Some(look) = look.take() {
                seen = Some(look(mailbox));
            }
        });
        seen
    }
}

/// A text in a guest's memory.
pub(super) fn str<'m>(memory: &'m Guest<'_>, text: Text) -> Result<&'m str, Stop> {
    core::str::from_utf8(memory.bytes(text.0)).map_err(|_| Stop::Code(Code::InvalidRequest))
}

/// A name of an atom. One that is longer than any is not looked for: it may be as long as the guest's memory.
pub(super) fn name<'m>(memory: &'m Guest<'_>, text: Text) -> Result<&'m str, Stop> {
    match str(memory, text)? {
        name if name.len() > limit::ATOM_NAME_BYTES => Err(Stop::Code(Code::UnknownAtom)),
        name => Ok(name),
    }
}

/// Bytes into a place that was checked.
pub(super) fn put(memory: &mut Guest<'_>, at: u32, bytes: &[u8]) {
    if let Some(stretch) = memory.find(at, count(bytes.len())) {
        memory.bytes_mut(stretch).copy_from_slice(bytes);
    }
}

/// A count of bytes, which a guest's memory or a limit bounds.
pub(super) fn count(bytes: usize) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}
