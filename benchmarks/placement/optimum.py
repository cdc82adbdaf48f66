"""Small random placement problems, and their optimum by HiGHS (J. A. J. Hall, Q. Huangfu: github.com/ERGO-Code)."""

from __future__ import annotations

from typing import NamedTuple

import highspy
import numpy as np
from numpy.typing import NDArray

from sojourn.control.placement import Fleet, demand, replan
from sojourn.control.placement.nodes import nodes as nodes_for
from sojourn.control.placement.score import scores
from sojourn.model.fleet import LinkFacts, NodeFacts, NodeReport
from sojourn.model.placement import Ask
from sojourn.model.record import AtomSpec, NodeRecord

MIB = 2**20
OBJECTIVE = "latency_ms(client) + 20 * euro_per_hour"


class Problem(NamedTuple):
    """A fleet, and who is to be placed in it."""

    fleet: Fleet
    asks: list[Ask]


class Gap(NamedTuple):
    """How far a plan is from the optimum.

    Attributes:
        ours: What all atoms cost together by `replan`.
        least: And at the least.
        unplaced: How many of them `replan` could not place, though the optimum does.
    """

    ours: float
    least: float
    unplaced: int

    @property
    def share(self) -> float:
        """Of the optimum, above it."""
        return self.ours / self.least - 1


def problem(seed: int) -> Problem:
    """Nodes that differ in price and size, on a plane, and atoms that all together nearly fill them."""
    chance = np.random.default_rng(seed)
    count, atoms = int(chance.integers(3, 9)), int(chance.integers(6, 25))
    fleet = Fleet()
    places = chance.uniform(0, 100, (count, 2))
    sizes = chance.integers(40, 200, atoms)
    shares = chance.dirichlet(np.full(count, 3.0))
    room = np.maximum(sizes.sum() * chance.uniform(1.15, 2.0) * shares, sizes.max())
    for number in range(count):
        memory = int(room[number]) * MIB
        facts = NodeFacts(
            name=f"node-{number}",
            cores=float(chance.integers(2, 9)),
            memory_bytes=memory,
            memory_free_bytes=memory,
            euro_per_hour=float(chance.uniform(0, 2)),
        )
        fleet.update(NodeRecord(facts=facts))
    for number in range(count):
        links = tuple(
            LinkFacts(peer=f"node-{other}", rtt_ms=float(2 * np.hypot(*(places[number] - places[other])) + 1))
            for other in range(count)
            if other != number
        )
        fleet.observe(NodeReport(at=0.0, facts=NodeFacts(name=f"node-{number}"), links=links))
    asks = [
        Ask(
            atom=f"node-0/atom-{number}",
            spec=AtomSpec(objective=OBJECTIVE, memory_bytes=int(size) * MIB, cores=float(chance.uniform(0.05, 0.5))),
            clients=((f"node-{int(chance.integers(count))}", 1.0),),
        )
        for number, size in enumerate(sizes)
    ]
    return Problem(fleet, asks)


def costs_of(of: Problem) -> NDArray[np.float64]:
    """What each atom costs at each node, alone. Shape (atoms, nodes)."""
    return np.array([scores(nodes_for(of.fleet, ask, 0.0)).costs for ask in of.asks])


def optimum(of: Problem, costs: NDArray[np.float64]) -> float | None:
    """The least that all cost together: an integer program, solved to the end; None: not all can be placed."""
    atoms, count = costs.shape
    rows = of.fleet.ordered()
    solver = highspy.Highs()  # type: ignore[no-untyped-call]
    solver.silent()
    solver.setOptionValue("mip_rel_gap", 1e-9)
    chosen = [[solver.addBinary(obj=float(costs[at, node])) for node in range(count)] for at in range(atoms)]
    for each in chosen:
        solver.addConstr(sum(each) == 1)
    for node in range(count):
        for name in ("memory", "cores"):
            takes = [getattr(demand(of.fleet, ask), "memory_bytes" if name == "memory" else "cores") for ask in of.asks]
            room = float(of.fleet.numbers[name][rows[node]])
            scale = MIB if name == "memory" else 1
            solver.addConstr(sum(chosen[at][node] * (takes[at] / scale) for at in range(atoms)) <= room / scale)
    solver.run()
    if solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return None
    return float(solver.getObjectiveValue())


def gap(seed: int) -> Gap | None:
    """Of one problem; None: it has no solution."""
    of = problem(seed)
    costs = costs_of(of)
    least = optimum(of, costs)
    if least is None:
        return None
    places = {of.fleet.name(int(row)): at for at, row in enumerate(of.fleet.ordered())}
    choices = replan(of.fleet, of.asks, 0.0)
    ours = sum(costs[at, places[each.node]] for at, each in enumerate(choices) if each.node is not None)
    return Gap(float(ours), least, sum(each.node is None for each in choices))


def gaps(seeds: range) -> list[Gap]:
    """Of all problems that can be solved."""
    return [found for found in map(gap, seeds) if found is not None]
