"""The outlook that checkers have of a modelled world."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.sim.world.atoms import State

if TYPE_CHECKING:
    from sojourn.model.record import AtomSpec
    from sojourn.sim.world.column import Flags, Floats, Integers
    from sojourn.sim.world.world import World


class WorldOutlook:
    """Counts anew what the world keeps in sums."""

    def __init__(self, world: World) -> None:
        n = world.nodes
        self.world = world
        self.node_names = n.names
        self.atom_names = world.atoms.names
        self.memory = dict(zip(n.names, n.memory.tolist(), strict=False))
        self.most_atoms = dict(zip(n.names, (each.max_atoms for each in n.groups), strict=True))
        self.tags = dict(zip(n.names, map(frozenset, n.tags), strict=True))
        self.functions = {name: frozenset(each.functions) for name, each in zip(n.names, n.groups, strict=True)}
        self.engines = {name: frozenset(each.engines) for name, each in zip(n.names, n.groups, strict=True)}

    def spec(self, atom: str) -> AtomSpec:
        """What its user wants of an atom."""
        return self.world.atoms.spec_of(self.world.atoms.number[atom])

    def places(self) -> dict[str, str]:
        """Where each atom is, by name."""
        a, n = self.world.atoms, self.world.nodes
        return {name: n.names[row] for name, row in zip(a.names, a.node.tolist(), strict=True)}

    def is_low(self, node: str) -> bool:
        """Whether a node has announced that its energy ends soon, by what it told last."""
        n = self.world.nodes
        return bool(n.low_told[n.number[node]])

    def place_counts(self) -> tuple[Integers, Flags]:
        """At how many nodes each atom stands, and whether it should stand at one."""
        a = self.world.atoms
        total = sum(map(len, self.world.on))
        standing = np.fromiter((atom for here in self.world.on for atom in here), np.int64, total)
        return np.bincount(standing, minlength=a.count), a.state != State.ENDED

    def used_memory(self) -> tuple[Floats, Floats]:
        """Memory that the atoms at each node take, counted anew, and what there is."""
        a, n = self.world.atoms, self.world.nodes
        placed = (a.node >= 0) & (a.state != State.ENDED)
        used: Floats = np.bincount(a.node[placed], a.memory[placed], n.count).astype(np.float64)
        return used, n.memory[:-1]

    def energy(self) -> tuple[Floats, Floats]:
        """Joules of each node that came in or were there at first, and that went or are still there."""
        n = self.world.nodes
        came = n.first_joules + n.harvested
        return came[:-1], (n.used + n.spilled + n.joules)[:-1]
