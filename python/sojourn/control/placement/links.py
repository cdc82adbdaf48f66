"""Latency and bandwidth between nodes: measured where somebody measured, estimated elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.coordinates import MOST_RTT_MS, Coordinates
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
        self.pairs: tuple[NDArray[np.int64], NDArray[np.float64]] | None = None
        self.last: tuple[object, object, NDArray[np.float32]] | None = None

    def grow(self, size: int) -> None:
        """Makes room for more rows."""
        self.coordinates.grow(size)
        self.size = size
        self.stale()

    def measured(self, row: int, peer: int, link: LinkFacts, names: tuple[str, str]) -> None:
        """A node measured its link to another. O(1)."""
        if not 0 <= link.rtt_ms < float("inf") or row == peer:
            return
        self.stale()
        for one, other in ((row, peer), (peer, row)):
            self.keep(self.rtts, one, other, min(link.rtt_ms, MOST_RTT_MS))
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
        self.stale()
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

    def between(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float64]:
        """One way between pairs of rows, of the shape that they broadcast to."""
        rtts = self.coordinates.between(rows, others)
        rtts[np.isnan(rtts)] = 2 * UNKNOWN_LATENCY_MS
        keys, values = self.sorted_pairs()
        if len(keys):
            wanted = rows * self.size + others
            at = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
            rtts = np.where(keys[at] == wanted, values[at], rtts)
        return np.where(rows == others, 0.0, rtts / 2)

    def table(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> NDArray[np.float32]:
        """One way from a column of G rows to N others. Shape (G, N). The last is kept: it is not to be written to."""
        if self.last is not None and self.last[0] is rows and self.last[1] is others:
            return self.last[2]
        found = self.coordinates.table(rows[:, 0], others)
        np.nan_to_num(found, copy=False, nan=2 * UNKNOWN_LATENCY_MS)
        places = np.full(self.size, -1)
        places[others] = np.arange(len(others))
        for at, row in enumerate(rows[:, 0].tolist()):
            of = self.rtts.get(row)
            if of:
                peers = places[list(of)]
                found[at, peers[peers >= 0]] = np.fromiter(of.values(), np.float32, len(of))[peers >= 0]
            if places[row] >= 0:
                found[at, places[row]] = 0.0
        found *= 0.5
        self.last = (rows, others, found)
        return found

    def sorted_pairs(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """All measured round trips: `row * size + other` in order, and their values."""
        if self.pairs is None:
            keys = np.array([row * self.size + peer for row, of in self.rtts.items() for peer in of], dtype=np.int64)
            values = np.array([rtt for of in self.rtts.values() for rtt in of.values()], dtype=np.float64)
            order = np.argsort(keys)
            self.pairs = keys[order], values[order]
        return self.pairs

    def stale(self) -> None:
        """What was reckoned from measurements is so no longer."""
        self.kept.clear()
        self.pairs = self.last = None

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
