//! What comes, and what is sent.

use crate::error::Result;
use crate::post::PATIENCE;
use crate::raw::{self, Bytes, Code, Head};
use crate::room::{bytes, text};
use crate::wait::{deadline, wait};

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A message.
    Message,
    /// One that is handled inside the receiver's next call that waits.
    Interrupt,
    /// The answer to a call.
    Reply,
    /// A call has failed; [`Message::code`] tells why.
    Failed,
    /// An atom that is watched has ended, with this status.
    Ended(u32),
    /// A key has changed: the type is `put` or `delete`, the subject the key.
    Changed,
}

/// A message that came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its number, unique for its source.
    pub id: u64,
    /// What it is.
    pub kind: Kind,
    /// Global name of whoever sent it.
    pub source: String,
    /// What kind of message it is to its receiver.
    pub ty: String,
    /// What it is about; may be empty.
    pub subject: String,
    /// Media type of the data; empty: bytes.
    pub content_type: String,
    /// The data.
    pub data: Vec<u8>,
    call: u64,
    code: u32,
}

impl Message {
    /// What a call has written.
    ///
    /// # Safety
    /// It has, and the room that it wrote to still stands.
    pub(crate) unsafe fn of(head: &Head) -> Self {
        let kind = match head.kind {
            raw::kind::INTERRUPT => Kind::Interrupt,
            raw::kind::REPLY => Kind::Reply,
            raw::kind::FAILED => Kind::Failed,
            raw::kind::ENDED => Kind::Ended(head.code),
            raw::kind::CHANGED => Kind::Changed,
            _ => Kind::Message,
        };
        // SAFETY: as the caller says.
        unsafe {
            Self {
                id: head.id,
                kind,
                source: text(&head.source),
                ty: text(&head.ty),
                subject: text(&head.subject),
                content_type: text(&head.content_type),
                data: bytes(&head.data),
                call: head.call,
                code: head.code,
            }
        }
    }

    /// All of it but the data.
    pub(crate) fn clone_head(&self) -> Self {
        Self {
            id: self.id,
            kind: self.kind,
            source: self.source.clone(),
            ty: self.ty.clone(),
            subject: self.subject.clone(),
            content_type: self.content_type.clone(),
            data: Vec::new(),
            call: self.call,
            code: self.code,
        }
    }

    /// Whether an answer is expected.
    #[must_use]
    pub const fn is_call(&self) -> bool {
        self.call != 0
    }

    /// The data as text; what is not UTF-8 in it is replaced.
    #[must_use]
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        String::from_utf8_lossy(&self.data)
    }

    /// Why a call has failed; `None` for all other kinds.
    #[must_use]
    pub fn code(&self) -> Option<Code> {
        (self.kind == Kind::Failed).then(|| Code::of(u16::try_from(self.code).unwrap_or(u16::MAX)))
    }

    /// Answers it; each call is answered once.
    ///
    /// # Errors
    /// `UnknownCall` when it is no call, or was answered; `Busy`, `TooLarge`. Definite.
    pub fn reply<'a>(&self, draft: impl Into<Draft<'a>>) -> Result<()> {
        let (draft, deadline) = (draft.into().raw(), deadline(Some(PATIENCE)));
        // SAFETY: the draft's parts stand until the call returns.
        wait(|| unsafe { raw::reply(self.call, &raw const draft, deadline) })
    }
}

/// A message to be sent. A pair of type and data is one, too.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Draft<'a> {
    /// What kind of message it is to its receiver.
    pub ty: &'a str,
    /// What it is about; may be empty.
    pub subject: &'a str,
    /// Media type of the data; empty: bytes.
    pub content_type: &'a str,
    /// The data.
    pub data: &'a [u8],
    /// Whether its receiver handles it inside its next call that waits.
    pub interrupt: bool,
}

impl<'a> Draft<'a> {
    /// One without data.
    #[must_use]
    pub const fn new(ty: &'a str) -> Self {
        Self { ty, subject: "", content_type: "", data: &[], interrupt: false }
    }

    /// With what it is about.
    #[must_use]
    pub const fn subject(self, subject: &'a str) -> Self {
        Self { subject, ..self }
    }

    /// With the data's media type.
    #[must_use]
    pub const fn content_type(self, content_type: &'a str) -> Self {
        Self { content_type, ..self }
    }

    /// With data.
    #[must_use]
    pub fn data(self, data: &'a (impl AsRef<[u8]> + ?Sized)) -> Self {
        Self { data: data.as_ref(), ..self }
    }

    /// As an interrupt.
    #[must_use]
    pub const fn interrupt(self) -> Self {
        Self { interrupt: true, ..self }
    }

    /// As the calls have it.
    pub(crate) fn raw(&self) -> raw::Draft {
        raw::Draft {
            ty: given(self.ty.as_bytes()),
            subject: given(self.subject.as_bytes()),
            content_type: given(self.content_type.as_bytes()),
            data: given(self.data),
            flags: if self.interrupt { raw::INTERRUPT } else { 0 },
            reserved: 0,
        }
    }
}

fn given(bytes: &[u8]) -> Bytes {
    Bytes { at: bytes.as_ptr(), length: bytes.len() }
}

impl<'a, D: AsRef<[u8]> + ?Sized> From<(&'a str, &'a D)> for Draft<'a> {
    fn from((ty, data): (&'a str, &'a D)) -> Self {
        Draft::new(ty).data(data)
    }
}

impl<'a> From<&'a str> for Draft<'a> {
    fn from(ty: &'a str) -> Self {
        Draft::new(ty)
    }
}
