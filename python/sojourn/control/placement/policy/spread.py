"""`spread`: where least is taken, so that atoms share the realm evenly."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sojourn.control.objective import Column
    from sojourn.control.placement.nodes import Nodes


class Spread:
    """The share of cores and memory that would be taken; equal there, fewer atoms."""

    name = "spread"
    uses: frozenset[str] = frozenset()

    def terms(self, nodes: Nodes) -> Mapping[str, Column]:
        """Shares from 0 on, and a thousandth an atom."""
        return {"cores taken": cores_taken(nodes), "memory taken": memory_taken(nodes), "atoms": atoms(nodes)}


def cores_taken(nodes: Nodes) -> Column:
    """Share of a node's cores that would be busy."""
    busy = nodes.number("load") + nodes.work.busy / nodes.number("speed")
    return busy / np.maximum(nodes.number("cores"), 1e-9)


def memory_taken(nodes: Nodes) -> Column:
    """Share of a node's memory that would be taken."""
    memory = nodes.number("memory")
    return (memory - nodes.number("memory_free") + nodes.work.memory) / np.maximum(memory, 1.0)


def atoms(nodes: Nodes) -> Column:
    """A little for each."""
    return nodes.number("atoms") * 0.001
