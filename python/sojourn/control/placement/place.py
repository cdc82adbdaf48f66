"""Where one atom should be: filter, then score."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.placement.filter import counted
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.score import chosen, measure, scores, validate
from sojourn.model.errors import SojournError
from sojourn.model.placement import Ask, Choice

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.fleet import Fleet
    from sojourn.control.placement.nodes import Nodes
    from sojourn.control.placement.score import Scores

# Terms that a reason tells.
TOLD = 4


def place(fleet: Fleet, ask: Ask, now: float) -> Choice:
    """Where an atom should be, of all nodes of a fleet; the fleet is not changed.

    Where `ask.node` is the answer it should stay. An ask that cannot be understood is answered by a choice of no node
    with the reason.
    """
    try:
        validate(fleet, ask.spec)
        nodes = nodes_for(fleet, ask, now)
        return choice(nodes, scores(nodes))
    except SojournError as error:
        return Choice(atom=ask.atom, node=None, reason=str(error))


def choice(nodes: Nodes, found: Scores) -> Choice:
    """What follows from scores, in words."""
    at = chosen(nodes, found)
    if at is None:
        return Choice(atom=nodes.atom, node=None, reason=nowhere(nodes, found))
    unit = measure(nodes.fleet, nodes.spec)
    here = np.flatnonzero(nodes.here & found.allowed)
    return Choice(
        atom=nodes.atom,
        node=nodes.fleet.name(int(nodes.rows[at])),
        score=float(found.costs[at]),
        here=float(found.costs[here[0]]) if len(here) else None,
        measure=unit,
        reason=why(nodes, found, at, unit),
    )


def why(nodes: Nodes, found: Scores, at: int, unit: str) -> str:
    """Why that one: what it costs, and the next."""
    told = f"costs {amount(float(found.costs[at]), unit)}"
    if len(found.terms) > 1:
        values = list(found.terms.items())[:TOLD]
        told += " (" + ", ".join(f"{text}: {float(at_row(value, found, at)):.4g}" for text, value in values) + ")"
    others = found.costs.copy()
    others[at] = np.inf
    if not np.isfinite(others).any():
        return f"{told}; no other node will do"
    second = int(np.argmin(others))
    name = nodes.fleet.name(int(nodes.rows[second]))
    return f"{told}; next is {name} with {amount(float(others[second]), unit)}"


def at_row(value: Column, found: Scores, at: int) -> Column:
    """A term's value at one node, where the term may be the same for all."""
    return np.asarray(np.broadcast_to(value, found.costs.shape)[at])


def amount(value: float, unit: str) -> str:
    """A cost with its unit."""
    return f"{value:.4g} {unit}".rstrip()


def nowhere(nodes: Nodes, found: Scores) -> str:
    """Why no node will do: how many are refused for what."""
    total = int(nodes.flag("used").sum())
    if total == 0:
        return "there is no node"
    parts = [f"{count} {short}" for count, short in counted(nodes)]
    left = total - sum(count for count, _ in counted(nodes))
    if left:
        parts.append(f"{left} without a score: {undefined(found.terms)}")
    return f"none of {total} nodes will do: {', '.join(parts)}" if total > 1 else f"the only node is {parts[0][2:]}"


def undefined(terms: Mapping[str, Column]) -> str:
    """Which terms have no value somewhere."""
    return ", ".join(f"`{text}`" for text, value in terms.items() if not np.isfinite(value).all()) + " is not defined"
