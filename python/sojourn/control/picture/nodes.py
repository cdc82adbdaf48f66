"""Nodes: which have changed in what they are, and which only in their load, as all do all the time."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING

import msgspec

from sojourn.control.picture.rounding import two_digits
from sojourn.model.fleet import Energy, NodeFacts
from sojourn.model.picture import loaded
from sojourn.model.record import NodeState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.model.picture import LoadRow
    from sojourn.model.record import NodeRecord

# What each report measures anew.
MEASURED = {"load", "memory_free_bytes", "atoms", "uptime_s", "energy"}
STEADY = attrgetter(*(name for name in NodeFacts.__struct_fields__ if name not in MEASURED))
HELD = attrgetter(*(name for name in Energy.__struct_fields__ if name not in {"joules", "harvest_watts"}))


class Nodes:
    """Nodes as they were at the last look."""

    def __init__(self) -> None:
        self.told: dict[str, NodeRecord] = {}
        self.loads: dict[str, LoadRow] = {}
        self._records: dict[str, NodeRecord] = {}
        self._keys: dict[str, tuple[object, ...]] = {}

    def look(self, records: Mapping[str, NodeRecord]) -> tuple[list[NodeRecord], list[LoadRow], list[str]]:
        """Nodes that have changed, those of which only the load has, and those that are gone."""
        seen, changed, loads = self._records, [], []
        for name, record in records.items():
            if seen.get(name) is record:
                continue
            seen[name] = record
            load, key = load_of(record), key_of(record)
            if self._keys.get(name) != key:
                self._keys[name] = key
                self.told[name] = told_of(record, load)
                changed.append(self.told[name])
            elif self.loads[name] != load:
                loads.append(load)
            self.loads[name] = load
        if len(seen) == len(records):
            return changed, loads, []
        gone = sorted(seen.keys() - records.keys())
        for name in gone:
            del seen[name], self.told[name], self.loads[name], self._keys[name]
        return changed, loads, gone

    def all(self) -> tuple[NodeRecord, ...]:
        """All of them, by name, with their load."""
        return tuple(loaded(self.told[name], self.loads[name]) for name in sorted(self.told))


def key_of(record: NodeRecord) -> tuple[object, ...]:
    """What a node is, without its load."""
    energy = record.facts.energy
    return (
        STEADY(record.facts),
        None if energy is None else (HELD(energy), two_digits(energy.harvest_watts)),
        record.state,
        None if record.state is NodeState.UP else record.seen_at,
        record.cordoned,
        record.draining,
        record.door,
    )


def load_of(record: NodeRecord) -> LoadRow:
    """What was measured of a node."""
    facts = record.facts
    joules = 0.0 if facts.energy is None else round(facts.energy.joules, 1)
    return (facts.name, round(facts.load, 2), facts.memory_free_bytes, facts.atoms, joules)


def told_of(record: NodeRecord, load: LoadRow) -> NodeRecord:
    """A node as it is told: the same for all records of one key and load."""
    facts = record.facts
    up = record.state is NodeState.UP
    energy = facts.energy
    if energy is not None:
        energy = msgspec.structs.replace(energy, harvest_watts=two_digits(energy.harvest_watts))
    steady = msgspec.structs.replace(facts, energy=energy, uptime_s=0.0)
    return loaded(msgspec.structs.replace(record, facts=steady, seen_at=0.0 if up else record.seen_at), load)
