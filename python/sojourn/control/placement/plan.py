"""What would follow of a change, without doing it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from sojourn.control.placement.predict import History
from sojourn.control.placement.replan import replan
from sojourn.model.errors import ConfigError
from sojourn.model.placement import (
    Ask,
    AtomAdded,
    Change,
    Choice,
    NodeAdded,
    NodeDrained,
    NodeLost,
    Plan,
    PlannedMove,
    Respecified,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.control.placement.fleet import Fleet

Asks = list[Ask]


def plan(fleet: Fleet, asks: Sequence[Ask], change: Change, now: float = 0.0, history: History | None = None) -> Plan:
    """Who would move where, and what that gains and costs; neither fleet nor asks are changed.

    Only what follows of the change is told: who would move without it, too, to the same node, is not.

    Errors:
        ConfigError: there is no such node or atom.
    """
    past = history or History()
    before = {choice.atom: choice.node for choice in replan(fleet, asks, now)}
    other = fleet.copy()
    changed, told = apply(other, list(asks), change)
    moves, unplaced, stays = [], [], 0
    for ask, choice in zip(changed, replan(other, changed, now), strict=True):
        if choice.node is None:
            unplaced.append(choice)
        elif choice.node == ask.node or before.get(ask.atom) == choice.node:
            stays += 1
        else:
            moves.append(move(other, ask, choice, past))
    moves.sort(key=lambda each: each.atom)
    gain: dict[str, float] = {}
    for each in moves:
        gain[each.measure] = gain.get(each.measure, 0.0) + each.gain
    return Plan(change=told, moves=tuple(moves), unplaced=tuple(unplaced), stays=stays, gain=gain)


def move(fleet: Fleet, ask: Ask, choice: Choice, past: History) -> PlannedMove:
    """One that would follow."""
    row = fleet.rows.get(ask.node)
    source = ask.node if row is not None and fleet.flags["up"][row] else ""
    cost = past.cost(fleet, source, choice.node or "", max(ask.memory_bytes, ask.spec.memory_bytes))
    return PlannedMove(
        atom=ask.atom,
        source=source,
        target=choice.node or "",
        gain=choice.gain,
        cost_ms=cost.downtime_ms,
        total_ms=cost.total_ms,
        measure=choice.measure,
        reason=choice.reason,
    )


def apply(fleet: Fleet, asks: Asks, change: Change) -> tuple[Asks, str]:
    """Does it, to a copy: the asks that there are then, and the change in words."""
    match change:
        case NodeLost(node):
            fleet.flags["up"][known(fleet, node)] = False
            return asks, f"{node} is lost"
        case NodeDrained(node):
            fleet.flags["draining"][known(fleet, node)] = True
            return asks, f"{node} is drained"
        case NodeAdded(record):
            fleet.update(record)
            return asks, f"{record.facts.name} is added"
        case AtomAdded(ask):
            return [*asks, ask], f"{ask.atom} is added"
        case Respecified(atom, spec):
            if all(ask.atom != atom for ask in asks):
                raise ConfigError(f"there is no atom {atom!r}")
            changed = [msgspec.structs.replace(ask, spec=spec) if ask.atom == atom else ask for ask in asks]
            return changed, f"something else is wanted of {atom}"


def known(fleet: Fleet, node: str) -> int:
    """Row of a node that there must be."""
    row = fleet.rows.get(node)
    if row is None:
        raise ConfigError(f"there is no node {node!r}")
    return row
