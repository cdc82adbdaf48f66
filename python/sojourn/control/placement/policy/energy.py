"""`energy`: where it uses up least of what energy there is, and still gets its work done."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes

HOUR_S = 3600.0
LEAST_J = 1.0
# Weights: an hour's share of a store counts most, cores that are shared next, then how full the store is.
SHARING, FULLNESS, POWER = 0.5, 0.2, 0.001


class Energy:
    """Share of a node's energy that an hour with the atom would use up, beyond what comes in.

    On mains that is nothing. What harvests more than it takes loses nothing either; among such, the fullest store comes
    first, because it is the first to overflow. Nodes that have announced that their energy ends are out by the filter:
    an atom there moves instead of being suspended.
    """

    name = "energy"
    uses: frozenset[str] = frozenset()

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """Bare numbers."""
        added = nodes.number("core_watts") * nodes.work.busy / nodes.number("speed")
        drain = np.maximum(nodes.number("watts") + added - nodes.number("harvest_watts"), 0.0)
        used = np.where(nodes.truth("mains"), 0.0, drain * HOUR_S / np.maximum(nodes.number("energy_j"), LEAST_J))
        cores = np.maximum(nodes.number("cores"), 1e-9)
        wanted = (nodes.number("load") + nodes.work.busy / nodes.number("speed")) / cores
        return {
            "of its energy in an hour": used,
            "shared cores": SHARING * np.maximum(wanted - 1.0, 0.0),
            "empty part of its store": FULLNESS * (1.0 - nodes.number("energy_ratio")),
            "watts it adds": POWER * added,
        }
