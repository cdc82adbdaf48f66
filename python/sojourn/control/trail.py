"""How nodes did in the last minutes: a few facts of each at equal distances, in columns of bounded size."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sojourn.control.placement import Fleet

# Ten minutes, of which every fifth second is kept.
EVERY_S, SAMPLES = 5.0, 120
# Facts that are kept, and the fleet's column of each. A round trip has none: it is the mean of those that are measured.
COLUMNS = {"load": "load", "memory_free_bytes": "memory_free", "atoms": "atoms", "joules": "energy_j"}
FACTS = (*COLUMNS, "rtt_ms")
# Room for more nodes is made by so much.
GROWTH = 1.25


class Trail:
    """Facts of nodes over time.

    Of a node 2.4 kB are kept (five numbers of 4 bytes, 120 times), whatever happens.
    """

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._free: list[int] = []
        # By fact, node and time; NaN: not known, or not up.
        self._values: NDArray[np.float32] = np.full((len(FACTS), 0, SAMPLES), np.nan, dtype=np.float32)
        self._times: NDArray[np.float64] = np.full(SAMPLES, np.nan)
        self._taken = 0

    def sample(self, at: float, fleet: Fleet) -> None:
        """Keeps what is known now; the oldest goes. O(nodes + links).

        Args:
            at: Seconds of the controller's clock.
            fleet: What is known.
        """
        self._forget([name for name in self._rows if name not in fleet.rows])
        self._enter([name for name in fleet.rows if name not in self._rows])
        slot = self._taken % SAMPLES
        self._taken += 1
        self._times[slot] = at
        self._values[:, :, slot] = np.nan
        up = [name for name, row in fleet.rows.items() if fleet.flags["up"][row]]
        there = np.array([fleet.rows[name] for name in up], dtype=np.int64)
        here = np.array([self._rows[name] for name in up], dtype=np.int64)
        for place, column in enumerate(COLUMNS.values()):
            self._values[place, here, slot] = fleet.numbers[column][there]
        unlimited = here[~fleet.flags["limited"][there]]
        self._values[FACTS.index("joules"), unlimited, slot] = np.nan
        self._values[FACTS.index("rtt_ms"), here, slot] = [
            mean(fleet.links.rtts.get(row, {})) for row in there.tolist()
        ]

    def of(self, node: str) -> tuple[list[float], dict[str, list[float | None]]]:
        """How a node did: times, the oldest first, and each fact at them; None: not known."""
        kept = min(self._taken, SAMPLES)
        slots = [number % SAMPLES for number in range(self._taken - kept, self._taken)]
        row = self._rows.get(node)
        if row is None:
            return [], {fact: [] for fact in FACTS}
        values = self._values[:, row, slots].astype(np.float64)
        seen = ~np.isnan(values).all(axis=0)
        first = int(np.argmax(seen)) if seen.any() else kept
        told = {
            fact: [None if np.isnan(value) else float(value) for value in values[place, first:].tolist()]
            for place, fact in enumerate(FACTS)
        }
        return self._times[slots][first:].tolist(), told

    @property
    def bytes(self) -> int:
        """Memory that its columns take."""
        return int(self._values.nbytes)

    def _forget(self, names: list[str]) -> None:
        for name in names:
            row = self._rows.pop(name)
            self._values[:, row, :] = np.nan
            self._free.append(row)

    def _enter(self, names: list[str]) -> None:
        size = self._values.shape[1]
        missing = len(names) - len(self._free)
        if missing > 0:
            more = max(missing, int(size * (GROWTH - 1)))
            empty = np.full((len(FACTS), more, SAMPLES), np.nan, dtype=np.float32)
            self._values = np.concatenate([self._values, empty], axis=1)
            self._free.extend(range(size + more - 1, size - 1, -1))
        for name in names:
            self._rows[name] = self._free.pop()


def mean(of: Mapping[int, float]) -> float:
    """The mean of measured values; NaN: there is none."""
    return sum(of.values()) / len(of) if of else float("nan")
