"""`co_locate`: atoms that talk with each other come together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.placement.policy.spread import cores_taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes
    from sojourn.model.record import AtomSpec


class CoLocate:
    """Bytes that would be on the way: each pair's bytes a second times its latency. Nodes that are too busy cost more.

    Two atoms that may both move could change places for ever; each alone sees where the other is now, and staying where
    it is gains nothing by moving towards one that comes: the controller moves one of a pair at a time.
    """

    name = "co_locate"
    uses: frozenset[str] = frozenset({"peers"})

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """In bytes; cores beyond all that a node has count as all of its bytes a second, held up for one second."""
        total = sum((np.asarray(rate) for _, rate in nodes.peers), np.asarray(0.0))
        way = sum((nodes.latency_ms(row) * (rate / 1000) for row, rate in nodes.peers), np.zeros(np.shape(nodes.rows)))
        over = np.maximum(cores_taken(nodes) - 1.0, 0.0)
        return {"bytes on the way": way, "too few cores": over * np.maximum(total, 1.0)}

    def measure(self, spec: AtomSpec, default: str) -> str:
        """Bytes."""
        del spec, default
        return "B"
