"""The client of a request as its task sees it: what it is told waits until the task sends it."""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.gateway.http.refusal import Refusal
    from sojourn.gateway.web.message import Head


class Answering:
    """See `exchange.Client`. What waits is bounded by the stream's window.

    Attributes:
        begun: The answer's head, when it is there.
        parts: Pieces of its body that have not been sent.
        ended: Whether its end is there.
        refusal: In place of an answer.
        broken: Why it is over before its end.
    """

    __slots__ = ("_waiter", "begun", "broken", "ended", "full", "parts", "refusal")

    def __init__(self) -> None:
        self.begun: Head | None = None
        self.parts: deque[bytes] = deque()
        self.ended = False
        self.refusal: Refusal | None = None
        self.broken = ""
        self.full = asyncio.Event()
        self._waiter: asyncio.Future[None] | None = None

    def head(self, head: Head) -> None:
        """The answer's head."""
        self.begun = head
        self._wake()

    def piece(self, data: bytes) -> None:
        """A piece of its body."""
        self.parts.append(data)
        self._wake()

    def end(self) -> None:
        """Its end."""
        self.ended = True
        self._wake()

    def fail(self, refusal: Refusal) -> None:
        """There is no answer."""
        self.refusal = refusal
        self.full.set()
        self._wake()

    def cut(self, why: str) -> None:
        """It is over before its end."""
        self.broken = why or "it ended"
        self.full.set()
        self._wake()

    def room(self) -> None:
        """More of the request's body may come."""
        self.full.set()

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def changed(self) -> None:
        """Waits until there is something to do."""
        if self.parts or self.ended or self.refusal is not None or self.broken:
            return
        self._waiter = asyncio.get_running_loop().create_future()
        await self._waiter
        self._waiter = None
