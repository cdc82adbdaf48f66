"""`deadline`: where its jobs are done with the most time to spare."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.placement.admission import own_most
from sojourn.control.placement.policy.spread import cores_taken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes


class Deadline:
    """How much of what its deadline allows is taken: atoms over the most atoms. Whether it is kept at all is a filter.

    An atom without deadlines keeps out of the way of those that have some.
    """

    name = "deadline"
    uses: frozenset[str] = frozenset()

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """Shares."""
        there = nodes.number("atoms") + 1
        mine = there / np.maximum(own_most(nodes), 1e-9)
        others = there / np.maximum(nodes.usage.most_atoms[nodes.rows], 1e-9)
        return {"of its own deadline": mine, "of others' deadlines": others, "cores taken": 0.1 * cores_taken(nodes)}
