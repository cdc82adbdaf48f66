"""How each fact of the table is read from a fleet's columns.

What the atom itself takes is never counted: a node looks the same to it whether it is there already or not. Otherwise
staying would look worse than going, and atoms would swing to and fro.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sojourn.control.objective.facts import CLIENT, ENDLESS_J, PEERS, UNKNOWN_BYTES_PER_S, UNKNOWN_LATENCY_MS
from sojourn.control.placement.links import INSIDE_BYTES_PER_S

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from numpy.typing import NDArray

    from sojourn.control.objective import Column, Mask
    from sojourn.control.placement.nodes import Nodes, Row


def reported(column: str) -> Callable[[Nodes, str | None], Column]:
    """A column as it is."""
    return lambda nodes, _: nodes.column(column)


def own(nodes: Nodes, amount: Column) -> Column:
    """What the atom itself takes, where it is counted."""
    return np.where(nodes.counted, amount, 0.0)


def load(nodes: Nodes, _: str | None = None) -> Column:
    """Busy cores: what is reported with what is on its way, or what is promised, whichever is more."""
    usage, rows = nodes.usage, nodes.rows
    seen = np.maximum(nodes.column("load") + usage.coming_busy[rows], usage.busy[rows])
    return np.maximum(seen - own(nodes, nodes.work.busy / nodes.column("speed")), 0.0)


def cores_free(nodes: Nodes, _: str | None) -> Column:
    """Cores that are not busy."""
    return np.maximum(nodes.column("cores") - load(nodes), 0.0)


def memory_free(nodes: Nodes, _: str | None = None) -> Column:
    """What is free by the report and what is on its way, or by what is promised, whichever is less."""
    usage, rows = nodes.usage, nodes.rows
    seen = nodes.column("memory_free") - usage.coming_memory[rows]
    free = np.minimum(seen, nodes.column("memory") - usage.memory[rows])
    return np.maximum(free + own(nodes, nodes.work.memory), 0.0)


def atoms(nodes: Nodes, _: str | None = None) -> Column:
    """Atoms without this one."""
    usage, rows = nodes.usage, nodes.rows
    seen = np.maximum(nodes.column("atoms") + usage.coming_atoms[rows], usage.atoms[rows])
    return np.maximum(seen - own(nodes, np.asarray(1.0)), 0.0)


def finish_ms(nodes: Nodes, _: str | None) -> Column:
    """Its work at the node's speed, cores shared evenly among all that are busy and itself."""
    slower = np.maximum((load(nodes) + 1.0) / np.maximum(nodes.column("cores"), 1e-9), 1.0)
    return nodes.work.work_ms / nodes.column("speed") * slower


def modules(nodes: Nodes, _: str | None) -> Column:
    """Different modules of a node's atoms."""
    counts = np.zeros(nodes.fleet.size)
    of = nodes.fleet.modules
    if of:
        counts[list(of)] = [len(each) for each in of.values()]
    return counts[nodes.rows]


def has_module(nodes: Nodes) -> Mask:
    """Whether it is there: then nothing has to be sent or compiled."""
    there = np.zeros(nodes.fleet.size, dtype=bool)
    there[[row for row, each in nodes.fleet.modules.items() if nodes.module and nodes.module in each]] = True
    return there[nodes.rows]


def weighed(nodes: Nodes, somebody: str | None, of: Callable[[Row], Column], nobody: float, unknown: float) -> Column:
    """A column between nodes and somebody: of several, each by its share.

    Of many atoms at once some have nobody: their shares are all 0.
    """
    found = nodes.somebody(somebody or CLIENT)
    if not found:
        return np.full(np.shape(nodes.rows), unknown if found is None else nobody)
    if len(found) == 1 and isinstance(found[0][0], int):
        return of(found[0][0])
    total: Column = sum((of(row) * share for row, share in found), np.asarray(0.0))
    if nobody and not isinstance(found[0][0], int):
        total = np.where(sum(np.asarray(share) for _, share in found) > 0, total, nobody)
    return total


def latency_ms(nodes: Nodes, somebody: str | None = None) -> Column:
    """One way."""
    return weighed(nodes, somebody, nodes.latency_ms, 0.0, UNKNOWN_LATENCY_MS)


