"""Output of an atom for somebody who reads at a pace of their own, and whom the atom never waits for.

A node waits for whoever has read in the last seconds, where it has no more room for output (`node`, `live/ring.rs`): so
a command that prints it misses nothing. A page that is looked at must not do that to an atom. While it keeps up it
reads as the command does, without a gap; where it does not, in time or in bytes, the node is told that nobody reads.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from sojourn.core.output import MOST, WAIT_S
from sojourn.gateway.http.output import OutputAgain, OutputEnd, OutputLost, Written
from sojourn.model.errors import SojournError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from sojourn.app.controller.link import Visitors
    from sojourn.gateway.http.output import Output
    from sojourn.model.wire import OutputResponse, Stream

# Who does not take a part for so long is not waited for by the atom.
SLOW_S = 1.0
# Bytes that are read at once without a pause, and bytes a second after that; and the pause.
BURST_BYTES = 8 << 20
BYTES_PER_S = 2 << 20
PAUSE_S = 0.05
# A byte that no atom will ever write: whoever reads from there has read all that there is.
NEVER = 1 << 62


class Reading:
    """One reader of one stream.

    Args:
        link: The realm.
        atom: The atom's global name.
        stream: Which stream.
        offset: Number of the first byte; None: the oldest that is still there.
        lineage: The atom's lineage: another number when it goes on from an image; 0: not known yet.
    """

    def __init__(
        self, link: Visitors, atom: str, stream: Stream, offset: int | None, lineage: Callable[[], int]
    ) -> None:
        self._link = link
        self._atom = atom
        self._stream = stream
        self._at = offset or 0
        self._begun = offset is not None
        self._lineage = lineage
        self._known = lineage()
        self._letting_go: set[asyncio.Task[None]] = set()
        self._budget = float(BURST_BYTES)
        self._filled_at = asyncio.get_running_loop().time()

    async def parts(self, *, follow: bool) -> AsyncGenerator[Output, None]:
        """Parts of the output; see `gateway.http.service.Controller.output`."""
        try:
            async for part in self._parts(follow=follow):
                slow = asyncio.get_running_loop().call_later(SLOW_S, self._let_go_soon)
                try:
                    yield part
                finally:
                    slow.cancel()
        except SojournError as error:
            yield OutputEnd(offset=self._at, over=False, reason=str(error))

    async def _parts(self, *, follow: bool) -> AsyncGenerator[Output, None]:
        again = self._at > 0 and await self._is_beyond()
        rests = False
        while True:
            again = again or self._has_gone_back()
            if again:
                self._at = 0
            answer = await self._link.output(self._atom, self._stream, self._at, WAIT_S if follow else 0.0)
            if told := self._skipped(answer, again=again):
                yield told
            again, self._begun = False, True
            data = answer.bytes[max(0, self._at - answer.from_) :]
            self._at = answer.from_ + len(answer.bytes)
            if data or not rests:
                yield Written(self._at - len(data), data)
            rests = not data
            if answer.end or not (follow or len(data) >= MOST):
                yield OutputEnd(offset=self._at, over=answer.end)
                return
            await self._paced(len(data))

    def _has_gone_back(self) -> bool:
        """Whether it goes on from an image since this was asked last. Of one that was begun just now, 0 is known."""
        was, self._known = self._known, self._lineage()
        return was not in {0, self._known}

    def _skipped(self, answer: OutputResponse, *, again: bool) -> Output | None:
        """What is to be told of the place where an answer begins."""
        if again:
            return OutputAgain(offset=answer.from_, reason=f"{self._atom} goes on from an image")
        if self._begun and answer.from_ > self._at:
            return OutputLost(offset=self._at, end=answer.from_, reason="it was not read in time")
        return None

    async def _is_beyond(self) -> bool:
        """Whether the atom has not written the byte before this one: it went back to an image meanwhile."""
        answer = await self._link.output(self._atom, self._stream, self._at - 1, 0.0)
        return not answer.bytes

    async def _paced(self, count: int) -> None:
        """Rests, where so much was read that the atom must not wait for it."""
        now = asyncio.get_running_loop().time()
        self._budget = min(BURST_BYTES, self._budget + (now - self._filled_at) * BYTES_PER_S) - count
        self._filled_at = now
        if self._budget < 0:
            await self._let_go()
            await asyncio.sleep(PAUSE_S)

    def _let_go_soon(self) -> None:
        task = asyncio.ensure_future(self._let_go())
        self._letting_go.add(task)
        task.add_done_callback(self._letting_go.discard)

    async def _let_go(self) -> None:
        """Tells the atom's node not to wait."""
        try:
            await self._link.output(self._atom, self._stream, NEVER, 0.0)
        except SojournError:
            # Then nobody is waited for, either.
            return
