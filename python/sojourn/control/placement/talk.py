"""Who talks with whom: traffic between atoms and clients.

A node tells of its strongest pairs only, and which those are may change from one report to the next. So a pair that is
told no more is taken to go on for `FADES_S` by that node's own clock, and then to be over. One told as nothing is over
at once, and so are all of a node that leaves.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sojourn.control.placement import limit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.model.fleet import Traffic

Pair = tuple[str, str]
FADES_S = 120.0


class Talk:
    """Bytes a second from one to another, as told last.

    Attributes:
        to: Who sends to somebody, and how much.
        by: To whom somebody sends, and how much.
        told: When each node told of each pair, the longest ago first.
        teller: Which node told of a pair last.
        rates: Messages and bytes a second of each pair, as told last.
    """

    def __init__(self) -> None:
        self.to: dict[str, dict[str, float]] = {}
        self.by: dict[str, dict[str, float]] = {}
        self.told: dict[str, dict[Pair, float]] = {}
        self.teller: dict[Pair, str] = {}
        self.rates: dict[Pair, tuple[float, float]] = {}

    def report(self, node: str, at: float, traffic: Iterable[Traffic]) -> None:
        """What a node tells of, at a time of its clock."""
        told = self.told.setdefault(node, {})
        for each in traffic:
            rate = each.bytes_per_s + each.messages_per_s  # an empty message is traffic, too
            pair = (each.source, each.target)
            if 0 < rate < math.inf:
                told.pop(pair, None)
                told[pair] = at
                self.teller[pair] = node
                self.rates[pair] = (each.messages_per_s, each.bytes_per_s)
                self.keep(self.to, each.target, each.source, rate)
                self.keep(self.by, each.source, each.target, rate)
            elif pair in told:
                self.over(node, pair)
        while told and (len(told) > limit.TRAFFIC_NODE or not at - next(iter(told.values())) <= FADES_S):
            self.over(node, next(iter(told)))
        if not told:
            del self.told[node]

    def forget(self, node: str) -> None:
        """A node has left."""
        for pair in list(self.told.get(node, ())):
            self.over(node, pair)
        self.told.pop(node, None)

    def over(self, node: str, pair: Pair) -> None:
        """A node tells of a pair no more; if no other told of it later, the pair is over."""
        del self.told[node][pair]
        if self.teller.get(pair) != node:
            return
        del self.teller[pair]
        del self.rates[pair]
        source, target = pair
        for table, one, other in ((self.to, target, source), (self.by, source, target)):
            of = table.get(one, {})
            of.pop(other, None)
            if not of:
                table.pop(one, None)

    def keep(self, table: dict[str, dict[str, float]], one: str, other: str, rate: float) -> None:
        """One side of a pair: of too many, the weakest goes."""
        of = table.setdefault(one, {})
        of[other] = rate
        if len(of) > limit.TRAFFIC:
            del of[min(of, key=lambda name: (of[name], name))]

    def senders(self, atom: str) -> dict[str, float]:
        """Who sends to an atom, and how much."""
        return self.to.get(atom, {})

    def peers(self, atom: str) -> dict[str, float]:
        """All it talks with, either way."""
        both = dict(self.to.get(atom, {}))
        for other, rate in self.by.get(atom, {}).items():
            both[other] = both.get(other, 0.0) + rate
        return both
