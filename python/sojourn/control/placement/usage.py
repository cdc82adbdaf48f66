"""What atoms take of nodes: bookkeeping of capacity, planned atoms with it.

It is apart from the fleet so that a plan can be tried on a copy.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.model.placement import Demand

COLUMNS = ("memory", "cores", "busy", "atoms", "utilisation", "coming_memory", "coming_busy", "coming_atoms")


class Usage:
    """Columns, one row a node.

    Attributes:
        memory: Bytes promised to its atoms.
        cores: Cores kept for them, of the node's own speed.
        busy: Cores that they keep busy, of the node's own speed.
        atoms: How many.
        utilisation: Share of a core that their deadlines take, of the node's own speed.
        coming_memory: Of these, what its own report cannot show yet.
        coming_busy: The same.
        coming_atoms: The same.
    """

    memory: NDArray[np.float64]
    cores: NDArray[np.float64]
    busy: NDArray[np.float64]
    atoms: NDArray[np.float64]
    utilisation: NDArray[np.float64]
    coming_memory: NDArray[np.float64]
    coming_busy: NDArray[np.float64]
    coming_atoms: NDArray[np.float64]

    def __init__(self, size: int) -> None:
        for column in COLUMNS:
            setattr(self, column, np.zeros(size))

    def copy(self) -> Usage:
        """To try something on."""
        return self.grown(len(self.memory))

    def grown(self, size: int) -> Usage:
        """A copy with room for more."""
        other = Usage(size)
        for column in COLUMNS:
            mine = getattr(self, column)
            getattr(other, column)[: len(mine)] = mine
        return other

    def clear(self, row: int) -> None:
        """Nothing is there."""
        for column in COLUMNS:
            getattr(self, column)[row] = 0.0

    def add(self, row: int, demand: Demand, speed: float, *, there: bool, sign: float = 1.0) -> None:
        """An atom comes, or with `sign` -1.0 goes; `there`: the node's report has it already. O(1)."""
        memory, busy = sign * demand.memory_bytes, sign * demand.busy / speed
        self.memory[row] += memory
        self.cores[row] += sign * demand.cores / speed
        self.busy[row] += busy
        self.atoms[row] += sign
        if demand.periodic is not None:
            self.utilisation[row] += sign * demand.periodic.work_ms / demand.periodic.period_ms / speed
        if not there:
            self.coming_memory[row] += memory
            self.coming_busy[row] += busy
            self.coming_atoms[row] += sign
        if self.atoms[row] <= 0:  # what is left is the rounding of sums
            self.clear(row)

    def seen(self, row: int, demand: Demand, speed: float) -> None:
        """The node's report has an atom now that was on its way. O(1)."""
        self.coming_memory[row] -= demand.memory_bytes
        self.coming_busy[row] -= demand.busy / speed
        self.coming_atoms[row] -= 1
        if self.coming_atoms[row] <= 0:
            self.coming_memory[row] = self.coming_busy[row] = self.coming_atoms[row] = 0.0
