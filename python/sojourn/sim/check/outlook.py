"""What checkers see of the world: fixed facts by name, and what is now, as columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from sojourn.model.record import AtomSpec
    from sojourn.sim.world.column import Flags, Floats, Integers


class Outlook(Protocol):
    """Nodes and atoms, by name and by row."""

    node_names: list[str]
    atom_names: list[str]
    memory: dict[str, float]
    most_atoms: dict[str, int]
    tags: dict[str, frozenset[str]]
    functions: dict[str, frozenset[str]]
    engines: dict[str, frozenset[str]]

    def spec(self, atom: str) -> AtomSpec:
        """What its user wants of an atom."""

    def places(self) -> dict[str, str]:
        """Where each atom is, by name."""

    def is_low(self, node: str) -> bool:
        """Whether a node has announced that its energy ends soon, by what it told last."""

    def place_counts(self) -> tuple[Integers, Flags]:
        """At how many nodes each atom stands, and whether it should stand at one."""

    def used_memory(self) -> tuple[Floats, Floats]:
        """Memory that the atoms at each node take, counted anew, and what there is."""

    def energy(self) -> tuple[Floats, Floats]:
        """Joules of each node that came in or were there at first, and that went or are still there."""
