"""Nodes as places for an atom: what filters and policies look at."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from sojourn.control.objective.facts import CLIENT, PEERS
from sojourn.control.placement import limit
from sojourn.control.placement.reading import NUMBERS, TRUTHS
from sojourn.model.placement import Demand

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sojourn.control.objective import Column, Mask
    from sojourn.control.placement.fleet import Fleet
    from sojourn.control.placement.usage import Usage
    from sojourn.model.placement import Ask
    from sojourn.model.record import AtomSpec

NOWHERE = -1
# More than any machine has: who is said to take so many was measured wrongly.
MOST_CORES = 1e6
# A row of the fleet, or one for each of many atoms: shape (A, 1). And who is there, with their weights.
Row: TypeAlias = "int | NDArray[np.int64]"
Somebody: TypeAlias = "tuple[tuple[Row, float | Column], ...]"


@dataclass(frozen=True)
class Work:
    """What atoms take, and where they are: scalars for one, columns of shape (A, 1) for many.

    Attributes:
        memory: Bytes.
        cores: Cores kept for it, at speed 1.0.
        busy: Cores kept busy, at speed 1.0.
        work_ms: Processor time of its work at speed 1.0, or of what it does in a second.
        here: Row of the node where it is; -1: nowhere.
        counted: Row of the node that it is counted at; -1: at none.
    """

    memory: Column
    cores: Column
    busy: Column
    work_ms: Column
    here: NDArray[np.int64]
    counted: NDArray[np.int64]


@dataclass(frozen=True)
class Nodes:
    """Nodes as places for one atom, or for many atoms of a kind.

    Attributes:
        fleet: Where they are from.
        usage: What other atoms take of them.
        rows: Rows of the fleet: shape (N,) for one atom, (1, N) or (A, N) for A.
        spec: What the atoms' user wants.
        work: What they take.
        atom: Name of the atom, or of one of its kind.
        module: Hash of its module.
        clients: Rows of nodes where those are who send to it, and their share, 1.0 in all. Of many atoms both are
            columns of shape (A, 1).
        peers: The same of all it talks with, bytes a second.
        now: Seconds of the controller's clock.
        rough: Whether single precision will do.
    """

    fleet: Fleet
    usage: Usage
    rows: NDArray[np.int64]
    spec: AtomSpec
    work: Work
    atom: str
    module: str
    clients: Somebody
    peers: Somebody
    now: float
    rough: bool = False

    @property
    def here(self) -> Mask:
        """Where the atom is now."""
        return np.asarray(self.rows == self.work.here)

    @property
    def counted(self) -> Mask:
        """Where it is counted among those that take something."""
        return np.asarray(self.rows == self.work.counted)

    def number(self, fact: str, somebody: str | None = None) -> Column:
        """A fact that is a number, in its unit: see docs/reference/facts.md. NaN: not known."""
        return NUMBERS[fact](self, somebody)

    def truth(self, fact: str) -> Mask:
        """A fact that is yes or no."""
        return TRUTHS[fact](self)

    def same(self, fact: str, texts: tuple[str, ...]) -> Mask:
        """Whether a fact that is a text is one of these."""
        return self.fleet.texts[fact].same(self.rows, texts)

    def member(self, fact: str, text: str) -> Mask:
        """Whether a fact that is a set has this text."""
        return self.fleet.sets[fact].member(self.rows, text, self.fleet.size)

    def column(self, name: str) -> Column:
        """A column of the fleet's own."""
        return self.fleet.numbers[name][self.rows]

    def flag(self, name: str) -> Mask:
        """A column of yes and no of the fleet's own."""
        return self.fleet.flags[name][self.rows]

    def latency_ms(self, row: Row) -> Column:
        """One way between the nodes and a row."""
        links = self.fleet.links
        if isinstance(row, int):
            return links.latency_ms(row)[self.rows]
        return np.asarray(links.table(row, self.rows) if self.rough else links.between(row, self.rows))

    def somebody(self, name: str) -> Somebody | None:
        """Rows and shares of whom a fact is of; empty: nobody; None: it is not known where that is."""
        if name == CLIENT:
            return self.clients
        if name == PEERS:
            total = np.asarray(sum((rate for _, rate in self.peers), np.asarray(0.0)))
            total = np.where(total > 0, total, 1.0)
            return tuple((row, rate / total) for row, rate in self.peers)
        row = self.fleet.where(name)
        return None if row is None else ((row, 1.0),)


def demand(fleet: Fleet, ask: Ask) -> Demand:
    """What an atom takes: what was measured where that is known, otherwise what its user expects.

    Cores that its user named are kept for it, up to what it was measured to need; cores that it took without being
    named are shared with others, and weigh on the score alone.
    """
    row = fleet.rows.get(ask.node)
    speed = 1.0 if row is None else float(fleet.numbers["speed"][row])
    spec = ask.spec
    busy = ask.cores * speed if 0 < ask.cores < MOST_CORES else spec.cores
    return Demand(
        memory_bytes=max(spec.memory_bytes, ask.memory_bytes),
        cores=min(spec.cores, busy),
        busy=busy,
        periodic=spec.periodic,
        pinned=bool(spec.pinned),
    )


def work(fleet: Fleet, ask: Ask) -> Work:
    """Of one atom."""
    takes = demand(fleet, ask)
    placed = fleet.placed.get(ask.atom)
    here = fleet.rows.get(ask.node, NOWHERE)
    return Work(
        memory=np.asarray(float(takes.memory_bytes)),
        cores=np.asarray(takes.cores),
        busy=np.asarray(takes.busy),
        work_ms=np.asarray(1000.0 * (ask.spec.work_s or takes.busy)),
        here=np.asarray(here),
        counted=np.asarray(here if placed is None else placed.row),
    )


def nodes(fleet: Fleet, ask: Ask, now: float, usage: Usage | None = None) -> Nodes:
    """All nodes of a fleet, by their names, as places for an atom; with another usage than the fleet's, if given."""
    senders = dict(ask.clients) or fleet.talk.senders(ask.atom)
    clients = located(fleet, senders)
    total = sum(weight for _, weight in clients)
    return Nodes(
        fleet=fleet,
        usage=fleet.usage if usage is None else usage,
        rows=fleet.ordered(),
        spec=ask.spec,
        work=work(fleet, ask),
        atom=ask.atom,
        module=ask.module,
        clients=tuple((row, weight / total) for row, weight in clients),
        peers=located(fleet, fleet.talk.peers(ask.atom)),
        now=now,
    )


def located(fleet: Fleet, somebody: Mapping[str, float]) -> tuple[tuple[int, float], ...]:
    """Where these are: the strongest, by row; who is nowhere does not count."""
    strongest = sorted(somebody.items(), key=lambda pair: (-pair[1], pair[0]))[: limit.CLIENTS]
    found: dict[int, float] = {}
    for name, weight in strongest:
        row = fleet.where(name)
        if row is not None and 0 < weight < float("inf"):
            found[row] = found.get(row, 0.0) + weight
    return tuple(sorted(found.items()))
