"""Where very many atoms should be, all at once: capacity is respected, and who can be nowhere is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sojourn.control.placement.nodes import demand
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.place import choice
from sojourn.control.placement.score import scores
from sojourn.model.errors import SojournError
from sojourn.model.placement import Ask, Choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sojourn.control.placement.fleet import Fleet


def replan(fleet: Fleet, asks: Sequence[Ask], now: float) -> list[Choice]:
    """Where each atom should be, in the order of the asks; the fleet is not changed.

    Atoms of the fleet that are not asked about stay where they are, and take what they take.
    """
    usage = fleet.usage.copy()
    answers: list[Choice] = []
    for ask in asks:
        try:
            nodes = nodes_for(fleet, ask, now, usage)
            answer = choice(nodes, scores(nodes))
        except SojournError as error:
            answer = Choice(atom=ask.atom, node=None, reason=str(error))
        answers.append(answer)
        if answer.node is None:
            continue
        placed = fleet.placed.get(ask.atom)
        if placed is not None:
            fleet.uncount(usage, placed)
        row = fleet.rows[answer.node]
        there = placed is not None and placed.there and placed.row == row
        fleet.count(usage, row, demand(fleet, ask), there=there)
    return answers
