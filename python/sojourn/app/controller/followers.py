"""Who follows events: they are woken, and read what there is from the store."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.model.record import RealmEvent


class Followers:
    """Wakes those who wait for events.

    Attributes:
        last: Number of the newest event.
    """

    def __init__(self) -> None:
        self.last = 0
        self._news = asyncio.Event()

    def publish(self, events: Sequence[RealmEvent]) -> None:
        """Events were kept."""
        if events:
            self.reached(events[-1].number)

    def reached(self, number: int) -> None:
        """The store has events up to this number."""
        if number > self.last:
            self.last = number
            news, self._news = self._news, asyncio.Event()
            news.set()

    async def beyond(self, number: int) -> None:
        """Waits until there are events above a number."""
        while self.last <= number:
            await self._news.wait()
