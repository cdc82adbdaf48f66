"""Output of atoms, read by byte numbers: so it has no gap and no repetition, wherever the atom goes meanwhile."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

from sojourn.model.errors import OutputLost
from sojourn.model.node_errors import Busy, Unreachable
from sojourn.model.wire import OutputResponse, ReadRequest, Stream

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sojourn.core.asker import Asker

# Most bytes of one answer.
MOST = 64 * 1024
# How long a node waits for output before it answers that there is none. Shorter than the 5 s after which it takes a
# reader for gone.
WAIT_S = 1.0
# An atom whose node does not answer may be on its way: asked again after this time.
AGAIN_S = 0.1


async def follow(asker: Asker, atom: str, stream: Stream, offset: int | None) -> AsyncIterator[bytes]:
    """Output as it comes, until nothing will follow; from `offset`, or from the oldest byte that is still there.

    Raises:
        OutputLost: Bytes are gone that were to come next.
    """
    at, found = offset or 0, offset is not None
    while True:
        answer = await read(asker, atom, stream, at, WAIT_S)
        data = after(answer, at, atom) if found else answer.bytes
        at, found = answer.from_ + len(answer.bytes), True
        if data:
            yield data
        if answer.end:
            return


async def up_to(asker: Asker, atom: str, stream: Stream, offset: int | None, end: int) -> AsyncIterator[bytes]:
    """Output that is there already: from `offset`, or from the oldest byte that is still there, up to the byte `end`.

    Raises:
        OutputLost: The bytes from `offset` on are gone.
    """
    at, found = offset or 0, offset is not None
    while at < end:
        answer = await read(asker, atom, stream, at, 0.0)
        data = after(answer, at, atom) if found else answer.bytes
        at, found = answer.from_ + len(answer.bytes), True
        if not data:
            return
        yield data


def after(answer: OutputResponse, at: int, atom: str) -> bytes:
    """The bytes from `at` on."""
    if answer.from_ > at:
        raise OutputLost(
            f"output of {atom} from byte {at:,} to {answer.from_:,} is gone: it was not read in time",
            "read on from there, without an offset",
        )
    return answer.bytes[at - answer.from_ :]


async def read(asker: Asker, atom: str, stream: Stream, at: int, wait_s: float) -> OutputResponse:
    """One answer. To read does not change anything, so it is asked again while the atom may be on its way."""
    patience = time.monotonic() + asker.timeout_s
    while True:
        try:
            request = ReadRequest(atom, stream, at, MOST, int(wait_s * 1000))
            return await asker.ask(request, OutputResponse, wait_s=wait_s)
        except (Unreachable, Busy):
            if time.monotonic() > patience:
                raise
            await asyncio.sleep(AGAIN_S)
