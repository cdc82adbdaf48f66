"""What would follow of a change: it is made on a copy of the fleet, and those whom it concerns are placed anew."""

from __future__ import annotations

from collections import defaultdict
from copy import deepcopy
from typing import TYPE_CHECKING

import msgspec

from sojourn.control.adaptation import worth
from sojourn.control.placement import demand, place
from sojourn.control.placing import ask_of
from sojourn.control.registry import LIVING
from sojourn.model.placement import AtomAdded, NodeAdded, NodeDrained, NodeLost, Plan, PlannedMove, Respecified
from sojourn.model.record import AtomRecord, NodeState

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sojourn.control.placement import Fleet
    from sojourn.control.state import State
    from sojourn.model.placement import Ask, Change, Choice


def plan(state: State, change: Change, now: float) -> Plan:
    """What would follow of a change. Nothing is changed.

    Args:
        state: The registry and its fleet.
        change: The change.
        now: The time.

    Raises:
        ExpressionError: An objective or requirement is none.
    """
    tried = deepcopy(state.fleet)
    told, asks, forced = changed(state, tried, change)
    moves, unplaced, stays = [], [], 0
    gains: dict[str, float] = defaultdict(float)
    for ask in sorted(asks, key=lambda each: each.atom):
        choice = place(tried, ask, now)
        if choice.node is None:
            unplaced.append(choice)
            tried.take_away(ask.atom)
        elif choice.node == ask.node or not (forced or is_worth(state, ask, choice)):
            stays += 1
        else:
            moves.append(planned(state, ask, choice))
            gains[choice.measure] += choice.gain
            tried.place(ask.atom, demand(tried, ask), choice.node, module=ask.module)
    return Plan(change=told, moves=tuple(moves), unplaced=tuple(unplaced), stays=stays, gain=dict(gains))


def changed(state: State, tried: Fleet, change: Change) -> tuple[str, Iterable[Ask], bool]:
    """Makes a change; in words, whom it concerns, and whether these have to go somewhere."""
    registry = state.registry
    match change:
        case NodeLost(node):
            tried.update(msgspec.structs.replace(registry.nodes[node], state=NodeState.LOST))
            asks = [ask_of(atom, here=False) for atom in registry.atoms_at(node) if atom.state in LIVING]
            for ask in asks:
                tried.take_away(ask.atom)
            return f"{node} would be lost", asks, True
        case NodeDrained(node):
            tried.update(msgspec.structs.replace(registry.nodes[node], cordoned=True, draining=True))
            return f"{node} would be drained", asks_at(state, node), True
        case NodeAdded(record):
            tried.update(record)
            asks = [ask for node in registry.nodes for ask in asks_at(state, node)]
            return f"{record.key} would be there, too", asks, False
        case Respecified(atom, spec):
            asked = ask_of(msgspec.structs.replace(registry.atoms[atom], spec=spec))
            return f"something else would be wanted of {atom}", [asked], False
        case AtomAdded(ask):
            return f"{ask.atom} would be started", [ask], True


def asks_at(state: State, node: str) -> list[Ask]:
    """Atoms of a node that could move."""
    atoms = state.registry.atoms_at(node)
    return [ask_of(atom) for atom in atoms if atom.state in LIVING and not atom.spec.pinned]


def is_worth(state: State, ask: Ask, choice: Choice) -> bool:
    """Whether adaptation would move it."""
    return worth(state, record_of(state, ask), choice)[1] is not None


def planned(state: State, ask: Ask, choice: Choice) -> PlannedMove:
    """A move that would follow."""
    target = choice.node or ""
    seconds = state.costs.seconds(state.fleet, record_of(state, ask), target) if ask.node else 0.0
    return PlannedMove(
        atom=ask.atom,
        source=ask.node,
        target=target,
        gain=choice.gain,
        cost_ms=state.costs.downtime_ms,
        total_ms=seconds * 1000,
        measure=choice.measure,
        reason=choice.reason,
    )


def record_of(state: State, ask: Ask) -> AtomRecord:
    """The atom that is asked for, or what it would be."""
    known = state.registry.atoms.get(ask.atom)
    return known or AtomRecord(name=ask.atom, spec=ask.spec, node=ask.node, memory_bytes=ask.memory_bytes)
