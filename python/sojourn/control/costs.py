"""What moves cost, learnt from those that were made."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sojourn.control.placement import Fleet
    from sojourn.model.record import AtomRecord, MoveRecord

# Of a move of which nothing is known: its time without any bytes, and bytes a second.
BASE_S = 0.02
BYTES_PER_S = 50e6
DOWNTIME_MS = 10.0
# Weight of the last move.
WEIGHT = 0.2
# Moves of fewer bytes tell of the base, those of more of the rate.
TELLING_BYTES = 256 << 10


class Costs:
    """Times of moves, as a base and a rate, smoothed; of each pair of nodes, and of all."""

    def __init__(self) -> None:
        self._base_s: dict[tuple[str, str], float] = {}
        self._rate: dict[tuple[str, str], float] = {}
        # How long an atom stands still while it moves, smoothed.
        self.downtime_ms = DOWNTIME_MS

    def learn(self, move: MoveRecord) -> None:
        """A move was made."""
        seconds = move.total_ms / 1000
        if seconds <= 0:
            return
        self.downtime_ms += (move.downtime_ms - self.downtime_ms) * WEIGHT
        for pair in ((move.source, move.target), ("", "")):
            if move.bytes < TELLING_BYTES:
                before = self._base_s.get(pair, seconds)
                self._base_s[pair] = before + (seconds - before) * WEIGHT
            else:
                rate = move.bytes / seconds
                before = self._rate.get(pair, rate)
                self._rate[pair] = before + (rate - before) * WEIGHT

    def seconds(self, fleet: Fleet, atom: AtomRecord, target: str) -> float:
        """How long a move would take.

        Args:
            fleet: Where measured bandwidths are.
            atom: Who moves from where it is.
            target: To which node.
        """
        pair = (atom.node, target)
        base = self._base_s.get(pair, self._base_s.get(("", ""), BASE_S))
        rate = self._rate.get(pair) or bandwidth(fleet, *pair) or self._rate.get(("", ""), BYTES_PER_S)
        return base + atom.memory_bytes / rate


def bandwidth(fleet: Fleet, source: str, target: str) -> float:
    """Measured between two nodes, in bytes a second; 0: not known."""
    row, peer = fleet.rows.get(source), fleet.rows.get(target)
    return 0.0 if row is None or peer is None else fleet.links.rates.get(row, {}).get(peer, 0.0)
