"""`round_robin`: each in turn, as ARTS places modules (its scheduler of the same name)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes


class RoundRobin:
    """How many nodes, by name, come before it from where the last turn ended. Who is somewhere stays there."""

    name = "round_robin"
    uses: frozenset[str] = frozenset()

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """Turns to wait."""
        count = max(1, len(nodes.fleet.rows))
        waits = (nodes.fleet.ranks()[nodes.rows] - nodes.usage.turns) % count + 1.0
        return {"turns to wait": np.where(nodes.here, 0.0, waits)}
