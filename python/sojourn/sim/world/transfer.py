"""Transfers share links: each gets the lesser of its ends' even shares, anew whenever one begins or ends there."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from sojourn.sim.timeline import Timeline
    from sojourn.sim.world.nodes import Nodes

LEAST_BYTES = 1e-6


class Transfer:
    """One under way.

    Attributes:
        ends: Rows of both nodes.
        left: Bytes that are left.
        rate: Bytes a second.
        since: When these were told.
        version: Grows with each change of its rate.
        done: What follows.
    """

    __slots__ = ("done", "ends", "left", "rate", "since", "version")

    def __init__(self, ends: tuple[int, int], size: float, now: float, done: Callable[[float], None]) -> None:
        self.ends, self.left, self.since, self.done = ends, size, now, done
        self.rate, self.version = 0.0, 0


class Transfers:
    """All that are under way."""

    def __init__(self, nodes: Nodes, timeline: Timeline) -> None:
        self.nodes = nodes
        self.timeline = timeline
        self.at: dict[int, dict[Transfer, None]] = {}

    def begin(self, source: int, target: int, size: float, now: float, done: Callable[[float], None]) -> Transfer:
        """Bytes begin to go; `done` is told when they are there."""
        transfer = Transfer((source, target), max(size, LEAST_BYTES), now, done)
        for end in transfer.ends:
            self.at.setdefault(end, {})[transfer] = None
        self.shared(transfer.ends, now)
        return transfer

    def cancel(self, transfer: Transfer, now: float) -> None:
        """No more of it goes, and nobody is told."""
        transfer.version += 1
        for end in transfer.ends:
            self.at[end].pop(transfer, None)
        self.shared(transfer.ends, now)

    def shared(self, ends: tuple[int, int], now: float) -> None:
        """Those at two nodes get their shares anew."""
        for transfer in {**self.at.get(ends[0], {}), **self.at.get(ends[1], {})}:
            transfer.left -= transfer.rate * (now - transfer.since)
            shares = (self.nodes.bandwidth[end] / len(self.at[end]) for end in transfer.ends)
            transfer.rate, transfer.since = float(min(shares)), now
            transfer.version += 1
            at = now + max(transfer.left, 0.0) / transfer.rate
            self.timeline.put(at, partial(self.end, transfer, transfer.version))

    def end(self, transfer: Transfer, version: int, now: float) -> None:
        """All bytes are there, unless the rate changed meanwhile."""
        if version != transfer.version:
            return
        for end in transfer.ends:
            self.at[end].pop(transfer, None)
        self.shared(transfer.ends, now)
        transfer.done(now)
