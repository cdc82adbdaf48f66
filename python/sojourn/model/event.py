"""Messages as a client holds them: CloudEvents in the small, with data as Python's values."""

from __future__ import annotations

import base64
import dataclasses
import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeAlias

from sojourn.model.wire import Event as WireEvent
from sojourn.model.wire import EventKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
Data: TypeAlias = "bytes | bytearray | memoryview | Json"

TEXT, JSON = "text/plain", "application/json"
SPECIFICATION = "1.0"
# A type that says what a message is whose sender gave it none; CloudEvents need one.
TYPES = {kind: f"sojourn.{kind.name.lower()}" for kind in EventKind}


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """A message that came.

    Attributes:
        id: Its number, unique for its source.
        source: Global name of whoever sent it.
        type: What kind of message it is; may be empty.
        subject: What it is about; may be empty.
        content_type: Media type of the data; empty: bytes.
        data: The data.
        time: When it came to this client.
        kind: What it is: a message, an interrupt, an answer, an end.
        code: Exit status in an end; otherwise 0.
        call: What `Box.reply` answers it by; 0: no answer is expected.
    """

    id: int
    source: str
    type: str
    subject: str
    content_type: str
    data: bytes
    time: datetime
    kind: EventKind = EventKind.MESSAGE
    code: int = 0
    call: int = 0

    @property
    def value(self) -> Json | bytes:
        """The data as a value: JSON's for `application/json` and `…+json`, a text for `text/…`, otherwise the bytes.

        Raises:
            ValueError: The data is not what its media type says.
        """
        return value_of(self.data, self.content_type)

    @property
    def expects_answer(self) -> bool:
        """Whether its sender waits for an answer."""
        return self.call != 0

    def to_cloudevent(self) -> dict[str, Json]:
        """The CloudEvent that it is, version 1.0, in the JSON format; data that is no text or JSON as `data_base64`."""
        told: dict[str, Json] = {
            "specversion": SPECIFICATION,
            "id": str(self.id),
            "source": self.source,
            "type": self.type or TYPES[self.kind],
            "time": self.time.isoformat().replace("+00:00", "Z"),
        }
        if self.subject:
            told["subject"] = self.subject
        if self.content_type:
            told["datacontenttype"] = self.content_type
        try:
            value = self.value
        except ValueError:
            value = self.data
        if isinstance(value, bytes):
            told |= {"data_base64": base64.b64encode(value).decode()} if value else {}
        else:
            told["data"] = value
        return told

    @classmethod
    def of(cls, event: WireEvent) -> Event:
        """As it came over the wire, now."""
        return cls(
            id=event.id,
            source=event.source,
            type=event.type,
            subject=event.subject,
            content_type=event.content_type,
            data=event.data,
            time=datetime.now(UTC),
            kind=event.kind,
            code=event.code,
            call=event.call,
        )


@dataclasses.dataclass(frozen=True, slots=True)
class End:
    """The end of an atom.

    Attributes:
        atom: Its global name.
        status: Its exit status; None when it did not end by itself.
        reason: Why it ended, when it did not end by itself.
    """

    atom: str
    status: int | None
    reason: str | None


def media_type(content_type: str) -> str:
    """`text/plain` of `Text/Plain; charset=utf-8`."""
    return content_type.partition(";")[0].strip().lower()


def value_of(data: bytes, content_type: str) -> Json | bytes:
    """See `Event.value`."""
    kind = media_type(content_type)
    if kind == JSON or kind.endswith("+json"):
        value: Json = json.loads(data)
        return value
    return data.decode() if kind.startswith("text/") else data


def encoded(data: Data, content_type: str | None) -> tuple[bytes, str]:
    """Data as bytes, and its media type: bytes as they are, a text as UTF-8, anything else as JSON.

    Args:
        data: The data.
        content_type: What to call it; None: nothing for bytes, `text/plain` for a text, `application/json` for others.

    Raises:
        TypeError: It is nothing that JSON can say.
        ValueError: The same.
    """
    if isinstance(data, bytes | bytearray | memoryview):
        return bytes(data), content_type or ""
    if isinstance(data, str):
        return data.encode(), TEXT if content_type is None else content_type
    text = json.dumps(data, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    return text.encode(), JSON if content_type is None else content_type


def drafted(  # noqa: PLR0913 -- the fields of a message
    data: Data,
    type_: str = "",
    subject: str = "",
    content_type: str | None = None,
    *,
    kind: EventKind = EventKind.MESSAGE,
    call: int = 0,
) -> WireEvent:
    """A message that is to be sent; its sender's node fills in the rest."""
    body, named = encoded(data, content_type)
    return WireEvent(
        id=0, kind=kind, source="", type=type_, subject=subject, content_type=named, data=body, call=call, code=0
    )


def kind_of(*, interrupt: bool) -> EventKind:
    """What a message is that is sent: an interrupt or not."""
    return EventKind.INTERRUPT if interrupt else EventKind.MESSAGE


def alias_of(text: str) -> tuple[str, str]:
    """Scope and alias of `scope:alias`.

    Raises:
        ValueError: It is not written like that.
    """
    scope, colon, alias = text.partition(":")
    if not (scope and colon and alias):
        raise ValueError(f"{text!r} is not an alias; write it as SCOPE:ALIAS, such as topic:prices")
    return scope, alias