def bandwidth(nodes: Nodes, somebody: str | None) -> Column:
    """Bytes a second."""

    def rate(row: Row) -> Column:
        if isinstance(row, int):
            return nodes.fleet.links.bytes_per_s(row)[nodes.rows]
        return np.stack([nodes.fleet.links.bytes_per_s(one)[each] for one, each in by_row(nodes, row)])

    return weighed(nodes, somebody, rate, INSIDE_BYTES_PER_S, UNKNOWN_BYTES_PER_S)


def by_row(nodes: Nodes, rows: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Of many atoms: each one's row of somebody, and the rows of its nodes."""
    places = np.broadcast_to(nodes.rows, (len(rows), np.shape(nodes.rows)[-1]))
    yield from zip(rows[:, 0].tolist(), places, strict=True)


def distance_m(nodes: Nodes, somebody: str | None) -> Column:
    """A straight line. Somebody without a position is as far from all."""
    axes = [nodes.fleet.numbers[axis] for axis in ("x_m", "y_m", "z_m")]

    def away(row: Row) -> Column:
        distance = np.sqrt(sum((axis[nodes.rows] - axis[row]) ** 2 for axis in axes))
        unknown = np.where(np.isnan(axes[0][nodes.rows]), np.nan, 0.0)
        return np.where(np.isnan(axes[0][row]), unknown, distance)

    return weighed(nodes, somebody, away, 0.0, 0.0)


def traffic(nodes: Nodes, somebody: str | None) -> Column:
    """Bytes a second between the atom and who is at each node."""
    peers = nodes.peers
    if somebody not in (None, PEERS, CLIENT):
        named = nodes.somebody(str(somebody)) or ()
        both = nodes.fleet.talk.peers(nodes.atom).get(str(somebody), 0.0)
        peers = tuple((row, both) for row, _ in named)
    found: Column = sum((np.where(nodes.rows == row, rate, 0.0) for row, rate in peers), np.zeros(np.shape(nodes.rows)))
    return found


def energy_j(nodes: Nodes, _: str | None) -> Column:
    """What is left; much, where it is no limit."""
    return np.where(nodes.flag("limited"), nodes.column("energy_j"), ENDLESS_J)


def energy_ratio(nodes: Nodes, _: str | None) -> Column:
    """What is left of what the store holds."""
    capacity = nodes.column("capacity_j")
    limited = nodes.flag("limited") & (capacity > 0)
    return np.where(limited, nodes.column("energy_j") / np.where(capacity > 0, capacity, 1.0), 1.0)


def watts(nodes: Nodes, _: str | None = None) -> Column:
    """What it takes now."""
    return nodes.column("idle_watts") + nodes.column("core_watts") * load(nodes)


NUMBERS: dict[str, Callable[[Nodes, str | None], Column]] = {
    "latency_ms": latency_ms,
    "rtt_ms": lambda nodes, somebody: 2 * latency_ms(nodes, somebody),
    "bandwidth": bandwidth,
    "distance_m": distance_m,
    "finish_ms": finish_ms,
    "load": load,
    "queue": reported("queue"),
    "cores": reported("cores"),
    "cores_free": cores_free,
    "speed": reported("speed"),
    "memory": reported("memory"),
    "memory_free": memory_free,
    "atoms": atoms,
    "modules": modules,
    "energy_j": energy_j,
    "energy_ratio": energy_ratio,
    "watts": watts,
    "core_watts": reported("core_watts"),
    "harvest_watts": reported("harvest_watts"),
    "euro_per_hour": reported("euro_per_hour"),
    "traffic": traffic,
    "uptime": reported("uptime_s"),
    "x_m": reported("x_m"),
    "y_m": reported("y_m"),
    "z_m": reported("z_m"),
}
TRUTHS: dict[str, Callable[[Nodes], Mask]] = {
    "has_module": has_module,
    "here": lambda nodes: nodes.here,
    "low_energy": lambda nodes: nodes.flag("low_energy"),
    "mains": lambda nodes: nodes.flag("mains"),
}
# Those that change when other atoms come and go: what is reckoned with them holds until the next is placed.
SHARED = {"finish_ms", "load", "cores_free", "memory_free", "atoms", "modules", "has_module", "watts", "traffic"}
