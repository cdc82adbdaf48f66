"""Every metric of the controller. docs/reference/metrics.md is made from this table."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """How a metric is counted."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric.

    Attributes:
        name: Its name; that of a counter gets `_total`, as Prometheus has it.
        kind: How it is counted.
        doc: What it is.
        labels: What tells its series apart.
        buckets: Upper bounds of a histogram's buckets.
    """

    name: str
    kind: Kind
    doc: str
    labels: tuple[str, ...] = ()
    buckets: tuple[float, ...] = ()


# In seconds: from a write in memory to a disk that hangs, or from one decision to a plan for the whole fleet; from a
# move of nothing to one of gigabytes; and how long an atom may stand still.
QUICK = (0.000_1, 0.000_3, 0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0)
SLOW = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0, 300.0)
PAUSE = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)

LEADS = Metric("sojourn_leads", Kind.GAUGE, "Whether this controller leads the realm: 1 or 0.")
TERM = Metric("sojourn_term", Kind.GAUGE, "Number of the last leader that this controller was; 0: it never led.")
NODES = Metric("sojourn_nodes", Kind.GAUGE, "Nodes, by state: up, lost, gone.", ("state",))
CORDONED = Metric("sojourn_nodes_cordoned", Kind.GAUGE, "Nodes that take no further atoms, drained ones among them.")
CORES = Metric("sojourn_cores", Kind.GAUGE, "Cores for atoms of all nodes that are up.")
LOAD = Metric("sojourn_cores_busy", Kind.GAUGE, "Cores of these that are busy, of all processes.")
MEMORY = Metric("sojourn_memory_bytes", Kind.GAUGE, "Memory for atoms of all nodes that are up.")
MEMORY_FREE = Metric("sojourn_memory_free_bytes", Kind.GAUGE, "What is free of it.")
ATOMS = Metric(
    "sojourn_atoms", Kind.GAUGE, "Atoms, by state; one that is not known here counts as `other`.", ("state",)
)
MOVES = Metric("sojourn_moves", Kind.COUNTER, "Moves that are over, by how: done, failed.", ("outcome",))
MOVE_S = Metric("sojourn_move_seconds", Kind.HISTOGRAM, "How long moves took that were done.", buckets=SLOW)
DOWNTIME_S = Metric(
    "sojourn_move_downtime_seconds",
    Kind.HISTOGRAM,
    "How long atoms stood still in moves that were done.",
    buckets=PAUSE,
)
MOVE_BYTES = Metric("sojourn_move_bytes", Kind.COUNTER, "Bytes that moves sent from node to node.")
EVENTS = Metric("sojourn_events", Kind.COUNTER, "Events, by kind, as `node.lost`.", ("kind",))
REPORTS = Metric("sojourn_reports", Kind.COUNTER, "Reports of nodes that came.")
HANDLE_S = Metric("sojourn_handle_seconds", Kind.HISTOGRAM, "Time to decide, by what was heard.", ("heard",), QUICK)
COMMANDS = Metric("sojourn_commands", Kind.COUNTER, "Commands carried out, by what and how.", ("command", "outcome"))
STORE_S = Metric("sojourn_store_seconds", Kind.HISTOGRAM, "Time that the store took, by work.", ("work",), QUICK)
STORE_ERRORS = Metric("sojourn_store_errors", Kind.COUNTER, "Errors of the store, by work.", ("work",))

METRICS = (
    LEADS,
    TERM,
    NODES,
    CORDONED,
    CORES,
    LOAD,
    MEMORY,
    MEMORY_FREE,
    ATOMS,
    MOVES,
    MOVE_S,
    DOWNTIME_S,
    MOVE_BYTES,
    EVENTS,
    REPORTS,
    HANDLE_S,
    COMMANDS,
    STORE_S,
    STORE_ERRORS,
)
