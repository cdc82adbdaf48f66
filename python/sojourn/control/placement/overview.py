"""A first look at all nodes for very many asks: few are taken from it for a closer look.

What a sum's terms say of the node alone is the same for all atoms of a kind and is reckoned once; only what depends on
whom they talk with is reckoned for each circle. Figures are those of the kind's atom that needs least, before anybody
of the batch is placed: good enough to tell which nodes are worth it, not to choose by.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sojourn.control.objective import objective
from sojourn.control.objective.facts import CLIENT, PEERS
from sojourn.control.placement.filter import passing
from sojourn.control.placement.policy.objective import Objective
from sojourn.control.placement.score import policy, scores, uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sojourn.control.objective import Column
    from sojourn.control.objective.compile import Part
    from sojourn.control.placement.batch import Batch, Kind
    from sojourn.control.placement.nodes import Nodes, Somebody
    from sojourn.control.placement.usage import Usage

# Circles that are looked at together: tables of 16 times 10,000 nodes stay in a processor's cache.
CHUNK = 16


class Look(NamedTuple):
    """What nodes cost about, to atoms of a kind in some circles.

    Attributes:
        kind: Of which.
        members: Which asks. Shape (M,).
        circle: Each one's row of the costs. Shape (M,).
        costs: Of each circle and node, by the nodes' names; infinite where it is refused. Shape (circles, N).
    """

    kind: Kind
    members: NDArray[np.int64]
    circle: NDArray[np.int64]
    costs: Column


class Base(NamedTuple):
    """What is the same for all circles.

    Attributes:
        costs: Of each node, without what depends on circles; infinite where a filter refuses it. Shape (N,).
        terms: What depends on them; None: all does.
    """

    costs: Column
    terms: tuple[Part, ...] | None


class Overview:
    """Looks at one batch."""

    def __init__(self, batch: Batch, usage: Usage) -> None:
        self.batch, self.usage = batch, usage
        self.rows = batch.fleet.ordered()
        self.least = [
            np.array([min(kind.members, key=lambda member: (batch.memory[member], member))]) for kind in batch.kinds
        ]
        self.bases = [self.base(kind, least) for kind, least in zip(batch.kinds, self.least, strict=True)]

    def looks(self) -> Iterator[Look]:
        """All of the batch, some circles at a time."""
        sorted_out = []
        for kind in self.batch.kinds:
            members = np.array(kind.members)
            members = members[np.argsort(self.batch.circle[members], kind="stable")]
            sorted_out.append((members, self.batch.circle[members]))
        for start in range(0, len(self.batch.circles.numbers), CHUNK):
            end = min(start + CHUNK, len(self.batch.circles.numbers))
            clients, peers = self.batch.company(np.arange(start, end))
            company = single(clients), single(peers)
            for number, (members, circles) in enumerate(sorted_out):
                first, last = np.searchsorted(circles, [start, end]).tolist()
                if first < last:
                    costs = self.costs(number, company, end - start)
                    yield Look(self.batch.kinds[number], members[first:last], circles[first:last] - start, costs)

    def costs(self, number: int, company: tuple[Somebody, Somebody], circles: int) -> Column:
        """Of a kind, in some circles. Shape (circles, N)."""
        base, kind, shape = self.bases[number], self.batch.kinds[number], (circles, len(self.rows))
        if base.terms == ():
            return np.broadcast_to(base.costs, shape)
        nodes = replace(self.batch.nodes(kind, self.least[number], self.rows, self.usage, company), rough=True)
        if base.terms is None:
            return np.broadcast_to(scores(nodes).costs, shape)
        total = base.costs
        with np.errstate(all="ignore"):
            for term in base.terms:
                total = total + term.evaluate(nodes)
        if np.isnan(total.min()):
            total = np.where(np.isnan(total), np.inf, total)
        return np.broadcast_to(total, shape)

    def base(self, kind: Kind, least: NDArray[np.int64]) -> Base:
        """Of a kind."""
        nodes = self.batch.nodes(kind, least, self.rows, self.usage)
        fleet, spec = self.batch.fleet, kind.spec
        if not uses(fleet, spec) & {"clients", "peers"}:
            return Base(np.ravel(scores(nodes).costs), ())
        if not isinstance(policy(fleet, spec), Objective) or CLIENT in spec.require or PEERS in spec.require:
            return Base(np.zeros(0), None)
        return Base(*self.alone(nodes))

    def alone(self, nodes: Nodes) -> tuple[Column, tuple[Part, ...]]:
        """What an objective says of nodes alone, and the terms that say something of circles."""
        terms = objective(nodes.spec.objective or nodes.fleet.objective).terms
        alone = [term for term in terms if not term.about & {CLIENT, PEERS} and "traffic" not in term.text]
        total = np.zeros(len(self.rows))
        with np.errstate(all="ignore"):
            for term in alone:
                total = total + np.ravel(term.evaluate(nodes))
        allowed = np.ravel(passing(nodes)) & np.isfinite(total)
        return np.where(allowed, total, np.inf).astype(np.float32), tuple(term for term in terms if term not in alone)


def single(somebody: Somebody) -> Somebody:
    """Weights in single precision."""
    return tuple((row, np.asarray(weight, dtype=np.float32)) for row, weight in somebody)


def cheapest(costs: Column, most: int) -> NDArray[np.int64]:
    """Places of the least costs in each row, at most so many. Shape (rows, min(most, N))."""
    if costs.shape[1] <= most:
        return np.tile(np.arange(costs.shape[1]), (len(costs), 1))
    return np.sort(np.argpartition(costs, most, axis=1)[:, :most], axis=1)
