"""Who talks with whom: traffic between atoms and clients."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sojourn.control.placement import limit

if TYPE_CHECKING:
    from sojourn.model.fleet import Traffic


class Talk:
    """Bytes a second from one to another, as measured last; both ends may have reported it."""

    def __init__(self) -> None:
        self.to: dict[str, dict[str, float]] = {}
        self.by: dict[str, dict[str, float]] = {}

    def measured(self, pair: Traffic) -> None:
        """What was measured of a pair; nothing more between them takes it away."""
        rate = pair.bytes_per_s + pair.messages_per_s  # an empty message is traffic, too
        if not math.isfinite(rate) or rate < 0:
            return
        self.keep(self.to, pair.target, pair.source, rate)
        self.keep(self.by, pair.source, pair.target, rate)

    def keep(self, table: dict[str, dict[str, float]], one: str, other: str, rate: float) -> None:
        """One side of it: of too many, the weakest goes."""
        of = table.setdefault(one, {})
        of.pop(other, None)
        if rate > 0:
            of[other] = rate
        if len(of) > limit.TRAFFIC:
            del of[min(of, key=lambda name: (of[name], name))]
        if not of:
            del table[one]

    def forget(self, somebody: str) -> None:
        """An atom or a client is no more."""
        for table, others in ((self.to, self.by), (self.by, self.to)):
            for other in table.pop(somebody, {}):
                of = others.get(other, {})
                of.pop(somebody, None)
                if not of:
                    others.pop(other, None)

    def senders(self, atom: str) -> dict[str, float]:
        """Who sends to an atom, and how much."""
        return self.to.get(atom, {})

    def peers(self, atom: str) -> dict[str, float]:
        """All it talks with, either way."""
        both = dict(self.to.get(atom, {}))
        for other, rate in self.by.get(atom, {}).items():
            both[other] = both.get(other, 0.0) + rate
        return both
