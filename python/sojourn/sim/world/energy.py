"""Time passes at nodes: energy comes and goes, atoms work.

Between two times at which anything changes, what comes in and what is taken are constant, so that the moment when
a battery is empty is known exactly: from then on the node is suspended, its atoms stand still, and it charges.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.sim.world.column import ALL

if TYPE_CHECKING:
    from sojourn.sim.world.atoms import Atoms
    from sojourn.sim.world.column import Rows
    from sojourn.sim.world.nodes import Nodes


def advance(nodes: Nodes, atoms: Atoms, now: float, rows: Rows = ALL, on: Rows = ALL) -> None:
    """Brings nodes and their atoms to a time.

    Args:
        nodes: All nodes.
        atoms: All atoms.
        now: The time.
        rows: Which nodes.
        on: The atoms that are there.
    """
    n = nodes
    span = now - n.last[rows]
    n.last[rows] = now
    awake, battery, stored = n.awake[rows], n.battery[rows], n.joules[rows]
    harvest = n.harvest_w[rows]
    draw = np.where(awake, n.draw_w[rows], 0.0)
    short = battery & (draw > harvest)
    lasts = np.divide(stored, draw - harvest, out=np.full_like(stored, np.inf), where=short)
    ran = np.where(awake, np.minimum(span, lasts), 0.0)
    used = draw * ran
    came = np.where(battery, harvest * span, used)
    level = np.where(battery, stored + came - used, stored)
    spilled = np.maximum(level - n.capacity[rows], 0.0)
    n.joules[rows] = np.maximum(level - spilled, 0.0)
    n.harvested[rows] += came
    n.used[rows] += used
    n.spilled[rows] += spilled
    n.emptied[rows] |= battery & awake & (lasts <= span)
    n.ran[rows] = ran
    work(nodes, atoms, on)


def work(nodes: Nodes, atoms: Atoms, on: Rows) -> None:
    """Atoms do what their nodes' last span allows."""
    node = atoms.node[on]
    rate = atoms.take[on] * nodes.share[node] * nodes.speed[node]
    atoms.done[on] = np.minimum(atoms.done[on] + nodes.ran[node] * rate, atoms.work[on])


def taken(nodes: Nodes, row: int, joules: float) -> None:
    """A node takes some energy at once, as for a transfer."""
    if nodes.battery[row]:
        joules = min(joules, float(nodes.joules[row]))
        nodes.joules[row] -= joules
    else:
        nodes.harvested[row] += joules
    nodes.used[row] += joules


def shared(nodes: Nodes, atoms: Atoms, rows: Rows = ALL, on: Rows = ALL) -> None:
    """Cores are shared anew among the atoms that run on some nodes; with `ALL`, on all of them.

    Args:
        nodes: All nodes.
        atoms: All atoms.
        rows: Which nodes; one alone, or all.
        on: The atoms that are there.
    """
    n = nodes
    if isinstance(rows, slice):
        wanted = np.bincount(np.where(atoms.node < 0, n.count, atoms.node), atoms.take, n.count + 1)
        wanted[-1] = 0.0
    else:
        wanted = np.array([atoms.take[on].sum()])
    busy = np.minimum(wanted, n.cores[rows])
    n.busy[rows] = busy
    n.share[rows] = np.divide(busy, wanted, out=np.ones_like(busy), where=wanted > 0)
    n.draw_w[rows] = n.idle_w[rows] + n.core_w[rows] * busy
