"""The route of an atom's output: bytes as parts of a stream, texts where they are texts.

A part's number is that of the byte after it, so that `Last-Event-ID` goes on exactly there.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import aclosing
from typing import TYPE_CHECKING, TypeAlias, cast

from msgspec import Struct

from sojourn.gateway.auth.scope import Scope
from sojourn.gateway.http.answer import Answer
from sojourn.gateway.http.route import Route
from sojourn.gateway.http.service import Controller
from sojourn.gateway.http.told import Said
from sojourn.gateway.http.value import AtomPath, OutputQuery
from sojourn.model.errors import Declined
from sojourn.model.node_errors import UnknownAtom

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

# Most bytes of a character of UTF-8.
CHARACTER_BYTES = 4


class Written(Struct, frozen=True):
    """Bytes of an atom's output; none: it rests.

    Attributes:
        offset: Number of the first byte.
        data: They.
    """

    offset: int
    data: bytes


class OutputLost(Answer, frozen=True, kw_only=True):
    """Output that was not read in time, and is gone.

    Attributes:
        offset: Number of the first byte that is gone.
        end: Number of the byte after the last of them.
        reason: Why, in words.
    """

    offset: int
    end: int
    reason: str


class OutputAgain(Answer, frozen=True, kw_only=True):
    """The atom goes on from an image: what follows takes the place of all that was read from this byte on.

    Attributes:
        offset: Number of that byte.
        reason: Why, in words.
    """

    offset: int
    reason: str


class OutputEnd(Answer, frozen=True, kw_only=True):
    """The end of what was asked for.

    Attributes:
        offset: Number of the byte after the last.
        over: Whether nothing will follow: the atom has ended. Restored, it may write again.
        reason: Why the stream ends early, in words; empty: it does not.
    """

    offset: int
    over: bool
    reason: str = ""


class OutputText(Answer, frozen=True, kw_only=True):
    """Output that is text.

    Attributes:
        offset: Number of its first byte.
        text: It; control characters are as the atom wrote them.
    """

    offset: int
    text: str


class OutputBytes(Answer, frozen=True, kw_only=True):
    """Output that is no text in UTF-8.

    Attributes:
        offset: Number of its first byte.
        base64: It, in base64.
    """

    offset: int
    base64: bytes


Output: TypeAlias = Written | OutputLost | OutputAgain | OutputEnd


async def follow_output(controller: Controller, path: AtomPath, query: OutputQuery) -> AsyncIterator[Sequence[Said]]:
    """What an atom wrote, and writes, as a stream: gapless over moves, from the oldest byte that is still there on.

    `output` has `text`, or `base64` where the bytes are no text in UTF-8; its `id` is the number of the byte after it,
    and `Last-Event-ID` goes on there. `lost` says which bytes are gone: the atom never waits for whoever reads. `again`
    says that the atom went back to an image, and from which byte on what was read no longer holds. `end` is the last.
    """
    return said(await controller.output(path.atom, query))


async def said(parts: AsyncIterator[Output]) -> AsyncIterator[Sequence[Said]]:
    """Parts of output as a stream tells them."""
    texts = Texts()
    async with aclosing(cast("AsyncGenerator[Output, None]", parts)):
        async for part in parts:
            if told := texts.told(part):
                yield told


class Texts:
    """Bytes as texts: a character that comes in two parts is told whole, once."""

    def __init__(self) -> None:
        self._rest = Written(0, b"")

    def told(self, part: Output) -> list[Said]:
        """What is to be told when a part has come."""
        match part:
            case Written(offset, data) if data:
                if self._rest.data and offset == self._rest.offset + len(self._rest.data):
                    part, self._rest = Written(self._rest.offset, self._rest.data + data), Written(0, b"")
                    return self._written(part)
                return [*self._left(), *self._written(part)]
            case Written():
                return self._left()
            case OutputLost(end=end):
                return [*self._left(), Said(end, "lost", part)]
            case OutputAgain(offset=offset):
                return [*self._left(), Said(offset, "again", part)]
            case OutputEnd(offset=offset):
                return [*self._left(), Said(offset, "end", part)]

    def _written(self, part: Written) -> list[Said]:
        kept = len(part.data) - unfinished(part.data)
        self._rest = Written(part.offset + kept, part.data[kept:])
        return [event_of(Written(part.offset, part.data[:kept]))] if kept else []

    def _left(self) -> list[Said]:
        """What was kept back, when nothing follows it."""
        rest, self._rest = self._rest, Written(0, b"")
        return [event_of(rest)] if rest.data else []


def event_of(part: Written) -> Said:
    """Bytes as an event."""
    value: Struct
    try:
        value = OutputText(offset=part.offset, text=part.data.decode())
    except UnicodeDecodeError:
        value = OutputBytes(offset=part.offset, base64=part.data)
    return Said(part.offset + len(part.data), "output", value)


def unfinished(data: bytes) -> int:
    """Bytes at the end that may be the beginning of a character: 0 to 3."""
    for back in range(1, min(CHARACTER_BYTES, len(data) + 1)):
        byte = data[-back]
        if byte & 0xC0 != 0x80:  # noqa: PLR2004 -- not one that continues a character
            length = 2 + (byte >= 0xE0) + (byte >= 0xF0) if 0xC2 <= byte <= 0xF4 else 1  # noqa: PLR2004 -- UTF-8
            return back if length > back else 0
    return 0


ROUTES = (
    Route(
        "GET",
        "/v1/atoms/{birth}/{name}/output",
        Scope.READ,
        follow_output,
        errors=(UnknownAtom, Declined),
        group="Atoms",
        stream=True,
        resumes="offset",
        tells=(OutputText, OutputBytes, OutputLost, OutputAgain, OutputEnd),
    ),
)
