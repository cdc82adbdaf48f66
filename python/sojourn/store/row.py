"""Records and events as rows: kind and key, or number, beside the value as JSON.

A field that a newer release has added is left out by an older one that reads the row. Everything else that is not as it
was written is damage, and told with kind and key.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.model.errors import StorageError
from sojourn.model.record import KINDS, Drop, MoveRecord, MoveState, Put, RealmEvent, Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.model.record import Write

ENCODER = msgspec.json.Encoder()
EVENT = msgspec.json.Decoder(RealmEvent)
RECORDS: dict[str, msgspec.json.Decoder[Record]] = {kind: msgspec.json.Decoder(type_) for kind, type_ in KINDS.items()}
# What decoding of a damaged row raises: no JSON, no Unicode, too deep, no text at all.
DAMAGE = (msgspec.MsgspecError, UnicodeError, RecursionError, TypeError)


class Batch(msgspec.Struct, frozen=True):
    """What one transaction does, each row at most once.

    Attributes:
        puts: Kind, key and payload.
        drops: Kind and key.
        events: Without numbers.
    """

    puts: tuple[tuple[str, str, str], ...]
    drops: tuple[tuple[str, str], ...]
    events: tuple[RealmEvent, ...]


def batch(writes: Sequence[Write]) -> Batch:
    """Writes as rows; of several about one record, the last counts.

    Raises:
        StorageError: A value cannot be kept.
    """
    last: dict[tuple[str, str], str | None] = {}
    events = []
    for write in writes:
        if isinstance(write, Put):
            last[write.record.KIND, write.record.key] = record_text(write.record)
        elif isinstance(write, Drop):
            last[write.kind, write.key] = None
        else:
            events.append(write.event)
    for kind, key in last:
        check_key(kind, key)
    puts = tuple((kind, key, payload) for (kind, key), payload in last.items() if payload is not None)
    return Batch(puts, tuple(where for where, payload in last.items() if payload is None), tuple(events))


def numbered(events: Sequence[RealmEvent], last: int) -> tuple[RealmEvent, ...]:
    """Events with the numbers that follow the last one's."""
    return tuple(msgspec.structs.replace(event, number=last + place) for place, event in enumerate(events, start=1))


def record_text(record: Record) -> str:
    """A record as JSON."""
    return text(record, RECORDS[record.KIND], f"the {record.KIND} {record.key!r}")


def event_text(event: RealmEvent) -> str:
    """An event as JSON."""
    return text(event, EVENT, f"the event {event.kind} about {event.subject!r}")


def text(
    value: Record | RealmEvent, decoder: msgspec.json.Decoder[Record] | msgspec.json.Decoder[RealmEvent], what: str
) -> str:
    """A value as JSON that can be read again.

    Raises:
        StorageError: It cannot be written so.
    """
    try:
        payload = ENCODER.encode(value)
        # JSON has no infinity: it would be written as null, which no field here is.
        if b"null" in payload:
            decoder.decode(payload)
        return payload.decode()
    except (*DAMAGE, OverflowError, ValueError) as error:
        raise StorageError(f"cannot keep {what}: {error}") from error


def check_key(kind: str, key: str) -> None:
    """Says that a database cannot have such a key.

    Raises:
        StorageError: It cannot.
    """
    try:
        fits = b"\0" not in f"{kind}{key}".encode()
    except UnicodeError:
        fits = False
    if not fits:
        raise StorageError(f"cannot keep the {kind} {key!r}: its name is no text", "names are letters, digits, . _ - /")


def record_of(kind: str, key: str, payload: str, place: str) -> Record:
    """The record of a row.

    Raises:
        StorageError: The row is damaged.
    """
    try:
        record = RECORDS[kind].decode(payload)
    except DAMAGE as error:
        raise damaged(f"the {kind} {key!r}", place, str(error)) from error
    if record.key != key:
        raise damaged(f"the {kind} {key!r}", place, f"it holds {record.key!r}")
    return record


def event_of(number: int, payload: str, place: str) -> RealmEvent:
    """The event of a row.

    Raises:
        StorageError: The row is damaged.
    """
    try:
        event = EVENT.decode(payload)
    except DAMAGE as error:
        raise damaged(f"event {number}", place, str(error)) from error
    if event.number != number:
        raise damaged(f"event {number}", place, f"it holds number {event.number}")
    return event


def settled(moves: Sequence[tuple[str, str]], place: str) -> list[str]:
    """Keys of the moves that are over, of key and payload, in the order given.

    Raises:
        StorageError: A row is damaged.
    """
    found = []
    for key, payload in moves:
        move = record_of(MoveRecord.KIND, key, payload, place)
        if isinstance(move, MoveRecord) and move.state is not MoveState.DECIDED:
            found.append(key)
    return found


def damaged(what: str, place: str, why: str) -> StorageError:
    """The error of a row that is not as it was written."""
    why = why.encode(errors="replace").decode()
    what = what.encode(errors="replace").decode()
    return StorageError(f"the store {place} is damaged at {what}: {why}", "bring a back-up back; the guide shows how")
