"""The controller's metrics, as Prometheus reads them.

What is, as nodes and atoms, is counted when somebody asks. What happens is counted by whoever does it.
"""

from __future__ import annotations

import time
from collections import Counter as Tally
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.metrics_core import GaugeMetricFamily
from prometheus_client.registry import Collector

from sojourn.app.observe import metric_table as table
from sojourn.app.observe.metric_table import Kind
from sojourn.model.record import MoveRecord, MoveState, NodeState, Put, Tell
from sojourn.model.wire import AtomState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from prometheus_client.metrics_core import Metric as Family

    from sojourn.app.observe.metric_table import Metric
    from sojourn.model.record import AtomRecord, NodeRecord, Write

# States of atoms that the controller itself gives, and those that nodes report. A node may report anything.
ATOM_STATES = frozenset({state.name.lower() for state in AtomState} | {"unplaced", "lost"})
OTHER = "other"
Series = Counter | Gauge | Histogram
One = TypeVar("One", Counter, Gauge, Histogram)


class Metrics:
    """All metrics of one controller.

    `text` calls `nodes` and `atoms`, in the thread that asks: ask where these may be read.

    Args:
        nodes: The nodes that it knows.
        atoms: The atoms that it knows.
        process: Whether to tell of this process, too: memory, processor time, garbage collection.
    """

    def __init__(
        self,
        nodes: Callable[[], Iterable[NodeRecord]],
        atoms: Callable[[], Iterable[AtomRecord]],
        *,
        process: bool = True,
    ) -> None:
        self._registry = CollectorRegistry()
        self._series = {metric.name: made(metric, self._registry) for metric in table.METRICS if metric not in COUNTED}
        self._registry.register(Fleet(nodes, atoms))
        if process:
            ProcessCollector(registry=self._registry)
            PlatformCollector(registry=self._registry)
            GCCollector(registry=self._registry)

    def leads(self, term: int | None) -> None:
        """This controller leads, with this term; None: it does not, any more."""
        self._gauge(table.LEADS).set(0 if term is None else 1)
        if term is not None:
            self._gauge(table.TERM).set(term)

    def kept(self, writes: Sequence[Write]) -> None:
        """Writes were kept: counts the events and the moves that are over by them."""
        for write in writes:
            if isinstance(write, Tell):
                self._counter(table.EVENTS, write.event.kind).inc()
            elif isinstance(write, Put) and isinstance(write.record, MoveRecord):
                self._moved(write.record)

    def reported(self) -> None:
        """A node's report came."""
        self._counter(table.REPORTS).inc()

    def carried_out(self, command: str, outcome: str) -> None:
        """A command was carried out.

        Args:
            command: What, as `move`.
            outcome: `done`, `busy` or `failed`.
        """
        self._counter(table.COMMANDS, command, outcome).inc()

    @contextmanager
    def handling(self, heard: str) -> Iterator[None]:
        """The time that deciding takes.

        Args:
            heard: Name of the event's class, as `Reported`.
        """
        began = time.perf_counter()
        yield
        self._histogram(table.HANDLE_S, heard).observe(time.perf_counter() - began)

    @contextmanager
    def storing(self, work: str) -> Iterator[None]:
        """The time that the store takes, and whether it fails.

        Args:
            work: What it does, as `apply`.
        """
        began = time.perf_counter()
        try:
            yield
        except BaseException:
            self._counter(table.STORE_ERRORS, work).inc()
            raise
        finally:
            self._histogram(table.STORE_S, work).observe(time.perf_counter() - began)

    def text(self, accept: str = "") -> tuple[str, str]:
        """All of it now, in the format that suits, and the format's name.

        Args:
            accept: Header `Accept` of who asks.
        """
        encode, content_type = choose_encoder(accept)
        return encode(self._registry).decode(), content_type

    def _moved(self, move: MoveRecord) -> None:
        """Counts a move that is over."""
        if move.state is MoveState.DECIDED:
            return
        self._counter(table.MOVES, move.state.value).inc()
        if move.state is MoveState.DONE:
            self._histogram(table.MOVE_S).observe(move.total_ms / 1000)
            self._histogram(table.DOWNTIME_S).observe(move.downtime_ms / 1000)
            self._counter(table.MOVE_BYTES).inc(max(0, move.bytes))

    def _counter(self, metric: Metric, *labels: str) -> Counter:
        return one_of(self._series[metric.name], Counter, labels)

    def _gauge(self, metric: Metric, *labels: str) -> Gauge:
        return one_of(self._series[metric.name], Gauge, labels)

    def _histogram(self, metric: Metric, *labels: str) -> Histogram:
        return one_of(self._series[metric.name], Histogram, labels)


# What `Fleet` counts when it is asked.
COUNTED = (
    table.NODES,
    table.CORDONED,
    table.CORES,
    table.LOAD,
    table.MEMORY,
    table.MEMORY_FREE,
    table.ATOMS,
)


class Fleet(Collector):
    """Nodes and atoms, counted when somebody asks.

    Args:
        nodes: The nodes.
        atoms: The atoms.
    """

    def __init__(self, nodes: Callable[[], Iterable[NodeRecord]], atoms: Callable[[], Iterable[AtomRecord]]) -> None:
        self._nodes = nodes
        self._atoms = atoms

    def describe(self) -> Iterable[Family]:
        """The same without values, so that names are known at once."""
        return [family(metric, {}) for metric in COUNTED]

    def collect(self) -> Iterable[Family]:
        """The numbers of this moment."""
        nodes = list(self._nodes())
        up = [node.facts for node in nodes if node.state is NodeState.UP]
        atoms = Tally(atom.state if atom.state in ATOM_STATES else OTHER for atom in self._atoms())
        yield family(table.NODES, {state.value: sum(node.state is state for node in nodes) for state in NodeState})
        yield family(table.CORDONED, {"": sum(node.cordoned or node.draining for node in nodes)})
        yield family(table.CORES, {"": sum(facts.cores for facts in up)})
        yield family(table.LOAD, {"": sum(facts.load for facts in up)})
        yield family(table.MEMORY, {"": sum(facts.memory_bytes for facts in up)})
        yield family(table.MEMORY_FREE, {"": sum(facts.memory_free_bytes for facts in up)})
        yield family(table.ATOMS, {state: atoms[state] for state in sorted({"running", *atoms})})


def family(metric: Metric, values: dict[str, float]) -> GaugeMetricFamily:
    """A gauge with its values, by its one label; `""` where it has none."""
    made = GaugeMetricFamily(metric.name, metric.doc, labels=metric.labels)
    for label, value in values.items():
        made.add_metric([label] if metric.labels else [], value)
    return made


def made(metric: Metric, registry: CollectorRegistry) -> Series:
    """A metric of the table."""
    match metric.kind:
        case Kind.COUNTER:
            return Counter(metric.name, metric.doc, metric.labels, registry=registry)
        case Kind.GAUGE:
            return Gauge(metric.name, metric.doc, metric.labels, registry=registry)
        case Kind.HISTOGRAM:
            return Histogram(metric.name, metric.doc, metric.labels, registry=registry, buckets=metric.buckets)


def one_of(series: Series, kind: type[One], labels: tuple[str, ...]) -> One:
    """The series with these labels."""
    if not isinstance(series, kind):
        raise TypeError(f"a metric is a {type(series).__name__}, not a {kind.__name__}")
    return series.labels(*labels) if labels else series
