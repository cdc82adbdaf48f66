"""What a recording has told so far, and what has to be told again.

Two kinds of change: those that a person looks for (who is where, what runs, what is lost), which are told at once, and
those of measurements, which go on all the time and are told as often as there is room for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from sojourn.control.picture.nodes import load_of, told_of
from sojourn.model.picture import ATOM_COLUMNS
from sojourn.sim.recording.line import atom_row

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.model.picture import LoadRow
    from sojourn.model.record import AtomRecord, NodeRecord

# Of an atom's row: cores, memory and queue are measurements.
CORES_AT = ATOM_COLUMNS.index("cores")
MEMORY_AT = ATOM_COLUMNS.index("memory_bytes")
MEASURED = slice(CORES_AT, ATOM_COLUMNS.index("queue") + 1)
# What is told of a measurement again: so many cores of an atom; a share of what a battery is given.
CORES, HARVEST = 0.02, 0.1


class Sight:
    """What whoever reads the recording knows."""

    def __init__(self) -> None:
        self.atoms: dict[str, list[Any]] = {}
        self.nodes: dict[str, NodeRecord] = {}
        self.loads: dict[str, LoadRow] = {}

    def atom(self, atom: AtomRecord) -> list[Any] | None:
        """An atom's row, where more has changed than measurements."""
        row, known = atom_row(atom), self.atoms.get(atom.name)
        if known is not None and unmeasured(row) == unmeasured(known):
            return None
        self.atoms[atom.name] = row
        return row

    def node(self, node: NodeRecord) -> NodeRecord | None:
        """A node, where more has changed than measurements."""
        known = self.nodes.get(node.key)
        if known is not None and steady(node) == steady(known):
            return None
        return self.told(node)

    def told(self, node: NodeRecord) -> NodeRecord:
        """A node that is told."""
        load = load_of(node)
        found = told_of(node, load)
        self.nodes[node.key], self.loads[node.key] = found, load
        return found

    def forget(self, kind: str, key: str) -> None:
        """Something is gone."""
        if kind == "atom":
            self.atoms.pop(key, None)
        else:
            self.nodes.pop(key, None)
            self.loads.pop(key, None)

    def measured(
        self, nodes: Iterable[NodeRecord], atoms: Iterable[AtomRecord]
    ) -> tuple[list[NodeRecord], list[LoadRow], list[list[Any]]]:
        """What measurements have changed since they were told.

        Returns:
            Nodes whose harvest has, rows of loads, and rows of atoms.
        """
        told, loads = [], []
        for node in nodes:
            known = self.nodes.get(node.key)
            if known is None:
                continue
            if harvest_differs(node, known):
                told.append(self.told(node))
            elif (load := load_of(node)) != self.loads[node.key]:
                self.loads[node.key] = load
                loads.append(load)
        rows = []
        for atom in atoms:
            known_row = self.atoms.get(atom.name)
            if known_row is not None and (
                abs(atom.cores - known_row[CORES_AT]) > CORES or atom.memory_bytes != known_row[MEMORY_AT]
            ):
                self.atoms[atom.name] = row = atom_row(atom)
                rows.append(row)
        return told, loads, rows


def unmeasured(row: list[Any]) -> list[Any]:
    """A row without its measurements."""
    return row[: MEASURED.start] + row[MEASURED.stop :]


def steady(node: NodeRecord) -> NodeRecord:
    """A node without its measurements."""
    facts = node.facts
    energy = facts.energy and msgspec.structs.replace(facts.energy, joules=0.0, harvest_watts=0.0)
    plain = msgspec.structs.replace(facts, load=0.0, memory_free_bytes=0, atoms=0, uptime_s=0.0, energy=energy)
    return msgspec.structs.replace(node, facts=plain, seen_at=0.0)


def harvest_differs(node: NodeRecord, known: NodeRecord) -> bool:
    """Whether a battery is given another amount than was told."""
    now, before = node.facts.energy, known.facts.energy
    if now is None or before is None:
        return now is not before
    most = max(abs(now.harvest_watts), abs(before.harvest_watts))
    return abs(now.harvest_watts - before.harvest_watts) > HARVEST * most + 0.05
