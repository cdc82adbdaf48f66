"""Padova's placement problem, as in M. Tinto, T. Vardanega, "Computing in the Continuum", 2024.

One request, few nodes: the least of `distance + 0.05 * ETC`, with `ETC = ceil(floor((B + C_r) / C) * s) * T` in ms:
the backlog B and the request's cost C_r, over a budget C = 20 ms in every T = 100 ms, times the node's time factor s. A
node without the memory is out. Their recorded runs are not at hand; cases are drawn at random such that consensus ADMM
converges as often as theirs did, in 7 of 10.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sojourn.control.placement import Fleet, Nodes, place
from sojourn.control.placement.policy.admm import consensus
from sojourn.model.fleet import NodeFacts
from sojourn.model.placement import Ask
from sojourn.model.record import AtomSpec, NodeRecord

BUDGET_MS, EVERY_MS, WEIGHT = 20, 100, 0.05
MIB = 2**20
CASES, NODES, SPAN = 461, 3, 90.0


class Case(NamedTuple):
    """One request.

    Attributes:
        distance: From where it is wanted to each node. Shape (N,).
        backlog_ms: B of each node.
        factor: s of each node.
        request_ms: C_r.
        memory_free: Of each node, in bytes.
        memory: What the request needs.
    """

    distance: NDArray[np.float64]
    backlog_ms: NDArray[np.int64]
    factor: NDArray[np.float64]
    request_ms: int
    memory_free: NDArray[np.int64]
    memory: int

    def costs(self) -> NDArray[np.float64]:
        """C of each node; infinite where the memory is not free."""
        budgets = (self.backlog_ms + self.request_ms) // BUDGET_MS
        etc_ms = np.ceil(budgets * self.factor) * EVERY_MS
        return np.where(self.memory_free >= self.memory, self.distance + WEIGHT * etc_ms, np.inf)


class Padova:
    """Their measure as a policy: facts that nodes do not report are the case's."""

    name = "padova"
    uses: frozenset[str] = frozenset()

    def __init__(self, case: Case) -> None:
        self.case = case

    def terms(self, nodes: Nodes) -> Mapping[str, NDArray[np.float64]]:
        """Distance and weighed ETC."""
        etc = self.case.costs() - self.case.distance
        return {
            "distance": self.case.distance[nodes.rows],
            "0.05 * ETC": np.where(np.isfinite(etc), etc, 0)[nodes.rows],
        }


def case(chance: np.random.Generator) -> Case:
    """A random request."""
    memory = int(chance.integers(1, 9)) * MIB
    free = chance.integers(1, 64, NODES) * MIB
    free[int(chance.integers(NODES))] = 64 * MIB
    return Case(
        distance=chance.uniform(0, SPAN, NODES),
        backlog_ms=chance.integers(0, 120, NODES),
        factor=chance.choice([1.0, 1.5, 2.0], NODES),
        request_ms=int(chance.integers(20, 120)),
        memory_free=free,
        memory=memory,
    )


def ours(of: Case) -> int:
    """Which node `place` takes."""
    fleet = Fleet(policies={"padova": Padova(of)})
    for number, free in enumerate(of.memory_free.tolist()):
        facts = NodeFacts(name=f"node-{number}", memory_bytes=64 * MIB, memory_free_bytes=free)
        fleet.update(NodeRecord(facts=facts))
    chosen = place(fleet, Ask(atom="a", spec=AtomSpec(policy="padova", memory_bytes=of.memory)), 0.0)
    assert chosen.node is not None, chosen.reason
    return fleet.rows[chosen.node]


def shares(seed: int) -> dict[str, float]:
    """Share of optimal placements: ours, ADMM's, and how often that converges."""
    chance = np.random.default_rng(seed)
    optimal = admm = converged = 0
    for _ in range(CASES):
        of = case(chance)
        costs = of.costs()
        best = costs.min()
        optimal += costs[ours(of)] == best
        able = np.flatnonzero(np.isfinite(costs))
        found = consensus(costs[able])
        admm += costs[able[found.winner]] == best
        converged += found.converged
    return {
        "padova_optimal": optimal / CASES,
        "padova_admm_optimal": admm / CASES,
        "padova_admm_converged": converged / CASES,
    }
