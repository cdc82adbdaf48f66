"""What every part of the controller works on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.placement import demand
from sojourn.control.placement.predict import History
from sojourn.control.placing import ask_of, count
from sojourn.model.record import AtomSpec

if TYPE_CHECKING:
    from sojourn.control.draft import Draft
    from sojourn.control.placement import Fleet
    from sojourn.control.registry import Registry
    from sojourn.model.placement import Demand
    from sojourn.model.record import AtomRecord, NodeRecord


class State:
    """The registry, and the fleet that follows from it.

    Args:
        registry: What is known.
        fleet: The same as columns.
    """

    def __init__(self, registry: Registry, fleet: Fleet) -> None:
        self.registry = registry
        self.fleet = fleet
        # Atoms told of by a node that begins anew and has not told of all.
        self.whole: dict[str, set[str]] = {}
        # When facts of a node were kept last.
        self.kept_at: dict[str, float] = {}
        # Modules whose annotation is not known, and atoms that wait for it.
        self.unread: dict[str, list[str]] = {}
        # Atoms that were tried to be restored: how often, and when again.
        self.tries: dict[str, tuple[int, float]] = {}
        # When atoms moved for better places, in the last minute.
        self.adapted: list[float] = []
        self.adapted_at = 0.0
        # Atoms that could not move away: when they are looked at again.
        self.stays: dict[str, float] = {}
        # Atoms of which something else is wanted: looked at before others.
        self.soon: set[str] = set()
        # Atoms that are still to be looked at in this turn, the next one last.
        self.queue: list[str] = []
        self.history = History()
        self.swept_at = 0.0
        self.plain = AtomSpec()

    def keep_node(self, draft: Draft, node: NodeRecord) -> None:
        """A node has changed in a way that is kept."""
        self.registry.keep(draft, node)
        self.fleet.update(node)

    def keep_atom(self, draft: Draft, atom: AtomRecord) -> None:
        """An atom has changed in a way that is kept."""
        self.registry.keep(draft, atom)
        count(self.fleet, atom)

    def note_atom(self, atom: AtomRecord) -> None:
        """An atom has changed in a way that is measured again soon."""
        self.registry.put(atom)
        count(self.fleet, atom)

    def change(self, draft: Draft, atom: AtomRecord, **changes: object) -> AtomRecord:
        """An atom with other values, kept."""
        changed = msgspec.structs.replace(atom, **changes)
        self.keep_atom(draft, changed)
        return changed

    def forget_atom(self, draft: Draft, atom: AtomRecord) -> None:
        """An atom is nobody's any more."""
        self.registry.drop_atom(atom.name)
        self.fleet.take_away(atom.name)
        draft.drop(atom.KIND, atom.key)

    def demand(self, atom: AtomRecord) -> Demand:
        """What an atom takes of a node."""
        return demand(self.fleet, ask_of(atom))
