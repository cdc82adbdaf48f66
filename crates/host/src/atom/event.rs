//! Messages in the guest's memory: read as drafts, written as heads with texts and data beside them.

use super::Stop;
use super::call::{Call, Draft, Head, Outcome, Room, count, put, str};
use super::table::{HEAD_BYTES, head_at};
use crate::wasi::Guest;
use alloc::string::String;
use sojourn_abi::{Code, Event, EventKind};

/// Flag of a draft: an interrupt.
const INTERRUPT: u32 = 1;

/// A message as a draft says it.
pub(super) fn event(memory: &Guest<'_>, draft: Draft) -> Result<Event, Stop> {
    let kind = match draft.flags {
        0 => EventKind::Message,
        INTERRUPT => EventKind::Interrupt,
        _ => return Err(Code::InvalidRequest.into()),
    };
    let text = |text| str(memory, text).map(String::from);
    Ok(Event {
        kind,
        ty: text(draft.ty)?,
        subject: text(draft.subject)?,
        content_type: text(draft.content_type)?,
        data: memory.bytes(draft.data).to_vec(),
        ..Event::default()
    })
}

impl Call<'_> {
    /// Writes a message that fits (`needed`).
    pub(super) fn put_event(&mut self, event: &Event, room: Room, head: Head) {
        put_event(&mut self.memory, event, room, head);
    }

    /// Says how much room a message takes.
    pub(super) fn too_small(&mut self, head: Head, needed: usize) -> Outcome {
        self.put(head.0 + head_at::NEEDED, &count(needed).to_le_bytes());
        Err(Code::TooSmall.into())
    }
}

/// Bytes of room that a message takes.
pub(super) fn needed(event: &Event) -> usize {
    event.data.len() + event.source.len() + event.ty.len() + event.subject.len() + event.content_type.len()
}

/// The data comes first in the room, so that it is aligned as the room is.
fn put_event(memory: &mut Guest<'_>, event: &Event, room: Room, head: Head) {
    let parts: [(u32, &[u8]); 5] = [
        (head_at::DATA, &event.data),
        (head_at::SOURCE, event.source.as_bytes()),
        (head_at::TYPE, event.ty.as_bytes()),
        (head_at::SUBJECT, event.subject.as_bytes()),
        (head_at::CONTENT_TYPE, event.content_type.as_bytes()),
    ];
    let mut record = [0; HEAD_BYTES as usize];
    let mut field = |at: u32, bytes: &[u8]| {
        let at = at as usize;
        record[at..at + bytes.len()].copy_from_slice(bytes);
    };
    let mut at = room.at;
    for (place, bytes) in parts {
        put(memory, at, bytes);
        field(place, &at.to_le_bytes());
        field(place + 4, &count(bytes.len()).to_le_bytes());
        at = at.wrapping_add(count(bytes.len()));
    }
    field(head_at::ID, &event.id.to_le_bytes());
    field(head_at::CALL, &event.call.to_le_bytes());
    field(head_at::KIND, &(event.kind as u32).to_le_bytes());
    field(head_at::CODE, &event.code.to_le_bytes());
    field(head_at::NEEDED, &count(needed(event)).to_le_bytes());
    put(memory, head.0, &record);
}
