"""What atoms take of nodes: bookkeeping of capacity, planned atoms with it.

It is apart from the fleet so that a plan can be tried on a copy.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.placement.admission import most_atoms

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sojourn.model.placement import Demand

COLUMNS = ("memory", "cores", "busy", "atoms", "coming_memory", "coming_busy", "coming_atoms")


class Usage:
    """Columns, one row a node.

    Attributes:
        memory: Bytes promised to its atoms.
        cores: Cores kept for them, of the node's own speed.
        busy: Cores that they keep busy, of the node's own speed.
        atoms: How many.
        coming_memory: Of these, what its own report cannot show yet.
        coming_busy: The same.
        coming_atoms: The same.
        most_atoms: How many atoms there may be before a deadline is in danger; infinite: there is none.
        deadlines: Who has deadlines, by row: what they take, and how many of them.
        turns: How many atoms were ever placed, for policies that take turns.
    """

    memory: NDArray[np.float64]
    cores: NDArray[np.float64]
    busy: NDArray[np.float64]
    atoms: NDArray[np.float64]
    coming_memory: NDArray[np.float64]
    coming_busy: NDArray[np.float64]
    coming_atoms: NDArray[np.float64]

    most_atoms: NDArray[np.float64]
    deadlines: dict[int, Counter[Demand]]
    turns: int

    def __init__(self, size: int) -> None:
        for column in COLUMNS:
            setattr(self, column, np.zeros(size))
        self.most_atoms = np.full(size, np.inf)
        self.deadlines = {}
        self.turns = 0

    def copy(self) -> Usage:
        """To try something on."""
        return self.grown(len(self.memory))

    def grown(self, size: int) -> Usage:
        """A copy with room for more."""
        other = Usage(size)
        for column in (*COLUMNS, "most_atoms"):
            mine = getattr(self, column)
            getattr(other, column)[: len(mine)] = mine
        other.deadlines = {row: Counter(each) for row, each in self.deadlines.items()}
        other.turns = self.turns
        return other

    def clear(self, row: int) -> None:
        """Nothing is there."""
        for column in COLUMNS:
            getattr(self, column)[row] = 0.0
        self.most_atoms[row] = np.inf
        self.deadlines.pop(row, None)

    def add(self, row: int, demand: Demand, speed: float, *, there: bool, sign: float = 1.0) -> None:
        """An atom comes, or with `sign` -1.0 goes; `there`: the node's report has it already. O(1)."""
        memory, busy = sign * demand.memory_bytes, sign * demand.busy / speed
        self.memory[row] += memory
        self.cores[row] += sign * demand.cores / speed
        self.busy[row] += busy
        self.atoms[row] += sign
        self.turns += sign > 0
        if not there:
            self.coming_memory[row] += memory
            self.coming_busy[row] += busy
            self.coming_atoms[row] += sign
        if self.atoms[row] <= 0:  # what is left is the rounding of sums
            self.clear(row)

    def set_deadline(self, row: int, demand: Demand, node: tuple[float, float], blocking_ms: float, sign: int) -> None:
        """One with deadlines comes, or goes: what it allows others at a node of these cores and this speed."""
        if demand.periodic is None:
            return
        of = self.deadlines.setdefault(row, Counter())
        of[demand] += sign
        if of[demand] <= 0:
            del of[demand]
        self.bound(row, node, blocking_ms)

    def bound(self, row: int, node: tuple[float, float], blocking_ms: float) -> None:
        """How many atoms all deadlines of a node allow, as its cores and speed are now."""
        of = self.deadlines.get(row)
        if of:
            self.most_atoms[row] = min(most_atoms(each, *node, blocking_ms) for each in of)
            return
        self.deadlines.pop(row, None)
        self.most_atoms[row] = np.inf

    def seen(self, row: int, demand: Demand, speed: float) -> None:
        """The node's report has an atom now that was on its way. O(1)."""
        self.coming_memory[row] -= demand.memory_bytes
        self.coming_busy[row] -= demand.busy / speed
        self.coming_atoms[row] -= 1
        if self.coming_atoms[row] <= 0:
            self.coming_memory[row] = self.coming_busy[row] = self.coming_atoms[row] = 0.0
