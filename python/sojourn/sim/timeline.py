"""What is to be done, in order of time; what is for the same time, in the order in which it was put there."""

from __future__ import annotations

import heapq
import itertools
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable

    Entry: TypeAlias = tuple[float, int, Callable[[float], None]]


class Timeline:
    """A heap of times and what is to be done then."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.order = itertools.count()

    def put(self, at: float, what: Callable[[float], None]) -> None:
        """Something is to be done at a time, which it is told."""
        heapq.heappush(self.entries, (at, next(self.order), what))

    def run(self, until: float) -> None:
        """Does all that is before a time, and whatever that puts there."""
        while self.entries and self.entries[0][0] < until:
            at, _, what = heapq.heappop(self.entries)
            what(at)
