"""`least_modules`: where fewest run, as ARTS does. What it calls a module is one that runs: an atom."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes


class LeastModules:
    """How many atoms are there."""

    name = "least_modules"
    uses: frozenset[str] = frozenset()

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """Atoms, itself not counted."""
        return {"atoms": nodes.number("atoms")}
