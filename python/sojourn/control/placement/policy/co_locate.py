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

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """In bytes; cores beyond all that a node has count as all of its bytes a second, held up for one second."""
        total = sum(rate for _, rate in nodes.peers)
        way = np.zeros(np.shape(nodes.rows))
        for row, rate in nodes.peers:
            way = way + nodes.fleet.links.latency_ms(row)[nodes.rows] * (rate / 1000)
        return {"bytes on the way": way, "too few cores": np.maximum(cores_taken(nodes) - 1.0, 0.0) * max(total, 1.0)}

    def measure(self, spec: AtomSpec, default: str) -> str:
        """Bytes."""
        del spec, default
        return "B"
