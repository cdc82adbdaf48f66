"""`objective`: the least of what the atom's user, or the realm, wants small."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.objective import objective
from sojourn.control.placement.reading import SHARED

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes
    from sojourn.model.record import AtomSpec


class Objective:
    """An expression over facts; see `control.objective`."""

    name = "objective"

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """What is added in it."""
        expression = objective(nodes.spec.objective or nodes.fleet.objective)
        found: dict[str, Column] = {}
        with np.errstate(all="ignore"):
            for term in expression.terms:
                value = term.evaluate(nodes)
                found[term.text] = found[term.text] + value if term.text in found else value
        return found

    def measure(self, spec: AtomSpec, default: str) -> str:
        """The expression's own."""
        return objective(spec.objective or default).measure

    def is_shared(self, spec: AtomSpec, default: str) -> bool:
        """Whether it names a fact that others change."""
        return any(fact in SHARED for fact, _ in objective(spec.objective or default).facts)
