"""Latency and bandwidth between nodes: measured where somebody measured, estimated elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.coordinates import Coordinates
from sojourn.control.objective.facts import UNKNOWN_BYTES_PER_S, UNKNOWN_LATENCY_MS
from sojourn.control.placement import limit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.model.fleet import LinkFacts

# Between atoms of one node.
INSIDE_BYTES_PER_S = 1e10


class Links:
    """Links between rows of a fleet. What one end measured holds for both."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.coordinates = Coordinates(size)
        self.rtts: dict[int, dict[int, float]] = {}
        self.rates: dict[int, dict[int, float]] = {}
        self.kept: dict[int, NDArray[np.float64]] = {}

    def grow(self, size: int) -> None:
        """Makes room for more rows."""
        self.coordinates.grow(size)
        self.size = size
        self.kept.clear()

    def measured(self, row: int, peer: int, link: LinkFacts, names: tuple[str, str]) -> None:
        """A node measured its link to another. O(1)."""
        if not 0 <= link.rtt_ms < float("inf") or row == peer:
            return
        self.kept.clear()
        for one, other in ((row, peer), (peer, row)):
            self.keep(self.rtts, one, other, link.rtt_ms)
            if 0 < link.bytes_per_s < float("inf"):
                self.keep(self.rates, one, other, link.bytes_per_s)
        self.coordinates.measured(row, peer, link.rtt_ms, names)
        self.coordinates.measured(peer, row, link.rtt_ms, (names[1], names[0]))

    def keep(self, table: dict[int, dict[int, float]], one: int, other: int, value: float) -> None:
        """The newest of a pair; the oldest goes where there are too many."""
        of = table.setdefault(one, {})
        of.pop(other, None)
        of[other] = value
        if len(of) > limit.LINKS:
            del of[next(iter(of))]

    def forget(self, row: int) -> None:
        """A node has left."""
        self.kept.clear()
        self.coordinates.forget(row)
        for table in (self.rtts, self.rates):
            for peer in table.pop(row, {}):
                table.get(peer, {}).pop(row, None)

    def latency_ms(self, row: int) -> NDArray[np.float64]:
        """One way between a row and all. Shape (N,). Not to be written to."""
        known = self.kept.get(row)
        if known is None:
            known = self.reckoned(row)
            if len(self.kept) >= limit.ROWS:
                del self.kept[next(iter(self.kept))]
            self.kept[row] = known
        return known

    def reckoned(self, row: int) -> NDArray[np.float64]:
        """The same, anew."""
        rtts = self.coordinates.rtt_ms(row)
        rtts[np.isnan(rtts)] = 2 * UNKNOWN_LATENCY_MS
        of = self.rtts.get(row)
        if of:
            rtts[list(of)] = list(of.values())
        rtts[row] = 0.0
        return rtts / 2

    def bytes_per_s(self, row: int) -> NDArray[np.float64]:
        """Bandwidth between a row and all. Shape (N,)."""
        rates = np.full(self.size, UNKNOWN_BYTES_PER_S)
        of = self.rates.get(row)
        if of:
            rates[list(of)] = list(of.values())
        rates[row] = INSIDE_BYTES_PER_S
        return rates

    def told(self, row: int, peer: int) -> str:
        """How a latency is known, in words."""
        if row == peer:
            return "the same node"
        if peer in self.rtts.get(row, {}):
            return "measured"
        both = self.coordinates.known[row] and self.coordinates.known[peer]
        return "estimated" if both else "assumed"
