"""`pack`: where most is taken already and it still fits, so that few nodes are in use and others can sleep."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.placement.policy.spread import cores_taken, memory_taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes

# Busier than this a node makes its atoms wait: packing stops there.
FULL = 1.0


class Pack:
    """Best fit: the share that would be left, with a node that has no atom yet after all that have some."""

    name = "pack"
    uses: frozenset[str] = frozenset()

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """Shares that would be left; 10 where cores would not suffice, 5 for a node that is empty."""
        cores, memory = cores_taken(nodes), memory_taken(nodes)
        return {
            "cores left": np.maximum(FULL - cores, 0.0),
            "memory left": np.maximum(1.0 - memory, 0.0),
            "has no atom yet": np.where(nodes.number("atoms") == 0, 5.0, 0.0),
            "too few cores": np.where(cores > FULL + 1e-9, 10.0 * cores, 0.0),
        }
